package feed_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/feed"
	"daybook/services/feed/feedtest"
)

// TestAroundIsThePartOfTheListAroundIt, for every kind of reader: of everything, and of one thing.
func TestAroundIsThePartOfTheListAroundIt(t *testing.T) {
	r := feedtest.Random(t)
	c := feedtest.NewCast(t, r, 400)
	oracle := c.Oracle
	checked := 0
	for _, p := range c.Principals() {
		for _, ws := range c.Workspaces {
			v, err := c.World.Access.Enter(t.Context(), p, ws.Slug)
			if err != nil {
				continue // they may not see it
			}
			for range 6 {
				row := feedtest.Pick(r, oracle.Rows...)
				if row.WorkspaceID != ws.ID {
					continue
				}
				f := feed.Filter{System: feedtest.Pick(r, true, false)}
				if row.EntityID != nil && feedtest.Pick(r, true, false) {
					f.Types, f.EntityIDs = []string{row.EntityType}, []string{*row.EntityID}
				}
				list := feedtest.InFeedOrder(oracle.Find(func(o feedtest.Row) bool {
					isIt := len(f.EntityIDs) == 0 || o.EntityID != nil && *o.EntityID == *row.EntityID && o.EntityType == row.EntityType
					return o.WorkspaceID == ws.ID && isIt && (o.ID == row.ID || oracle.May(p, o, f.System))
				}))
				at := slices.Index(list, row.ID)
				sides := feed.Sides{Newer: 1 + r.IntN(5), Older: 1 + r.IntN(5)}
				of := models.Entry{Activity: models.Activity{ID: row.ID, OccurredAt: row.OccurredAt, WorkspaceID: ws.ID}}
				got, err := c.World.Feed.Around(t.Context(), v.Scope(f.System), f, of, sides)
				if err != nil {
					t.Fatal(err)
				}
				newer, older := list[max(0, at-sides.Newer):at], list[at+1:min(len(list), at+1+sides.Older)]
				if fmt.Sprint(idsOf(got.Newer), idsOf(got.Older)) != fmt.Sprint(newer, older) {
					t.Fatalf("%q around %d: %v and %v, want %v and %v", f, row.ID, idsOf(got.Newer), idsOf(got.Older), newer, older)
				}
				first, err := c.World.Feed.First(t.Context(), v.Scope(f.System), f)
				if err != nil {
					t.Fatal(err)
				}
				visible := slices.DeleteFunc(slices.Clone(list), func(id int64) bool { return id == row.ID && !oracle.May(p, row, f.System) })
				if len(visible) == 0 && first != nil || len(visible) > 0 && (first == nil || first.ID != visible[len(visible)-1]) {
					t.Fatalf("%q: the first is %v of %v", f, first, visible)
				}
				checked++
			}
		}
	}
	if checked < 20 {
		t.Errorf("only %d were looked at", checked)
	}
}

