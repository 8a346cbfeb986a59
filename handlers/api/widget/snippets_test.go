package widget_test

import (
	"fmt"
	"testing"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
)

// activity is what that product's client knows a row as.
type activity struct {
	ID          int64          `json:"id"`
	UserID      int64          `json:"user_id"`
	Username    string         `json:"username"`
	DisplayName string         `json:"display_name"`
	Action      string         `json:"action"`
	EntityType  *string        `json:"entity_type"`
	EntityID    any            `json:"entity_id"`
	EntityName  *string        `json:"entity_name"`
	Description string         `json:"description"`
	ExtraData   map[string]any `json:"extra_data"`
	CreatedAt   string         `json:"created_at"`
}

type activities struct {
	Activities  []activity `json:"activities"`
	Total       int        `json:"total"`
	Pages       int        `json:"pages"`
	CurrentPage int        `json:"current_page"`
	HasNext     bool       `json:"has_next"`
	HasPrev     bool       `json:"has_prev"`
	NextCursor  *string    `json:"next_cursor"`
}

// TestSnippets is named after the seed's headings.
func TestSnippets(t *testing.T) {
	w := New(t)
	c := w.StrictClient(t, "", w.BearerOf("service"))
	t.Run("For Developers", func(t *testing.T) { // Activity.log(…), whose keywords are the keys of an event
		for i, action := range []string{"created", "updated", "deleted", "started", "stopped"} {
			var answer map[string]any
			err := c.Post("/api/v1/workspaces/acme/activity", map[string]any{
				"user_id": 5, "action": action, "entity_type": []string{"project", "task", "time_entry", "invoice", "client"}[i], "entity_id": 42, "entity_name": "New Website",
				"description": `Created project "New Website"`, "extra_data": map[string]any{"client_id": 7}, "ip_address": "192.0.2.7", "user_agent": "Mozilla/5.0",
			}, &answer)
			if err != nil || answer["accepted"] != float64(1) {
				t.Fatal(err, answer)
			}
		}
		w.Drain()
	})
	t.Run("Get Activities", func(t *testing.T) {
		var list activities
		if err := c.Get("/api/activities", nil, &list); err != nil || list.Total != 5+4 || list.Pages != 1 || list.CurrentPage != 1 || list.HasNext || list.HasPrev || len(list.Activities) != 9 {
			t.Fatalf("%v %+v", err, list)
		}
		one := list.Activities[4]
		if one.Username != "5" || one.Action != "created" || *one.EntityType != "project" || one.EntityID != float64(42) || *one.EntityName != "New Website" || fmt.Sprint(one.ExtraData) != "map[client_id:7]" {
			t.Errorf("%+v", one)
		}
		for query, want := range map[string]int{
			"limit=2&page=2": 2, fmt.Sprint("user_id=", one.UserID): 5, "entity_type=project": 1, "entity_type=time_entry&action=deleted": 1, "action=created": 1,
			"start_date=2025-10-30T14:30:00Z": 9, "end_date=2025-10-30T14:30:00Z": 0, "page=1000000": 0,
		} {
			if err := c.Get("/api/activities?"+query, nil, &list); err != nil || len(list.Activities) != want {
				t.Errorf("%s: %v, %d rows", query, err, len(list.Activities))
			}
		}
	})
	t.Run("Get Activity Statistics", func(t *testing.T) {
		var s struct {
			Total        int            `json:"total_activities"`
			EntityCounts map[string]int `json:"entity_counts"`
			ActionCounts map[string]int `json:"action_counts"`
			UserActivity []struct {
				Username    string `json:"username"`
				DisplayName string `json:"display_name"`
				Count       int    `json:"count"`
			} `json:"user_activity"`
			Days int `json:"period_days"`
		}
		if err := c.Get("/api/activities/stats?days=7", nil, &s); err != nil || s.Total != 9 || s.EntityCounts["project"] != 1 || s.ActionCounts["stopped"] != 1 || s.Days != 7 || s.UserActivity[0].Count != 5 {
			t.Errorf("%v %+v", err, s)
		}
	})
	t.Run("Filtering", func(t *testing.T) { // the widget's menu
		for _, kind := range []string{"", "project", "task", "time_entry", "invoice", "client"} {
			var list activities
			if err := c.Get("/api/activities?limit=10&entity_type="+kind, nil, &list); err != nil || len(list.Activities) != map[bool]int{true: 9, false: 1}[kind == ""] {
				t.Errorf("%s: %v, %d rows", kind, err, len(list.Activities))
			}
		}
	})
	t.Run("Regular Users", func(t *testing.T) { // in a browser: by session
		var list activities
		a := w.Do(Request{As: "bob", Path: "/api/activities?limit=10"}).Expect(t, 200)
		a.Read(t, &list)
		for _, row := range list.Activities {
			if row.Username == "5" {
				t.Errorf("Bob sees %+v", row)
			}
		}
	})
}

// A page past the end is empty, however far; one in the middle of many rows is reached by cursor.
func TestDeepPages(t *testing.T) {
	w := New(t)
	for range 11 {
		lines := ""
		for range 1000 {
			lines += `{"actor": {"id": "x"}, "action": "created", "resource": {"type": "task", "id": "1"}}` + "\n"
		}
		w.Do(Request{As: "service", Method: "POST", Path: "/api/v1/workspaces/acme/activity", Body: lines, Type: "application/x-ndjson"}).Expect(t, 201)
	}
	w.Drain()
	get := func(query string) Answer {
		return w.Do(Request{As: "service", Path: path + "?entity_type=task&limit=100&" + query})
	}
	var p page
	get("page=101").Expect(t, 200).Read(t, &p)
	if p.Total != 11000 || p.Pages != 110 || len(p.Activities) != 100 || !p.HasNext || p.NextCursor == nil {
		t.Errorf("%+v", p)
	}
	get("page=102").Expect(t, 400, "next_cursor").ExpectFields(t, "page")
	get("page=110").Expect(t, 400)
	get("cursor="+*p.NextCursor).Expect(t, 200).Read(t, &p)
	if len(p.Activities) != 100 || !p.HasPrev {
		t.Errorf("%+v", p)
	}
	for _, past := range []string{"page=111", "page=2147483647"} {
		get(past).Expect(t, 200, `"activities":[]`).Read(t, &p)
		if p.Total != 11000 || p.Pages != 110 || p.HasNext || !p.HasPrev || p.NextCursor != nil {
			t.Errorf("%s: %+v", past, p)
		}
	}
}
