package platform_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
)

// row is what these tests look at of one.
type row struct {
	ID          string  `json:"id"`
	Seq         int64   `json:"seq"`
	Description string  `json:"description"`
	WorkspaceID string  `json:"workspace_id"`
	IssueID     *string `json:"issue_id"`
}

// told gives what the rows of a list say, in its order.
func told(t testing.TB, a Answer) []string {
	t.Helper()
	var rows []row
	a.Expect(t, 200).Read(t, &rows)
	texts := []string{}
	for _, r := range rows {
		texts = append(texts, r.Description)
	}
	return texts
}

func expect(t testing.TB, w *World, as, path string, want ...string) Answer {
	t.Helper()
	a := w.Do(Request{As: as, Path: path})
	if got := told(t, a); !slices.Equal(got, append([]string{}, want...)) {
		t.Errorf("%s, %s: %q, not %q", as, path, got, want)
	}
	return a
}

// newStory has an issue in both workspaces, one with an odd id, and what people did themselves.
func newStory(t testing.TB) *World {
	w := New(t)
	at := time.Now().UTC().Truncate(time.Second)
	for i, event := range []string{
		`"actor": {"id": "bob"}, "action": "created", "resource": {"type": "issue", "id": "ISS-1"}, "description": "one"`,
		`"actor": {"id": "ada"}, "action": "assigned", "resource": {"type": "issue", "id": "ISS-1"}, "description": "two", "project": {"id": "p1"}`,
		`"actor": {"id": "ada"}, "action": "updated", "resource": {"type": "issue", "id": "ISS-1"}, "description": "three"`,
		`"actor": {"id": "ada"}, "action": "updated", "resource": {"type": "task", "id": "ISS-1"}, "description": "a task of the same id"`,
		`"actor": {"id": "ada"}, "on_behalf_of": {"id": "bob"}, "action": "updated", "resource": {"type": "issue", "id": "a/b c?d%"}, "description": "odd"`,
		`"actor": {"id": "cron", "type": "system"}, "action": "updated", "resource": {"type": "issue", "id": "ISS-1"}, "description": "system"`,
	} {
		w.Send(`{%s, "occurred_at": %q}`, event, at.Add(time.Duration(i-60)*time.Second).Format(time.RFC3339))
	}
	w.Do(Request{As: "service-other", Method: "POST", Path: "/api/v1/workspaces/other/activity", Body: fmt.Sprintf(
		`{"actor": {"id": "charlie"}, "action": "created", "resource": {"type": "issue", "id": "ISS-1"}, "description": "elsewhere", "occurred_at": %q}`, at.Format(time.RFC3339))}).Expect(t, 201)
	w.Recorded()
	return w
}

func TestTheHistoryOfAThing(t *testing.T) {
	w := newStory(t)
	for _, of := range []string{"/issues/ISS-1", "/resources/issue/ISS-1"} {
		within, across := "/api/v1/workspaces/acme"+of+"/activity", "/api/v1"+of+"/activity"
		for _, path := range []string{within, within + "/", across} {
			expect(t, w, "service", path, "three", "two", "one")
			expect(t, w, "bob", path, "two", "one")
			expect(t, w, "ada", path+"?include_system=true", "system", "three", "two", "one")
			expect(t, w, "service", path+"?actions=assigned,created&limit=1&count=true", "two")
		}
		expect(t, w, "ina", across, "elsewhere", "three", "two", "one")
		expect(t, w, "ina", across+"?workspace_id=other", "elsewhere")
		expect(t, w, "charlie", across, "elsewhere")
		expect(t, w, "charlie", "/api/v1/issues/ISS-2/activity")
		w.Do(Request{As: "charlie", Path: within}).Expect(t, 404)
		w.Do(Request{As: "charlie", Path: across + "?workspace_id=acme"}).Expect(t, 404)
		w.Do(Request{As: "bob", Path: across + "?include_system=true"}).Expect(t, 403).ExpectFields(t, "include_system")
	}
	expect(t, w, "service", "/api/v1/resources/task/ISS-1/activity", "a task of the same id")
	expect(t, w, "service", "/api/v1/issues/"+url.PathEscape("a/b c?d%")+"/activity", "odd")
	expect(t, w, "service", "/api/v1/workspaces/acme/resources/issue/"+url.PathEscape("a/b c?d%")+"/activity", "odd")
	for _, none := range []string{"/api/v1/resources/issue,task/x/activity", "/api/v1/resources/No%20Type/x/activity", "/api/v1/issues/%00/activity", "/api/v1/issues/%ff/activity", "/api/v1/issues/" + strings.Repeat("x", 256) + "/activity"} {
		if status := w.Do(Request{As: "service", Path: none}).Status; status != 404 && status != 400 {
			t.Errorf("%s is answered with %d", none, status)
		}
	}
}

