package clients_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"daybook/handlers/handlerstest"
)

// What is sent when a page is hidden outlives it, when browsers keep so much; after it came back requests are as before. Cookies go to the
// page's own server alone, which knows by them who asks.
func TestAPageThatComesBack(t *testing.T) {
	w := handlerstest.New(t)
	g := newGate(t, w.Address)
	var requests []string
	said := ended(t, g, w, "node", "testdata/page.mjs")
	for _, line := range said {
		size, how, _ := strings.Cut(line, ":")
		if n, err := strconv.Atoi(size); err != nil || n > 60<<10 && strings.HasPrefix(how, "true") {
			t.Errorf("a request that outlives the page is %s", line)
		}
		requests = append(requests, how)
	}
	want := []string{"false:same-origin", "true:omit", "false:omit", "false:omit", "true:omit", "true:omit", "true:omit", "true:omit"}
	if !slices.Equal(requests, want) {
		t.Errorf("requests: %q", said)
	}
	g.once(t)
}
