package handlerstest

import "testing"

// Exchanged gives the world that exchanges are played in: the cast, and a few activities with ids and times that stay.
func Exchanged(t testing.TB) *World {
	w := New(t)
	for _, event := range []string{
		`{"id": "00000000-0000-7000-8000-000000000001", "occurred_at": "2025-01-15T09:00:00Z", "actor": {"id": "bob", "name": "Bob Person"}, "action": "created",
		  "resource": {"type": "issue", "id": "ISS-1", "name": "Login fails", "url": "https://issues.example.com/1"}, "project": {"id": "p1", "name": "Website"}, "metadata": {"apicall": "create_issue"}}`,
		`{"id": "00000000-0000-7000-8000-000000000002", "occurred_at": "2025-01-15T09:30:00.5Z", "actor": {"id": "agent-1", "name": "Code Reviewer", "type": "agent"}, "on_behalf_of": {"id": "bob"}, "action": "status_changed",
		  "resource": {"type": "issue", "id": "ISS-1", "name": "Login fails"}, "project": {"id": "p1"}, "changes": [{"field": "status", "before": "open", "after": "done"}], "ip_address": "192.0.2.7", "user_agent": "reviewer/1.0"}`,
		`{"id": "00000000-0000-7000-8000-000000000003", "occurred_at": "2025-01-16T00:00:00Z", "actor": {"id": "ada"}, "action": "deleted", "resource": {"type": "task", "id": "42"}, "outcome": "failure"}`,
		`{"id": "00000000-0000-7000-8000-000000000004", "occurred_at": "2025-01-17T00:00:00Z", "actor": {"id": "ada"}, "action": "signed_off"}`,
	} {
		w.Send("%s", event)
	}
	w.Recorded()
	return w
}
