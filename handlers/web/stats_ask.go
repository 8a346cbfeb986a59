package web

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"daybook/models"
	"daybook/services/feed"
	"daybook/services/stats"
)

// statsAsk is what the address says beside the filter: how the page shows what it counts.
type statsAsk struct {
	unit    stats.Unit // empty: what suits the period
	stack   stats.Stack
	table   bool
	compare bool
	all     string // the ranking that is shown as a whole
}

// Rankings that can be shown as a whole, as the address calls them.
const (
	allPeople   = "people"
	allProjects = "projects"
	allTypes    = "types"
	allActions  = "actions"
	allCreated  = "new"
)

// askOf reads it. What cannot be read is as if it were not there, and named in the error.
func askOf(q url.Values) (statsAsk, error) {
	a := statsAsk{stack: stats.ByType, compare: true}
	var errs []error
	choice := func(name string, values ...string) string {
		given := strings.ToLower(strings.TrimSpace(q.Get(name)))
		if given == "" || slices.Contains(values, given) {
			return given
		}
		errs = append(errs, models.FieldErrorf(models.Malformed, name, "must be %s or %s", strings.Join(values[:len(values)-1], ", "), values[len(values)-1]))
		return ""
	}
	a.unit = stats.Unit(choice("interval", "hour", "day", "week", "month"))
	if stack := choice("stack", "type", "action", "outcome"); stack != "" {
		a.stack = stats.Stack(stack)
	}
	a.table = choice("show", "chart", "table") == "table"
	a.compare = choice("compare", "yes", "no") != "no"
	a.all = choice("all", allPeople, allProjects, allTypes, allActions, allCreated)
	return a, models.JoinFields(errs...)
}

// way is the part of the address that says it.
func (a statsAsk) way() url.Values {
	q := url.Values{}
	set(q, "interval", string(a.unit))
	if a.stack != stats.ByType {
		q.Set("stack", string(a.stack))
	}
	if a.table {
		q.Set("show", "table")
	}
	if !a.compare {
		q.Set("compare", "no")
	}
	set(q, "all", a.all)
	return q
}

// at is this page with another filter, shown another way.
func (s *statsPage) at(f feed.Filter, a statsAsk) string {
	q := f.Values()
	for name, values := range a.way() {
		q[name] = values
	}
	if len(q) == 0 {
		return s.path
	}
	return s.path + "?" + readable(q)
}

func readable(q url.Values) string { return strings.ReplaceAll(q.Encode(), "%3A", ":") }

// shown is this page with one thing about it changed.
func (s *statsPage) shown(change func(*statsAsk)) string {
	a := s.ask
	change(&a)
	return s.at(s.filter, a)
}

// with is the counted filter with more to it.
func (s *statsPage) with(more func(*feed.Filter)) feed.Filter {
	f := s.asked
	more(&f)
	return f
}

// rows is the feed of exactly what was counted, or of a part of that.
func (s *statsPage) rows(more func(*feed.Filter)) string { return s.rowsIn(s.report.Range, more) }

// rowsIn is the same in a stretch of the period.
func (s *statsPage) rowsIn(r stats.Range, more func(*feed.Filter)) string {
	f := s.with(more)
	f.From, f.To = s.boundsOf(r)
	return s.feedPathOf(f)
}

func (s *statsPage) feedPathOf(f feed.Filter) string {
	return feedPath(s.viewer.Workspace.Slug) + "?" + readable(f.Values())
}

// asIs narrows nothing.
func asIs(*feed.Filter) {}

// boundsOf writes a range as the feed reads it: in the reader's own zone. A month or a day that is the same stretch of time there is written as
// such; anything else to the microsecond, with how far the workspace's clocks were from UTC.
func (s *statsPage) boundsOf(r stats.Range) (from, to feed.Bound) {
	if !r.From.Before(r.To) { // nothing is there: then it is as it was asked for
		return s.asked.From, s.asked.To
	}
	last := r.To.Add(-time.Microsecond)
	month := r.From.In(s.zone).Format("2006-01")
	if s.means(month, r.From, false) && s.means(month, last, true) {
		return feed.Bound{Text: month, At: r.From.UTC()}, feed.Bound{Text: month, At: last.UTC()}
	}
	return s.bound(r.From, false), s.bound(last, true)
}

func (s *statsPage) bound(at time.Time, end bool) feed.Bound {
	local := at.In(s.zone)
	for _, layout := range []string{time.DateOnly, "2006-01-02T15:04:05.999999Z07:00"} {
		if text := local.Format(layout); s.means(text, at, end) {
			return feed.Bound{Text: text, At: at.UTC()}
		}
	}
	return exactly(at) // clocks that were off by seconds
}

// means tells whether the feed reads a text as an instant.
func (s *statsPage) means(text string, at time.Time, end bool) bool {
	read, err := feed.ParseTime(text, s.web.config.Now().In(s.own), end)
	return err == nil && read.Equal(at)
}
