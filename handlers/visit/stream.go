package visit

import (
	"io"
	"net"
	"time"

	"github.com/gofiber/fiber/v2"
)

// SendStream answers with a body of unknown length. A body that ends in another error than io.EOF ends the connection, so that the client never takes
// it for the whole. breaks has something called when the body is broken off from elsewhere: then a client that does not read is not waited for.
func SendStream(c *fiber.Ctx, body io.ReadCloser, breaks func(func())) {
	sendStream(c, &paced{ReadCloser: body, conn: c.Context().Conn(), patience: taken}, breaks)
}

func sendStream(c *fiber.Ctx, body *paced, breaks func(func())) {
	c.Context().Response.SetBodyStream(body, -1)
	breaks(func() { cutOff(body.conn) })
}

// cutOff has whatever is being written fail.
func cutOff(conn net.Conn) { _ = conn.SetWriteDeadline(time.Unix(1, 0)) }
