package handlers

import (
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// How much more of a request is taken after its answer went out, and for how long.
const (
	lingerAtMost = 8 << 30
	lingerTime   = 20 * time.Second
)

// lingering is a listener whose connections can be closed so that a client which is still sending gets to read the answer. A connection that
// is closed with bytes unread is reset, and a reset may overtake what was written before: somebody who sends a gigabyte of lines would
// never hear that the first one is wrong.
//
// It is closed once, whoever else closes it: we do as soon as the server stops, and fasthttp does when it comes to that.
type lingering struct {
	net.Listener
	closing sync.Once
	closed  error
}

// Close ends the listening.
func (l *lingering) Close() error {
	l.closing.Do(func() { l.closed = l.Listener.Close() })
	return l.closed
}

// Accept waits for the next connection.
func (l *lingering) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if tcp, ok := c.(*net.TCPConn); ok {
		return &lingeringConn{TCPConn: tcp}, err
	}
	return c, err
}

type lingeringConn struct {
	*net.TCPConn
	unread atomic.Bool
}

// Close ends the connection: at once, or when the client has seen the answer.
func (c *lingeringConn) Close() error {
	if !c.unread.CompareAndSwap(true, false) || c.CloseWrite() != nil || c.SetReadDeadline(time.Now().Add(lingerTime)) != nil {
		return c.TCPConn.Close()
	}
	go func() {
		_, _ = io.CopyN(io.Discard, c.TCPConn, lingerAtMost)
		_ = c.TCPConn.Close()
	}()
	return nil
}

// leaveUnread ends a connection after the answer, with the rest of the request unread.
func leaveUnread(c net.Conn) {
	if l, ok := c.(*lingeringConn); ok {
		l.unread.Store(true)
	}
}
