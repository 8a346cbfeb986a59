package feed_test

import (
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"daybook/models"
	"daybook/services/feed"
	"daybook/services/feed/feedtest"
)

// noon is a moment at which tests read relative days.
var noon = time.Date(2026, 3, 15, 12, 0, 0, 0, time.UTC)

func zoneOf(t testing.TB, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// fieldsOf gives the names of the fields that an error is about.
func fieldsOf(err error) []string {
	var names []string
	if e := (*models.Error)(nil); errors.As(err, &e) {
		for _, f := range e.Fields {
			names = append(names, f.Field)
		}
	}
	return names
}

func TestEveryParameterHasItsAliases(t *testing.T) {
	at := time.Date(2026, 1, 31, 9, 0, 0, 0, time.UTC)
	for query, want := range map[string]feed.Filter{
		"":                                 {},
		"unknown=1&limit=x":                {},
		"actor_id=a&actor_id=b&actor_id=a": {Criteria: feed.Criteria{Actors: []string{"a", "b"}}},
		"actor_id=a,b":                     {Criteria: feed.Criteria{Actors: []string{"a,b"}}}, // an id may contain commas
		"user_id=a&actor_id=b":             {Criteria: feed.Criteria{Actors: []string{"b", "a"}}},
		"resource_types=task,file":         {Criteria: feed.Criteria{Types: []string{"task", "file"}}},
		"resource_types=task&resource_type=file&entity_types=a&entity_type=b": {Criteria: feed.Criteria{Types: []string{"task", "a", "file", "b"}}},
		"resource_id=1&entity_id=2":    {Criteria: feed.Criteria{EntityIDs: []string{"1", "2"}}},
		"actions=created,+updated,,":   {Criteria: feed.Criteria{Actions: []string{"created", "updated"}}},
		"action=created&actions=moved": {Criteria: feed.Criteria{Actions: []string{"moved", "created"}}},
		"project_id=p":                 {Criteria: feed.Criteria{Projects: []string{"p"}}},
		"outcome=failure,denied":       {Criteria: feed.Criteria{Outcomes: []models.Outcome{models.Failure, models.Denied}}},
		"include_system=true":          {System: true},
		"include_system=1":             {System: true},
		"include_system=False":         {},
		"start_date=2026-01-31T09:00:00Z&end_date=2026-01-31T09:00:00Z": {
			From: feed.Bound{Text: "2026-01-31T09:00:00Z", At: at}, To: feed.Bound{Text: "2026-01-31T09:00:00Z", At: at}},
		"start_date=2026-01-31T14:30:00+05:30":  {From: feed.Bound{Text: "2026-01-31T14:30:00 05:30", At: at}}, // the + was not escaped
		"actor_id=&resource_types=&start_date=": {},
		"q=":                                    {},
		"actions=created&q=action:updated,created+type:task":                     {Criteria: feed.Criteria{Actions: []string{"created", "updated"}, Types: []string{"task"}}},
		"q=gift+-gift&q=gift+-gift":                                              {Criteria: feed.Criteria{Words: []feed.Word{{Text: "gift"}}}, Not: feed.Criteria{Words: []feed.Word{{Text: "gift"}}}},
		"start_date=2026-01-31T09:00:00Z&q=created:>2026-01-31T08:59:59.999999Z": {From: feed.Bound{Text: "2026-01-31T09:00:00Z", At: at}},
		"start_date=today&end_date=2026-03": {
			From: feed.Bound{Text: "today", At: time.Date(2026, 3, 15, 0, 0, 0, 0, time.UTC)}, To: feed.Bound{Text: "2026-03", At: time.Date(2026, 3, 31, 23, 59, 59, 999999000, time.UTC)}},
	} {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		got, err := feed.Parse(values, noon)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s (%v)\n is  %#v\n not %#v", query, err, got, want)
		}
	}
}

func TestABadValueIsNamedAndTheRestIsKept(t *testing.T) {
	hundred := make([]string, 101)
	for i := range hundred {
		hundred[i] = fmt.Sprint("a", i)
	}
	for query, want := range map[string][]string{
		"start_date=tomorrow":                                           {"start_date"},
		"end_date=3661d":                                                {"end_date"},
		"start_date=0d":                                                 {"start_date"},
		"start_date=2026-13":                                            {"start_date"},
		"end_date=2026-02-30":                                           {"end_date"},
		"end_date=2026-01-31T25:00:00Z":                                 {"end_date"},
		"start_date=0000-01-01":                                         {"start_date"},
		"start_date=99999-01-01":                                        {"start_date"},
		"start_date=1769850000":                                         {"start_date"},
		"start_date=2026-02-01&end_date=2026-01-31":                     {"start_date"},
		"start_date=2026-01-01&start_date=2026-01-02":                   {"start_date"},
		"include_system=true&include_system=false":                      {"include_system"},
		"include_system=maybe":                                          {"include_system"},
		"entity_type=Task":                                              {"entity_type"},
		"resource_types=task,a%20b":                                     {"resource_types"},
		"action=*":                                                      {"action"},
		"actions=" + strings.Repeat("a", 65):                            {"actions"},
		"outcome=ok":                                                    {"outcome"},
		"actor_id=" + strings.Repeat("a", 256):                          {"actor_id"},
		"actor_id=a%00b":                                                {"actor_id"},
		"resource_id=%ff":                                               {"resource_id"},
		"project_id=" + strings.Repeat("p", 256):                        {"project_id"},
		"actions=" + strings.Join(hundred, ","):                         {"actions"},
		"start_date=x&end_date=y&outcome=z&actions=A":                   {"actions", "start_date", "end_date", "outcome"},
		"q=type:a&q=type:b":                                             {"q"},
		"q=type:A!+nonsense:b":                                          {"q", "q"},
		"q=" + strings.Repeat("a", 4097):                                {"q"},
		"start_date=2026-01-01&q=created:>=2026-01-02":                  {"q"},
		"end_date=2026-01-01&q=created:<2026-01-01":                     {"q"},
		"start_date=2026-02-01&q=created:<=2026-01-31":                  {"q"},
		"q=created:2026-02-01..2026-01-31":                              {"q"},
		"actor_id=&q=%ff":                                               {"q"},
		"actions=" + strings.Join(hundred[1:], ",") + "&q=action:other": {"q"},
	} {
		values, err := url.ParseQuery(query + "&user_id=kept")
		if err != nil {
			t.Fatal(err)
		}
		f, err := feed.Parse(values, noon)
		names := fieldsOf(err)
		if models.KindOf(err) != models.Malformed || !sameSet(names, want) {
			t.Errorf("%s: %v", query, err)
		}
		if !slices.Equal(f.Actors, []string{"kept"}) {
			t.Errorf("%s: of the rest is left %#v", query, f)
		}
	}
}

