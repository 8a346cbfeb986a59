package ingest_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"daybook/models"
)

// bad is something that is refused, and the field that the refusal names.
type bad struct{ text, field string }

// kinds of refusal of a single event, with what deserves them.
var refusals = map[models.Kind][]bad{
	models.Malformed: {
		{``, "body"}, {" \n", "body"}, {`{`, "body"}, {`{"a"}`, "body"}, {`{"action": "x",}`, "body"}, {`nil`, "body"}, {`{'a': 1}`, "body"}, {`{"a": NaN}`, "body"},
		{`{"a": 01}`, "body"}, {`{"a": .5}`, "body"}, {`{"a": "` + "\n" + `"}`, "body"}, {`{"a": "\x"}`, "body"}, {`{"a": "\u12g4"}`, "body"},
		{with(`"a": 1`) + ` x`, "body"}, {with(`"a": 1`) + `{}`, "body"}, {with(`"a": 1`) + `}`, "body"}, {"\ufeff" + with(`"a": 1`), "body"},
		{"\xff", "body"}, {"{\"action\": \"\xff\"}", "body"}, {with("\"metadata\": {\"a\": \"\xc3\x28\"}"), "body"}, {with("\"\xed\xa0\x80\": 1"), "body"},
		{with("\"description\": \"\xf5\x80\x80\x80\""), "body"}, {strings.Repeat("[", 20000) + strings.Repeat("]", 20000), "body"},
	},
	models.Invalid: {
		{`null`, "body"}, {`[]`, "body"}, {`"created"`, "body"}, {`1`, "body"}, {`true`, "body"},
		// required
		{`{}`, "action"}, {`{"actor_id": "u1"}`, "action"}, {`{"actor_id": "u1", "action": null}`, "action"}, {`{"actor_id": "u1", "action": ""}`, "action"},
		{`{"action": "created"}`, "actor.id"}, {`{"action": "created", "actor": {}}`, "actor.id"}, {`{"action": "created", "actor_id": ""}`, "actor.id"},
		{`{"action": "created", "actor": {"name": "Amara"}}`, "actor.id"},
		{with(`"on_behalf_of": {}`), "on_behalf_of.id"}, {with(`"on_behalf_of": {"name": "Bob"}`), "on_behalf_of.id"},
		{with(`"resource": {"id": "42"}`), "resource.type"}, {with(`"resource": {"name": "x"}`), "resource.type"}, {with(`"resource": {"url": "x"}`), "resource.type"},
		{with(`"resource_id": "42"`), "resource_type"}, {with(`"entity_id": "42"`), "entity_type"}, {with(`"entity_name": "x"`), "entity_type"},
		{with(`"project": {}`), "project.id"}, {with(`"project": {"name": "x"}`), "project.id"},
		{with(`"changes": [{}]`), "changes[0].field"}, {with(`"changes": [{"field": "a"}, {"before": 1}]`), "changes[1].field"},
		// unknown
		{with(`"colour": 1`), "colour"}, {with(`"Action": "x"`), "Action"}, {with(`"": 1`), `""`}, {with(`"actor ": 1`), "actor "},
		{`{"action": "created", "actor": {"id": "u1", "user_id": 5}}`, "actor.user_id"}, {with(`"on_behalf_of": {"id": "u2", "x": 1}`), "on_behalf_of.x"},
		{with(`"resource": {"type": "a", "kind": 1}`), "resource.kind"}, {with(`"project": {"id": "p", "visibility": "workspace"}`), "project.visibility"},
		{with(`"changes": [{"field": "a", "from": 1}]`), "changes[0].from"}, {with(`"uuid": "x"`), "uuid"}, {with(`"link_by_email": true`), "link_by_email"},
		// twice
		{`{"actor_id": "u1", "action": "created", "action": "created"}`, "action"}, {`{"actor_id": "u1", "action": "created", "\u0061ction": "created"}`, "action"},
		{with(`"id": null, "id": null`), "id"}, {with(`"project": {"id": 1, "id": 1}`), "project.id"}, {with(`"metadata": {"a": 1, "b": 2, "a": 1}`), "metadata.a"},
		{with(`"metadata": {"a": {"b": [0, {"c": 1, "\u0063": 2}]}}`), "metadata.a.b[1].c"}, {with(`"changes": [{"field": "a", "after": {"x": 1, "x": 1}}]`), "changes[0].after.x"},
		// two names
		{with(`"type": "created"`), "type"}, {with(`"actor_id": "u1"`), "actor_id"}, {with(`"user_id": "u1"`), "user_id"},
		{`{"action": "created", "actor_id": "u1", "user_id": "u1"}`, "user_id"}, {with(`"metadata": {}, "details": {}`), "details"},
		{with(`"metadata": {}, "extra_data": {}`), "extra_data"}, {with(`"extra_data": {}, "details": {}`), "details"},
		{with(`"timestamp": "2026-01-31T09:00:00Z", "occurred_at": "2026-01-31T09:00:00Z"`), "timestamp"},
		{with(`"timestamp": "2026-01-31T09:00:00Z", "created_at": "2026-01-31T09:00:00Z"`), "created_at"},
		{with(`"entity_type": "a", "resource_type": "a"`), "resource_type"}, {with(`"resource": {"type": "a"}, "resource_type": "a"`), "resource_type"},
		{with(`"resource": {"type": "a"}, "entity_type": "a"`), "entity_type"}, {with(`"resource": {"type": "a"}, "entity_name": "a"`), "entity_name"},
		{with(`"entity_type": "a", "entity_id": 1, "resource_id": 1`), "resource_id"},
		// of another type
		{with(`"id": 5`), "id"}, {with(`"id": "5"`), "id"}, {with(`"id": ""`), "id"}, {with(`"id": "00000000-0000-0000-0000-000000000000"`), "id"},
		{with(`"id": "{3f8d6b1e-9c52-4a43-9c0e-0f6f5f1d2c3b}"`), "id"}, {with(`"id": "3f8d6b1e9c524a439c0e0f6f5f1d2c3b"`), "id"},
		{with(`"id": "ffffffff-ffff-ffff-ffff-ffffffffffff"`), "id"}, {with(`"id": "3f8d6b1e-9c52-4a43-1c0e-0f6f5f1d2c3b"`), "id"},
		{`{"action": 5, "actor_id": "u1"}`, "action"}, {`{"type": ["created"], "actor_id": "u1"}`, "type"}, {`{"action": "created", "actor": "u1"}`, "actor"},
		{`{"action": "created", "actor": ["u1"]}`, "actor"}, {`{"action": "created", "actor_id": {}}`, "actor_id"}, {`{"action": "created", "user_id": true}`, "user_id"},
		{`{"action": "created", "user_id": 1.5}`, "user_id"}, {`{"action": "created", "user_id": 1e3}`, "user_id"}, {`{"action": "created", "user_id": 10000000000000000}`, "user_id"},
		{`{"action": "created", "actor": {"id": "u1", "type": "robot"}}`, "actor.type"}, {`{"action": "created", "actor": {"id": "u1", "type": 1}}`, "actor.type"},
		{`{"action": "created", "actor": {"id": "u1", "name": 1}}`, "actor.name"}, {`{"action": "created", "actor": {"id": "u1", "role": {}}}`, "actor.role"},
		{`{"action": "created", "actor": {"id": "u1", "email": "nobody"}}`, "actor.email"}, {`{"action": "created", "actor": {"id": "u1", "email": "A <a@b.example>"}}`, "actor.email"},
		{with(`"resource": "x"`), "resource"}, {with(`"resource": {"type": 1}`), "resource.type"}, {with(`"resource": {"type": "a", "id": []}`), "resource.id"},
		{with(`"resource": {"type": "a", "name": 1}`), "resource.name"}, {with(`"resource": {"type": "a", "url": 1}`), "resource.url"}, {with(`"entity_type": 1`), "entity_type"},
		{with(`"resource_type": 1`), "resource_type"}, {with(`"project": 1`), "project"}, {with(`"project": {"id": true}`), "project.id"}, {with(`"description": {}`), "description"},
		{with(`"changes": {}`), "changes"}, {with(`"changes": [1]`), "changes[0]"}, {with(`"changes": [null]`), "changes[0]"}, {with(`"changes": [{"field": 1}]`), "changes[0].field"},
		{with(`"metadata": []`), "metadata"}, {with(`"extra_data": "x"`), "extra_data"}, {with(`"details": 1`), "details"}, {with(`"outcome": true`), "outcome"},
		{with(`"outcome": "ok"`), "outcome"}, {with(`"outcome": ""`), "outcome"}, {with(`"system": "yes"`), "system"}, {with(`"system": 1`), "system"},
		{with(`"correlation_id": 1`), "correlation_id"}, {with(`"ip_address": 1`), "ip_address"}, {with(`"user_agent": 1`), "user_agent"}, {with(`"occurred_at": 1769850000`), "occurred_at"},
		// words
		{`{"action": "Created", "actor_id": "u1"}`, "action"}, {`{"action": "has space", "actor_id": "u1"}`, "action"}, {`{"action": "created\n", "actor_id": "u1"}`, "action"},
		{`{"action": "a-b", "actor_id": "u1"}`, "action"}, {`{"type": "é", "actor_id": "u1"}`, "type"}, {with(`"resource": {"type": "Project"}`), "resource.type"},
		{with(`"resource": {"type": ""}`), "resource.type"}, {with(`"entity_type": "a b"`), "entity_type"}, {with(`"resource_type": "a/b"`), "resource_type"},
		// reserved
		{`{"action": "created", "actor_id": "daybook:user:5"}`, "actor.id"}, {`{"action": "created", "actor": {"id": "daybook:"}}`, "actor.id"},
		{with(`"on_behalf_of": {"id": "daybook:user:5"}`), "on_behalf_of.id"},
		// addresses
		{with(`"ip_address": "fe80::1%eth0"`), "ip_address"}, {with(`"ip_address": "::ffff:192.0.2.1%1"`), "ip_address"}, {with(`"ip_address": "192.0.2.1/24"`), "ip_address"},
		{with(`"ip_address": "192.0.2.01"`), "ip_address"}, {with(`"ip_address": "192.0.2.1:80"`), "ip_address"}, {with(`"ip_address": "localhost"`), "ip_address"},
		// times
		{with(`"occurred_at": "yesterday"`), "occurred_at"}, {with(`"timestamp": "2199-01-01T00:00:00Z"`), "timestamp"}, {with(`"created_at": "1969-12-31T23:59:59.999999Z"`), "created_at"},
		{with(`"occurred_at": "1970-01-01T00:00:00+00:01"`), "occurred_at"}, {with(`"occurred_at": "2026-02-01T12:00:00.000001Z"`), "occurred_at"},
		{with(`"occurred_at": "2016-12-31T23:59:60Z"`), "occurred_at"}, {with(`"occurred_at": "2026-02-30T00:00:00Z"`), "occurred_at"}, {with(`"occurred_at": "2026-01-31"`), "occurred_at"},
		{with(`"occurred_at": "2026-01-31 09:00:00"`), "occurred_at"}, {with(`"occurred_at": "2026-01-31T09:00:00ZZ"`), "occurred_at"}, {with(`"occurred_at": "2026-01-31T09:00:00+0200"`), "occurred_at"},
		{with(`"occurred_at": "2026-01-31T09:00:00+99:00"`), "occurred_at"}, {with(`"occurred_at": "10000-01-01T00:00:00Z"`), "occurred_at"}, {with(`"occurred_at": "2026-01-31T09:00Z"`), "occurred_at"},
		// NUL and lone surrogates
		{with(`"metadata": {"a": "\u0000"}`), "metadata.a"}, {with(`"metadata": {"a": ["x", "\\\u0000"]}`), "metadata.a[1]"}, {with(`"metadata": {"a\u0000": 1}`), "metadata"},
		{with(`"description": "a\u0000b"`), "description"}, {with(`"\u0000": 1`), "body"}, {`{"action": "created", "actor": {"id": "\u0000"}}`, "actor.id"},
		{with(`"metadata": {"a": "\ud800"}`), "metadata.a"}, {with(`"metadata": {"a": "\udc00"}`), "metadata.a"}, {with(`"metadata": {"a": "\ud83d\ud83d\ude00"}`), "metadata.a"},
		{with(`"metadata": {"a": "\ud83dx"}`), "metadata.a"}, {with(`"metadata": {"a": "\ud83d\n\ude00"}`), "metadata.a"}, {with(`"metadata": {"a": "\ude00\ud83d"}`), "metadata.a"},
		{with(`"metadata": {"\ud800": 1}`), "metadata"}, {with(`"metadata": {"x": {"\udfff": 1}}`), "metadata.x"}, {with(`"\ud800": 1`), "body"},
		{with(`"changes": [{"field": "a", "after": "\ud800"}]`), "changes[0].after"},
		// numbers
		{with(`"metadata": {"n": 1e400}`), "metadata.n"}, {with(`"metadata": {"n": -1e309}`), "metadata.n"}, {with(`"metadata": {"n": 1e-400}`), "metadata.n"},
		{with(`"metadata": {"n": 123456789012345678901234567890123456789012345678901234567890}`), "metadata.n"}, {with(`"metadata": {"n": 9007199254740993}`), "metadata.n"},
		{with(`"metadata": {"n": 0.1000000000000000055511151231257827}`), "metadata.n"}, {with(`"metadata": {"n": 3e-324}`), "metadata.n"}, {with(`"metadata": {"n": [1, 12345678901234567890]}`), "metadata.n[1]"},
		{with(`"changes": [{"field": "a", "before": 1e400}]`), "changes[0].before"}, {`{"action": "created", "user_id": 12345678901234567890}`, "user_id"},
		{with(`"metadata": {"n": 0e-20000}`), "metadata.n"}, {with(`"metadata": {"n": 0e99999999999999999999}`), "metadata.n"}, {with(`"metadata": {"n": 0e400000}`), "metadata.n"},
		{with(`"metadata": {"n": 1` + strings.Repeat("0", 17000) + `e-17000}`), "metadata.n"}, {with(`"metadata": {"n": 0.` + strings.Repeat("0", 17000) + `1e17001}`), "metadata.n"},
		// depth: metadata itself is level 1
		{with(`"metadata": {"a": ` + nested(16) + `}`), "metadata"}, {with(`"metadata": {"a": [[[{"x": ` + nested(13) + `}]]]}`), "metadata"},
		{with(`"changes": [{"field": "a", "before": ` + nested(17) + `}]`), "changes[0].before"}, {with(`"changes": [{"field": "a", "after": ` + nested(5000) + `}]`), "changes[0].after"},
		{with(`"x": ` + nested(9000)), "x"},
	},
}

