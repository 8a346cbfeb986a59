package journal

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

// good is an event as ingest writes it; the tests change a part of it.
const good = `{"actor": {"id": "a", "name": "A", "type": "user"}, "action": "created", "entity": {"type": "file", "id": "1", "name": "One"},
	"description": "Created One", "outcome": "success", "metadata": {"n": 1}}`

// altered is the good event with a value in place of what stands there.
func altered(path, value string) string {
	return fmt.Sprintf(`jsonb_set('%s', '{%s}', '%s')`, good, path, strings.ReplaceAll(value, "'", "''"))
}

// poisons are events that no validation passes, as SQL, with the SQLSTATE that each must be rejected with.
var poisons = []struct{ name, event, state string }{
	{"a list", `'[]'`, "22023"},
	{"a text", `'"event"'`, "22023"},
	{"null", `'null'`, "23502"},
	{"an empty object", `'{}'`, "23502"},
	{"a number for an actor", altered("actor", `5`), "22023"},
	{"no actor", `'` + good + `'::jsonb - 'actor'`, "23502"},
	{"an actor without an id", altered("actor,id", `""`), "23502"},
	{"an actor of another type", altered("actor,type", `"robot"`), "23514"},
	{"an actor with an id of 9 KB", altered("actor,id", `"`+strings.Repeat("x", 9000)+`"`), "54000"},
	{"an actor with a name of 9 KB", altered("actor,name", `"`+strings.Repeat("x", 9000)+`"`), "54000"},
	{"an actor of no user", altered("actor", `{"id": "nobody", "type": "user", "user_id": 424242}`), "23503"},
	{"on behalf of nobody", altered("on_behalf_of", `{"type": "user"}`), "23502"},
	{"no action", altered("action", `""`), "23514"},
	{"a long action", altered("action", `"`+strings.Repeat("x", 65)+`"`), "23514"},
	{"a list for an action", altered("action", `[]`), "22023"},
	{"another outcome", altered("outcome", `"maybe"`), "23514"},
	{"an entity id of 9 KB", altered("entity,id", `"`+strings.Repeat("x", 9000)+`"`), "54000"},
	{"an entity type of 9 KB", altered("entity,type", `"`+strings.Repeat("x", 9000)+`"`), "23514"},
	{"a correlation id of 9 KB", altered("correlation_id", `"`+strings.Repeat("x", 9000)+`"`), "54000"},
	{"a project without an id", altered("project", `{}`), "23514"},
	{"metadata that is a list", altered("metadata", `[1]`), "23514"},
	{"metadata that is null", altered("metadata", `null`), "23514"},
	{"changes that are an object", altered("changes", `{}`), "22023"},
	{"no address", altered("ip", `"somewhere"`), "22P02"},
	{"an address with a zone", altered("ip", `"fe80::1%eth0"`), "22P02"},
	{"the year 300000", altered("occurred_at", `"300000-01-01T00:00:00Z"`), "22023"},
	{"the year 0", altered("occurred_at", `"0000-01-01T00:00:00+23:59"`), "22008"},
	{"1969", altered("occurred_at", `"1969-12-31T23:59:59.999999Z"`), "22008"},
	{"the last year", altered("occurred_at", `"9999-12-31T23:59:59Z"`), "22008"},
	{"a day for a time", altered("occurred_at", `"yesterday"`), "22023"},
	{"a number beyond a float", altered("metadata", `{"deep": [{"n": 1e400}]}`), "22003"},
	{"a number of 60 digits", altered("metadata", `{"n": 123456789012345678901234567890123456789012345678901234567890}`), "22003"},
	{"a number too small", altered("metadata", `{"n": 1e-400}`), "22003"},
	{"a change of such a number", altered("changes", `[{"field": "f", "before": 1, "after": 0.12345678901234567890123}]`), "22003"},
}

func (w *world) poison(lane int, sql string) uuid.UUID {
	w.Helper()
	return ask[uuid.UUID](w, `INSERT INTO inbox (lane, workspace_id, uuid, source_id, event) VALUES ($1, $2, gen_random_uuid(), 1, `+sql+`) RETURNING uuid`, lane, w.ws.ID)
}

