package models_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/quick"
	"unicode/utf8"

	"daybook/models"
)

func ptr(s string) *string { return &s }

// entry makes an activity of Amara Okafor; entity is "type/id/name", each of which may be empty.
func entry(action, entity string, more ...func(*models.Entry)) *models.Entry {
	e := &models.Entry{}
	e.ActorName, e.Action, e.Outcome = "Amara Okafor", action, models.Success
	e.Actor = models.Actor{Type: models.ActorUser, Name: "Amara Okafor"}
	parts := strings.SplitN(entity+"//", "/", 3)
	e.EntityType = parts[0]
	if parts[1] != "" {
		e.EntityID = ptr(parts[1])
	}
	if name := strings.TrimRight(parts[2], "/"); name != "" {
		e.EntityName = ptr(name)
	}
	for _, f := range more {
		f(e)
	}
	return e
}

func changed(field, before, after string) func(*models.Entry) {
	return func(e *models.Entry) {
		e.Changes = append(e.Changes, models.Change{Field: field, Before: json.RawMessage(before), After: json.RawMessage(after)})
	}
}

func meta(object string) func(*models.Entry) {
	return func(e *models.Entry) { e.Metadata = json.RawMessage(object) }
}

func ended(o models.Outcome) func(*models.Entry) { return func(e *models.Entry) { e.Outcome = o } }

