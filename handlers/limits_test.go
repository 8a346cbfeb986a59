package handlers_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"daybook/handlers/handlerstest"
	"daybook/handlers/visit"
)

// What unpacks to a lot is not kept: neither a list nor lines, of which only blank ones come without an end.
func TestBombsAreBoundedInMemory(t *testing.T) {
	w := handlerstest.New(t)
	bombs := map[string]string{"application/json": handlerstest.Gzip("[" + strings.Repeat(" ", 300<<20)), "application/x-ndjson": handlerstest.Gzip(strings.Repeat("\n", 100<<20) + strings.Repeat("x", 200<<20))}
	for kind, bomb := range bombs {
		runtime.GC()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		a := w.Do(handlerstest.Request{As: "service", Method: http.MethodPost, Path: "/api/v1/workspaces/acme/activity", Body: bomb, Type: kind, Header: map[string]string{"Content-Encoding": "gzip"}})
		a.Expect(t, 413)
		runtime.ReadMemStats(&after)
		if grown := int64(after.TotalAlloc-before.TotalAlloc) >> 20; grown > 64 {
			t.Errorf("%s: %d MiB were allocated", kind, grown)
		}
	}
}

// Somebody who stops sending is cut off, and somebody who goes on is not.
func TestBodiesRunOutOfTime(t *testing.T) {
	ours, theirs := net.Pipe()
	defer theirs.Close()
	body := &visit.Body{Stream: ours, Conn: ours, Idle: 100 * time.Millisecond, Until: time.Now().Add(time.Hour)}
	go func() { _, _ = io.WriteString(theirs, "abc") }()
	text, err := io.ReadAll(body)
	if string(text) != "abc" || err == nil {
		t.Errorf("%q, %v", text, err)
	}
	if _, again := body.Read(make([]byte, 1)); fmt.Sprint(again) != fmt.Sprint(err) {
		t.Errorf("read again it is %v, not %v", again, err)
	}
	ended := &visit.Body{Stream: ours, Conn: ours, Idle: time.Hour, Until: time.Now()}
	if ended.Drain(10, time.Hour) {
		t.Error("nothing came, and that was all")
	}
	empty := &visit.Body{}
	if !empty.Drain(10, time.Second) {
		t.Error("no body has a rest")
	}
}

// A body that lacks its end is refused, and nothing of it is written.
func TestBodiesThatBreakOff(t *testing.T) {
	w := handlerstest.New(t)
	for _, framing := range []string{"Content-Length: 100\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n40\r\n", "Transfer-Encoding: chunked\r\n\r\nzz\r\n"} {
		conn, err := net.Dial("tcp", w.Address)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "POST /api/v1/workspaces/acme/activity HTTP/1.1\r\nHost: x\r\nAuthorization: %s\r\nContent-Type: application/json\r\n%s{\"actor\": {\"id\": \"x\"}, \"action\": \"created\"}",
			w.Credentials("service").Get("Authorization"), framing)
		_ = conn.(*net.TCPConn).CloseWrite()
		answer, _ := io.ReadAll(conn)
		_ = conn.Close()
		if strings.Contains(string(answer), "201") {
			t.Errorf("%q is answered with %s", framing, answer)
		}
	}
	if got := w.Recorded(); len(got) != 0 {
		t.Errorf("%q", got)
	}
}

// The same person is recorded once a minute at a route, in the workspace that it concerns.
// Whoever still sends headers when they are too long already reads the answer, not a reset.
func TestHeadersThatGoOnAndOn(t *testing.T) {
	w := handlerstest.New(t)
	conn, err := net.Dial("tcp", w.Address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	fmt.Fprint(conn, "GET /sign-in HTTP/1.1\r\nHost: x\r\n")
	for i := range 1000 {
		if _, err := fmt.Fprintf(conn, "X-Long-%d: %s\r\n", i, strings.Repeat("x", 1000)); err != nil {
			t.Fatalf("after %d lines: %v", i, err)
		}
	}
	fmt.Fprint(conn, "\r\n")
	_ = conn.(*net.TCPConn).CloseWrite()
	answer, err := io.ReadAll(conn)
	if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 431 ") {
		t.Errorf("%v, %.100q", err, answer)
	}
}

func TestRefusedAttempts(t *testing.T) {
	w := handlerstest.New(t)
	system := handlerstest.Request{As: "bob", Path: "/api/v1/workspaces/acme/activity?include_system=true&actor_id=hunter2"}
	page := handlerstest.Request{As: "bob-read", Path: "/w/acme?token=hunter2", Header: map[string]string{"User-Agent": strings.Repeat("é", 1000)}}
	for _, c := range []struct {
		name    string
		request handlerstest.Request
		after   time.Duration
		records []string
	}{
		{"first", system, 0, []string{"acme bob access_denied denied"}},
		{"again", system, 50 * time.Second, nil},
		{"elsewhere", page, 0, []string{"acme bob access_denied denied"}},
		{"a service token is nobody", handlerstest.Request{As: "service", Path: "/w/acme"}, 0, nil},
		{"a workspace that is none of theirs", handlerstest.Request{As: "bob-read", Path: "/w/other"}, 0, nil}, // the same route
		{"a minute later", system, 11 * time.Second, []string{"acme bob access_denied denied"}},
		{"a workspace that is none of theirs, later", handlerstest.Request{As: "bob-read", Path: "/w/other"}, time.Minute, []string{"daybook Bob Person access_denied denied"}},
	} {
		w.Clock.Forward(c.after)
		w.Do(c.request).Expect(t, 403)
		if got := w.Recorded(); fmt.Sprint(got) != fmt.Sprint(append([]string{}, c.records...)) {
			t.Errorf("%s: recorded %q", c.name, got)
		}
	}
	if n := handlerstest.Ask[int](w, `SELECT count(*) FROM activities a WHERE a::text LIKE '%hunter2%'`); n != 0 {
		t.Error("a query string was recorded")
	}
	if n := handlerstest.Ask[int](w, `SELECT count(*) FROM activities WHERE action = 'access_denied' AND system AND outcome = 'denied' AND ip IS NOT NULL AND entity_name IN ('GET /w/:ws', 'GET /api/v1/workspaces/:ws/activity') AND metadata ? 'request_id'`); n != 4 {
		t.Errorf("%d are as they should be", n)
	}
}
