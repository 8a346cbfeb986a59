package listing

import (
	"net/url"
	"regexp"
	"strconv"
	"time"

	"daybook/handlers/params"
	"daybook/models"
	"daybook/services/feed"
)

// Limits of a list's page, in rows, and of waiting.
const (
	defaultLimit = 50
	maxLimit     = 200
	maxWait      = 4 * time.Second // one of the clients gives up at 5
)

// asked is what a request for a list asks for.
type asked struct {
	filter  feed.Filter
	limit   int
	offset  int
	cursor  string
	follow  bool // after_id was given, maybe empty
	afterID string
	wait    time.Duration
	count   bool
}

func (l *Lists) read(q url.Values, list List) (asked, error) {
	ask := asked{cursor: q.Get("cursor"), follow: q.Has("after_id"), afterID: q.Get("after_id")}
	var errs []error
	note := func(err error) { errs = append(errs, err) }
	var err error
	ask.filter, err = feed.Parse(q, l.Now().In(params.ZoneOf(list.Viewers)))
	note(err)
	note(list.Of.narrow(&ask.filter))
	ask.limit, err = params.Number(q, "limit", defaultLimit, 1, maxLimit)
	note(err)
	ask.offset, err = params.Offset(q)
	note(err)
	ask.count, err = params.Flag(q, "count")
	note(err)
	ask.wait, err = wait(q)
	note(err)
	note(ask.fits(list, q))
	return ask, models.JoinFields(errs...)
}

// fits refuses what does not go together.
func (ask asked) fits(list List, q url.Values) error {
	switch {
	case ask.follow && (ask.cursor != "" || ask.offset > 0):
		return models.FieldErrorf(models.Malformed, "after_id", "cannot be combined with cursor or offset")
	case ask.follow && list.Across && q.Get("workspace_id") == "":
		return models.FieldErrorf(models.Malformed, "after_id", "is a place in the order of one workspace; name it by workspace_id")
	case ask.cursor != "" && ask.offset > 0:
		return models.FieldErrorf(models.Malformed, "offset", "cannot be combined with cursor")
	case ask.wait > 0 && !ask.follow:
		return models.FieldErrorf(models.Malformed, "wait", "goes with after_id, which may be empty")
	}
	return nil
}

var seconds = regexp.MustCompile(`^[0-9](\.[0-9]{1,6})?$`)

// wait reads how many seconds somebody waits for a row to come.
func wait(q url.Values) (time.Duration, error) {
	text := q.Get("wait")
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseFloat(text, 64)
	if d := time.Duration(n * float64(time.Second)); err == nil && seconds.MatchString(text) && d <= maxWait {
		return d, nil
	}
	return 0, models.FieldErrorf(models.Malformed, "wait", "must be a number of seconds from 0 to %g", maxWait.Seconds())
}

// narrow leaves of a filter what is about the thing. The filter's own rules say what may be a type and an id.
func (t *Thing) narrow(f *feed.Filter) error {
	if t == nil {
		return nil
	}
	if len(f.Types) > 0 || len(f.EntityIDs) > 0 { // by the line: there are no parameters for it here
		return models.FieldErrorf(models.Malformed, "q", "must not name a type or an id; the path says what it is about")
	}
	about, err := feed.Parse(url.Values{"resource_type": {t.Type}, "resource_id": {t.ID}}, time.Time{})
	if err != nil || len(about.Types) != 1 || len(about.EntityIDs) != 1 {
		return models.Errorf(models.NotFound, "Nothing can be of this type, or have this id.")
	}
	f.Types, f.EntityIDs = about.Types, about.EntityIDs
	return nil
}
