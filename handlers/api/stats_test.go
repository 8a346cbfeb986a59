package api_test

import (
	"net/url"
	"testing"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
)

const statsPath = "/api/v1/workspaces/acme/stats"

// counted is what of the answer the tests look at.
type counted struct {
	TimeZone string `json:"time_zone"`
	From, To string
	Total    *int64
	MoreThan *int64 `json:"more_than"`
	Figures  *struct{ Total, Failed, Denied, Created, Actors, Projects int64 }
	Before   *struct {
		From, To string
		Figures  *struct{ Total int64 }
	}
	Interval *string
	Stack    *string
	Keys     []string
	Others   bool
	Series   []struct {
		From, To string
		Count    int64
		Troubles int64 `json:"failed_or_denied"`
		Parts    []int64
		Before   *int64
	}
	Rankings *struct {
		Actors []struct {
			ID, Name, Type string
			Count          int64
		}
		ActorsIn int `json:"actors_in_all"`
		Projects []struct {
			ID    *string
			Count int64
		}
		Types []struct {
			Name  *string
			Count int64
		}
	}
	Heat  *struct{ Cells [7][24]int64 }
	Quiet []struct {
		ID, Last string
		Count    int64
	} `json:"quiet_projects"`
}

func statsOf(t *testing.T, w *World, as string, q url.Values) (c counted) {
	t.Helper()
	w.Do(Request{As: as, Path: statsPath + "?" + q.Encode()}).Expect(t, 200).Read(t, &c)
	return c
}

func TestStatisticsEqualTheList(t *testing.T) {
	w := newStory(t)
	for _, as := range []string{"service", "bob", "ada-read"} {
		for _, filter := range []url.Values{{}, {"actor_id": {"carol"}}, {"resource_types": {"issue"}}, {"q": {"-outcome:failure"}}, {"q": {"seven"}}, {"project_id": {"p1"}}} {
			for _, interval := range []string{"", "day", "week", "month", "hour"} {
				q := url.Values{"start_date": {"2026-01-01"}, "end_date": {"2026-01-06"}, "stack": {"type"}}
				for name, values := range filter {
					q[name] = values
				}
				if interval != "" {
					q.Set("interval", interval)
				}
				c := statsOf(t, w, as, q)
				list := func(from, to string) int {
					l := url.Values{"start_date": {from}, "end_date": {to}}
					for name, values := range filter {
						l[name] = values
					}
					return len(numbers(t, w.Do(Request{As: as, Path: "/api/v1/workspaces/acme/activity?" + l.Encode()})))
				}
				if n := list(c.From, c.To); c.TimeZone != "America/St_Johns" || c.From != "2026-01-01T03:30:00.000000Z" || c.To != "2026-01-07T03:29:59.999999Z" || int(*c.Total) != n {
					t.Fatalf("%s %v: %+v for %d rows", as, q, c, n)
				}
				sum := 0
				for _, b := range c.Series {
					parts := int64(0)
					for _, n := range b.Parts {
						parts += n
					}
					if parts != b.Count {
						t.Fatalf("%s %v: %+v", as, q, b)
					}
					if n := list(b.From, b.To); b.Count > 0 && n != int(b.Count) {
						t.Fatalf("%s %v: %+v for %d rows", as, q, b, n)
					}
					sum += int(b.Count)
				}
				if sum != int(*c.Total) || interval != "" && *c.Interval != interval || interval == "" && *c.Interval != "day" {
					t.Fatalf("%s %v: %+v", as, q, c)
				}
			}
		}
	}
}

func TestStatisticsOfAStory(t *testing.T) {
	w := newStory(t)
	q := url.Values{"start_date": {"2026-01-01"}, "end_date": {"2026-01-06"}, "stack": {"action"}, "top": {"1"}}
	c := statsOf(t, w, "service", q)
	if f := c.Figures; f.Total != 4 || f.Failed != 1 || f.Denied != 0 || f.Created != 2 || f.Actors != 3 || f.Projects != 2 {
		t.Errorf("%+v", f)
	}
	if r := c.Rankings; len(r.Actors) != 1 || r.Actors[0].ID != "carol" || r.Actors[0].Count != 2 || r.ActorsIn != 3 || r.Projects[0].ID != nil || *r.Types[0].Name != "issue" {
		t.Errorf("%+v", r)
	}
	if c.Before.From != "2025-12-26T03:30:00.000000Z" || c.Before.To != "2026-01-01T03:29:59.999999Z" || c.Before.Figures.Total != 0 || *c.Series[0].Before != 0 || len(c.Series) != 6 {
		t.Errorf("%+v", c.Before)
	}
	if c.Keys[0] != "created" || c.Heat.Cells[3][6] != 1 { // Thursday the first, 06:30 there
		t.Errorf("%v %v", c.Keys, c.Heat.Cells)
	}
	q.Set("start_date", "2026-02-01")
	q.Set("end_date", "2026-02-02")
	q.Set("compare", "false")
	c = statsOf(t, w, "service", q)
	if c.Before != nil || c.Series[0].Before != nil || *c.Total != 0 || len(c.Quiet) != 2 || c.Quiet[0].ID != "p2" || c.Quiet[0].Last != "2026-01-02" || c.Quiet[0].Count != 1 {
		t.Errorf("%+v", c)
	}
	if bob := statsOf(t, w, "bob", url.Values{"start_date": {"2026-01-01"}, "end_date": {"2026-01-06"}}); *bob.Total != 3 || bob.Rankings.Actors != nil {
		t.Errorf("%+v", bob) // carol's in p2 is not his, and who did how much is not for members
	}
}

