package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/access"
	"daybook/services/account"
	"daybook/views"
	"daybook/views/component"
	"daybook/views/layout"
)

// ownTokensPath is where somebody manages their personal tokens.
const ownTokensPath = "/account/tokens"

// OwnTokensPage lists somebody's personal tokens.
func (w *Web) OwnTokensPage(c *fiber.Ctx) error {
	return w.ownTokensPage(c, views.OwnTokensPage{Days: "90", Scopes: []string{models.ScopeRead}})
}

// ownTokensPage fills in what the page shows whatever was typed.
func (w *Web) ownTokensPage(c *fiber.Ctx, page views.OwnTokensPage) error {
	v := visit.Of(c)
	viewers, err := w.Access.EnterAll(c.UserContext(), v.Principal)
	if err != nil {
		return err
	}
	names := map[uuid.UUID]string{}
	page.Choosable = []string{models.ScopeRead, models.ScopeWrite}
	page.Workspaces = []component.Option{{Value: "", Label: "All of mine"}}
	for _, each := range viewers {
		names[each.Workspace.ID] = each.Workspace.Name
		page.Workspaces = append(page.Workspaces, component.Option{Value: each.Workspace.ID.String(), Label: each.Workspace.Name})
	}
	if slices.ContainsFunc(viewers, access.Viewer.Administers) {
		page.Choosable = append(page.Choosable, models.ScopeAccess, models.ScopeViewer, models.ScopeAdmin)
	}
	if page.List, err = w.ownTokens(c, names); err != nil {
		return err
	}
	page.Now, page.Action = w.config.Now(), ownTokensPath
	if page.Locale, err = w.ownLocale(c); err != nil {
		return err
	}
	if page.Shell, err = w.shell(c, "Personal tokens"); err != nil {
		return err
	}
	page.Shell.Crumbs = []layout.Crumb{{Label: "Account", Href: "/account"}, {Label: "Personal tokens"}}
	return send(c, views.OwnTokens(page))
}

func (w *Web) ownTokens(c *fiber.Ctx, names map[uuid.UUID]string) ([]views.OwnToken, error) {
	list, err := w.Account.OwnTokens(c.UserContext(), visit.Of(c).Principal.User)
	tokens := make([]views.OwnToken, 0, len(list))
	for _, t := range list {
		one := views.OwnToken{
			ID: t.ID, Name: t.Name, Scopes: strings.Fields(t.Scopes), CreatedAt: t.CreatedAt, ExpiresAt: t.ExpiresAt, LastUsedAt: t.LastUsedAt,
			Revoked: t.RevokedAt != nil, Expired: t.ExpiresAt != nil && !t.ExpiresAt.After(w.config.Now()), Revoke: ownTokensPath + "/" + strconv.FormatInt(t.ID, 10) + "/revoke",
		}
		if t.LastUsedIP != nil {
			one.Address = *t.LastUsedIP
		}
		if t.WorkspaceID != nil {
			one.Workspace = names[*t.WorkspaceID]
			if one.Workspace == "" {
				one.Workspace = "One you are not in any more"
			}
		}
		tokens = append(tokens, one)
	}
	return tokens, err
}

// goodTokens counts somebody's personal tokens that can be used.
func (w *Web) goodTokens(c *fiber.Ctx) (n int, err error) {
	list, err := w.ownTokens(c, nil)
	for _, t := range list {
		if !t.Revoked && !t.Expired {
			n++
		}
	}
	return n, err
}

// MakeOwnToken makes a personal token, and shows it on the answer: nowhere else, and never again.
func (w *Web) MakeOwnToken(c *fiber.Ctx) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	page := views.OwnTokensPage{Name: form.Get("name"), Scopes: form["scopes"], Workspace: form.Get("workspace"), Days: form.Get("days")}
	text, token, err := w.makeOwnToken(c, form)
	if err != nil {
		refused, shown := refusedForm(c, err)
		if !shown {
			return err
		}
		for _, f := range refused.Fields {
			if field, other := map[string]string{"scope": "scopes", "expires": "days"}[f.Field]; other {
				f.Field = field
			}
			page.Errors = append(page.Errors, f)
		}
		return w.ownTokensPage(c, page)
	}
	keepSecret(c)
	return w.ownTokensPage(c, views.OwnTokensPage{
		Days: "90", Scopes: []string{models.ScopeRead}, Made: &views.MadeToken{Name: token.Name, Text: text, Until: token.ExpiresAt},
	})
}

func (w *Web) makeOwnToken(c *fiber.Ctx, form url.Values) (text string, token models.Token, err error) {
	if err = onlyFields(form, "name", "scopes", "workspace", "days"); err != nil {
		return "", token, err
	}
	p := visit.Of(c).Principal
	wish := account.TokenWish{Name: form.Get("name"), Scopes: form["scopes"]}
	if days := form.Get("days"); days != "" {
		n, err := strconv.Atoi(days)
		if err != nil || n < 1 || n > 3650 {
			return "", token, models.FieldErrorf(models.Invalid, "days", "must be one of those to choose from")
		}
		wish.Expires = time.Duration(n) * 24 * time.Hour
	}
	var workspace *uuid.UUID
	if address := form.Get("workspace"); address != "" {
		found, err := w.Account.OwnWorkspace(c.UserContext(), p.User, address)
		if err != nil {
			return "", token, err
		}
		workspace = &found.ID
	}
	return w.Account.MakeOwnToken(c.UserContext(), p, workspace, wish)
}

// RevokeOwnToken ends one of somebody's personal tokens. The page asked before.
func (w *Web) RevokeOwnToken(c *fiber.Ctx) error {
	if err := w.Account.RevokeOwnToken(c.UserContext(), visit.Of(c).Principal.User, idParam(c, "id")); err != nil {
		return w.undone(c, ownTokensPath, err)
	}
	return w.done(c, ownTokensPath, "The token is revoked. It is worth nothing any more.")
}
