package manage

import (
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/account"
)

type ownToken struct {
	ID          int64      `json:"id"`
	Name        string     `json:"name"`
	Scopes      []string   `json:"scopes"`
	WorkspaceID *uuid.UUID `json:"workspace_id"`
	CreatedAt   *string    `json:"created_at"`
	ExpiresAt   *string    `json:"expires_at"`
	RevokedAt   *string    `json:"revoked_at"`
	LastUsedAt  *string    `json:"last_used_at"`
	LastUsedIP  *string    `json:"last_used_ip"`
}

func ownTokenOf(t models.Token) ownToken {
	return ownToken{t.ID, t.Name, strings.Fields(t.Scopes), t.WorkspaceID, at(&t.CreatedAt), at(t.ExpiresAt), at(t.RevokedAt), at(t.LastUsedAt), t.LastUsedIP}
}

// OwnTokens lists one's personal tokens.
func (m *Manage) OwnTokens() fiber.Handler {
	return showBy(ofInstance, func(a ask[none]) (any, error) {
		list, err := m.account.OwnTokens(a, visit.Of(a.c).Principal.User)
		lines := make([]ownToken, 0, len(list))
		for _, t := range list {
			lines = append(lines, ownTokenOf(t))
		}
		return fiber.Map{"tokens": lines}, err
	})
}

// MakeOwnToken makes a personal token. Its text is shown once.
func (m *Manage) MakeOwnToken() fiber.Handler {
	type body struct {
		Name      string   `needs:""`
		Scopes    []string `needs:"some of those that there are"`
		Workspace *string  // slug or id; absent: all of one's own
		Seconds   int64    `json:"expires_in"`
	}
	return changeBy(ofInstance, func(a ask[body]) (any, error) {
		if a.body.Seconds < 0 || a.body.Seconds > 100*365*24*3600 {
			return nil, models.FieldErrorf(models.Invalid, "expires_in", "must be a number of seconds, or absent for never")
		}
		p := visit.Of(a.c).Principal
		var workspace *uuid.UUID
		if a.body.Workspace != nil {
			w, err := m.account.OwnWorkspace(a, p.User, *a.body.Workspace)
			if err != nil {
				return nil, err
			}
			workspace = &w.ID
		}
		text, made, err := m.account.MakeOwnToken(a, p, workspace, account.TokenWish{Name: a.body.Name, Scopes: a.body.Scopes, Expires: time.Duration(a.body.Seconds) * time.Second})
		if err != nil {
			return nil, asTokenBody(err)
		}
		return struct {
			ownToken
			Token string `json:"token"`
		}{ownTokenOf(made), text}, nil
	})
}

// RevokeOwnToken ends one.
func (m *Manage) RevokeOwnToken() fiber.Handler {
	return changeBy(ofInstance, func(a ask[none]) (any, error) {
		return nil, m.account.RevokeOwnToken(a, visit.Of(a.c).Principal.User, a.id)
	})
}
