package feed_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/feed"
	"daybook/services/feed/feedtest"
)

// pageLimit is the size of a page in the tests of plans.
const pageLimit = 50

// planned is a list whose plan is looked at.
type planned struct {
	scope access.Scope
	f     feed.Filter
	scans int // how many scans bounded by the page it may merge
}

// TestWhatReadingCosts asks PostgreSQL how it carries out the hot queries over 200,000 rows.
func TestWhatReadingCosts(t *testing.T) {
	began := time.Now()
	b := feedtest.NewBulk(t, 200_000)
	t.Log("rows made in", time.Since(began))
	db, tracer := b.Traced(t)
	c := costs{b: b, feed: feed.New(db, feedtest.Key), tracer: tracer}
	lists := c.lists(t)
	for _, name := range slices.Sorted(maps.Keys(lists)) {
		t.Run(name, func(t *testing.T) { c.page(t, lists[name]) })
	}
	t.Run("search", c.search)
	t.Run("follow", c.follow)
	t.Run("one", c.one)
	t.Run("related", c.related)
}

type costs struct {
	b      *feedtest.Bulk
	feed   *feed.Service
	tracer *feedtest.Tracer
}

func (c costs) lists(t *testing.T) map[string]planned {
	ws := c.b.Workspaces[0]
	root, member := c.b.Viewer(t, c.b.Root, ws), c.b.Viewer(t, c.b.Member, ws)
	everything := root.Scope(false)
	everywhere, err := c.b.Access.EnterAll(t.Context(), access.Principal{User: c.b.Root})
	if err != nil {
		t.Fatal(err)
	}
	year := feed.Bound{Text: "2025-11-01", At: time.Date(2025, 11, 1, 0, 0, 0, 0, time.UTC)}
	lists := map[string]planned{
		"everything":           {everything, feed.Filter{}, 1},
		"an actor":             {everything, feed.Filter{Criteria: feed.Criteria{Actors: []string{"actor-150"}}}, 1},
		"three actors":         {everything, feed.Filter{Criteria: feed.Criteria{Actors: []string{"actor-1", "actor-2", "actor-199"}}}, 3},
		"a type":               {everything, feed.Filter{Criteria: feed.Criteria{Types: []string{"invoice"}}}, 1},
		"an entity's id":       {everything, feed.Filter{Criteria: feed.Criteria{EntityIDs: []string{"7"}}}, 4},
		"an entity":            {everything, feed.Filter{Criteria: feed.Criteria{Types: []string{"task"}, EntityIDs: []string{"7"}}}, 1},
		"an action":            {everything, feed.Filter{Criteria: feed.Criteria{Actions: []string{"archived"}}}, 1},
		"a project":            {everything, feed.Filter{Criteria: feed.Criteria{Projects: []string{"project-3"}}}, 1},
		"a range":              {everything, feed.Filter{From: year}, 1},
		"with system rows":     {root.Scope(true), feed.Filter{System: true}, 2},
		"a type, with system":  {root.Scope(true), feed.Filter{System: true, Criteria: feed.Criteria{Types: []string{"file"}}}, 2},
		"everywhere":           {access.Together(everywhere, false), feed.Filter{}, 6},
		"a type everywhere":    {access.Together(everywhere, false), feed.Filter{Criteria: feed.Criteria{Types: []string{"file"}}}, 6},
		"a member":             {member.Scope(false), feed.Filter{}, 22},
		"a member's project":   {member.Scope(false), feed.Filter{Criteria: feed.Criteria{Projects: []string{"project-3"}}}, 1},
		"a member, themselves": {member.Scope(false), feed.Filter{Criteria: feed.Criteria{Actors: []string{"actor-7"}}}, 1},
		"own":                  {access.OwnedTogether([]access.Viewer{member}, false), feed.Filter{}, 2},
		"own, of an admin":     {access.OwnedTogether([]access.Viewer{root}, false), feed.Filter{}, 0},
		"nobody":               {everything, feed.Filter{Criteria: feed.Criteria{Actors: []string{"nobody"}}}, 0},
	}
	for _, o := range models.Outcomes {
		lists["outcome "+string(o)] = planned{everything, feed.Filter{Criteria: feed.Criteria{Outcomes: []models.Outcome{o}}}, 1}
	}
	return lists
}

