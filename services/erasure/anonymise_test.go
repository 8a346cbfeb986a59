package erasure_test

import (
	"strings"
	"testing"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/account"
	"daybook/services/erasure"
)

var roles = map[string]access.Role{"instance": access.Instance, "owner": access.Owner, "admin": access.Admin, "member": access.Member, "": access.Outsider}

// TestSomebodyIsForgotten: one person, their own activities and what others said of them.
func TestSomebodyIsForgotten(t *testing.T) {
	w := newWorld(t)
	w.send(w.acme,
		`{"actor": {"id": "zq71xk9v", "name": "Zélie Quandt", "email": "zelie@quandt.example", "role": "chef"}, "action": "created", "resource": {"type": "invoice", "id": "5", "name": "Invoice 5"}, "ip_address": "203.0.113.7", "user_agent": "Zbrowser"}`,
		`{"actor": {"id": "bob", "name": "Bob"}, "action": "assigned", "resource": {"type": "issue", "id": "9", "name": "For ZELIE QUANDT"}, "metadata": {"assignee": "zq71xk9v", "cc": ["zelie@quandt.example"]}}`,
		`{"actor": {"id": "bob", "name": "Bob"}, "action": "updated", "resource": {"type": "file", "id": "5"}, "description": "5 files"}`,
		`{"actor": {"id": "agent", "name": "Agent", "type": "agent"}, "on_behalf_of": {"id": "zq71xk9v"}, "action": "updated", "resource": {"type": "file", "id": "6"}}`,
	)
	e := w.anonymise(erasure.Target{Actor: w.actor(w.acme, "zq71xk9v")}, "Zélie Quandt")
	if e.State != models.ErasureDone || e.Activities != 1 || e.Mentions != 2 {
		t.Errorf("%+v", e)
	}
	w.sound()
	for _, row := range ask[[]string](w, `SELECT array_agg((to_jsonb(a) - 'row_key' - 'leaf')::text ORDER BY seq) FROM activities a`) {
		for _, left := range []string{"quandt", "zq71xk9v", "203.0.113.7", "Zbrowser", "chef"} {
			if strings.Contains(strings.ToLower(row), strings.ToLower(left)) {
				t.Errorf("%s is left in %s", left, row)
			}
		}
	}
	if n := ask[int](w, `SELECT count(*) FROM activities WHERE description = '5 files'`); n != 1 {
		t.Error("5 files are not 5 files any more")
	}
	w.send(w.acme, `{"actor": {"id": "zq71xk9v", "name": "Zélie Quandt"}, "action": "created", "resource": {"type": "invoice", "id": "6"}, "ip_address": "203.0.113.7"}`)
	if who := ask[string](w, `SELECT actor_name || ' ' || coalesce(ip::text, 'nowhere') FROM activities ORDER BY id DESC LIMIT 1`); who != "Deleted User nowhere" {
		t.Errorf("a later event is of %s", who)
	}
	w.sound()
}

// TestAUserIsForgottenWhereverTheyAreKnown: in each workspace by what that one calls them, and in what is recorded of the instance.
func TestAUserIsForgottenWhereverTheyAreKnown(t *testing.T) {
	w := newWorld(t)
	other, third := w.workspace("other"), w.workspace("third")
	zora := w.member(w.acme, "zora", models.Member)
	w.join(other, zora, models.Member)
	w.member(other, "oona", models.Owner)
	w.send(w.acme, `{"actor": {"id": "7", "name": "Zora P.", "email": "zora@example.com"}, "action": "created"}`, `{"actor": {"id": "bob", "name": "Bob"}, "action": "noted", "description": "Zora Person and 7 files", "metadata": {"user_id": 7}}`)
	w.send(other, `{"actor": {"id": "u-zora-99", "name": "Zora von Person", "email": "zora@example.com"}, "action": "created"}`,
		`{"actor": {"id": "bob", "name": "Bob"}, "action": "noted", "description": "asked ZORA@example.com, u-zora-99 and Zora Person", "metadata": {"user_id": 7}}`)
	w.send(third, `{"actor": {"id": "bob", "name": "Bob"}, "action": "noted", "description": "Zora Person is another one here"}`)
	w.must(w.account.EditUser(t.Context(), account.CommandLine(nil), zora.ID, account.UserEdit{Name: "Zora Newname", Email: "zora@new.example"}))
	w.drain()
	e := w.anonymise(erasure.Target{User: zora.ID}, "Zora Newname")
	if e.State != models.ErasureDone || len(e.ActorIDs) != 3 {
		t.Errorf("%+v", e)
	}
	w.has(w.said(w.acme), "Deleted User: ", "Bob: Deleted User and 7 files", `"user_id": "deleted-`, "!Zora")
	w.has(w.said(other), "Bob: asked deleted, deleted-", " and Deleted User", `"user_id": 7`, "!Zora", "!zora")
	w.has(w.said(third), "Zora Person is another one here")
	system := ask[string](w, `SELECT string_agg((to_jsonb(a) - 'row_key' - 'leaf')::text, E'\n') FROM activities a WHERE workspace_id <> $1`, third.ID)
	w.has(strings.ToLower(system), "!zora")
	for _, ws := range []models.Workspace{w.acme, other} {
		w.send(ws, `{"actor": {"id": "x-1", "name": "Zora", "email": "Zora@New.example"}, "action": "arrived"}`)
		w.has(w.said(ws), "!Zora")
	}
	w.acme = other
	w.sound()
}
