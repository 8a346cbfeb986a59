package web_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
)

// id makes the public id of the n-th activity of a test.
func id(n int) string { return fmt.Sprintf("019a0000-0000-7000-8000-%012d", n) }

func activityAt(n int) string { return "/w/acme/activities/" + id(n) }

// tell sends activities about one task: those with even numbers in p1, which Bob may read, those with odd ones in p2, which he may not. They are of one
// correlation, and a minute apart.
func tell(w *World, n int) {
	for i := range n {
		w.Send(`{"id": %q, "actor": {"id": "person-%d", "name": "Person Number %d", "email": "person%d@example.com"}, "action": "updated", "resource": {"type": "task", "id": "a/b ?&#%% c", "name": "The task %d"},
			"project": {"id": "p%d", "name": "Project %d"}, "correlation_id": "all together", "ip_address": "203.0.113.%d", "user_agent": "curl/8.5.%d", "occurred_at": "2026-01-05T09:%02d:00Z",
			"changes": [{"field": "estimate", "before": 12000, "after": 13000}], "metadata": {"n": %d}}`, id(i), i%4, i%4, i%4, i, i%2+1, i%2+1, i, i, i, i)
	}
}

func TestActivityIsForThoseWhoMaySeeIt(t *testing.T) {
	w := New(t)
	tell(w, 4)
	w.Send(`{"id": %q, "actor": {"id": "bob"}, "action": "created", "resource": {"type": "task", "id": "his"}, "project": {"id": "p2"}}`, id(90))
	w.Do(Request{As: "service-other", Method: "POST", Path: "/api/v1/workspaces/other/activity", Body: fmt.Sprintf(`{"id": %q, "actor": {"id": "x"}, "action": "created"}`, id(91))}).Expect(t, 201)
	w.Drain()
	for _, piece := range []string{"", "/inside"} {
		for path, status := range map[string][3]int{ // ada, bob, charlie
			activityAt(0): {200, 200, 404}, activityAt(1): {200, 404, 404}, activityAt(90): {200, 200, 404}, activityAt(91): {404, 404, 404}, "/w/other/activities/" + id(91): {404, 404, 404},
			activityAt(7): {404, 404, 404}, "/w/acme/activities/nonsense": {404, 404, 404}, "/w/acme/activities/" + strings.ToUpper(id(0)): {200, 200, 404},
		} {
			for i, who := range []string{"ada", "bob", "charlie"} {
				w.Do(Request{As: who, Path: path + piece}).Expect(t, status[i])
			}
		}
	}
	w.Exec(`DELETE FROM project_members`)
	w.Do(Request{As: "bob", Path: activityAt(0)}).Expect(t, 404).Lacks(t, "Person Number", "The task")
}

func TestActivityTellsWhatItsReaderMayKnow(t *testing.T) {
	w := New(t)
	tell(w, 4)
	w.Do(Request{As: "ada", Path: activityAt(2)}).Expect(t, 200, "Person Number 2", "203.0.113.2", "curl/8.5.2", "Only admins and owners see this", "12,000", "13,000", "Service token", "As it was recorded.", "no. ", `<b>"n"</b>: <i>2</i>`)
	bob := w.Do(Request{As: "bob", Path: activityAt(2)}).Expect(t, 200, "Person Number 2", "12,000", "Service token", "As it was recorded.")
	bob.Lacks(t, "203.0.113", "curl/8.5", "Only admins and owners", ">service<", "Project 2", "The task 1", "The task 3")
	for who, want := range map[string]int{"ada": 4, "bob": 2} {
		d := document(t, w.Do(Request{As: who, Path: activityAt(2)}))
		if n := d.Find(".side section").First().Find(".history > li").Length(); n != want {
			t.Errorf("%s sees a history of %d", who, n)
		}
		if n := d.Find(".side section").Last().Find(".history > li").Length(); n != want-1 {
			t.Errorf("%s sees %d of the same correlation", who, n)
		}
		if got := d.Find(".is-this time").Text(); d.Find(".is-this").Length() != 1 || got != "5 Jan 05:32" { // Newfoundland
			t.Errorf("this one is marked as %q", got)
		}
	}
	w.Do(Request{As: "bob", Path: activityAt(2) + "/inside"}).Expect(t, 200, "12,000", "Open activity", "The task 2").Lacks(t, "<html", "203.0.113", "/sign-out")
	inside := w.Do(Request{As: "ada", Path: activityAt(2) + "/inside"}).Expect(t, 200, "203.0.113.2", "all together")
	if got := inside.Header.Get("Cache-Control"); got != "private, no-cache" || !strings.Contains(inside.Header.Get("Vary"), "Cookie") {
		t.Errorf("a piece of a page is kept as %q, %v", got, inside.Header["Vary"])
	}
}

