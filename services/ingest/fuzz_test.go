package ingest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/gowebpki/jcs"

	"daybook/models"
	"daybook/services/database/dbtest"
)

var fuzzNow = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)

// senders are of each kind.
func senders() []Sender {
	self := models.UserActor(&models.User{ID: 5, Name: "Amara"})
	return []Sender{{Source: TokenSource(1)}, {Source: UserSource(5), Self: &self, IP: "192.0.2.1", UserAgent: "x"}, {Source: ImportSource(uuid.Nil)}}
}

// seeds are what fuzzing begins with. An input that fails goes to testdata/fuzz and is tried by each test run from then on.
var seeds = []string{
	`{"actor_id": "u1", "action": "created"}`, `{"action": "created"}`, `null`, `[]`, `{}`, ``, `{"action": "a", "actor": {"id": 1, "name": "é", "type": "agent", "email": "a@b.example", "role": "r"}}`,
	`{"type": "a", "user_id": 5, "entity_type": "x", "entity_id": 5, "entity_name": "n", "details": {"a": [1.0, 1e5, -0, 5e-324, 100000000000000000000, 0e-9, 1.50]}}`,
	`{"action": "a", "actor_id": "u", "changes": [{"field": "f", "before": {"b": [], "a": {"": null}}, "after": "\ud83d\ude00"}, {"field": "\u2028"}], "occurred_at": "2026-01-31t09:00:00.123456789+01:00"}`,
	`{"action": "a", "actor_id": "u", "metadata": {"a\"b": "<&>\u2028", "é": "\/\b\f\n\r\t\\", "\u00e9x": true}, "ip_address": "::ffff:192.0.2.1", "project": {"id": "p"}}`,
	`{"action": "a", "actor_id": "u", "metadata": {"a": 1, "\u0061": 2}}`, `{"action": "a", "actor_id": "u", "metadata": {"a": "\u0000\ud800"}}`, `{"action": "a", "actor_id": "u", "metadata": {"a": 1e400}}`,
	`{"action": "a", "actor_id": "u", "on_behalf_of": {"id": "b"}, "resource": {"type": "t", "id": 1, "name": "n", "url": "u"}, "description": "d", "outcome": "denied", "system": true, "correlation_id": "c", "user_agent": "ua"}`,
	`{"id": "3f8d6b1e-9c52-4a43-9c0e-0f6f5f1d2c3b", "actor_id": "u", "action": "a", "created_at": "1970-01-01T00:00:00"}`,
}

// accept reads a text as parseText does for each kind of sender and checks what must be true of whatever is accepted.
func accept(t *testing.T, text []byte, check func(d draft)) {
	for _, from := range senders() {
		how := reading{from: from, now: fuzzNow, index: -1, id: uuid.UUID{15: 1}}
		given := bytes.Clone(text)
		d, err := parseText(given, how)
		if !bytes.Equal(given, text) {
			t.Fatal("the text was changed")
		}
		if err != nil {
			if kind := models.KindOf(err); kind != models.Malformed && kind != models.Invalid && kind != models.Forbidden && kind != models.TooLarge {
				t.Fatalf("%q: kind %d: %v", text, kind, err)
			}
			continue
		}
		var ev models.Event
		if err := json.Unmarshal(d.event, &ev); err != nil {
			t.Fatalf("%q became %s: %v", text, d.event, err)
		}
		if ev.Action == "" || ev.Actor.ID == "" || ev.Description == "" || ev.Outcome == "" || len(ev.Description) > models.MaxDescriptionBytes {
			t.Fatalf("%q became %s", text, d.event)
		}
		// Another spelling of the same text is the same content.
		if canonical, err := jcs.Transform(text); err != nil {
			t.Fatalf("%q: %v", text, err)
		} else if other, err := parseText(canonical, how); err == nil && !bytes.Equal(other.content, d.content) {
			t.Fatalf("%q has the content\n%s but in its canonical form\n%s", text, d.content, other.content)
		}
		check(d)
	}
}

// What an earlier release took must be the same to a later one: change this only together with a way to tell contents of either form apart.
func TestTheFormOfContents(t *testing.T) {
	for i, want := range []string{
		`{"uuid":"00000000-0000-0000-0000-000000000000","actor":{"id":"daybook:user:5","name":"Bob","type":"user","email":"b@b.example","role":"r"},"on_behalf_of":{"id":"o","type":"user"},"action":"a","entity":{"type":"t","id":"1","name":"n","url":"<u>"},"project":{"id":"p","name":"n"},"description":"","changes":[{"field":"f","before":null,"after":{"a":1,"b":[1e+21,"<é "]}}],"metadata":{"":0.1},"outcome":"success","system":true,"correlation_id":"c","ip":"::1","user_agent":"u","occurred_at":"2026-01-31T09:00:00.000001Z"}`,
		`{"uuid":"00000000-0000-0000-0000-000000000000","actor":{"id":"daybook:user:5","type":"user"},"action":"a","description":"","outcome":"success"}`,
	} {
		text := []string{`{"action": "a", "actor": {"id": "daybook:user:5", "name": "Bob", "email": "B@b.example", "role": "r"}, "on_behalf_of": {"id": "o"}, "entity_type": null, "system": true,
			"resource": {"type": "t", "id": 1, "name": "n", "url": "<u>"}, "project": {"id": "p", "name": "n"}, "changes": [{"field": "f", "after": {"b": [1e21, "\u003c\u00e9\u2028"], "a": 1.0}}],
			"details": {"": 0.10}, "correlation_id": "c", "ip_address": "0::1", "user_agent": "u", "timestamp": "2026-01-31T10:00:00.000001+01:00"}`, `{"action": "a", "actor": {"name": "Bob"}}`}[i]
		d, err := parseText([]byte(text), reading{from: senders()[2-i], now: fuzzNow})
		if err != nil || string(d.content) != want {
			t.Errorf("%v\ngot  %s\nwant %s", err, d.content, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) { accept(t, text, func(draft) {}) })
}

// What is stored is what was meant: PostgreSQL gives every accepted event back with the same values.
func TestAcceptedEventsComeBackFromPostgreSQL(t *testing.T) {
	db := dbtest.New(t)
	texts := append([]string{}, seeds...)
	for seed := range uint64(3000) {
		w := &writer{dice: rand.New(rand.NewPCG(seed, 3))}
		w.list(4, '{', '}')
		metadata := w.String()
		w.Reset()
		w.value(3)
		before := w.String()
		w.Reset()
		w.str()
		texts = append(texts, fmt.Sprintf(`{"action": "a", "actor": {"id": "u"}, "description": %s, "changes": [{"field": "f", "before": %s}], "metadata": %s}`, w.String(), before, metadata))
	}
	var sent []string
	for _, text := range texts {
		accept(t, []byte(text), func(d draft) { sent = append(sent, string(d.event)) })
	}
	rows, err := db.Pool.Query(t.Context(), `SELECT event::jsonb::text FROM unnest($1::text[]) WITH ORDINALITY AS e (event, n) ORDER BY n`, sent)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for i := 0; rows.Next(); i++ {
		var kept string
		if err := rows.Scan(&kept); err != nil {
			t.Fatal(err)
		}
		want, err := jcs.Transform([]byte(sent[i]))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := jcs.Transform([]byte(kept)); err != nil || !bytes.Equal(got, want) {
			t.Fatalf("%s\nbecame %s: %v", sent[i], kept, err)
		}
	}
	if err := rows.Err(); err != nil || len(sent) < 1500 {
		t.Fatalf("%v, %d events", err, len(sent))
	}
}
