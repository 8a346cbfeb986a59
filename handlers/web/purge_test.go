package web_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"strings"

	"daybook/handlers/handlerstest"
)

// confirmation is the form of a preview, as a browser would send it.
func confirmation(t *testing.T, a handlerstest.Answer, typed string) url.Values {
	t.Helper()
	page, err := goquery.NewDocumentFromReader(strings.NewReader(a.Body))
	if err != nil {
		t.Fatal(err)
	}
	form := url.Values{"confirm": {typed}}
	page.Find(".purge-confirm input[type=hidden]").Each(func(_ int, s *goquery.Selection) { form.Set(s.AttrOr("name", ""), s.AttrOr("value", "")) })
	return form
}

func TestActivitiesArePurgedByHand(t *testing.T) {
	w := handlerstest.New(t)
	for _, day := range []string{"2024-01-10", "2024-01-20", "2024-02-10"} {
		w.Send(`{"actor": {"id": "bob"}, "action": "created", "resource": {"type": "file", "id": %q}, "occurred_at": %q}`, day, day+"T12:00:00Z")
	}
	w.Recorded()
	const page = "/w/acme/purge"
	w.Run(t, []handlerstest.Scenario{
		{Request: handlerstest.Request{As: "ada", Path: page}, Status: 403, Records: []string{"acme ada access_denied denied"}},
		{Request: handlerstest.Request{As: "ada", Path: "/w/acme/settings"}, Status: 200, Lacks: []string{page}},
		{Request: handlerstest.Request{As: "alice", Path: page}, Status: 200, Has: []string{"There were none."}},
		{Request: handlerstest.Request{As: "alice", Path: page + "/preview"}, Status: 422, Has: []string{"Is required: the last day", `id="end_date-error"`}},
		{Request: handlerstest.Request{As: "alice", Path: page + "/preview?end_date=2024-01-31&q=typ%3Afile"}, Status: 400, Has: []string{`value="typ:file"`, `id="q-error"`}},
		{Request: handlerstest.Request{As: "alice", Path: page + "/preview?start_date=2024-02-01&end_date=2024-01-31"}, Status: 400, Has: []string{`id="start_date-error"`}},
		{Request: handlerstest.Request{As: "alice", Path: page + "/preview?end_date=2023-01-31"}, Status: 200, Has: []string{"Nothing would go"}, Lacks: []string{"<form class=\"purge-confirm"}},
	})
	seen := w.Do(handlerstest.Request{As: "alice", Path: page + "/preview?end_date=2024-01-31&q=type%3Afile"}).Expect(t, 200, "2 activities", "January 2024", "Delete 2 activities of")
	w.Send(`{"actor": {"id": "bob"}, "action": "created", "resource": {"type": "file", "id": "late"}, "occurred_at": "2024-01-15T12:00:00Z"}`)
	w.Recorded()
	w.Run(t, []handlerstest.Scenario{
		{Name: "another word", Request: handlerstest.Request{As: "alice", Method: "POST", Path: page, Form: confirmation(t, seen, "ACME")}, Status: 422, Has: []string{`id="confirm-error"`, "Delete"}},
		{Name: "a field that is none", Request: handlerstest.Request{As: "alice", Method: "POST", Path: page, Form: url.Values{"workspace_id": {"x"}, "confirm": {"acme"}}}, Status: 422},
	})
	w.Do(handlerstest.Request{As: "alice", Method: "POST", Path: page, Form: confirmation(t, seen, "acme")}).Expect(t, 303)
	for deadline := time.Now().Add(time.Minute); handlerstest.Ask[string](w, `SELECT state FROM purges`) != "done"; {
		if time.Now().After(deadline) {
			t.Fatal("it is not done")
		}
	}
	w.Do(handlerstest.Request{As: "alice", Path: page + "/1"}).Expect(t, 200, "Done", "2 activities", "January 2024").Lacks(t, "Cancel it", "hx-get")
	w.Do(handlerstest.Request{As: "alice", Path: page + "/1", Header: map[string]string{"HX-Request": "true"}}).Expect(t, 200, "Done").Lacks(t, "<html", "<form")
	w.Do(handlerstest.Request{As: "alice", Path: page}).Expect(t, 200, page+"/1")
	w.Do(handlerstest.Request{As: "alice", Method: "POST", Path: page + "/1/cancel", Form: url.Values{}}).Expect(t, 303)
	w.Do(handlerstest.Request{As: "alice", Path: page + "/1"}).Expect(t, 200, "has ended already")
	if left := handlerstest.Ask[string](w, `SELECT string_agg(entity_id, ' ' ORDER BY entity_id) FROM activities WHERE entity_type = 'file'`); left != "2024-02-10 late" {
		t.Errorf("%s is left: what was recorded after the preview stays", left)
	}
}

// TestAPurgeIsRefusedWhenTheZoneChangedMeanwhile: the preview is shown again, as it is now, and says why.
func TestAPurgeIsRefusedWhenTheZoneChangedMeanwhile(t *testing.T) {
	w := handlerstest.New(t)
	w.Exec(`UPDATE workspaces SET time_zone = 'UTC' WHERE id = $1`, w.Acme.ID)
	w.Send(`{"actor": {"id": "bob"}, "action": "created", "resource": {"type": "file", "id": "three"}, "occurred_at": "2024-01-10T03:30:00Z"}`)
	w.Send(`{"actor": {"id": "bob"}, "action": "created", "resource": {"type": "file", "id": "eight"}, "occurred_at": "2024-01-10T08:30:00Z"}`)
	const page = "/w/acme/purge"
	seen := w.Do(handlerstest.Request{As: "alice", Path: page + "/preview?end_date=2024-01-31&q=hour%3A3"}).Expect(t, 200, "1 activity", `name="time_zone" value="UTC"`)
	w.Exec(`UPDATE workspaces SET time_zone = 'Africa/Cairo' WHERE id = $1`, w.Acme.ID)
	w.Do(handlerstest.Request{As: "alice", Method: "POST", Path: page, Form: confirmation(t, seen, "acme")}).Expect(t, 409, "Africa/Cairo now", "Nothing would go")
	w.Exec(`UPDATE workspaces SET time_zone = 'America/New_York' WHERE id = $1`, w.Acme.ID) // where 8:30 is 3:30
	w.Do(handlerstest.Request{As: "alice", Method: "POST", Path: page, Form: confirmation(t, seen, "acme")}).
		Expect(t, 409, `id="confirm-error"`, "America/New_York now", `name="time_zone" value="America/New_York"`)
	if n := handlerstest.Ask[int64](w, `SELECT count(*) FROM purges`); n != 0 {
		t.Errorf("%d purges were begun", n)
	}
}
