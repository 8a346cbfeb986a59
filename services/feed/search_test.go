package feed_test

import (
	"fmt"
	"testing"
	"time"

	"daybook/services/access"
	"daybook/services/feed"
	"daybook/services/feed/feedtest"
)

// TestAHastySearchGoesOnWhereItWasBrokenOff follows the cursors of a search that gives up after a few rows, downwards and back up.
func TestAHastySearchGoesOnWhereItWasBrokenOff(t *testing.T) {
	r := feedtest.Random(t)
	c := feedtest.NewCast(t, r, 150)
	for i := range 120 {
		p, ws := access.Principal{User: feedtest.Pick(r, c.Users...)}, feedtest.Pick(r, c.Workspaces...)
		v, err := c.World.Access.Enter(t.Context(), p, ws.Slug)
		if err != nil {
			continue
		}
		f := c.AnyFilter(r)
		scope := v.Scope(f.System)
		want := feedtest.InFeedOrder(c.Oracle.Find(func(row feedtest.Row) bool {
			return row.WorkspaceID == ws.ID && c.Oracle.May(p, row, f.System) && feedtest.Selects(f, c.Oracle.As(p, row))
		}))
		impatient := c.World.Feed.Impatient(1 + r.IntN(60))
		ask := feed.Ask{Filter: f, Limit: 1 + r.IntN(20), Hasty: true}
		down, last := follow(t, impatient, scope, ask, func(p feed.Page) string { return p.Older })
		if fmt.Sprint(down) != fmt.Sprint(want) {
			t.Fatalf("%d: %q of %s: %+v\n got %v\nwant %v", i, f, p.User.Name, ask, down, want)
		}
		if ask.Cursor = last.Newer; ask.Cursor == "" {
			continue
		}
		up, _ := follow(t, impatient, scope, ask, func(p feed.Page) string { return p.Newer })
		if got, want := len(up)+len(last.Entries), len(want); got != want {
			t.Fatalf("%d: %q: %d rows on the way back, %d on the last page, of %d", i, f, len(up), len(last.Entries), want)
		}
	}
}

// follow reads pages as long as a cursor leads on, and gives the rows in the order they were read.
func follow(t *testing.T, s *feed.Service, scope access.Scope, ask feed.Ask, next func(feed.Page) string) (ids []int64, page feed.Page) {
	t.Helper()
	ids = []int64{}
	for turn := 0; ; turn++ {
		var err error
		if page, err = s.Page(t.Context(), scope, ask); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, idsOf(page.Entries)...)
		if ask.Cursor = next(page); ask.Cursor == "" {
			return ids, page
		}
		if turn > 5000 {
			t.Fatal("it never ends")
		}
	}
}

func TestWordsOfEveryKindAreFound(t *testing.T) {
	w := feedtest.New(t)
	ws := w.Workspace(t, "acme", "UTC")
	scope := w.Viewer(t, w.User(t, "root", true), ws).Scope(false)
	w.Send(t, ws,
		feedtest.Event{"actor": map[string]any{"id": "u1", "name": "Zuzana Horáková"}, "action": "updated", "resource": map[string]any{"type": "invoice", "id": "INV-42", "name": "Straße des 17. Juni"},
			"description": "moved the ferry timetable", "changes": []any{map[string]any{"field": "budget", "before": nil, "after": 18400.5}, map[string]any{"field": "note's \\ \"", "before": "old note", "after": "日本語の本"}}},
		feedtest.Event{"actor": map[string]any{"id": "u2", "name": "Bo"}, "action": "created", "resource": map[string]any{"type": "file", "id": "7", "name": "pgx/conn_test.go"}, "description": "timetable of the ferry", "metadata": map[string]any{"hidden": "secret"}},
	)
	for line, found := range map[string]int{
		`horakova`: 1, `HORÁKOVÁ`: 1, `hora`: 1, `ho`: 1, `h`: 1, `strasse`: 1, `juni`: 1, `inv-42`: 1, `18400`: 1, `日本`: 1, `"日本語"`: 1, `本日`: 1, `"本日"`: 0,
		`ferry`: 2, `"ferry timetable"`: 1, `timetable ferry`: 2, `"ferry time"`: 0, `conn`: 1, `bo`: 1, `secret`: 0, `field:budget`: 1, `field:"note's \\ \""`: 1,
		`-field:budget`: 1, `has:changes`: 1, `has:metadata`: 1, `-has:metadata`: 1, `ferry -conn`: 1, `-ferry`: 0, `note old`: 1, `"note old"`: 0, `moved "日本語の本"`: 1,
		`actor:zuz`: 1, `actor:hor actor:bo`: 2, `-actor:bo`: 1, `actor:me`: 0, `project:x`: 0, `hour:0..23`: 2, `type:INVOICE`: 1, `-action:"Status changed" action:Updated`: 1, `-hour:0..23`: 0,
	} {
		f, err := feed.ParseLine(line, time.Now())
		if err != nil {
			t.Errorf("%s: %v", line, err)
			continue
		}
		for _, hasty := range []bool{false, true} {
			if page := pageOf(t, w, scope, feed.Ask{Filter: f, Limit: 10, Hasty: hasty}); len(page.Entries) != found {
				t.Errorf("%s: %d found, want %d", line, len(page.Entries), found)
			}
		}
	}
}
