package web_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
)

func personOf(w *World, externalID string) string {
	return fmt.Sprint("/w/acme/people/", Ask[int64](w, `SELECT id FROM actors WHERE workspace_id = $1 AND external_id = $2`, w.Acme.ID, externalID))
}

func projectOf(w *World, externalID string) string {
	return fmt.Sprint("/w/acme/projects/", Ask[int64](w, `SELECT id FROM projects WHERE workspace_id = $1 AND external_id = $2`, w.Acme.ID, externalID))
}

var theTask = "/w/acme/entity?" + url.Values{"type": {"task"}, "id": {"a/b ?&#% c"}}.Encode()

func note(d *goquery.Document) string { return d.Find(".history-feed .section-note").Text() }

func TestHistoriesAreForThoseWhoSeeSomething(t *testing.T) {
	w := New(t)
	tell(w, 8)
	w.Send(`{"actor": {"id": "robot", "type": "agent", "name": "Robot"}, "on_behalf_of": {"id": "quiet", "name": "Quiet One"}, "action": "created", "resource": {"type": "task", "id": "by robot"}, "project": {"id": "p1"}}`)
	w.Send(`{"actor": {"id": "robot"}, "on_behalf_of": {"id": "hidden", "name": "Hidden One"}, "action": "created", "project": {"id": "p2"}}`)
	charlie := fmt.Sprint("/w/acme/people/", Ask[int64](w, `SELECT id FROM actors WHERE external_id = 'charlie'`))
	for path, c := range map[string]struct {
		ada, bob int
		counts   [2]string // what ada and bob see of it
	}{
		personOf(w, "person-0"): {200, 200, [2]string{"2", "2"}}, personOf(w, "person-1"): {200, 404, [2]string{"2", ""}}, personOf(w, "bob"): {200, 200, [2]string{"0", "0"}},
		personOf(w, "robot"): {200, 200, [2]string{"2", "1"}}, personOf(w, "quiet"): {200, 200, [2]string{"0", "0"}}, personOf(w, "hidden"): {200, 404, [2]string{"0", ""}},
		projectOf(w, "p1"): {200, 200, [2]string{"5", "5"}}, projectOf(w, "p2"): {200, 404, [2]string{"5", ""}},
		theTask: {200, 200, [2]string{"8", "4"}}, "/w/acme/entity?type=task&id=nothing": {404, 404, [2]string{}}, "/w/acme/entity?type=file&id=by+robot": {404, 404, [2]string{}},
		charlie: {404, 404, [2]string{}}, "/w/acme/people/0": {404, 404, [2]string{}}, "/w/acme/people/abc": {404, 404, [2]string{}}, "/w/acme/people/%2B1": {404, 404, [2]string{}},
		"/w/acme/people/99999999999999999999": {404, 404, [2]string{}}, "/w/acme/projects/-1": {404, 404, [2]string{}}, "/w/acme/projects/1e1": {404, 404, [2]string{}},
	} {
		for i, who := range []string{"ada", "bob"} {
			a := w.Do(Request{As: who, Path: path}).Expect(t, []int{c.ada, c.bob}[i])
			if got := note(document(t, a)); got != c.counts[i] {
				t.Errorf("%s at %s sees %q of it, want %q", who, path, got, c.counts[i])
			}
		}
		w.Do(Request{As: "charlie", Path: path}).Expect(t, 404)
	}
	for query, names := range map[string]string{"": "type, id", "?type=task": "id", "?id=5": "type", "?type=&id=5": "type", "?type=%zz&id=5": "escape"} {
		a := w.Do(Request{As: "ada", Path: "/w/acme/entity" + query}).Expect(t, 400)
		for _, name := range strings.Split(names, ", ")[:1] {
			a.Expect(t, 400, name)
		}
	}
}

func TestHistoriesTellWhatTheirReaderMayKnow(t *testing.T) {
	w := New(t)
	tell(w, 8)
	w.Do(Request{As: "ada", Path: personOf(w, "person-0")}).Expect(t, 200, "Person Number 0", "person0@example.com", "not linked to a user", "Project 1")
	w.Do(Request{As: "bob", Path: personOf(w, "person-0")}).Expect(t, 200, "Person Number 0").Lacks(t, "person0@example.com", "not linked")
	w.Do(Request{As: "ada", Path: personOf(w, "bob")}).Expect(t, 200, "bob@example.com, member")
	w.Do(Request{As: "bob", Path: personOf(w, "bob")}).Expect(t, 200).Lacks(t, "bob@example.com, member")
	w.Do(Request{As: "ada", Path: projectOf(w, "p1")}).Expect(t, 200, "Project 1", "its members", "Members")
	w.Do(Request{As: "bob", Path: projectOf(w, "p1")}).Expect(t, 200, "Project 1").Lacks(t, "<dt>Members", "Person Number 1", "Person Number 3")
	w.Do(Request{As: "ada", Path: theTask}).Expect(t, 200, "The task 7", "Earlier name", "The task 6", "Person Number 3", "5 Jan 2026, 05:30")
	w.Do(Request{As: "bob", Path: theTask}).Expect(t, 200, "The task 6", "The task 4").Lacks(t, "The task 7", "The task 5", "Person Number 1", "Person Number 3")
}