func TestWhatIsRefusedNamesTheFieldAndLeavesNothing(t *testing.T) {
	p := newPlace(t)
	p.one(with(`"system": true`)) // something to compare with
	p.nothingWritten(func() {
		for kind, list := range refusals {
			for _, b := range list {
				t.Run(fmt.Sprintf("%.80s", b.text), func(t *testing.T) {
					_, err := p.in.SendOne(t.Context(), p.token(), []byte(b.text), "")
					refused(t, err, kind, -1, b.field)
				})
			}
		}
	})
}

func TestDepthUpToTheLimit(t *testing.T) {
	p := newPlace(t)
	p.one(with(`"metadata": {"a": ` + nested(15) + `}`))
	p.one(with(`"metadata": {"a": "[[[[[[[[[[[[[[[[[[[[[["}`))
	p.one(with(`"changes": [{"field": "a", "before": ` + nested(16) + `, "after": ` + nested(16) + `}]`))
	p.one(with(`"metadata": {"a": [` + strings.TrimSuffix(strings.Repeat(nested(14)+",", 300), ",") + `]}`))
}

func TestSizesExactlyAtTheLimitAndOneBeyond(t *testing.T) {
	p := newPlace(t)
	chars := func(n int) string { return `"` + strings.Repeat("é", n/2) + strings.Repeat("x", n%2) + `"` }
	for _, c := range []struct {
		field, event string // with %s for the value
		limit        int
	}{
		{"actor.id", `{"action": "created", "actor": {"id": %s}}`, models.MaxIDBytes},
		{"actor_id", `{"action": "created", "actor_id": %s}`, models.MaxIDBytes},
		{"user_id", `{"action": "created", "user_id": %s}`, models.MaxIDBytes},
		{"actor.name", `{"action": "created", "actor": {"id": "u1", "name": %s}}`, models.MaxNameBytes},
		{"actor.role", `{"action": "created", "actor": {"id": "u1", "role": %s}}`, models.MaxTypeBytes},
		{"on_behalf_of.id", with(`"on_behalf_of": {"id": %s}`), models.MaxIDBytes},
		{"on_behalf_of.name", with(`"on_behalf_of": {"id": "u2", "name": %s}`), models.MaxNameBytes},
		{"resource.id", with(`"resource": {"type": "a", "id": %s}`), models.MaxIDBytes},
		{"resource.name", with(`"resource": {"type": "a", "name": %s}`), models.MaxNameBytes},
		{"resource.url", with(`"resource": {"type": "a", "url": %s}`), models.MaxURLBytes},
		{"resource_id", with(`"resource_type": "a", "resource_id": %s`), models.MaxIDBytes},
		{"entity_id", with(`"entity_type": "a", "entity_id": %s`), models.MaxIDBytes},
		{"entity_name", with(`"entity_type": "a", "entity_name": %s`), models.MaxNameBytes},
		{"project.id", with(`"project": {"id": %s}`), models.MaxIDBytes},
		{"project.name", with(`"project": {"id": "p", "name": %s}`), models.MaxNameBytes},
		{"description", with(`"description": %s`), models.MaxDescriptionBytes},
		{"changes[0].field", with(`"changes": [{"field": %s}]`), models.MaxIDBytes},
		{"correlation_id", with(`"correlation_id": %s`), models.MaxIDBytes},
		{"user_agent", with(`"user_agent": %s`), models.MaxUserAgentBytes},
	} {
		p.one(fmt.Sprintf(c.event, pad(c.limit)))
		p.one(fmt.Sprintf(c.event, chars(c.limit)))
		for _, value := range []string{pad(c.limit + 1), chars(c.limit + 1)} {
			_, err := p.in.SendOne(t.Context(), p.token(), fmt.Appendf(nil, c.event, value), "")
			refused(t, err, models.Invalid, -1, c.field)
		}
	}
	for _, c := range []struct{ field, event string }{
		{"action", `{"actor_id": "u1", "action": %s}`}, {"resource.type", with(`"resource": {"type": %s}`)}, {"entity_type", with(`"entity_type": %s`)}, {"resource_type", with(`"resource_type": %s`)},
	} {
		p.one(fmt.Sprintf(c.event, pad(models.MaxTypeBytes)))
		_, err := p.in.SendOne(t.Context(), p.token(), fmt.Appendf(nil, c.event, pad(models.MaxTypeBytes+1)), "")
		refused(t, err, models.Invalid, -1, c.field)
	}
}

