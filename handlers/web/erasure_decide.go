package web

import (
	"net/url"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"daybook/models"
)

// doubtKinds are the kinds of places that somebody decides.
var doubtKinds = []string{"name", "part", "email", "id", "username"}

// DecideErasure decides one place where the person may be meant, or all of a kind.
func (w *Web) DecideErasure(c *fiber.Ctx) error { return w.decide(c, w.erasing) }

// DecideInstanceErasure does so for an erasure of a user, wherever they are known.
func (w *Web) DecideInstanceErasure(c *fiber.Ctx) error { return w.decide(c, w.erasingAnywhere) }

func (w *Web) decide(c *fiber.Ctx, by func(*fiber.Ctx) (eraser, error)) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	e, err := by(c)
	if err != nil {
		return err
	}
	one, err := w.Erasures.One(e.ctx, e.doer, erasureParam(c)) // whatever was sent, of one that is not theirs nothing is said
	if err != nil {
		return err
	}
	page := e.erasurePage(one)
	said, err := w.decideSent(e, one.ID, form)
	if err == nil {
		return w.done(c, doubtsAfter(page.Self, form.Get("after")), said)
	}
	refused, shown := refusedForm(c, err)
	if !shown {
		return err
	}
	return w.undone(c, doubtsAfter(page.Self, ""), refused)
}

// doubtsAfter is the page of doubts on which somebody decided.
func doubtsAfter(self, after string) string {
	if from, err := strconv.ParseInt(after, 10, 64); err == nil && from > 0 {
		self += "?after=" + strconv.FormatInt(from, 10)
	}
	return self + "#doubts"
}

// decideSent does what a form decides, and says it.
func (w *Web) decideSent(e eraser, id uuid.UUID, form url.Values) (said string, err error) {
	answer, badAnswer := chosenOf(form, "replace", []string{"true", "false"})
	if err := models.JoinFields(onlyFields(form, "doubt", "kind", "replace", "after"), badAnswer); err != nil {
		return "", err
	}
	if kind := form.Get("kind"); kind != "" {
		switch {
		case form.Get("doubt") != "":
			return "", models.FieldErrorf(models.Invalid, "kind", "cannot be given together with doubt")
		case !slices.Contains(doubtKinds, kind):
			return "", models.FieldErrorf(models.Invalid, "kind", "must be name, part, email, id or username")
		}
		said = "All of them stay as they are."
		if answer {
			said = "All of them are replaced. It takes another look at the activities."
		}
		return said, w.Erasures.DecideAll(e.ctx, e.doer, id, kind, answer)
	}
	doubt, err := strconv.ParseInt(form.Get("doubt"), 10, 64)
	if err != nil || doubt < 1 {
		return "", models.FieldErrorf(models.Invalid, "doubt", "must be the number of a place to decide")
	}
	said = "It stays as it is."
	if answer {
		said = "It is replaced in a moment."
	}
	return said, w.Erasures.Decide(e.ctx, e.doer, id, []int64{doubt}, answer)
}
