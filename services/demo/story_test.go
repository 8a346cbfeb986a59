package demo

import (
	"encoding/json"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"daybook/models"
)

// moments are nows at which a calendar goes wrong, if it can.
var moments = map[string]time.Time{
	"working day":                time.Date(2025, 11, 20, 13, 34, 0, 0, time.UTC),
	"Sunday at four":             time.Date(2025, 11, 23, 3, 0, 0, 0, time.UTC),
	"Monday before work":         time.Date(2025, 11, 24, 4, 30, 0, 0, time.UTC),
	"leap day":                   time.Date(2028, 2, 29, 9, 0, 0, 123_456_789, time.UTC),
	"clocks go forward":          time.Date(2026, 3, 29, 1, 30, 0, 0, time.UTC),
	"clocks go back":             time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC),
	"clocks went forward before": time.Date(2026, 5, 14, 17, 0, 0, 0, time.UTC),
	"new year":                   time.Date(2026, 12, 31, 23, 0, 0, 0, time.UTC),
	"far east":                   time.Date(2026, 6, 5, 23, 59, 59, 0, time.FixedZone("", 14*3600)),
}

// everyMoment runs a test over the story of each moment.
func everyMoment(t *testing.T, check func(t *testing.T, now time.Time, s Story)) {
	t.Helper()
	for name, now := range moments {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, now, Tell(now))
		})
	}
}

func TestSameNowSameStory(t *testing.T) {
	now := moments["working day"]
	if !reflect.DeepEqual(Tell(now), Tell(now.In(time.FixedZone("", -9*3600)))) {
		t.Fatal("the same instant gave two stories")
	}
}

// Any hour of the week must give a story: the scenes of the last hours look things up that earlier chapters must have made.
func TestEveryHourHasAStory(t *testing.T) {
	first := time.Date(2026, 1, 1, 0, 17, 0, 0, time.UTC)
	for i := range 30 {
		now := first.Add(time.Duration(i) * 299 * time.Hour)
		t.Run(now.Format(time.RFC3339), func(t *testing.T) {
			t.Parallel()
			s := Tell(now)
			if n := len(s.Events); n < 3000 || n > 5000 {
				t.Errorf("%d events", n)
			}
			replay(t, s)
		})
	}
}

func TestEventsLieInOrderWithinNinetyDays(t *testing.T) {
	everyMoment(t, func(t *testing.T, now time.Time, s Story) {
		last := now.AddDate(0, 0, -Days)
		for i, e := range s.Events {
			if at := *e.OccurredAt; at.Before(last) {
				t.Fatalf("event %d, %s of %s, lies before %s", i, at, e.Action, last)
			} else if at.After(now) {
				t.Fatalf("event %d lies in the future: %s", i, at)
			} else if at.Location() != time.UTC || at.Nanosecond()%1000 != 0 {
				t.Fatalf("event %d is not UTC in microseconds: %s", i, at)
			}
			last = *e.OccurredAt
		}
		if early := now.AddDate(0, 0, -Days+5); s.Events[0].OccurredAt.After(early) {
			t.Errorf("the story begins late: %s", s.Events[0].OccurredAt)
		}
	})
}

func TestEventsKeepTheLimits(t *testing.T) {
	everyMoment(t, func(t *testing.T, _ time.Time, s Story) {
		seen := map[uuid.UUID]bool{}
		for i, e := range s.Events {
			if e.UUID.Version() != 7 || e.UUID.Variant() != uuid.RFC4122 || seen[e.UUID] {
				t.Fatalf("event %d: uuid %s is malformed or used twice", i, e.UUID)
			}
			seen[e.UUID] = true
			if problem := beyondLimits(e); problem != "" {
				t.Fatalf("event %d, %s: %s", i, e.Action, problem)
			}
		}
	})
}

func beyondLimits(e models.Event) string {
	raw, err := json.Marshal(e)
	plain := func(s string) bool {
		return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_.-") == ""
	}
	switch {
	case err != nil:
		return err.Error()
	case len(raw) > models.MaxEventBytes/4:
		return "too large"
	case !plain(e.Action) || len(e.Action) > models.MaxTypeBytes || !plain(e.Entity.Type) || len(e.Entity.Type) > models.MaxTypeBytes:
		return "action or type is not one"
	case len(e.Actor.ID) > models.MaxIDBytes || len(*e.Entity.ID) > models.MaxIDBytes || len(e.Actor.Name) > models.MaxNameBytes:
		return "ids or names too long"
	case models.CheckName("name", *e.Entity.Name) != nil || len(*e.Entity.URL) > models.MaxURLBytes || len(e.Description) > models.MaxDescriptionBytes:
		return "name, address or description too long"
	case !strings.HasPrefix(*e.Entity.URL, "https://app.tidewell.example/") || strings.ContainsAny(*e.Entity.URL, " \n"):
		return "address " + *e.Entity.URL
	case len(e.Changes) > models.MaxChanges || !slices.Contains(models.Outcomes, e.Outcome):
		return "changes or outcome"
	case e.System != (e.Actor.Type == models.ActorSystem):
		return "system rows are those of the system"
	case e.Outcome != models.Success && (e.Description == "" || len(e.Changes) > 0):
		return "what did not succeed says why and changes nothing"
	case e.IP != nil && !documentation(*e.IP):
		return "address outside the documentation ranges: " + *e.IP
	}
	return ""
}

