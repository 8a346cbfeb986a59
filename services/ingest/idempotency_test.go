package ingest_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"

	"daybook/models"
	"daybook/services/ingest"
)

func TestTheSameEventAgainIsADuplicate(t *testing.T) {
	p := newPlace(t)
	id := uuid.NewString()
	first := fmt.Sprintf(`{"id": %q, "actor": {"id": "u1", "name": "Amara"}, "action": "updated", "occurred_at": "2026-01-31T10:00:00+01:00", "ip_address": "::ffff:192.0.2.1",
		"changes": [{"field": "a", "before": 1.0, "after": null}], "metadata": {"x": [100, "é"], "y": {"a": 1, "b": 2}}}`, id)
	p.one(first)
	p.nothingWritten(func() {
		for _, again := range []string{
			first,
			strings.ToUpper(id[:8]) + id[8:], // only its letters
			fmt.Sprintf(`{"type":"updated","metadata":{"y":{"b":2e0,"a":1},"x":[1e2,"\u00e9"]},"changes":[{"after":null,"before":1,"field":"a"}],"timestamp":"2026-01-31T09:00:00",
				"ip_address":"192.0.2.1","actor":{"name":"Amara","id":"u1","type":"user","role":null},"outcome":"success","description":"","system":false,"id":%q}`, id),
		} {
			if !strings.HasPrefix(again, "{") {
				again = strings.Replace(first, id, again, 1)
			}
			r := p.one(again)
			if r.Accepted != 0 || r.Duplicates != 1 || r.IDs[0].String() != id {
				t.Errorf("%+v for %s", r, again)
			}
		}
		_, err := p.in.SendOne(t.Context(), p.token(), []byte(strings.Replace(first, "updated", "deleted", 1)), "")
		refused(t, err, models.Conflict, -1, "id")
		_, err = p.in.SendOne(t.Context(), p.token(), []byte(strings.Replace(first, "Amara", "Bob", 1)), "")
		refused(t, err, models.Conflict, -1, "id")
		_, err = p.in.SendOne(t.Context(), p.token(), []byte(strings.Replace(first, "100", "101", 1)), "")
		refused(t, err, models.Conflict, -1, "id")
	})
}

// What follows from something else may be said or not.
func TestSayingMoreOfTheSame(t *testing.T) {
	p := newPlace(t)
	for less, more := range map[string]string{
		`{"action": "a", "actor": {"id": "s", "type": "system"}}`:        `{"type": "a", "actor": {"id": "s", "type": "system"}, "system": true, "outcome": "success", "description": ""}`,
		`{"action": "a", "actor_id": 5}`:                                 `{"action": "a", "actor": {"id": "5", "type": "user", "name": "", "role": null}, "metadata": {}, "changes": [], "resource": {}, "project": null}`,
		with(`"entity_type": "t", "changes": [{"field": "f"}]`):          with(`"resource": {"type": "t", "id": ""}, "changes": [{"field": "f", "before": null, "after": null}]`),
		with(`"metadata": {"a": 100, "b": 0}`):                           with(`"metadata": {"b": -0.0, "a": 1e2}`),
		with(`"occurred_at": "2026-01-31T09:00:00.1234567"`):             with(`"timestamp": "2026-01-31T05:30:00.123456-03:30"`),
		with(`"metadata": {"\ud83d\ude00": "\/\u003c"}, "system": true`): with(`"details": {"😀": "/<"}, "system":true`),
	} {
		id := fmt.Sprintf(`{"id": %q, `, uuid.NewString())
		p.one(strings.Replace(less, "{", id, 1))
		if r := p.one(strings.Replace(more, "{", id, 1)); r.Duplicates != 1 {
			t.Errorf("%s and %s: %+v", less, more, r)
		}
	}
}

func TestAnotherSourceWithTheSameEvent(t *testing.T) {
	p := newPlace(t)
	text := []byte(with(`"id": "3f8d6b1e-9c52-4a43-9c0e-0f6f5f1d2c3b"`))
	other := p.token()
	other.Source = ingest.TokenSource(2)
	p.one(string(text))
	for _, from := range []ingest.Sender{other, p.importer()} {
		if r, err := p.in.SendOne(t.Context(), from, text, ""); err != nil || r.Accepted != 0 || r.Duplicates != 1 {
			t.Errorf("%s: %+v, %v", from.Source.Kind, r, err)
		}
	}
}

// Two people who send the same text have done two things.
func TestAnotherPersonWithTheSameText(t *testing.T) {
	p := newPlace(t)
	text := []byte(`{"id": "3f8d6b1e-9c52-4a43-9c0e-0f6f5f1d2c3b", "action": "created"}`)
	if _, err := p.in.SendOne(t.Context(), p.person(5, "Amara"), text, ""); err != nil {
		t.Fatal(err)
	}
	_, err := p.in.SendOne(t.Context(), p.person(6, "Bob"), text, "")
	refused(t, err, models.Conflict, -1, "id")
}

