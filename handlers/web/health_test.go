package web_test

import (
	"testing"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
)

// An instance admin sees how the instance does, and on every page when something needs attention; others are told nothing of it.
func TestHealth(t *testing.T) {
	w := New(t)
	w.Do(Request{As: "ina", Path: "/instance/health"}).Expect(t, 200, "Everything is in order", "Up to date", "PostgreSQL", "Every event that was accepted was posted", "migration ")
	w = New(t)
	w.Exec(`INSERT INTO rejected (workspace_id, uuid, source_id, event, received_at, sqlstate, reason) SELECT $1, gen_random_uuid(), 1, '{"action": "secret"}', now(), '22000', 'because' FROM generate_series(1, 3)`, w.Acme.ID)
	w.Do(Request{As: "ina", Path: "/instance/health"}).Expect(t, 200, "3 events could not be posted.", `href="/w/acme/rejected"`).Lacks(t, "because", "Everything is in order")
	w.Do(Request{As: "ina", Path: "/w/acme"}).Expect(t, 200, "3 events could not be posted.", `href="/instance/health"`)
	w.Do(Request{As: "ina-admin", Path: "/api/v1/instance/health"}).Expect(t, 200, `"text":"3 events could not be posted."`, `"slug":"acme"`, `"stuck":false`)
	w.Do(Request{As: "alice", Path: "/w/acme"}).Expect(t, 200).Lacks(t, "could not be posted.", "/instance/health")
	w.Do(Request{As: "alice", Path: "/instance/health"}).Expect(t, 403, "Only instance admins")
	w.Do(Request{As: "nobody", Path: "/instance/health"}).Expect(t, 303)
}
