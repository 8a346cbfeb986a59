package manage_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"daybook/handlers/handlerstest"
)

// TestRetentionOverJSON is refused, looks, saves, runs, downloads and deletes what was archived.
func TestRetentionOverJSON(t *testing.T) {
	w := handlerstest.New(t)
	w.Send(`[{"actor": {"id": "x"}, "action": "viewed", "resource": {"type": "file", "id": "1"}}, {"actor": {"id": "x"}, "action": "viewed", "resource": {"type": "task", "id": "1"}}]`)
	w.Recorded()
	const rules = `"rules": [{"keep_days": 10, "types": ["file"], "archive": true}, {"keep_days": null, "outcomes": ["denied"]}]`
	w.Run(t, []handlerstest.Scenario{
		{Request: request("alice", "GET", "/retention", ""), Status: 200, Has: []string{`"version":0`, `"rules":[]`, `"next_run_at":null`}},
		{Request: request("alice", "PUT", "/retention", `{}`), Status: 422, Fields: []string{"version", "rules"}},
		{Request: request("alice", "PUT", "/retention", `{"version": 0, "rules": [{"keep_days": 0}], "hour": 25, "confirm": "acme"}`), Status: 422, Fields: []string{"rules[0].keep_days", "hour"}},
		{Request: request("alice", "PUT", "/retention", `{"version": 0, "confirm": "acme", "rules": [{"keep_days": 5, "outcomes": ["red"]}]}`), Status: 422, Fields: []string{"rules[0].outcomes"}},
		{Request: request("alice", "PUT", "/retention", `{"version": 0, "confirm": "acme", "rules": [{"keep": 5}]}`), Status: 400, Fields: []string{"rules[0].keep"}},
		{Request: request("alice", "PUT", "/retention", `{"version": 0, `+rules+`}`), Status: 422, Fields: []string{"confirm"}},
		{Request: request("alice", "POST", "/retention/run", ""), Status: 409},
		{Request: request("alice", "POST", "/retention/preview", `{`+rules+`}`), Status: 200, Has: []string{`"activities":0`, `"by_rule":[0,0]`, `"complete":true`}},
		{Request: request("alice", "PUT", "/retention", `{"version": 0, "hour": 4, "confirm": "acme", `+rules+`}`), Status: 200, Records: []string{"acme Alice Person retention_changed"},
			Has: []string{`"version":1`, `"hour":4`, `"keep_days":10`, `"keep_days":null`, `"actions":[]`, `"time_zone"`}},
		{Request: request("alice", "PUT", "/retention", `{"version": 0, "confirm": "acme", `+rules+`}`), Status: 409, Fields: []string{"version"}},
		{Request: request("ina", "GET", "/retention/archives", ""), Status: 200, Has: []string{`"archives":[]`}},
		{Request: request("ina", "GET", "/retention/archives?before=x", ""), Status: 400, Fields: []string{"before"}},
		{Request: request("ina", "GET", "/retention/runs?after=1", ""), Status: 400, Fields: []string{"after"}},
		{Request: request("ada", "GET", "/retention", ""), Status: 403, Records: []string{"acme ada access_denied denied"}},
	})
	w.Exec(`UPDATE retentions SET next_run_at = next_run_at + interval '60 days'`) // no night comes before the run that is asked for
	w.Clock.Forward(11 * 24 * time.Hour)                                           // which ends all sessions
	as := func(method, path string) handlerstest.Request {
		return handlerstest.Request{Cookie: w.Session(w.Alice).Get("Cookie"), Method: method, Path: acme + path, Body: map[string]string{"POST": `{}`}[method]}
	}
	w.Do(as("POST", "/retention/preview")).Expect(t, 200, `"activities":1`, `"by_rule":[1,0]`)
	w.Do(as("POST", "/retention/run")).Expect(t, 202, `"waiting":true`)
	for deadline := time.Now().Add(time.Minute); handlerstest.Ask[int](w, `SELECT count(*) FROM archives WHERE state = 'done'`) == 0; {
		if time.Now().After(deadline) {
			t.Fatal("nothing is archived after a minute")
		}
	}
	id := handlerstest.Ask[string](w, `SELECT id::text FROM archives`)
	w.Do(as("GET", "/retention/runs")).Expect(t, 200, `"purged":1`, `"by_rule":{"0":1}`, `"archive":"`+id+`"`, `"held":0`)
	w.Do(as("GET", "/retention/archives")).Expect(t, 200, `"rows":1`, `"format":"ndjson"`, `"sha256":"`)
	w.Do(as("GET", "/retention/archives/"+id)).Expect(t, 200, `"state":"done"`)
	file := w.Do(as("GET", "/retention/archives/"+id+"/file")).Expect(t, 200)
	if !strings.HasPrefix(file.Header.Get("Content-Disposition"), `attachment; filename="acme-archive-`) || !strings.HasPrefix(file.Body, "\x1f\x8b") {
		t.Errorf("%q", file.Header)
	}
	part := as("GET", "/retention/archives/"+id+"/file")
	part.Header = map[string]string{"Range": "bytes=0-1"}
	w.Do(part).Expect(t, 206)
	w.Exec(`INSERT INTO holds (workspace_id, name, entity_type, placed_by) SELECT id, 'Case 7', 'file', '{}' FROM workspaces WHERE slug = 'acme'`)
	w.Do(as("DELETE", "/retention/archives/"+id)).Expect(t, 409, "Case 7")
	w.Exec(`UPDATE holds SET lifted_at = now()`)
	w.Do(as("DELETE", "/retention/archives/"+id)).Expect(t, 204)
	w.Do(as("GET", "/retention/archives/"+id+"/file")).Expect(t, 410)
	w.Do(as("DELETE", "/retention/archives/"+id)).Expect(t, 410)
	told := strings.Join(w.Recorded(), ", ")
	for _, want := range []string{"retention_started", "purged", "downloaded", "archive_removed"} {
		if !strings.Contains(told, "acme Alice Person "+want) {
			t.Errorf("%s is not recorded: %s", want, told)
		}
	}
}