func sameSet(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// A day's first instant is found here minute by minute.
func TestADateIsTheWholeDayInItsZone(t *testing.T) {
	for _, c := range []struct{ zone, day string }{
		{"UTC", "2026-01-31"}, {"Canada/Newfoundland", "2026-01-31"}, {"Asia/Kolkata", "2026-01-31"},
		{"Canada/Newfoundland", "2024-03-10"}, {"Canada/Newfoundland", "2024-11-03"},
		{"Canada/Newfoundland", "2011-03-13"}, {"Canada/Newfoundland", "2010-11-06"}, {"Canada/Newfoundland", "2010-11-08"},
		{"Australia/Lord_Howe", "2024-04-07"}, {"Australia/Lord_Howe", "2024-10-06"},
		{"America/Sao_Paulo", "2018-11-03"}, {"America/Sao_Paulo", "2018-11-04"}, {"America/Sao_Paulo", "2018-11-05"},
		{"America/Sao_Paulo", "2018-02-17"}, {"America/Sao_Paulo", "2018-02-18"},
		{"Asia/Beirut", "2022-03-27"}, {"America/Havana", "2024-03-10"}, {"America/Havana", "2024-11-03"}, {"Africa/Cairo", "2024-04-26"},
		{"Pacific/Apia", "2011-12-29"}, {"Pacific/Apia", "2011-12-31"}, // there was no 30th
	} {
		zone := zoneOf(t, c.zone)
		values := url.Values{"start_date": {c.day}, "end_date": {c.day}}
		f, err := feed.Parse(values, noon.In(zone))
		if err != nil {
			t.Errorf("%s in %s: %v", c.day, c.zone, err)
			continue
		}
		first, end := minutesOf(t, c.day, zone)
		if !f.From.At.Equal(first) || !f.To.At.Equal(end.Add(-time.Microsecond)) || f.From.At.Location() != time.UTC {
			t.Errorf("%s in %s is %s to %s, not %s to before %s", c.day, c.zone, f.From.At, f.To.At, first, end)
		}
	}
}

// minutesOf gives the first minute of a day, and the first minute after that is not of the day or of the one before.
func minutesOf(t *testing.T, day string, zone *time.Location) (first, end time.Time) {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		t.Fatal(err)
	}
	at = at.Add(-26 * time.Hour)
	for at.In(zone).Format(time.DateOnly) < day {
		at = at.Add(time.Minute)
	}
	first = at
	for at.In(zone).Format(time.DateOnly) <= day {
		at = at.Add(time.Minute)
	}
	return first.UTC(), at.UTC()
}

// What lacks a project or a type, or has one, is asked of columns that the rollups have; and who counts is told of which.
func TestLackingIsOfTheCube(t *testing.T) {
	w := feedtest.New(t)
	scope := w.Viewer(t, w.User(t, "root", true), w.Workspace(t, "acme", "UTC")).Scope(false)
	for line, asks := range map[string]struct{ project, kind, cube bool }{
		"has:project": {true, false, true}, "-has:project": {true, false, true}, "has:resource": {false, true, true}, "-has:resource": {false, true, true},
		"has:project -has:resource": {true, true, true}, "-has:project has:metadata": {true, false, false}, "has:changes": {false, false, false}, "": {false, false, true},
	} {
		f, err := feed.ParseLine(line, noon)
		if err != nil {
			t.Fatal(err)
		}
		sel, err := w.Feed.Look(t.Context(), f, scope)
		if err != nil {
			t.Fatal(err)
		}
		if sel.InCube() != asks.cube || sel.Concerns("project_id") != asks.project || sel.Concerns("entity_type") != asks.kind {
			t.Errorf("%s: in the cube %v, of projects %v, of types %v", line, sel.InCube(), sel.Concerns("project_id"), sel.Concerns("entity_type"))
		}
	}
	f := feed.Filter{}.Lacking(feed.HasProject).Lacking(feed.HasResource).Lacking(feed.HasProject)
	if f.Line() != "-has:project,resource" {
		t.Error(f.Line())
	}
}
