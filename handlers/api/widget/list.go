package widget

import (
	"encoding/json"
	"math"
	"regexp"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/params"
	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/access"
	"daybook/services/feed"
	"daybook/services/proof"
)

// page is a page by number.
type page struct {
	Activities  []row   `json:"activities"`
	Total       int64   `json:"total"`
	Pages       int64   `json:"pages"`
	CurrentPage int     `json:"current_page"`
	HasNext     bool    `json:"has_next"`
	HasPrev     bool    `json:"has_prev"`
	NextCursor  *string `json:"next_cursor"`
}

type row struct {
	ID          int64           `json:"id"`
	UserID      int64           `json:"user_id"` // the actor
	Username    string          `json:"username"`
	DisplayName string          `json:"display_name"`
	Action      string          `json:"action"`
	EntityType  *string         `json:"entity_type"`
	EntityID    any             `json:"entity_id"` // a number when it is a canonical one below 2^53
	EntityName  *string         `json:"entity_name"`
	Description string          `json:"description"`
	ExtraData   json.RawMessage `json:"extra_data"`
	CreatedAt   string          `json:"created_at"`
}

// List gives a page of activities, newest first.
func (w *Widget) List(c *fiber.Ctx) error {
	q, err := params.Of(c)
	if err != nil {
		return err
	}
	viewers, err := w.Access.EnterAsked(c.UserContext(), visit.Of(c).Principal, q.Get("workspace_id"))
	if err != nil {
		return err
	}
	f, filterErr := w.filter(q, viewers)
	limit, limitErr := params.Number(q, "limit", 50, 1, 100)
	number, pageErr := params.Number(q, "page", 1, 1, math.MaxInt32)
	if err := models.JoinFields(filterErr, limitErr, pageErr); err != nil {
		return err
	}
	ask := feed.Ask{Filter: f, Limit: limit, Cursor: q.Get("cursor"), Offset: (number - 1) * limit}
	if ask.Cursor != "" && number > 1 {
		return models.FieldErrorf(models.Malformed, "page", "cannot be combined with cursor")
	}
	if err := w.Room.Enter(c.UserContext(), c, limit); err != nil {
		return err
	}
	scope := access.Together(viewers, false)
	found, total, err := w.read(c, scope, ask)
	if err != nil {
		return err
	}
	answer := page{Activities: rowsOf(found.Entries), Total: total, CurrentPage: number, HasNext: found.Older != "", HasPrev: number > 1 || found.Newer != ""}
	answer.Pages = (total + int64(limit) - 1) / int64(limit)
	if found.Older != "" {
		answer.NextCursor = &found.Older
	}
	return visit.SendCached(c, answer)
}

// read gives a page and counts what the pages have, in this order: so no page has more than is counted. A page past the end is empty however far it
// is, and one in the middle has a bound.
func (w *Widget) read(c *fiber.Ctx, scope access.Scope, ask feed.Ask) (found feed.Page, total int64, err error) {
	if ask.Offset <= feed.MaxOffset {
		if found, err = w.Feed.Page(c.UserContext(), scope, ask); err != nil {
			return found, 0, err
		}
	}
	total, err = w.total(c, scope, ask.Filter)
	if err == nil && feed.MaxOffset < ask.Offset && int64(ask.Offset) < total {
		err = models.FieldErrorf(models.Malformed, "page", "is deeper than %d rows; go on with cursor, which is next_cursor of the page before", feed.MaxOffset)
	}
	return found, total, err
}

// total counts what the filter selects. The rollups know every filter of the dialect, so it is exact; were that to change, the rows counted
// would be the least there is.
func (w *Widget) total(c *fiber.Ctx, scope access.Scope, f feed.Filter) (int64, error) {
	n, err := w.Stats.Total(c.UserContext(), scope, f)
	if err != nil || n == nil {
		return 0, err
	}
	return *n, nil
}

func rowsOf(entries []models.Entry) []row {
	rows := make([]row, len(entries))
	for i, e := range entries {
		rows[i] = row{
			ID: e.ID, UserID: e.ActorID, Username: e.Actor.ExternalID, DisplayName: e.ActorName, Action: e.Action, EntityID: numberOrText(e.EntityID),
			EntityName: e.EntityName, Description: e.Description, ExtraData: e.Metadata, CreatedAt: proof.Time(e.OccurredAt),
		}
		if e.EntityType != "" {
			rows[i].EntityType = &e.EntityType
		}
	}
	return rows
}

var canonicalNumber = regexp.MustCompile(`^(0|-?[1-9][0-9]{0,15})$`)

// numberOrText gives an entity's id as a number when it is written like one and survives a float64, else as text.
func numberOrText(id *string) any {
	if id == nil {
		return nil
	}
	if n, err := strconv.ParseInt(*id, 10, 64); err == nil && canonicalNumber.MatchString(*id) && n < 1<<53 && n > -1<<53 {
		return n
	}
	return *id
}