// TestCorrelatedIsWhatTheReaderMaySeeOfIt, the nearest first when there is more than is wanted.
func TestCorrelatedIsWhatTheReaderMaySeeOfIt(t *testing.T) {
	w := feedtest.New(t)
	ws, other := w.Workspace(t, "acme", "UTC"), w.Workspace(t, "other", "UTC")
	root, bo := w.User(t, "root", true), w.User(t, "bo", false)
	w.Member(t, ws, bo, models.Member)
	w.Grant(t, w.Project(t, ws, "open", models.VisibleToMembers), w.Actor(t, ws, "bo", bo))
	var events []feedtest.Event
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range 30 {
		e := feedtest.Event{"actor": map[string]any{"id": "ada"}, "action": "created", "correlation_id": "together", "occurred_at": at.Add(time.Duration(i) * time.Minute).Format(time.RFC3339)}
		switch i % 3 {
		case 0:
			e["project"] = map[string]any{"id": "open"}
		case 1:
			e["project"] = map[string]any{"id": "closed"}
		case 2:
			e["correlation_id"] = "another"
		}
		events = append(events, e)
	}
	events[4]["system"] = true
	w.Send(t, ws, events...)
	w.Send(t, other, feedtest.Event{"actor": map[string]any{"id": "ada"}, "action": "created", "correlation_id": "together"})
	var id string
	if err := w.DB.Pool.QueryRow(t.Context(), `SELECT uuid FROM activities WHERE workspace_id = $1 AND seq = 16`, ws.ID).Scan(&id); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		scope access.Scope
		limit int
		want  string
	}{
		"everything": {w.Viewer(t, root, ws).Scope(true), 100, "[29 28 26 25 23 22 20 19 17 14 13 11 10 8 7 5 4 2 1]"},
		"no system":  {w.Viewer(t, root, ws).Scope(false), 100, "[29 28 26 25 23 22 20 19 17 14 13 11 10 8 7 4 2 1]"},
		"nearest":    {w.Viewer(t, root, ws).Scope(true), 4, "[19 17 14 13]"},
		"a member":   {w.Viewer(t, bo, ws).Scope(false), 100, "[28 25 22 19 13 10 7 4 1]"},
		"nobody":     {access.Scope{}, 100, "[]"},
	} {
		e, err := w.Feed.One(t.Context(), w.Viewer(t, root, ws).Scope(true), uuid.MustParse(id))
		if err != nil {
			t.Fatal(err)
		}
		found, err := w.Feed.Correlated(t.Context(), c.scope, e, c.limit)
		if err != nil {
			t.Fatal(err)
		}
		seqs := []int64{}
		for _, e := range found {
			seqs = append(seqs, e.Seq)
		}
		if got := fmt.Sprint(seqs); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// related looks at what the page of one activity asks beside the activity itself, where one thing happened a thousand times over.
func (c costs) related(t *testing.T) {
	ws := c.b.Workspaces[0]
	var last int64
	if err := c.b.DB.Pool.QueryRow(t.Context(), `SELECT seq FROM workspace_heads WHERE workspace_id = $1`, ws.ID).Scan(&last); err != nil {
		t.Fatal(err)
	}
	_, err := c.b.DB.Pool.Exec(t.Context(), `INSERT INTO activities (id, workspace_id, seq, uuid, actor_id, actor_name, action, entity_type, entity_id, project_id, description, outcome, system, source_id, correlation_id, occurred_at, recorded_at, row_key, leaf)
		SELECT 100000000 + seq, workspace_id, $2::bigint + seq, gen_random_uuid(), actor_id, actor_name, action, entity_type, entity_id, project_id, description, outcome, system, source_id, 'together', occurred_at, recorded_at, row_key, leaf
		  FROM activities WHERE workspace_id = $1 AND seq <= 20000`, ws.ID, last)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.b.DB.Pool.Exec(t.Context(), `ANALYZE activities`); err != nil {
		t.Fatal(err)
	}
	root, member := c.b.Viewer(t, c.b.Root, ws), c.b.Viewer(t, c.b.Member, ws)
	together, task, id := "together", "task", "7"
	of := models.Entry{Activity: models.Activity{ID: 100010000, WorkspaceID: ws.ID, Seq: last + 10000, OccurredAt: c.ninety(t), EntityType: task, EntityID: &id, CorrelationID: &together}}
	thing := feed.Filter{Criteria: feed.Criteria{Types: []string{task}, EntityIDs: []string{id}}}
	for name, ask := range map[string]struct {
		run     func() error
		buffers int
	}{
		"the next ones": {func() error {
			_, err := c.feed.Around(t.Context(), root.Scope(false), feed.Filter{}, of, feed.Sides{Newer: 1, Older: 1})
			return err
		}, 60},
		"the next ones, member": {func() error {
			_, err := c.feed.Around(t.Context(), member.Scope(false), feed.Filter{}, of, feed.Sides{Newer: 1, Older: 1})
			return err
		}, 600},
		"history": {func() error {
			_, err := c.feed.Around(t.Context(), root.Scope(true), thing, of, feed.Sides{Newer: 4, Older: 6})
			return err
		}, 120},
		"history, member": {func() error {
			_, err := c.feed.Around(t.Context(), member.Scope(false), thing, of, feed.Sides{Newer: 4, Older: 6})
			return err
		}, 400},
		"the first":             {func() error { _, err := c.feed.First(t.Context(), root.Scope(false), thing); return err }, 60},
		"a correlation":         {func() error { _, err := c.feed.Correlated(t.Context(), root.Scope(true), of, 20); return err }, 200},
		"a correlation, member": {func() error { _, err := c.feed.Correlated(t.Context(), member.Scope(false), of, 20); return err }, 200},
		"a correlation of one row": {func() error {
			o := of
			alone := "alone"
			o.CorrelationID = &alone
			_, err := c.feed.Correlated(t.Context(), root.Scope(true), o, 20)
			return err
		}, 20},
	} {
		c.tracer.About("activities")
		if err := ask.run(); err != nil {
			t.Fatal(err)
		}
		buffers := 0
		for _, s := range c.tracer.About("activities") {
			plan, text := c.b.Explain(t, s)
			buffers += plan.Buffers()
			plan.Walk(func(n feedtest.Node) {
				if n.Relation == "activities" && n.Type != "Index Scan" && n.Type != "Index Only Scan" {
					t.Errorf("%s: a %s: %s", name, n.Type, text)
				}
			})
		}
		t.Logf("%s: %d buffers", name, buffers)
		if buffers > ask.buffers {
			t.Errorf("%s: %d buffers", name, buffers)
		}
	}
}
