package web

import (
	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/account"
	"daybook/views"
	"daybook/views/component"
)

// Where the pages about sending are.
func sendingPath(slug string) string  { return feedPath(slug) + "/sending" }
func rejectedPath(slug string) string { return feedPath(slug) + "/rejected" }
func tokensPath(slug string) string   { return feedPath(slug) + "/tokens" }

// sendTo is where the events of a workspace are posted.
func (w *Web) sendTo(slug string) string {
	return w.config.BaseURL.JoinPath("api/v1/workspaces", slug, "activity").String()
}

// SendingPage tells how to send the first event.
func (w *Web) SendingPage(c *fiber.Ctx) error {
	d, err := w.doer(c)
	if err != nil {
		return err
	}
	slug := d.Workspace.Slug
	page := views.SendingPage{
		Workspace: slug, Address: w.sendTo(slug), Archived: d.Workspace.ArchivedAt != nil, Settings: feedPath(slug) + "/settings",
		Tokens: tokensPath(slug), NewToken: tokensPath(slug) + "/new", Guide: guideFor(slug),
	}
	page.Snippets = views.Snippets(page.Address, views.TokenHere)
	if page.Arrival, err = w.arrival(c, d); err != nil {
		return err
	}
	tokens, err := w.Account.ServiceTokens(c.UserContext(), d)
	if err != nil {
		return err
	}
	for _, t := range tokens {
		if t.Has(models.ScopeWrite) && w.isGood(t) {
			page.Senders++
		}
	}
	if page.Shell, err = w.shell(c, "Sending"); err != nil {
		return err
	}
	page.Shell.Views = component.Tabs("Sending", views.SendingTabs(sendingPath(slug), rejectedPath(slug), page.Arrival.Rejected, sendingPath(slug)))
	return send(c, views.Sending(page))
}

// isGood tells whether a token can be used.
func (w *Web) isGood(t models.Token) bool {
	return t.RevokedAt == nil && (t.ExpiresAt == nil || t.ExpiresAt.After(w.config.Now()))
}

// SendingArrival is the part of the page that says whether an event has come. A script asks for it until one has.
func (w *Web) SendingArrival(c *fiber.Ctx) error {
	d, err := w.doer(c)
	if err != nil {
		return err
	}
	a, err := w.arrival(c, d)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return send(c, views.ArrivalState(a))
}

// arrival says whether an event has come from an application.
func (w *Web) arrival(c *fiber.Ctx, d account.Doer) (a views.Arrival, err error) {
	slug := d.Workspace.Slug
	a = views.Arrival{Look: sendingPath(slug) + "/arrival", Page: sendingPath(slug), Why: rejectedPath(slug)}
	if a.Clock, err = w.clock(c); err != nil {
		return a, err
	}
	if a.Rejected, err = w.Journal.CountRejected(c.UserContext(), d); err != nil {
		return a, err
	}
	latest, err := w.Journal.LatestArrival(c.UserContext(), d)
	if err != nil || latest == nil {
		return a, err
	}
	entry, err := w.Parts.Feed.One(c.UserContext(), visit.Of(c).Viewer.Scope(true), latest.UUID)
	if err != nil {
		return a, err
	}
	a.At, a.Source, a.Sentence, a.Href = &latest.At, latest.Source, models.Sentence(&entry), activityPath(slug, latest.UUID)
	return a, nil
}
