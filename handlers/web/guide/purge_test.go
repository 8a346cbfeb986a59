package guide_test

import (
	"time"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
)

// purgeFiles has retention delete everything of the type "file".
func purgeFiles(r *reader) {
	r.t.Helper()
	const path = "/api/v1/workspaces/acme/retention"
	r.Do(Request{As: "alice", Method: "PUT", Path: path, Body: `{"version": 0, "confirm": "acme", "rules": [{"keep_days": 10, "types": ["file"]}]}`}).Expect(r.t, 200)
	r.Exec(`UPDATE retentions SET next_run_at = next_run_at + interval '60 days'`) // no night comes before the run that is asked for
	r.Clock.Forward(11 * 24 * time.Hour)
	alice := r.Session(r.Alice).Get("Cookie") // her session of eleven days ago is over
	r.Do(Request{Cookie: alice, Method: "POST", Path: path + "/run", Body: "{}"}).Expect(r.t, 202)
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); <-time.After(5 * time.Millisecond) {
		if !Ask[bool](r.World, `SELECT EXISTS (SELECT FROM activities WHERE entity_type = 'file')`) {
			return
		}
	}
	r.t.Fatal("the files stay")
}
