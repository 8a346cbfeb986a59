package handlerstest

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestWhatStrictClientsTripOver(t *testing.T) {
	const at = `"2026-01-31T09:00:00.000000Z"`
	for text, wrong := range map[string]string{
		`[]`: "", `null`: "", `"x"`: "",
		`{"created_at": ` + at + `, "changes": [], "metadata": {}, "ended_at": null, "count": 0}`: "",
		`{"metadata": null}`: ".metadata is null", `{"details": null}`: ".details is null", `{"by_month": null}`: ".by_month is null",
		`{"changes": null}`: ".changes is null", `{"activities": null}`: ".activities is null", `{"roles": null}`: ".roles is null",
		`[{}, {"groups": null}]`: "[1].groups is null", `{"a": [[{"errors": null}]]}`: ".a[0][0].errors is null",
		`{"at": "2026-01-31T09:00:00Z"}`:                    `.at is "2026-01-31T09:00:00Z"`,
		`{"at": "2026-01-31T09:00:00.000Z"}`:                ".at is",
		`{"at": "2026-01-31T09:00:00.000000+00:00"}`:        ".at is",
		`{"at": "2026-01-31T09:00:00.000000"}`:              ".at is",
		`{"at": "2026-01-31 09:00:00.000000Z"}`:             ".at is",
		`{"at": "2026-01-31T09:00"}`:                        ".at is",
		`[` + at + `, {"at": ["2026-01-31T09:00:00Z"]}]`:    "[1].at[0] is",
		`{"day": "2026-01-31", "text": "at 09:00:00"}`:      "",
		`{"description": "2026-01-31T09:00 was the start"}`: "", // people write what they like
		`{"at": `: "unexpected end", ``: "unexpected end", `<p>`: "invalid",
	} {
		err := Sound([]byte(text))
		if wrong == "" && err != nil || wrong != "" && (err == nil || !strings.Contains(err.Error(), wrong)) {
			t.Errorf("%s: %v, not %q", text, err, wrong)
		}
	}
}

// product answers each path in its own wrong way, and tells what it was sent.
func product(t *testing.T) (base string, sent func() string) {
	t.Helper()
	var said string
	answers := map[string]struct {
		status     int
		kind, body string
	}{
		"/good":       {200, "application/json", `{"name": "a"}`},
		"/html":       {200, "text/html", `{"name": "a"}`},
		"/other kind": {200, "application/json; charset=utf-8", `{"name": "a"}`},
		"/no kind":    {200, "", `{"name": "a"}`},
		"/no JSON":    {200, "application/json", `<p>`},
		"/half":       {200, "application/json", `{"name": "a"`},
		"/unknown":    {200, "application/json", `{"name": "a", "colour": "red"}`},
		"/unsound":    {200, "application/json", `{"name": "2026-01-31T09:00:00Z"}`},
		"/moved":      {302, "text/html", `<p>`},
		"/moved JSON": {307, "application/json", `{"detail": "elsewhere"}`},
		"/refused":    {403, "application/problem+json", `{"detail": "no"}`},
		"/broken":     {502, "text/html", `<p>`},
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		said = strings.Join([]string{r.Method, r.URL.RawQuery, r.Header.Get("Content-Type"), r.Header.Get("Authorization"), string(body)}, "|")
		a, ok := answers[r.URL.Path]
		if !ok {
			t.Error("nobody should ask for", r.URL)
		}
		w.Header()["Content-Type"] = []string{a.kind}
		if a.status/100 == 3 {
			w.Header().Set("Location", "/good")
		}
		w.WriteHeader(a.status)
		_, _ = io.WriteString(w, a.body)
	}))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://"), func() string { return said }
}

func TestTheStrictClientIsStrict(t *testing.T) {
	address, sent := product(t)
	c := (&World{Address: address}).StrictClient(t, "", "key")
	for path, want := range map[string]struct {
		status int // of a StatusError; 0: it is none
		says   string
	}{
		"/good": {0, ""}, "/html": {0, `it is "text/html"`}, "/other%20kind": {0, "charset"}, "/no%20kind": {0, `it is ""`}, "/no%20JSON": {0, "invalid"}, "/half": {0, "unexpected"},
		"/unknown": {0, "colour"}, "/unsound": {0, ".name is"}, "/moved": {0, "302 is no JSON"}, "/moved%20JSON": {307, "elsewhere"}, "/refused": {403, "no"}, "/broken": {0, "502 is no JSON"},
	} {
		var into struct{ Name string }
		err := c.Get(path, nil, &into)
		if want.says == "" {
			if err != nil || into.Name != "a" {
				t.Errorf("%s: %v %v", path, into, err)
			}
			continue
		}
		failed, status := (*StatusError)(nil), 0
		if errors.As(err, &failed) {
			status = failed.Status
		}
		if err == nil || !strings.Contains(err.Error(), want.says) || status != want.status || into.Name != "" && path != "/unknown" {
			t.Errorf("%s: %v %v", path, into, err)
		}
	}
	for _, call := range []struct {
		do   func(into any) error
		sent string
	}{
		{func(into any) error {
			return c.Get("/good", map[string]any{"a": nil, "b": true, "c": []string{"x", "y"}, "d": 7}, into)
		}, "GET|b=true&c=x&c=y&d=7|application/json|Bearer key|"},
		{func(into any) error { return c.Post("/good", map[string]any{"a": nil}, into) }, `POST||application/json|Bearer key|{"a":null}`},
		{func(into any) error { return c.PostForm("/good", url.Values{"a": {"b c"}}, into) }, "POST||application/x-www-form-urlencoded|Bearer key|a=b+c"},
	} {
		var into struct{ Name string }
		if err := call.do(&into); err != nil || sent() != call.sent {
			t.Errorf("%q was sent, not %q; %v", sent(), call.sent, err)
		}
	}
	c.Token = ""
	if err := c.Get("/good", nil, &struct{ Name string }{}); err != nil || sent() != "GET||application/json||" {
		t.Error(sent(), err)
	}
}

// silence is a network on which nothing comes back.
type silence struct{}

func (silence) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// (The clock of the test stands still while anybody does anything.)
func TestTheStrictClientGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := (&World{Address: "daybook.test"}).StrictClient(t, "", "")
		c.Session.Transport = silence{}
		began := time.Now()
		err := c.Get("/slow", nil, &struct{}{})
		if took := time.Since(began); err == nil || took != 5*time.Second {
			t.Errorf("it gave up after %s: %v", took, err)
		}
	})
}
