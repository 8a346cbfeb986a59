package widget_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
)

const path = "/api/activities"

func newStory(t *testing.T) *World {
	w := New(t)
	now := time.Now().UTC()
	for i, event := range []string{
		`"actor": {"id": "carol", "name": "Carol"}, "action": "created", "resource": {"type": "project", "id": "42", "name": "New Website"}, "project": {"id": "p1"}`,
		`"actor": {"id": "carol"}, "action": "updated", "resource": {"type": "task", "id": "042"}, "project": {"id": "p2"}, "metadata": {"a": 1}`,
		`"actor": {"id": "bob"}, "action": "created", "resource": {"type": "task", "id": "9007199254740992"}`,
		`"actor": {"id": "bob"}, "action": "deleted", "resource": {"type": "task", "id": "-7"}`,
		`"actor": {"id": "bob"}, "action": "deleted"`,
		`"actor": {"id": "cron", "type": "system"}, "action": "updated"`,
	} {
		w.Send(`{%s, "occurred_at": %q}`, event, now.Add(time.Duration(i-10)*time.Hour).Format(time.RFC3339Nano))
	}
	w.Send(`{"actor": {"id": "carol"}, "action": "archived", "resource": {"type": "project", "id": "1"}, "occurred_at": %q}`, now.Add(-20*24*time.Hour).Format(time.RFC3339))
	w.Recorded()
	return w
}

type page struct {
	Activities  []map[string]any `json:"activities"`
	Total       int              `json:"total"`
	Pages       int              `json:"pages"`
	CurrentPage int              `json:"current_page"`
	HasNext     bool             `json:"has_next"`
	HasPrev     bool             `json:"has_prev"`
	NextCursor  *string          `json:"next_cursor"`
}

func get(t testing.TB, w *World, as, query string) (page, Answer) {
	t.Helper()
	a := w.Do(Request{As: as, Path: path + query}).Expect(t, 200)
	var p page
	a.Read(t, &p)
	return p, a
}

func keys(m map[string]any) string { return strings.Join(slices.Sorted(maps.Keys(m)), " ") }

func TestListHasTheFormOfTheSeed(t *testing.T) {
	w := newStory(t)
	p, a := get(t, w, "ada", "?workspace_id=acme")
	var raw map[string]any
	a.Read(t, &raw)
	if got := keys(raw); got != "activities current_page has_next has_prev next_cursor pages total" {
		t.Error(got)
	}
	if p.Total != 6+len(strings.Split("member_added member_added member_added member_added", " ")) || p.Pages != 1 || p.CurrentPage != 1 || p.HasNext || p.HasPrev || p.NextCursor != nil {
		t.Errorf("%+v", p)
	}
	byEntity := map[string]map[string]any{}
	for _, row := range p.Activities {
		if got := keys(row); got != "action created_at description display_name entity_id entity_name entity_type extra_data id user_id username" {
			t.Error(got)
		}
		byEntity[fmt.Sprintf("%v %v %T", row["action"], row["entity_id"], row["entity_id"])] = row
	}
	for _, want := range []string{"created 42 float64", "updated 042 string", "created 9007199254740992 string", "deleted -7 float64", "deleted <nil> <nil>"} {
		if byEntity[want] == nil {
			t.Errorf("there is no %s in %v", want, slices.Sorted(maps.Keys(byEntity)))
		}
	}
	row := byEntity["created 42 float64"]
	if row["username"] != "carol" || row["display_name"] != "Carol" || row["entity_type"] != "project" || row["entity_name"] != "New Website" || fmt.Sprint(row["extra_data"]) != "map[]" ||
		row["description"] != `Created project "New Website"` || !strings.HasSuffix(row["created_at"].(string), "Z") || len(row["created_at"].(string)) != 27 {
		t.Errorf("%v", row)
	}
	if bare := byEntity["deleted <nil> <nil>"]; bare["entity_type"] != nil || bare["entity_name"] != nil {
		t.Errorf("%v", bare)
	}
}

func TestListPages(t *testing.T) {
	w := newStory(t)
	seen := map[any]bool{}
	for n := 1; n <= 3; n++ {
		p, _ := get(t, w, "bob", fmt.Sprintf("?limit=2&page=%d", n))
		if p.Total != 4 || p.Pages != 2 || p.CurrentPage != n || p.HasNext != (n == 1) || p.HasPrev != (n > 1) || p.Activities == nil || len(p.Activities) != map[int]int{1: 2, 2: 2}[n] {
			t.Errorf("page %d: %+v", n, p)
		}
		for _, row := range p.Activities {
			if seen[row["id"]] {
				t.Errorf("%v comes twice", row["id"])
			}
			seen[row["id"]] = true
		}
	}
	first, _ := get(t, w, "bob", "?limit=3")
	second, _ := get(t, w, "bob", "?limit=3&cursor="+*first.NextCursor)
	if len(first.Activities) != 3 || len(second.Activities) != 1 || second.NextCursor != nil || !second.HasPrev {
		t.Errorf("%+v", second)
	}
	empty, a := get(t, w, "bob", "?entity_type=client")
	if empty.Total != 0 || empty.Pages != 0 || !strings.Contains(a.Body, `"activities":[]`) {
		t.Errorf("%+v", empty)
	}
}

