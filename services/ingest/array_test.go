package ingest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"

	"daybook/models"
	"daybook/services/ingest"
)

// array makes a JSON array of n events, whose entity ids are 0 to n-1.
func array(n int) string {
	items := make([]string, n)
	for i := range items {
		items[i] = with(fmt.Sprintf(`"entity_type": "a", "entity_id": %d`, i))
	}
	return "[" + strings.Join(items, ",") + "]"
}

func (p *place) array(text string) (ingest.Receipt, error) {
	return p.in.SendArray(p.t.Context(), p.token(), []byte(text))
}

func TestAnArrayIsTakenInOrderByTheBulkLane(t *testing.T) {
	p := newPlace(t)
	r, err := p.array(array(models.MaxArrayEvents))
	if err != nil {
		t.Fatal(err)
	}
	if r.Accepted != 1000 || r.Duplicates != 0 || len(r.IDs) != 1000 || p.count() != (count{1000, 1000}) || p.woken.Load() != 1 {
		t.Errorf("%d, %d, %d ids, %+v", r.Accepted, r.Duplicates, len(r.IDs), p.count())
	}
	for i, id := range p.entities() {
		if id != fmt.Sprint(i) {
			t.Fatalf("row %d is event %s", i, id)
		}
	}
	if s := p.stored(r.IDs[417]); s.lane != 1 || *s.event.Entity.ID != "417" {
		t.Errorf("%+v", s)
	}
}

func TestArraysThatAreRefusedWhole(t *testing.T) {
	p := newPlace(t)
	good := with(`"system": true`)
	p.nothingWritten(func() {
		for _, c := range []struct {
			text  string
			kind  models.Kind
			index int
			field string
		}{
			{``, models.Malformed, -1, "body"},
			{`[`, models.Malformed, -1, "body"},
			{`[` + good + `,]`, models.Malformed, -1, "body"},
			{`[` + good + `] x`, models.Malformed, -1, "body"},
			{"[{\"action\": \"\xff\"}]", models.Malformed, -1, "body"},
			{`null`, models.Malformed, -1, "body"},
			{`"x"`, models.Malformed, -1, "body"},
			{good, models.Malformed, -1, "body"},
			{`[]`, models.Invalid, -1, "body"},
			{`[ ]`, models.Invalid, -1, "body"},
			{array(models.MaxArrayEvents + 1), models.TooLarge, -1, "body"},
			{`[null]`, models.Invalid, 0, "body"},
			{`[` + good + `, 1]`, models.Invalid, 1, "body"},
			{`[` + good + `, []]`, models.Invalid, 1, "body"},
			{`[{}]`, models.Invalid, 0, "action"},
			{`[` + good + `,` + good + `, {"action": "created", "actor": {"id": 1.5}}]`, models.Invalid, 2, "actor.id"},
			{`[` + good + `, ` + with(`"metadata": {"a": "\u0000"}`) + `]`, models.Invalid, 1, "metadata.a"},
			{`[` + good + `, {"action": "created", "actor_id": "daybook:user:1"}]`, models.Invalid, 1, "actor.id"},
		} {
			_, err := p.array(c.text)
			if refused(t, err, c.kind, c.index, c.field); t.Failed() {
				t.Fatalf("in %.100s", c.text)
			}
		}
	})
}

func TestTheSizeOfAnArray(t *testing.T) {
	p := newPlace(t)
	sized := func(size int) string { // events of about 60,000 bytes, and blanks up to the size
		item := with(`"metadata": {"a": ` + pad(60000) + `}`)
		text := "[" + strings.TrimSuffix(strings.Repeat(item+",", size/(len(item)+1)), ",") + "]"
		return strings.Replace(text, "[", "["+strings.Repeat(" ", size-len(text)), 1)
	}
	if r, err := p.array(sized(models.MaxArrayBytes)); err != nil || r.Accepted != 139 {
		t.Errorf("%d accepted, %v", r.Accepted, err)
	}
	p.nothingWritten(func() {
		_, err := p.array(sized(models.MaxArrayBytes + 1))
		refused(t, err, models.TooLarge, -1, "body")
	})
}

func TestTheSameIDTwiceInAnArray(t *testing.T) {
	p := newPlace(t)
	a, b := uuid.NewString(), uuid.NewString()
	event := func(id, name string) string {
		return with(fmt.Sprintf(`"id": %q, "entity_type": "a", "entity_name": %q`, id, name))
	}
	r, err := p.array("[" + event(a, "x") + "," + event(b, "y") + "," + event(a, "x") + "]")
	if err != nil || r.Accepted != 2 || r.Duplicates != 1 || r.IDs[0] != r.IDs[2] || p.count() != (count{2, 2}) {
		t.Errorf("%+v, %v", r, err)
	}
	p.nothingWritten(func() {
		c := uuid.NewString()
		_, err = p.array("[" + event(uuid.NewString(), "z") + "," + event(c, "x") + "," + event(c, "other") + "]")
		refused(t, err, models.Conflict, 2, "id")
	})
}

func TestAnArrayWithAnIDThatWasUsedForSomethingElse(t *testing.T) {
	p := newPlace(t)
	id := p.one(with(`"entity_type": "a"`)).IDs[0].String()
	p.nothingWritten(func() {
		_, err := p.array(`[` + with(`"id": "`+id+`", "entity_type": "b"`) + `]`)
		refused(t, err, models.Conflict, 0, "id")
		_, err = p.array(`[` + with(`"entity_type": "b"`) + `,` + with(`"id": "`+id+`", "entity_type": "b"`) + `]`)
		refused(t, err, models.Conflict, 1, "id")
	})
	r, err := p.array(`[` + with(`"entity_type": "b"`) + `,` + with(`"id": "`+id+`", "entity_type": "a"`) + `]`)
	if err != nil || r.Accepted != 1 || r.Duplicates != 1 || r.IDs[1].String() != id {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestIsArray(t *testing.T) {
	for text, want := range map[string]bool{`[]`: true, " \r\n\t[": true, `{}`: false, ``: false, `"["`: false} {
		if ingest.IsArray([]byte(text)) != want {
			t.Errorf("%q", text)
		}
	}
}

// What fails at the very end, when PostgreSQL commits, was not taken either.
func TestNothingIsAcknowledgedBeforeTheCommit(t *testing.T) {
	p := newPlace(t)
	p.exec(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the disk is full' USING ERRCODE = 'disk_full'; END $$`)
	p.exec(`CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON inbox DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()`)
	p.nothingWritten(func() {
		if r, err := p.in.SendOne(t.Context(), p.token(), []byte(with(`"system": true`)), ""); err == nil || r.Accepted != 0 || models.KindOf(err) != models.Internal {
			t.Errorf("%+v, %v", r, err)
		}
		if r, err := p.array(array(3)); err == nil || r.Accepted != 0 || models.KindOf(err) != models.Internal {
			t.Errorf("%+v, %v", r, err)
		}
	})
}
