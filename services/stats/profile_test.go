package stats_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"daybook/services/access"
	"daybook/services/feed"
	"daybook/services/feed/feedtest"
	"daybook/services/stats"
)

// TestProfilesEqualALoop: what the pages of people, projects and things say, over what each reader may see.
func TestProfilesEqualALoop(t *testing.T) {
	r := feedtest.Random(t)
	c := feedtest.NewCast(t, r, 300)
	s := stats.New(c.World.DB, c.World.Feed)
	for _, u := range c.Users {
		p := access.Principal{User: u}
		viewers, err := c.World.Access.EnterAll(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range viewers {
			for range 8 {
				f := feed.Filter{System: feedtest.Pick(r, true, false)}
				one := feedtest.Pick(r, c.Oracle.Rows...)
				f.Actors = []string{one.Actor}
				may := func(row feedtest.Row) bool {
					return row.WorkspaceID == v.Workspace.ID && c.Oracle.May(p, row, f.System)
				}
				scope := v.Scope(f.System)
				span(t, s, v, f, c.Oracle.Find(func(row feedtest.Row) bool {
					return may(row) && feedtest.Selects(feed.Filter{Criteria: feed.Criteria{Actors: f.Actors}}, row)
				}))
				onBehalf(t, s, scope, one.ActorID, c.Oracle.Find(func(row feedtest.Row) bool {
					return may(row) && row.OnBehalfOf != 0 && c.Oracle.Person(row.OnBehalfOf) == one.Person
				}))
				if one.EntityID == nil {
					continue
				}
				names(t, s, scope, one, c.Oracle.Find(func(row feedtest.Row) bool {
					return may(row) && row.EntityType == one.EntityType && row.EntityID != nil && *row.EntityID == *one.EntityID
				}))
			}
		}
	}
}

// span checks the days, and the counts by project, of what somebody did.
func span(t *testing.T, s *stats.Service, v access.Viewer, f feed.Filter, rows []feedtest.Row) {
	t.Helper()
	scope := v.Scope(f.System)
	got, err := s.Span(t.Context(), scope, f)
	if err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation(v.Workspace.TimeZone)
	if err != nil {
		t.Fatal(err)
	}
	var days []string
	counts := map[int64]int64{}
	for _, row := range rows {
		days = append(days, row.OccurredAt.In(zone).Format(time.DateOnly))
		if row.ProjectID != 0 {
			counts[row.ProjectID]++
		}
	}
	switch {
	case len(days) == 0 && !got.First.IsZero():
		t.Fatalf("%q: nothing has the days %v", f, got)
	case len(days) > 0 && (got.First.Format(time.DateOnly) != slices.Min(days) || got.Last.Format(time.DateOnly) != slices.Max(days)):
		t.Fatalf("%q: %v, want %s to %s", f, got, slices.Min(days), slices.Max(days))
	}
	projects, err := s.Projects(t.Context(), scope, f, 100)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range projects {
		if counts[p.ID] != p.Count || p.ExternalID == "" || i > 0 && projects[i-1].Count < p.Count {
			t.Fatalf("%q: %+v, want %v", f, projects, counts)
		}
	}
	if len(projects) != len(counts) {
		t.Fatalf("%q: %+v, want %v", f, projects, counts)
	}
}

func onBehalf(t *testing.T, s *stats.Service, scope access.Scope, actor int64, rows []feedtest.Row) {
	t.Helper()
	if n, err := s.OnBehalf(t.Context(), scope, actor); err != nil || n != int64(len(rows)) {
		t.Fatalf("%d on behalf (%v), want %d", n, err, len(rows))
	}
}

func names(t *testing.T, s *stats.Service, scope access.Scope, of feedtest.Row, rows []feedtest.Row) {
	t.Helper()
	got, err := s.Names(t.Context(), scope, of.EntityType, *of.EntityID, 100)
	if err != nil {
		t.Fatal(err)
	}
	type seen struct {
		n           int64
		first, last time.Time
	}
	want := map[string]seen{}
	for _, row := range rows {
		if row.EntityName == nil || strings.TrimSpace(*row.EntityName) == "" {
			continue
		}
		n := want[*row.EntityName]
		if n.n++; n.n == 1 || row.OccurredAt.Before(n.first) {
			n.first = row.OccurredAt
		}
		if row.OccurredAt.After(n.last) {
			n.last = row.OccurredAt
		}
		want[*row.EntityName] = n
	}
	for i, n := range got {
		if w := want[n.Name]; w.n != n.Count || !w.first.Equal(n.First) || !w.last.Equal(n.Last) || i > 0 && got[i-1].Last.Before(n.Last) {
			t.Fatalf("%s: %+v, want %+v", *of.EntityID, got, want)
		}
	}
	if len(got) != len(want) {
		t.Fatalf("%s: %s, want %s", *of.EntityID, fmt.Sprint(got), fmt.Sprint(want))
	}
}

// Called tells exactly the names of those of whom there is something in the scope; of actors in all of a workspace, of all.
func TestCalledIsWhoIsInTheScope(t *testing.T) {
	r := feedtest.Random(t)
	c := feedtest.NewCast(t, r, 100)
	s := stats.New(c.World.DB, c.World.Feed)
	asked := []string{"ghost"}
	for _, a := range c.Oracle.Actors {
		asked = append(asked, a.ExternalID)
	}
	for _, p := range c.Principals() {
		for _, ws := range c.Workspaces {
			v, err := c.World.Access.Enter(t.Context(), p, ws.Slug)
			if err != nil {
				continue
			}
			want := map[string]string{}
			for _, a := range c.Oracle.Actors {
				if a.WorkspaceID == ws.ID && c.Oracle.Role(p, ws.ID) == feedtest.Reader {
					want[a.ExternalID] = a.Name
				}
			}
			for _, row := range c.Oracle.Rows {
				if row.WorkspaceID == ws.ID && c.Oracle.May(p, row, v.ReadsAll()) {
					for _, a := range row.People {
						if a.ID == row.ActorID {
							want[row.Actor] = a.Name
						}
					}
				}
			}
			got, err := s.Called(t.Context(), v.Scope(v.ReadsAll()), asked)
			if err != nil || !maps.Equal(got, want) {
				t.Fatalf("%v\n got %v\nwant %v", err, got, want)
			}
			if one, err := s.Called(t.Context(), v.Scope(false), nil); err != nil || len(one) != 0 {
				t.Fatal(one, err)
			}
		}
	}
}
