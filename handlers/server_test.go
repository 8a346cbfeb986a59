package handlers_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"daybook/handlers"
	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
	"daybook/services/database/dbtest"
)

func TestUnknownAddresses(t *testing.T) {
	w := New(t)
	for _, path := range []string{"/api", "/api/", "/api/v1/nothing", "/api/v1/workspaces/acme/activity/1/2", "/api/%ff"} {
		for _, as := range []string{"nobody", "alice", "service"} {
			a := w.Do(Request{As: as, Path: path}).Expect(t, 404, "There is nothing at this address.")
			if a.Header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("%s: %s", path, a.Header.Get("Content-Type"))
			}
		}
	}
	for _, path := range []string{"/nothing", "/w", "/w/acme/1", "/sign-in/x", "/%ff"} {
		w.Do(Request{Path: path}).Expect(t, 404, "There is nothing at this address.", `href="/sign-in"`).Lacks(t, "/sign-out")
		w.Do(Request{As: "alice", Path: path}).Expect(t, 404, "There is nothing at this address.", `href="/"`, "/sign-out")
	}
	a := w.Do(Request{Path: "/static/nothing.css"}).Expect(t, 404)
	if a.Header.Get("Cache-Control") != "no-store" || len(a.Body) > 500 {
		t.Errorf("%v %s", a.Header, a.Body)
	}
}