func TestStatisticsWithoutARangeAreOfThirtyDays(t *testing.T) {
	w := newStory(t)
	w.Send(`{"actor": {"id": "carol"}, "action": "created"}`)
	c := statsOf(t, w, "service", url.Values{})
	if len(c.Series) != 30 || *c.Interval != "day" || c.Series[29].Count == 0 || c.Stack != nil || c.Series[0].Parts == nil {
		t.Errorf("%d bars, %+v", len(c.Series), c)
	}
	if c := statsOf(t, w, "service", url.Values{"end_date": {"2026-01-10"}}); c.From != "2025-12-12T03:30:00.000000Z" || *c.Total != 4 {
		t.Errorf("%+v", c)
	}
}

func TestStatisticsRefuse(t *testing.T) {
	w := newStory(t)
	for query, fields := range map[string][]string{
		"limit=5": {"limit"}, "cursor=x": {"cursor"}, "interval=year": {"interval"}, "stack=actor": {"stack"}, "compare=maybe": {"compare"}, "top=0": {"top"}, "top=101": {"top"},
		"interval=day&interval=week": {"interval"}, "start_date=2026-02-01&end_date=2026-01-01": {"start_date"}, "start_date=2199-01-01": {"start_date"},
		"start_date=1970-01-01&end_date=2026-01-01&interval=day": {"start_date"}, "start_date=1900-01-01": {"start_date"}, "actions=A+B&top=x": {"actions", "top"},
	} {
		w.Do(Request{As: "service", Path: statsPath + "?" + query}).Expect(t, 400).ExpectFields(t, fields...)
	}
	w.Do(Request{As: "bob", Path: statsPath + "?include_system=true"}).Expect(t, 403).ExpectFields(t, "include_system")
	w.Exec(`UPDATE workspaces SET statistics = 'admins', rankings = false WHERE slug = 'acme'`)
	w.Do(Request{As: "bob", Path: statsPath}).Expect(t, 403, "for its admins")
	if c := statsOf(t, w, "service", url.Values{"end_date": {"2026-01-10"}}); c.Rankings.Actors != nil || c.Figures.Actors != 3 {
		t.Errorf("%+v", c.Rankings)
	}
}

// A range beyond the years that are counted has nothing in it, whoever asks.
func TestStatisticsAtTheEndsOfTime(t *testing.T) {
	w := newStory(t)
	for _, who := range []string{"service", "bob"} {
		for _, period := range [][2]string{{"0001-01-02", "0001-02-01"}, {"", "0001-01-03"}, {"9999-12-01", "9999-12-30"}, {"0002-01-01", "0002-01-03"}, {"9998-12-30", "9999-01-02"}} {
			for _, compare := range []string{"true", "false"} {
				query := url.Values{"end_date": {period[1]}, "compare": {compare}}
				if period[0] != "" {
					query.Set("start_date", period[0])
				}
				c := statsOf(t, w, who, query)
				if c.Total == nil || *c.Total != 0 || c.Quiet == nil || c.From >= c.To {
					t.Errorf("%s, %s: %+v", who, period, c)
				}
			}
		}
	}
	w.Do(Request{As: "service", Path: statsPath + "?end_date=9999-12-31"}).Expect(t, 400, "between the years 1 and 9999, in UTC").ExpectFields(t, "end_date")
}

func TestStatisticsAreAskedForAgain(t *testing.T) {
	w := newStory(t)
	path := statsPath + "?start_date=2026-01-01&end_date=2026-01-06"
	first := w.Do(Request{As: "bob", Path: path}).Expect(t, 200)
	again := Request{As: "bob", Path: path, Header: map[string]string{"If-None-Match": first.Header.Get("ETag")}}
	w.Do(again).Expect(t, 304)
	w.Send(`{"actor": {"id": "bob"}, "action": "created", "occurred_at": "2026-01-03T10:00:00Z"}`)
	w.Do(again).Expect(t, 200)
}
