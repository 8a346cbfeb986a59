package manage_test

import (
	"fmt"
	"strings"
	"testing"

	"daybook/handlers/handlerstest"
)

// TestWhatIsHeldIsReadAsBefore: while a hold keeps activities of somebody who was anonymised, these say who it was in every form, and are found by it. When it is
// lifted, nothing does.
func TestWhatIsHeldIsReadAsBefore(t *testing.T) {
	w := handlerstest.New(t)
	w.Send(`{"actor": {"id": "user-71", "name": "Viktor Berger"}, "action": "created", "resource": {"type": "case", "id": "1"}}`)
	w.Send(`{"actor": {"id": "user-71", "name": "Viktor Berger"}, "action": "created", "resource": {"type": "note", "id": "1"}}`)
	w.Send(`{"actor": {"id": "robot", "name": "Robot", "type": "agent"}, "on_behalf_of": {"id": "user-71"}, "action": "checked", "resource": {"type": "case", "id": "1"}}`)
	w.Send(`{"actor": {"id": "robot", "name": "Robot", "type": "agent"}, "on_behalf_of": {"id": "user-71"}, "action": "checked", "resource": {"type": "note", "id": "1"}}`)
	viktor := handlerstest.Ask[int64](w, `SELECT id FROM actors WHERE external_id = 'user-71'`)
	gone := fmt.Sprintf("deleted-%d", viktor)
	held := answered[struct{ ID int64 }](t, w.Do(request("alice", "POST", "/holds", `{"name": "Case", "person": "user-71", "resource_type": "case"}`)).Expect(t, 201))
	begun := answered[erasureSeen](t, w.Do(request("alice", "POST", "/actors/%d/anonymise", `{"confirm": "Viktor Berger", "keep_held": true}`, viktor)).Expect(t, 202))
	until(t, w, "alice", acme+"/erasures/"+begun.ID, "open")
	by := fmt.Sprintf(`"held_by":[{"id":%d,"workspace_id":"%s","name":"Case"}]`, held.ID, w.Acme.ID)
	w.Do(handlerstest.Request{As: "alice", Path: acme + "/erasures/" + begun.ID}).Expect(t, 200, by)
	w.Do(handlerstest.Request{As: "alice", Path: acme + "/erasures"}).Expect(t, 200, by)
	page := handlerstest.Request{As: "alice", Path: "/w/acme/erasures/" + begun.ID}
	link := fmt.Sprintf(`href="/w/acme/holds#hold-%d"`, held.ID)
	w.Do(page).Expect(t, 200, link, "Case</a>")
	page.As = "ada" // who may not lift it sees what it is called
	w.Do(page).Expect(t, 200, "Case</span>").Lacks(t, link)

	get := func(path string) handlerstest.Answer {
		return w.Do(handlerstest.Request{As: "alice", Path: acme + path}).Expect(t, 200)
	}
	both := func(answer handlerstest.Answer, kept, erased string) {
		t.Helper()
		answer.Expect(t, 200, kept, erased)
	}
	both(get("/activity?resource_types=case,note&actions=created"), `"actor_id":"user-71"`, `"actor_id":"`+gone+`"`)
	both(get("/activity?resource_types=case,note&actions=checked"), `"on_behalf_of":{"id":"user-71","name":"Viktor Berger"`, `"on_behalf_of":{"id":"`+gone+`","name":"Deleted User"`)
	for _, ask := range []string{"actor_id=user-71", `q=actor:%22Viktor+Berger%22`, "q=actor:user-71"} {
		get("/activity?"+ask).Expect(t, 200, `"actor":{"id":"user-71","name":"Viktor Berger"`)
	}
	for _, format := range []string{"csv", "json", "ndjson"} {
		file := get("/export?format=" + format + "&resource_types=case,note&columns=resource_type,actor.id,on_behalf_of.id,on_behalf_of.name")
		if format != "csv" {
			file = get("/export?format=" + format + "&resource_types=case,note")
		}
		for _, said := range []string{"user-71", "Viktor Berger", gone, "Deleted User"} {
			if n := strings.Count(file.Body, said); n < 1 {
				t.Errorf("%s has no %q: %s", format, said, file.Body)
			}
		}
	}
	get("/holds").Expect(t, 200, `"Viktor Berger"`, `"user-71"`)
	get("/people?kind=anonymised").Expect(t, 200, gone).Lacks(t, "Viktor", "user-71")

	w.Do(request("alice", "POST", "/holds/%d/lift", `{}`, held.ID)).Expect(t, 200)
	until(t, w, "alice", acme+"/erasures/"+begun.ID, "done")
	w.Do(handlerstest.Request{As: "alice", Path: acme + "/erasures/" + begun.ID}).Expect(t, 200, `"held_by":[]`)
	get("/activity?resource_types=case,note").Lacks(t, "Viktor", "user-71")
	get("/holds").Lacks(t, "Viktor", "user-71")
	get("/activity?actor_id=user-71").Expect(t, 200, "[]")
	if n := handlerstest.Ask[int64](w, `SELECT count(*) FROM actors WHERE recorded_as IS NOT NULL OR recorded_name IS NOT NULL`); n != 0 {
		t.Errorf("%d actors are remembered", n)
	}
}
