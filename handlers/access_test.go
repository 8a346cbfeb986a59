package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"daybook/handlers/handlerstest"
	"daybook/models"
)

// viewers are the columns of the matrix.
var viewers = []string{"nobody", "outsider", "member", "admin", "owner", "instance admin", "token without scope", "token of another workspace", "deactivated", "expired token"}

// expectations say what each kind of viewer gets, in the order of viewers. The workspace is acme, /metrics is asked for through a proxy.
var expectations = map[string][]int{
	"GET /healthz": {200, 200, 200, 200, 200, 200, 200, 200, 200, 200},
	"GET /readyz":  {200, 200, 200, 200, 200, 200, 200, 200, 200, 200},
	"GET /metrics": {401, 403, 403, 403, 403, 200, 403, 403, 401, 401},

	"POST /api/v1/workspaces/:ws/activity":    {401, 404, 201, 201, 201, 201, 403, 404, 401, 401},
	"GET /api/v1/workspaces/:ws/activity":     {401, 404, 200, 200, 200, 200, 403, 404, 401, 401},
	"GET /api/v1/workspaces/:ws/activity/:id": {401, 404, 404, 200, 200, 200, 403, 404, 401, 401}, // somebody else's, in no project

	// Administering over JSON; what may be done gets no further than a body that is no such request, or an id that is nobody's.
	"GET /api/v1/workspaces/:ws/people":                   {401, 404, 403, 200, 200, 200, 403, 404, 401, 401},
	"GET /api/v1/workspaces/:ws/invitations":              {401, 404, 403, 200, 200, 200, 403, 404, 401, 401},
	"GET /api/v1/workspaces/:ws/settings":                 {401, 404, 403, 200, 200, 200, 403, 404, 401, 401},
	"GET /api/v1/workspaces/:ws/projects":                 {401, 404, 403, 200, 200, 200, 403, 404, 401, 401},
	"GET /api/v1/workspaces/:ws/tokens":                   {401, 404, 403, 200, 200, 200, 403, 404, 401, 401},
	"GET /api/v1/workspaces/:ws/rejected":                 {401, 404, 403, 200, 200, 200, 403, 404, 401, 401},
	"GET /api/v1/workspaces/:ws/actors/:id/merge-preview": {401, 404, 403, 404, 404, 404, 403, 404, 401, 401},
	"POST /api/v1/workspaces/:ws/members":                 {401, 404, 403, 400, 400, 400, 403, 404, 401, 401},
	"PATCH /api/v1/workspaces/:ws/members/:id":            {401, 404, 403, 400, 400, 400, 403, 404, 401, 401},
	"PATCH /api/v1/workspaces/:ws/users/:id":              {401, 404, 403, 400, 400, 400, 403, 404, 401, 401},
	"POST /api/v1/workspaces/:ws/invitations":             {401, 404, 403, 400, 400, 400, 403, 404, 401, 401},
	"POST /api/v1/workspaces/:ws/actors/:id/link":         {401, 404, 403, 400, 400, 400, 403, 404, 401, 401},
	"POST /api/v1/workspaces/:ws/actors/:id/unlink":       {401, 404, 403, 400, 400, 400, 403, 404, 401, 401},
	"POST /api/v1/workspaces/:ws/actors/:id/merge":        {401, 404, 403, 400, 400, 400, 403, 404, 401, 401},
	"POST /api/v1/workspaces/:ws/actors/:id/unmerge":      {401, 404, 403, 400, 400, 400, 403, 404, 401, 401},
	"PATCH /api/v1/workspaces/:ws/settings":               {401, 404, 403, 400, 400, 400, 403, 404, 401, 401},
	"POST /api/v1/workspaces/:ws/archive":                 {401, 404, 403, 400, 400, 400, 403, 404, 401, 401},
	"PATCH /api/v1/workspaces/:ws/projects/:id":           {401, 404, 403, 400, 400, 400, 403, 404, 401, 401},
	"POST /api/v1/workspaces/:ws/projects/:id/access":     {401, 404, 403, 400, 400, 400, 403, 404, 401, 401},
	"POST /api/v1/workspaces/:ws/tokens":                  {401, 404, 403, 400, 400, 400, 403, 404, 401, 401},
	"DELETE /api/v1/workspaces/:ws/members/:id":           {401, 404, 403, 422, 422, 422, 403, 404, 401, 401},
	"POST /api/v1/workspaces/:ws/users/:id/deactivate":    {401, 404, 403, 400, 400, 400, 403, 404, 401, 401},
	"POST /api/v1/workspaces/:ws/users/:id/reactivate":    {401, 404, 403, 400, 400, 400, 403, 404, 401, 401},
	"POST /api/v1/workspaces/:ws/users/:id/sign-out":      {401, 404, 403, 404, 404, 404, 403, 404, 401, 401},
	"POST /api/v1/workspaces/:ws/users/:id/password-link": {401, 404, 403, 404, 404, 404, 403, 404, 401, 401},
	"DELETE /api/v1/workspaces/:ws/invitations/:id":       {401, 404, 403, 404, 404, 404, 403, 404, 401, 401},
	"DELETE /api/v1/workspaces/:ws/tokens/:id":            {401, 404, 403, 404, 404, 404, 403, 404, 401, 401},
	"POST /api/v1/workspaces/:ws/rejected/:id/retry":      {401, 404, 403, 404, 404, 404, 403, 404, 401, 401},
	"POST /api/v1/workspaces/:ws/rejected/:id/dismiss":    {401, 404, 403, 404, 404, 404, 403, 404, 401, 401},
	"PUT /api/v1/workspaces/:ws/projects/:id/members":     {401, 404, 403, 400, 400, 400, 403, 403, 401, 401},

	"GET /api/activities":       {401, 200, 200, 200, 200, 200, 403, 200, 401, 401},
	"GET /api/activities/stats": {401, 200, 200, 200, 200, 200, 403, 200, 401, 401},

	"GET /static/*":                     {200, 200, 200, 200, 200, 200, 200, 200, 200, 200},
	"GET /favicon.ico":                  {302, 302, 302, 302, 302, 302, 302, 302, 302, 302},
	"GET /sign-in":                      {200, 303, 303, 303, 303, 303, 200, 200, 200, 200},
	"POST /sign-in":                     {401, 401, 401, 401, 401, 401, 401, 401, 401, 401},
	"POST /sign-out":                    {401, 303, 303, 303, 303, 303, 403, 403, 401, 401},
	"GET /setup/:secret":                {404, 404, 404, 404, 404, 404, 404, 404, 404, 404},
	"POST /setup/:secret":               {404, 404, 404, 404, 404, 404, 404, 404, 404, 404},
	"GET /account":                      {303, 200, 200, 200, 200, 200, 403, 403, 303, 401},
	"POST /account/password":            {401, 422, 422, 422, 422, 422, 403, 403, 401, 401},
	"POST /account/preferences":         {401, 422, 422, 422, 422, 422, 403, 403, 401, 401},
	"POST /account/theme":               {401, 422, 422, 422, 422, 422, 403, 403, 401, 401},
	"POST /account/sessions/end-others": {401, 303, 303, 303, 303, 303, 403, 403, 401, 401},
	"POST /account/sessions/end-all":    {401, 303, 303, 303, 303, 303, 403, 403, 401, 401},
	"POST /account/sessions/:id/end":    {401, 303, 303, 303, 303, 303, 403, 403, 401, 401}, // none of theirs: told on the next page
	"GET /w/:ws/views":                  {303, 404, 200, 200, 200, 200, 403, 403, 303, 401},
	"POST /w/:ws/views":                 {401, 404, 422, 422, 422, 422, 403, 403, 401, 401},
	"GET /w/:ws/views/new":              {303, 404, 200, 200, 200, 200, 403, 403, 303, 401},
	"GET /w/:ws/views/:id":              {303, 404, 404, 404, 404, 404, 403, 403, 303, 401}, // no such view
	"POST /w/:ws/views/:id/rename":      {401, 404, 404, 404, 404, 404, 403, 403, 401, 401}, // no such view
	"POST /w/:ws/views/:id/move":        {401, 404, 404, 404, 404, 404, 403, 403, 401, 401},
	"POST /w/:ws/views/:id/share":       {401, 404, 404, 404, 404, 404, 403, 403, 401, 401},
	"POST /w/:ws/views/:id/default":     {401, 404, 404, 404, 404, 404, 403, 403, 401, 401},
	"POST /w/:ws/views/:id/delete":      {401, 404, 404, 404, 404, 404, 403, 403, 401, 401},
	"GET /":                             {303, 200, 200, 200, 200, 200, 403, 403, 303, 401},
	"GET /w/:ws":                        {303, 404, 200, 200, 200, 200, 403, 403, 303, 401},
	"GET /w/:ws/filter":                 {303, 404, 200, 200, 200, 200, 403, 403, 303, 401},
	"GET /w/:ws/run":                    {303, 404, 200, 200, 200, 200, 403, 403, 303, 401},
	"GET /w/:ws/activities/:id":         {303, 404, 404, 200, 200, 200, 403, 403, 303, 401}, // somebody else's, in no project
	"GET /w/:ws/activities/:id/inside":  {303, 404, 404, 200, 200, 200, 403, 403, 303, 401},
	"GET /w/:ws/entity":                 {303, 404, 400, 400, 400, 400, 403, 403, 303, 401}, // of nothing
	"GET /w/:ws/people/:id":             {303, 404, 404, 200, 200, 200, 403, 403, 303, 401}, // whom the member sees nothing of
	"GET /w/:ws/projects/:id":           {303, 404, 200, 200, 200, 200, 403, 403, 303, 401}, // the member's
	"GET /instance/health":              {303, 403, 403, 403, 403, 200, 403, 403, 303, 401},
	"GET /api/v1/instance/health":       {401, 403, 403, 403, 403, 200, 403, 403, 401, 401},
}

