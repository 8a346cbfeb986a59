package listing_test

import (
	"strings"
	"testing"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
)

// Whoever loses access while a request of theirs waits gets nothing that came after that.
func TestAccessThatEndsWhileSomebodyWaits(t *testing.T) {
	w := New(t)
	for _, c := range []struct {
		name, as string
		take     func()
		status   int
	}{
		{"token", "bob-read", func() { w.Exec(`UPDATE tokens SET revoked_at = now() WHERE user_id = $1`, w.Bob.ID) }, 401},
		{"session", "bob", func() { w.Exec(`DELETE FROM sessions WHERE user_id = $1`, w.Bob.ID) }, 401},
		{"membership", "ada", func() { w.Exec(`DELETE FROM memberships WHERE user_id = $1`, w.Ada.ID) }, 404},
		{"user", "alice", func() { w.Exec(`UPDATE users SET deactivated_at = now() WHERE id = $1`, w.Alice.ID) }, 401},
	} {
		t.Run(c.name, func(t *testing.T) {
			waiting := ask(w, Request{As: c.as, Path: path + "?after_id=&wait=1.5&resource_id=" + c.name})
			until(t, w, 1)
			c.take()
			w.Send(`{"actor": {"id": "bob"}, "action": "updated", "resource": {"type": "task", "id": %q}, "project": {"id": "p1"}, "description": "afterwards"}`, c.name)
			a := <-waiting
			if a.Status != c.status || strings.Contains(a.Body, "afterwards") {
				t.Errorf("%d %s", a.Status, a.Body)
			}
		})
	}
}

// A project that is closed is no reason to end the request, which may go on waiting for something else.
func TestAProjectThatIsClosedWhileSomebodyWaits(t *testing.T) {
	w := New(t)
	waiting := ask(w, Request{As: "bob", Path: path + "?after_id=&actions=updated&wait=4"})
	until(t, w, 1)
	w.Exec(`DELETE FROM project_members`)
	w.Send(`{"actor": {"id": "ada"}, "action": "updated", "project": {"id": "p1"}, "description": "not for them"}`)
	w.Send(`{"actor": {"id": "bob"}, "action": "updated", "description": "their own"}`)
	(<-waiting).Expect(t, 200, "their own").Lacks(t, "not for them")
}

// One that is let in while they wait misses no row of those that they may see by then: neither the one that lets them in nor what came before it.
func TestAProjectThatIsOpenedWhileSomebodyWaits(t *testing.T) {
	w := New(t)
	w.Send(`{"actor": {"id": "ada"}, "action": "created", "project": {"id": "p9"}}`)
	waiting := ask(w, Request{As: "bob", Path: path + "?after_id=&actions=updated&wait=4"})
	until(t, w, 1)
	looked := func() { // a second one who waits, and looks after Bob
		t.Helper()
		other := ask(w, Request{As: "service", Path: path + "?after_id=&actions=looked&wait=4"})
		until(t, w, 2)
		w.Send(`{"actor": {"id": "ada"}, "action": "looked"}`)
		(<-other).Expect(t, 200, "looked")
	}
	w.Send(`{"actor": {"id": "ada"}, "action": "updated", "project": {"id": "p9"}, "description": "one"}`)
	looked()
	w.Exec(`UPDATE projects SET visibility = 'workspace' WHERE external_id = 'p9'`)
	w.Send(`{"actor": {"id": "bob"}, "action": "updated", "description": "two"}`)
	a := <-waiting
	var rows []struct{ ID string }
	a.Expect(t, 200, "one").Read(t, &rows)
	w.Do(Request{As: "bob", Path: path + "?actions=updated&after_id=" + rows[len(rows)-1].ID}).Expect(t, 200).Lacks(t, "one")
	if len(rows) == 1 {
		w.Do(Request{As: "bob", Path: path + "?actions=updated&after_id=" + rows[0].ID}).Expect(t, 200, "two")
	}
}

// Whoever lost access while they waited is not told either how many rows there are by then.
func TestWhatIsCountedWhileSomebodyWaits(t *testing.T) {
	w := New(t)
	w.Send(`{"actor": {"id": "ada"}, "action": "updated", "project": {"id": "p1"}, "description": "not for them"}`)
	var rows []struct{ ID string }
	w.Do(Request{As: "bob", Path: path + "?limit=1"}).Expect(t, 200, "not for them").Read(t, &rows)
	waiting := ask(w, Request{As: "bob", Path: path + "?actions=updated&wait=1&count=true&after_id=" + rows[0].ID})
	until(t, w, 1)
	w.Exec(`DELETE FROM project_members`)
	a := <-waiting
	if n := a.Header.Get("X-Total-Count"); a.Status != 200 || a.Body != "[]" || n != "0" {
		t.Errorf("%d %s of %s", a.Status, a.Body, n)
	}
}

// A session that gets a new cookie meanwhile, because the role of its user changed, is the same session.
func TestASessionThatRotatesWhileItsRequestWaits(t *testing.T) {
	w := New(t)
	cookie := w.Session(w.Bob).Get("Cookie")
	waiting := ask(w, Request{Cookie: cookie, Path: path + "?after_id=&actions=updated&wait=4"})
	until(t, w, 1)
	w.Exec(`UPDATE sessions SET rotate = true WHERE user_id = $1`, w.Bob.ID)
	if a := w.Do(Request{Cookie: cookie, Path: path}).Expect(t, 200); a.Header.Get("Set-Cookie") == "" {
		t.Error("it does not rotate")
	}
	w.Send(`{"actor": {"id": "bob"}, "action": "updated", "description": "their own"}`)
	(<-waiting).Expect(t, 200, "their own")
	w.Do(Request{Cookie: cookie, Path: path}).Expect(t, 401)
}

// What a request waits for is read as what the reader is when it comes: also with more than before.
func TestAccessThatIsGivenWhileSomebodyWaits(t *testing.T) {
	w := New(t)
	waiting := ask(w, Request{As: "ada", Path: path + "?after_id=&actions=updated&wait=4"})
	until(t, w, 1)
	w.Exec(`UPDATE memberships SET role = 'owner' WHERE user_id = $1`, w.Ada.ID)
	w.Send(`{"actor": {"id": "zoe"}, "action": "updated", "description": "afterwards"}`)
	(<-waiting).Expect(t, 200, "afterwards")
}
