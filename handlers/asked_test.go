package handlers_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"daybook/handlers/api/openapi"
	"daybook/handlers/handlerstest"
	"daybook/models"
	"daybook/services/account"
	"daybook/services/feed"
)

// An unset variable in a script must not select everything: what selects and says nothing is refused, wherever activities are selected below /api/v1.
func TestWhatSelectsIsNotEmpty(t *testing.T) {
	w := handlerstest.New(t)
	calls := []handlerstest.Request{
		{As: "alice", Path: "/api/v1/workspaces/acme/activity"},
		{As: "alice", Path: "/api/v1/workspaces/acme/stats"},
		{As: "alice", Path: "/api/v1/workspaces/acme/export"},
		{As: "alice", Path: "/api/v1/workspaces/acme/purges/preview", Method: "POST"},
		{As: "alice", Path: "/api/v1/workspaces/acme/purges", Method: "POST", Body: `{"confirm": "acme", "up_to": 1, "time_zone": "UTC"}`},
		{As: "alice", Path: "/api/v1/users/me/activity"},
	}
	for _, r := range calls {
		for _, p := range feed.Parameters {
			for _, name := range p.Names {
				refusedEmpty(t, w, r, name, "")
			}
		}
		refusedEmpty(t, w, r, "resource_types", " , ")
		refusedEmpty(t, w, r, "actions", ",")
		refusedEmpty(t, w, r, "start_date", " ")
		refusedEmpty(t, w, r, "q", "  ")
	}
	for _, name := range []string{"actor_id", "project_id", "workspace_id", "q", "start_date"} {
		refusedEmpty(t, w, handlerstest.Request{As: "alice", Path: "/api/v1/resources/issue/1/activity"}, name, "")
	}
	for _, path := range []string{"/api/activities", "/api/activities/stats"} {
		refusedEmpty(t, w, handlerstest.Request{As: "alice", Path: path}, "project_id", "")
		refusedEmpty(t, w, handlerstest.Request{As: "alice", Path: path}, "workspace_id", "")
		w.Do(handlerstest.Request{As: "alice", Path: path + "?entity_type=&action=&user_id=&start_date=&end_date=&limit=&page=&cursor=&days="}).Expect(t, 200)
	}
	refusedEmpty(t, w, handlerstest.Request{As: "alice", Path: "/api/activity/activities/"}, "workspace_id", "")
	w.Do(handlerstest.Request{As: "alice", Path: "/api/v1/workspaces/acme/activity?after_id=&limit=&wait="}).Expect(t, 200)
	w.Do(handlerstest.Request{As: "alice", Path: "/api/v1/workspaces/acme/activity?cursor=&offset=&count=&include_system=false"}).Expect(t, 200)
	for _, filter := range []string{`{"actor_id": ""}`, `{"actions": ","}`, `{"project_id": ["p1", ""]}`, `{"q": " "}`} {
		w.Do(handlerstest.Request{As: "alice", Method: "POST", Path: "/api/v1/workspaces/acme/exports", Body: `{"filter": ` + filter + `}`}).Expect(t, 400, strings.Split(filter, `"`)[1])
	}
	if n := handlerstest.Ask[int](w, `SELECT count(*) FROM purges`); n != 0 {
		t.Errorf("%d purges were begun", n)
	}
}

func refusedEmpty(t *testing.T, w *handlerstest.World, r handlerstest.Request, name, value string) {
	t.Helper()
	q := url.Values{"end_date": {"2031-01-01"}}
	if !strings.HasPrefix(r.Path, "/api/v1/") {
		q = url.Values{}
	}
	q[name] = []string{value}
	if name != "end_date" && name != "q" && name != "start_date" && name != "include_system" && value == "" {
		q[name] = []string{"x", ""} // one that says nothing is an error beside others, too
	}
	r.Path += "?" + q.Encode()
	w.Do(r).Expect(t, 400, `"field":"`+name+`"`, "is empty")
}

// Every call below /api/v1 refuses a parameter that openapi.yaml does not know; the calls of other products, which are elsewhere, pass over it.
func TestUnknownParametersAreRefused(t *testing.T) {
	w := handlerstest.New(t)
	everyRoute(t, w, func(t *testing.T, w *handlerstest.World, r handlerstest.Request, pattern string) {
		r.Path += "?colour=red"
		a := w.Do(r)
		refused := a.Status == http.StatusBadRequest && strings.Contains(a.Body, "colour: is not a parameter of this request")
		if refused != strings.HasPrefix(pattern, "/api/v1/") {
			t.Errorf("it is answered with %d: %.200s", a.Status, a.Body)
		}
	})
}

