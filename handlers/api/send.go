package api

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/ingest"
)

// receipt is the answer to what was sent.
type receipt struct {
	Accepted   int         `json:"accepted"`
	Duplicates int         `json:"duplicates"`
	IDs        []uuid.UUID `json:"ids,omitempty"` // one for each event of an array, in order
	ID         *uuid.UUID  `json:"id,omitempty"`  // of a single event
	Lines      *int        `json:"lines,omitempty"`
}

// lineTypes are the content types of NDJSON, which has none that is registered.
var lineTypes = []string{"application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines"}

// answerTime is how long storing may take once the body is here; the upload itself has its own limits.
const answerTime = 30 * time.Second

// Send takes events: one object, an array, or lines of NDJSON.
func (a *API) Send(c *fiber.Ctx) error {
	from, err := a.sender(c)
	if err != nil {
		return err
	}
	if err := a.allow(from.Source); err != nil {
		return err
	}
	body, err := bodyOf(c)
	if err != nil {
		return err
	}
	kind, _, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType, fiber.MIMEApplicationJSON))
	switch {
	case err == nil && kind == fiber.MIMEApplicationJSON:
		return a.sendJSON(c, from, body)
	case err == nil && slices.Contains(lineTypes, kind):
		return a.sendLines(c, from, body)
	}
	return models.FieldErrorf(models.Unsupported, "Content-Type", "must be application/json, or application/x-ndjson for lines")
}

// sender says who submits, and as which actor.
func (a *API) sender(c *fiber.Ctx) (ingest.Sender, error) {
	v := visit.Of(c)
	from := ingest.Sender{Workspace: v.Viewer.Workspace, IP: v.From.IP, UserAgent: v.From.UserAgent}
	switch {
	case v.Viewer.User == nil:
		from.Source = ingest.TokenSource(v.Viewer.Token.ID)
		return from, nil
	case v.Viewer.Token != nil:
		from.Source = ingest.TokenSource(v.Viewer.Token.ID)
	default:
		from.Source = ingest.UserSource(v.Viewer.User.ID)
	}
	self, err := a.Account.ActorOf(c.UserContext(), v.Viewer.Workspace.ID, v.Viewer.User)
	if err != nil {
		return from, err
	}
	from.Self = &self
	from.Projects, err = a.projectsOf(c)
	return from, err
}

// projectsOf gives the projects that somebody may name in what they send: those they may read; nil for whoever reads everything.
func (a *API) projectsOf(c *fiber.Ctx) (map[string]bool, error) {
	v := visit.Of(c).Viewer
	if v.ReadsAll() {
		return nil, nil
	}
	projects, err := a.Account.Projects(c.UserContext(), v)
	if err != nil {
		return nil, err
	}
	ids := make(map[string]bool, len(projects))
	for _, p := range projects {
		ids[p.ExternalID] = true
	}
	return ids, nil
}

// bodyOf gives the body as it was before compression.
func bodyOf(c *fiber.Ctx) (io.Reader, error) {
	body := visit.Of(c).Body
	switch strings.ToLower(c.Get(fiber.HeaderContentEncoding)) {
	case "", "identity":
		return body, nil
	case "gzip", "x-gzip":
		plain, err := gzip.NewReader(body)
		if err != nil {
			return nil, brokenGzip(err)
		}
		return gzipBody{plain}, nil
	}
	return nil, models.FieldErrorf(models.Unsupported, "Content-Encoding", "must be gzip or absent")
}

// gzipBody gives errors of the compression as the client's.
type gzipBody struct{ r *gzip.Reader }

func (g gzipBody) Read(p []byte) (int, error) {
	n, err := g.r.Read(p)
	if err != nil && err != io.EOF {
		err = brokenGzip(err)
	}
	return n, err
}

func brokenGzip(cause error) error {
	return models.FieldErrorf(models.Malformed, "body", "is not gzip, as Content-Encoding says, or ends too early").Because(cause)
}

func (a *API) sendJSON(c *fiber.Ctx, from ingest.Sender, body io.Reader) error {
	text, err := io.ReadAll(io.LimitReader(body, models.MaxArrayBytes+1))
	if err != nil {
		return unreadable(err)
	}
	if len(text) > models.MaxArrayBytes {
		return models.FieldErrorf(models.TooLarge, "body", "has more than %d bytes; send lines as application/x-ndjson, which may be of any length", models.MaxArrayBytes)
	}
	ctx, cancel := context.WithTimeout(c.UserContext(), answerTime)
	defer cancel()
	if ingest.IsArray(text) {
		return a.sendArray(ctx, c, from, text)
	}
	if c.Get(idempotencyKey) == "" && len(c.Request().Header.PeekAll(idempotencyKey)) > 0 {
		return models.FieldErrorf(models.Invalid, idempotencyKey, "must not be empty")
	}
	r, err := a.Ingest.SendOne(ctx, from, text, c.Get(idempotencyKey))
	if err != nil {
		return err
	}
	if r.Accepted > 0 {
		c.Status(fiber.StatusCreated)
	}
	return c.JSON(receipt{Accepted: r.Accepted, Duplicates: r.Duplicates, IDs: r.IDs, ID: &r.IDs[0]})
}

const idempotencyKey = "Idempotency-Key"

func (a *API) sendArray(ctx context.Context, c *fiber.Ctx, from ingest.Sender, text []byte) error {
	if c.Get(idempotencyKey) != "" {
		return models.FieldErrorf(models.Invalid, idempotencyKey, "is for single events; give each event of an array an id")
	}
	if err := a.Journal.WaitUntilReady(ctx, 0); err != nil {
		return err
	}
	r, err := a.Ingest.SendArray(ctx, from, text)
	if err != nil {
		return err
	}
	if r.IDs == nil {
		r.IDs = []uuid.UUID{}
	}
	return c.Status(fiber.StatusCreated).JSON(struct {
		receipt
		IDs []uuid.UUID `json:"ids"`
	}{receipt{Accepted: r.Accepted, Duplicates: r.Duplicates}, r.IDs})
}

func unreadable(err error) error {
	var ours *models.Error
	if errors.As(err, &ours) {
		return err
	}
	return models.FieldErrorf(models.Malformed, "body", "could not be read to its end").Because(err)
}

// How long a sender of lines is made to wait while the journal is behind, before it is sent away.
const linesPatience = 20 * time.Second

// sendLines takes lines until the end or the first bad one. Its errors say how many lines were taken.
func (a *API) sendLines(c *fiber.Ctx, from ingest.Sender, body io.Reader) error {
	if c.Get(idempotencyKey) != "" {
		return models.FieldErrorf(models.Invalid, idempotencyKey, "is for single events; give each line's event an id")
	}
	r, err := a.Ingest.SendLines(c.UserContext(), from, body, ingest.Stream{
		Ready: func(ctx context.Context) error { return a.Journal.WaitUntilReady(ctx, linesPatience) },
		Bad:   badLine,
	})
	answer := receipt{Accepted: r.Accepted, Duplicates: r.Duplicates, Lines: &r.Lines}
	if err != nil {
		return &visit.Partly{Cause: err, Done: answer}
	}
	return c.Status(fiber.StatusCreated).JSON(answer)
}

// badLine stops at a bad line, and says which it was.
func badLine(line int, err error) error {
	var e *models.Error
	if !errors.As(err, &e) {
		return err
	}
	located := *e
	located.Detail = fmt.Sprintf("line %d: %s", line, e.Detail)
	return &located
}
