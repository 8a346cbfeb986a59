package web

import (
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"daybook/models"
	"daybook/views"
	"daybook/views/layout"
)

// erasuresOnPage is how many erasures a page lists (services/erasure).
const erasuresOnPage = 50

// PrivacyPage lists who was anonymised, and leads to what else makes things go.
func (w *Web) PrivacyPage(c *fiber.Ctx) error {
	e, err := w.erasing(c)
	if err != nil {
		return err
	}
	page, err := w.erasureList(e)
	if err != nil {
		return err
	}
	page.People = peoplePath(e.doer.Workspace.Slug)
	if page.Ways, err = w.privacyWays(c, e); err != nil {
		return err
	}
	if page.Shell, err = w.shell(c, "Privacy"); err != nil {
		return err
	}
	return send(c, views.Privacy(page))
}

// InstanceErasuresPage lists the users who were anonymised wherever they were known.
func (w *Web) InstanceErasuresPage(c *fiber.Ctx) error {
	e, err := w.erasingAnywhere(c)
	if err != nil {
		return err
	}
	page, err := w.erasureList(e)
	if err != nil {
		return err
	}
	page.People, page.Instance = instanceUsersPath, true
	if page.Shell, err = w.shell(c, "Anonymisings"); err != nil {
		return err
	}
	page.Shell.Crumbs = []layout.Crumb{{Label: "Users", Href: instanceUsersPath}, {Label: "Anonymisings"}}
	return send(c, views.Privacy(page))
}

func (w *Web) erasureList(e eraser) (page views.PrivacyPage, err error) {
	q, err := listQuery(e.c, "before")
	if err != nil {
		return page, err
	}
	var before uuid.UUID
	if text := q.Get("before"); text != "" {
		if before, err = uuid.Parse(text); err != nil {
			return page, models.FieldErrorf(models.Malformed, "before", "must be the id of an anonymising")
		}
		page.Newest = e.list
	}
	list, err := w.Erasures.Erasures(e.ctx, e.doer, before)
	if err != nil {
		return page, err
	}
	page.Clock = e.clock
	for _, one := range list {
		page.Erasures = append(page.Erasures, views.ErasureLine{Erasure: one, Href: e.base + "/erasures/" + one.ID.String()})
	}
	if len(list) >= erasuresOnPage {
		page.Older = e.list + "?before=" + list[len(list)-1].ID.String()
	}
	return page, nil
}

// privacyWays are the other things to do, with how they stand; what only owners see has no link for others.
func (w *Web) privacyWays(c *fiber.Ctx, e eraser) ([]views.PrivacyWay, error) {
	slug := e.doer.Workspace.Slug
	retention := views.PrivacyWay{Title: "Retention", Text: "Rules that delete activities every night when they are old enough, into an archive first if you like.", Icon: "clock"}
	holds := views.PrivacyWay{Title: "Legal holds", Text: "What has to stay for the time being, whoever asks: nothing deletes or anonymises it until the hold is lifted.", Icon: "shield"}
	purge := views.PrivacyWay{Title: "Purge", Text: "Deletes the activities of a period for good, once. Only numbers, ids and fingerprints stay.", Icon: "deleted"}
	if e.doer.Owns() != nil {
		for _, way := range []*views.PrivacyWay{&retention, &holds, &purge} {
			way.State = "Owners do this."
		}
	} else {
		retention.Href, holds.Href, purge.Href = retentionPath(slug), holdsPath(slug), purgePath(slug)
		rules, err := w.Privacy.Retention(c.UserContext(), e.doer)
		if err != nil {
			return nil, err
		}
		standing, err := w.Privacy.Holds(c.UserContext(), e.doer)
		if err != nil {
			return nil, err
		}
		retention.State, holds.State = "Everything is kept for ever.", views.CountOf(len(standing), "hold stands.", "holds stand.")
		if len(standing) == 0 {
			holds.State = "No hold stands."
		}
		if rules.Deletes() {
			retention.State = views.CountOf(len(rules.Rules), "rule.", "rules.")
		}
	}
	ways := []views.PrivacyWay{retention, holds, purge}
	if e.doer.Workspace.ID != models.BuiltInWorkspace {
		ways = append(ways,
			views.PrivacyWay{Title: "What is stored", Href: settingsPath(slug) + "#stored-title", Text: "Addresses and browsers can be shortened or left out when activities come in, and secrets in metadata are.", Icon: "filter"},
		)
	}
	return append(ways, views.PrivacyWay{
		Title: "Personal reports", Href: peoplePath(slug), Text: "All that is kept about a person, for that person: the button stands on their page; one’s own is on the account page.", Icon: "file",
	}), nil
}
