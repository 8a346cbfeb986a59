package api_test

import (
	"strings"
	"testing"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
)

// What is not stored is nowhere: not in the row, its sentence, the words it is found by, the list, an export, a page; nor in an event that is refused.
func TestWhatIsNotStoredIsNowhere(t *testing.T) {
	w := New(t)
	w.Exec(`UPDATE workspaces SET addresses = 'truncate', agents = 'drop' WHERE slug = 'acme'`)
	send := Request{As: "service", Method: "POST", Path: "/api/v1/workspaces/acme/activity", Body: `{"id": "0198c0de-0000-7000-8000-000000000001", "actor": {"id": "bob"}, "action": "updated",
		"resource": {"type": "account", "id": "1"}, "ip_address": "203.0.113.77", "user_agent": "zzagent/1", "metadata": {"plan": "gold", "nested": [{"api-key": "zzsecret"}]},
		"changes": [{"field": "password", "before": "zzsecret", "after": {"zzsecret": 1}}]}`}
	w.Do(send).Expect(t, 201)
	w.Do(send).Expect(t, 200, `"duplicates":1`)
	w.Recorded() // it is posted
	for _, path := range []string{"/api/v1/workspaces/acme/activity", "/api/v1/workspaces/acme/activity?q=removed", "/api/v1/workspaces/acme/export?format=ndjson", "/w/acme", "/api/activities?workspace_id=acme"} {
		a := w.Do(Request{As: "ada", Path: path}).Expect(t, 200, "[removed]")
		if a.Lacks(t, "zzsecret", "zzagent", "203.0.113.77"); strings.Contains(path, "/v1/") {
			a.Expect(t, 200, "203.0.113.0", "gold")
		}
	}
	w.Do(Request{As: "ada", Path: "/api/v1/workspaces/acme/activity?q=zzsecret"}).Expect(t, 200).Lacks(t, "0198c0de")
	for _, table := range []string{"activities", "activity_words", "event_ids", "inbox", "rejected"} {
		if n := Ask[int](w, `SELECT count(*) FROM `+table+` r WHERE r::text ~ 'zzsecret|zzagent|203\.0\.113\.77'`); n != 0 {
			t.Errorf("%s has it", table)
		}
	}
	// What is wrong with an event is said without its values.
	bad := send
	bad.Body = strings.Replace(send.Body, `"updated"`, `"Not a word"`, 1)
	w.Do(bad).Expect(t, 422, "action").Lacks(t, "zzsecret")
}
