package web_test

import (
	"testing"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
)

// Files and downloads are lists of their own, so that downloads do not push files away.
func TestFilesAndDownloadsAreListedApart(t *testing.T) {
	w := New(t)
	w.Send(`{"actor": {"id": "x"}, "action": "created", "project": {"id": "p1"}}`)
	w.Recorded()
	w.Do(exporting("bob", "name", "A file", "make", "true")).Expect(t, 303)
	w.MakeFiles()
	w.Do(Request{As: "bob", Path: "/w/acme/export?actions=created"}).Expect(t, 200)
	w.Do(Request{As: "bob", Path: "/w/acme/exports"}).Expect(t, 200, "A file", `href="/w/acme/exports?kind=stream#made"`, "one a line, can be sent in to another workspace", "expires in 7 days").Lacks(t, "downloaded at once")
	w.Do(Request{As: "bob", Path: "/w/acme/exports?kind=stream&actions=created"}).Expect(t, 200, "downloaded at once", `href="/w/acme/exports?actions=created#made"`).Lacks(t, "A file")
	w.Do(Request{As: "bob", Path: "/w/acme/exports?kind=other"}).Expect(t, 400, "file or stream")
	w.Do(Request{As: "bob", Path: "/w/acme/exports?before=zzz"}).Expect(t, 400, "the id of an export")
}

// The list says which days were taken then, whatever is today, and whatever the reader's zone is by now.
func TestTheListSaysWhichTimeWasTaken(t *testing.T) {
	w := New(t)
	w.Do(exporting("bob", "start_date", "2026-01-01", "end_date", "2026-01-31", "make", "true")).Expect(t, 303)
	w.Exec(`UPDATE exports SET query = 'actions=created&start_date=30d'`) // as if it had been asked for so, on the last of January
	w.Do(Request{As: "bob", Path: "/w/acme/exports"}).Expect(t, 200, "1 Jan – 31 Jan").Lacks(t, "30 days")
	w.Exec(`UPDATE users SET time_zone = 'UTC'`)
	w.Do(Request{As: "bob", Path: "/w/acme/exports"}).Expect(t, 200, "1 Jan 03:30 – 1 Feb 03:30")
}

// What is wrong with the filter is said once, in the words of the page.
func TestAFormSaysOnceWhatIsWrong(t *testing.T) {
	w := New(t)
	w.Do(exporting("bob", "end_date", "soon", "q", "created:never", "make", "true")).Expect(t, 422, "To: must be", "The search: ").Lacks(t, "End date must", "Q at")
}

func TestTheFormRefusesAddressesForMembers(t *testing.T) {
	w := New(t)
	w.Do(exporting("bob", "columns", "ip_address", "order", "", "make", "true")).Expect(t, 403)
	if n := Ask[int](w, `SELECT count(*) FROM exports`); n != 0 {
		t.Errorf("%d exports", n)
	}
}
