package manage

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"daybook/models"
	"daybook/services/account"
)

type tokenLine struct {
	ID         int64   `json:"id"`
	Name       string  `json:"name"`
	Scopes     string  `json:"scopes"`
	CreatedBy  *int64  `json:"created_by"`
	CreatedAt  *string `json:"created_at"`
	ExpiresAt  *string `json:"expires_at"`
	RevokedAt  *string `json:"revoked_at"`
	LastUsedAt *string `json:"last_used_at"`
	LastUsedIP *string `json:"last_used_ip"`
}

func tokenLineOf(t models.Token) tokenLine {
	return tokenLine{t.ID, t.Name, t.Scopes, t.CreatedBy, at(&t.CreatedAt), at(t.ExpiresAt), at(t.RevokedAt), at(t.LastUsedAt), t.LastUsedIP}
}

// Tokens lists service tokens.
func (m *Manage) Tokens() fiber.Handler {
	return show(m, func(a ask[none]) (any, error) {
		list, err := m.account.ServiceTokens(a, a.by)
		lines := make([]tokenLine, 0, len(list))
		for _, t := range list {
			lines = append(lines, tokenLineOf(t))
		}
		return fiber.Map{"tokens": lines}, err
	})
}

// MakeToken makes a service token. Its text is shown once.
func (m *Manage) MakeToken() fiber.Handler {
	type body struct {
		Name    string   `needs:""`
		Scopes  []string `needs:"some of those that there are"`
		Seconds int64    `json:"expires_in"`
	}
	type answer struct {
		Token string `json:"token"`
		tokenLine
	}
	return change(m, func(a ask[body]) (any, error) {
		if a.body.Seconds < 0 || a.body.Seconds > 100*365*24*3600 {
			return nil, models.FieldErrorf(models.Invalid, "expires_in", "must be a number of seconds, or absent for never")
		}
		text, row, err := m.account.MakeServiceToken(a, a.by, account.TokenWish{Name: a.body.Name, Scopes: a.body.Scopes, Expires: time.Duration(a.body.Seconds) * time.Second})
		if err != nil {
			return nil, asTokenBody(err)
		}
		return answer{text, tokenLineOf(row)}, nil
	})
}

// asTokenBody tells what is wrong with a token that was wished for by the names of the body.
func asTokenBody(err error) error {
	return called(err, "scope", "scopes", "expires", "expires_in")
}

// RevokeToken ends a service token.
func (m *Manage) RevokeToken() fiber.Handler {
	return change(m, func(a ask[none]) (any, error) { return nil, m.account.RevokeServiceToken(a, a.by, a.id) })
}
