package privacy_test

import (
	"testing"
	"time"

	"daybook/models"
	"daybook/services/feed"
	"daybook/services/feed/feedtest"
	"daybook/services/privacy"
)

// TestAPieceLooksAtItsStretchAlone explains what a turn asks, for filters that other indexes would be tempting for.
func TestAPieceLooksAtItsStretchAlone(t *testing.T) {
	b := feedtest.NewBulk(t, 60_000)
	ws := b.Workspaces[0]
	v := b.Viewer(t, b.Root, ws)
	end := until(t, "2030-12-31").To
	for name, f := range map[string]feed.Filter{
		"everything":   {To: end, System: true},
		"a day":        {From: feed.Bound{Text: "2025-12-31", At: time.Date(2025, 12, 31, 0, 0, 0, 0, time.UTC)}, To: end},
		"a rare thing": {To: end, Criteria: feed.Criteria{Outcomes: []models.Outcome{models.Denied}, Types: []string{"comment"}, EntityIDs: []string{"7"}}},
		"an actor":     {To: end, Criteria: feed.Criteria{ActorNames: []string{"actor-199"}, ProjectNames: []string{"project-3"}}},
		"words":        {To: end, Criteria: feed.Criteria{Words: []feed.Word{{Text: "rare"}}}},
		"without":      {To: end, Not: feed.Criteria{Words: []feed.Word{{Text: "always"}}, Actions: []string{"created"}}},
		"on Mondays":   {To: end, Criteria: feed.Criteria{Weekdays: []time.Weekday{time.Monday}, Hours: []int{3}}},
	} {
		frozen, err := b.Feed.Freeze(t.Context(), f, v.Scope(f.System), ws.TimeZone)
		if err != nil {
			t.Fatal(err)
		}
		sql, args, err := privacy.Selection(frozen, ws.ID, [2]int64{30_001, 32_000})
		if err != nil {
			t.Fatal(err)
		}
		plan, text := b.Explain(t, feedtest.Statement{SQL: sql, Args: args})
		plan.Walk(func(n feedtest.Node) {
			if n.Relation == "activities" && (n.Index != "activities_pkey" || (n.Rows+n.Removed)*n.Loops > 2000) {
				t.Errorf("%s: %s", name, text)
			}
		})
		if plan.Buffers() > 10_000 {
			t.Errorf("%s: %d buffers", name, plan.Buffers())
		}
	}
}
