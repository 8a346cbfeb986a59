package platform_test

import (
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
	"daybook/services/export"
)

// client is a stand-in for that product's client: httpx, strict about what it gets.
type client struct{ *Strict }

func (c client) workspaceActivity(ws string, query map[string]any) []export.Row {
	c.T.Helper()
	var rows []export.Row
	if err := c.Get("/workspaces/"+ws+"/activity", query, &rows); err != nil {
		c.T.Fatal(err)
	}
	return rows
}

// newPlatform has the events that the seed's snippets look for.
func newPlatform(t *testing.T) (*World, client) {
	w := New(t)
	for i, event := range []string{
		`"actor": {"id": "user-123", "name": "Amara"}, "action": "created", "resource": {"type": "issue", "id": "ISS-123", "name": "ISS-123"}`,
		`"actor": {"id": "user-123"}, "action": "updated", "resource": {"type": "issue", "id": "ISS-123"}, "changes": [{"field": "status", "before": "open", "after": "done"}]`,
		`"actor": {"id": "user-7"}, "action": "assigned", "resource": {"type": "issue", "id": "ISS-123"}`,
		`"actor": {"id": "user-7"}, "action": "deleted", "resource": {"type": "comment", "id": "c1"}`,
		`"actor": {"id": "agent-1", "type": "agent"}, "action": "agent_completed", "resource": {"type": "issue", "id": "ISS-124"}`,
		`"actor": {"id": "cron", "type": "system"}, "action": "updated", "resource": {"type": "issue", "id": "ISS-124"}`,
	} {
		w.Send(`{%s, "occurred_at": "2025-01-15T10:00:0%dZ"}`, event, i)
	}
	return w, client{w.StrictClient(t, "/api/v1", w.BearerOf("service"))}
}

// TestSnippets is named after the seed's headings. ("Set up webhook" of the last one is not ours: README.md.)
func TestSnippets(t *testing.T) {
	w, c := newPlatform(t)
	id := w.Acme.ID.String()
	t.Run("View Recent Activity", func(t *testing.T) {
		rows := c.workspaceActivity(id, map[string]any{"limit": 50, "include_system": true})
		if len(rows) < 6 || !rows[0].System && rows[0].Timestamp < rows[len(rows)-1].Timestamp {
			t.Fatalf("%d rows", len(rows))
		}
		for _, r := range rows {
			if r.Timestamp == "" || r.Actor.Name == "" || r.Action == "" || r.Description == "" {
				t.Errorf("%+v", r)
			}
		}
	})
	t.Run("Filter Activity by Type", func(t *testing.T) {
		january := map[string]any{"resource_types": []string{"issue"}, "actions": []string{"created", "updated", "assigned"}, "start_date": "2025-01-01T00:00:00Z", "end_date": "2025-01-31T23:59:59Z"}
		if rows := c.workspaceActivity(id, january); len(rows) != 3 {
			t.Errorf("%d rows", len(rows))
		}
		january["resource_types"], january["actions"] = "issue", "created,updated,assigned" // as the table of parameters writes them
		if rows := c.workspaceActivity(id, january); len(rows) != 3 {
			t.Errorf("with commas %d rows", len(rows))
		}
		if rows := c.workspaceActivity(id, map[string]any{"actor_id": "user-123", "limit": 25}); len(rows) != 2 {
			t.Errorf("%d rows of the user", len(rows))
		}
	})
	t.Run("Activity Endpoints", func(t *testing.T) {
		first := c.workspaceActivity(id, map[string]any{"actor_id": "user-123"})[1]
		var one export.Row
		if err := c.Get("/workspaces/"+id+"/activity/"+first.ID.String(), nil, &one); err != nil || one.ID != first.ID || one.Action != "created" {
			t.Errorf("%v %+v", err, one)
		}
		var history, own []export.Row
		if err := c.Get("/issues/ISS-123/activity", nil, &history); err != nil || len(history) != 3 || *history[0].IssueID != "ISS-123" {
			t.Errorf("%v %+v", err, history)
		}
		if err := c.Get("/workspaces/"+id+"/issues/ISS-123/activity", map[string]any{"limit": "50"}, &history); err != nil || len(history) != 3 {
			t.Errorf("%v %+v", err, history)
		}
		w.Send(`{"actor": {"id": "bob"}, "action": "created", "resource": {"type": "label", "id": "l"}}`)
		bob := w.StrictClient(t, "/api/v1", w.BearerOf("bob-read"))
		if err := bob.Get("/users/me/activity", map[string]any{"limit": 50, "offset": 0}, &own); err != nil || len(own) == 0 || own[0].ActorID != "bob" {
			t.Errorf("%v %+v", err, own)
		}
	})
	t.Run("Query Parameters", func(t *testing.T) {
		for query, want := range map[string]int{
			"limit=50&actions=agent_completed": 1, "offset=100": 0, "actor_id=user-123": 2, "resource_types=issue,project": 4, "actions=created,updated&resource_types=issue": 2,
			"start_date=2025-01-01T00:00:00Z&end_date=2025-01-31T23:59:59Z": 5, "include_system=true&actor_id=cron": 1, "include_system=True&actor_id=cron": 1,
		} {
			var rows []export.Row
			if err := c.Get("/workspaces/"+id+"/activity?"+query, nil, &rows); err != nil || len(rows) != want {
				t.Errorf("%s: %v, %d rows", query, err, len(rows))
			}
		}
	})
	t.Run("Activity Feed Dashboard", func(t *testing.T) {
		recent := c.workspaceActivity(id, map[string]any{"limit": 20})
		issues := c.workspaceActivity(id, map[string]any{"resource_types": []string{"issue"}, "limit": 10})
		team := c.workspaceActivity(id, map[string]any{"actions": []string{"member_added", "member_removed", "role_changed"}, "limit": 5})
		today, people, updated := 0, map[string]bool{}, 0
		for _, r := range recent {
			if strings.HasPrefix(r.Timestamp, "2025-01-15") {
				today++
			}
			people[r.Actor.ID] = true
		}
		for _, r := range issues {
			if r.Action == "updated" {
				updated++
			}
		}
		if today != 5 || len(people) < 3 || updated != 1 || len(team) == 0 {
			t.Errorf("%d today, %d people, %d updated, %d of the team", today, len(people), updated, len(team))
		}
	})
	t.Run("Real-time Activity Monitoring", func(t *testing.T) { monitoring(t, w, c) })
}

