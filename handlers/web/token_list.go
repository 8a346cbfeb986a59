package web

import (
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"daybook/views"
)

// TokensPage lists the service tokens of a workspace.
func (w *Web) TokensPage(c *fiber.Ctx) error {
	d, err := w.doer(c)
	if err != nil {
		return err
	}
	tokens, err := w.Account.ServiceTokens(c.UserContext(), d)
	if err != nil {
		return err
	}
	makers, err := w.Account.MakersOf(c.UserContext(), d, tokens)
	if err != nil {
		return err
	}
	list := tokensPath(d.Workspace.Slug)
	page := views.TokensPage{New: list + "/new"}
	for _, t := range tokens {
		one := views.ServiceToken{
			Name: t.Name, Scopes: strings.Fields(t.Scopes), CreatedAt: t.CreatedAt, ExpiresAt: t.ExpiresAt, UsedAt: t.LastUsedAt,
			Revoked: t.RevokedAt != nil, Expired: !w.isGood(t), Revoke: list + "/" + strconv.FormatInt(t.ID, 10) + "/revoke",
		}
		if t.CreatedBy != nil {
			one.Maker = makers[*t.CreatedBy]
		}
		if t.LastUsedIP != nil {
			one.Address = *t.LastUsedIP
		}
		page.List = append(page.List, one)
	}
	if page.Clock, err = w.clock(c); err != nil {
		return err
	}
	if page.Shell, err = w.shell(c, "Tokens"); err != nil {
		return err
	}
	page.Shell.End = views.NewTokenButton(page.New)
	return send(c, views.Tokens(page))
}

// RevokeToken ends a service token at once. The page asked before.
func (w *Web) RevokeToken(c *fiber.Ctx) error {
	d, err := w.doer(c)
	if err != nil {
		return err
	}
	to := tokensPath(d.Workspace.Slug)
	if err := w.Account.RevokeServiceToken(c.UserContext(), d, idParam(c, "id")); err != nil {
		return w.undone(c, to, err)
	}
	return w.done(c, to, "The token is revoked. Whoever uses it gets an error from now on.")
}
