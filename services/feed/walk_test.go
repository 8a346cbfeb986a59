package feed_test

import (
	"encoding/json"
	"errors"
	"io"
	"slices"
	"testing"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/feed"
	"daybook/services/feed/feedtest"
)

// course freezes a filter for somebody now.
func course(t testing.TB, s *feed.Service, v access.Viewer, f feed.Filter) feed.Course {
	t.Helper()
	newest, err := s.Newest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	scope := v.Scope(f.System)
	frozen, err := s.Freeze(t.Context(), f, scope, v.Workspace.TimeZone)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(frozen) // it is kept meanwhile
	if err != nil {
		t.Fatal(err)
	}
	var kept feed.Frozen
	if err := json.Unmarshal(text, &kept); err != nil {
		t.Fatal(err)
	}
	return feed.Course{Scope: scope, Frozen: kept, Newest: newest, Columns: feed.EntryColumns}
}

// walked gives the rows of a walk, up to so many (-1: all), and where the last one was.
func walked(t testing.TB, s *feed.Service, c feed.Course, rows, most int) (entries []models.Entry, after *feed.Place) {
	t.Helper()
	w, err := s.Walk(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	w.Small(rows)
	entryOf, err := w.Entries()
	if err != nil {
		t.Fatal(err)
	}
	for {
		p, err := w.Next()
		if errors.Is(err, io.EOF) {
			return entries, after
		} else if err != nil {
			t.Fatal(err)
		}
		for i := range p.Len() {
			if len(entries) == most {
				return entries, after
			}
			e, err := entryOf(p, i)
			if err != nil {
				t.Fatal(err)
			}
			entries = append(entries, e)
			at := p.Place(i)
			after = &at
		}
	}
}

// paged gives the same rows as a reader of pages gets them.
func paged(t testing.TB, s *feed.Service, scope access.Scope, f feed.Filter) (entries []models.Entry) {
	t.Helper()
	cursor := ""
	for {
		p, err := s.Page(t.Context(), scope, feed.Ask{Filter: f, Limit: 200, Cursor: cursor})
		if err != nil {
			t.Fatal(err)
		}
		entries = append(entries, p.Entries...)
		if cursor = p.Older; cursor == "" {
			return entries
		}
	}
}

// A walk gives what the pages give, row by row and value by value, for whatever filter and reader, in pieces of any size, and from any row on.
func TestAWalkIsThePages(t *testing.T) {
	random := feedtest.Random(t)
	cast := feedtest.NewCast(t, random, 300)
	s, principals, rows := cast.World.Feed, cast.Principals(), 0
	for i := range 250 {
		v, err := cast.World.Access.Enter(t.Context(), feedtest.Pick(random, principals...), feedtest.Pick(random, cast.Workspaces...).Slug)
		if err != nil {
			continue
		}
		f := cast.AnyFilter(random)
		if i%2 == 0 {
			f = cast.Filter(random)
		}
		c := course(t, s, v, f)
		want := paged(t, s, c.Scope, f)
		rows += len(want)
		got, _ := walked(t, s, c, 1+random.IntN(100), -1)
		if !sameEntries(got, want) {
			t.Fatalf("%s of %+v: walked %d rows, paged %d", f, v.Principal, len(got), len(want))
		}
		if len(want) == 0 {
			continue
		}
		cut := 1 + random.IntN(len(want))
		first, after := walked(t, s, c, 1+random.IntN(100), cut)
		c.After = after
		rest, _ := walked(t, s, c, 1+random.IntN(100), -1)
		if !slices.Equal(idsOf(append(first, rest...)), idsOf(want)) {
			t.Fatalf("%s: broken off after %d of %d rows, it goes on with others", f, cut, len(want))
		}
	}
	if rows < 1000 {
		t.Errorf("only %d rows were walked", rows)
	}
}

// sameEntries compares all but what walks leave out.
func sameEntries(a, b []models.Entry) bool {
	return slices.EqualFunc(a, b, func(a, b models.Entry) bool {
		b.SourceID, b.Leaf = 0, nil
		x, err := json.Marshal(a)
		y, err2 := json.Marshal(b)
		return errors.Join(err, err2) == nil && string(x) == string(y)
	})
}

// What is posted, renamed or merged while a walk goes on changes nothing of which rows it gives.
func TestAWalkIsOfTheMomentItBegan(t *testing.T) {
	w := feedtest.New(t)
	ws := w.Workspace(t, "acme", "UTC")
	root := w.User(t, "root", true)
	amara := w.Actor(t, ws, "amara", nil)
	event := func(n string) feedtest.Event {
		return feedtest.Event{"actor": feedtest.Event{"id": "amara"}, "action": "created", "resource": feedtest.Event{"type": "task", "id": n}, "occurred_at": "2026-01-01T10:00:00Z"}
	}
	var events []feedtest.Event
	for range 300 {
		events = append(events, event("1"))
	}
	w.Send(t, ws, events...)
	f := feed.Filter{Criteria: feed.Criteria{ActorNames: []string{"amara"}}}
	c := course(t, w.Feed, w.Viewer(t, root, ws), f)
	walk, err := w.Feed.Walk(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer walk.Close()
	walk.Small(64)
	n := 0
	for {
		p, err := walk.Next()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			old := event("2")
			old["occurred_at"] = "2025-01-01T10:00:00Z"
			w.Send(t, ws, event("2"), old)
			if err := w.DB.Gorm.Exec(`UPDATE actors SET name = 'Somebody else' WHERE id = ?`, amara.ID).Error; err != nil {
				t.Fatal(err)
			}
		}
		n += p.Len()
	}
	if n != 300 {
		t.Errorf("%d rows", n)
	}
}

// Closed in the middle, a walk leaves no connection behind and says that it is closed.
func TestAWalkThatIsClosed(t *testing.T) {
	w := feedtest.New(t)
	ws := w.Workspace(t, "acme", "UTC")
	c := course(t, w.Feed, w.Viewer(t, w.User(t, "root", true), ws), feed.Filter{})
	for range 50 {
		walk, err := w.Feed.Walk(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := walk.Next(); err != nil {
			t.Fatal(err)
		}
		walk.Close()
		if _, err := walk.Next(); err == nil {
			t.Fatal("it goes on")
		}
	}
}
