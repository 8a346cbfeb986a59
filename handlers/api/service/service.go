// Package service speaks the dialect of the activity service, so that what was built with that product's client works when it points at Daybook
// (design.md §7.4). README.md is its specification. It is imported by package handlers alone.
package service

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"daybook/handlers/params"
	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/access"
	"daybook/services/auth"
	"daybook/services/feed"
	"daybook/services/proof"
)

// Parts are the services behind it.
type Parts struct {
	Access *access.Service
	Auth   *auth.Service
	Feed   *feed.Service
	Room   *visit.Room
}

// Service holds the handlers.
type Service struct{ Parts }

// New makes them.
func New(parts Parts) *Service { return &Service{parts} }

// Ping tells that somebody is there, and looks at nothing.
func (s *Service) Ping(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.JSON(struct {
		Status string `json:"status"`
	}{"pong"})
}

// row is an activity in the words of that product.
type row struct {
	ID          uuid.UUID       `json:"id"`
	UserID      string          `json:"user_id"` // the actor, as the application calls it
	Module      *string         `json:"module"`  // what it was done to is of this type
	APICall     *string         `json:"apicall"`
	Action      string          `json:"action"`
	CreatedAt   string          `json:"created_at"`
	Type        string          `json:"type"`      // the action
	Timestamp   string          `json:"timestamp"` // created_at
	Details     json.RawMessage `json:"details"`
	WorkspaceID uuid.UUID       `json:"workspace_id"`
	Outcome     models.Outcome  `json:"outcome"`
}

// List gives activities as a bare array, newest first.
func (s *Service) List(c *fiber.Ctx) error {
	q, err := params.Of(c)
	if err != nil {
		return err
	}
	viewers, err := s.Access.EnterAsked(c.UserContext(), visit.Of(c).Principal, q.Get("workspace_id"))
	if err != nil {
		return err
	}
	limit, limitErr := params.Number(q, "limit", 50, 1, 1000)
	skip, skipErr := skipped(q)
	if err := models.JoinFields(limitErr, skipErr); err != nil {
		return err
	}
	if err := s.Room.Enter(c.UserContext(), c, limit); err != nil {
		return err
	}
	page, err := s.Feed.Page(c.UserContext(), access.Together(viewers, false), feed.Ask{Limit: limit, Offset: skip, Cursor: q.Get("cursor")})
	if err != nil {
		return err
	}
	if page.Older != "" {
		next := url.Values{"limit": {strconv.Itoa(limit)}, "cursor": {page.Older}}
		if ws := q.Get("workspace_id"); ws != "" {
			next.Set("workspace_id", ws)
		}
		c.Append(fiber.HeaderLink, fmt.Sprintf(`<%s?%s>; rel="next"`, c.Path(), next.Encode()))
	}
	return visit.SendRows(c, page.Entries, rowOf)
}

// skipped reads how many rows are passed over.
func skipped(q url.Values) (int, error) {
	n, err := params.Number(q, "skip", 0, 0, feed.MaxOffset)
	switch {
	case err != nil:
		return 0, models.FieldErrorf(models.Malformed, "skip", "must be a whole number from 0 to %d; go deeper with cursor, which is in the header Link", feed.MaxOffset)
	case n > 0 && q.Get("cursor") != "":
		return 0, models.FieldErrorf(models.Malformed, "skip", "cannot be combined with cursor")
	}
	return n, nil
}

func rowOf(e models.Entry) row {
	at := proof.Time(e.OccurredAt)
	r := row{
		ID: e.UUID, UserID: e.Actor.ExternalID, APICall: apiCall(e.Metadata), Action: e.Action, CreatedAt: at, Type: e.Action, Timestamp: at,
		Details: e.Metadata, WorkspaceID: e.WorkspaceID, Outcome: e.Outcome,
	}
	if e.EntityType != "" {
		r.Module = &e.EntityType
	}
	return r
}

// apiCall is what the application sent under this name, if it is a text. What else it sent is passed over: it may be a lot. (Reading into a struct
// would take a name in other letters for it, too.)
func apiCall(metadata json.RawMessage) *string {
	if !bytes.Contains(metadata, []byte(`"apicall"`)) {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(metadata))
	if begin, err := d.Token(); err != nil || begin != json.Delim('{') {
		return nil
	}
	for d.More() {
		var text *string
		switch name, err := d.Token(); {
		case err != nil:
			return nil
		case name == "apicall":
			if d.Decode(&text) != nil {
				return nil
			}
			return text
		case d.Decode(&passed{}) != nil:
			return nil
		}
	}
	return nil
}

// passed is a value that is read and not kept.
type passed struct{}

// UnmarshalJSON keeps nothing.
func (*passed) UnmarshalJSON([]byte) error { return nil }

// seconds gives a duration as clients of OAuth count.
func seconds(d time.Duration) int { return int(d / time.Second) }
