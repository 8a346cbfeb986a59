package ingest_test

import (
	"strings"
	"testing"

	"daybook/models"
	"daybook/services/ingest"
)

func TestWhatAPersonMayNotSet(t *testing.T) {
	p := newPlace(t)
	amara := p.person(5, "Amara")
	p.nothingWritten(func() {
		for _, c := range []bad{
			{`{"action": "created", "actor": {"id": "daybook:user:6"}}`, "actor.id"},
			{`{"action": "created", "actor_id": "u1"}`, "actor.id"},
			{`{"action": "created", "user_id": 5}`, "actor.id"},
			{`{"action": "created", "actor": {"type": "agent"}}`, "actor.type"},
			{`{"action": "created", "actor": {"type": "system"}}`, "actor.type"},
			{`{"action": "created", "on_behalf_of": {"id": "u1"}}`, "on_behalf_of"},
			{`{"action": "created", "on_behalf_of": {"id": "daybook:user:5"}}`, "on_behalf_of"},
			{`{"action": "created", "system": true}`, "system"},
			{`{"action": "created", "ip_address": "192.0.2.9"}`, "ip_address"},
			{`{"action": "created", "user_agent": "x"}`, "user_agent"},
			{`{"action": "created", "occurred_at": "2026-01-31T09:00:00Z"}`, "occurred_at"},
			{`{"action": "created", "timestamp": "2026-01-31T09:00:00Z"}`, "occurred_at"},
		} {
			_, err := p.in.SendOne(t.Context(), amara, []byte(c.text), "")
			refused(t, err, models.Forbidden, -1, c.field)
			_, err = p.in.SendArray(t.Context(), amara, []byte(`[{"action": "created"}, `+c.text+`]`))
			refused(t, err, models.Forbidden, 1, c.field)
		}
		_, err := p.in.SendOne(t.Context(), amara, []byte(`{"action": "created", "system": true, "on_behalf_of": {"id": "x"}, "actor_id": "x"}`), "")
		for _, field := range []string{"system", "on_behalf_of", "actor.id"} {
			refused(t, err, models.Forbidden, -1, field)
		}
	})
}

func TestAPersonSendsAsThemselves(t *testing.T) {
	p := newPlace(t)
	for _, text := range []string{
		`{"action": "created"}`, `{"action": "created", "actor": {"id": "daybook:user:5"}}`, `{"action": "created", "actor_id": "daybook:user:5"}`,
		`{"action": "created", "actor": {"name": "Somebody else", "email": "other@example.com", "role": "owner"}}`, `{"action": "created", "system": false}`,
	} {
		r, err := p.in.SendOne(t.Context(), p.person(5, "Amara"), []byte(text), "")
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		s := p.stored(r.IDs[0])
		want := models.Event{
			UUID: r.IDs[0], Actor: models.ActorRef{ID: "daybook:user:5", Name: "Amara", Type: models.ActorUser, UserID: ptr(int64(5))}, Action: "created",
			Description: "Created something", Outcome: models.Success, IP: ptr("192.0.2.7"), UserAgent: ptr("a browser"),
		}
		sameJSON(t, s.event, want)
		if s.kind != "user" || s.key != "5" {
			t.Errorf("source %s %s", s.kind, s.key)
		}
	}
}

// What was done to oneself reads differently; who that is, the sender decides and not the text.
func TestADescriptionKnowsWhoReallyActs(t *testing.T) {
	p := newPlace(t)
	const text = `{"action": "member_added", "actor": {"name": "Bob"}, "resource": {"type": "workspace_member", "id": "5", "name": "Amara"}}`
	r, err := p.in.SendOne(t.Context(), p.person(5, "Amara"), []byte(text), "")
	if err != nil {
		t.Fatal(err)
	}
	got := p.stored(r.IDs[0]).event
	want := got
	if want.Description = ""; got.Description != models.Describe(&want) {
		t.Errorf("%q instead of %q", got.Description, models.Describe(&want))
	}
}

func TestWhatARequestTellsIsMadeFitToStore(t *testing.T) {
	p := newPlace(t)
	for _, c := range []struct{ ip, agent, wantIP, wantAgent string }{
		{"fe80::1%eth0", "x", "fe80::1", "x"},
		{"::ffff:192.0.2.1", "x", "192.0.2.1", "x"},
		{"not an address", "", "", ""},
		{"", "a\x00b\xffc", "", "a\ufffdb\ufffdc"},
		{"192.0.2.1", strings.Repeat("é", 2000), "192.0.2.1", strings.Repeat("é", 510) + "…"},
		{"192.0.2.1", strings.Repeat("\x80", 5000), "192.0.2.1", "\ufffd"},
	} {
		from := p.person(5, "Amara")
		from.IP, from.UserAgent = c.ip, c.agent
		r, err := p.in.SendOne(t.Context(), from, []byte(`{"action": "created"}`), "")
		if err != nil {
			t.Errorf("%+.100v: %v", c, err)
			continue
		}
		ev := p.stored(r.IDs[0]).event
		if got := deref(ev.IP); got != c.wantIP {
			t.Errorf("address %q instead of %q", got, c.wantIP)
		}
		if got := deref(ev.UserAgent); got != c.wantAgent || len(got) > models.MaxUserAgentBytes {
			t.Errorf("agent %q instead of %q", got, c.wantAgent)
		}
	}
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func TestAServiceTokenLinksByEmailAndAnImportDoesNot(t *testing.T) {
	p := newPlace(t)
	const text = `{"action": "created", "actor": {"id": "u1", "email": "amara@example.com"}}`
	if !p.sent(text).LinkByEmail {
		t.Error("a service token does not link")
	}
	r, err := p.in.SendOne(t.Context(), p.importer(), []byte(text), "")
	if err != nil {
		t.Fatal(err)
	}
	if s := p.stored(r.IDs[0]); s.event.LinkByEmail || s.kind != "import" || s.key != p.ws.ID.String() {
		t.Errorf("%+v", s)
	}
}

// An export of this workspace names the actors that Daybook made, and can be imported again.
func TestAnImportMayNameDaybooksOwnActors(t *testing.T) {
	p := newPlace(t)
	_, err := p.in.SendOne(t.Context(), p.importer(), []byte(`{"action": "created", "actor_id": "daybook:user:5", "on_behalf_of": {"id": "daybook:user:6"}}`), "")
	if err != nil {
		t.Error(err)
	}
}

func TestAnArchivedWorkspaceTakesNothing(t *testing.T) {
	p := newPlace(t)
	p.ws.ArchivedAt = &now
	p.nothingWritten(func() {
		for name, send := range map[string]func() error{
			"one": func() error {
				_, err := p.in.SendOne(t.Context(), p.token(), []byte(with(`"system": true`)), "")
				return err
			},
			"array": func() error {
				_, err := p.in.SendArray(t.Context(), p.token(), []byte("["+with(`"system": true`)+"]"))
				return err
			},
			"lines": func() error {
				_, err := p.in.SendLines(t.Context(), p.token(), strings.NewReader(with(`"system": true`)), ingest.Stream{Ready: ready, Bad: stop})
				return err
			},
		} {
			if err := send(); models.KindOf(err) != models.Conflict || !strings.Contains(err.Error(), "archived") {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
