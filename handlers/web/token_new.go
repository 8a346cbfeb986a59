package web

import (
	"net/url"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/account"
	"daybook/views"
	"daybook/views/layout"
)

// NewTokenPage asks what a service token is to be.
func (w *Web) NewTokenPage(c *fiber.Ctx) error {
	return w.newTokenPage(c, views.TokenForm{Scopes: []string{models.ScopeWrite}, Expires: "365"})
}

func (w *Web) newTokenPage(c *fiber.Ctx, page views.TokenForm) (err error) {
	list := tokensPath(visit.Of(c).Viewer.Workspace.Slug)
	page.Action, page.Cancel = list, list
	if page.Shell, err = w.shell(c, "New token"); err != nil {
		return err
	}
	page.Shell.Crumbs = []layout.Crumb{{Label: "Tokens", Href: list}, {Label: "New token"}}
	return send(c, views.NewToken(page))
}

// MakeToken makes a service token. Its text stands in this answer and nowhere else: not in an address, not in the session, not in a log.
func (w *Web) MakeToken(c *fiber.Ctx) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	d, err := w.doer(c)
	if err != nil {
		return err
	}
	wish := account.TokenWish{Name: form.Get("name"), Scopes: form["scopes"]}
	err = onlyFields(form, "name", "scopes", "expires", "until")
	if err == nil {
		wish.Expires, err = lifeOf(form, w.config.Now(), zoneOf(visit.Of(c).Viewer))
	}
	var text string
	var made models.Token
	if err == nil {
		text, made, err = w.Account.MakeServiceToken(c.UserContext(), d, wish)
	}
	if err == nil {
		return w.tokenMade(c, d, text, made)
	}
	refused, shown := refusedForm(c, err)
	if !shown {
		return err
	}
	page := views.TokenForm{Name: form.Get("name"), Scopes: form["scopes"], Expires: form.Get("expires"), Until: form.Get("until")}
	for _, f := range refused.Fields {
		if f.Field == "scope" {
			f.Field = "scopes"
		}
		page.Errors = append(page.Errors, f)
	}
	return w.newTokenPage(c, page)
}

func (w *Web) tokenMade(c *fiber.Ctx, d account.Doer, text string, made models.Token) (err error) {
	slug := d.Workspace.Slug
	page := views.TokenMadePage{Name: made.Name, Text: text, Until: made.ExpiresAt, Tokens: tokensPath(slug)}
	if made.Has(models.ScopeWrite) && d.Workspace.ArchivedAt == nil {
		page.Snippets = views.Snippets(w.sendTo(slug), text)
		if page.Arrival, err = w.arrival(c, d); err != nil {
			return err
		}
	}
	if page.Clock, err = w.clock(c); err != nil {
		return err
	}
	if page.Shell, err = w.shell(c, "Token "+made.Name); err != nil {
		return err
	}
	page.Shell.Crumbs = []layout.Crumb{{Label: "Tokens", Href: tokensPath(slug)}, {Label: made.Name}}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return send(c, views.TokenMade(page))
}

// mostTokenDays is how far away the end of a token may be.
const mostTokenDays = 100 * 365

// lifeOf reads how long a token is to be good; 0 is for ever. A day ends in the viewer's zone.
func lifeOf(form url.Values, now time.Time, zone *time.Location) (time.Duration, error) {
	switch chosen := form.Get("expires"); chosen {
	case "never":
		return 0, nil
	case "date":
		day, err := time.ParseInLocation(time.DateOnly, form.Get("until"), zone)
		if err != nil {
			return 0, models.FieldErrorf(models.Invalid, "until", "must be a day, like %s", now.In(zone).AddDate(0, 3, 0).Format(time.DateOnly))
		}
		left := day.AddDate(0, 0, 1).Sub(now)
		if left <= 0 {
			return 0, models.FieldErrorf(models.Invalid, "until", "must be today or later")
		}
		if left > mostTokenDays*24*time.Hour {
			return 0, models.FieldErrorf(models.Invalid, "until", "must be within a hundred years")
		}
		return left, nil
	default:
		days, err := strconv.Atoi(chosen)
		if err != nil || days < 1 || days > mostTokenDays {
			return 0, models.FieldErrorf(models.Invalid, "expires", "must be one of these")
		}
		return time.Duration(days) * 24 * time.Hour, nil
	}
}