func TestTheSizeOfAnEvent(t *testing.T) {
	p := newPlace(t)
	whole := func(size int) string {
		frame := with(`"metadata": {"a": ""}`)
		return strings.Replace(frame, `""`, pad(size-len(frame)), 1)
	}
	p.one(whole(models.MaxEventBytes))
	p.one("\n  " + whole(models.MaxEventBytes) + "\r\n\t") // the blanks around it are not the event
	_, err := p.in.SendOne(t.Context(), p.token(), []byte(whole(models.MaxEventBytes+1)), "")
	refused(t, err, models.TooLarge, -1, "body")
	_, err = p.in.SendArray(t.Context(), p.token(), []byte("["+whole(100)+","+whole(models.MaxEventBytes+1)+"]"))
	refused(t, err, models.TooLarge, 1, "body")
}

// PostgreSQL writes numbers out: 1e-300 takes 302 characters when it is read back. Bounds on what is sent would bound nothing without this.
func TestTheSizeOfAnEventCountsNumbersWrittenOut(t *testing.T) {
	p := newPlace(t)
	numbers := func(n int) string {
		return with(`"metadata": {"a": [` + strings.TrimSuffix(strings.Repeat("1e-300,", n), ",") + `]}`)
	}
	if r := p.one(with(`"metadata": {"a": "` + strings.Repeat("<>&", 20000) + `"}`)); len(p.stored(r.IDs[0]).text) > models.MaxEventBytes {
		t.Error("an event grows")
	}
	r := p.one(numbers(200))
	if text := p.stored(r.IDs[0]).text; len(text) < 60000 || len(text) > models.MaxEventBytes {
		t.Errorf("%d bytes are stored", len(text))
	}
	_, err := p.in.SendOne(t.Context(), p.token(), []byte(numbers(5000)), "")
	refused(t, err, models.TooLarge, -1, "body")
}