func TestMethods(t *testing.T) {
	w := New(t)
	for path, allow := range map[string]string{
		"/api/v1/workspaces/acme/activity": "GET, HEAD, POST, OPTIONS", "/api/activities": "GET, HEAD, OPTIONS", "/sign-in": "GET, HEAD, POST, OPTIONS", "/sign-out": "POST, OPTIONS", "/healthz": "GET, HEAD, OPTIONS",
	} {
		same := func(got string) bool {
			return len(got) == len(allow) && strings.Count(got, ",") == strings.Count(allow, ",")
		}
		if a := w.Do(Request{As: "service", Method: "DELETE", Path: path}).Expect(t, 405); !same(a.Header.Get("Allow")) {
			t.Errorf("DELETE %s: Allow is %q, not %q", path, a.Header.Get("Allow"), allow)
		}
		a := w.Do(Request{Method: "OPTIONS", Path: path, Header: map[string]string{"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}}).Expect(t, 204)
		if !same(a.Header.Get("Allow")) || a.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("OPTIONS %s: %v", path, a.Header)
		}
	}
	w.Do(Request{Method: "OPTIONS", Path: "/api/nothing"}).Expect(t, 404)
	w.Do(Request{Method: "BREW", Path: "/", Body: strings.Repeat("x", 10000)}).Expect(t, 501)
	if a := w.Do(Request{Path: "/sign-in", Header: map[string]string{"X-Long": strings.Repeat("x", 20<<10)}}); a.Status != 431 {
		t.Errorf("long headers: %d", a.Status)
	}
}

func TestHealth(t *testing.T) {
	w := New(t)
	w.Do(Request{Path: "/readyz"}).Expect(t, 200, `"status":"ready"`, `"database":"ok"`)
	w.Exec(`UPDATE journal_head SET posted_at = now() - interval '2 min'; ALTER TABLE inbox ADD CONSTRAINT c CHECK (true)`)
	release := hold(t, w, `SELECT FROM journal_head FOR UPDATE`)
	w.Do(Request{As: "service", Method: "POST", Path: "/api/v1/workspaces/acme/activity", Body: `{"actor": {"id": "carol"}, "action": "created"}`}).Expect(t, 201)
	w.Exec(`UPDATE inbox SET received_at = now() - interval '2 min'`)
	w.Do(Request{Path: "/readyz"}).Expect(t, 503, `"journal":"has posted nothing`)
	release()
	w.Exec(`DELETE FROM goose_db_version WHERE version_id = (SELECT max(version_id) FROM goose_db_version)`)
	w.Do(Request{Path: "/readyz"}).Expect(t, 503, `"migrations":"some are not applied"`)
}

// hold begins a transaction that holds what the statement locks, until release.
func hold(t *testing.T, w *World, sql string) (release func()) {
	tx, err := w.DB.Pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
	return func() { _ = tx.Rollback(t.Context()) }
}

// What needs no database goes on, everything else is 503, and when it is back so are we.
func TestWhenTheDatabaseIsAway(t *testing.T) {
	w := New(t)
	admin := dbtest.Admin(t)
	name := w.DB.Pool.Config().ConnConfig.Database
	run := func(sql string) {
		t.Helper()
		if _, err := admin.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	run(`ALTER DATABASE "` + name + `" ALLOW_CONNECTIONS false`)
	run(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '` + name + `'`)
	for path, status := range map[string]int{
		"/healthz": 200, "/readyz": 503, Stylesheet: 200, "/favicon.ico": 302, "/static/nothing": 404, "/nothing": 404,
		"/api/activities": 503, "/api/v1/workspaces/acme/activity": 503, "/": 503, "/sign-in": 503,
	} {
		for _, as := range []string{"alice", "service"} {
			if as == "service" && (path == "/sign-in") { // a token is nobody there, and without a cookie nobody is looked for
				continue
			}
			a := w.Do(Request{As: as, Path: path}).Expect(t, status)
			if status == 503 && path != "/readyz" && a.Header.Get("Retry-After") == "" {
				t.Errorf("%s does not say when to try again", path)
			}
		}
	}
	w.Do(Request{Path: "/readyz"}).Expect(t, 503, `"database":"does not answer"`)
	w.Do(Request{As: "service", Method: "POST", Path: "/api/v1/workspaces/acme/activity", Body: `{"actor": {"id": "x"}, "action": "created"}`}).Expect(t, 503)
	run(`ALTER DATABASE "` + name + `" ALLOW_CONNECTIONS true`)
	w.Do(Request{As: "service", Method: "POST", Path: "/api/v1/workspaces/acme/activity", Body: `{"actor": {"id": "x"}, "action": "created"}`}).Expect(t, 201)
	if got := fmt.Sprint(w.Recorded()); got != "[acme x created]" {
		t.Error(got)
	}
}

// What is wrong with us and not with the moment is a 500 that tells nothing.
func TestInternalErrors(t *testing.T) {
	w := New(t)
	w.Exec(`ALTER TABLE sessions RENAME TO sessions_away`)
	w.Do(Request{As: "alice", Path: "/"}).Expect(t, 500, "request id").Lacks(t, "sessions")
	w.Do(Request{As: "alice", Path: "/api/activities"}).Expect(t, 500)
	if !strings.Contains(w.Log.String(), "sessions") {
		t.Error("the log does not tell the cause")
	}
}

func TestMetrics(t *testing.T) {
	w := New(t, Trusting("127.0.0.1/32"))
	w.Do(Request{Path: "/healthz"})
	w.Do(Request{Path: "/metrics"}).Expect(t, 200, "daybook_request_seconds", "daybook_journal_lag_seconds")
	forwarded := map[string]string{"X-Forwarded-For": "127.0.0.1"}
	for as, status := range map[string]int{"nobody": 401, "alice": 403, "service": 403, "ina-read": 403, "ina-admin": 200, "ina": 200} {
		w.Do(Request{As: as, Path: "/metrics", Header: forwarded}).Expect(t, status)
	}
	for _, name := range []string{"Forwarded", "X-Real-IP", "Via"} {
		w.Do(Request{Path: "/metrics", Header: map[string]string{name: "x"}}).Expect(t, 401)
	}
	w.Do(Request{Path: "/w/acme?token=hunter2"})
	w.Do(Request{Path: "/nothing/hunter2"})
	w.Do(Request{Path: "/metrics"}).Expect(t, 200, `route="/w/:ws"`, `route="(none)"`).Lacks(t, "hunter2", "acme")
}

func TestCrossOrigin(t *testing.T) {
	w := New(t, At("https://daybook.test"))
	out := func(header map[string]string) Request {
		return Request{As: "alice", Method: "POST", Path: "/account/password", Form: url.Values{}, Header: header}
	}
	for _, header := range []map[string]string{
		{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "https://daybook.test.evil.example"}, {"Origin": "https://" + w.Address + ":1"},
	} {
		w.Do(out(header)).Expect(t, 403, "another site")
		header["Content-Type"] = "application/json"
		w.Do(Request{As: "alice", Method: "POST", Path: "/api/v1/workspaces/acme/activity", Body: `{"action": "created"}`, Header: header}).Expect(t, 403)
	}
	for _, header := range []map[string]string{
		{}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": "http://" + w.Address}, {"Origin": "https://daybook.test", "Sec-Fetch-Site": "cross-site"}, {"Origin": "https://daybook.test", "Host": "internal:8080"},
	} {
		w.Do(out(header)).Expect(t, 422)
	}
	w.Do(Request{As: "alice", Path: "/w/acme", Header: map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}}).Expect(t, 200) // a link
	w.Do(Request{As: "service", Method: "POST", Path: "/api/v1/workspaces/acme/activity", Body: `{"actor": {"id": "x"}, "action": "created"}`, Header: map[string]string{"Origin": "https://app.example"}}).Expect(t, 201)
	if got := strings.ReplaceAll(fmt.Sprint(w.Recorded()), "daybook Alice Person sign_in_failed failure ", ""); got != "[acme x created]" {
		t.Error(got)
	}
}

func TestClientAddress(t *testing.T) {
	w := New(t, Trusting("127.0.0.0/8", "10.0.0.0/8"))
	seen := func(lines ...string) string {
		t.Helper()
		req, _ := http.NewRequestWithContext(t.Context(), "POST", "http://"+w.Address+"/api/v1/workspaces/acme/activity", strings.NewReader(`{"action": "created"}`))
		req.Header = w.Credentials("bob").Clone()
		req.Header["X-Forwarded-For"] = lines
		req.Header.Set("Content-Type", "application/json")
		response, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		w.Drain()
		return Ask[string](w, `SELECT host(ip) FROM activities ORDER BY id DESC LIMIT 1`)
	}
	for _, c := range []struct {
		lines []string
		want  string
	}{
		{nil, "127.0.0.1"},
		{[]string{"192.0.2.7"}, "192.0.2.7"},
		{[]string{"6.6.6.6, 192.0.2.7, 10.1.1.1"}, "192.0.2.7"},
		{[]string{"6.6.6.6", "192.0.2.7"}, "192.0.2.7"},
		{[]string{"6.6.6.6, 10.0.0.1", "10.0.0.2"}, "6.6.6.6"},
		{[]string{"192.0.2.7:5123"}, "192.0.2.7"},
		{[]string{"[2001:db8::1]:443"}, "2001:db8::1"},
		{[]string{"nonsense"}, "127.0.0.1"},
		{[]string{"::ffff:192.0.2.9"}, "192.0.2.9"},
		{[]string{"fe80::1%eth0"}, "127.0.0.1"},
	} {
		if got := seen(c.lines...); got != c.want {
			t.Errorf("%q is %s, not %s", c.lines, got, c.want)
		}
	}
	plain := New(t)
	a := plain.Do(Request{As: "bob", Method: "POST", Path: "/api/v1/workspaces/acme/activity", Body: `{"action": "created"}`, Header: map[string]string{"X-Forwarded-For": "6.6.6.6"}})
	a.Expect(t, 201)
	plain.Drain()
	if got := Ask[string](plain, `SELECT host(ip) FROM activities ORDER BY id DESC LIMIT 1`); got != "127.0.0.1" {
		t.Errorf("without proxies it is %s", got)
	}
}

func TestPanics(t *testing.T) {
	var now atomic.Bool
	w := New(t, func(c *handlers.Config) {
		c.Now = func() time.Time {
			if now.Load() {
				panic("the secret of the clock")
			}
			return time.Now()
		}
	})
	now.Store(true)
	a := w.Do(Request{As: "alice", Path: "/w/acme"}).Expect(t, 500, "request id", a500).Lacks(t, "secret")
	w.Do(Request{As: "service", Path: "/api/activities/stats"}).Expect(t, 500).Lacks(t, "secret")
	for _, part := range []string{"the secret of the clock", a.Header.Get("X-Request-Id"), "goroutine"} {
		if !strings.Contains(w.Log.String(), part) {
			t.Errorf("the log has no %q", part)
		}
	}
	now.Store(false)
	w.Do(Request{As: "alice", Path: "/w/acme"}).Expect(t, 200)
}

const a500 = "/sign-out" // within the shell: it can be made

// What is logged tells the route and nothing of who asked for what.
func TestLog(t *testing.T) {
	w := New(t)
	w.Do(Request{As: "alice", Path: "/w/acme?actor_id=hunter2", Header: map[string]string{"User-Agent": "hunter2"}}).Expect(t, 200)
	w.Do(Request{Path: "/nothing/hunter2?a=hunter2"}).Expect(t, 404)
	w.Do(Request{Path: "/setup/hunter2"}).Expect(t, 404)
	w.Do(Request{As: "service", Path: "/api/v1/workspaces/acme/activity/hunter2?q=hunter2"}).Expect(t, 400)
	w.Do(Request{Method: "POST", Path: "/sign-in", Form: url.Values{"login": {"hunter2@example.com"}, "password": {"hunter2"}}}).Expect(t, 401)
	for _, private := range []string{"hunter2", "127.0.0.1", "Alice", "example.com"} {
		if strings.Contains(w.Log.String(), private) {
			t.Errorf("the log has %q: %s", private, w.Log)
		}
	}
	routes := map[string]bool{}
	for _, line := range strings.Split(strings.TrimSpace(w.Log.String()), "\n") {
		var entry struct{ Msg, Route, RequestID string }
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Fatal(err)
		}
		if entry.Msg == "request" {
			routes[entry.Route] = true
		}
	}
	for _, route := range []string{"/w/:ws", "(none)", "/setup/:secret", "/api/v1/workspaces/:ws/activity/:id", "/sign-in"} {
		if !routes[route] {
			t.Errorf("%s is not in the log: %v", route, routes)
		}
	}
}

// A connection that sends nothing, half of the headers or no HTTP is answered or closed, and does not stay.
func TestOddConnections(t *testing.T) {
	w := Empty(t)
	for _, text := range []string{"GET /healthz HTTP/1.1\r\n\r\nGET", "NONSENSE\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nBad Header\r\n\r\n", "POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n", "\x16\x03\x01\x00"} {
		conn, err := net.Dial("tcp", w.Address)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(conn, text)
		_ = conn.(*net.TCPConn).CloseWrite()
		answer, _ := io.ReadAll(bufio.NewReader(conn))
		_ = conn.Close()
		if strings.Contains(string(answer), "fasthttp") || strings.Contains(string(answer), "cannot") || strings.Contains(string(answer), "error when") {
			t.Errorf("%q is answered with %q", text, answer)
		}
	}
	w.Do(Request{Path: "/healthz"}).Expect(t, 200)
}

// The parts of a form are not put into files for anybody who asks.
func TestFormsOfParts(t *testing.T) {
	w := Empty(t)
	body := "--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f\"\r\n\r\n" + strings.Repeat("x", 24<<20) + "\r\n--x--\r\n"
	w.Do(Request{Method: "POST", Path: "/sign-in", Body: body, Type: "multipart/form-data; boundary=x"}).Expect(t, 415)
}

func TestShutdownBeforeServe(t *testing.T) {
	w := Empty(t)
	if err := w.Server.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Server.Serve(listener); err != nil {
		t.Error(err)
	}
}

// Whoever closes the database after the server is done finds nothing of it there.
func TestNothingListensAfterServing(t *testing.T) {
	w := Empty(t)
	listeners := func() int {
		stacks := make([]byte, 4<<20)
		return strings.Count(string(stacks[:runtime.Stack(stacks, true)]), "live.(*Hub).Run(")
	}
	for listeners() == 0 { // the world's own begins in its own time
		<-time.After(time.Millisecond)
	}
	if err := w.Server.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	for listeners() > 0 {
		<-time.After(time.Millisecond)
	}
	for range 5 {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Server.Serve(listener); err != nil {
			t.Error(err)
		}
		if n := listeners(); n > 0 {
			t.Fatal("somebody still listens")
		}
	}
}
