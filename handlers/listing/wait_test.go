package listing_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
	"daybook/services/database/dbtest"
	"daybook/services/journal"
)

const path = "/api/v1/workspaces/acme/activity"

// answered is an answer and how long it took.
type answered struct {
	Answer
	took time.Duration
}

// ask asks while something else happens.
func ask(w *World, r Request) <-chan answered {
	out := make(chan answered, 1)
	go func() {
		began := time.Now()
		a, err := w.Try(r)
		if err != nil {
			w.T.Error(err)
		}
		out <- answered{a, time.Since(began)}
	}()
	return out
}

// until waits for so many requests that wait.
func until(t *testing.T, w *World, waiting int) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); waitingNow(t, w) != waiting; <-time.After(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d wait, not %d", waitingNow(t, w), waiting)
		}
	}
}

var waitingMetric = regexp.MustCompile(`(?m)^daybook_waiting_requests (\d+)$`)

// waitingNow is how many wait, by the metrics.
func waitingNow(t *testing.T, w *World) int {
	t.Helper()
	a, err := w.Try(Request{Path: "/metrics"})
	if err != nil {
		t.Fatal(err)
	}
	found := waitingMetric.FindStringSubmatch(a.Body)
	if found == nil {
		t.Fatal(a.Status, "there is no such metric")
	}
	n, _ := strconv.Atoi(found[1])
	return n
}

func TestWaitingReturnsAsSoonAsARowComes(t *testing.T) {
	w := New(t)
	w.Send(`{"actor": {"id": "bob"}, "action": "created", "resource": {"type": "task", "id": "1"}, "project": {"id": "p1"}, "description": "first"}`)
	all := ask(w, Request{As: "service", Path: path + "?after_id=&actions=updated&wait=4"})
	member := ask(w, Request{As: "bob", Path: path + "?after_id=&actions=updated&wait=4"})
	counted := ask(w, Request{As: "service-read", Path: path + "?after_id=&actions=updated,archived&wait=4&count=true"})
	until(t, w, 3)
	w.Send(`{"actor": {"id": "ada"}, "action": "created", "description": "not asked for"}`)
	w.Send(`{"actor": {"id": "ada"}, "action": "archived", "description": "of another action"}`)
	if a := <-counted; a.Status != 200 || !strings.Contains(a.Body, "of another action") || a.Header.Get("X-Total-Count") != "1" {
		t.Errorf("%d %v %s", a.Status, a.Header, a.Body)
	}
	until(t, w, 2)
	began := time.Now()
	w.Send(`{"actor": {"id": "ada"}, "action": "updated", "description": "not for members"}`)
	a := <-all
	a.Expect(t, 200, "not for members")
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("it came %s after it was sent", took)
	}
	until(t, w, 1)
	w.Send(`{"actor": {"id": "ada"}, "action": "updated", "project": {"id": "p1"}, "description": "for them"}`)
	(<-member).Expect(t, 200, "for them").Lacks(t, "not for members")
}

func TestWaitingInVain(t *testing.T) {
	w := New(t)
	for _, wait := range []string{"0.3", "1"} {
		a := <-ask(w, Request{As: "service", Path: path + "?after_id=&actions=updated&wait=" + wait})
		least, _ := time.ParseDuration(wait + "s")
		if a.Expect(t, 200); a.Body != "[]" || a.took < least || a.took > least+3*time.Second {
			t.Errorf("after %s: %s", a.took, a.Body)
		}
		if a.Header.Get("Etag") == "" {
			t.Error("it has no tag")
		}
	}
	// What is there already is not waited for, and neither is a position that is none.
	for _, c := range []struct {
		query  string
		status int
	}{{"?after_id=0&wait=4", 200}, {"?after_id=&wait=4", 200}, {"?after_id=x&wait=4", 400}, {"?after_id=019a0000-0000-7000-8000-000000000009&wait=4", 404}, {"?after_id=&wait=0&actions=updated", 200}} {
		if a := <-ask(w, Request{As: "service", Path: path + c.query}); a.Status != c.status || a.took > 2*time.Second {
			t.Errorf("%s: %d after %s", c.query, a.Status, a.took)
		}
	}
	if n := waitingNow(t, w); n != 0 {
		t.Errorf("%d wait", n)
	}
}