// sentences has one of each frame, outcome and kind of word.
var sentences = []struct {
	want string // without "Amara Okafor "
	e    *models.Entry
}{
	// Seed 2, every action.
	{"created project New Website", entry("created", "project/42/New Website")},
	{"created task Keyboard navigation", entry("created", "task/1/Keyboard navigation")},
	{"created client Pellworm Ferries", entry("created", "client/1/Pellworm Ferries")},
	{"updated invoice 42", entry("updated", "invoice/42/")},
	{"deleted Invoice 38", entry("deleted", "invoice/38/Invoice 38")},
	{"started the timer on API review", entry("started", "time_entry/9/API review")},
	{"stopped the timer", entry("stopped", "time_entry//")},
	{"started task Wireframes", entry("started", "task/9/Wireframes")},
	{"completed task Wireframes", entry("completed", "task/9/Wireframes")},
	{"assigned task Wireframes", entry("assigned", "task/9/Wireframes")},
	{"assigned task Wireframes to Chiara Bellandi", entry("assigned", "task/9/Wireframes", changed("assignee", `null`, `"Chiara Bellandi"`))},
	{"assigned task Wireframes to Chiara", entry("assigned", "task/9/Wireframes", meta(`{"assignee":{"id":4,"name":"Chiara"}}`))},
	{"commented on task Wireframes", entry("commented", "task/9/Wireframes")},
	{"wrote a comment", entry("commented", "comment//")},
	{"changed the status of task Wireframes", entry("status_changed", "task/9/Wireframes")},
	{"moved Invoice 42 from draft to sent", entry("status_changed", "invoice/42/Invoice 42", changed("status", `"draft"`, `"sent"`))},
	{"moved task Wireframes to in progress", entry("status_changed", "task/9/Wireframes", changed("status", `null`, `"in_progress"`))},
	{"moved Invoice 42 from draft to sent", entry("sent", "invoice/42/Invoice 42", changed("status", `"draft"`, `"sent"`))},
	{"sent Invoice 42", entry("sent", "invoice/42/Invoice 42")},
	{"recorded the payment of Invoice 37", entry("paid", "invoice/37/Invoice 37")},
	{"archived project Winter campaign", entry("archived", "project/1/Winter campaign")},
	{"unarchived project Winter campaign", entry("unarchived", "project/1/Winter campaign")},
	{"updated user john.doe", entry("updated", "user/5/john.doe")},
	// Changes.
	{"changed estimate of task Lens finder from 4 h to 6 h", entry("updated", "task/1/Lens finder", changed("estimate", `"4 h"`, `"6 h"`))},
	{"set owner of project Audit to Mateo Quispe", entry("updated", "project/1/Audit", changed("owner", `null`, `"Mateo Quispe"`))},
	{"cleared due date of project Audit", entry("updated", "project/1/Audit", changed("due_date", `"2025-11-28"`, `null`))},
	{"changed billable of project Audit from true to false", entry("updated", "project/1/Audit", changed("billable", `true`, `false`))},
	{"renamed project Checkout audit from Checkout review", entry("updated", "project/1/Checkout audit", changed("name", `"Checkout review"`, `"Checkout audit"`))},
	{"renamed project Audit from A to B", entry("updated", "project/1/Audit", changed("name", `"A"`, `"B"`))},
	{"changed tags of project Audit", entry("updated", "project/1/Audit", changed("tags", `["a"]`, `["a","b"]`))},
	{"changed summary of project Audit", entry("updated", "project/1/Audit", changed("summary", `"`+strings.Repeat("long ", 40)+`"`, `"`+strings.Repeat("text ", 40)+`"`))},
	{"changed budget and owner of project Audit", entry("updated", "project/1/Audit", changed("budget", `1`, `2`), changed("owner", `1`, `2`))},
	{"changed budget, due date, owner and 1 more field of project Audit", entry("updated", "project/1/Audit",
		changed("budget", `1`, `2`), changed("due_date", `1`, `2`), changed("owner", `1`, `2`), changed("x", `1`, `2`))},
	{"changed budget, due date, owner and 2 more fields of project Audit", entry("updated", "project/1/Audit",
		changed("budget", `1`, `2`), changed("due_date", `1`, `2`), changed("owner", `1`, `2`), changed("x", `1`, `2`), changed("y", `1`, `2`))},
	{"renamed file b.go from x/a.go to x/b.go", entry("renamed", "file/x/b.go", changed("path", `"x/a.go"`, `"x/b.go"`))},
	// Seed 1, every action.
	{"created issue ISS-123", entry("created", "issue/ISS-123/")},
	{"deleted a comment", entry("deleted", "comment//")},
	{"added @sarah to workspace Tidewell as member", entry("member_added", "workspace/1/Tidewell", meta(`{"member_name":"@sarah","role":"member"}`))},
	{"added a member to workspace Tidewell", entry("member_added", "workspace/1/Tidewell")},
	{"added Ravi to the workspace", entry("member_added", "user/1/Ravi")},
	{"removed Ravi from the workspace", entry("member_removed", "workspace_member/1/Ravi")},
	{"changed the role of Ravi from member to admin", entry("role_changed", "workspace_member/1/Ravi", changed("role", `"member"`, `"admin"`))},
	{"changed the settings of workspace Tidewell", entry("settings_updated", "workspace/1/Tidewell")},
	{"changed time zone of workspace Tidewell from UTC to Europe/Berlin", entry("settings_updated", "workspace/1/Tidewell", changed("time_zone", `"UTC"`, `"Europe/Berlin"`))},
	{"assigned an agent to issue ISS-1", entry("agent_assigned", "issue/ISS-1/")},
	{"assigned agent Triage to issue ISS-1", entry("agent_assigned", "issue/ISS-1/", meta(`{"agent":"Triage"}`))},
	{"finished work on issue ISS-1", entry("agent_completed", "issue/ISS-1/")},
	{"could not process issue ISS-1 (Failed)", entry("agent_failed", "issue/ISS-1/", ended(models.Failure))},
	{"created agent Code Reviewer", entry("agent_created", "agent/1/Code Reviewer")},
	// Seed 3.
	{"signed in", entry("login", "//")},
	{"deployed model llama", entry("deployed", "model/1/llama")},
	{"ingested dataset Books", entry("ingested", "dataset/1/Books")},
	{"created a lab", entry("created", "lab//")},
	// Daybook's own acts.
	{"signed in", entry("signed_in", "//")},
	{"signed out", entry("signed_out", "//")},
	{"could not sign in (Failed)", entry("sign_in_failed", "user/1/Ravi", ended(models.Failure))},
	{"changed the password", entry("password_changed", "//")},
	{"changed the password of user Ravi", entry("password_changed", "user/1/Ravi")},
	{"changed their password", entry("password_changed", "user/1/Amara Okafor")},
	{"refused a sign-in of nobody known here (Failed)", entry("sign_in_failed", "//", ended(models.Failure), func(e *models.Entry) { e.Actor.Type = models.ActorSystem })},
	{"exported All time entries, 12480 rows as CSV", entry("exported", "export/1/All time entries", meta(`{"rows":12480,"format":"csv"}`))},
	{"gave Priya Raman access to project Audit", entry("access_granted", "project/1/Audit", changed("member", `null`, `"Priya Raman"`))},
	{"took from Priya Raman the access to project Audit", entry("access_revoked", "project/1/Audit", changed("member", `"Priya Raman"`, `null`))},
	{"assigned agent Triage to issue ISS-1", entry("agent_assigned", "issue/ISS-1/", changed("agent", `null`, `"Triage"`))},
	{"created workspace Tidewell", entry("created", "workspace/1/Tidewell")},
	{"created token Time tracker", entry("token_created", "token/1/Time tracker")},
	{"revoked token Time tracker", entry("revoked", "token/1/Time tracker")},
	{"linked actor user-5 to ravi@example.com", entry("linked", "actor/user-5/", meta(`{"email":"ravi@example.com"}`))},
	{"gave Priya Raman access to project Audit", entry("access_granted", "project/1/Audit", meta(`{"member_name":"Priya Raman"}`))},
	{"took from somebody the access to project Audit", entry("access_revoked", "project/1/Audit")},
	{"tried to open page Tokens (Denied)", entry("access_denied", "page/1/Tokens", ended(models.Denied))},
	{"set up Daybook", entry("setup_completed", "//")},
	// Outcomes.
	{"tried to delete Invoice 38 (Denied)", entry("deleted", "invoice/38/Invoice 38", ended(models.Denied))},
	{"could not match payment SEPA 0183 (Failed)", entry("matched", "payment/1/SEPA 0183", ended(models.Failure))},
	{"tried to change budget and owner of project Audit (Denied)", entry("updated", "project/1/Audit", ended(models.Denied), changed("budget", `1`, `2`), changed("owner", `1`, `2`))},
	// Unknown words.
	{"frobnicated invoice 42", entry("frobnicated", "invoice/42/")},
	{`performed "sync" on invoice 42`, entry("sync", "invoice/42/")},
	{"created Invoice 42", entry("invoice.created", "invoice/42/Invoice 42")},
	{"requested review on task Wireframes", entry("review_requested", "task/1/Wireframes")},
	{"exceeded budget on project Audit", entry("budget_exceeded", "project/1/Audit")},
	{`could not perform "api call" on model llama (Failed)`, entry("api_call", "model/1/llama", ended(models.Failure))},
	{"created something", entry("created", "//")},
	{"updated a b", entry("updated", "/1/a\nb")},
}