func TestTheHistoryOfAThingPages(t *testing.T) {
	w := newStory(t)
	for _, path := range []string{"/api/v1/issues/ISS-1/activity", "/api/v1/workspaces/acme/issues/ISS-1/activity"} {
		a := expect(t, w, "service", path+"?limit=2&count=true", "three", "two")
		if a.Header.Get("X-Total-Count") != "3" {
			t.Errorf("%v", a.Header)
		}
		next, rel, _ := strings.Cut(a.Header.Get("Link"), "; ")
		if rel != `rel="next"` {
			t.Fatal(a.Header.Get("Link"))
		}
		last := expect(t, w, "service", strings.Trim(next, "<>"), "one")
		if last.Header.Get("Link") != "" {
			t.Error("the last page has a next one")
		}
		expect(t, w, "service", path+"?offset=2", "one")
		next, _, _ = strings.Cut(expect(t, w, "service", path+"?offset=1&limit=1", "two").Header.Get("Link"), "; ") // from there on it goes without
		expect(t, w, "service", strings.Trim(next, "<>"), "one")
		again := w.Do(Request{As: "service", Path: path + "?offset=2", Header: map[string]string{"If-None-Match": last.Header.Get("Etag")}})
		if again.Status != 200 && again.Status != 304 {
			t.Error(again.Status)
		}
		tag := w.Do(Request{As: "service", Path: path}).Header.Get("Etag")
		w.Do(Request{As: "service", Path: path, Header: map[string]string{"If-None-Match": tag}}).Expect(t, 304)
		w.Do(Request{As: "service-read", Path: path, Header: map[string]string{"If-None-Match": tag}}).Expect(t, 200)
	}
}

func TestFollowingAThing(t *testing.T) {
	w := newStory(t)
	within, across := "/api/v1/workspaces/acme/issues/ISS-1/activity", "/api/v1/issues/ISS-1/activity"
	for _, path := range []string{within + "?x", across + "?workspace_id=acme&x"} {
		path = strings.TrimSuffix(path, "x")
		expect(t, w, "service", path+"after_id=&limit=2", "two", "three")
		a := expect(t, w, "service", path+"after_id=0", "one", "two", "three")
		var rows []row
		a.Read(t, &rows)
		expect(t, w, "service", path+"after_id="+rows[0].ID, "two", "three")
		expect(t, w, "service", path+"wait=0.2&after_id="+rows[2].ID)
	}
	w.Run(t, []Scenario{
		{Request: Request{As: "service", Path: across + "?after_id="}, Status: 400, Fields: []string{"after_id"}},
		{Request: Request{As: "service", Path: within + "?wait=1"}, Status: 400, Fields: []string{"wait"}},
		{Request: Request{As: "service", Path: within + "?after_id=&wait=4.1"}, Status: 400, Fields: []string{"wait"}},
		{Request: Request{As: "service", Path: within + "?after_id=&wait=-1&limit=0"}, Status: 400, Fields: []string{"wait", "limit"}},
		{Request: Request{As: "service", Path: within + "?after_id=&wait=NaN"}, Status: 400, Fields: []string{"wait"}},
		{Request: Request{As: "service", Path: within + "?after_id=&wait=1&wait=2"}, Status: 400, Fields: []string{"wait"}},
		{Request: Request{As: "service", Path: within + "?entity_id=1&resource_types=task"}, Status: 400, Fields: []string{"entity_id", "resource_types"}},
		{Request: Request{As: "service", Path: within + "?q=type:comment"}, Status: 400, Fields: []string{"q"}},
		{Request: Request{As: "service", Path: within + "?q=id:7"}, Status: 400, Fields: []string{"q"}},
		{Request: Request{As: "service", Path: within + "?q=type:comment&resource_types=task"}, Status: 400, Fields: []string{"resource_types"}},
		{Request: Request{As: "service", Path: within + "?q=-type:comment+-action:viewed"}, Status: 200},
		{Request: Request{As: "service", Path: within + "?workspace_id=acme"}, Status: 400, Fields: []string{"workspace_id"}},
		{Request: Request{As: "service", Path: across + "?colour=red"}, Status: 400, Fields: []string{"colour"}},
		{Request: Request{As: "service", Path: across + "?workspace_id=%00"}, Status: 400, Fields: []string{"workspace_id"}},
	})
}

