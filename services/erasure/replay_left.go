package erasure

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"daybook/models"
	"daybook/services/account"
	"daybook/services/database"
)

// LeftAlone is somebody who is in a ledger, or may be, and was not anonymised again.
type LeftAlone struct {
	Erasure  uuid.UUID
	Name     string
	UserID   *int64
	ActorIDs []int64
	Why      string // in a sentence for people
}

// Again says how far doing erasures again goes.
type Again struct {
	Also     []Target // also these, though they have only an id or an address of somebody who was anonymised: who came back, or somebody else by now
	KeepHeld bool     // also those who are under a hold: what is held waits until the hold is lifted
}

// names tells whether somebody is said to be meant.
func (how Again) names(p *person) bool {
	return slices.ContainsFunc(how.Also, func(t Target) bool {
		return t.User != 0 && p.user != nil && t.User == p.user.ID || t.Actor != 0 && slices.Contains(p.actorIDs(uuid.Nil), t.Actor)
	})
}

// whyNot tells why somebody is not anonymised again; empty: they are.
func (e redoing) whyNot(ctx context.Context, tx database.Tx, p *person) (string, error) {
	if !e.roll.isIn(p, e.Entry) && !e.how.names(p) {
		return e.whyUnsure(ctx, tx, p)
	}
	if p.user != nil {
		var needed *models.Error
		if err := account.StayInCharge(ctx, tx, p.user.ID); errors.As(err, &needed) && needed.Kind == models.Conflict {
			return needed.Detail, nil
		} else if err != nil {
			return "", err
		}
	}
	if e.how.KeepHeld {
		return "", nil
	}
	h, err := heldOf(ctx, tx, p)
	if err != nil || len(h.holds) == 0 {
		return "", err
	}
	return "They are under a hold: " + strings.Join(h.holds, ", ") + ".", nil
}

// whyUnsure tells why somebody may be another one than whom an entry is about.
func (e redoing) whyUnsure(ctx context.Context, tx database.Tx, p *person) (string, error) {
	newer, err := p.isNewer(ctx, tx, e.At)
	switch {
	case newer || err != nil:
		return "They were made after somebody with this id or address was anonymised: they came back, or are somebody else.", err
	case len(e.Stays) == 0:
		return "Somebody with this id or address was anonymised. The ledger does not say which record was theirs.", nil
	}
	return "Somebody with a record, an id or an address of theirs was anonymised, and was somebody else by then, at least in part.", nil
}

// isNewer tells whether nothing of somebody was there yet at a time: neither their record, or, without one, any of their actors.
func (p *person) isNewer(ctx context.Context, tx database.Tx, than time.Time) (newer bool, err error) {
	err = tx.QueryRow(ctx, `SELECT coalesce((SELECT created_at FROM users WHERE id = $1), (SELECT min(created_at) FROM actors WHERE id = ANY ($2))) > $3`,
		p.userID(), p.actorIDs(uuid.Nil), than).Scan(&newer)
	if err != nil {
		return false, fmt.Errorf("look since when somebody is there: %w", err)
	}
	return newer, nil
}