// TestActivitiesAreTurnedOver: from the newest to the oldest and back, each reader over what they may see.
func TestActivitiesAreTurnedOver(t *testing.T) {
	w := New(t)
	tell(w, 6)
	for who, want := range map[string]string{"ada": "5 4 3 2 1 0", "bob": "4 2 0"} {
		var seen []string
		for path := "/w/acme/activities/" + id(5-map[string]int{"bob": 1}[who]); path != "" && len(seen) < 20; {
			n := strings.TrimLeft(path[len(path)-3:], "0")
			if n == "" {
				n = "0"
			}
			seen = append(seen, n)
			d := document(t, w.Do(Request{As: who, Path: path}).Expect(t, 200))
			next := d.Find(`a[rel="next"]`).AttrOr("href", "")
			if next != "" {
				back := document(t, w.Do(Request{As: who, Path: next}).Expect(t, 200)).Find(`a[rel="prev"]`).AttrOr("href", "")
				if back != path {
					t.Errorf("%s goes from %s to %s, and back to %s", who, path, next, back)
				}
			}
			path = next
		}
		if got := strings.Join(seen, " "); got != want {
			t.Errorf("%s turned over %s, want %s", who, got, want)
		}
	}
}

// TestActivityThatWasChangedSaysSo: whoever has the database can change a row past us, and its page tells.
func TestActivityThatWasChangedSaysSo(t *testing.T) {
	w := New(t)
	tell(w, 2)
	w.Exec(`ALTER TABLE activities DISABLE TRIGGER USER`)
	w.Exec(`UPDATE activities SET changes = '[{"field": "estimate", "before": 12000, "after": 12500}]' WHERE uuid = $1`, id(0))
	w.Do(Request{As: "ada", Path: activityAt(0)}).Expect(t, 200, "Not as it was recorded.").Lacks(t, "As it was recorded.")
	w.Do(Request{As: "ada", Path: activityAt(1)}).Expect(t, 200, "As it was recorded.")
	w.Exec(`UPDATE activities SET row_key = NULL WHERE uuid = $1`, id(1))
	w.Do(Request{As: "ada", Path: activityAt(1)}).Expect(t, 200, "Not as it was recorded.") // no record tells of an erasure
}

// TestSystemRowsAreForThoseWhoReadEverything, and so are the steps to the next ones.
func TestSystemRowsAreForThoseWhoReadEverything(t *testing.T) {
	w := New(t)
	tell(w, 2)
	w.Send(`{"id": %q, "actor": {"id": "cron", "type": "system", "name": "Cron"}, "action": "reminded", "resource": {"type": "task", "id": "a/b ?&#%% c"}, "project": {"id": "p1"}, "occurred_at": "2026-01-05T10:00:00Z", "correlation_id": "all together"}`, id(50))
	w.Do(Request{As: "bob", Path: activityAt(50)}).Expect(t, 404)
	d := document(t, w.Do(Request{As: "ada", Path: activityAt(50)}).Expect(t, 200, "System row"))
	if d.Find(`a[rel="next"]`).AttrOr("href", "") != activityAt(1) {
		t.Error("what comes before a system row")
	}
	w.Do(Request{As: "ada", Path: activityAt(0)}).Expect(t, 200, "Cron")
	w.Do(Request{As: "bob", Path: activityAt(0)}).Expect(t, 200).Lacks(t, "Cron")
	cron := Ask[int64](w, `SELECT id FROM actors WHERE external_id = 'cron'`)
	w.Do(Request{As: "ada", Path: fmt.Sprint("/w/acme/people/", cron)}).Expect(t, 200, "Cron", "include_system=true")
	w.Do(Request{As: "bob", Path: fmt.Sprint("/w/acme/people/", cron)}).Expect(t, 404)
}

// inert wants nothing that was stored to have become markup, and every link to lead to us or to the web.
func inert(t *testing.T, d *goquery.Document) {
	t.Helper()
	d.Find("script").Each(func(_ int, s *goquery.Selection) {
		if !strings.HasPrefix(s.AttrOr("src", ""), "/static/") || s.Text() != "" {
			t.Error("a script that is none of ours")
		}
	})
	if n := d.Find("img, iframe, style, [style], [onerror], [onclick], [onfocus], [onload], svg svg").Length(); n != 0 {
		t.Errorf("%d elements came from outside", n)
	}
	d.Find("[href], [src], [action]").Each(func(_ int, s *goquery.Selection) {
		to := s.AttrOr("href", "") + s.AttrOr("src", "") + s.AttrOr("action", "")
		if !strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "#") && !strings.HasPrefix(to, "https://example.com/") {
			t.Errorf("something leads to %q", to)
		}
	})
}