func TestListFilters(t *testing.T) {
	w := newStory(t)
	carol := Ask[int64](w, `SELECT id FROM actors WHERE external_id = 'carol'`)
	bob := Ask[int64](w, `SELECT id FROM actors WHERE external_id = 'bob'`)
	yesterday := time.Now().UTC().Add(-48 * time.Hour).Format(time.RFC3339)
	for _, c := range []struct {
		as, query string
		total     int
	}{
		{"service", "?entity_type=task", 3},
		{"service", "?entity_type=task,project", 5},
		{"service", "?action=created", 2},
		{"service", "?action=created&entity_type=", 2},
		{"service", fmt.Sprint("?user_id=", carol), 3},
		{"bob", fmt.Sprint("?user_id=", bob), 3},
		{"service", "?user_id=999999", 0},
		{"service", "?user_id=-1", 0},
		{"service", "?project_id=p1", 1},
		{"service", "?entity_type=project&start_date=" + yesterday, 1},
		{"service", "?entity_type=project&end_date=" + yesterday, 1},
		{"service", "?entity_type=task&_=123&include_system=true&colour=red&offset=7", 3},
		{"charlie", "?entity_type=task", 0},
		{"service-other", "", 1},
		{"ina", "?entity_type=task", 3},
		{"ina", "?entity_type=task&workspace_id=other", 0},
		{"ina", "?entity_type=task&workspace_id=" + w.Acme.ID.String(), 3},
	} {
		if p, _ := get(t, w, c.as, c.query); p.Total != c.total || len(p.Activities) != c.total {
			t.Errorf("%s %s: %d rows, total %d, not %d", c.as, c.query, len(p.Activities), p.Total, c.total)
		}
	}
	w.Run(t, []Scenario{
		{Name: "another's for a member", Request: Request{As: "bob", Path: path + fmt.Sprint("?user_id=", carol)}, Status: 403, Fields: []string{"user_id"}, Records: []string{"daybook Bob Person access_denied denied"}},
		{Request: Request{As: "service", Path: path + "?user_id=john"}, Status: 400, Fields: []string{"user_id"}},
		{Request: Request{As: "service", Path: path + "?limit=0&page=0&user_id=x&start_date=tomorrow"}, Status: 400, Fields: []string{"limit", "page", "user_id", "start_date"}},
		{Name: "twice", Request: Request{As: "service", Path: path + "?limit=5&limit=6&page=1&page=2&cursor=x&cursor=y&user_id=1&user_id=2&workspace_id=acme&workspace_id=other&start_date=7d&start_date=1d&end_date=&end_date=today"},
			Status: 400, Fields: []string{"limit", "page", "cursor", "user_id", "workspace_id", "start_date", "end_date"}},
		{Name: "twice the same, what means nothing here, and alternatives", Request: Request{As: "service", Path: path + "?limit=5&limit=5&days=1&days=2&entity_type=a&entity_type=b&action=a&action=b&project_id=a&project_id=b"}, Status: 200},
		{Name: "counted twice", Request: Request{As: "service", Path: path + "/stats?days=1&days=2&user_id=1&user_id=2&workspace_id=acme&workspace_id=other&start_date=7d&start_date=1d&end_date=today&end_date=1d"},
			Status: 400, Fields: []string{"days", "user_id", "workspace_id", "start_date", "end_date"}},
		{Name: "alternatives are counted", Request: Request{As: "service", Path: path + "/stats?limit=5&limit=6&entity_type=a&entity_type=b&action=a&action=b&project_id=a&project_id=b"}, Status: 200},
		{Request: Request{As: "service", Path: path + "?limit=101"}, Status: 400, Fields: []string{"limit"}},
		{Request: Request{As: "service", Path: path + "?page=1e9"}, Status: 400, Fields: []string{"page"}},
		{Request: Request{As: "service", Path: path + "?page=2147483648"}, Status: 400, Fields: []string{"page"}},
		{Request: Request{As: "service", Path: path + "?cursor=x"}, Status: 400, Fields: []string{"cursor"}},
		{Request: Request{As: "service", Path: path + "?cursor=x&page=2"}, Status: 400, Fields: []string{"page"}},
		{Request: Request{As: "bob", Path: path + "?workspace_id=other"}, Status: 404},
		{Request: Request{As: "bob", Path: path + "?workspace_id=%00"}, Status: 400, Fields: []string{"workspace_id"}},
		{Name: "no scope, and recorded a moment ago", Request: Request{As: "bob-write", Path: path}, Status: 403},
		{Request: Request{Path: path}, Status: 401},
	})
}

