package web

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"daybook/models"
	"daybook/services/account"
	"daybook/views"
	"daybook/views/component"
)

// ActorPage shows an actor of nobody's, with what the viewer may do about it. Whose is known has a page of their own, which it leads to.
func (w *Web) ActorPage(c *fiber.Ctx) error {
	s, err := w.actorOf(c)
	if err != nil {
		return err
	}
	if s.path() != actorPath(s.slug, idParam(c, "id")) {
		return c.Redirect(s.path(), fiber.StatusSeeOther)
	}
	return w.actorPage(s, nil)
}

func (w *Web) actorPage(s subject, refusal *views.Refusal) (err error) {
	if s.who.UserID != nil {
		return w.userPage(s, refusal, url.Values{})
	}
	var page views.PersonPage
	if page.PersonFrame, err = w.frame(s, tabPerson); err != nil {
		return err
	}
	page.Refusal, page.Actors = refusal, s.knownAs()
	if s.who.ErasedAt != nil {
		page.WhyNot = anonymisedOn(*s.who.ErasedAt, component.NewClock(page.Now, page.Locale))
	} else if isMergeable(s.who) {
		page.Merge = s.path() + "/merge"
		if s.who.Kind == account.OnlyRecorded {
			page.Link, page.LinkLabel = s.path()+"/link", "Link to a member…"
		}
	}
	return send(s.c, views.Person(page))
}

// UnlinkActor says that an actor is no member after all.
func (w *Web) UnlinkActor(c *fiber.Ctx) error {
	return w.changeActor(c, "unlink", func(s subject, actor, version int64) (string, error) {
		return "The actor is nobody’s now.", w.Account.Unlink(c.UserContext(), s.doer, actor, version)
	})
}

// UnmergeActor undoes a merge.
func (w *Web) UnmergeActor(c *fiber.Ctx) error {
	return w.changeActor(c, "unmerge", func(s subject, actor, version int64) (string, error) {
		return "The merge is undone.", w.Account.Unmerge(c.UserContext(), s.doer, actor, version)
	})
}

// changeActor does something about one of the actors that a person is, and leads back to the person that it was.
func (w *Web) changeActor(c *fiber.Ctx, form string, change func(s subject, actor, version int64) (said string, err error)) error {
	sent, err := formOf(c)
	if err != nil {
		return err
	}
	s, err := w.actorOf(c)
	if err != nil {
		return err
	}
	said := ""
	version, err := versionOf(sent)
	if err = models.JoinFields(err, onlyFields(sent, "version")); err == nil {
		said, err = change(s, idParam(c, "id"), version)
	}
	if err == nil {
		to := s.path()
		if s.who.UserID == nil { // the one that stood for all stays there
			to = actorPath(s.slug, s.who.Actors[0].ID)
		}
		return w.done(c, to, said)
	}
	refused, ok := refusedForm(c, err)
	if !ok {
		return err
	}
	if s, err = w.actorOf(c); err != nil { // as it is now
		return err
	}
	return w.actorPage(s, w.refusal(s, form, refused, s.actorRecord(idParam(c, "id"))))
}

// actorRecord names one of the actors that a person is, as the log does.
func (s subject) actorRecord(id int64) models.EntityRef {
	for i := range s.who.Actors {
		if s.who.Actors[i].ID == id {
			return models.EntityRef{Type: "actor", ID: &s.who.Actors[i].ExternalID}
		}
	}
	return models.EntityRef{}
}
