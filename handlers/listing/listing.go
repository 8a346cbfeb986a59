// Package listing answers with lists of activities as our own API gives them: bare arrays, newest first, page by page; or, with after_id, in sync
// order, oldest first, waiting for something to come when asked to (design.md §7.2). Whose list it is, is said by the call.
package listing

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/params"
	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/access"
	"daybook/services/auth"
	"daybook/services/export"
	"daybook/services/feed"
	"daybook/services/live"
	"daybook/services/stats"
)

// Lists makes the answers.
type Lists struct {
	Access *access.Service
	Auth   *auth.Service
	Feed   *feed.Service
	Stats  *stats.Service
	Live   *live.Hub
	Room   *visit.Room
	Now    func() time.Time
}

// List says what a call lists.
type List struct {
	Viewers []access.Viewer // the reader, in each workspace it may come from
	Own     bool            // what the reader did, or what was done on their behalf
	Of      *Thing          // what happened to this
	Across  bool            // of workspaces in general: the parameter workspace_id may name one, and Viewers is what it named
}

// Thing is what a path names.
type Thing struct{ Type, ID string }

// Answer gives a list.
func (l *Lists) Answer(c *fiber.Ctx, list List) error {
	q, err := params.Of(c)
	if err != nil {
		return err
	}
	ask, err := l.read(q, list)
	if err != nil {
		return err
	}
	if err := mayAskForSystem(ask.filter, list.Viewers); err != nil {
		return err
	}
	var rows []models.Entry
	if ask.follow {
		rows, list, err = l.follow(c, list, ask)
		err = showRestart(c, q, err)
	} else {
		rows, err = l.page(c, list.scope(ask.filter.System), ask, q)
	}
	if err != nil {
		return err
	}
	if ask.count {
		if err := l.setTotal(c, list.scope(ask.filter.System), ask.filter); err != nil {
			return err
		}
	}
	return visit.SendRows(c, rows, export.RowOf)
}

func mayAskForSystem(f feed.Filter, viewers []access.Viewer) error {
	if !f.System || len(viewers) == 0 {
		return nil
	}
	for _, v := range viewers {
		if v.ReadsAll() {
			return nil
		}
	}
	return models.FieldErrorf(models.Forbidden, "include_system", "is for those who may read everything in the workspace")
}

func (list List) scope(system bool) access.Scope {
	if list.Own {
		return access.OwnedTogether(list.Viewers, system)
	}
	return access.Together(list.Viewers, system)
}

// page reads in feed order, and links to the next page.
func (l *Lists) page(c *fiber.Ctx, scope access.Scope, ask asked, q url.Values) ([]models.Entry, error) {
	if err := l.Room.Enter(c.UserContext(), c, ask.limit); err != nil {
		return nil, err
	}
	page, err := l.Feed.Page(c.UserContext(), scope, feed.Ask{
		Filter: ask.filter, Limit: ask.limit, Cursor: ask.cursor, Offset: ask.offset,
		Hasty: q.Get("q") != "", // a search among millions may give a short page; the link to the next one goes on where it stopped
	})
	if err == nil && page.Older != "" {
		q.Del("offset")
		link(c, q, "cursor", page.Older)
	}
	return page.Entries, err
}

// showRestart tells whoever stopped at a purged activity by a link where to go on.
func showRestart(c *fiber.Ctx, q url.Values, err error) error {
	if purged, ok := errors.AsType[*feed.Purged](err); ok {
		link(c, q, "after_id", purged.Restart)
	}
	return err
}

// link points to where the list goes on.
func link(c *fiber.Ctx, q url.Values, name, value string) {
	q.Set(name, value)
	path := strings.NewReplacer("<", "%3C", ">", "%3E").Replace(c.Path())
	c.Append(fiber.HeaderLink, fmt.Sprintf(`<%s?%s>; rel="next"`, path, q.Encode()))
}

// setTotal says how many rows the filter selects, when that can be told.
func (l *Lists) setTotal(c *fiber.Ctx, scope access.Scope, f feed.Filter) error {
	n, err := l.Stats.Total(c.UserContext(), scope, f)
	if err == nil && n != nil {
		c.Set("X-Total-Count", strconv.FormatInt(*n, 10))
	}
	return err
}
