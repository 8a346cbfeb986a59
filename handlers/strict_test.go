package handlers_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"daybook/handlers/handlerstest"
)

// apiRoutes are the lines of the table under /api, as methods by pattern.
func apiRoutes(w *handlerstest.World) map[string][]string {
	routes := map[string][]string{}
	for _, line := range w.Server.Lines() {
		if method, pattern, _ := strings.Cut(line, " "); strings.HasPrefix(pattern, "/api/") {
			routes[pattern] = append(routes[pattern], method)
		}
	}
	return routes
}

// everyRoute asks something at each line under /api, as an instance admin with a session of its own: what one answer ends is not the next one's.
func everyRoute(t *testing.T, w *handlerstest.World, do func(t *testing.T, w *handlerstest.World, r handlerstest.Request, pattern string)) {
	t.Helper()
	const known = "019a0000-0000-7000-8000-000000000001"
	w.Send(`{"id": %q, "actor": {"id": "somebody"}, "action": "created", "resource": {"type": "issue", "id": %q}}`, known, known)
	for pattern, methods := range apiRoutes(w) {
		for _, method := range methods {
			t.Run(method+" "+pattern, func(t *testing.T) {
				w := w.In(t)
				do(t, w, handlerstest.Request{Method: method, Path: pathOf(w, pattern, known), Header: credentials(w, "instance admin")}, pattern)
			})
		}
	}
}

// with gives a request with more headers.
func with(r handlerstest.Request, header ...string) handlerstest.Request {
	all := map[string]string{}
	for name, value := range r.Header {
		all[name] = value
	}
	for i := 0; i < len(header); i += 2 {
		all[header[i]] = header[i+1]
	}
	r.Header = all
	return r
}

// isOther tells which answers are no JSON, because what they give is not.
func isOther(pattern string) bool {
	return strings.HasSuffix(pattern, "/file") || strings.HasSuffix(pattern, "/export") || strings.HasSuffix(pattern, ".yaml") || strings.HasSuffix(pattern, "/report")
}

// What holds for whatever a strict client reads: no redirect, JSON whatever it says it accepts, whatever Content-Type comes without a body, times of six
// digits, no null for a list, and an answer before it gives up. (That no key is left out, openapi.yaml holds.)
func TestStrictClientsRead(t *testing.T) {
	w := handlerstest.New(t)
	everyRoute(t, w, func(t *testing.T, w *handlerstest.World, r handlerstest.Request, pattern string) {
		if r.Method != http.MethodGet {
			return
		}
		began := time.Now()
		plain := w.Do(r)
		if took := time.Since(began); took > 4*time.Second {
			t.Errorf("the answer takes %s", took)
		}
		html := w.Do(with(r, "Accept", "text/html,application/xhtml+xml", "Content-Type", "application/json"))
		if plain.Status >= 300 && plain.Status < 400 || plain.Status >= 500 || html.Status != plain.Status {
			t.Errorf("it is answered with %d, and to a browser with %d", plain.Status, html.Status)
		}
		if kind := html.Header.Get("Content-Type"); !isOther(pattern) && kind != "application/json" && kind != "application/problem+json" {
			t.Errorf("it is %q", kind)
		}
		if strings.HasPrefix(plain.Header.Get("Content-Type"), "application/json") && !isOther(pattern) {
			if err := handlerstest.Sound([]byte(plain.Body)); err != nil && !strings.Contains(err.Error(), "example") {
				t.Error(err)
			}
		}
	})
}

