package erasure_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"daybook/models"
	"daybook/services/account"
	"daybook/services/erasure"
)

// said gives what the descriptions of a workspace's activities say now.
func (w *world) said(ws models.Workspace) string {
	w.Helper()
	return ask[string](w, `SELECT coalesce(string_agg(actor_name || ': ' || description || ' ' || metadata::text, E'\n' ORDER BY seq), '') FROM activities WHERE workspace_id = $1 AND NOT system`, ws.ID)
}

func (w *world) has(text string, parts ...string) {
	w.Helper()
	for _, part := range parts {
		if absent, is := strings.CutPrefix(part, "!"); is && strings.Contains(text, absent) {
			w.Errorf("it still says %q:\n%s", absent, text)
		} else if !is && !strings.Contains(text, part) {
			w.Errorf("it does not say %q:\n%s", part, text)
		}
	}
}

// TestANamesakeKeepsTheName: what is doubtful is asked, one by one, and what a namesake did is not even doubtful. The id 5 rewrites nothing that is not an id.
func TestANamesakeKeepsTheName(t *testing.T) {
	w := newWorld(t)
	w.send(w.acme,
		`{"actor": {"id": "5", "name": "Amara Okafor"}, "action": "created", "description": "Amara Okafor made it"}`,
		`{"actor": {"id": "6", "name": "AMARA  Okafor"}, "action": "created", "description": "Amara Okafor made this"}`,
		`{"actor": {"id": "bob", "name": "Bob"}, "action": "noted", "description": "Amara Okafor called about 5 files", "metadata": {"n": 5, "file_id": "5", "assignee": 5, "invoice_id": 5}}`,
		`{"actor": {"id": "bob", "name": "Bob"}, "action": "noted", "description": "Thanks to Amara Okafor"}`,
		`{"actor": {"id": "bob", "name": "Bob"}, "action": "noted", "description": "5", "resource": {"type": "file", "id": "5"}}`)
	e := w.anonymise(erasure.Target{Actor: w.actor(w.acme, "5")}, "Amara Okafor")
	is := ask[string](w, `SELECT external_id FROM actors WHERE id = $1`, e.ActorIDs[0])
	w.has(w.said(w.acme), "Deleted User: Deleted User made it", "AMARA  Okafor: Amara Okafor made this", "Bob: Amara Okafor called about 5 files", `"n": 5`, `"assignee": "`+is+`"`, "Bob: Thanks to Amara Okafor", "Bob: 5 ")
	doubts := w.doubts(e.ID)
	if e.State != models.ErasureOpen || e.Doubts != int64(len(doubts)) || e.Doubts < 2 {
		t.Fatalf("%+v: %+v", e, doubts)
	}
	owner := w.doer(w.acme, w.owner)
	for _, d := range doubts {
		switch {
		case d.Sample == nil:
			t.Errorf("no sample: %+v", d)
		case d.Sample.Was == "Amara Okafor" && strings.HasPrefix(d.Sample.Lead, "Thanks"):
			w.must(w.erasures.Decide(t.Context(), owner, e.ID, []int64{d.ID}, true))
		default:
			w.must(w.erasures.Decide(t.Context(), owner, e.ID, []int64{d.ID}, false))
		}
	}
	if e = w.settled(e.ID); e.State != models.ErasureDone || e.Doubts != 0 {
		t.Errorf("%+v", e)
	}
	w.has(w.said(w.acme), "AMARA  Okafor: Amara Okafor made this", "Bob: Amara Okafor called about 5 files", "Bob: Thanks to Deleted User", "Bob: 5 ", `"file_id": "5"`, `"invoice_id": 5`)
	if err := w.erasures.Decide(t.Context(), owner, e.ID, []int64{doubts[0].ID}, true); models.KindOf(err) != models.Conflict {
		t.Errorf("deciding afterwards: %v", err)
	}
	if n := ask[int](w, `SELECT count(*) FROM erasure_doubts WHERE place NOT LIKE '#%'`); n != 0 {
		t.Errorf("%d doubts say where they were", n)
	}
	w.sound()
}

// TestAllDoubtsOfAKind are decided at once, and those that come later too.
func TestAllDoubtsOfAKind(t *testing.T) {
	w := newWorld(t)
	w.send(w.acme, `{"actor": {"id": "a-1", "name": "Amara Okafor"}, "action": "created"}`, `{"actor": {"id": "a-2", "name": "Amara Okafor"}, "action": "created"}`)
	for range 60 {
		w.send(w.acme, `{"actor": {"id": "bob", "name": "Bob"}, "action": "noted", "description": "Thanks to Amara Okafor for a-1"}`)
	}
	e := w.anonymise(erasure.Target{Actor: w.actor(w.acme, "a-1")}, "Amara Okafor")
	first := w.doubts(e.ID)
	if e.Doubts != 120 || len(first) != 50 {
		t.Fatalf("%d doubts, %d on a page", e.Doubts, len(first))
	}
	next, err := w.erasures.Doubts(t.Context(), w.doer(w.acme, w.owner), e.ID, first[49].ID)
	if err != nil || len(next) != 50 || next[0].ID <= first[49].ID {
		t.Errorf("%d on the next page: %v", len(next), err)
	}
	owner := w.doer(w.acme, w.owner)
	for kind, want := range map[string]models.Kind{"": models.Invalid, "number": models.Invalid} {
		if err := w.erasures.DecideAll(t.Context(), owner, e.ID, kind, true); models.KindOf(err) != want {
			t.Errorf("of kind %q: %v", kind, err)
		}
	}
	for _, doubts := range [][]int64{nil, {4711}} {
		if err := w.erasures.Decide(t.Context(), owner, e.ID, doubts, true); err == nil {
			t.Errorf("%v were decided", doubts)
		}
	}
	if err := w.erasures.DecideAll(t.Context(), owner, uuid.New(), "name", true); models.KindOf(err) != models.NotFound {
		t.Errorf("of no erasure: %v", err)
	}
	w.must(w.erasures.DecideAll(t.Context(), owner, e.ID, "id", false))
	if e = w.settled(e.ID); e.State != models.ErasureOpen || e.Doubts != 60 {
		t.Errorf("%+v", e)
	}
	w.send(w.acme, `{"actor": {"id": "bob", "name": "Bob"}, "action": "noted", "description": "Amara Okafor again"}`)
	w.must(w.erasures.DecideAll(t.Context(), owner, e.ID, "name", true))
	if e = w.settled(e.ID); e.State != models.ErasureDone || e.Mentions != 61 {
		t.Errorf("%+v", e)
	}
	w.has(w.said(w.acme), "Thanks to Deleted User for a-1", "Deleted User again", "!Thanks to Amara")
	w.sound()
}

