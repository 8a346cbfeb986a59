package service_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
)

const path = "/api/activity/activities/"

func newStory(t testing.TB) *World {
	w := New(t)
	now := time.Now().UTC().Truncate(time.Second)
	for i, event := range []string{
		`"actor": {"id": "bob"}, "action": "deployed", "resource": {"type": "model", "id": "m1"}, "metadata": {"apicall": "deploy_model", "port": 8080}`,
		`"actor": {"id": "ada"}, "action": "created", "resource": {"type": "lab", "id": "l1"}, "project": {"id": "p1"}, "outcome": "failure"`,
		`"actor": {"id": "ada"}, "action": "signed_in", "metadata": {"apicall": 7}`,
		`"actor": {"id": "cron", "type": "system"}, "action": "restarted"`,
	} {
		w.Send(`{%s, "occurred_at": %q}`, event, now.Add(time.Duration(i-60)*time.Second).Format(time.RFC3339))
	}
	w.Do(Request{As: "service-other", Method: "POST", Path: "/api/v1/workspaces/other/activity", Body: `{"actor": {"id": "charlie"}, "action": "elsewhere"}`}).Expect(t, 201)
	w.Recorded()
	return w
}

func get(t testing.TB, w *World, as, query string) ([]map[string]any, Answer) {
	t.Helper()
	a := w.Do(Request{As: as, Path: path + query}).Expect(t, 200)
	var rows []map[string]any
	a.Read(t, &rows)
	return rows, a
}

// sent gives the actions of the rows that the story sent, in the order of the list.
func sent(rows []map[string]any) []string {
	actions := []string{}
	for _, r := range rows {
		if a := r["action"].(string); a != "member_added" {
			actions = append(actions, a)
		}
	}
	return actions
}

