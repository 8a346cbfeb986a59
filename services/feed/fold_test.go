package feed_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/feed"
	"daybook/services/feed/feedtest"
)

// shownRun is a row of a folded list: its newest activity, and how many it stands for.
type shownRun struct {
	id    int64
	count int
}

// bursts makes events as applications send them: mostly many alike in a row, some of them hundreds within a second.
func bursts(r *rand.Rand, sizes ...int) []feedtest.Event {
	at := time.Date(2025, 11, 1, 20, 0, 0, 0, time.UTC)
	var events []feedtest.Event
	for _, size := range sizes {
		actor, action, kind := feedtest.Pick(r, "a", "b", "bo"), feedtest.Pick(r, "updated", "created", "commented"), feedtest.Pick(r, "file", "task")
		project, gap := feedtest.Pick(r, "open", "closed"), feedtest.Pick(r, 0, time.Second, 2*time.Minute)
		at = at.Add(feedtest.Pick(r, time.Millisecond, time.Minute, 3*time.Hour))
		for i := range size {
			at = at.Add(min(gap, 20*time.Minute/time.Duration(size)))
			events = append(events, feedtest.Event{"actor": map[string]any{"id": actor}, "action": action, "occurred_at": at.Format(time.RFC3339Nano), "project": map[string]any{"id": project},
				"resource": map[string]any{"type": kind, "id": fmt.Sprint(i % feedtest.Pick(r, 1, 50)), "name": fmt.Sprintf("thing %d", i%7)}})
		}
	}
	return events
}

// foldedByALoop folds rows, which are in feed order, as the documentation of feed.Run says.
func foldedByALoop(rows []feedtest.Row, zone *time.Location) []shownRun {
	var out []shownRun
	for i := 0; i < len(rows); {
		j := i + 1
		for j < len(rows) && alike(rows[j-1], rows[j], zone) {
			j++
		}
		if j-i < 3 {
			for ; i < j; i++ {
				out = append(out, shownRun{rows[i].ID, 1})
			}
			continue
		}
		out = append(out, shownRun{rows[i].ID, j - i})
		i = j
	}
	return out
}

func alike(a, b feedtest.Row, zone *time.Location) bool {
	same := a.WorkspaceID == b.WorkspaceID && a.ActorID == b.ActorID && a.OnBehalfOf == b.OnBehalfOf && a.Action == b.Action && a.EntityType == b.EntityType &&
		a.ProjectID == b.ProjectID && a.Outcome == b.Outcome && a.System == b.System
	oneDay := a.OccurredAt.In(zone).Format(time.DateOnly) == b.OccurredAt.In(zone).Format(time.DateOnly)
	return same && oneDay && a.OccurredAt.Sub(b.OccurredAt) <= 10*time.Minute && a.Action != "commented"
}

func TestRunsAreFoldedWholeAcrossPages(t *testing.T) {
	r := feedtest.Random(t)
	w := feedtest.New(t)
	ws := w.Workspace(t, "acme", "UTC")
	root, bo := w.User(t, "root", true), w.User(t, "bo", false)
	w.Member(t, ws, bo, models.Member)
	open := w.Project(t, ws, "open", models.VisibleToMembers)
	w.Project(t, ws, "closed", models.VisibleToMembers)
	w.Grant(t, open, w.Actor(t, ws, "bo", bo))
	sizes := []int{1200, 60, 301}
	for range 150 {
		sizes = append(sizes, feedtest.Pick(r, 1, 1, 1, 2, 2, 3, 4, 11, 49, 50, 51, 52))
	}
	r.Shuffle(len(sizes), func(i, j int) { sizes[i], sizes[j] = sizes[j], sizes[i] })
	for _, events := range slices.Collect(slices.Chunk(bursts(r, sizes...), 1000)) {
		w.Send(t, ws, events...)
	}
	oracle := w.Look(t)
	for _, u := range []*models.User{root, bo} {
		for i, zone := range []*time.Location{time.UTC, location(t, "Asia/Kolkata")} {
			for _, f := range []feed.Filter{{}, {Criteria: feed.Criteria{Types: []string{"file"}}}, {Criteria: feed.Criteria{Words: []feed.Word{{Text: "thing"}}}, Not: feed.Criteria{Actions: []string{"created"}}}} {
				rows := oracle.Find(func(row feedtest.Row) bool {
					p := access.Principal{User: u}
					return oracle.May(p, row, false) && (len(f.Types) == 0 || row.EntityType == "file") && (len(f.Words) == 0 || row.Action != "created")
				})
				rows = inFeedOrder(rows)
				scope := w.Viewer(t, u, ws).Scope(false)
				pages := func(s *feed.Service) func(feed.Ask) (feed.Page, error) {
					return func(ask feed.Ask) (feed.Page, error) { return s.Page(t.Context(), scope, ask) }
				}
				ask := feed.Ask{Filter: f, Limit: []int{50, 9}[i], Fold: zone, Hasty: true}
				if len(f.Words) > 0 || len(f.Types) > 0 && u == bo { // where rows are searched for, patience may end before a run does
					foldedBothWays(t, ask, rows, nil, pages(w.Feed))
					foldedBothWays(t, ask, rows, nil, pages(w.Feed.Impatient(100+r.IntN(300))))
					continue
				}
				foldedBothWays(t, ask, rows, foldedByALoop(rows, zone), pages(w.Feed))
			}
		}
	}
}

// foldedBothWays pages to the end and back. The runs must be these, if any are given, and in any case each row must be in one.
func foldedBothWays(t *testing.T, ask feed.Ask, rows []feedtest.Row, want []shownRun, pageOf func(feed.Ask) (feed.Page, error)) {
	t.Helper()
	read := func() feed.Page {
		page, err := pageOf(ask)
		if err != nil || len(page.Entries) > ask.Limit {
			t.Fatalf("%d rows on a page: %v", len(page.Entries), err)
		}
		return page
	}
	check := func(got []shownRun) {
		t.Helper()
		if want != nil && fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("%+v\n got %v\nwant %v", ask, got, want)
		}
		at := 0
		for _, run := range got {
			if at >= len(rows) || rows[at].ID != run.id {
				t.Fatalf("%+v: run %v is not what comes after %d rows\n got %v", ask, run, at, got)
			}
			at += run.count
		}
		if at != len(rows) {
			t.Fatalf("%+v: %d rows of %d", ask, at, len(rows))
		}
	}
	page := read()
	down := shown(page)
	for page.Older != "" {
		ask.Cursor = page.Older
		page = read()
		down = append(down, shown(page)...)
	}
	check(down)
	up := shown(page)
	for page.Newer != "" {
		ask.Cursor = page.Newer
		page = read()
		up = append(shown(page), up...)
	}
	check(up)
}

func shown(p feed.Page) []shownRun {
	out := make([]shownRun, len(p.Entries))
	for i, e := range p.Entries {
		out[i] = shownRun{e.ID, p.Runs[i].Count}
	}
	return out
}

func location(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func inFeedOrder(rows []feedtest.Row) []feedtest.Row {
	ids := feedtest.InFeedOrder(rows)
	place := make(map[int64]int, len(ids))
	for i, id := range ids {
		place[id] = i
	}
	out := make([]feedtest.Row, len(rows))
	for _, row := range rows {
		out[place[row.ID]] = row
	}
	return out
}
