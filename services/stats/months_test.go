package stats_test

import (
	"fmt"
	"testing"
	"time"

	"daybook/services/access"
	"daybook/services/feed"
	"daybook/services/feed/feedtest"
	"daybook/services/stats"
)

// TestMonthsEqualALoop counts ranges that are cut anywhere, ranges of whole days, and ranges without ends.
func TestMonthsEqualALoop(t *testing.T) {
	r := feedtest.Random(t)
	c := feedtest.NewCast(t, r, 300)
	s := stats.New(c.World.DB, c.World.Feed)
	p := access.Principal{User: c.Users[1]}
	v := c.World.Viewer(t, c.Users[1], c.Workspaces[0])
	zone, err := time.LoadLocation(v.Workspace.TimeZone)
	if err != nil {
		t.Fatal(err)
	}
	for round := range 60 {
		f := c.Filter(r)
		f.EntityIDs = nil
		switch round % 3 {
		case 1:
			f.From, f.To = dayIn(t, v.Workspace, "2024-03-02", false), dayIn(t, v.Workspace, "2024-03-20", true)
		case 2:
			f.From, f.To = feed.Bound{}, dayIn(t, v.Workspace, "2024-04-01", true)
		}
		want := map[string]int64{}
		for _, row := range c.Oracle.Find(func(row feedtest.Row) bool {
			return row.WorkspaceID == v.Workspace.ID && c.Oracle.May(p, row, f.System) && feedtest.Selects(f, c.Oracle.As(p, row))
		}) {
			want[row.OccurredAt.In(zone).Format("2006-01")+" "+row.EntityType]++
		}
		counts, known, err := s.Months(t.Context(), v.Scope(f.System), f)
		if err != nil || !known {
			t.Fatalf("%q: %v, %v", f, known, err)
		}
		got := map[string]int64{}
		for _, each := range counts {
			got[each.Month+" "+each.Type] += each.Count
			if each.First.Format("2006-01") != each.Month || each.Last.Format("2006-01") != each.Month || each.First.After(each.Last) {
				t.Errorf("%+v", each)
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("%q:\n got %v\nwant %v", f, got, want)
		}
	}
	if _, known, err := s.Months(t.Context(), v.Scope(true), feed.Filter{Criteria: feed.Criteria{Words: []feed.Word{{Text: "x"}}}}); known || err != nil {
		t.Error("the rollups do not know words", err)
	}
}