var sixDigits = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$`)

func TestListHasTheFormOfTheSeed(t *testing.T) {
	w := newStory(t)
	rows, _ := get(t, w, "service", "?workspace_id=acme")
	for _, r := range rows {
		if keys := strings.Join(slices.Sorted(maps.Keys(r)), " "); keys != "action apicall created_at details id module outcome timestamp type user_id workspace_id" {
			t.Error(keys)
		}
		if r["type"] != r["action"] || r["timestamp"] != r["created_at"] || !sixDigits.MatchString(r["timestamp"].(string)) || r["workspace_id"] != w.Acme.ID.String() {
			t.Errorf("%v", r)
		}
	}
	if got := sent(rows); !slices.Equal(got, []string{"signed_in", "created", "deployed"}) {
		t.Errorf("%q", got)
	}
	one := func(action string) map[string]any {
		return rows[slices.IndexFunc(rows, func(r map[string]any) bool { return r["action"] == action })]
	}
	if r := one("deployed"); r["user_id"] != "bob" || r["module"] != "model" || r["apicall"] != "deploy_model" || fmt.Sprint(r["details"]) != "map[apicall:deploy_model port:8080]" || r["outcome"] != "success" {
		t.Errorf("%v", r)
	}
	if r := one("created"); r["apicall"] != nil || fmt.Sprint(r["details"]) != "map[]" || r["outcome"] != "failure" {
		t.Errorf("%v", r)
	}
	if r := one("signed_in"); r["apicall"] != nil || r["module"] != nil {
		t.Errorf("%v", r)
	}
}

func TestListShowsWhatOneMaySee(t *testing.T) {
	w := newStory(t)
	for as, want := range map[string][]string{
		"service": {"signed_in", "created", "deployed"}, "bob": {"created", "deployed"}, "ada": {"signed_in", "created", "deployed"}, "charlie": {"elsewhere"},
		"ina": {"elsewhere", "signed_in", "created", "deployed"}, "service-other": {"elsewhere"},
	} {
		if rows, _ := get(t, w, as, ""); !slices.Equal(sent(rows), want) {
			t.Errorf("%s: %q", as, sent(rows))
		}
	}
	w.Exec(`DELETE FROM memberships WHERE user_id = $1`, w.Charlie.ID)
	if _, a := get(t, w, "charlie", ""); a.Body != "[]" {
		t.Error(a.Body)
	}
}

func TestListPages(t *testing.T) {
	w := newStory(t)
	all, whole := get(t, w, "service", "?limit=1000&colour=red")
	if whole.Header.Get("Link") != "" {
		t.Error("there is a next page after the last")
	}
	w.Do(Request{As: "service", Path: path + "?limit=1000&colour=blue", Header: map[string]string{"If-None-Match": whole.Header.Get("Etag")}}).Expect(t, 304)
	for skip := range len(all) + 2 {
		rows, _ := get(t, w, "service", fmt.Sprintf("?limit=2&skip=%d", skip))
		want := all[min(skip, len(all)):min(skip+2, len(all))]
		if fmt.Sprint(rows) != fmt.Sprint(want) {
			t.Errorf("behind %d: %v, not %v", skip, rows, want)
		}
	}
	var walked []map[string]any
	for next := "?limit=3&workspace_id=acme"; next != ""; {
		rows, a := get(t, w, "service", next)
		walked = append(walked, rows...)
		link, _, _ := strings.Cut(a.Header.Get("Link"), "; ")
		_, next, _ = strings.Cut(strings.Trim(link, "<>"), path[:len(path)-1])
		next = strings.TrimPrefix(next, "/")
	}
	if fmt.Sprint(walked) != fmt.Sprint(all) {
		t.Errorf("%v, not %v", walked, all)
	}
	w.Run(t, []Scenario{
		{Name: "twice", Request: Request{As: "service", Path: path + "?limit=5&limit=6&skip=1&skip=2&cursor=x&cursor=y&workspace_id=acme&workspace_id=other"}, Status: 400, Fields: []string{"limit", "skip", "cursor", "workspace_id"}},
		{Name: "twice the same, and what means nothing here", Request: Request{As: "service", Path: path + "?limit=5&limit=5&page=1&page=2"}, Status: 200},
		{Request: Request{As: "service", Path: path + "?limit=1001"}, Status: 400, Fields: []string{"limit"}},
		{Request: Request{As: "service", Path: path + "?limit=0&skip=-1"}, Status: 400, Fields: []string{"limit", "skip"}},
		{Request: Request{As: "service", Path: path + "?skip=10001"}, Status: 400, Fields: []string{"skip"}, Has: []string{"cursor"}},
		{Request: Request{As: "service", Path: path + "?skip=1&cursor=x"}, Status: 400, Fields: []string{"skip"}},
		{Request: Request{As: "service", Path: path + "?cursor=x"}, Status: 400, Fields: []string{"cursor"}},
		{Request: Request{As: "bob", Path: path + "?workspace_id=other"}, Status: 404},
		{Request: Request{As: "bob", Path: path + "?workspace_id=%00"}, Status: 400, Fields: []string{"workspace_id"}},
	})
}

func token(fields ...string) Request {
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return Request{Method: "POST", Path: "/api/auth/token", Form: form}
}

func TestSigningInByAForm(t *testing.T) {
	w := New(t)
	password := token("grant_type", "password", "username", "bob", "password", Password, "client_id", "x", "scope", "openid")
	stale := password
	stale.Header = map[string]string{"Authorization": "Bearer eyJhbGciOiJIUzI1NiJ9.e30.x", "Cookie": "access_token=eyJ"}
	basic := password
	basic.Header = map[string]string{"Authorization": "Basic eDp5"}
	signedIn := []string{"daybook Bob Person signed_in"}
	w.Run(t, []Scenario{
		{Name: "right", Request: password, Status: 200, Has: []string{`"access_token":"dbs_`, `"token_type":"bearer"`, `"expires_in":86400`}, Headers: map[string]string{"Cache-Control": "no-store", "Set-Cookie": ""}, Records: signedIn},
		{Name: "a stale token", Request: stale, Status: 200, Records: signedIn},
		{Name: "another scheme", Request: basic, Status: 200, Records: signedIn},
		{Name: "without a grant", Request: token("username", "bob@example.com", "password", Password), Status: 200, Records: signedIn},
		{Name: "wrong", Request: token("grant_type", "password", "username", "bob", "password", "wrong"), Status: 401, Records: []string{"daybook Bob Person sign_in_failed failure"}},
		{Name: "twice", Request: Request{Method: "POST", Path: "/api/auth/token", Form: url.Values{"username": {"alice", "bob"}, "password": {"a", "b"}, "scope": {"a", "b"}}}, Status: 400, Fields: []string{"username", "password"}},
		{Name: "another grant", Request: token("grant_type", "refresh_token", "refresh_token", "x"), Status: 400, Fields: []string{"grant_type"}},
		{Name: "without", Request: token("grant_type", "password"), Status: 422, Fields: []string{"username", "password"}},
		{Name: "JSON", Request: Request{Method: "POST", Path: "/api/auth/token", Body: `{}`}, Status: 415},
		{Name: "half an escape", Request: Request{Method: "POST", Path: "/api/auth/token", Body: "username=%zz", Type: "application/x-www-form-urlencoded"}, Status: 400, Fields: []string{"body"}},
		{Name: "much", Request: token("username", strings.Repeat("x", 20<<10)), Status: 413, Fields: []string{"body"}},
	})
	var answer struct {
		Token string `json:"access_token"`
	}
	w.Do(password).Expect(t, 200).Read(t, &answer)
	bearer := map[string]string{"Authorization": "Bearer " + answer.Token}
	w.Do(Request{Path: "/api/auth/users/me", Header: bearer}).Expect(t, 200, `"username":"bob"`, `"email":"bob@example.com"`, `"groups":["acme"]`, `"roles":["user"]`, fmt.Sprintf(`"sub":"%d"`, w.Bob.ID))
	w.Do(Request{Path: path, Header: bearer}).Expect(t, 200)
	w.Do(Request{As: "ina", Path: "/api/auth/users/me"}).Expect(t, 200, `"roles":["user","admin"]`)
	w.Do(Request{As: "service", Path: "/api/auth/users/me"}).Expect(t, 403)
}

