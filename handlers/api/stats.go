package api

import (
	"net/url"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/params"
	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/feed"
	"daybook/services/proof"
	"daybook/services/stats"
)

// The range when nobody says one, and the lines of a ranking.
const (
	defaultDays = 30
	defaultTop  = 10
	maxTop      = 100
)

// Statistics counts what the list gives for the same parameters: figures, bars over time, rankings. Days are those of the workspace's zone.
func (a *API) Statistics(c *fiber.Ctx) error {
	q, err := params.Of(c)
	if err != nil {
		return err
	}
	v := viewer(c)
	if !v.SeesStatistics() {
		return models.Errorf(models.Forbidden, "Statistics of this workspace are for its admins.")
	}
	zone, err := time.LoadLocation(v.Workspace.TimeZone)
	if err != nil {
		zone = time.UTC
	}
	ask, err := readAsk(q, a.config.Now().In(zone))
	if err != nil {
		return err
	}
	if ask.Filter.System && !v.ReadsAll() {
		return models.FieldErrorf(models.Forbidden, "include_system", "is for those who may read everything in the workspace")
	}
	ask.People = v.SeesRankings()
	report, err := a.Stats.Report(c.UserContext(), v, ask)
	if err != nil {
		return err
	}
	return visit.SendCached(c, statisticsOf(report, ask, v.Workspace.TimeZone))
}

func readAsk(q url.Values, now time.Time) (ask stats.Ask, err error) {
	var errs []error
	note := func(err error) { errs = append(errs, err) }
	ask.Filter, err = feed.Parse(q, now)
	note(err)
	ask.Filter = withRange(ask.Filter, now)
	if ask.Filter.From.At.After(ask.Filter.To.At) && err == nil {
		note(models.FieldErrorf(models.Malformed, "start_date", "must not be after end_date, which is today when it is not given"))
	}
	interval, err := oneOf(q, "interval", "hour", "day", "week", "month")
	note(err)
	stack, err := oneOf(q, "stack", "type", "action", "outcome")
	note(err)
	ask.Unit, ask.Stack, ask.Compare = stats.Unit(interval), stats.Stack(stack), true
	if q.Get("compare") != "" {
		ask.Compare, err = params.Flag(q, "compare")
		note(err)
	}
	ask.Top, err = params.Number(q, "top", defaultTop, 1, maxTop)
	note(err)
	return ask, models.JoinFields(errs...)
}

// withRange gives a filter both ends: today is the last day, and the thirtieth before it the first.
func withRange(f feed.Filter, now time.Time) feed.Filter {
	bound := func(at time.Time) feed.Bound { return feed.Bound{Text: proof.Time(at), At: at.UTC()} }
	if !f.To.IsSet() {
		f.To = bound(models.StartOfDay(now, 1).Add(-time.Microsecond))
	}
	if !f.From.IsSet() {
		f.From = bound(models.StartOfDay(f.To.At.In(now.Location()), 1-defaultDays))
	}
	return f
}

// oneOf reads a parameter that is one of some words, or absent.
func oneOf(q url.Values, name string, words ...string) (string, error) {
	text := q.Get(name)
	if text == "" || slices.Contains(words, text) {
		return text, nil
	}
	says := words[0]
	for i, word := range words[1:] {
		if i == len(words)-2 {
			says += " or " + word
		} else {
			says += ", " + word
		}
	}
	return "", models.FieldErrorf(models.Malformed, name, "must be %s", says)
}
