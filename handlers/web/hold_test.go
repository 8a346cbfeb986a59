package web_test

import (
	"fmt"
	"net/url"
	"testing"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
)

func formed(as, path string, fields ...string) Request {
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	return Request{As: as, Method: "POST", Path: path, Form: form}
}

func TestHoldsOnPages(t *testing.T) {
	w := New(t)
	w.Send(`[{"id": "019a0000-0000-7000-8000-000000000005", "actor": {"id": "x7", "name": "Amara <b>"}, "action": "created", "resource": {"type": "invoice", "id": "9"}}]`)
	w.Recorded()
	w.Run(t, []Scenario{
		{Name: "none", Request: Request{As: "alice", Path: "/w/acme/holds?person=x7"}, Status: 200, Has: []string{"There are none", `value="x7"`, "Place hold"}},
		{Name: "an admin", Request: Request{As: "ada", Path: "/w/acme/holds"}, Status: 403, Records: []string{"acme ada access_denied denied"}},
		{Name: "no name, nobody and no day", Request: formed("alice", "/w/acme/holds", "person", "who", "start_date", "soon"), Status: 422,
			Has: []string{`id="start_date-error"`, `value="who"`, `value="soon"`}},
		{Name: "nothing", Request: formed("alice", "/w/acme/holds", "name", "Everything"), Status: 422, Has: []string{`id="person-error"`, `value="Everything"`}},
		{Name: "another field", Request: formed("alice", "/w/acme/holds", "name", "A", "colour", "red"), Status: 422},
		{Name: "placed", Request: formed("alice", "/w/acme/holds", "name", "Case <12>", "person", "x7", "end_date", "2100-12-31"), Status: 303,
			Headers: map[string]string{"Location": "/w/acme/holds"}, Records: []string{"acme Alice Person hold_placed"}},
		{Name: "a second on the same", Request: formed("alice", "/w/acme/holds", "name", "Invoices", "resource_type", "invoice", "resource_id", "9"), Status: 303, Records: []string{"acme Alice Person hold_placed"}},
		{Name: "both are listed", Request: Request{As: "alice", Path: "/w/acme/holds"}, Status: 200,
			Has: []string{"Case &lt;12&gt;", "Amara &lt;b&gt;", "Happened up to", "<code>invoice</code>", "Lift…"}, Lacks: []string{"Case <12>", "There are none"}},
		{Name: "on the activity", Request: Request{As: "ada", Path: "/w/acme/activities/019a0000-0000-7000-8000-000000000005"}, Status: 200, Has: []string{"Case &lt;12&gt;", "Invoices", "neither deleted nor anonymised"}},
		{Name: "on the person", Request: Request{As: "alice", Path: fmt.Sprintf("/w/acme/actors/%d", Ask[int64](w, `SELECT id FROM actors WHERE external_id = 'x7'`))}, Status: 200,
			Has: []string{"Legal hold", "Case &lt;12&gt;", "/w/acme/holds?person=x7"}},
	})
	first := Ask[int64](w, `SELECT min(id) FROM holds`)
	w.Do(Request{As: "alice", Method: "POST", Path: fmt.Sprintf("/w/acme/holds/%d/lift", first), Form: url.Values{}}).Expect(t, 303)
	w.Do(Request{As: "alice", Path: "/w/acme/holds"}).Expect(t, 200, "Lifted")
	w.Do(Request{As: "alice", Method: "POST", Path: fmt.Sprintf("/w/acme/holds/%d/lift", first), Form: url.Values{}}).Expect(t, 303)
}