func TestSentence(t *testing.T) {
	for _, test := range sentences {
		got := models.Text(models.Sentence(test.e))
		want := "Amara Okafor " + strings.ReplaceAll(test.want, `"api call"`, `"API call"`)
		if got != want {
			t.Errorf("%s %s:\n got %s\nwant %s", test.e.Action, test.e.EntityType, got, want)
		}
	}
}

func TestSentenceParts(t *testing.T) {
	e := entry("created", "time_entry/1/API review", func(e *models.Entry) {
		e.ActorName, e.Actor.Type = "Timesheet Assistant", models.ActorAgent
		e.OnBehalfOf = &models.Actor{Name: "Mateo Quispe"}
	})
	want := []models.Part{
		{Kind: models.PartActor, Text: "Timesheet Assistant"}, {Text: " "}, {Kind: models.PartTag, Text: "agent"}, {Text: " for "},
		{Kind: models.PartOnBehalf, Text: "Mateo Quispe"}, {Text: " created time entry "}, {Kind: models.PartEntity, Text: "API review"},
	}
	if got := models.Sentence(e); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := models.Text(want); got != "Timesheet Assistant for Mateo Quispe created time entry API review" {
		t.Error(got)
	}
}

func TestDescribe(t *testing.T) {
	entity := func(kind, id, name string) *models.EntityRef {
		ref := &models.EntityRef{Type: kind}
		if id != "" {
			ref.ID = &id
		}
		if name != "" {
			ref.Name = &name
		}
		return ref
	}
	changes := []models.Change{
		{Field: "status", Before: json.RawMessage(`"open"`), After: json.RawMessage(`"done"`)},
		{Field: "due_date", Before: json.RawMessage(`null`), After: json.RawMessage(`"2026-01-31"`)},
		{Field: "tags", Before: json.RawMessage(`[ "a" ]`), After: nil},
		{Field: "note", Before: json.RawMessage(`""`), After: json.RawMessage(`12.50`)},
	}
	tests := []struct {
		want string
		ev   models.Event
	}{
		{`Created project "New Website"`, models.Event{Action: "created", Entity: entity("project", "42", "New Website")}},
		{`Updated issue ISS-123: status open → done, due date not set → 2026-01-31, tags ["a"] → not set, note empty → 12.50`,
			models.Event{Action: "updated", Entity: entity("issue", "ISS-123", ""), Changes: changes}},
		{`Changed the status of "Invoice 42": status open → done`, models.Event{Action: "status_changed", Entity: entity("invoice", "42", "Invoice 42"), Changes: changes[:1]}},
		{`Tried to delete "Invoice 38" (denied)`, models.Event{Action: "deleted", Entity: entity("invoice", "38", "Invoice 38"), Outcome: models.Denied}},
		{`Signed in`, models.Event{Action: "signed_in"}},
		{`Gave Priya Raman access to project "Audit": role not set → x`, models.Event{Action: "access_granted", Entity: entity("project", "1", "Audit"), Changes: []models.Change{
			{Field: "member", Before: nil, After: json.RawMessage(`"Priya Raman"`)}, {Field: "role", After: json.RawMessage(`"x"`)}}}},
		{`Performed "sync" on something`, models.Event{Action: "sync"}},
	}
	for _, test := range tests {
		if got := models.Describe(&test.ev); got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}

func TestRemark(t *testing.T) {
	described := func(text string) func(*models.Entry) { return func(e *models.Entry) { e.Description = text } }
	tests := map[string]*models.Entry{
		"":                            entry("created", "project/42/New Website", described(`Created project "New Website"`)),
		"Only owners may do that.":    entry("deleted", "invoice/38/Invoice 38", ended(models.Denied), described("Only owners may do that.")),
		"Created .gitignore (+22 -0)": entry("created", "file/x/.gitignore", described("Created .gitignore (+22 -0)")),
	}
	for want, e := range tests {
		if got := models.Remark(e); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	same := entry("created", "project/42/New Website", described("Amara Okafor created project New Website."))
	if got := models.Remark(same); got != "" {
		t.Errorf("a description that repeats the sentence is no remark: %q", got)
	}
}

// Whatever an application calls things, there is a sentence, and a description that fits its column.
func TestAnythingCanBeSaid(t *testing.T) {
	property := func(action, kind, id, name, field, before string, outcome uint8, many uint8) bool {
		value, err := json.Marshal(strings.Repeat(before, int(many)))
		if err != nil {
			return false
		}
		raw := json.RawMessage(before) // as likely as not no JSON at all
		o := append(models.Outcomes, "")[int(outcome)%4]
		changes := make([]models.Change, int(many)%101)
		for i := range changes {
			changes[i] = models.Change{Field: field, Before: value, After: raw}
		}
		known := append(append([]string{action}, models.BuiltInActions...), "access_granted", "linked", "exported", "sign_in_failed")
		action = known[int(many)%len(known)]
		ev := models.Event{Action: action, Outcome: o, Changes: changes, Metadata: raw, Entity: &models.EntityRef{Type: kind, ID: &id, Name: &name}}
		description := models.Describe(&ev)
		e := &models.Entry{}
		e.Action, e.EntityType, e.EntityID, e.EntityName, e.Changes, e.Metadata, e.Outcome = action, kind, &id, &name, changes, raw, o
		e.Description = description
		sentence := models.Text(models.Sentence(e))
		_ = models.Icon(action, o)
		return description != "" && len(description) <= models.MaxDescriptionBytes && utf8.ValidString(description) &&
			strings.TrimSpace(sentence) != "" && utf8.ValidString(sentence) && !strings.ContainsAny(sentence, "\n\r\x00") && models.Remark(e) == ""
	}
	if err := quick.Check(property, &quick.Config{MaxCount: 200}); err != nil {
		t.Error(err)
	}
}

func TestWords(t *testing.T) {
	for word, want := range map[string]string{"time_entry": "Time entry", "api_key": "API key", "due-date": "Due date", "": "", "__": "", "ö_x": "Ö x"} {
		if got := models.Title(word); got != want {
			t.Errorf("Title(%q) = %q, want %q", word, got, want)
		}
	}
	if models.Icon("deleted", models.Denied) != "denied" || models.Icon("deleted", models.Success) != "deleted" {
		t.Error("an outcome wins over the action")
	}
	if models.ToneOf("paid", models.Success) != models.Good || models.ToneOf("paid", models.Failure) != models.Bad {
		t.Error("tones")
	}
}

func FuzzDescribe(f *testing.F) {
	f.Add("updated", "issue", "name", "status", `"open"`)
	f.Add("", "", "", "", `{"a":`)
	f.Fuzz(func(t *testing.T, action, kind, name, field, value string) {
		ev := models.Event{Action: action, Entity: &models.EntityRef{Type: kind, Name: &name}, Metadata: json.RawMessage(value),
			Changes: []models.Change{{Field: field, Before: json.RawMessage(value)}}}
		if d := models.Describe(&ev); d == "" || len(d) > models.MaxDescriptionBytes || !utf8.ValidString(d) {
			t.Errorf("%q", d)
		}
	})
}