func TestPoisonIsRejectedAndBlocksNothing(t *testing.T) {
	w := newWorld(t)
	want := map[uuid.UUID]int{}
	for i, p := range poisons {
		want[w.poison(bulk, p.event)] = i
		w.fill(bulk, 20)
	}
	twice := w.poison(bulk, `'`+good+`'`)
	again := fmt.Sprintf(`INSERT INTO inbox (lane, workspace_id, uuid, source_id, event) VALUES (1, '%s', '%s', 1, '%s')`, w.ws.ID, twice, good)
	w.do(again) // in the same batch
	w.do(`INSERT INTO inbox (lane, workspace_id, uuid, source_id, event) VALUES (0, gen_random_uuid(), gen_random_uuid(), 1, $1)`, good)
	by := w.writer(nil)
	w.drain(by)
	w.do(again) // and posted before
	w.fill(bulk, 20)
	w.drain(by)
	if n := w.sound(); n != int64(20*len(poisons)+21) {
		t.Errorf("%d were posted, wanted %d", n, 20*len(poisons)+21)
	}
	rows, err := w.db.Pool.Query(t.Context(), `SELECT uuid, sqlstate, reason FROM rejected`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	others := map[string]int{}
	for rows.Next() {
		var id uuid.UUID
		var state, reason string
		if err := rows.Scan(&id, &state, &reason); err != nil {
			t.Fatal(err)
		}
		i, known := want[id]
		if !known {
			others[state]++
		} else if delete(want, id); state != poisons[i].state || reason == "" {
			t.Errorf("%s was rejected with %s (%s), wanted %s", poisons[i].name, state, reason, poisons[i].state)
		}
	}
	for _, i := range want {
		t.Errorf("%s was not rejected", poisons[i].name)
	}
	if others["23505"] != 2 || others["23503"] != 1 || len(others) != 2 {
		t.Errorf("the same id twice, and an unknown workspace: %v", others)
	}
}

// These look odd, and are posted and verify.
func TestOddEventsArePosted(t *testing.T) {
	w := newWorld(t)
	odd := []string{
		altered("metadata", `{"n": 1e308, "m": 5e-324, "z": -0.0, "d": 1.10, "e": 1e5, "i": 123456789012345, "f": 0.1}`),
		altered("metadata", `{"text": "\"1e400\" \\ 99999999999999999999", "é\u2028": "😀"}`),
		altered("changes", `[{"field": "f"}, {"field": "g", "before": {"a": [null]}, "after": "<&>"}]`),
		altered("ip", `"::ffff:192.0.2.7"`),
		altered("ip", `"2001:db8:0:0:1::1"`),
		altered("description", `"`+strings.Repeat("long ", 4000)+`"`),
		altered("unknown", `{"key": 1}`),
		altered("occurred_at", `"1970-01-01T00:00:00Z"`),
		altered("occurred_at", `"9998-12-31T23:59:59.999999999+14:00"`),
		altered("on_behalf_of", `{"id": "a", "type": "agent"}`),
		altered("entity", `{"type": ""}`),
	}
	for _, event := range odd {
		w.poison(bulk, event)
	}
	w.drain(w.writer(nil))
	if n := w.sound(); n != int64(len(odd)) {
		t.Errorf("%d were posted of %d: %s", n, len(odd), ask[string](w, `SELECT coalesce(string_agg(reason, '; '), '') FROM rejected`))
	}
}

// A batch that fails for another reason than its data is left as it is, and tried again.
func TestOtherErrorsLeaveTheBatch(t *testing.T) {
	for name, setting := range map[string]string{"55P03": "lock_timeout", "57014": "statement_timeout"} {
		t.Run(setting, func(t *testing.T) {
			w := newWorld(t)
			w.fill(bulk, 50)
			by := w.writer(map[string]string{setting: "150ms"})
			tx, err := w.db.Pool.Begin(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := tx.Exec(t.Context(), `LOCK TABLE actors IN ACCESS EXCLUSIVE MODE`); err != nil {
				t.Fatal(err)
			}
			if _, err := by.postBatch(t.Context()); err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("the batch: %v", err)
			}
			if n := ask[int](w, `SELECT count(*) FROM inbox`); n != 50 || ask[int](w, `SELECT count(*) FROM rejected`) != 0 {
				t.Errorf("%d of 50 wait", n)
			}
			if err := tx.Rollback(t.Context()); err != nil {
				t.Fatal(err)
			}
			w.drain(by)
			if n := w.sound(); n != 50 {
				t.Errorf("%d were posted", n)
			}
		})
	}
}

// BenchmarkPoison compares a clean run with one in which one row of a thousand is poison that only the database finds, and one with
// poison that is seen before.
func BenchmarkPoison(b *testing.B) {
	run := func(poison string) time.Duration {
		w := newWorld(b)
		for range 20 {
			w.fill(bulk, 999)
			if poison != "" {
				w.poison(bulk, poison)
			}
		}
		by := w.writer(nil)
		begin := time.Now()
		w.drain(by)
		return time.Since(begin)
	}
	for b.Loop() {
		clean := run("")
		b.ReportMetric(float64(run(altered("outcome", `"maybe"`)))/float64(clean), "seen/clean")
		b.ReportMetric(float64(run(altered("actor", `{"id": "nobody", "type": "user", "user_id": 424242}`)))/float64(clean), "bisected/clean")
		b.ReportMetric(20*999/clean.Seconds(), "rows/s")
	}
}