func documentation(address string) bool {
	ip := netip.MustParseAddr(address)
	for _, block := range []string{"192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32"} {
		if netip.MustParsePrefix(block).Contains(ip) {
			return ip.String() == address
		}
	}
	return false
}

func TestLastHoursAreAlive(t *testing.T) {
	everyMoment(t, func(t *testing.T, now time.Time, s Story) {
		actions, actors, types, outcomes, rows := map[string]bool{}, map[string]bool{}, map[string]bool{}, map[models.Outcome]bool{}, 0
		for _, e := range s.Events {
			if e.OccurredAt.After(now.Add(-lastHours)) {
				rows++
				actions[e.Action], actors[e.Actor.ID], types[e.Entity.Type], outcomes[e.Outcome] = true, true, true, true
			}
		}
		if rows < 25 || rows > 120 || len(actions) < 12 || len(actors) < 14 || len(types) < 6 || len(outcomes) != 3 {
			t.Errorf("%d rows, %d actions, %d actors, %d types, %d outcomes", rows, len(actions), len(actors), len(types), len(outcomes))
		}
		newest := s.Events[len(s.Events)-1]
		if now.Sub(*newest.OccurredAt) > 4*time.Minute {
			t.Errorf("the newest row is of %s", newest.OccurredAt)
		}
	})
}

func TestVocabularyOfTheSeedsAppears(t *testing.T) {
	everyMoment(t, func(t *testing.T, _ time.Time, s Story) {
		seen := map[string]int{}
		for _, e := range s.Events {
			if e.Outcome == models.Success || e.Action == "agent_failed" {
				seen[e.Action]++
			}
			seen["outcome "+string(e.Outcome)]++
			seen["type "+e.Entity.Type]++
			if e.OnBehalfOf != nil {
				seen["on behalf"]++
			}
			if e.IP != nil {
				seen["address"]++
			}
			if e.Actor.Type == models.ActorAgent && e.OnBehalfOf == nil {
				seen["agent on its own"]++
			}
			for _, c := range e.Changes {
				seen["change of "+kind(c.Before)]++
				seen["change to "+kind(c.After)]++
			}
		}
		for word, least := range leastOf {
			if seen[word] < least {
				t.Errorf("%s: %d rows, want at least %d", word, seen[word], least)
			}
		}
	})
}

// kind names the JSON type of a value.
func kind(raw json.RawMessage) string {
	switch raw[0] {
	case '"':
		if strings.HasPrefix(string(raw), `"€`) {
			return "money"
		}
		if len(raw) > 80 {
			return "text"
		}
		return "string"
	case '[':
		return "list"
	case 't', 'f':
		return "bool"
	case 'n':
		return "null"
	}
	return "number"
}

var leastOf = map[string]int{
	"created": 300, "updated": 200, "deleted": 20, "started": 500, "stopped": 500, "completed": 80, "assigned": 60, "commented": 80,
	"status_changed": 100, "sent": 15, "paid": 8, "archived": 2, "unarchived": 1,
	"member_added": 20, "member_removed": 1, "role_changed": 3, "settings_updated": 3,
	"agent_assigned": 3, "agent_completed": 2, "agent_failed": 1, "agent_created": 3, "reminded": 2, "imported": 30, "matched": 30,
	"outcome failure": 8, "outcome denied": 12, "on behalf": 40, "agent on its own": 60, "address": 1000,
	"type project": 1, "type task": 1, "type time_entry": 1, "type invoice": 1, "type client": 1, "type user": 1, "type comment": 1,
	"type issue": 1, "type label": 1, "type workspace": 1, "type workspace_member": 1, "type agent": 1, "type payment": 1,
	"change of money": 5, "change of null": 20, "change of bool": 5, "change of number": 20, "change of string": 50, "change of list": 2,
	"change of text": 2, "change to null": 1, "change to list": 2,
}

func TestRhythmOfTheWeek(t *testing.T) {
	zone, _ := time.LoadLocation(agencyZone)
	now := moments["working day"]
	var hours [24]int
	var weekdays [7]int
	months, bulk := [3]int{}, map[string]int{}
	for _, e := range Tell(now).Events {
		local := e.OccurredAt.In(zone)
		hours[local.Hour()]++
		weekdays[local.Weekday()]++
		months[min(2, int(now.Sub(*e.OccurredAt).Hours()/24/30))]++
		if e.CorrelationID != nil && e.Action == "created" && e.Entity.Type == "task" {
			bulk[*e.CorrelationID+local.Format(time.DateTime)]++
		}
	}
	if hours[12] >= hours[11]*3/4 || hours[12] >= hours[13] || hours[3] > 0 || hours[10] < 300 {
		t.Errorf("the hours look wrong: %v", hours)
	}
	if weekend := weekdays[0] + weekdays[6]; weekend == 0 || weekend > 120 || weekdays[5] >= weekdays[2] {
		t.Errorf("the weekdays look wrong: %v", weekdays)
	}
	if months[0] <= months[1] {
		t.Errorf("no growth over the months, the latest first: %v", months)
	}
	largest := 0
	for _, n := range bulk {
		largest = max(largest, n)
	}
	if largest < 20 {
		t.Errorf("no burst: at most %d tasks in one second", largest)
	}
}
