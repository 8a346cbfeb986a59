package web

import (
	"context"
	"errors"
	"time"

	"github.com/gofiber/fiber/v2"

	"daybook/models"
	"daybook/services/feed"
	"daybook/services/stats"
	"daybook/views"
)

// histogramPatience is how long a page of the feed waits for its histogram. It goes without one rather than be late.
const histogramPatience = 2 * time.Second

// mostAddresses is how many bytes the addresses of all bars may have: each repeats the filter.
const mostAddresses = 12 << 10

// histogram counts what the feed has in the window of time that the page lies in. It is nil for those who may not see statistics, where there is
// nothing to see, and where nobody can count in time.
func (f *feedPage) histogram(c *fiber.Ctx, page feed.Page) (*views.Histogram, error) {
	if !f.viewer.SeesStatistics() || len(page.Entries) == 0 && !f.filter.From.IsSet() && !f.filter.To.IsSet() {
		return nil, nil //nolint:nilnil // a page without a histogram is no mistake
	}
	zone, err := time.LoadLocation(f.viewer.Workspace.TimeZone)
	if err != nil {
		return nil, err
	}
	shown := shownBy(page)
	w := windowOf(f.filter, shown, f.web.config.Now().In(zone))
	series, known, err := f.series(c, w)
	if err != nil || !known || len(series.Buckets) == 0 {
		return nil, err
	}
	h := &views.Histogram{Zone: zone.String(), Unit: views.TimeUnit(series.Unit), Week: f.viewer.Workspace.FirstWeekday(), Whole: w.whole, Foreign: f.foreign(series)}
	f.fill(h, series, shown)
	if before := beside(w.Range, -1); before.From.Year() > 1 {
		h.Earlier = f.step(before)
	}
	if after := beside(w.Range, 1); !after.From.After(f.web.config.Now()) {
		h.Later = f.step(after)
	}
	return h, nil
}

// fill makes a bar of each bucket. Addresses that together would outweigh the page are left to the script.
func (f *feedPage) fill(h *views.Histogram, series stats.Series, shown stats.Range) {
	length := 0
	for _, b := range series.Buckets {
		only := f.within(b.Range, series.Unit)
		bar := views.HistogramBar{
			From: b.From, To: b.To, Count: b.Count, Troubles: b.Troubles, Href: f.of(only), Start: only.From.Text, End: only.To.Text,
			Shown: !shown.To.IsZero() && shown.From.Before(b.To) && !shown.To.Before(b.From),
		}
		length += len(bar.Href)
		h.Bars = append(h.Bars, bar)
	}
	if length <= mostAddresses {
		return
	}
	h.Feed = f.address(f.withoutPeriod())
	for i := range h.Bars {
		h.Bars[i].Href = ""
	}
}

// series counts, within its patience.
func (f *feedPage) series(c *fiber.Ctx, w window) (stats.Series, bool, error) {
	ctx, cancel := context.WithTimeout(c.UserContext(), histogramPatience)
	defer cancel()
	filter := f.filter
	filter.From, filter.To = exactly(w.From), exactly(w.To.Add(-time.Microsecond))
	series, known, err := f.web.Stats.Series(ctx, f.viewer, filter, stats.SeriesAsk{})
	if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) && c.UserContext().Err() == nil {
		f.web.config.Log.Warn("the feed is shown without its histogram, which took too long", "error", err)
		return series, false, nil
	}
	return series, known, err
}

// shownBy gives when the oldest and the newest activity of a page occurred, those of its runs included.
func shownBy(page feed.Page) stats.Range {
	last := len(page.Entries) - 1
	if last < 0 {
		return stats.Range{}
	}
	r := stats.Range{From: page.Entries[last].OccurredAt, To: page.Entries[0].OccurredAt}
	if last < len(page.Runs) && page.Runs[last].Count > 1 {
		r.From = page.Runs[last].From
	}
	return r
}

// foreign tells whether a day of the series is none of the viewer's. They read other numbers under their days than the bars have.
func (f *feedPage) foreign(s stats.Series) bool {
	for _, b := range s.Buckets {
		at := b.From.In(s.Zone)
		if start := models.StartOfDay(at, 0); !models.StartOfDay(start.In(f.zone), 0).Equal(start) {
			return true
		}
	}
	return false
}

// step leads to the same feed at another time.
func (f *feedPage) step(r stats.Range) views.HistogramStep {
	unit := stats.Day
	if daysOf(r) > 0 && r.From.Day() == 1 && r.To.Day() == 1 {
		unit = stats.Month
	}
	return views.HistogramStep{From: r.From, To: r.To, Href: f.of(f.within(r, unit))}
}

// within is the filter with another range.
func (f *feedPage) within(r stats.Range, unit stats.Unit) feed.Filter {
	only := f.filter
	only.From, only.To = f.boundAt(r.From, unit, false), f.boundAt(r.To.Add(-time.Microsecond), unit, true)
	return only
}

// boundAt writes an end of a range so that the feed reads it as that very instant: as a month or a day, where these begin or end there for the
// viewer, too; else as the instant, with the workspace's offset.
func (f *feedPage) boundAt(at time.Time, unit stats.Unit, end bool) feed.Bound {
	layouts := map[stats.Unit][]string{stats.Day: {time.DateOnly}, stats.Week: {time.DateOnly}, stats.Month: {"2006-01", time.DateOnly}}
	now := f.web.config.Now().In(f.zone)
	for _, layout := range layouts[unit] {
		text := at.In(f.zone).Format(layout)
		if read, err := feed.ParseTime(text, now, end); err == nil && read.Equal(at) {
			return feed.Bound{Text: text, At: read}
		}
	}
	return feed.Bound{Text: at.Format("2006-01-02T15:04:05.999999Z07:00"), At: at.UTC()}
}
