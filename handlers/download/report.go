package download

import (
	"io"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/services/export"
	"daybook/services/report"
)

// ReportType is what a report is, for Content-Type.
const ReportType = "application/zip"

// Report answers with a personal report, which is recorded before; HEAD makes none. One that breaks off is an error of the connection, never a short file. It ends with the streams of exports, when
// Daybook is ended.
func Report(c *fiber.Ctx, files *export.Files, r *report.Report) error {
	head := c.Method() == fiber.MethodHead
	if !head {
		if err := r.Begin(c.UserContext()); err != nil {
			return err
		}
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Vary("Cookie", "Authorization")
	c.Set(fiber.HeaderContentType, ReportType)
	c.Set(fiber.HeaderContentDisposition, visit.Attachment(r.FileName()))
	if head {
		c.Response().SkipBody = true
		return nil
	}
	s := r.Stream(c.UserContext())
	body := &ending{ReadCloser: s}
	visit.SendStream(c, body, func(cut func()) {
		body.forget = files.WhenStreamsEnd(func() {
			s.BreakOff()
			cut()
		})
	})
	return nil
}

// ending is a body that has something done at its end.
type ending struct {
	io.ReadCloser
	forget func()
}

// Close ends the body.
func (e *ending) Close() error {
	e.forget()
	return e.ReadCloser.Close()
}
