package handlerstest

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"daybook/static"
)

// Request is what somebody asks.
type Request struct {
	As     string // a name of the cast; empty: nobody
	Method string // empty: GET
	Path   string
	Form   url.Values // the body of a form
	Body   string
	Stream io.Reader // a body of unknown length, sent in chunks
	Type   string    // of the body; empty: application/json
	Header map[string]string
	Cookie string // in place of that of As
	Client *http.Client
}

// Answer is what came back.
type Answer struct {
	Status int
	Header http.Header
	Body   string
}

// Do makes a request and checks what holds for every answer there is.
func (w *World) Do(r Request) Answer {
	w.T.Helper()
	a, err := w.Try(r)
	if err != nil {
		w.T.Fatalf("%s %s: %v", r.Method, r.Path, err)
	}
	return a
}

// Try is Do for requests whose connection may end.
func (w *World) Try(r Request) (Answer, error) {
	w.T.Helper()
	req, err := w.request(r)
	w.must(err)
	client := w.client
	if r.Client != nil {
		client = r.Client
	}
	response, err := client.Do(req)
	if err != nil {
		return Answer{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return Answer{}, err
	}
	if response.Header.Get("Content-Encoding") == "gzip" {
		body, err = unzip(body)
		w.must(err)
	}
	a := Answer{Status: response.StatusCode, Header: response.Header, Body: string(body)}
	a.check(w.T, req)
	a.checkContract(w.T, req, r.sent())
	return a, nil
}

func (w *World) request(r Request) (*http.Request, error) {
	method, body := r.Method, io.Reader(strings.NewReader(r.Body))
	if method == "" {
		method = http.MethodGet
	}
	switch {
	case r.Form != nil:
		body = strings.NewReader(r.Form.Encode())
	case r.Stream != nil:
		body = struct{ io.Reader }{r.Stream} // nothing tells its length
	}
	req, err := http.NewRequestWithContext(w.T.Context(), method, "http://"+w.Address+r.Path, body)
	if err != nil {
		return nil, err
	}
	maps.Copy(req.Header, w.Credentials(r.As).Clone())
	switch {
	case r.Form != nil:
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	case r.Type != "":
		req.Header.Set("Content-Type", r.Type)
	case r.Body != "" || r.Stream != nil:
		req.Header.Set("Content-Type", "application/json")
	}
	if r.Cookie != "" {
		req.Header.Set("Cookie", r.Cookie)
	}
	for name, value := range r.Header {
		if name == "Host" {
			req.Host = value
		} else {
			req.Header.Set(name, value)
		}
	}
	return req, nil
}

// sent gives the body that was sent, where it was not a stream.
func (r Request) sent() *string {
	body := r.Body
	switch {
	case r.Stream != nil:
		return nil
	case r.Form != nil:
		body = r.Form.Encode()
	}
	return &body
}

// Gzip compresses.
func Gzip(text string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte(text))
	_ = z.Close()
	return b.String()
}

func unzip(body []byte) ([]byte, error) {
	if len(body) == 0 { // of a HEAD request
		return body, nil
	}
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// What must stand in no answer to a client: SQL, error codes, files, stacks, drivers.
var internals = regexp.MustCompile(`(?i)sqlstate|\bselect .* from |insert into|\b(pgx|pgconn|gorm)\b|goroutine \d|\.go:\d|/root/|/home/|\bpanic\b|runtime error|fasthttp|dial tcp|relation "`)

// check holds for every answer: the headers that make browsers careful, a request id, errors in the right form, nothing internal.
func (a Answer) check(t testing.TB, r *http.Request) {
	t.Helper()
	for name, part := range map[string]string{
		"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "", "Cross-Origin-Opener-Policy": "same-origin", "X-Request-Id": "-",
	} {
		if value := a.Header.Get(name); value == "" || !strings.Contains(value, part) {
			t.Errorf("%s %s: the answer %d has the header %s %q", r.Method, r.URL, a.Status, name, value)
		}
	}
	if server := a.Header.Get("Server"); server != "" {
		t.Errorf("%s %s: the answer names its server, %q", r.Method, r.URL, server)
	}
	if a.Status < 400 {
		return
	}
	if found := internals.FindString(a.Body); found != "" {
		t.Errorf("%s %s: the error %d shows %q: %s", r.Method, r.URL, a.Status, found, a.Body)
	}
	if a.Header.Get("Etag") != "" {
		t.Errorf("%s %s: the error %d has an ETag", r.Method, r.URL, a.Status)
	}
	if strings.HasPrefix(r.URL.Path, "/api/") && r.Method != http.MethodHead {
		a.checkProblem(t, r)
	}
}

// checkProblem: RFC 9457, every key there.
func (a Answer) checkProblem(t testing.TB, r *http.Request) {
	t.Helper()
	var p map[string]any
	if kind := a.Header.Get("Content-Type"); kind != "application/problem+json" {
		t.Errorf("%s %s: the error %d is %q: %s", r.Method, r.URL, a.Status, kind, a.Body)
		return
	}
	if err := json.Unmarshal([]byte(a.Body), &p); err != nil {
		t.Errorf("%s %s: %v: %s", r.Method, r.URL, err, a.Body)
		return
	}
	keys := slices.Sorted(maps.Keys(p))
	keys = slices.DeleteFunc(keys, func(k string) bool { return k == "progress" })
	if !slices.Equal(keys, []string{"detail", "errors", "request_id", "status", "title", "type"}) {
		t.Errorf("%s %s: the problem has the keys %v", r.Method, r.URL, keys)
	}
	if p["status"] != float64(a.Status) || p["title"] != http.StatusText(a.Status) || p["detail"] == "" || p["request_id"] != a.Header.Get("X-Request-Id") {
		t.Errorf("%s %s: %s", r.Method, r.URL, a.Body)
	}
	if _, ok := p["errors"].([]any); !ok {
		t.Errorf("%s %s: errors is no list: %s", r.Method, r.URL, a.Body)
	}
}

// Stylesheet is a file that every page fetches.
var Stylesheet = static.Path("daybook.css")

// Unzip takes apart what was compressed.
func Unzip(t testing.TB, body string) string {
	t.Helper()
	plain, err := unzip([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return string(plain)
}
