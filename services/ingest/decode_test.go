package ingest_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"daybook/models"
)

func ptr[T any](v T) *T { return &v }

// change makes an expected event out of the smallest one.
func change(f func(*models.Event)) models.Event {
	ev := models.Event{Actor: models.ActorRef{ID: "u1", Type: models.ActorUser}, Action: "created", Outcome: models.Success, LinkByEmail: true}
	f(&ev)
	if ev.Description == "" {
		ev.Description = models.Describe(&ev)
	}
	return ev
}

func withEntity(ref models.EntityRef) func(*models.Event) {
	return func(ev *models.Event) { ev.Entity = &ref }
}

func withActor(ref models.ActorRef) func(*models.Event) {
	return func(ev *models.Event) { ev.Actor = ref }
}

func nothing(*models.Event) {}

// decoded are texts that mean the smallest event with a change.
var decoded = []struct {
	text string
	want func(*models.Event)
}{
	{`{"actor": {"id": "u1"}, "action": "created"}`, nothing},
	{`{"actor_id": "u1", "action": "created"}`, nothing},
	{`{"user_id": "u1", "action": "created"}`, nothing},
	{`{"user_id": "u1", "type": "created"}`, nothing},
	{`{"user_id": 5, "type": "created"}`, withActor(models.ActorRef{ID: "5", Type: models.ActorUser})},
	{`{"actor_id": -5, "type": "created"}`, withActor(models.ActorRef{ID: "-5", Type: models.ActorUser})},
	{`{"actor": {"id": 9007199254740991}, "action": "created"}`, withActor(models.ActorRef{ID: "9007199254740991", Type: models.ActorUser})},
	{`{"\u0061ctor": {"id": "u1"}, "action": "cr\u0065ated"}`, nothing},
	{`{"action": "created", "actor": {"id": "u1", "name": "Amara", "type": "agent", "email": " Amara@Example.COM ", "role": "lead"}}`,
		withActor(models.ActorRef{ID: "u1", Name: "Amara", Type: models.ActorAgent, Email: ptr("amara@example.com"), Role: ptr("lead")})},
	{`{"action": "created", "actor": {"id": "u1", "name": null, "type": null, "email": null, "role": null}}`, nothing},
	{`{"action": "created", "actor": {"id": "u1", "name": "", "email": "", "role": ""}}`, nothing},
	{`{"action": "created", "actor": {"id": "u1", "type": "system"}}`, func(ev *models.Event) { ev.Actor.Type, ev.System = models.ActorSystem, true }},
	{`{"action": "created", "actor": {"id": "u1", "type": "system"}, "system": false}`, func(ev *models.Event) { ev.Actor.Type, ev.System = models.ActorSystem, true }},
	{with(`"system": true`), func(ev *models.Event) { ev.System = true }},
	{with(`"system": false`), nothing},
	{with(`"on_behalf_of": {"id": 7, "name": "Bob"}`), func(ev *models.Event) {
		ev.OnBehalfOf = &models.ActorRef{ID: "7", Name: "Bob", Type: models.ActorUser}
	}},
	{with(`"resource": {"type": "project", "id": "42", "name": "New Website", "url": "https://acme.example/42"}`),
		withEntity(models.EntityRef{Type: "project", ID: ptr("42"), Name: ptr("New Website"), URL: ptr("https://acme.example/42")})},
	{with(`"resource": {"type": "time_entry", "id": 42}`), withEntity(models.EntityRef{Type: "time_entry", ID: ptr("42")})},
	{with(`"resource": {"type": "a.b-c_9"}`), withEntity(models.EntityRef{Type: "a.b-c_9"})},
	{with(`"resource": {}`), nothing},
	{with(`"resource": {"type": null, "id": null, "name": null, "url": null}`), nothing},
	{with(`"resource_type": "project", "resource_id": 42`), withEntity(models.EntityRef{Type: "project", ID: ptr("42")})},
	{with(`"entity_type": "project", "entity_id": 42, "entity_name": "New Website"`), withEntity(models.EntityRef{Type: "project", ID: ptr("42"), Name: ptr("New Website")})},
	{with(`"project": {"id": 42, "name": "New Website"}`), func(ev *models.Event) { ev.Project = &models.ProjectRef{ID: "42", Name: "New Website"} }},
	{with(`"project": {"id": "p"}`), func(ev *models.Event) { ev.Project = &models.ProjectRef{ID: "p"} }},
	{with(`"description": "Because."`), func(ev *models.Event) { ev.Description = "Because." }},
	{with(`"description": ""`), nothing},
	{with(`"changes": [{"field": "status", "before": "open", "after": {"a": [1, null]}}, {"field": "x"}]`), func(ev *models.Event) {
		ev.Changes = []models.Change{{Field: "status", Before: json.RawMessage(`"open"`), After: json.RawMessage(`{"a": [1, null]}`)}, {Field: "x"}}
	}},
	{with(`"changes": []`), nothing},
	{with(`"metadata": {"a": 1}`), func(ev *models.Event) { ev.Metadata = json.RawMessage(`{"a": 1}`) }},
	{with(`"extra_data": {"a": null}`), func(ev *models.Event) { ev.Metadata = json.RawMessage(`{"a": null}`) }},
	{with(`"details": {"a": []}`), func(ev *models.Event) { ev.Metadata = json.RawMessage(`{"a": []}`) }},
	{with(`"metadata": { }`), nothing},
	{with(`"outcome": "failure"`), func(ev *models.Event) { ev.Outcome = models.Failure }},
	{with(`"outcome": "denied"`), func(ev *models.Event) { ev.Outcome = models.Denied }},
	{with(`"correlation_id": "c-1"`), func(ev *models.Event) { ev.CorrelationID = ptr("c-1") }},
	{with(`"ip_address": "2001:DB8:0::1"`), func(ev *models.Event) { ev.IP = ptr("2001:db8::1") }},
	{with(`"user_agent": "curl"`), func(ev *models.Event) { ev.UserAgent = ptr("curl") }},
	{with(`"occurred_at": "2026-01-31T09:00:00Z"`), func(ev *models.Event) { ev.OccurredAt = ptr(now.Add(-3 * time.Hour)) }},
	{with(`"timestamp": "2026-01-31T10:00:00+01:00"`), func(ev *models.Event) { ev.OccurredAt = ptr(now.Add(-3 * time.Hour)) }},
	{with(`"created_at": "2026-01-31T09:00:00"`), func(ev *models.Event) { ev.OccurredAt = ptr(now.Add(-3 * time.Hour)) }},
	{with(allNull), nothing},
}

