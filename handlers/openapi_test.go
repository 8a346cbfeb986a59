package handlers_test

import (
	"maps"
	"regexp"
	"strings"
	"testing"

	"daybook/handlers/api/openapi"
	"daybook/handlers/handlerstest"
)

// What is below /api stands in openapi.yaml, with who may, and nothing else does. How parameters are called is not compared. What is for owners passes the
// gate as what is for admins does (TestWhatIsForOwners).
func TestEveryCallIsDescribed(t *testing.T) {
	parameters := regexp.MustCompile(`\{\w+\}|:\w+`)
	described := map[string]string{}
	ids := map[string]bool{}
	for _, path := range openapi.The().Paths {
		for _, o := range path.Value.Operations() {
			who := o.Value.Who
			if who == "owners" {
				who = "admins"
			}
			described[o.Key+" "+parameters.ReplaceAllString(path.Key, "*")] = who
			if ids[o.Value.ID] || o.Value.ID == "" || o.Value.Summary == "" {
				t.Errorf("%s %s is called %q: %s", o.Key, path.Key, o.Value.ID, o.Value.Summary)
			}
			ids[o.Value.ID] = true
		}
	}
	routes := map[string]string{}
	for line, who := range handlerstest.Empty(t).Server.Audiences() {
		if _, path, _ := strings.Cut(line, " "); strings.HasPrefix(path, "/api/") {
			routes[parameters.ReplaceAllString(line, "*")] = who
		}
	}
	for line, who := range routes {
		if described[line] != who {
			t.Errorf("%s is for %s; in openapi.yaml it is for %q", line, who, described[line])
		}
	}
	for line := range maps.Keys(described) {
		if _, ok := routes[line]; !ok {
			t.Errorf("%s is in openapi.yaml, and is no route", line)
		}
	}
}
