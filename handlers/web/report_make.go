package web

import (
	"fmt"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/download"
	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/account"
	"daybook/services/report"
)

// OwnReport downloads everything that is kept about whoever asks.
func (w *Web) OwnReport(c *fiber.Ctx) error {
	made, err := w.Reports.Own(c.UserContext(), visit.Of(c).Principal.User)
	return w.sendReport(c, "/account", made, err)
}

// UserReport downloads everything that is kept about somebody who can sign in.
func (w *Web) UserReport(c *fiber.Ctx) error {
	d, err := w.doer(c)
	if err != nil {
		return err
	}
	id := idParam(c, "id")
	made, err := w.Reports.Of(c.UserContext(), d, 0, id)
	return w.sendReport(c, fmt.Sprintf("/w/%s/users/%d", visit.Of(c).Viewer.Workspace.Slug, id), made, err)
}

// ActorReport downloads everything that is kept about somebody of whom applications tell.
func (w *Web) ActorReport(c *fiber.Ctx) error {
	d, err := w.doer(c)
	if err != nil {
		return err
	}
	id := idParam(c, "id")
	made, err := w.Reports.Of(c.UserContext(), d, id, 0)
	return w.sendReport(c, fmt.Sprintf("/w/%s/actors/%d", visit.Of(c).Viewer.Workspace.Slug, id), made, err)
}

// InstanceReport downloads everything that is kept about a user, wherever they are known.
func (w *Web) InstanceReport(c *fiber.Ctx) error {
	id := idParam(c, "id")
	made, err := w.Reports.Of(c.UserContext(), account.InstanceDoer(visit.Of(c).Principal), 0, id)
	return w.sendReport(c, fmt.Sprintf("%s/%d", instanceUsersPath, id), made, err)
}

// sendReport answers with a report, or says on the page it was asked from why there is none.
func (w *Web) sendReport(c *fiber.Ctx, from string, made *report.Report, err error) error {
	if err == nil {
		err = download.Report(c, w.Exports, made)
	}
	switch models.KindOf(err) {
	case models.NotFound, models.Forbidden:
		return err
	case models.TooMany: // a second press of the button, most often: the page stays where it is, and says it
		err = models.Errorf(models.Conflict, "%s", asOurs(err).Detail)
	}
	if err != nil {
		return w.undone(c, from, err)
	}
	return nil
}
