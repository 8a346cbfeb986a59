package web

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/account"
)

// onlyFields refuses a form with fields that it does not have: whoever sends more expects something of it.
func onlyFields(form url.Values, names ...string) error {
next:
	for sent := range form {
		for _, name := range names {
			if sent == name {
				continue next
			}
		}
		return models.FieldErrorf(models.Invalid, sent, "is no field of this form")
	}
	return nil
}

// versionOf reads the version of a record that the form was made of.
func versionOf(form url.Values) (int64, error) {
	v, err := strconv.ParseInt(form.Get("version"), 10, 64)
	if err != nil || v < 1 {
		return 0, models.FieldErrorf(models.Invalid, "version", "is missing: open the page again")
	}
	return v, nil
}

// idParam reads a number of the path; what is no number is nobody's id.
func idParam(c *fiber.Ctx, name string) int64 {
	id, _ := strconv.ParseInt(c.Params(name), 10, 64)
	return id
}

// doer is the viewer as somebody who makes changes.
func (w *Web) doer(c *fiber.Ctx) (account.Doer, error) {
	return w.Account.Doer(c.UserContext(), visit.Of(c).Viewer)
}

// refusedForm tells whether an error is one that a form shows at its fields or above them, and gives it as ours; the status is set. Anything else is
// for the error page.
func refusedForm(c *fiber.Ctx, err error) (*models.Error, bool) {
	ours := asOurs(err)
	switch ours.Kind {
	case models.Invalid, models.Conflict, models.Malformed:
		c.Status(visit.ProblemOf(c, ours).Status)
		return ours, true
	}
	return ours, false
}

// done leads to a page that says what was done.
func (w *Web) done(c *fiber.Ctx, to, text string) error {
	if err := w.flash(c, text); err != nil {
		return err
	}
	return c.Redirect(to, fiber.StatusSeeOther)
}

// undone leads to a page that says what was not done, and why: for buttons, which have no fields to say it at.
func (w *Web) undone(c *fiber.Ctx, to string, err error) error {
	ours := asOurs(err)
	switch ours.Kind {
	case models.Invalid, models.Conflict, models.Malformed, models.NotFound:
	default:
		return err
	}
	if err := w.flashFailure(c, sentenceOf(ours)); err != nil {
		return err
	}
	return c.Redirect(to, fiber.StatusSeeOther)
}

// sentenceOf says in a sentence what is wrong.
func sentenceOf(e *models.Error) string {
	if len(e.Fields) == 0 {
		return e.Detail
	}
	parts := make([]string, 0, len(e.Fields))
	for _, f := range e.Fields {
		parts = append(parts, models.Label(f.Field)+" "+f.Message)
	}
	return strings.Join(parts, "; ") + "."
}