func TestOnesOwnActivity(t *testing.T) {
	w := newStory(t)
	const path = "/api/v1/users/me/activity"
	a := w.Do(Request{As: "bob", Path: path + "?resource_types=issue&count=true"})
	if got := told(t, a); !slices.Equal(got, []string{"odd", "one"}) || a.Header.Get("X-Total-Count") != "2" {
		t.Errorf("%q, %v", got, a.Header)
	}
	expect(t, w, "bob-read", path+"?resource_types=issue", "odd", "one")
	expect(t, w, "charlie", path+"?resource_types=issue", "elsewhere")
	expect(t, w, "ada", path+"?resource_types=issue,task&limit=2", "odd", "a task of the same id")
	expect(t, w, "ada", path+"?resource_id=ISS-1&workspace_id=acme&after_id=0", "two", "three", "a task of the same id")
	expect(t, w, "ina", path+"?resource_types=issue") // who may read everything did nothing here
	w.Do(Request{As: "ina", Path: path + "?include_system=true"}).Expect(t, 200)
	w.Do(Request{As: "bob", Path: path + "?include_system=true"}).Expect(t, 403).ExpectFields(t, "include_system")
	w.Do(Request{As: "service", Path: path}).Expect(t, 403)
	w.Do(Request{As: "bob", Path: path + "?workspace_id=other"}).Expect(t, 404)
	w.Do(Request{As: "bob", Path: path + "?after_id="}).Expect(t, 400).ExpectFields(t, "after_id")

	w.Exec(`UPDATE workspaces SET time_zone = 'UTC'`)
	w.Send(`{"actor": {"id": "daybook-fan", "email": "bob@example.com"}, "action": "created", "description": "by another of his actors"}`)
	expect(t, w, "bob", path+"?actions=created&resource_types=issue", "one")
}

func TestOnesWorkspaces(t *testing.T) {
	w := newStory(t)
	var list []map[string]any
	a := w.Do(Request{As: "ada", Path: "/api/v1/workspaces/"}).Expect(t, 200)
	a.Read(t, &list)
	if len(list) != 1 || list[0]["id"] != w.Acme.ID.String() || list[0]["slug"] != "acme" || list[0]["name"] != "The acme" || list[0]["role"] != "admin" || a.Header.Get("Etag") == "" {
		t.Errorf("%v", list)
	}
	for _, key := range []string{"description", "archived_at"} {
		if v, there := list[0][key]; !there || v != nil {
			t.Errorf("%s is %v", key, v)
		}
	}
	for as, want := range map[string]string{"bob": "acme member", "alice": "acme owner", "service": "acme reader", "ada-read": "acme reader", "service-access": "", "charlie": "other member", "ina": "acme instance_admin daybook instance_admin other instance_admin"} {
		a := w.Do(Request{As: as, Path: "/api/v1/workspaces"})
		if as == "service-access" { // it has no scope to read with
			a.Expect(t, 403)
			continue
		}
		var list []struct{ Slug, Role string }
		a.Expect(t, 200).Read(t, &list)
		var got []string
		for _, w := range list {
			got = append(got, w.Slug, w.Role)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %q, not %q", as, got, want)
		}
	}
	w.Exec(`DELETE FROM memberships WHERE user_id = $1`, w.Bob.ID)
	w.Do(Request{As: "bob", Path: "/api/v1/workspaces/"}).Expect(t, 200, "[]")
	w.Do(Request{As: "bob", Path: "/api/v1/users/me/activity"}).Expect(t, 200, "[]")
	w.Do(Request{As: "bob", Path: "/api/v1/issues/ISS-1/activity?include_system=true"}).Expect(t, 200, "[]")
}
