package handlers_test

import (
	"io"
	"net"
	"strings"
	"testing"
	"time"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
)

// Where a request ends must not be a matter of opinion: a proxy in front of us may have another.
func TestARequestHasOneLength(t *testing.T) {
	w := New(t)
	for name, headers := range map[string]string{
		"two lengths":      "Content-Length: 41\r\nContent-Length: 5\r\n",
		"the other way":    "content-length: 5\r\nContent-Length: 41\r\n",
		"length and parts": "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
		"parts and length": "transfer-encoding: chunked\r\nContent-Length: 5\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			conn, err := net.Dial("tcp", w.Address)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
			_, err = io.WriteString(conn, "POST /api/auth/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"+headers+"\r\n0\r\n\r\nGET /api/ping HTTP/1.1\r\nHost: x\r\n\r\n"+strings.Repeat(" ", 41))
			if err != nil {
				t.Fatal(err)
			}
			answers, _ := io.ReadAll(conn) // until it is closed, or reset
			if text := string(answers); strings.Count(text, "HTTP/1.1 ") != 1 || !strings.HasPrefix(text, "HTTP/1.1 400") || !strings.Contains(text, "application/problem+json") {
				t.Errorf("%q", text)
			}
		})
	}
	w.Do(Request{As: "service", Method: "POST", Path: "/api/v1/workspaces/acme/activity", Body: `{"actor": {"id": "x"}, "action": "created"}`}).Expect(t, 201)
}