func TestPing(t *testing.T) {
	w := Empty(t)
	for _, p := range []string{"/api/ping", "/api/ping/"} {
		a := w.Do(Request{Path: p, Header: map[string]string{"Authorization": "Bearer nonsense"}}).Expect(t, 200)
		if a.Body != `{"status":"pong"}` {
			t.Error(a.Body)
		}
	}
}

// Only a text that is called exactly so is the call of an API.
func TestOnlyItsOwnNameIsTheCall(t *testing.T) {
	w := New(t)
	for metadata, want := range map[string]string{
		`{"apicall": "a"}`: `"a"`, `{"z": {"apicall": "no"}, "apicall": "b", "APICALL": "no"}`: `"b"`, `{"APICall": "no"}`: `null`, `{"apicall": ["no"]}`: `null`,
		`{"x": "\"apicall\"", "y": ["apicall", "no"]}`: `null`, `{"apicall": null}`: `null`, `{"a": [1, {"b": 2}], "apicall": "\u00fc"}`: `"ü"`, `{}`: `null`,
	} {
		w.Send(`{"actor": {"id": "x"}, "action": "created", "metadata": %s}`, metadata)
		a := w.Do(Request{As: "service", Path: path + "?limit=1"}).Expect(t, 200)
		var rows []struct{ APICall json.RawMessage }
		a.Read(t, &rows)
		if got := string(rows[0].APICall); got != want {
			t.Errorf("%s: %s", metadata, got)
		}
	}
}