// Whatever is wrong, it is told as problem+json (handlerstest checks its form): to nobody, with another method, at an address that is none, without
// a body and with far too much of one.
func TestStrictClientsAreRefused(t *testing.T) {
	w := handlerstest.New(t)
	routes := apiRoutes(w)
	much, bounded := strings.Repeat(" ", 9<<20), 0
	everyRoute(t, w, func(t *testing.T, w *handlerstest.World, r handlerstest.Request, pattern string) {
		for _, who := range []map[string]string{{}, {"Authorization": "Bearer eyJhbGciOiJIUzI1NiJ9.e30.x"}, {"Authorization": "Bearer dbs_a.b"}, {"Authorization": "Basic eDp5"}} {
			nobody := r
			nobody.Header = who
			if a := w.Do(nobody); a.Status >= 300 && a.Status < 400 || a.Status >= 500 || a.Header.Get("Location") != "" {
				t.Errorf("to %v it answers with %d", who, a.Status)
			}
		}
		for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
			if slices.Contains(routes[pattern], method) || otherPattern(routes, pattern, method) {
				continue
			}
			another := r
			another.Method = method
			if a := w.Do(another); a.Status != http.StatusMethodNotAllowed || !strings.Contains(a.Header.Get("Allow"), r.Method) {
				t.Errorf("%s is answered with %d, allowed is %q", method, a.Status, a.Header.Get("Allow"))
			}
		}
		beyond := r
		beyond.Path += "/nothing/is/here"
		if a := w.Do(beyond); a.Status != http.StatusNotFound {
			t.Errorf("behind it is %d", a.Status)
		}
		if r.Method == http.MethodGet {
			return
		}
		r.Header = credentials(w, "outsider") // nobody to whom much can happen
		empty := with(r, "Content-Type", "application/json")
		if a := w.Do(empty); a.Status >= 300 && a.Status < 400 || a.Status >= 500 {
			t.Errorf("without a body it is %d", a.Status)
		}
		large := with(r)
		if large.Header = credentials(w, "instance admin"); pattern == "/api/auth/token" {
			large.Type = "application/x-www-form-urlencoded"
		}
		large.Body = "{" + much
		a := w.Do(large)
		if !reads(w, large) {
			return
		}
		if bounded++; a.Status != http.StatusRequestEntityTooLarge {
			t.Errorf("much is answered with %d: %.200s", a.Status, a.Body)
		}
	})
	if bounded < 30 {
		t.Errorf("only %d routes read a body", bounded)
	}
}

// reads tells whether a route reads a body: half an object is an error then.
func reads(w *handlerstest.World, r handlerstest.Request) bool {
	w.T.Helper()
	r.Body = "{%"
	return w.Do(r).Status == http.StatusBadRequest
}

// otherPattern tells whether another line takes a method at the path of this one, as /purges/:id does at /purges/preview.
func otherPattern(routes map[string][]string, pattern, method string) bool {
	for other, methods := range routes {
		if other != pattern && slices.Contains(methods, method) && fits(other, pattern) {
			return true
		}
	}
	return false
}

func fits(pattern, path string) bool {
	a, b := strings.Split(pattern, "/"), strings.Split(path, "/")
	for i := range a {
		if len(a) != len(b) || a[i] != b[i] && !strings.HasPrefix(a[i], ":") {
			return false
		}
	}
	return true
}

// What is wrong with us is told in the same form, and at an address that is no route under /api too.
func TestStrictClientsWhenWeFail(t *testing.T) {
	w := handlerstest.New(t)
	as := credentials(w, "owner")
	w.Exec(`ALTER TABLE sessions RENAME TO sessions_away`)
	for pattern, methods := range apiRoutes(w) {
		for _, method := range methods {
			a := w.Do(handlerstest.Request{Method: method, Path: strings.NewReplacer(":ws", "acme", ":id", "1", ":type", "issue", ":secret", "c2VjcmV0").Replace(pattern), Header: as})
			if opened := pattern == "/api/ping" || strings.HasPrefix(pattern, "/api/openapi."); a.Status != http.StatusInternalServerError && !opened {
				t.Errorf("%s %s is answered with %d", method, pattern, a.Status)
			}
		}
	}
	for _, path := range []string{"/api", "/api/", "/api/nothing", "/api/v1", "/api/v2/workspaces", "/api/v1/workspaces/acme/nothing", "/api//activities", "/api/../api/nothing"} {
		if a := w.Do(handlerstest.Request{Path: path, Header: map[string]string{"Accept": "text/html"}}); a.Status != http.StatusNotFound || a.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %s", path, a.Status, a.Header.Get("Content-Type"))
		}
	}
}
