package handlers_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"daybook/handlers"
	"daybook/handlers/handlerstest"
)

// Whatever route somebody is refused at, the feed tells in words what they tried.
func TestEveryRouteHasWords(t *testing.T) {
	w := handlerstest.Empty(t)
	refusesNobody := []string{"/healthz", "/readyz", "/static/*", "/favicon.ico", "/sign-in", "/setup/:secret", "/invitation/:secret", "/password/:secret", "/docs", "/api/openapi.yaml", "/api/openapi.json", "/api/ping"}
	for _, line := range w.Server.Lines() {
		method, path, _ := strings.Cut(line, " ")
		if slices.ContainsFunc(refusesNobody, func(p string) bool { return path == p || strings.HasPrefix(path, p+"/") }) {
			continue
		}
		words := handlers.Attempt(method, path)
		if words == "open a page" || words == "change something" || strings.ContainsAny(words, "/:_") {
			t.Errorf("%s has no words: add its first part to attemptedThings, or what it does to attempts", line)
		}
		if utf8.RuneCountInString(words) > 48 {
			t.Errorf("%s: %q is too long for a sentence", line, words)
		}
	}
}

func TestARefusedAttemptReadsAsASentence(t *testing.T) {
	w := handlerstest.New(t)
	w.Do(handlerstest.Request{As: "bob", Method: "PATCH", Path: "/api/v1/workspaces/acme/members/1", Body: `{}`}).Expect(t, 403)
	w.Drain()
	w.Do(handlerstest.Request{As: "ada", Path: "/api/v1/workspaces/acme/activity?include_system=true&action=access_denied"}).
		Expect(t, 200, `"attempt":"change a role"`, `"description":"Tried to change a role (denied)"`, `PATCH /api/v1/workspaces/:ws/members/:id`)
	w.Do(handlerstest.Request{As: "ada", Path: "/w/acme?include_system=true&actions=access_denied"}).Expect(t, 200, "tried to change a role").Lacks(t, "tried to open")
}
