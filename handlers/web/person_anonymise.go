package web

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"daybook/models"
	"daybook/services/account"
	"daybook/services/erasure"
	"daybook/views"
	"daybook/views/layout"
)

// forgetting is who is to be anonymised, and by whom.
type forgetting struct {
	eraser
	target erasure.Target
	name   string
	back   string // the page of the person
	crumbs []layout.Crumb
	over   bool // they were anonymised before
}

// UserAnonymisePage asks whether somebody who can sign in is to be anonymised.
func (w *Web) UserAnonymisePage(c *fiber.Ctx) error { return w.askToForget(c, w.forgetUser) }

// ActorAnonymisePage asks it of an actor of nobody's.
func (w *Web) ActorAnonymisePage(c *fiber.Ctx) error { return w.askToForget(c, w.forgetActor) }

// InstanceAnonymisePage asks it of a user, wherever they are known.
func (w *Web) InstanceAnonymisePage(c *fiber.Ctx) error { return w.askToForget(c, w.forgetAnywhere) }

// AnonymiseUser has somebody who can sign in anonymised.
func (w *Web) AnonymiseUser(c *fiber.Ctx) error { return w.forget(c, w.forgetUser) }

// AnonymiseActor does so with an actor of nobody's.
func (w *Web) AnonymiseActor(c *fiber.Ctx) error { return w.forget(c, w.forgetActor) }

// AnonymiseAnywhere does so with a user, wherever they are known.
func (w *Web) AnonymiseAnywhere(c *fiber.Ctx) error { return w.forget(c, w.forgetAnywhere) }

func (w *Web) forgetUser(c *fiber.Ctx) (forgetting, error) { return w.forgetPerson(c, w.userOf) }

func (w *Web) forgetActor(c *fiber.Ctx) (forgetting, error) { return w.forgetPerson(c, w.actorOf) }

func (w *Web) forgetPerson(c *fiber.Ctx, find func(*fiber.Ctx) (subject, error)) (forgetting, error) {
	s, err := find(c)
	if err != nil {
		return forgetting{}, err
	}
	f := forgetting{name: s.who.Name, back: s.path(), over: s.who.Kind == account.Anonymised}
	f.crumbs = []layout.Crumb{{Label: "People", Href: peoplePath(s.slug)}, {Label: orElse(s.who.Name, "Unnamed"), Href: f.back}, {Label: "Anonymise"}}
	if s.who.UserID != nil {
		f.target.User = *s.who.UserID
	} else {
		f.target.Actor = s.who.Actors[0].ID
	}
	f.eraser, err = w.erasing(c)
	return f, err
}

func (w *Web) forgetAnywhere(c *fiber.Ctx) (f forgetting, err error) {
	if f.eraser, err = w.erasingAnywhere(c); err != nil {
		return f, err
	}
	id := idParam(c, "id")
	line, err := w.Account.UserLine(f.ctx, f.doer, id)
	if err != nil {
		return f, err
	}
	f.target.User, f.name, f.back, f.over = id, line.Name, instanceUserPath(id), line.ErasedAt != nil
	f.crumbs = []layout.Crumb{{Label: "Users", Href: instanceUsersPath}, {Label: line.Name, Href: f.back}, {Label: "Anonymise"}}
	return f, nil
}

func (w *Web) askToForget(c *fiber.Ctx, whom func(*fiber.Ctx) (forgetting, error)) error {
	f, err := whom(c)
	if err != nil {
		return err
	}
	if f.over { // their page says so
		return c.Redirect(f.back, fiber.StatusSeeOther)
	}
	return w.anonymisePage(f, nil, nil)
}

// anonymisePage says what it would do. After a refusal it has what was typed, and what was wrong.
func (w *Web) anonymisePage(f forgetting, typed url.Values, refused *models.Error) error {
	page := views.AnonymisePage{
		Clock: f.clock, Name: f.name, Action: f.back + "/anonymise", Back: f.back, Holds: f.holds, Typed: typed.Get("confirm"), KeepHeld: typed.Get("keep_held") == "true",
	}
	seen, err := w.Erasures.Preview(f.ctx, f.doer, f.target)
	why, shown := refusedForm(f.c, err)
	switch {
	case err == nil:
		page.Preview = seen
	case shown:
		page.Problem = sentenceOf(why)
	default:
		return err
	}
	for _, m := range varied(seen.Samples) {
		page.Samples = append(page.Samples, f.mention(m))
	}
	if refused != nil {
		_, _ = refusedForm(f.c, refused) // for its status: the preview set that of its own answer
		switch page.Errors = refused.Fields; {
		case len(refused.Fields) > 0:
		case seen.Held > 0 || len(seen.Holds) > 0:
			page.Errors = []models.FieldError{{Index: -1, Field: "keep_held", Message: refused.Detail}}
		default:
			page.Refused = refused.Detail
		}
	}
	if page.Shell, err = w.shell(f.c, "Anonymise "+orElse(f.name, "somebody")); err != nil {
		return err
	}
	page.Shell.Crumbs = f.crumbs
	return send(f.c, views.Anonymise(page))
}

// mostAlikeSamples is how many samples of the same word at the same place are shown.
const mostAlikeSamples = 2

// varied leaves out samples that show nothing new.
func varied(samples []models.MentionSample) (some []models.MentionSample) {
	shown := map[models.MentionSample]int{}
	for _, m := range samples {
		like := models.MentionSample{Was: m.Was, Place: m.Place, Certain: m.Certain}
		if shown[like]++; shown[like] <= mostAlikeSamples {
			some = append(some, m)
		}
	}
	return some
}

// forget has somebody anonymised, and leads to where one sees how far that is.
func (w *Web) forget(c *fiber.Ctx, whom func(*fiber.Ctx) (forgetting, error)) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	f, err := whom(c)
	if err != nil {
		return err
	}
	var made models.Erasure
	keep, err := keepHeld(form)
	if err = models.JoinFields(onlyFields(form, "confirm", "keep_held"), err); err == nil {
		made, err = w.Erasures.Anonymise(f.ctx, f.doer, erasure.Order{Target: f.target, Confirm: form.Get("confirm"), KeepHeld: keep})
	}
	if err == nil {
		said := "It has begun. The person cannot sign in any more."
		if f.over {
			said = "They were anonymised before. This is how it stands."
		}
		return w.done(c, f.path(made), said)
	}
	refused, shown := refusedForm(c, err)
	switch {
	case !shown:
		return err
	case f.over:
		return w.undone(c, f.back, err)
	}
	return w.anonymisePage(f, form, refused)
}

// keepHeld reads the box that is checked, or not.
func keepHeld(form url.Values) (bool, error) {
	switch form.Get("keep_held") {
	case "":
		return false, nil
	case "true":
		return true, nil
	}
	return false, models.FieldErrorf(models.Invalid, "keep_held", "must be true, or left out")
}
