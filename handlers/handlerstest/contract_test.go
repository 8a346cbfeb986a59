package handlerstest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// complaints keeps what is wrong in place of failing.
type complaints struct {
	testing.TB
	all []string
}

func (c *complaints) Helper() {}

func (c *complaints) Errorf(format string, args ...any) {
	c.all = append(c.all, fmt.Sprintf(format, args...))
}

// What holds every exchange of the suite against openapi.yaml complains when something is not in it, and only then.
func TestTheContractIsHeld(t *testing.T) {
	const token = `{"id": 1, "name": "a", "scopes": "activity:read", "created_by": null, "created_at": "2026-01-31T09:00:00.000000Z", "expires_at": null, "revoked_at": null, "last_used_at": null, "last_used_ip": null}`
	tokens := func(one string) string { return `{"tokens": [` + one + `]}` }
	problem := `{"type": "about:blank", "title": "Conflict", "status": 409, "detail": "No.", "errors": [], "request_id": "x"}`
	const at = "/api/v1/workspaces/acme/tokens"
	for name, c := range map[string]struct {
		method, path, sent string
		status             int
		kind, body         string
		wrong              string // in the complaint; empty: there is none
	}{
		"as it is":             {"GET", at, "", 200, "application/json", tokens(token), ""},
		"with a slash":         {"GET", at + "/", "", 200, "application/json", tokens(token), ""},
		"another key":          {"GET", at, "", 200, "application/json", tokens(strings.Replace(token, `{`, `{"secret": 1, `, 1)), "secret"},
		"a key is missing":     {"GET", at, "", 200, "application/json", tokens(strings.Replace(token, `"revoked_at": null, `, ``, 1)), "revoked_at"},
		"null":                 {"GET", at, "", 200, "application/json", tokens(strings.Replace(token, `"a"`, `null`, 1)), "nullable"},
		"a list that is null":  {"GET", at, "", 200, "application/json", `{"tokens": null}`, "nullable"},
		"a time without zeros": {"GET", at, "", 200, "application/json", tokens(strings.Replace(token, `.000000Z`, `Z`, 1)), "created_at"},
		"another kind":         {"GET", at, "", 200, "text/html", "<p>", "text/html"},
		"another status":       {"GET", at, "", 206, "application/json", tokens(token), "no status 206"},
		"no body":              {"DELETE", at + "/1", "", 204, "", "", ""},
		"a body for 204":       {"DELETE", at + "/1", "", 204, "application/json", `{}`, "there is a body"},
		"a problem":            {"POST", at, "", 409, "application/problem+json", problem, ""},
		"no problem":           {"POST", at, "", 409, "application/problem+json", `{"error": "no"}`, "error"},
		"HTML for a problem":   {"POST", at, "", 409, "text/html", "<p>", "text/html"},
		"a key too many sent":  {"POST", "/api/v1/workspaces/acme/members", `{"user": "a", "role": "member", "admin": true}`, 204, "", "", "admin"},
		"a key too few sent":   {"POST", "/api/v1/workspaces/acme/members", `{"user": "a"}`, 204, "", "", "role"},
		"what is refused":      {"POST", "/api/v1/workspaces/acme/members", `{"admin": true}`, 409, "application/problem+json", problem, ""},
		"a parameter":          {"GET", "/api/v1/workspaces/acme/activity?limit=5&actions=created,deleted&cursor=", "", 200, "application/json", "[]", ""},
		"another parameter":    {"GET", "/api/v1/workspaces/acme/activity?limits=5", "", 200, "application/json", "[]", "limits"},
		"a parameter too high": {"GET", "/api/v1/workspaces/acme/activity?limit=500", "", 200, "application/json", "[]", "limit"},
		"not in it":            {"GET", "/api/v1/nothing", "", 200, "application/json", "[]", "is not in openapi.yaml"},
		"nothing there":        {"GET", "/api/v1/nothing", "", 404, "application/problem+json", strings.ReplaceAll(problem, "409", "404"), ""},
		"a page":               {"GET", "/w/acme", "", 200, "text/html", "<p>", ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(c.method, c.path, strings.NewReader(c.sent))
			if c.sent != "" {
				r.Header.Set("Content-Type", "application/json")
			}
			heard := &complaints{TB: t}
			Answer{Status: c.status, Header: http.Header{"Content-Type": {c.kind}}, Body: c.body}.checkContract(heard, r, &c.sent)
			switch said := strings.Join(heard.all, "\n"); {
			case c.wrong == "" && said != "":
				t.Error(said)
			case !strings.Contains(said, c.wrong):
				t.Errorf("%q is not in %q", c.wrong, said)
			case c.wrong != "" && said == "":
				t.Error("nobody complained")
			}
		})
	}
}
