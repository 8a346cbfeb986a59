package visit

import (
	"io"
	"net"
	"time"
)

// Body is the body of a request. All reading goes through it, of a handler and then of the server, which takes what the handler left: fasthttp's
// own reader must not be asked again after its end, or it takes what follows on the connection for more of the body.
type Body struct {
	Stream io.Reader // nil: there is none
	Conn   net.Conn  // where it comes from; nil: without limits in time
	Idle   time.Duration
	Until  time.Time
	err    error // the end, or what went wrong before; for good
}

// Read reads on. Whoever sends nothing for Idle, or is not done at Until, is cut off: so a long upload is none the worse, and one that only
// holds a connection open does not for long.
func (b *Body) Read(p []byte) (int, error) {
	if b.err == nil && b.Stream == nil {
		b.err = io.EOF
	}
	if b.err != nil {
		return 0, b.err
	}
	if b.Conn != nil {
		at := time.Now().Add(b.Idle)
		if b.Until.Before(at) {
			at = b.Until
		}
		if b.err = b.Conn.SetReadDeadline(at); b.err != nil {
			return 0, b.err
		}
	}
	var n int
	n, b.err = b.Stream.Read(p)
	return n, b.err
}

// Drain takes what is left, for so many bytes and so long, and tells whether that was all. Otherwise a client that is still sending sees a
// reset in place of the answer.
func (b *Body) Drain(bytes int64, within time.Duration) (all bool) {
	if until := time.Now().Add(within); b.Conn != nil && until.Before(b.Until) {
		b.Until = until
	}
	_, err := io.CopyN(io.Discard, b, bytes)
	return err == io.EOF
}
