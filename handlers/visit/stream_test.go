package visit

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
)

// endless gives bytes for ever, or up to an error, and tells when it is closed.
type endless struct {
	left   int // bytes; below 0: for ever
	end    error
	closed chan struct{}
	broken atomic.Bool // nothing more comes
}

func (e *endless) Read(p []byte) (int, error) {
	if e.broken.Load() {
		return 0, errors.New("it was broken off")
	}
	if e.left == 0 {
		return 0, e.end
	}
	if e.left > 0 {
		p = p[:min(len(p), e.left)]
		e.left -= len(p)
	}
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func (e *endless) Close() error {
	close(e.closed)
	return nil
}

// serving answers each request with a body, over real connections, and gives one that has begun.
func serving(t *testing.T, body *endless, patience time.Duration, breaks func(func())) io.Reader {
	t.Helper()
	app := fiber.New(fiber.Config{DisableStartupMessage: true, WriteTimeout: time.Minute})
	app.Get("/", func(c *fiber.Ctx) error {
		sendStream(c, &paced{ReadCloser: body, conn: c.Context().Conn(), patience: patience}, breaks)
		return nil
	})
	return begun(t, app)
}

// begun asks an application and gives the body of its answer, unread.
func begun(t *testing.T, app *fiber.App) io.Reader {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = app.Listener(listener) }()
	t.Cleanup(func() { _ = app.Shutdown() })
	conn, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = conn.Close()
		_ = response.Body.Close()
	})
	return response.Body
}

func waitFor(t *testing.T, closed <-chan struct{}) {
	t.Helper()
	select {
	case <-closed:
	case <-time.After(20 * time.Second):
		t.Fatal("the body is never closed")
	}
}

func nothing(func()) {}

func TestWhoStopsReadingIsCutOff(t *testing.T) {
	body := &endless{left: -1, closed: make(chan struct{})}
	answer := serving(t, body, 100*time.Millisecond, nothing)
	waitFor(t, body.closed)
	if _, err := io.Copy(io.Discard, answer); err == nil {
		t.Error("what had come by then is taken for the whole")
	}
}

func TestWhoReadsSlowlyIsNot(t *testing.T) {
	const bytes = 64 << 20
	body := &endless{left: bytes, end: io.EOF, closed: make(chan struct{})}
	answer := serving(t, body, 400*time.Millisecond, nothing)
	var n int64
	for began := time.Now(); n < bytes; { // for longer than the client may do nothing
		m, err := io.CopyN(io.Discard, answer, 1<<20)
		if n += m; err != nil {
			t.Fatal(n, err)
		}
		if time.Since(began) < time.Duration(n>>20)*15*time.Millisecond {
			<-time.After(15 * time.Millisecond)
		}
	}
	if m, err := io.Copy(io.Discard, answer); m != 0 || err != nil {
		t.Error(m, err)
	}
	waitFor(t, body.closed)
}

func TestABodyThatBreaksIsNoWholeAnswer(t *testing.T) {
	body := &endless{left: 100_000, end: errors.New("it broke"), closed: make(chan struct{})}
	answer := serving(t, body, time.Minute, nothing)
	if n, err := io.Copy(io.Discard, answer); err == nil || n > 100_000 {
		t.Error(n, err)
	}
	waitFor(t, body.closed)
}

func TestABodyThatIsBrokenOffWhileNobodyReads(t *testing.T) {
	body := &endless{left: -1, closed: make(chan struct{})}
	broken := make(chan struct{})
	serving(t, body, time.Minute, func(do func()) {
		go func() {
			<-broken
			body.broken.Store(true)
			do()
		}()
	})
	close(broken)
	waitFor(t, body.closed)
}
