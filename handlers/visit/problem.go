package visit

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"daybook/models"
)

// statuses maps kinds of errors to HTTP. It is the only place that does.
var statuses = map[models.Kind]int{
	models.Internal: 500, models.Malformed: 400, models.Invalid: 422, models.Unauthenticated: 401, models.Forbidden: 403, models.NotFound: 404,
	models.Conflict: 409, models.Gone: 410, models.TooLarge: 413, models.Unsupported: 415, models.TooMany: 429, models.Unavailable: 503,
}

// Problem is an error as clients get it: RFC 9457, application/problem+json.
type Problem struct {
	Type      string  `json:"type"`
	Title     string  `json:"title"`
	Status    int     `json:"status"`
	Detail    string  `json:"detail"`
	Errors    []Field `json:"errors"`
	RequestID string  `json:"request_id"`
	Progress  any     `json:"progress,omitempty"` // what was done before the error, where part of a request can be
}

// Field is one wrong field; Index is its event's position in an array.
type Field struct {
	Index   *int   `json:"index,omitempty"`
	Field   string `json:"field"`
	Message string `json:"message"`
}

// Partly is an error that came when part of a request was done already, which stays so.
type Partly struct {
	Cause error
	Done  any // as the client is told of it
}

func (p *Partly) Error() string { return p.Cause.Error() }

// Unwrap gives the error.
func (p *Partly) Unwrap() error { return p.Cause }

// ProblemOf makes the answer to an error. Of an error that is not ours it tells nothing.
func ProblemOf(c *fiber.Ctx, err error) Problem {
	p := Problem{Type: "about:blank", Status: 500, Detail: "Something went wrong on our side. The request id helps whoever runs this Daybook to find it in the log.", Errors: []Field{}, RequestID: Of(c).ID}
	var ours *models.Error
	var fibers *fiber.Error
	var partly *Partly
	if errors.As(err, &partly) {
		p.Progress = partly.Done
	}
	if models.KindOf(err) == models.Internal {
		if away := outage(err); away != nil {
			err = away
		}
	}
	switch {
	case errors.As(err, &ours) && ours.Kind != models.Internal:
		p.Status, p.Detail = statuses[ours.Kind], ours.Detail
		for _, f := range ours.Fields {
			field := Field{Field: f.Field, Message: f.Message}
			if f.Index >= 0 {
				field.Index = &f.Index
			}
			p.Errors = append(p.Errors, field)
		}
		if ours.RetryAfter > 0 {
			c.Set(fiber.HeaderRetryAfter, strconv.Itoa(int(math.Ceil(ours.RetryAfter.Seconds()))))
		}
	case errors.As(err, &fibers) && (fibers.Code < 500 || fibers.Code == fiber.StatusNotImplemented):
		p.Status, p.Detail = fibers.Code, fiberDetail(c, fibers.Code)
	}
	p.Title = http.StatusText(p.Status)
	return p
}

func fiberDetail(c *fiber.Ctx, code int) string {
	switch code {
	case fiber.StatusNotFound:
		return "There is nothing at this address."
	case fiber.StatusMethodNotAllowed:
		return fmt.Sprintf("This address does not take %s; it takes %s.", c.Method(), c.GetRespHeader(fiber.HeaderAllow))
	case fiber.StatusRequestEntityTooLarge:
		return "The request is too large."
	case fiber.StatusRequestHeaderFieldsTooLarge:
		return "The address and headers of the request are too long."
	case fiber.StatusRequestTimeout:
		return "The request did not come to its end in time."
	case fiber.StatusNotImplemented:
		return "There is no such method here."
	}
	return "The request could not be understood."
}

// Send answers with the problem.
func (p Problem) Send(c *fiber.Ctx) error {
	c.Status(p.Status)
	if p.Status == fiber.StatusUnauthorized {
		c.Set(fiber.HeaderWWWAuthenticate, `Bearer realm="daybook"`)
	}
	if err := c.JSON(p); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/problem+json")
	return nil
}