// TestMoreDoubtsThanAreKept are counted, and come when those that are kept are decided.
func TestMoreDoubtsThanAreKept(t *testing.T) {
	w := newWorld(t)
	w.erasures.KeepDoubts(4)
	w.send(w.acme, `{"actor": {"id": "a-1", "name": "Amara Okafor"}, "action": "created"}`, `{"actor": {"id": "a-2", "name": "Amara Okafor"}, "action": "created"}`)
	for range 10 {
		w.send(w.acme, `{"actor": {"id": "bob", "name": "Bob"}, "action": "noted", "description": "Thanks to Amara Okafor"}`)
	}
	e := w.anonymise(erasure.Target{Actor: w.actor(w.acme, "a-1")}, "Amara Okafor")
	rounds := 0
	for ; e.State == models.ErasureOpen; rounds++ {
		doubts := w.doubts(e.ID)
		if want := int64(10 - 4*rounds); e.Doubts != want || int64(len(doubts)) != min(4, want) {
			t.Fatalf("%d doubts, %d of them kept, and not %d", e.Doubts, len(doubts), want)
		}
		var ids []int64
		for _, d := range doubts {
			ids = append(ids, d.ID)
		}
		w.must(w.erasures.Decide(t.Context(), w.doer(w.acme, w.owner), e.ID, ids, rounds%2 == 0))
		e = w.settled(e.ID)
	}
	if rounds != 3 || e.State != models.ErasureDone || e.Mentions != 6 {
		t.Errorf("after %d rounds: %+v", rounds, e)
	}
	w.sound()
}

// TestWhatIsHeldWaits: the rest goes, and the held part goes when the hold is lifted.
func TestWhatIsHeldWaits(t *testing.T) {
	w := newWorld(t)
	w.send(w.acme,
		`{"actor": {"id": "hh-1234x", "name": "Held Hilda"}, "action": "created", "resource": {"type": "case", "id": "1"}}`,
		`{"actor": {"id": "hh-1234x", "name": "Held Hilda"}, "action": "created", "resource": {"type": "note", "id": "1"}}`,
		`{"actor": {"id": "bob", "name": "Bob"}, "action": "noted", "description": "For Held Hilda", "resource": {"type": "case", "id": "1"}}`)
	hold := ask[int64](w, `INSERT INTO holds (workspace_id, name, entity_type, placed_by) VALUES ($1, 'Smith v. Jones', 'case', '{}') RETURNING id`, w.acme.ID)
	also := ask[int64](w, `INSERT INTO holds (workspace_id, name, entity_type, entity_id, placed_by) VALUES ($1, 'Jones v. Smith', 'case', '1', '{}') RETURNING id`, w.acme.ID)
	target := erasure.Target{Actor: w.actor(w.acme, "hh-1234x")}
	preview, err := w.erasures.Preview(t.Context(), w.doer(w.acme, w.owner), target)
	if err != nil || preview.Held != 2 || textOf(preview.Holds) != "[Jones v. Smith Smith v. Jones]" || preview.Activities != 2 || preview.Mentions != 1 {
		t.Errorf("%+v, %v", preview, err)
	}
	e, err := w.erasures.Anonymise(t.Context(), w.doer(w.acme, w.owner), erasure.Order{Target: target, Confirm: "Held Hilda", KeepHeld: true})
	w.must(err)
	if e = w.settled(e.ID); e.State != models.ErasureOpen || e.Held != 2 || e.Activities != 1 || e.Mentions != 0 {
		t.Errorf("%+v", e)
	}
	w.has(w.said(w.acme), "Held Hilda: ", "Deleted User: ", "For Held Hilda")
	w.sound()
	w.do(`UPDATE holds SET lifted_at = now() WHERE id = $1`, hold)
	w.journal.Wake()
	w.eventually(func() bool {
		e, err = w.erasures.One(t.Context(), account.CommandLine(nil), e.ID)
		return err == nil && e.State == models.ErasureOpen && ask[bool](w, `SELECT NOT $1 = ANY (held_by) FROM erasures`, hold)
	})
	if e.Held != 2 {
		t.Errorf("with the other hold: %+v", e)
	}
	w.do(`UPDATE holds SET lifted_at = now() WHERE id = $1`, also)
	w.journal.Wake()
	w.eventually(func() bool { return ask[string](w, `SELECT state FROM erasures`) != "open" })
	if e = w.settled(e.ID); e.State != models.ErasureDone || e.Held != 0 || e.Activities != 2 || e.Mentions != 1 {
		t.Errorf("%+v", e)
	}
	w.has(w.said(w.acme), "!Hilda")
	w.sound()
}
