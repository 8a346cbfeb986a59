package visit

import (
	"io"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
)

// A server that stops does not wait for who takes a file and does not read.
func TestAFileIsBrokenOffWhileNobodyReads(t *testing.T) {
	body := &endless{left: -1, closed: make(chan struct{})}
	broken, forgotten := make(chan func(), 1), make(chan struct{})
	app := fiber.New(fiber.Config{DisableStartupMessage: true, WriteTimeout: time.Minute})
	app.Get("/", func(c *fiber.Ctx) error {
		return SendFile(c, File{
			Name: "x", Type: "text/csv", Tag: "x", Size: 1 << 40,
			Read: func(_, _ int64) (io.ReadCloser, error) { return body, nil },
			Breaks: func(do func()) func() {
				broken <- do
				return func() { close(forgotten) }
			},
		})
	})
	answer := begun(t, app)
	body.broken.Store(true)
	(<-broken)()
	waitFor(t, body.closed)
	waitFor(t, forgotten)
	if _, err := io.Copy(io.Discard, answer); err == nil {
		t.Error("what had come by then is taken for the whole")
	}
}