// A retry is the same event wherever it comes from, and whatever the person is called by now.
func TestARetryFromElsewhereUnderAnotherName(t *testing.T) {
	p := newPlace(t)
	const text = `{"id": "3f8d6b1e-9c52-4a43-9c0e-0f6f5f1d2c3b", "action": "created"}`
	if _, err := p.in.SendOne(t.Context(), p.person(5, "Amara"), []byte(text), ""); err != nil {
		t.Fatal(err)
	}
	from := p.person(5, "Amara Okafor")
	from.IP, from.UserAgent = "198.51.100.3", "a telephone"
	for _, text := range []string{text, strings.Replace(text, `"action"`, `"actor_id": "daybook:user:5", "action"`, 1)} {
		if r, err := p.in.SendOne(t.Context(), from, []byte(text), ""); err != nil || r.Duplicates != 1 {
			t.Errorf("%+v, %v", r, err)
		}
	}
}

func TestIdempotencyKey(t *testing.T) {
	p := newPlace(t)
	send := func(from ingest.Sender, text, key string) (ingest.Receipt, error) {
		return p.in.SendOne(t.Context(), from, []byte(text), key)
	}
	first, err := send(p.token(), with(`"system": true`), "key-1")
	if err != nil || first.Accepted != 1 || p.stored(first.IDs[0]).event.UUID != first.IDs[0] {
		t.Fatalf("%+v, %v", first, err)
	}
	again, err := send(p.token(), with(`"outcome": "success", "system":true`), "key-1")
	if err != nil || again.Duplicates != 1 || !slices.Equal(again.IDs, first.IDs) {
		t.Errorf("%+v, %v", again, err)
	}
	_, err = send(p.token(), with(`"system": false`), "key-1")
	refused(t, err, models.Conflict, -1, "Idempotency-Key")
	_, err = send(p.token(), with(`"id": "3f8d6b1e-9c52-4a43-9c0e-0f6f5f1d2c3b"`), "key-2")
	refused(t, err, models.Invalid, -1, "Idempotency-Key")
	_, err = send(p.token(), with(`"system": true`), strings.Repeat("k", models.MaxIDBytes+1))
	refused(t, err, models.Invalid, -1, "Idempotency-Key")

	other := p.token()
	other.Source = ingest.TokenSource(2)
	elsewhere := p.token()
	elsewhere.Workspace.ID = uuid.Must(uuid.NewV7())
	for name, send := range map[string]func() (ingest.Receipt, error){
		"another key": func() (ingest.Receipt, error) { return send(p.token(), with(`"system": true`), "key-2") },
		"the longest key": func() (ingest.Receipt, error) {
			return send(p.token(), with(`"system": true`), strings.Repeat("k", models.MaxIDBytes))
		},
		"id null":           func() (ingest.Receipt, error) { return send(p.token(), with(`"id": null`), "key-3") },
		"another source":    func() (ingest.Receipt, error) { return send(other, with(`"system": true`), "key-1") },
		"another workspace": func() (ingest.Receipt, error) { return send(elsewhere, with(`"system": true`), "key-1") },
	} {
		if r, err := send(); err != nil || r.Accepted != 1 || r.IDs[0] == first.IDs[0] {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
}

func TestWhatAnErasureForgotCountsAsTheSame(t *testing.T) {
	p := newPlace(t)
	id := p.one(with(`"entity_type": "a"`)).IDs[0].String()
	p.exec(`UPDATE event_ids SET mac_key = NULL, mac = NULL`)
	if r := p.one(with(`"id": "` + id + `", "entity_type": "b"`)); r.Duplicates != 1 || r.Accepted != 0 {
		t.Errorf("%+v", r)
	}
}

// The claim stays when the journal has posted the event and emptied the inbox.
func TestADuplicateOfWhatWasPosted(t *testing.T) {
	p := newPlace(t)
	id := p.one(with(`"entity_type": "a"`)).IDs[0].String()
	p.exec(`DELETE FROM inbox`)
	if r := p.one(with(`"id": "` + id + `", "entity_type": "a"`)); r.Duplicates != 1 || p.count() != (count{1, 0}) {
		t.Errorf("%+v, %+v", r, p.count())
	}
	_, err := p.in.SendOne(t.Context(), p.token(), []byte(with(`"id": "`+id+`", "entity_type": "b"`)), "")
	refused(t, err, models.Conflict, -1, "id")
}

func TestTheFingerprintTellsNothing(t *testing.T) {
	p := newPlace(t)
	var keys, macs, distinct int
	p.one(with(`"system": true`))
	p.one(with(`"system": true`))
	err := p.db.Pool.QueryRow(t.Context(), `SELECT count(*) FILTER (WHERE length(mac_key) = 32), count(*) FILTER (WHERE length(mac) = 32), count(DISTINCT mac) FROM event_ids`).
		Scan(&keys, &macs, &distinct)
	if err != nil || keys != 2 || macs != 2 || distinct != 2 {
		t.Errorf("%d keys, %d macs, %d distinct, %v", keys, macs, distinct, err)
	}
}

// together runs work in so many goroutines that start at once.
func together(n int, work func(i int)) {
	var start, done sync.WaitGroup
	start.Add(1)
	for i := range n {
		done.Go(func() { start.Wait(); work(i) })
	}
	start.Done()
	done.Wait()
}

func TestConcurrentSendersOfTheSameID(t *testing.T) {
	p := newPlace(t)
	services := []*ingest.Service{p.in, p.service(), p.service()}
	for round := range 10 {
		text := []byte(with(fmt.Sprintf(`"id": %q`, uuid.NewString())))
		var accepted, duplicates atomic.Int64
		together(32, func(i int) {
			from := p.token()
			from.Source = ingest.TokenSource(int64(i))
			r, err := services[i%len(services)].SendOne(t.Context(), from, text, "")
			if err != nil {
				t.Error(err)
			}
			accepted.Add(int64(r.Accepted))
			duplicates.Add(int64(r.Duplicates))
		})
		if accepted.Load() != 1 || duplicates.Load() != 31 || p.count() != (count{round + 1, round + 1}) {
			t.Errorf("%d accepted, %d duplicates, %+v", accepted.Load(), duplicates.Load(), p.count())
		}
	}
}

func TestBatchesWithTheSameIDsInOppositeOrder(t *testing.T) {
	p := newPlace(t)
	const size = 200
	for round := range 5 {
		items := make([]string, size)
		for i := range items {
			items[i] = with(fmt.Sprintf(`"id": %q, "entity_type": "a", "entity_id": %d`, uuid.NewString(), i))
		}
		forward := "[" + strings.Join(items, ",") + "]"
		slices.Reverse(items)
		backward := "[" + strings.Join(items, ",") + "]"
		var accepted atomic.Int64
		together(8, func(i int) {
			r, err := p.array([]string{forward, backward}[i%2])
			if err != nil {
				t.Error(err)
			}
			accepted.Add(int64(r.Accepted))
		})
		if accepted.Load() != size || p.count() != (count{size * (round + 1), size * (round + 1)}) {
			t.Errorf("%d accepted, %+v", accepted.Load(), p.count())
		}
	}
}

// A claim waits for the transaction that made it first; when that one fails the second sender's event is taken.
func TestAClaimThatIsRolledBackIsFree(t *testing.T) {
	p := newPlace(t)
	id := uuid.New()
	tx, err := p.db.Pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), `INSERT INTO event_ids (workspace_id, uuid) VALUES ($1, $2)`, p.ws.ID, id); err != nil {
		t.Fatal(err)
	}
	result := make(chan ingest.Receipt)
	go func() {
		r, err := p.in.SendOne(t.Context(), p.token(), []byte(with(fmt.Sprintf(`"id": %q`, id))), "")
		if err != nil {
			t.Error(err)
		}
		result <- r
	}()
	p.awaitWaiting(1)
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if r := <-result; r.Accepted != 1 || p.count() != (count{1, 1}) {
		t.Errorf("%+v", r)
	}
}

