package api

import (
	"fmt"
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"daybook/handlers/params"
	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/export"
	"daybook/services/feed"
)

// Limits of a list's page, in rows.
const (
	defaultLimit = 50
	maxLimit     = 200
)

// listing is what a request for a list asks for.
type listing struct {
	filter  feed.Filter
	limit   int
	offset  int
	cursor  string
	follow  bool // after_id was given, maybe empty
	afterID string
	count   bool
}

// List gives activities as a bare array: newest first, or, with after_id, in sync order, oldest first.
func (a *API) List(c *fiber.Ctx) error {
	q, err := params.Of(c)
	if err != nil {
		return err
	}
	ask, err := a.readListing(c, q)
	if err != nil {
		return err
	}
	if ask.filter.System && !viewer(c).ReadsAll() {
		return models.FieldErrorf(models.Forbidden, "include_system", "is for those who may read everything in the workspace")
	}
	if ask.count {
		if err := a.setTotal(c, ask.filter); err != nil {
			return err
		}
	}
	if ask.follow {
		entries, err := a.Feed.Follow(c.UserContext(), viewer(c), ask.filter, ask.afterID, ask.limit)
		if err != nil {
			return err
		}
		return visit.SendCached(c, rowsOf(entries))
	}
	page, err := a.Feed.Page(c.UserContext(), viewer(c).Scope(ask.filter.System), feed.Ask{
		Filter: ask.filter, Limit: ask.limit, Cursor: ask.cursor, Offset: ask.offset,
		Hasty: q.Get("q") != "", // a search among millions may give a short page; the link to the next one goes on where it stopped
	})
	if err != nil {
		return err
	}
	if page.Older != "" {
		q.Del("offset")
		q.Set("cursor", page.Older)
		c.Append(fiber.HeaderLink, fmt.Sprintf(`<%s?%s>; rel="next"`, c.Path(), q.Encode()))
	}
	return visit.SendCached(c, rowsOf(page.Entries))
}

func (a *API) readListing(c *fiber.Ctx, q url.Values) (listing, error) {
	ask := listing{cursor: q.Get("cursor"), follow: q.Has("after_id"), afterID: q.Get("after_id")}
	errs := []error{
		params.RefuseUnknown(q, "limit", "cursor", "offset", "after_id", "count"),
		params.Once(q, "limit", "cursor", "offset", "after_id", "count", "start_date", "end_date", "include_system"),
	}
	note := func(err error) { errs = append(errs, err) }
	var err error
	ask.filter, err = feed.Parse(q, a.config.Now().In(params.Zone(viewer(c))))
	note(err)
	ask.limit, err = params.Number(q, "limit", defaultLimit, 1, maxLimit)
	note(err)
	ask.offset, err = params.Offset(q)
	note(err)
	ask.count, err = params.Flag(q, "count")
	note(err)
	switch {
	case ask.follow && (ask.cursor != "" || ask.offset > 0):
		note(models.FieldErrorf(models.Malformed, "after_id", "cannot be combined with cursor or offset"))
	case ask.cursor != "" && ask.offset > 0:
		note(models.FieldErrorf(models.Malformed, "offset", "cannot be combined with cursor"))
	}
	return ask, models.JoinFields(errs...)
}

// setTotal says how many rows the filter selects, when that can be told.
func (a *API) setTotal(c *fiber.Ctx, f feed.Filter) error {
	n, err := a.Stats.Total(c.UserContext(), viewer(c).Scope(f.System), f)
	if err == nil && n != nil {
		c.Set("X-Total-Count", strconv.FormatInt(*n, 10))
	}
	return err
}

// Show gives one activity.
func (a *API) Show(c *fiber.Ctx) error {
	id, err := uuid.Parse(c.Params("id"))
	if err != nil {
		return models.Errorf(models.NotFound, "There is no such activity here.")
	}
	v := viewer(c)
	e, err := a.Feed.One(c.UserContext(), v.Scope(true), id)
	if err != nil {
		return err
	}
	return visit.SendCached(c, export.RowOf(e))
}