// monitoring is the long polling of the seed, a client's wait of five seconds in place of which Daybook waits.
func monitoring(t *testing.T, w *World, c client) {
	var told []string
	last, first := "", true
	poll := func() {
		query := map[string]any{"limit": 10, "after_id": last, "wait": 0}
		if !first {
			query["wait"] = 4
		}
		first = false
		for _, r := range c.workspaceActivity("acme", query) {
			told, last = append(told, r.Description), r.ID.String()
		}
	}
	poll()
	begun := len(told)
	for n := range 3 {
		w.Send(`{"actor": {"id": "user-7"}, "action": "created", "resource": {"type": "issue", "id": "NEW-%d"}, "description": "new %d"}`, n, n)
		poll()
	}
	if got := told[begun:]; begun != 10 || !slices.Equal(got, []string{"new 0", "new 1", "new 2"}) {
		t.Errorf("%d to begin with, then %q", begun, got)
	}
}

func TestSnippetAuditTrailExport(t *testing.T) {
	w, c := newPlatform(t)
	lines := []string{}
	for i := range 230 {
		lines = append(lines, fmt.Sprintf(`{"actor": {"id": "user-%d"}, "action": "updated", "resource": {"type": "issue", "id": "%d"}}`, i%3, i))
	}
	w.Do(Request{As: "service", Method: "POST", Path: "/api/v1/workspaces/acme/activity", Body: strings.Join(lines, "\n"), Type: "application/x-ndjson"}).Expect(t, 201)
	w.Drain()
	const isoformat = "2006-01-02T15:04:05.000000" // of a datetime without a zone
	end := time.Now().UTC().Add(time.Minute)
	var all []export.Row
	for offset := 0; ; offset += 100 {
		rows := c.workspaceActivity(w.Acme.ID.String(), map[string]any{"start_date": end.AddDate(0, 0, -30).Format(isoformat), "end_date": end.Format(isoformat), "offset": offset, "limit": 100, "include_system": true})
		if len(rows) == 0 {
			break
		}
		all = append(all, rows...)
	}
	once := map[string]bool{}
	var file strings.Builder
	out := csv.NewWriter(&file)
	for _, r := range all {
		once[r.ID.String()] = true
		text := func(s *string) string {
			if s == nil {
				return ""
			}
			return *s
		}
		if err := out.Write([]string{r.Timestamp, r.Actor.Name, r.Action, text(r.ResourceType), text(r.ResourceID), r.Description}); err != nil {
			t.Fatal(err)
		}
	}
	if n := Ask[int](w, `SELECT count(*) FROM activities WHERE workspace_id = $1 AND occurred_at > now() - interval '1 day'`, w.Acme.ID); len(all) != n || len(once) != n || n < 230 {
		t.Errorf("%d rows, %d different ones, of %d", len(all), len(once), n)
	}
}

// Its client signs in first, with whatever token it had.
func TestTheClientSignsIn(t *testing.T) {
	w, _ := newPlatform(t)
	c := client{w.StrictClient(t, "/api/v1", "eyJhbGciOiJIUzI1NiJ9.stale.token")}
	var workspaces []struct {
		ID          string  `json:"id"`
		Slug        string  `json:"slug"`
		Name        string  `json:"name"`
		Description *string `json:"description"`
		TimeZone    string  `json:"time_zone"`
		Role        string  `json:"role"`
		ArchivedAt  *string `json:"archived_at"`
		CreatedAt   string  `json:"created_at"`
	}
	err := c.Get("/workspaces/", nil, &workspaces)
	if failed, ok := errors.AsType[*StatusError](err); !ok || failed.Status != 401 {
		t.Error(err)
	}
	var login map[string]any
	if err := c.Post("/auth/login", map[string]any{"email": "ada@example.com", "password": Password}, &login); err != nil {
		t.Fatal(err)
	}
	c.Token = login["token"].(string)
	if err := c.Get("/workspaces/", nil, &workspaces); err != nil || len(workspaces) != 1 {
		t.Fatal(err, workspaces)
	}
	if rows := c.workspaceActivity(workspaces[0].ID, nil); len(rows) == 0 {
		t.Error("it reads nothing")
	}
	var me map[string]any
	if err := c.Get("/auth/me", nil, &me); err != nil || me["email"] != "ada@example.com" {
		t.Error(err, me)
	}
}