// Of two different values of what means one thing none is chosen.
func TestWhatMeansOneThingIsGivenOnce(t *testing.T) {
	w := handlerstest.New(t)
	looked := 0
	everyRoute(t, w, func(t *testing.T, w *handlerstest.World, r handlerstest.Request, pattern string) {
		takes, _ := openapi.The().Query(r.Method, pattern)
		if len(takes.Single) == 0 {
			return
		}
		q := url.Values{}
		for _, name := range takes.Single {
			q[name] = []string{"1", "2"}
		}
		r.Path += "?" + q.Encode()
		a := w.Do(r).Expect(t, 400)
		a.ExpectFields(t, takes.Single...)
		if strings.Count(a.Body, `"is given more than once"`) != len(takes.Single) {
			t.Error(a.Body)
		}
		looked += len(takes.Single)
	})
	if looked < 100 {
		t.Errorf("only %d were looked at", looked)
	}
}

// Each call of the table is found in the description with what it takes.
func TestTheDescriptionSaysWhatIsTaken(t *testing.T) {
	takes, ok := openapi.The().Query("GET", "/api/v1/workspaces/:ws/resources/:type/:id/activity")
	if !ok || takes.Lenient || !slices.Contains(takes.Names, "actor_id") || slices.Contains(takes.Names, "entity_id") {
		t.Errorf("%v %v", takes, ok)
	}
	if takes, ok := openapi.The().Query("GET", "/api/activities"); !ok || !takes.Lenient || !slices.Contains(takes.Names, "page") {
		t.Errorf("%v %v", takes, ok)
	}
	if _, ok := openapi.The().Query("PUT", "/api/activities"); ok {
		t.Error("there is no such call")
	}
}

// However an address below /api is written, it is told in JSON that it is none, and one with an empty part is none.
func TestEmptyPartsOfAddresses(t *testing.T) {
	w := handlerstest.New(t)
	for _, path := range []string{"//api/ping", "///api", "/api//ping", "/api/ping//", "/api/v1/workspaces/acme/activity//", "/api/v1//workspaces/acme/activity", "//api/v1/workspaces/acme/activity/"} {
		status, header := rawGet(t, w, path)
		if status != http.StatusNotFound || header.Get("Content-Type") != "application/problem+json" || header.Get("Link") != "" {
			t.Errorf("%s: %d %s %s", path, status, header.Get("Content-Type"), header.Get("Link"))
		}
	}
	w.Do(handlerstest.Request{As: "service", Path: "/api/v1/workspaces/acme/activity/"}).Expect(t, 200)
}

// rawGet asks for a path as it stands: two slashes at its beginning are no host.
func rawGet(t *testing.T, w *handlerstest.World, path string) (status int, header http.Header) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+w.Address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.URL.Path = path
	r.Header.Set("Cookie", credentials(w, "owner")["Cookie"])
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	return a.StatusCode, a.Header
}

// A method that is not taken is told which are.
func TestMethodsAreNamed(t *testing.T) {
	w := handlerstest.New(t)
	w.Do(handlerstest.Request{As: "service", Method: "DELETE", Path: "/api/activities"}).Expect(t, 405, "This address does not take DELETE; it takes GET, HEAD, OPTIONS.")
}

// Who is an instance admin and a member besides is in that workspace what they are there.
func TestOnesOwnRoleGoesFirst(t *testing.T) {
	w := handlerstest.New(t)
	if err := w.Account.AddMember(t.Context(), account.NewMember{Workspace: &w.Acme, User: w.Ina, Role: models.Owner}, models.CommandLine); err != nil {
		t.Fatal(err)
	}
	w.Do(handlerstest.Request{As: "ina", Path: "/api/v1/workspaces/"}).Expect(t, 200, `"slug":"acme","name":"The acme","description":null,"time_zone":"America/St_Johns","role":"owner"`, `"role":"instance_admin"`)
	w.Do(handlerstest.Request{As: "ina-read", Path: "/api/v1/workspaces/"}).Expect(t, 200).Lacks(t, "owner")
}
