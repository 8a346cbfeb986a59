package handlers

import (
	"strings"
	"testing"
)

func TestWhatWasTried(t *testing.T) {
	for line, want := range map[string]string{
		"PATCH /api/v1/workspaces/:ws/members/:id":         "change a role",
		"POST /w/:ws/members/:id/role":                     "change a role",
		"POST /api/v1/workspaces/:ws/archive":              "archive the workspace",
		"POST /w/:ws/projects/:id/archive":                 "archive a project",
		"POST /w/:ws/users/:id/deactivate":                 "deactivate somebody",
		"GET /w/:ws/tokens":                                "see tokens",
		"GET /w/:ws/tokens/new":                            "see tokens",
		"POST /w/:ws/tokens":                               "make a token",
		"GET /w/:ws/projects/:id/access":                   "see who has access to a project",
		"POST /w/:ws/projects/:id/access/grant":            "give access to a project",
		"POST /api/v1/workspaces/:ws/rejected/:id/dismiss": "dismiss rejected events",
		"GET /w/:ws":             "open the feed",
		"GET /":                  "open the feed",
		"GET /metrics":           "see the metrics of Daybook",
		"GET /instance/health":   "see the health of Daybook",
		"POST /w/:ws/something":  "change something",
		"GET /wherever/:else/it": "open a page",
	} {
		method, path, _ := strings.Cut(line, " ")
		if got := attempt(method, path); got != want {
			t.Errorf("%s: %q, not %q", line, got, want)
		}
	}
}