func TestEveryRouteHasAnExpectation(t *testing.T) {
	w := handlerstest.Empty(t)
	lines := map[string]bool{}
	for _, line := range w.Server.Lines() {
		if lines[line] {
			t.Errorf("%s stands in the table twice", line)
		}
		lines[line] = true
		if len(expectations[line]) != len(viewers) {
			t.Errorf("%s has %d expectations for %d kinds of viewer", line, len(expectations[line]), len(viewers))
		}
	}
	for line := range expectations {
		if !lines[line] {
			t.Errorf("%s is expected and is no route", line)
		}
	}
}

func TestWhoMayWhat(t *testing.T) {
	w := handlerstest.New(t)
	const known = "019a0000-0000-7000-8000-000000000001"
	w.Send(`{"id": %q, "actor": {"id": "somebody"}, "action": "created"}`, known)
	for line, expected := range expectations {
		method, pattern, _ := strings.Cut(line, " ")
		for i, status := range expected {
			t.Run(line+" by "+viewers[i], func(t *testing.T) {
				w := w.In(t)
				w.Exec(`DELETE FROM sign_in_attempts`)
				r := handlerstest.Request{Method: method, Path: pathOf(w, pattern, known), Header: credentials(w, viewers[i])}
				switch {
				case strings.HasPrefix(pattern, "/api/") && method != http.MethodGet:
					r.Body = `{"action": "created"}`
				case method == http.MethodPost:
					r.Form = url.Values{}
				case pattern == "/metrics":
					r.Header["X-Forwarded-For"] = "192.0.2.1"
				}
				w.Do(r).Expect(t, status)
				if method != http.MethodGet {
					return
				}
				head := r
				head.Method = http.MethodHead
				if got := w.Do(head); got.Status != status || got.Body != "" {
					t.Errorf("HEAD is answered with %d and %q", got.Status, got.Body)
				}
				slash := r
				slash.Path += "/"
				if got := w.Do(slash); pattern != "/" && pattern != "/static/*" && got.Status != status {
					t.Errorf("with a slash at the end it is answered with %d", got.Status)
				}
			})
		}
	}
}

