package api_test

import (
	"testing"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
)

// Of a filter that says "7d" an auditor can tell which days those were: the manifest and the record have instants.
func TestAnExportSaysWhichTimeItIsOf(t *testing.T) {
	w := New(t)
	w.Send(`{"actor": {"id": "x"}, "action": "created", "project": {"id": "p1"}}`)
	w.Recorded()
	w.Exec(`UPDATE users SET time_zone = 'Asia/Kolkata'`)
	day := asked(w, "bob", `{"filter": {"start_date": "2026-01-01", "end_date": "2026-01-07"}}`)
	open := asked(w, "bob", `{"filter": {"start_date": "7d"}}`)
	both := `"from":"2025-12-31T18:30:00.000000Z","to":"2026-01-07T18:29:59.999999Z"`
	w.Do(Request{As: "bob", Path: day}).Expect(t, 200, both)
	w.Do(Request{As: "bob", Path: open}).Expect(t, 200, `T18:30:00.000000Z","to":null`, `"filter":"start_date=7d"`)
	w.Exec(`UPDATE users SET time_zone = 'UTC'`)
	w.MakeFiles()
	w.Do(Request{As: "bob", Path: day}).Expect(t, 200, both)
	w.Recorded()
	const recorded = `SELECT count(*) FROM activities WHERE action = 'exported' AND metadata->>'from' = '2025-12-31T18:30:00.000000Z' AND metadata->>'to' = '2026-01-07T18:29:59.999999Z'`
	if n := Ask[int](w, recorded); n != 1 {
		t.Errorf("%d records say which days it was", n)
	}
	if n := Ask[int](w, `SELECT count(*) FROM activities WHERE action = 'exported' AND metadata->>'from' LIKE '%T18:30:00.000000Z' AND metadata->'to' = 'null'`); n != 1 {
		t.Errorf("%d records say that it was open", n)
	}
}