func TestHoldsOverJSON(t *testing.T) {
	w := handlerstest.New(t)
	w.Send(`[{"actor": {"id": "x", "name": "Amara"}, "action": "viewed", "occurred_at": "2024-01-05T00:00:00Z", "resource": {"type": "file", "id": "1"}}]`)
	w.Recorded()
	w.Run(t, []handlerstest.Scenario{
		{Request: request("alice", "POST", "/holds", `{"name": ""}`), Status: 422, Fields: []string{"name", "person"}},
		{Request: request("alice", "POST", "/holds", `{"name": "A", "person": "nobody", "end_date": "2024-01-01"}`), Status: 422, Fields: []string{"person"}},
		{Request: request("alice", "POST", "/holds", `{"name": "A", "start_date": "soon"}`), Status: 422, Fields: []string{"start_date"}},
		{Request: request("alice", "POST", "/holds", `{"name": "A", "who": "x"}`), Status: 400, Fields: []string{"who"}},
		{Request: request("alice", "POST", "/holds", `{"name": "A", "person": "x"}`), Status: 201, Records: []string{"acme Alice Person hold_placed"},
			Has: []string{`"person":"x"`, `"person_name":"Amara"`, `"project":null`, `"lifted_at":null`}},
		{Request: request("alice", "POST", "/holds", `{"name": "B", "resource_type": "file", "start_date": "2024-01-01"}`), Status: 201, Records: []string{"acme Alice Person hold_placed"}},
		{Request: request("ina", "GET", "/holds", ""), Status: 200, Has: []string{`"name":"A"`, `"name":"B"`}},
		{Request: request("ina", "GET", "/holds?lifted=true", ""), Status: 200, Has: []string{`"holds":[]`}},
		{Request: request("ina", "GET", "/holds?lifted=maybe", ""), Status: 400, Fields: []string{"lifted"}},
	})
	first := handlerstest.Ask[int64](w, `SELECT min(id) FROM holds`)
	query := "?end_date=2024-01-31"
	w.Run(t, []handlerstest.Scenario{
		{Request: handlerstest.Request{As: "alice", Method: "POST", Path: acme + "/purges/preview" + query}, Status: 200, Has: []string{`"activities":0`, `"held":1`, `"held_more":false`}},
		{Request: request("alice", "GET", "/holds/%d", "", first), Status: 200, Has: []string{`"name":"A"`}},
		{Request: request("alice", "POST", "/holds/%d/lift", "", first), Status: 200, Records: []string{"acme Alice Person hold_lifted"}, Has: []string{`"lifted_by":"Alice Person"`, `"still_held_by":[{`, `"name":"B"`}},
		{Request: request("alice", "POST", "/holds/%d/lift", "", first), Status: 409},
		{Request: request("alice", "GET", "/holds?lifted=true", ""), Status: 200, Has: []string{fmt.Sprintf(`"id":%d`, first)}},
	})
}
