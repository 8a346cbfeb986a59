package stats_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/feed"
	"daybook/services/feed/feedtest"
	"daybook/services/stats"
)

// TestCountsEqualALoop cuts ranges at odd instants, over workspaces in different zones, whose rows lie around the borders of odd days.
func TestCountsEqualALoop(t *testing.T) {
	r := feedtest.Random(t)
	c := feedtest.NewCast(t, r, 400)
	s := stats.New(c.World.DB, c.World.Feed)
	for _, u := range c.Users {
		p := access.Principal{User: u}
		viewers, err := c.World.Access.EnterAll(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		for range 25 {
			f := c.AnyFilter(r)
			f.EntityIDs, f.From, f.To = nil, c.Bound(r), c.Bound(r)
			some := feedtest.Some(r, 0.7, viewers...)
			want := c.Oracle.Find(func(row feedtest.Row) bool {
				asked := slices.ContainsFunc(some, func(v access.Viewer) bool { return v.Workspace.ID == row.WorkspaceID })
				return asked && c.Oracle.May(p, row, f.System) && feedtest.Selects(f, c.Oracle.As(p, row))
			})
			compare(t, s, access.Together(some, f.System), f, want)
		}
	}
}

func compare(t *testing.T, s *stats.Service, scope access.Scope, f feed.Filter, want []feedtest.Row) {
	t.Helper()
	total, err := s.Total(t.Context(), scope, f)
	if err != nil || total == nil || *total != int64(len(want)) {
		t.Fatalf("%q: %v rows (%v), want %d", f, total, err, len(want))
	}
	sum, err := s.Summarise(t.Context(), scope, f, 3)
	if err != nil {
		t.Fatal(err)
	}
	expected := stats.Summary{Total: int64(len(want)), Types: map[string]int64{}, Actions: map[string]int64{}}
	actors := map[int64]*stats.RankedActor{}
	for _, r := range want {
		if r.EntityType != "" {
			expected.Types[r.EntityType]++
		}
		expected.Actions[r.Action]++
		if actors[r.Person] == nil {
			for _, a := range r.People {
				if a.ID == r.Person {
					actors[r.Person] = &stats.RankedActor{Actor: models.Actor{ID: a.ID, ExternalID: a.External, Type: models.ActorUser, Name: a.Name}}
				}
			}
		}
		actors[r.Person].Count++
	}
	for _, a := range actors {
		expected.Actors = append(expected.Actors, *a)
	}
	slices.SortFunc(expected.Actors, func(a, b stats.RankedActor) int { // names of workspaces' actors are the same ones
		switch {
		case a.Count != b.Count:
			return int(b.Count - a.Count)
		case a.Name != b.Name:
			return slices.Compare([]byte(a.Name), []byte(b.Name))
		}
		return int(a.ID - b.ID)
	})
	expected.Actors = expected.Actors[:min(3, len(expected.Actors))]
	for i := range sum.Actors {
		sum.Actors[i].UserID = nil // the oracle does not know
	}
	if g, w := fmt.Sprintf("%+v", sum), fmt.Sprintf("%+v", expected); g != w {
		t.Fatalf("%q\n got %s\nwant %s", f, g, w)
	}
}

func TestBeyondTheRowsCountedATotalIsUnknown(t *testing.T) {
	w := feedtest.New(t)
	ws := w.Workspace(t, "acme", "Canada/Newfoundland")
	scope := w.Viewer(t, w.User(t, "root", true), ws).Scope(false)
	s := stats.New(w.DB, w.Feed)
	fill := func(first, last int) {
		t.Helper()
		err := w.DB.Gorm.Exec(`INSERT INTO activities (id, workspace_id, seq, uuid, actor_id, actor_name, action, entity_type, entity_id, description, outcome, system, source_id, occurred_at, recorded_at, leaf)
			SELECT n, ?, n, gen_random_uuid(), 1, 'a', 'viewed', 'file', CASE WHEN n % 4 = 0 THEN 'cold' ELSE 'hot' END, '', 'success', false, 1, now(), now(), sha256('') FROM generate_series(?::int, ?::int) n`, ws.ID, first, last).Error
		if err != nil {
			t.Fatal(err)
		}
	}
	hot := feed.Filter{Criteria: feed.Criteria{EntityIDs: []string{"hot"}}}
	for _, c := range []struct{ first, last int }{{1, 10}, {11, stats.CountedRows / 3 * 4}, {stats.CountedRows/3*4 + 1, stats.CountedRows/3*4 + 3}} {
		fill(c.first, c.last)
		want := int64(c.last - c.last/4)
		total, err := s.Total(t.Context(), scope, hot)
		if err != nil {
			t.Fatal(err)
		}
		sum, err := s.Summarise(t.Context(), scope, hot, 0)
		if err != nil {
			t.Fatal(err)
		}
		if want > stats.CountedRows {
			if total != nil || !sum.Over || sum.Total != 0 || sum.Types != nil {
				t.Errorf("of %d rows: %v, %+v", want, *total, sum)
			}
			continue
		}
		if total == nil || *total != want || sum.Over || sum.Total != want || sum.Types["file"] != want {
			t.Errorf("of %d rows: %v, %+v", want, total, sum)
		}
	}
	if total, err := s.Total(t.Context(), scope, feed.Filter{Criteria: feed.Criteria{EntityIDs: []string{"hot"}, Actions: []string{"deleted"}}}); err != nil || total != nil {
		t.Error(total, err) // there are none, but more would have to be looked at to tell
	}
}

// TestWhatCountingCosts holds that counts come from the rollups, and from rows of the days that a range cuts alone; and that those of readers of
// everything come from the totals, unless the filter asks for what no total knows.
func TestWhatCountingCosts(t *testing.T) {
	b := feedtest.NewBulk(t, 60_000)
	if err := b.DB.Gorm.Exec(`ANALYZE daily_totals`).Error; err != nil {
		t.Fatal(err)
	}
	db, tracer := b.Traced(t)
	s := stats.New(db, feed.New(db, feedtest.Key))
	member, err := b.Access.EnterAll(t.Context(), access.Principal{User: b.Member})
	if err != nil {
		t.Fatal(err)
	}
	everywhere, err := b.Access.EnterAll(t.Context(), access.Principal{User: b.Root})
	if err != nil {
		t.Fatal(err)
	}
	whole := feed.Filter{From: dayIn(t, b.Workspaces[0], "2025-12-24", false), To: dayIn(t, b.Workspaces[0], "2025-12-25", true)}
	ragged := feed.Filter{From: feed.Bound{Text: "set", At: time.Date(2025, 12, 10, 12, 0, 0, 0, time.UTC)}, To: feed.Bound{Text: "set", At: time.Date(2025, 12, 30, 12, 0, 0, 0, time.UTC)}}
	of := func(c feed.Criteria) feed.Filter { return feed.Filter{Criteria: c} }
	const every = "Total Span Months Summary Projects"
	for _, c := range []struct {
		name  string
		scope access.Scope
		f     feed.Filter
		rows  float64 // of activities that one step may look at
		cube  string  // what may read the cube
	}{
		{"all", everywhere[1].Scope(true), feed.Filter{System: true}, 0, ""},
		{"an action", everywhere[1].Scope(false), of(feed.Criteria{Actions: []string{"archived"}}), 0, "Summary Projects"},
		{"a project", everywhere[1].Scope(false), of(feed.Criteria{Projects: []string{"project-3"}}), 0, "Months Summary"},
		{"not a project", everywhere[1].Scope(false), feed.Filter{Not: feed.Criteria{Projects: []string{"project-3"}}}, 0, "Months Summary"},
		{"a project and an action", everywhere[1].Scope(false), of(feed.Criteria{Projects: []string{"project-3"}, Actions: []string{"archived"}}), 0, every},
		{"somebody", everywhere[1].Scope(false), of(feed.Criteria{Actors: []string{"actor-100"}}), 0, every},
		{"a member", access.Together(member, false), feed.Filter{}, 0, every},
		{"everywhere", access.Together(everywhere, true), feed.Filter{}, 0, ""},
		{"whole days", everywhere[1].Scope(false), whole, 0, ""},
		{"whole days, elsewhere not whole", access.Together(everywhere, false), whole, 24 * 3600 / 47, ""},
		{"ragged", everywhere[1].Scope(false), ragged, 2 * 24 * 3600 / 47, ""},
		{"ragged, member", access.Together(member, false), ragged, 2 * 24 * 3600 / 47, every},
		{"an entity", everywhere[1].Scope(false), of(feed.Criteria{EntityIDs: []string{"7"}}), 1000, ""},
	} {
		for call, ask := range map[string]func() error{
			"Total":    func() error { _, err := s.Total(t.Context(), c.scope, c.f); return err },
			"Span":     func() error { _, err := s.Span(t.Context(), c.scope, c.f); return err },
			"Months":   func() error { _, _, err := s.Months(t.Context(), c.scope, c.f); return err },
			"Summary":  func() error { _, err := s.Summarise(t.Context(), c.scope, c.f, 5); return err },
			"Projects": func() error { _, err := s.Projects(t.Context(), c.scope, c.f, 5); return err },
		} {
			tracer.About("")
			if err := ask(); err != nil {
				t.Fatal(err)
			}
			statements := tracer.About("count")
			if known := c.f.EntityIDs == nil; len(statements) > 1 || len(statements) == 0 && (known || call == "Total") {
				t.Fatalf("%s, %s: %d statements count", c.name, call, len(statements))
			}
			for _, statement := range statements {
				plan, text := b.Explain(t, statement)
				plan.Walk(func(n feedtest.Node) {
					read := (n.Rows + n.Removed + n.Recheck) * n.Loops
					if n.Relation == "activities" && (n.Type == "Seq Scan" || read > c.rows) || n.Relation == "daily_counts" && !strings.Contains(c.cube, call) {
						t.Errorf("%s, %s: a %s over %.0f rows of %s: %s", c.name, call, n.Type, read, n.Relation, text)
					}
				})
			}
		}
	}
}

func dayIn(t *testing.T, ws models.Workspace, day string, end bool) feed.Bound {
	t.Helper()
	zone, err := time.LoadLocation(ws.TimeZone)
	if err != nil {
		t.Fatal(err)
	}
	at, err := feed.ParseTime(day, time.Now().In(zone), end)
	if err != nil {
		t.Fatal(err)
	}
	return feed.Bound{Text: day, At: at}
}
