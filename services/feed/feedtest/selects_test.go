package feedtest

import (
	"testing"
	"time"

	"daybook/models"
	"daybook/services/feed"
)

// The oracle is held by hand, so that it is not wrong in the way that what it judges is.
func TestWhatTheOracleSelects(t *testing.T) {
	id := "a,b"
	r := Row{
		ActorID: 3, Actor: "user-3", Person: 4, ProjectID: 1, Project: "p-1", ProjectCalled: "New Website", Action: "updated",
		EntityType: "invoice", EntityID: &id, Outcome: "failure", OccurredAt: time.Date(2026, 3, 15, 12, 0, 0, 0, time.UTC), Fields: []string{"status"}, HasMetadata: true,
		Texts: [][]string{{"ferry", "timetable"}, {"creme", "no", "42"}}, Weekday: time.Sunday, Hour: 9, Mine: true, AddressShown: true,
		People: []Called{{ID: 3, External: "user-3", Name: "Åsa Lindström", Email: "asa@example.com"}, {ID: 4, External: "user-4", Name: "Aase"}},
	}
	now := time.Date(2026, 3, 15, 18, 0, 0, 0, time.UTC)
	for line, holds := range map[string]bool{
		"": true, "actor:asa": true, "actor:me": true, "actor:ME": true, "actor:\"lind åsa\"": true, "actor:asa@EXAMPLE.com": true, "actor:user-3": true, "actor:aase": true, "actor_id:user-4": true, "actor:strom": false,
		"actor:—": false, "actor_id:user-3": true, "actor_id:other actor:asa": true, "actor_id:User-3": false, "project:website": true, "project:old": false, "project_id:p-1": true,
		"project:old project_id:p-1": true, "type:invoice,task": true, "type:task": false, "id:a,b": true, "id:a": false, "action:updated": true, "outcome:failure": true, "is:denied": false,
		"field:status": true, "field:Status": false, "field:other field:status": true, "has:changes": true, "has:changes,metadata": true, "has:project": true, "has:resource": true, "has:project has:resource": true, "weekday:sat..sun": true, "weekday:mon": false,
		"hour:9..17": true, "hour:10": false, "ferry": true, "FERR tim": true, "fe": true, "no": true, "crème": true, "4": true, "42": true, "time-table": false, "ferry-creme": true,
		`"ferry timetable"`: true, `"timetable ferry"`: false, `"ferry time"`: false, `"timetable creme"`: false, "nowhere": false, "created:today": true, "before:today": false,
	} {
		f, err := feed.ParseLine(line, now)
		if err != nil {
			t.Fatal(line, err)
		}
		if Selects(f, r) != holds {
			t.Errorf("%s: %v", line, !holds)
		}
		if line == "" || f.From.IsSet() || f.To.IsSet() {
			continue
		}
		f.Not, f.Criteria = f.Criteria, feed.Criteria{}
		switch line { // more than one thing is asked, of which some hold
		case "FERR tim", "actor_id:other actor:asa", "has:changes,metadata":
			continue
		}
		if Selects(f, r) == holds {
			t.Errorf("not %s: %v", line, holds)
		}
	}
	asa := feed.Filter{Criteria: feed.Criteria{ActorNames: []string{"asa@example.com"}}}
	if r.AddressShown = false; Selects(asa, r) {
		t.Error("an address is confirmed to somebody who may not know it")
	}
	bare := Row{OccurredAt: now, Outcome: string(models.Success)}
	for line, holds := range map[string]bool{"has:changes": false, "has:metadata": false, "-has:changes": true, "has:project": false, "has:resource": false, "-has:project": true, "-has:resource": true, "-has:project has:resource": false, "-id:a -type:task -project:x": true, "project:—": false, "-word": true, "word": false} {
		f, err := feed.ParseLine(line, now)
		if err != nil || Selects(f, bare) != holds {
			t.Errorf("of a bare row %s: %v %v", line, !holds, err)
		}
	}
}