// A sender who is the victim of a deadlock never hears of it. Ours waits first, so it is ours that PostgreSQL ends, unless the machine
// is so slow that a second passes in between: then once more.
func TestADeadlockIsTriedAgain(t *testing.T) {
	p := newPlace(t)
	for !p.deadlock() {
		p.clear()
	}
	if p.count() != (count{2, 2}) {
		t.Errorf("%+v", p.count())
	}
}

// deadlock makes an array and another transaction wait for each other, and tells whether it was the array that had to start again.
func (p *place) deadlock() bool {
	p.t.Helper()
	low, high := uuid.MustParse("10000000-0000-4000-8000-000000000000"), uuid.MustParse("f0000000-0000-4000-8000-000000000000")
	const claim = `INSERT INTO event_ids (workspace_id, uuid) VALUES ($1, $2) ON CONFLICT DO NOTHING`
	tx, err := p.db.Pool.Begin(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	if _, err := tx.Exec(p.t.Context(), claim, p.ws.ID, high); err != nil {
		p.t.Fatal(err)
	}
	result := make(chan error)
	go func() {
		_, err := p.array("[" + with(fmt.Sprintf(`"id": %q`, high)) + "," + with(fmt.Sprintf(`"id": %q`, low)) + "]")
		result <- err
	}()
	p.awaitWaiting(1) // it has claimed low and waits for high
	_, failed := tx.Exec(p.t.Context(), claim, p.ws.ID, low)
	if err := tx.Rollback(p.t.Context()); err != nil {
		p.t.Fatal(err)
	}
	if err := <-result; err != nil {
		p.t.Error(err)
	}
	return failed == nil
}

// awaitWaiting returns when so many connections to the test's database wait for a lock.
func (p *place) awaitWaiting(n int) {
	p.t.Helper()
	for {
		var waiting int
		err := p.db.Pool.QueryRow(p.t.Context(), `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&waiting)
		if err != nil {
			p.t.Fatal(err)
		}
		if waiting >= n {
			return
		}
	}
}