func TestEveryFieldAndEachOfItsNames(t *testing.T) {
	p := newPlace(t)
	for _, c := range decoded {
		got, want := p.sent(c.text), change(c.want)
		want.UUID = got.UUID
		if t.Run("", func(t *testing.T) { sameJSON(t, got, want) }); t.Failed() {
			t.Fatalf("in %s", c.text)
		}
	}
}

// allNull gives null for every member that may be absent: a null counts as absent.
const allNull = `"id": null, "actor_id": null, "user_id": null, "type": null, "on_behalf_of": null, "resource": null, "resource_type": null,
	"resource_id": null, "entity_type": null, "entity_id": null, "entity_name": null, "project": null, "description": null, "changes": null, "metadata": null,
	"extra_data": null, "details": null, "outcome": null, "system": null, "correlation_id": null, "ip_address": null, "user_agent": null,
	"occurred_at": null, "timestamp": null, "created_at": null`

func TestTheIDIsTheSendersOrOurs(t *testing.T) {
	p := newPlace(t)
	for _, id := range []string{"3f8d6b1e-9c52-4a43-9c0e-0f6f5f1d2c3b", "0198A6B0-7C3E-7D2A-8F10-4B5C6D7E8F90"} {
		r := p.one(with(`"id": "` + id + `"`))
		if r.IDs[0] != uuid.MustParse(id) || p.stored(r.IDs[0]).claims != 1 {
			t.Errorf("%s became %s", id, r.IDs[0])
		}
	}
	if r := p.one(with(`"id": null`)); r.IDs[0].Version() != 7 || p.stored(r.IDs[0]).event.UUID != r.IDs[0] {
		t.Errorf("ours is %s", r.IDs[0])
	}
}

func TestASingleEventTakesTheFirstLaneAndWakesTheJournal(t *testing.T) {
	p := newPlace(t)
	r := p.one(with(`"system": false`))
	if s := p.stored(r.IDs[0]); s.lane != 0 || s.kind != "token" || s.key != "1" || p.woken.Load() != 1 {
		t.Errorf("%+v, woken %d times", s, p.woken.Load())
	}
	if r.Accepted != 1 || r.Duplicates != 0 || len(r.IDs) != 1 {
		t.Errorf("%+v", r)
	}
}

