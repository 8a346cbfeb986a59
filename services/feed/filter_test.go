package feed_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
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

func TestParseGivesBackWhatIsPrinted(t *testing.T) {
	r := feedtest.Random(t)
	zones := []string{"UTC", "Canada/Newfoundland", "Asia/Kolkata", "Australia/Lord_Howe", "America/Sao_Paulo"}
	for range 2000 {
		zone := zoneOf(t, feedtest.Pick(r, zones...))
		f := randomFilter(t, r, zone)
		printed, err := url.ParseQuery(f.String())
		if err != nil {
			t.Fatal(err)
		}
		again, err := feed.Parse(printed, zone)
		if err != nil || !reflect.DeepEqual(f, again) {
			t.Fatalf("%q (%v)\n is  %#v\n not %#v", f, err, again, f)
		}
		if f.IsZero() != (len(printed) == 0) {
			t.Fatalf("%q: zero is %v", f, f.IsZero())
		}
	}
}

// randomFilter makes a filter of values that applications really send: ids with commas, blanks, signs and foreign letters.
func randomFilter(t *testing.T, r *rand.Rand, zone *time.Location) feed.Filter {
	ids := []string{"1", "user-123", "a,b", " x ", "é&=+%?#", "日本", "-", "\t", strings.Repeat("i", models.MaxIDBytes)}
	f := feed.Filter{Criteria: feed.Criteria{
		Actors: feedtest.Some(r, 0.2, ids...), EntityIDs: feedtest.Some(r, 0.2, ids...), Projects: feedtest.Some(r, 0.2, ids...),
		Types: feedtest.Some(r, 0.2, "task", "time-entry", "a.b", "_"), Actions: feedtest.Some(r, 0.2, "created", "a.b", "_"),
		Outcomes: feedtest.Some(r, 0.3, models.Outcomes...),
	}, System: r.IntN(2) == 0}
	texts := []string{"", "2010-11-07", "2024-02-29", "2024-03-01T09:00:00Z", "2024-03-01T09:00:00.123456+05:30", "2024-03-01T09:00", "2024-03-01 09:00:01.5"}
	for _, b := range []struct {
		text string
		end  bool
		to   *feed.Bound
	}{{feedtest.Pick(r, texts[:2]...), false, &f.From}, {feedtest.Pick(r, texts...), true, &f.To}} {
		if b.text != "" {
			at, err := feed.ParseTime(b.text, zone, b.end)
			if err != nil {
				t.Fatal(err)
			}
			*b.to = feed.Bound{Text: b.text, At: at}
		}
	}
	return f
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
	} {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		got, err := feed.Parse(values, time.UTC)
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
		"start_date=yesterday":                        {"start_date"},
		"end_date=2026-02-30":                         {"end_date"},
		"end_date=2026-01-31T25:00:00Z":               {"end_date"},
		"start_date=0000-01-01":                       {"start_date"},
		"start_date=99999-01-01":                      {"start_date"},
		"start_date=1769850000":                       {"start_date"},
		"start_date=2026-02-01&end_date=2026-01-31":   {"start_date"},
		"start_date=2026-01-01&start_date=2026-01-02": {"start_date"},
		"include_system=true&include_system=false":    {"include_system"},
		"include_system=maybe":                        {"include_system"},
		"entity_type=Task":                            {"entity_type"},
		"resource_types=task,a%20b":                   {"resource_types"},
		"action=*":                                    {"action"},
		"actions=" + strings.Repeat("a", 65):          {"actions"},
		"outcome=ok":                                  {"outcome"},
		"actor_id=" + strings.Repeat("a", 256):        {"actor_id"},
		"actor_id=a%00b":                              {"actor_id"},
		"resource_id=%ff":                             {"resource_id"},
		"project_id=" + strings.Repeat("p", 256):      {"project_id"},
		"actions=" + strings.Join(hundred, ","):       {"actions"},
		"start_date=x&end_date=y&outcome=z&actions=A": {"actions", "start_date", "end_date", "outcome"},
	} {
		values, err := url.ParseQuery(query + "&user_id=kept")
		if err != nil {
			t.Fatal(err)
		}
		f, err := feed.Parse(values, time.UTC)
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
		f, err := feed.Parse(values, zone)
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

// FuzzParse holds that any query either is refused with the names of its parameters, or is a filter that can be printed and read again.
func FuzzParse(f *testing.F) {
	f.Add("actor_id=a&resource_types=task,file&start_date=2026-01-31&end_date=2026-02-01T00:00:00%2B02:00&include_system=true", "America/Sao_Paulo")
	f.Add("start_date=2011-12-30&end_date=2011-12-30", "Pacific/Apia")
	f.Add("outcome=ok&entity_id=%ff&user_id=%00", "UTC")
	f.Fuzz(func(t *testing.T, query, name string) {
		values, err := url.ParseQuery(query)
		zone, zoneErr := time.LoadLocation(name)
		if err != nil || zoneErr != nil {
			return
		}
		got, err := feed.Parse(values, zone)
		if err != nil && len(fieldsOf(err)) == 0 {
			t.Fatal(err)
		}
		for _, field := range fieldsOf(err) {
			if !slices.ContainsFunc(feed.Parameters, func(p struct{ Names []string }) bool { return slices.Contains(p.Names, field) }) {
				t.Fatalf("an error about %q", field)
			}
		}
		if err != nil && got.From.IsSet() && got.To.IsSet() && got.From.At.After(got.To.At) {
			return // what was read is kept, though the two contradict each other
		}
		again, err := feed.Parse(got.Values(), zone)
		if err != nil || !reflect.DeepEqual(got, again) {
			t.Fatalf("%q (%v)\n is  %#v\n not %#v", got, err, again, got)
		}
	})
}
