package handlerstest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

// Strict is a stand-in for the clients of other products that point at us: it gives up after five seconds, follows no redirect, sends
// Content-Type: application/json with everything that is no form, and believes nothing that is not JSON.
type Strict struct {
	T       testing.TB
	Base    string // what it takes for the address of that product
	Token   string
	Session *http.Client
}

// StrictClient gives one that was made with a token; empty: none yet.
func (w *World) StrictClient(t testing.TB, base, token string) *Strict {
	return &Strict{T: t, Base: "http://" + w.Address + base, Token: token, Session: &http.Client{
		Timeout:       5 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// BearerOf gives the token of one of the cast.
func (w *World) BearerOf(as string) string {
	return strings.TrimPrefix(w.Credentials(as).Get("Authorization"), "Bearer ")
}

// StatusError is what such clients raise for an answer that is an error.
type StatusError struct {
	Status int
	Body   map[string]any
}

func (e *StatusError) Error() string { return fmt.Sprint(e.Status, " ", e.Body["detail"]) }

// Get asks with parameters as such clients write them: what is nil is left out, true is "true", lists repeat.
func (s *Strict) Get(path string, query map[string]any, into any) error {
	values := url.Values{}
	for name, value := range query {
		switch value := value.(type) {
		case nil:
		case []string:
			values[name] = value
		default:
			values.Set(name, fmt.Sprint(value))
		}
	}
	if len(values) > 0 {
		path += "?" + values.Encode()
	}
	return s.send("GET", path, "application/json", nil, into)
}

// Post sends JSON.
func (s *Strict) Post(path string, body, into any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return s.send("POST", path, "application/json", bytes.NewReader(text), into)
}

// PostForm sends a form.
func (s *Strict) PostForm(path string, form url.Values, into any) error {
	return s.send("POST", path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()), into)
}

func (s *Strict) send(method, path, kind string, body io.Reader, into any) error {
	s.T.Helper()
	request, err := http.NewRequestWithContext(s.T.Context(), method, s.Base+path, body)
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", kind)
	if s.Token != "" {
		request.Header.Set("Authorization", "Bearer "+s.Token)
	}
	answer, err := s.Session.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if answer.StatusCode >= 300 {
		failed := &StatusError{Status: answer.StatusCode}
		if err := json.Unmarshal(text, &failed.Body); err != nil {
			return fmt.Errorf("%s %s: %d is no JSON: %w", method, path, answer.StatusCode, err)
		}
		return failed
	}
	if kind := answer.Header.Get("Content-Type"); kind != "application/json" {
		return fmt.Errorf("%s %s: it is %q", method, path, kind)
	}
	if err := Sound(text); err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	return d.Decode(into)
}

var (
	aboutATime = regexp.MustCompile(`^\d{4}-\d\d-\d\d[T ]\d\d:\d\d`)
	aTime      = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$`)
	aList      = regexp.MustCompile(`^(changes|errors|ids|activities|user_activity|groups|roles|scopes|rules|types|actions|outcomes|exports|tokens|members|projects|people)$`)
	anObject   = regexp.MustCompile(`^(metadata|details|extra_data|entity_counts|action_counts|by_type|by_month)$`)
)

// Sound finds what strict clients trip over in an answer: times that are not UTC with six digits, and null where a list or an object belongs.
func Sound(text []byte) error {
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	return sound("", "", v)
}

func sound(at, key string, v any) error {
	switch v := v.(type) {
	case nil:
		if aList.MatchString(key) || anObject.MatchString(key) {
			return fmt.Errorf("%s is null", at)
		}
	case string:
		if aboutATime.MatchString(v) && !aTime.MatchString(v) && key != "description" {
			return fmt.Errorf("%s is %q", at, v)
		}
	case []any:
		for i, each := range v {
			if err := sound(fmt.Sprint(at, "[", i, "]"), "", each); err != nil {
				return err
			}
		}
	case map[string]any:
		for name, each := range v {
			if err := sound(at+"."+name, name, each); err != nil {
				return err
			}
		}
	}
	return nil
}
