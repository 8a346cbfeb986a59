package web_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io"
	"net/url"
	"strings"
	"testing"
	"time"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
)

// ruled is the form with rules as a browser sends it.
func ruled(as, do string, more ...string) Request {
	return formed(as, "/w/acme/retention/edit", append([]string{"do", do, "version", "0", "hour", "3"}, more...)...)
}

func TestRetentionOnPages(t *testing.T) {
	w := New(t)
	w.Send(`[{"actor": {"id": "x7", "name": "Amara"}, "action": "viewed", "resource": {"type": "invoice", "id": "9"}}, {"actor": {"id": "x7"}, "action": "viewed", "resource": {"type": "task", "id": "9"}}]`)
	w.Recorded()
	one := []string{"keep-0", "days", "days-0", "30", "types-0", "invoice", "actions-0", "viewed", "outcomes-0", "success", "archive-0", "true", "system-0", ""}
	w.Run(t, []Scenario{
		{Name: "no rules", Request: Request{As: "alice", Path: "/w/acme/retention"}, Status: 200, Has: []string{"Everything is kept", "Make rules"}},
		{Name: "an admin", Request: Request{As: "ada", Path: "/w/acme/retention/edit"}, Status: 403, Records: []string{"acme ada access_denied denied"}},
		{Name: "the form begins with a rule", Request: Request{As: "alice", Path: "/w/acme/retention/edit"}, Status: 200, Has: []string{`name="days-0"`, `<option value="invoice">`, `value="viewed"`}},
		{Name: "one more", Request: ruled("alice", "add", one...), Status: 200, Has: []string{"Rule 2", `name="days-1"`, `value="30"`}},
		{Name: "moved", Request: ruled("alice", "down:0", append(one, "keep-1", "forever", "days-1", "", "types-1", "task", "actions-1", "", "system-1", "true")...), Status: 200,
			Has: []string{`id="types-0" name="types-0" type="text" list="rule-types" value="task"`}},
		{Name: "removed", Request: ruled("alice", "remove:0", one...), Status: 200, Has: []string{"There is no rule"}},
		{Name: "0 days", Request: ruled("alice", "preview", "keep-0", "days", "days-0", "0"), Status: 422, Has: []string{`id="days-0-error"`, "1 to 36,500"}},
		{Name: "no number", Request: ruled("alice", "preview", "keep-0", "days", "days-0", "many", "types-0", "Big!"), Status: 422, Has: []string{`id="days-0-error"`, `id="types-0-error"`, `value="many"`}},
		{Name: "no button", Request: ruled("alice", "dance", one...), Status: 422},
		{Name: "another field", Request: ruled("alice", "preview", append(one, "colour", "red")...), Status: 422},
		{Name: "what would go", Request: ruled("alice", "preview", one...), Status: 200,
			Has: []string{"0 activities", "Type acme to confirm", `name="types-0" value="invoice"`, "Save these rules", "03:00"}},
		{Name: "not confirmed", Request: ruled("alice", "save", one...), Status: 422, Has: []string{`id="confirm-error"`, `name="types-0" value="invoice"`}},
		{Name: "back", Request: ruled("alice", "edit", one...), Status: 200, Has: []string{`name="days-0"`, `value="30"`}},
		{Name: "nothing is saved so far", Request: Request{As: "alice", Path: "/w/acme/retention"}, Status: 200, Has: []string{"Everything is kept"}},
		{Name: "saved", Request: ruled("alice", "save", append(one, "confirm", "acme")...), Status: 303, Headers: map[string]string{"Location": "/w/acme/retention"}, Records: []string{"acme Alice Person retention_changed"}},
		{Name: "somebody else was faster", Request: ruled("alice", "save", append(one, "confirm", "acme")...), Status: 409, Has: []string{"somebody else changed the rules"}},
		{Name: "listed", Request: Request{As: "alice", Path: "/w/acme/retention"}, Status: 200, Has: []string{"30 days", "in an archive", "Run now…", "03:00"}},
	})
	w.Exec(`INSERT INTO erasures (id, state, asked_by, problem) VALUES ('019a0000-0000-7000-8000-000000000001', 'running', '{}', 'It does not get on.')`)
	w.Exec(`INSERT INTO erasure_workspaces (erasure_id, workspace_id, actor_ids) SELECT e.id, w.id, '{}' FROM erasures e, workspaces w WHERE w.slug = 'acme'`)
	w.Do(Request{As: "alice", Path: "/w/acme/retention"}).Expect(t, 200, "Nothing is deleted while somebody is being anonymised here", `href="/w/acme/privacy"`)
	w.Exec(`UPDATE erasures SET state = 'done'`)
	w.Do(Request{As: "alice", Path: "/w/acme/retention"}).Expect(t, 200, "Run now…").Lacks(t, "being anonymised")
	w.Exec(`UPDATE retentions SET next_run_at = next_run_at + interval '60 days'`) // no night comes before the run that is asked for
	w.Clock.Forward(31 * 24 * time.Hour)                                           // which ends all sessions
	alice := w.Session(w.Alice).Get("Cookie")
	w.Do(Request{Cookie: alice, Path: "/w/acme/retention/preview"}).Expect(t, 200, "1 activity", "Would go now").Lacks(t, "Save these rules")
	w.Do(Request{Cookie: alice, Method: "POST", Path: "/w/acme/retention/run", Form: url.Values{}}).Expect(t, 303)
	eventually(t, "the run is done", func() bool {
		return Ask[int](w, `SELECT count(*) FROM purges WHERE kind = 'retention' AND state = 'done' AND archive_id IS NOT NULL`) > 0
	})
	id := Ask[string](w, `SELECT id::text FROM archives`)
	w.Do(Request{Cookie: alice, Path: "/w/acme/retention"}).Expect(t, 200, "Runs so far", "/w/acme/retention/archives/"+id+"/file", "SHA-256", "daybook import")
	w.Do(Request{Cookie: alice, Path: fmt.Sprintf("/w/acme/purge/%d", Ask[int64](w, `SELECT purge_id FROM archives`))}).Expect(t, 200, "Retention run", "Recorded before")
	w.Do(Request{Cookie: alice, Path: "/w/acme/purge"}).Expect(t, 200, "There were none")
	file := w.Do(Request{Cookie: alice, Path: "/w/acme/retention/archives/" + id + "/file"}).Expect(t, 200)
	manifest := w.Do(Request{Cookie: alice, Path: "/w/acme/retention/archives/" + id + "/manifest"}).Expect(t, 200, `"rows":1`, `"form":"event"`)
	if sum := fmt.Sprintf("%x", sha256.Sum256([]byte(file.Body))); !strings.Contains(manifest.Body, sum) {
		t.Errorf("%s is not in %s", sum, manifest.Body)
	}
	r, err := gzip.NewReader(bytes.NewReader([]byte(file.Body)))
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(r); err != nil || !strings.Contains(string(text), `"type":"invoice"`) || strings.Count(string(text), "\n") != 1 {
		t.Error(string(text), err)
	}
	w.Do(Request{Cookie: w.Session(w.Ada).Get("Cookie"), Path: "/w/acme/retention/archives/" + id + "/file"}).Expect(t, 403)
	remove := Request{Cookie: alice, Method: "POST", Path: "/w/acme/retention/archives/" + id + "/remove", Form: url.Values{}}
	w.Do(remove).Expect(t, 303)
	w.Do(remove).Expect(t, 303)
	w.Do(Request{Cookie: alice, Path: "/w/acme/retention/archives/" + id + "/file"}).Expect(t, 410)
	w.Do(Request{Cookie: alice, Path: "/w/acme/retention"}).Expect(t, 200, "Deleted").Lacks(t, id+"/file")
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(time.Minute); !holds(); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatalf("after a minute still not: %s", what)
		}
	}
}
