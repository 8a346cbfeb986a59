package manage

import (
	"github.com/gofiber/fiber/v2"

	"daybook/handlers/download"
	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/export"
	"daybook/services/report"
)

// Reports answers with personal reports, as ZIP.
type Reports struct {
	manage  *Manage
	reports *report.Service
	files   *export.Files
}

// Reports gives the handlers of personal reports.
func (m *Manage) Reports(s *report.Service, files *export.Files) Reports { return Reports{m, s, files} }

// OfUser sends the report of somebody who can sign in.
func (r Reports) OfUser() fiber.Handler {
	return r.send(r.manage.ofWorkspace, func(a ask[none]) (*report.Report, error) { return r.reports.Of(a, a.by, 0, a.id) })
}

// OfActor sends the report of somebody of whom applications tell.
func (r Reports) OfActor() fiber.Handler {
	return r.send(r.manage.ofWorkspace, func(a ask[none]) (*report.Report, error) { return r.reports.Of(a, a.by, a.id, 0) })
}

// Anywhere sends the report of a user, wherever they are known.
func (r Reports) Anywhere() fiber.Handler {
	return r.send(ofInstance, func(a ask[none]) (*report.Report, error) { return r.reports.Of(a, a.by, 0, a.id) })
}

// Own sends the report of whoever asks.
func (r Reports) Own() fiber.Handler {
	return r.send(ofInstance, func(a ask[none]) (*report.Report, error) { return r.reports.Own(a, visit.Of(a.c).Principal.User) })
}

// send makes a handler that sends a report. No other site has one made.
func (r Reports) send(by who, prepare func(ask[none]) (*report.Report, error)) fiber.Handler {
	return reading(func(c *fiber.Ctx) error {
		if visit.LedByOthers(c) {
			return models.Errorf(models.Forbidden, "This request came from another site and was refused. Open Daybook itself and try again.")
		}
		a := ask[none]{Context: c.UserContext(), c: c}
		var err error
		if a.by, err = by(c); err != nil {
			return err
		}
		if id, err := c.ParamsInt("id"); err == nil { // what is no number is nobody's id
			a.id = int64(id)
		}
		made, err := prepare(a)
		if err != nil {
			return err
		}
		return download.Report(c, r.files, made)
	})
}