func pathOf(w *handlerstest.World, pattern, id string) string {
	if person, ok := personIn(w, pattern); ok {
		id = person
	}
	switch {
	case pattern == "/static/*":
		return handlerstest.Stylesheet
	case strings.Contains(pattern, "/people/"):
		id = handlerstest.Ask[string](w, `SELECT id::text FROM actors WHERE workspace_id = $1 AND external_id = 'somebody'`, w.Acme.ID)
	case strings.Contains(pattern, "/projects/"):
		id = handlerstest.Ask[string](w, `SELECT id::text FROM projects WHERE workspace_id = $1 AND external_id = 'p1'`, w.Acme.ID)
	}
	return strings.NewReplacer(":ws", "acme", ":id", id, ":type", "issue", ":secret", "c2VjcmV0").Replace(pattern)
}

// credentials are new ones for each request: signing out ends a session.
func credentials(w *handlerstest.World, viewer string) map[string]string {
	users := map[string]*models.User{"outsider": w.Charlie, "member": w.Bob, "admin": w.Ada, "owner": w.Alice, "instance admin": w.Ina, "deactivated": w.Dora}
	tokens := map[string]string{"token without scope": "service-neither", "token of another workspace": "service-other", "expired token": "expired"}
	header := map[string]string{}
	if u := users[viewer]; u != nil {
		header["Cookie"] = w.Session(u).Get("Cookie")
	} else if name := tokens[viewer]; name != "" {
		header["Authorization"] = w.Credentials(name).Get("Authorization")
	}
	return header
}
