package stats_test

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
	"daybook/services/stats"
)

// counting holds what a report says against a loop over all rows, and against the list.
type counting struct {
	*testing.T
	cast   *feedtest.Cast
	random *rand.Rand
	stats  *stats.Service
}

// TestReportsEqualALoop: random filters, readers, ranges and units, over workspaces in zones whose days and hours are odd.
func TestReportsEqualALoop(t *testing.T) {
	r := feedtest.Random(t)
	c := counting{T: t, cast: feedtest.NewCast(t, r, 400), random: r}
	c.stats = stats.New(c.cast.World.DB, c.cast.World.Feed)
	for _, u := range c.cast.Users {
		p := access.Principal{User: u}
		viewers, err := c.cast.World.Access.EnterAll(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range viewers {
			for range 12 {
				f, unit := c.filter(v)
				c.report(p, v, f, unit)
			}
		}
	}
}

// filter is a random one, with a range that is cut anywhere, or of days, or of months.
func (c counting) filter(v access.Viewer) (f feed.Filter, unit stats.Unit) {
	switch c.random.IntN(4) {
	case 0:
		f = c.cast.AnyFilter(c.random)
	case 1:
		f = feed.Filter{System: c.random.IntN(2) == 0}
	default:
		f = c.cast.Filter(c.random)
		f.EntityIDs = nil
	}
	unit = feedtest.Pick(c.random, stats.Units...)
	zone := zoneOf(c.T, v.Workspace)
	from := c.cast.Bound(c.random).At.In(zone)
	days := map[stats.Unit]int{stats.Hour: 3, stats.Day: 60, stats.Week: 300, stats.Month: 5000}[unit]
	to := from.Add(time.Duration(c.random.Int64N(int64(days) * int64(24*time.Hour)))).Truncate(time.Microsecond)
	switch c.random.IntN(3) {
	case 0:
		from, to = models.StartOfDay(from, -c.random.IntN(3)), models.StartOfDay(to, 1)
	case 1:
		if unit == stats.Month || unit == stats.Day {
			from = models.StartOfDay(time.Date(from.Year(), from.Month(), 1, 12, 0, 0, 0, zone), 0)
			to = models.StartOfDay(time.Date(from.Year(), from.Month()+time.Month(1+days/60), 1, 12, 0, 0, 0, zone), 0)
		}
	}
	f.From, f.To = boundOf(from), boundOf(to.Add(-time.Microsecond))
	return f, unit
}

func boundOf(at time.Time) feed.Bound {
	return feed.Bound{Text: at.UTC().Format(time.RFC3339Nano), At: at.UTC()}
}

func zoneOf(t *testing.T, ws models.Workspace) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(ws.TimeZone)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// report compares a report with loops.
func (c counting) report(p access.Principal, v access.Viewer, f feed.Filter, unit stats.Unit) {
	c.Helper()
	ask := stats.Ask{Filter: f, Unit: unit, Stack: feedtest.Pick(c.random, stats.ByNothing, stats.ByType, stats.ByAction, stats.ByOutcome), Top: 1 + c.random.IntN(5), People: true, Compare: true}
	says := fmt.Sprintf("%s in %s (%s): %q by %s and %q", p.User.Name, v.Workspace.Slug, v.Workspace.TimeZone, f, unit, ask.Stack)
	rep, err := c.stats.Report(c.Context(), v, ask)
	if err != nil {
		c.Fatal(says, err)
	}
	find := func(r stats.Range) []feedtest.Row {
		f := f
		f.From, f.To = boundOf(r.From), boundOf(r.To.Add(-time.Microsecond))
		return c.cast.Oracle.Find(func(row feedtest.Row) bool {
			return row.WorkspaceID == v.Workspace.ID && c.cast.Oracle.May(p, row, f.System) && feedtest.Selects(f, c.cast.Oracle.As(p, row)) && r.From.Before(r.To)
		})
	}
	rows := find(rep.Range)
	equal := func(what string, got, want any) {
		c.Helper()
		if g, w := fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want); g != w {
			c.Fatalf("%s: %s\n got %s\nwant %s", says, what, g, w)
		}
	}
	if rep.Over || !rep.Compared || !rep.Before.To.Equal(rep.From) {
		c.Fatalf("%s: over %v, compared %v, %v", says, rep.Over, rep.Compared, rep.Before)
	}
	equal("figures", rep.Now, figures(rows))
	equal("figures before", rep.Then, figures(find(rep.Before)))
	equal("rankings", rankingText(rep.Rankings), rankingText(rankings(rows, c.cast.Oracle, ask.Top)))
	equal("heat", rep.Heat, heat(rows))
	c.series(says, rep.Series, rep.Range, find)
	equal("quiet", quietText(rep.Quiet), quietText(c.quiet(v, p, f, rep.Range)))
	total := int64(0)
	for i, b := range rep.Series.Buckets {
		total += b.Count
		if i == len(rep.Previous) {
			c.Fatal(says, "bars without their counterpart")
		}
	}
	equal("all bars", total, rep.Now.Total)
	c.paged(v, f, rep.Series)
}

// series holds that bars go on without gaps or overlap, and are what a loop counts.
func (c counting) series(says string, s stats.Series, r stats.Range, find func(stats.Range) []feedtest.Row) {
	c.Helper()
	at := r.From
	for i, b := range s.Buckets {
		if !b.From.Equal(at) || !b.From.Before(b.To) {
			c.Fatalf("%s: bar %d of %d goes from %v to %v, and is to begin at %v", says, i, len(s.Buckets), b.From, b.To, at)
		}
		at = b.To
		rows := find(b.Range)
		want := stats.Bucket{Range: b.Range}
		if s.Stack != stats.ByNothing {
			want.Parts = make([]int64, len(b.Parts))
		}
		for _, row := range rows {
			want.Count++
			if row.Outcome != string(models.Success) {
				want.Troubles++
			}
			if s.Stack == stats.ByNothing {
				continue
			}
			at := slices.Index(s.Keys, map[stats.Stack]string{stats.ByType: row.EntityType, stats.ByAction: row.Action, stats.ByOutcome: row.Outcome}[s.Stack])
			if at < 0 {
				at = len(s.Keys)
			}
			want.Parts[at]++
		}
		if g, w := fmt.Sprint(b), fmt.Sprint(want); g != w {
			c.Fatalf("%s: bar %d\n got %s\nwant %s", says, i, g, w)
		}
	}
	if !at.Equal(r.To) {
		c.Fatalf("%s: the bars end at %v", says, at)
	}
	for _, k := range s.Keys {
		if k == "" {
			c.Fatalf("%s: nothing is a key: %q", says, s.Keys)
		}
	}
}

// paged holds some bars against the list.
func (c counting) paged(v access.Viewer, f feed.Filter, s stats.Series) {
	c.Helper()
	for _, b := range feedtest.Some(c.random, 0.02, s.Buckets...) {
		f.From, f.To = boundOf(b.From), boundOf(b.To.Add(-time.Microsecond))
		n, cursor := int64(0), ""
		for {
			page, err := c.cast.World.Feed.Page(c.Context(), v.Scope(f.System), feed.Ask{Filter: f, Limit: 50, Cursor: cursor})
			if err != nil {
				c.Fatal(err)
			}
			n += int64(len(page.Entries))
			if cursor = page.Older; cursor == "" {
				break
			}
		}
		if n != b.Count {
			c.Fatalf("%s has %d rows, and the bar says %d", f, n, b.Count)
		}
	}
}
