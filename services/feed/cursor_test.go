package feed_test

import (
	"encoding/base64"
	"fmt"
	"slices"
	"testing"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/feed"
	"daybook/services/feed/feedtest"
)

// pageOf reads a page or fails the test.
func pageOf(t *testing.T, w *feedtest.World, scope access.Scope, ask feed.Ask) feed.Page {
	t.Helper()
	page, err := w.Feed.Page(t.Context(), scope, ask)
	if err != nil {
		t.Fatalf("%+v: %v", ask, err)
	}
	return page
}

func idsOf(entries []models.Entry) []int64 {
	ids := []int64{}
	for _, e := range entries {
		ids = append(ids, e.ID)
	}
	return ids
}

func TestPagingWhileWritingMissesAndRepeatsNothing(t *testing.T) {
	r := feedtest.Random(t)
	c := feedtest.NewCast(t, r, 200)
	w, ws := c.World, c.Workspaces[0]
	for _, u := range c.Users[:4] { // the instance admin, the owner, an admin, and, if he is one, a member
		v, err := w.Access.Enter(t.Context(), access.Principal{User: u}, ws.Slug)
		if err != nil {
			continue
		}
		f := feed.Filter{System: true}
		scope := v.Scope(true)
		before := w.Look(t).Find(func(row feedtest.Row) bool {
			return row.WorkspaceID == ws.ID && c.Oracle.May(access.Principal{User: u}, row, true)
		})
		var seen []int64
		for cursor, more := "", true; more; more = cursor != "" {
			page := pageOf(t, w, scope, feed.Ask{Filter: f, Limit: 1 + r.IntN(30), Cursor: cursor})
			seen, cursor = append(seen, idsOf(page.Entries)...), page.Older
			w.Send(t, ws, c.Event(r), c.Event(r), c.Event(r), c.Event(r)) // before and behind where the reader is, and at the very same instants
		}
		once := slices.Compact(slices.Sorted(slices.Values(seen)))
		if len(once) != len(seen) {
			t.Errorf("%s: %d rows were repeated", u.Name, len(seen)-len(once))
		}
		existed := feedtest.InFeedOrder(before)
		kept := slices.DeleteFunc(seen, func(id int64) bool { return !slices.Contains(existed, id) })
		if fmt.Sprint(kept) != fmt.Sprint(existed) {
			t.Errorf("%s\n read %v\n of   %v", u.Name, kept, existed)
		}
	}
}

func TestNewerLeadsBackExactly(t *testing.T) {
	r := feedtest.Random(t)
	c := feedtest.NewCast(t, r, 120) // at some 50 instants: pages end inside runs of equal times
	everything := c.World.Viewer(t, c.Users[0], c.Workspaces[0]).Scope(true)
	narrow := c.World.Viewer(t, c.Users[1], c.Workspaces[1]).Scope(false)
	for _, scope := range []access.Scope{everything, narrow} {
		for _, limit := range []int{1, 2, 7, 50} {
			ask := feed.Ask{Filter: feed.Filter{System: true}, Limit: limit}
			pages := []feed.Page{pageOf(t, c.World, scope, ask)}
			for pages[len(pages)-1].Older != "" {
				ask.Cursor = pages[len(pages)-1].Older
				pages = append(pages, pageOf(t, c.World, scope, ask))
			}
			if pages[0].Newer != "" {
				t.Error("there is something newer than the newest")
			}
			for i := len(pages) - 1; i > 0; i-- {
				if pages[i].Newer == "" {
					t.Fatalf("page %d of %d has no way back", i, len(pages))
				}
				ask.Cursor = pages[i].Newer
				back := pageOf(t, c.World, scope, ask)
				if got, want := fmt.Sprint(idsOf(back.Entries)), fmt.Sprint(idsOf(pages[i-1].Entries)); got != want {
					t.Fatalf("back from page %d:\n got %s\nwant %s", i, got, want)
				}
				if (back.Newer == "") != (i == 1) || back.Older == "" {
					t.Fatalf("back from page %d: newer %q, older %q", i, back.Newer, back.Older)
				}
				ask.Cursor = back.Older
				if got, want := fmt.Sprint(idsOf(pageOf(t, c.World, scope, ask).Entries)), fmt.Sprint(idsOf(pages[i].Entries)); got != want {
					t.Fatalf("there and back again:\n got %s\nwant %s", got, want)
				}
			}
		}
	}
}

