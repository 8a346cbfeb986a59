package account_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/account"
	"daybook/services/auth"
	"daybook/services/feed"
	"daybook/services/feed/feedtest"
	"daybook/services/stats"
)

// TestWhatIsOwnIsWhatALoopSays links, unlinks, merges and undoes at random, and compares after each what everybody gets with a plain loop over
// all rows. Not one of the activities that were there changes.
func TestWhatIsOwnIsWhatALoopSays(t *testing.T) {
	r := feedtest.Random(t)
	c := feedtest.NewCast(t, r, 60)
	in := c.World.Ingest
	accounts := account.New(c.World.DB, in, auth.New(c.World.DB, in, auth.NewKeys([]byte("a secret of this test")), time.Now), time.Now)
	counts := stats.New(c.World.DB, c.World.Feed)
	before := content(t, c, 0)
	newest := c.Oracle.Rows[len(c.Oracle.Rows)-1].ID
	done := map[string]int{}
	for i := 0; i < 30 || i < 300 && (done["link"] == 0 || done["unlink"] == 0 || done["merge"] == 0 || done["undo"] == 0); i++ {
		what := changePeople(t, r, c, accounts)
		done[what]++
		if err := c.World.Journal.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		c.Oracle = c.World.Look(t)
		compareAll(t, r, c, counts)
	}
	if content(t, c, newest) != before {
		t.Error("activities changed")
	}
	for _, what := range []string{"link", "unlink", "merge", "undo"} {
		if done[what] == 0 {
			t.Errorf("no %s in %v", what, done)
		}
	}
}

// content is a hash of the activities up to one of them (0: all).
func content(t *testing.T, c *feedtest.Cast, upTo int64) (hash string) {
	t.Helper()
	err := c.World.DB.Gorm.Raw(`SELECT md5(string_agg(a::text, '|' ORDER BY id)) FROM activities a WHERE ? = 0 OR id <= ?`, upTo, upTo).Scan(&hash).Error
	if err != nil {
		t.Fatal(err)
	}
	return hash
}

// changePeople does one thing to people, and says what; "" when it was refused for a good reason.
func changePeople(t *testing.T, r *rand.Rand, c *feedtest.Cast, accounts *account.Service) string {
	t.Helper()
	ws := feedtest.Pick(r, c.Workspaces...)
	d := account.CommandLine(&ws)
	var here []models.Actor
	for _, a := range c.Oracle.Actors {
		if a.WorkspaceID == ws.ID && a.Type == models.ActorUser {
			here = append(here, a)
		}
	}
	a := feedtest.Pick(r, here...)
	var err error
	what := feedtest.Pick(r, "link", "unlink", "merge", "merge", "undo")
	switch what {
	case "link":
		err = accounts.Link(t.Context(), d, a.ID, feedtest.Pick(r, c.Users...).ID, a.Version)
	case "unlink":
		err = accounts.Unlink(t.Context(), d, a.ID, a.Version)
	case "merge":
		err = accounts.Merge(t.Context(), d, account.Merging{Actor: a.ID, Into: feedtest.Pick(r, here...).ID, Version: a.Version})
	case "undo":
		err = accounts.Unmerge(t.Context(), d, a.ID, a.Version)
	}
	switch models.KindOf(err) {
	case models.Conflict, models.Invalid:
		return ""
	}
	if err != nil {
		t.Fatal(what, err)
	}
	return what
}

func compareAll(t *testing.T, r *rand.Rand, c *feedtest.Cast, counts *stats.Service) {
	t.Helper()
	for _, u := range c.Users {
		p := access.Principal{User: u}
		viewers, err := c.World.Access.EnterAll(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range viewers {
			if v.Workspace.ID == models.BuiltInWorkspace {
				continue
			}
			f := c.Filter(r)
			if r.IntN(2) == 0 {
				f.ActorNames = []string{"me"}
			}
			want := c.Oracle.Find(func(row feedtest.Row) bool {
				return row.WorkspaceID == v.Workspace.ID && c.Oracle.May(p, row, f.System) && feedtest.Selects(f, c.Oracle.As(p, row))
			})
			says := fmt.Sprintf("%s in %s asks for %q", u.Name, v.Workspace.Slug, f)
			a := asked{c, counts, v.Scope(f.System), f, says}
			a.compare(t, want)
			own := c.Oracle.Find(func(row feedtest.Row) bool {
				return row.WorkspaceID == v.Workspace.ID && c.Oracle.May(p, row, false) && c.Oracle.Own(p, row)
			})
			a.scope, a.filter, a.says = access.OwnedTogether([]access.Viewer{v}, false), feed.Filter{}, says+", of their own"
			a.compare(t, own)
		}
	}
}

// asked is what somebody asks for.
type asked struct {
	cast   *feedtest.Cast
	counts *stats.Service
	scope  access.Scope
	filter feed.Filter
	says   string
}

func (a asked) compare(t *testing.T, want []feedtest.Row) {
	t.Helper()
	page, err := a.cast.World.Feed.Page(t.Context(), a.scope, feed.Ask{Filter: a.filter, Limit: 200})
	if err != nil {
		t.Fatal(a.says, err)
	}
	var got []int64
	for _, e := range page.Entries {
		got = append(got, e.ID)
	}
	ids := feedtest.InFeedOrder(want)
	if g, w := fmt.Sprint(got), fmt.Sprint(ids[:min(200, len(ids))]); g != w {
		t.Fatalf("%s\n got %s\nwant %s", a.says, g, w)
	}
	sum, err := a.counts.Summarise(t.Context(), a.scope, a.filter, 100)
	if err != nil || sum.Total != int64(len(want)) {
		t.Fatalf("%s: %d of %d are counted, %v", a.says, sum.Total, len(want), err)
	}
	busy := map[int64]int64{}
	for _, row := range want {
		busy[row.Person]++
	}
	for _, one := range sum.Actors {
		if busy[one.ID] != one.Count {
			t.Fatalf("%s: %s has %d instead of %d", a.says, one.Name, one.Count, busy[one.ID])
		}
		delete(busy, one.ID)
	}
	if len(busy) > 0 {
		t.Fatalf("%s: nobody counts %v", a.says, busy)
	}
}
