package visit

import (
	"syscall"

	"github.com/gofiber/fiber/v2"
)

// Left gives a question that may be asked while a request waits: whether its client has closed the connection. Nothing is taken from the
// connection, where the next request may already be. Somebody who only says that nothing more comes counts as gone; they get their answer sooner.
func Left(c *fiber.Ctx) func() bool {
	conn, ok := c.Context().Conn().(syscall.Conn)
	if !ok {
		return func() bool { return false }
	}
	raw, err := conn.SyscallConn()
	if err != nil {
		return func() bool { return false }
	}
	return func() bool { return isClosed(raw) }
}