func TestACursorIsOfItsListAlone(t *testing.T) {
	r := feedtest.Random(t)
	c := feedtest.NewCast(t, r, 30)
	w := c.World
	root, owner := w.Viewer(t, c.Users[0], c.Workspaces[0]), w.Viewer(t, c.Users[1], c.Workspaces[0])
	ask := feed.Ask{Filter: feed.Filter{Criteria: feed.Criteria{Actions: []string{"created", "updated", "deleted"}}}, Limit: 2}
	cursor := pageOf(t, w, root.Scope(false), ask).Older
	if cursor == "" {
		t.Fatal("one page holds everything")
	}
	refused := func(what string, scope access.Scope, ask feed.Ask) {
		t.Helper()
		_, err := w.Feed.Page(t.Context(), scope, ask)
		if models.KindOf(err) != models.Malformed || !slices.Equal(fieldsOf(err), []string{"cursor"}) {
			t.Errorf("%s: %v", what, err)
		}
	}
	ask.Cursor = cursor
	pageOf(t, w, root.Scope(false), ask)
	refused("another reader", owner.Scope(false), ask)
	refused("another workspace", w.Viewer(t, c.Users[0], c.Workspaces[1]).Scope(false), ask)
	refused("two workspaces", access.Together([]access.Viewer{root, w.Viewer(t, c.Users[0], c.Workspaces[1])}, false), ask)
	refused("one's own", access.OwnedTogether([]access.Viewer{root}, false), ask)
	refused("narrowed", root.Scope(false).Narrow([]int64{1}), ask)
	refused("nothing", access.Scope{}, ask)
	for what, change := range map[string]func(*feed.Filter){
		"other actions":    func(f *feed.Filter) { f.Actions = f.Actions[:2] },
		"with a type":      func(f *feed.Filter) { f.Types = []string{"task"} },
		"system rows":      func(f *feed.Filter) { f.System = true },
		"an actor's id":    func(f *feed.Filter) { f.ActorIDs = []int64{1} },
		"no actor at all":  func(f *feed.Filter) { f.ActorIDs = []int64{} },
		"since a day":      func(f *feed.Filter) { f.From = c.Bound(r) },
		"an entity's id":   func(f *feed.Filter) { f.EntityIDs = []string{"1"} },
		"no filter at all": func(f *feed.Filter) { *f = feed.Filter{} },
	} {
		other := ask
		change(&other.Filter)
		refused(what, root.Scope(other.Filter.System), other)
	}
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		t.Fatal(err)
	}
	for i := range raw {
		flipped := slices.Clone(raw)
		flipped[i] ^= 1 << r.IntN(8)
		other := ask
		other.Cursor = base64.RawURLEncoding.EncodeToString(flipped)
		refused(fmt.Sprint("byte ", i), root.Scope(false), other)
	}
	for _, text := range []string{"x", cursor + "=", cursor + "A", cursor[1:], " " + cursor, cursor + "\n", cursor[:8] + "\r\n" + cursor[8:], "é"} {
		other := ask
		other.Cursor = text
		refused(text, root.Scope(false), other)
	}
}

func TestACursorOutlivesAChangeOfAccess(t *testing.T) {
	w := feedtest.New(t)
	ws := w.Workspace(t, "acme", "UTC")
	amara := w.User(t, "amara", false)
	w.Member(t, ws, amara, models.Member)
	me := w.Actor(t, ws, "amara", amara)
	secret := w.Project(t, ws, "secret", models.VisibleToMembers)
	for range 3 {
		w.Send(t, ws, feedtest.Event{"actor": feedtest.Event{"id": "amara"}, "action": "created"})
		w.Send(t, ws, feedtest.Event{"actor": feedtest.Event{"id": "bo"}, "action": "created", "project": feedtest.Event{"id": "secret"}})
	}
	first := pageOf(t, w, w.Viewer(t, amara, ws).Scope(false), feed.Ask{Limit: 1})
	w.Grant(t, secret, me)
	rest := pageOf(t, w, w.Viewer(t, amara, ws).Scope(false), feed.Ask{Limit: 10, Cursor: first.Older})
	if len(rest.Entries) != 4 { // of six rows: the first was read, and one newer than it is in the project
		t.Errorf("%d rows", len(rest.Entries))
	}
}

func TestPositionsByNumberAreCapped(t *testing.T) {
	r := feedtest.Random(t)
	c := feedtest.NewCast(t, r, 10)
	scope := c.World.Viewer(t, c.Users[0], c.Workspaces[0]).Scope(true)
	cursor := pageOf(t, c.World, scope, feed.Ask{Limit: 1}).Older
	for _, ask := range []feed.Ask{{Limit: 1, Offset: -1}, {Limit: 1, Offset: feed.MaxOffset + 1}, {Limit: 1, Offset: 1, Cursor: cursor}} {
		_, err := c.World.Feed.Page(t.Context(), scope, ask)
		if models.KindOf(err) != models.Malformed || !slices.Equal(fieldsOf(err), []string{"offset"}) {
			t.Errorf("%+v: %v", ask, err)
		}
	}
	if page := pageOf(t, c.World, scope, feed.Ask{Limit: 1, Offset: feed.MaxOffset}); len(page.Entries) > 0 {
		t.Error("something lies behind the end")
	}
}