// A client that has left keeps no place, whichever way it left.
func TestClientsThatLeave(t *testing.T) {
	w := New(t)
	for name, leave := range map[string]func(*net.TCPConn) error{
		"closed": func(c *net.TCPConn) error { return c.Close() },
		"reset":  func(c *net.TCPConn) error { _ = c.SetLinger(0); return c.Close() },
	} {
		conn, err := net.Dial("tcp", w.Address)
		if err != nil {
			t.Fatal(err)
		}
		_, err = io.WriteString(conn, "GET "+path+"?after_id=&actions=updated&wait=4 HTTP/1.1\r\nHost: x\r\nAuthorization: "+w.Credentials("service").Get("Authorization")+"\r\n\r\n")
		if err != nil {
			t.Fatal(err)
		}
		until(t, w, 1)
		began := time.Now()
		if err := leave(conn.(*net.TCPConn)); err != nil {
			t.Fatal(err)
		}
		until(t, w, 0)
		if took := time.Since(began); took > 3*time.Second {
			t.Errorf("%s: it was noticed after %s", name, took)
		}
	}
	// One that asks for the next thing already has not left.
	conn, err := net.Dial("tcp", w.Address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, err = io.WriteString(conn, "GET "+path+"?after_id=&actions=updated&wait=2 HTTP/1.1\r\nHost: x\r\nAuthorization: "+w.Credentials("service").Get("Authorization")+"\r\n\r\nGET /api/ping HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	if err != nil {
		t.Fatal(err)
	}
	until(t, w, 1)
	w.Send(`{"actor": {"id": "ada"}, "action": "updated", "description": "what was waited for"}`)
	text, err := io.ReadAll(conn)
	if err != nil || strings.Count(string(text), "HTTP/1.1 200") != 2 || !strings.Contains(string(text), "what was waited for") || !strings.HasSuffix(string(text), `{"status":"pong"}`) {
		t.Errorf("%v %s", err, text)
	}
}

func TestStoppingDoesNotWaitForWhoWaits(t *testing.T) {
	w := New(t)
	waiting := ask(w, Request{As: "service", Path: path + "?after_id=&actions=updated&wait=4"})
	until(t, w, 1)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	began := time.Now()
	if err := w.Server.Shutdown(ctx); err != nil {
		t.Error(err)
	}
	if a := <-waiting; a.Status != 200 || a.Body != "[]" || time.Since(began) > 3*time.Second {
		t.Errorf("%d %s after %s", a.Status, a.Body, time.Since(began))
	}
}

// A database that goes away while somebody waits is an error, as everywhere, and no empty list.
func TestWaitingWhileTheDatabaseGoesAway(t *testing.T) {
	w := New(t)
	admin := dbtest.Admin(t)
	name := w.DB.Pool.Config().ConnConfig.Database
	run := func(sql string) {
		t.Helper()
		if _, err := admin.Exec(context.Background(), sql); err != nil {
			t.Fatal(err)
		}
	}
	waiting := ask(w, Request{As: "service", Path: path + "?after_id=&actions=updated&wait=4"})
	until(t, w, 1)
	run(`ALTER DATABASE "` + name + `" ALLOW_CONNECTIONS false`)
	defer run(`ALTER DATABASE "` + name + `" ALLOW_CONNECTIONS true`)
	run(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '` + name + `'`)
	if a := <-waiting; a.Status != http.StatusServiceUnavailable || a.Header.Get("Retry-After") == "" {
		t.Errorf("%d %s", a.Status, a.Body)
	}
}

// Whoever waits takes no room from those who read, however long a list they asked for, nor from those who wait.
func TestWaitingTakesNoRoom(t *testing.T) {
	w := New(t)
	var waiting []<-chan answered
	for range 20 {
		waiting = append(waiting, ask(w, Request{As: "service", Path: path + "?after_id=&actions=updated&wait=4&limit=200"}))
	}
	until(t, w, 20)
	if a := <-ask(w, Request{As: "service", Path: path + "?limit=200"}); a.Status != 200 || a.took > 1500*time.Millisecond {
		t.Errorf("%d after %s", a.Status, a.took)
	}
	w.Send(`{"actor": {"id": "ada"}, "action": "updated", "description": "for all of them"}`)
	for _, one := range waiting {
		if a := <-one; a.Status != 200 || !strings.Contains(a.Body, "for all of them") {
			t.Errorf("%d %s", a.Status, a.Body)
		}
	}
}

// Whoever waits is answered in time also where their own reading takes up all the room there is for them: with nothing, and they ask once more.
func TestWaitingWithoutRoom(t *testing.T) {
	w := New(t)
	waiting := ask(w, Request{As: "service", Path: path + "?after_id=&actions=updated&wait=1.5"})
	until(t, w, 1)
	tx, err := w.DB.Pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.Background()) }()
	// Whoever finds no row asks for no actor: their first look may still be under way.
	if _, err := tx.Exec(t.Context(), `LOCK TABLE actors IN ACCESS EXCLUSIVE MODE`); err != nil {
		t.Fatal(err)
	}
	long := ask(w, Request{As: "service", Path: "/api/activity/activities/?limit=1000"})
	for deadline := time.Now().Add(20 * time.Second); Ask[int](w, `SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'actors'::regclass`) == 0; <-time.After(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("nobody reads")
		}
	}
	w.Exec(`UPDATE workspace_heads SET seq = seq + 1000 WHERE workspace_id = $1`, w.Acme.ID)
	w.Exec(`SELECT pg_notify($1, $2)`, journal.ChannelPosted, w.Acme.ID.String()+":1000")
	if a := <-waiting; a.Status != 200 || a.Body != "[]" {
		t.Errorf("%d %s after %s", a.Status, a.Body, a.took)
	}
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	(<-long).Expect(t, 200)
}

// Whoever was woken while there was no room looks as soon as there is some, as long as they wait.
func TestWaitingForRoom(t *testing.T) {
	w := New(t)
	for n := 1; !waitedForRoom(t, w, n); n++ { // on a machine that is too busy to post while somebody waits
		t.Log("once more")
	}
}

// waitedForRoom is false when the request's time was up before it could be shown.
func waitedForRoom(t *testing.T, w *World, n int) bool {
	t.Helper()
	began := time.Now()
	waiting := ask(w, Request{As: "service", Path: path + fmt.Sprintf("?after_id=&resource_id=room-%d&wait=4", n)})
	until(t, w, 1)
	tx, err := w.DB.Pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.Background()) }()
	if _, err := tx.Exec(t.Context(), `LOCK TABLE projects IN ACCESS EXCLUSIVE MODE`); err != nil {
		t.Fatal(err)
	}
	var long []<-chan answered
	for range 5 { // take all the room that one reader has
		long = append(long, ask(w, Request{As: "service", Path: path + "?limit=200&project_id=p1"}))
	}
	for deadline := time.Now().Add(20 * time.Second); Ask[int](w, `SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'projects'::regclass`) < len(long); <-time.After(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("nobody reads")
		}
	}
	w.Send(`{"actor": {"id": "ada"}, "action": "updated", "resource": {"type": "task", "id": "room-%d"}}`, n)
	<-time.After(2100 * time.Millisecond) // longer than lists wait for room
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, one := range long {
		(<-one).Expect(t, 200)
	}
	inTime := time.Since(began) < 3500*time.Millisecond
	if a := (<-waiting).Expect(t, 200); inTime && a.Body == "[]" {
		t.Error("it had room, and no look")
	}
	return inTime
}

// The longest rows there are take no more than the place that is counted for each (visit.Room): metadata stands in ours twice, and markup as it is.
func TestTheLongestRowsFitTheirPlaces(t *testing.T) {
	w := New(t)
	for _, path := range []string{path, "/api/activities", "/api/activity/activities/"} {
		for _, character := range []string{"x", "<", "ä", `\"`} {
			w.Send(`{"actor": {"id": "ada"}, "action": "created", "metadata": {"long": "%s"}}`, strings.Repeat(character, 65_400/len(character)))
			if n := len(w.Do(Request{As: "service", Path: path + "?limit=1"}).Expect(t, 200, character).Body); n > 132<<10 {
				t.Errorf("%s: a row of %q has %d bytes", path, character, n)
			}
		}
	}
}
