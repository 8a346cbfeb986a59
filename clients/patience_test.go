package clients_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// The time of a request is that of the whole of it: a server that lets a byte through now and then does not hold the client, be it in the headers or
// behind them. And a time that is none is the default, not an error of the host's.
func TestPythonWaitsForTheWholeRequest(t *testing.T) {
	for name, begin := range map[string]string{
		"in the headers": "HTTP/1.1 201 Created\r\nX-Slow: ",
		"in the body":    "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n",
		"in a refusal":   "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			server := trickling(t, begin)
			out, err := exec.CommandContext(t.Context(), "python3", "-B", "testdata/patience.py", server).Output()
			if err != nil {
				t.Fatalf("%v: %s", err, err.(*exec.ExitError).Stderr) //nolint:errorlint // of Output it is this one, or Python is missing
			}
			var said struct {
				Seconds  float64
				Messages []string
				Done     []bool
				Left     bool
			}
			if err := json.Unmarshal(out, &said); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			if said.Seconds > 5 || len(said.Messages) < 2 || !strings.HasPrefix(said.Messages[0], "no answer: ") || said.Left {
				t.Errorf("two requests took %.1f s: %q", said.Seconds, said.Messages)
			}
			for i, done := range said.Done {
				if !done {
					t.Errorf("call %d of a client without events is not done", i)
				}
			}
		})
	}
}

// trickling answers every request with a beginning, and then a byte now and then.
func trickling(t *testing.T, begin string) (address string) {
	t.Helper()
	ended := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		connection, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		defer connection.Close()
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for text := begin; ; text = "x" {
			if _, err := connection.Write([]byte(text)); err != nil {
				return
			}
			select {
			case <-ended:
				return
			case <-tick.C:
			}
		}
	}))
	t.Cleanup(func() {
		close(ended)
		server.Close()
	})
	return server.URL
}

// A sentence of the server's, and what comes behind it, are one sentence.
func retrySentence(s *stage) {
	s.client(nil)
	s.gate.always(fate{status: 503, body: `{"type": "about:blank", "title": "", "status": 503, "detail": "Not just now.", "errors": [], "request_id": ""}`})
	s.many(1)
	s.eventually("a problem", func() bool { return s.told("retrying") })
	for _, p := range s.problems() {
		if p.Reason == "retrying" && !strings.HasPrefix(p.Message, "Not just now; the next attempt is in ") {
			s.Errorf("it says %q", p.Message)
		}
	}
	s.call(object{"do": "close", "ms": 0})
}