// TestFiguresAreTheRowsBehindThem: each bar leads to a list that is as long as it says.
func TestFiguresAreTheRowsBehindThem(t *testing.T) {
	w := New(t)
	tell(w, 8)
	w.Send(`{"actor": {"id": "person-0"}, "action": "commented", "resource": {"type": "task", "id": "a/b ?&#%% c"}, "project": {"id": "p1"}}`)
	for _, who := range []string{"ada", "bob"} {
		bars := 0
		for _, path := range []string{personOf(w, "person-0"), projectOf(w, "p1"), theTask} {
			d := document(t, w.Do(Request{As: who, Path: path}).Expect(t, 200))
			d.Find("a.rank").Each(func(_ int, s *goquery.Selection) {
				bars++
				s.Find(".unseen").Remove()
				said, _ := strconv.Atoi(s.Find(".rank-count").Text())
				list := document(t, w.Do(Request{As: who, Path: s.AttrOr("href", "") + "&fold=no"}).Expect(t, 200))
				if n := list.Find(".entry").Length(); n != said || said == 0 {
					t.Errorf("%s at %s: %s leads to %d rows of %d", who, path, s.AttrOr("href", ""), n, said)
				}
			})
			all, _ := strconv.Atoi(note(d))
			if n := document(t, w.Do(Request{As: who, Path: d.Find(".history-foot a").AttrOr("href", "") + "&fold=no"}).Expect(t, 200)).Find(".entry").Length(); n != all {
				t.Errorf("%s at %s: all are %d rows of %d", who, path, n, all)
			}
		}
		if bars < 6 {
			t.Errorf("%s saw %d bars", who, bars)
		}
	}
}

// TestWhatIsOfferedOpens: every link of these pages works for whom it is offered to.
func TestWhatIsOfferedOpens(t *testing.T) {
	w := New(t)
	tell(w, 4)
	w.Send(`{"id": %q, "actor": {"id": "bob"}, "on_behalf_of": {"id": "quiet"}, "action": "created", "resource": {"type": "task", "id": "his"}, "project": {"id": "p2"}}`, id(90))
	for _, who := range []string{"ada", "bob"} {
		done := map[string]bool{}
		for _, path := range []string{activityAt(0), activityAt(90), activityAt(90) + "/inside", personOf(w, "person-0"), projectOf(w, "p1"), theTask} {
			document(t, w.Do(Request{As: who, Path: path}).Expect(t, 200)).Find("main a[href^='/'], .inside a[href^='/']").Each(func(_ int, s *goquery.Selection) {
				if to := s.AttrOr("href", ""); !done[to] {
					done[to] = true
					w.Do(Request{As: who, Path: to}).Expect(t, 200)
				}
			})
		}
		if len(done) < 15 {
			t.Errorf("%s was offered %d links", who, len(done))
		}
	}
}

// TestHostileContentStaysText on all of these pages.
func TestHostileContentStaysText(t *testing.T) {
	w := New(t)
	for i, text := range []string{
		`<script>alert(1)</script>`, `"><img src=x onerror="alert(1)">`, `</pre></dd></title><svg onload=alert(1)>`, "javascript:alert(1)", `' onfocus='alert(1)`, strings.Repeat("Unbreakable", 40),
		"\u202egnp.exe", "مشروع الموقع", "👩\u200d👩\u200d👧", "a\nb\tc \u0007", "../../x?y=z&a=b#c", "100% %zz %00", ".", "0",
	} {
		key := text
		if len(key) > 255 {
			key = key[:255]
		}
		event, _ := json.Marshal(map[string]any{
			"id": id(i), "actor": map[string]any{"id": key, "name": text, "role": text[:min(len(text), 60)]}, "action": "updated", "resource": map[string]any{"type": "task", "id": key, "name": text, "url": []string{"javascript:alert(1)", "https://example.com/?x=<b>"}[i%2]},
			"project": map[string]any{"id": key, "name": text}, "description": text + "\n" + text, "correlation_id": key, "user_agent": text,
			"changes":  []map[string]any{{"field": text[:min(len(text), 60)], "before": text, "after": []any{text}}, {"field": "prose", "before": "some words that stay around " + text + " as they were", "after": "some words that stay around " + text + text + " as they were"}, {"field": "tags", "before": []any{"a", text}, "after": []any{"a", text + "!"}}},
			"metadata": map[string]any{text: map[string]any{"<b>": []any{text, 1, nil}}, "long": strings.Repeat("x", 20000)},
		})
		w.Do(Request{As: "service", Method: "POST", Path: "/api/v1/workspaces/acme/activity", Body: string(event)}).Expect(t, 201)
		w.Drain()
		seen := 0
		for _, path := range []string{activityAt(i), activityAt(i) + "/inside", personOf(w, key), projectOf(w, key), "/w/acme/entity?" + url.Values{"type": {"task"}, "id": {key}}.Encode()} {
			d := document(t, w.Do(Request{As: "ada", Path: path}).Expect(t, 200))
			inert(t, d)
			if strings.Contains(strings.Join(strings.Fields(d.Text()), " "), strings.Join(strings.Fields(strings.ReplaceAll(text, "\u0007", "")), " ")) {
				seen++
			}
			d.Find("main a[href^='/w/acme/'], .inside a[href^='/w/acme/']").EachWithBreak(func(n int, s *goquery.Selection) bool {
				w.Do(Request{As: "ada", Path: s.AttrOr("href", "")}).Expect(t, 200)
				return n < 12
			})
		}
		if seen < 5 {
			t.Errorf("%q is to be read on %d pages", text, seen)
		}
	}
}