func TestTheNumberOfChanges(t *testing.T) {
	p := newPlace(t)
	list := func(n int) string {
		return with(`"changes": [` + strings.TrimSuffix(strings.Repeat(`{"field": "a"},`, n), ",") + `]`)
	}
	if ev := p.sent(list(models.MaxChanges)); len(ev.Changes) != models.MaxChanges {
		t.Errorf("%d changes", len(ev.Changes))
	}
	_, err := p.in.SendOne(t.Context(), p.token(), []byte(list(models.MaxChanges+1)), "")
	refused(t, err, models.Invalid, -1, "changes")
}

func TestEveryWrongFieldIsNamedAtOnce(t *testing.T) {
	p := newPlace(t)
	_, err := p.in.SendOne(t.Context(), p.token(), []byte(`{"action": "No", "colour": 1, "ip_address": "x", "project": {}, "occurred_at": "x"}`), "")
	for _, field := range []string{"action", "colour", "ip_address", "project.id", "occurred_at"} {
		refused(t, err, models.Invalid, -1, field)
	}
}

// The list of what is wrong must not be longer than what was sent.
func TestTheListOfWhatIsWrongIsShort(t *testing.T) {
	p := newPlace(t)
	deep := strings.Repeat(`{"`+strings.Repeat("k", 50)+`":`, 300) + `[` + strings.TrimSuffix(strings.Repeat(`"\u0000",`, 4000), ",") + `]` + strings.Repeat("}", 300)
	var unknown strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&unknown, `"k%d": 1, `, i)
	}
	for _, text := range []string{with(`"metadata": ` + deep), with(unknown.String() + `"z": 1`), with(`"metadata": {"` + strings.Repeat("k", 60000) + `": 1e400}`)} {
		_, err := p.in.SendOne(t.Context(), p.token(), []byte(text), "")
		var e *models.Error
		if !errors.As(err, &e) || len(e.Fields) > 20 || len(fmt.Sprint(e.Fields)) > 8<<10 {
			t.Errorf("%.100s: %d fields", text, len(e.Fields))
		}
	}
}