func TestTimesAreKeptInUTCToTheMicrosecond(t *testing.T) {
	p := newPlace(t)
	for text, want := range map[string]string{
		"1970-01-01T00:00:00Z":                "1970-01-01T00:00:00Z",
		"2026-01-31T09:00:00":                 "2026-01-31T09:00:00Z",
		"2026-01-31T09:00:00.5":               "2026-01-31T09:00:00.5Z",
		"2026-01-31t09:00:00z":                "2026-01-31T09:00:00Z",
		"2026-01-31T09:00:00.123456789Z":      "2026-01-31T09:00:00.123456Z",
		"2026-01-31T09:00:00.9999999Z":        "2026-01-31T09:00:00.999999Z",
		"2026-01-31T09:00:00-03:30":           "2026-01-31T12:30:00Z",
		"2025-02-28T23:59:59.000001999+14:00": "2025-02-28T09:59:59.000001Z",
		"2026-02-01T12:00:00Z":                "2026-02-01T12:00:00Z", // 24 hours ahead
	} {
		got := p.sent(with(fmt.Sprintf(`"occurred_at": %q`, text))).OccurredAt
		if got == nil || got.Format(time.RFC3339Nano) != want {
			t.Errorf("%s became %v", text, got)
		}
	}
}

func TestAddressesHaveOneSpelling(t *testing.T) {
	p := newPlace(t)
	for text, want := range map[string]string{
		"192.0.2.1": "192.0.2.1", "::1": "::1", "2001:DB8::0:1": "2001:db8::1", "::ffff:192.0.2.1": "192.0.2.1", "::FFFF:c000:0201": "192.0.2.1",
	} {
		if got := p.sent(with(fmt.Sprintf(`"ip_address": %q`, text))).IP; got == nil || *got != want {
			t.Errorf("%s became %v", text, *got)
		}
	}
}

func TestNumbersThatSurvive(t *testing.T) {
	p := newPlace(t)
	for _, n := range []string{
		"0", "-0", "0.0", "-0e0", "0E+5", "0.1", "1.0", "-1.50", "100000000000000000000", "1e20", "5e-324", "1E5", "1.7976931348623157e308", "2.2250738585072014e-308",
		"9007199254740991", "9007199254740992", "123456789012345", "0.000001", "1e-300", "12345.678901234567", "1" + strings.Repeat("0", 300),
	} {
		got := p.sent(with(`"metadata": {"n": [` + n + `]}`))
		var asked, kept struct{ N []float64 }
		if json.Unmarshal([]byte(`{"n": [`+n+`]}`), &asked) != nil || json.Unmarshal(got.Metadata, &kept) != nil || asked.N[0] != kept.N[0] {
			t.Errorf("%s became %s", n, got.Metadata)
		}
		p.sent(with(`"changes": [{"field": "n", "before": ` + n + `}]`))
	}
}

func TestTextsThatSurvive(t *testing.T) {
	p := newPlace(t)
	for _, s := range []string{
		`"\ud83d\ude00"`, `"\uD83D\uDE00 x \uDBFF\uDFFF"`, `"\\u0000"`, `"\\ud800"`, `"\u0001\u001f\u007f"`, `"\ufffe\uffff"`, `"\" \\ \/ \b\f\n\r\t"`, `"é 日本 😀"`,
		`"<script>&amp;</script>"`, `"\u2028\u2029"`, `"-- '; DROP TABLE inbox"`,
	} {
		got := p.sent(with(`"metadata": {` + s + `: ` + s + `}, "description": ` + s))
		var want string
		if err := json.Unmarshal([]byte(s), &want); err != nil {
			t.Fatal(err)
		}
		kept := map[string]string{}
		if json.Unmarshal(got.Metadata, &kept) != nil || kept[want] != want || got.Description != want {
			t.Errorf("%s became %s and %q", s, got.Metadata, got.Description)
		}
	}
}

func TestADescriptionIsMadeWhenThereIsNone(t *testing.T) {
	p := newPlace(t)
	ev := p.sent(`{"actor_id": "u1", "action": "updated", "entity_type": "issue", "entity_id": "ISS-123", "changes": [{"field": "status", "before": "open", "after": "done"}]}`)
	if !strings.Contains(ev.Description, "ISS-123") || !strings.Contains(ev.Description, "open → done") {
		t.Errorf("%q", ev.Description)
	}
}
