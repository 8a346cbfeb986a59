package feed_test

import (
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"daybook/models"
	"daybook/services/feed"
)

// FuzzParse holds that any query either is refused with the names of its parameters, or is a filter that can be printed and read again.
func FuzzParse(f *testing.F) {
	f.Add("actor_id=a&resource_types=task,file&start_date=2026-01-31&end_date=2026-02-01T00:00:00%2B02:00&include_system=true", "America/Sao_Paulo")
	f.Add("start_date=2011-12-30&end_date=2011-12-30", "Pacific/Apia")
	f.Add("outcome=ok&entity_id=%ff&user_id=%00", "UTC")
	f.Add("actions=created&start_date=7d&q=action%3Aupdated+-type%3Atask+%22a+b%22+created%3A%3C%3D2026-04", "Asia/Kolkata")
	f.Add("resource_types=task&project_id=7&q=-has:resource,project+has:project", "UTC")
	f.Fuzz(func(t *testing.T, query, name string) {
		values, err := url.ParseQuery(query)
		zone, zoneErr := time.LoadLocation(name)
		if err != nil || zoneErr != nil {
			return
		}
		now := noon.In(zone)
		got, err := feed.Parse(values, now)
		if err != nil && len(fieldsOf(err)) == 0 {
			t.Fatal(err)
		}
		for _, field := range fieldsOf(err) {
			if !slices.ContainsFunc(feed.Parameters, func(p struct{ Names []string }) bool { return slices.Contains(p.Names, field) }) {
				t.Fatalf("an error about %q", field)
			}
		}
		if err != nil && contradicts(got) {
			return
		}
		again, err := feed.Parse(got.Values(), now)
		if err != nil || !reflect.DeepEqual(got, again) {
			t.Fatalf("%q (%v)\n is  %#v\n not %#v", got, err, again, got)
		}
	})
}

// contradicts tells whether a filter that was refused holds what cannot be read again: an end before the beginning, or too long a line.
func contradicts(f feed.Filter) bool {
	return f.From.IsSet() && f.To.IsSet() && f.From.At.After(f.To.At) || len(f.Line()) > feed.MaxLineBytes
}

// FuzzParseLine holds that of any line either each mistake is told with its place, or it is a filter that both texts can say.
func FuzzParseLine(f *testing.F) {
	f.Add(`actor:amara -action:updated type:invoice project:"New Website" id:42 outcome:failure created:>=2026-01-01 created:2026-01..2026-03 has:changes field:status weekday:mon hour:9 gift "ferry timetable"`, "UTC")
	f.Add(`is:failed,system -is:denied on:today "a\"b\\\n" \-x a\:b http://x 12:30 weekday:fri..mon hour:22..5,9`, "Canada/Newfoundland")
	f.Add(`-has:project has:resource,changes -has:metadata,resource type:a has:Project`, "UTC")
	f.Add(`??? -"…" - created:Today..YESTERDAY actor:— 日`, "Asia/Kolkata")
	f.Add(`foo:bar type:A -created:7d "open`, "Pacific/Apia")
	f.Fuzz(func(t *testing.T, line, name string) {
		zone, err := time.LoadLocation(name)
		if err != nil {
			return
		}
		now := noon.In(zone)
		got, err := feed.ParseLine(line, now)
		if err != nil {
			holdsPlaces(t, line, err)
			if contradicts(got) {
				return
			}
		}
		again, err := feed.ParseLine(got.Line(), now)
		if err != nil || !reflect.DeepEqual(got, again) {
			t.Fatalf("%q → %q (%v)\n is  %#v\n not %#v", line, got.Line(), err, again, got)
		}
		if again, err = feed.Parse(got.Values(), now); err != nil || !reflect.DeepEqual(got, again) {
			t.Fatalf("%q → %q (%v)\n is  %#v\n not %#v", line, got, err, again, got)
		}
	})
}

func holdsPlaces(t *testing.T, line string, err error) {
	t.Helper()
	if models.KindOf(err) != models.Malformed || len(feed.LineErrorsIn(err)) != len(fieldsOf(err)) {
		t.Fatalf("%q: %v", line, err)
	}
	for _, e := range feed.LineErrorsIn(err) {
		if e.From < 0 || e.From >= e.To || e.To > len(line) || strings.TrimSpace(e.Message) == "" {
			t.Fatalf("%q: %#v", line, e)
		}
	}
}
