package handlers

import (
	"math"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// Limits of a connection. They are short: what legitimately takes long is the body of a request, whose reader moves the limit on as long as
// something comes (visit.Body).
const (
	headerTime  = 20 * time.Second // until the headers are there, so that holding connections open with half of them is in vain
	idleTime    = 2 * time.Minute  // between requests
	answerTime  = 5 * time.Minute  // for the client to take the answer
	headerBytes = 16 << 10
)

// newApp makes the Fiber application, with what HTTP needs set.
func newApp(unreadable fiber.ErrorHandler) *fiber.App {
	app := fiber.New(fiber.Config{
		AppName:               "Daybook",
		DisableStartupMessage: true,
		Immutable:             true, // values of a request outlive it
		CaseSensitive:         true,
		StreamRequestBody:     true, // bodies have no bound here; each handler enforces its own
		BodyLimit:             math.MaxInt,
		// Else the parts of a form are written to files, of any size, before anybody has asked who sends them.
		DisablePreParseMultipartForm: true,
		ReadBufferSize:               headerBytes,
		ReadTimeout:                  headerTime,
		WriteTimeout:                 answerTime,
		IdleTimeout:                  idleTime,
		ErrorHandler:                 unreadable,
	})
	server := app.Server()
	handle := server.Handler
	server.Handler = func(ctx *fasthttp.RequestCtx) {
		if slices.Contains(fiber.DefaultMethods, string(ctx.Method())) {
			handle(ctx)
			return
		}
		// Fiber would answer by itself, as nothing else here is answered, and leave the body where the next request is looked for.
		c := app.AcquireCtx(ctx)
		defer app.ReleaseCtx(c)
		_ = unreadable(c, fiber.ErrNotImplemented)
	}
	return app
}
