package web_test

import (
	"fmt"
	"testing"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
)

// spoil puts events into the inbox that cannot be posted, and waits until they were rejected.
func spoil(w *World, n int) {
	w.T.Helper()
	for i := range n {
		w.Exec(`INSERT INTO inbox (lane, workspace_id, uuid, source_id, event)
			SELECT 0, $1, gen_random_uuid(), id, jsonb_build_object('actor', jsonb_build_object('id', 'a', 'name', 'Amara <b>', 'type', 'user'), 'action', 'created', 'outcome', 'maybe', 'description', $2::text) FROM sources WHERE kind = 'daybook' LIMIT 1`,
			w.Acme.ID, fmt.Sprintf("Created <i>%d</i>", i))
	}
	w.Journal.Wake()
	w.Drain()
}

func TestRejectedEvents(t *testing.T) {
	w := New(t)
	w.Do(Request{As: "ada", Path: "/w/acme/rejected"}).Expect(t, 200, "Nothing was rejected")
	spoil(w, 3)
	w.Recorded()
	id := Ask[int64](w, `SELECT min(id) FROM rejected`)
	page := document(t, w.Do(Request{As: "ada", Path: "/w/acme/rejected"}).
		Expect(t, 200, "Amara &lt;b&gt;: Created &lt;i&gt;2&lt;/i&gt;", "The outcome is", "not retried yet", "&#34;outcome&#34;: &#34;maybe&#34;"))
	if n := page.Find(".rejected-row").Length(); n != 3 {
		t.Errorf("%d rows", n)
	}
	if n := page.Find(".tab .count").Text(); n != "3" {
		t.Errorf("the tab says %q", n)
	}
	all := []string{}
	for i := range 3 {
		all = append(all, "id", fmt.Sprint(id+int64(i)))
	}
	w.Run(t, []Scenario{
		{Name: "retried, it comes back", Request: filled("ada", "/w/acme/rejected/retry", "id", fmt.Sprint(id)), Status: 303, Headers: map[string]string{"Location": "/w/acme/rejected"}, Records: []string{"acme ada retried"}},
		{Name: "and says how often", Request: Request{As: "ada", Path: "/w/acme/rejected"}, Status: 200, Has: []string{"One event is tried again", "retried once"}},
		{Name: "the feed says it", Request: Request{As: "ada", Path: "/w/acme?include_system=true&actions=retried"}, Status: 200, Has: []string{"retried ", "a rejected event"}},
		{Name: "one that is gone", Request: filled("ada", "/w/acme/rejected/retry", "id", "4711"), Status: 303},
		{Name: "is told", Request: Request{As: "ada", Path: "/w/acme/rejected"}, Status: 200, Has: []string{"retried or dismissed already"}},
		{Name: "none named", Request: filled("ada", "/w/acme/rejected/dismiss"), Status: 303},
		{Name: "a field too many", Request: filled("ada", "/w/acme/rejected/dismiss", "all", "true"), Status: 303},
		{Name: "nothing was lost", Request: Request{As: "ada", Path: "/w/acme/sending"}, Status: 200, Has: []string{"is no field of this form", "3 events came and were rejected."}},
		{Name: "the page dismissed; one has another id now", Request: filled("ada", "/w/acme/rejected/dismiss", all...), Status: 303, Records: []string{"acme ada dismissed", "acme ada dismissed"}},
		{Name: "said", Request: Request{As: "ada", Path: "/w/acme/rejected"}, Status: 200, Has: []string{"2 events are dismissed.", "Retry this one"}},
		{Name: "no page of that list", Request: Request{As: "ada", Path: "/w/acme/rejected?before=x"}, Status: 400},
		{Name: "a member", Request: filled("bob", "/w/acme/rejected/dismiss", "id", "1"), Status: 403, Records: []string{"acme bob access_denied denied"}},
		{Name: "another workspace's owner", Request: filled("charlie", "/w/other/rejected/dismiss", "id", fmt.Sprint(id+3)), Status: 403, Records: []string{"other charlie access_denied denied"}},
	})
	w.Do(Request{As: "ada", Path: "/api/v1/workspaces/acme/rejected"}).Expect(t, 200, `"retries":1`, `"total":1`, `"next_before":null`, `"reason":"The outcome is \"maybe\"."`)
	w.Do(Request{As: "ada", Method: "POST", Path: "/api/v1/workspaces/acme/rejected/retry", Body: `{}`}).Expect(t, 422).ExpectFields(t, "ids")
	w.Do(Request{As: "ada", Method: "POST", Path: "/api/v1/workspaces/acme/rejected/dismiss", Body: fmt.Sprintf(`{"ids": [%d, 1]}`, Ask[int64](w, `SELECT max(id) FROM rejected`))}).Expect(t, 200, `{"dismissed":1}`)
}

func TestRejectedEventsArePaged(t *testing.T) {
	w := New(t)
	spoil(w, 51)
	first := document(t, w.Do(Request{As: "ada", Path: "/w/acme/rejected"}).Expect(t, 200, "Retry these 50"))
	next, _ := first.Find(`a[rel="next"]`).Attr("href")
	second := document(t, w.Do(Request{As: "ada", Path: next}).Expect(t, 200, "Retry this one", "Created &lt;i&gt;0&lt;"))
	back, _ := second.Find(`a[rel="prev"]`).Attr("href")
	if again := document(t, w.Do(Request{As: "ada", Path: back}).Expect(t, 200)); again.Find(".rejected-row").Length() != 50 || again.Find(`a[rel="prev"]`).Length() != 0 {
		t.Error("the way back is another page")
	}
}