type statistics struct {
	Total        int              `json:"total_activities"`
	Entities     map[string]int   `json:"entity_counts"`
	Actions      map[string]int   `json:"action_counts"`
	UserActivity []map[string]any `json:"user_activity"`
	Days         int              `json:"period_days"`
}

func TestStatistics(t *testing.T) {
	w := newStory(t)
	ask := func(as, query string) statistics {
		t.Helper()
		a := w.Do(Request{As: as, Path: path + "/stats" + query}).Expect(t, 200)
		var s statistics
		a.Read(t, &s)
		var raw map[string]any
		a.Read(t, &raw)
		if got := keys(raw); got != "action_counts entity_counts period_days total_activities user_activity" || raw["user_activity"] == nil || raw["entity_counts"] == nil || raw["action_counts"] == nil {
			t.Errorf("%s: %s", got, a.Body)
		}
		return s
	}
	week := ask("service", "")
	if week.Days != 7 || week.Entities["task"] != 3 || week.Entities["project"] != 1 || week.Actions["deleted"] != 2 || week.Actions["archived"] != 0 || week.Entities[""] != 0 {
		t.Errorf("%+v", week)
	}
	names := []string{}
	for _, u := range week.UserActivity {
		if keys(u) != "count display_name username" {
			t.Errorf("%v", u)
		}
		names = append(names, fmt.Sprint(u["username"], " ", u["count"]))
	}
	if len(names) < 2 || !slices.Contains(names, "bob 3") || !slices.Contains(names, "carol 2") {
		t.Errorf("%q", names)
	}
	if month := ask("ada", "?days=30&colour=red"); month.Days != 30 || month.Total != week.Total+1 || month.Actions["archived"] != 1 {
		t.Errorf("%+v", month)
	}
	if bob := ask("bob", "?days=366"); bob.Total != 4 || len(bob.UserActivity) != 0 || bob.Entities["task"] != 2 {
		t.Errorf("%+v", bob)
	}
	if none := ask("charlie", "?days=1"); none.Entities == nil {
		t.Errorf("%+v", none)
	}
	for query, n := range map[string]int{"?days=30&entity_type=task": 3, "?action=archived&start_date=1970-01-01": 1, "?action=archived,deleted&days=366": 3, "?project_id=nowhere": 0,
		"?start_date=1970-01-01&end_date=1970-01-03": 0, "?end_date=1970-01-01": 0} {
		if got := ask("service", query); got.Total != n {
			t.Errorf("%s: %+v", query, got)
		}
	}
	if s := ask("service", "?start_date=1970-01-01&end_date=1970-01-03"); s.Days != 3 {
		t.Errorf("%+v", s)
	}
	var page struct{ Total int }
	w.Do(Request{As: "ada", Path: path + "?entity_type=task,project&workspace_id=acme"}).Expect(t, 200).Read(t, &page)
	if got := ask("ada", "?entity_type=task,project&workspace_id=acme&start_date=1970-01-01"); got.Total != page.Total {
		t.Errorf("%+v, and the list has %d", got, page.Total)
	}
	w.Do(Request{As: "service", Path: path + "/stats?start_date=2026-02-01&end_date=2026-01-01"}).Expect(t, 400).ExpectFields(t, "start_date")
	w.Do(Request{As: "service", Path: path + "/stats?user_id=x&days=0"}).Expect(t, 400).ExpectFields(t, "days", "user_id")
	w.Do(Request{As: "bob", Path: path + "/stats?user_id=1"}).Expect(t, 403)
	for _, bad := range []string{"0", "367", "-1", "x", "1e2"} {
		w.Do(Request{As: "service", Path: path + "/stats?days=" + bad}).Expect(t, 400).ExpectFields(t, "days")
	}
	w.Do(Request{As: "bob", Path: path + "/stats?workspace_id=other"}).Expect(t, 404)
	a := w.Do(Request{As: "service", Path: path + "/stats?days=30&workspace_id=acme"})
	if a.Header.Get("Etag") == "" {
		t.Error("it has no tag")
	}
}
