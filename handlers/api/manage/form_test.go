package manage_test

import (
	"testing"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
)

// Who sends no body is shown what belongs there.
func TestABodyThatIsMissingIsShown(t *testing.T) {
	w := New(t)
	w.Run(t, []Scenario{
		{Request: Request{As: "ada", Method: "POST", Path: "/api/v1/workspaces/acme/rejected/retry"}, Status: 400, Fields: []string{"body"}, Has: []string{`{\"ids\": […]}`}},
		{Request: Request{As: "ada", Method: "POST", Path: "/api/v1/workspaces/acme/rejected/dismiss", Body: `{}`}, Status: 422, Fields: []string{"ids"}, Has: []string{`{\"ids\": [4, 5]}`}},
		{Request: Request{As: "alice", Method: "POST", Path: "/api/v1/workspaces/acme/purges?end_date=today", Body: `[`}, Status: 400, Fields: []string{"body"}, Has: []string{`{\"confirm\": \"…\", \"up_to\": …, \"time_zone\": \"…\"}`}},
	})
}