// page compares the newest page with one that lies behind nine tenths of the rows.
func (c costs) page(t *testing.T, p planned) {
	deep := c.feed.CursorAt(p.scope, p.f, c.ninety(t), 0)
	var buffers [2]int
	for i, cursor := range []string{"", deep} {
		c.tracer.About("activities")
		page, err := c.feed.Page(t.Context(), p.scope, feed.Ask{Filter: p.f, Limit: pageLimit, Cursor: cursor})
		if err != nil {
			t.Fatal(err)
		}
		if p.scans > 0 && len(page.Entries) != pageLimit && !p.f.From.IsSet() {
			t.Fatalf("only %d rows", len(page.Entries))
		}
		for _, s := range c.tracer.About("activities") {
			plan, text := c.b.Explain(t, s)
			for _, complaint := range complaints(plan, p.scans) {
				t.Errorf("%s: %s", complaint, text)
			}
			buffers[i] += plan.Buffers()
		}
	}
	t.Logf("%d buffers at the start, %d deep down", buffers[0], buffers[1])
	if allowed := float64(buffers[0])*1.2 + 4; !p.f.From.IsSet() && float64(buffers[1]) > allowed {
		t.Errorf("%d buffers at the start, %d deep down", buffers[0], buffers[1])
	}
}

// complaints tells what is wrong with a plan that merges scans bounded by the page.
func complaints(plan feedtest.Node, scans int) []string {
	var out []string
	bound := float64(scans * (pageLimit + 1))
	plan.Walk(func(n feedtest.Node) {
		if n.Relation == "activities" {
			if n.Type != "Index Scan" && n.Type != "Index Only Scan" {
				out = append(out, "a "+n.Type)
			}
			if removed := (n.Removed + n.Recheck) * n.Loops; removed > pageLimit {
				out = append(out, fmt.Sprintf("%.0f rows removed", removed))
			}
			if read := n.Rows * n.Loops; read > bound+1 {
				out = append(out, fmt.Sprintf("%.0f rows read", read))
			}
		}
		if n.Type == "Sort" || n.Type == "Incremental Sort" {
			if sorted := n.Plans[0].Rows * n.Plans[0].Loops; sorted > bound+1 {
				out = append(out, fmt.Sprintf("%.0f rows sorted", sorted))
			}
		}
	})
	return out
}

// ninety is the time before which a tenth of the rows lie.
func (c costs) ninety(t *testing.T) time.Time {
	var at time.Time
	err := c.b.DB.Pool.QueryRow(t.Context(), `SELECT min(occurred_at) FROM (SELECT occurred_at FROM activities WHERE workspace_id = $1
		ORDER BY occurred_at DESC LIMIT (SELECT seq * 9 / 10 FROM workspace_heads WHERE workspace_id = $1)) AS newer`, c.b.Workspaces[0].ID).Scan(&at)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// follow reads the last rows, as whoever keeps up does.
func (c costs) follow(t *testing.T) {
	ws := c.b.Workspaces[0]
	var after string
	err := c.b.DB.Pool.QueryRow(t.Context(), `SELECT uuid::text FROM activities WHERE workspace_id = $1 AND seq = (SELECT seq - 40 FROM workspace_heads WHERE workspace_id = $1)`, ws.ID).Scan(&after)
	if err != nil {
		t.Fatal(err)
	}
	for name, v := range map[string]access.Viewer{"root": c.b.Viewer(t, c.b.Root, ws), "member": c.b.Viewer(t, c.b.Member, ws)} {
		for _, f := range []feed.Filter{{}, {System: true}, {Criteria: feed.Criteria{Actors: []string{"actor-3"}}}, {Criteria: feed.Criteria{Actions: []string{"archived"}}}} {
			c.tracer.About("activities")
			if _, err := (&feedtest.World{Feed: c.feed}).Follow(t.Context(), v, f, after, pageLimit); err != nil {
				t.Fatal(err)
			}
			for _, s := range c.tracer.About("activities") {
				plan, text := c.b.Explain(t, s)
				for _, complaint := range complaints(plan, 1) {
					t.Errorf("%s, %q: %s: %s", name, f, complaint, text)
				}
				if n := plan.Buffers(); n > 60 {
					t.Errorf("%s, %q: %d buffers: %s", name, f, n, text)
				}
			}
		}
	}
}

func (c costs) one(t *testing.T) {
	id := uuid.UUID{14: 1} // the 256th of each workspace
	everywhere, err := c.b.Access.EnterAll(t.Context(), access.Principal{User: c.b.Root})
	if err != nil {
		t.Fatal(err)
	}
	member := c.b.Viewer(t, c.b.Member, c.b.Workspaces[0])
	for name, scope := range map[string]access.Scope{"root": everywhere[1].Scope(true), "member": member.Scope(false), "everywhere": access.Together(everywhere, true)} {
		c.tracer.About("activities")
		if _, err := c.feed.One(t.Context(), scope, id); err != nil && (name != "member" || models.KindOf(err) != models.NotFound) {
			t.Fatal(err)
		}
		for _, s := range c.tracer.About("activities") {
			plan, text := c.b.Explain(t, s)
			for _, complaint := range complaints(plan, 1) {
				t.Errorf("%s: %s: %s", name, complaint, text)
			}
			if n := plan.Buffers(); n > 40 {
				t.Errorf("%s: %d buffers: %s", name, n, text)
			}
		}
	}
}
