package feed_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/feed"
	"daybook/services/feed/feedtest"
)

// events gives so many of one action.
func events(n int, action string, more feedtest.Event) []feedtest.Event {
	all := make([]feedtest.Event, n)
	for i := range all {
		all[i] = feedtest.Event{"actor": feedtest.Event{"id": "a"}, "action": action, "description": fmt.Sprint(i)}
		for k, v := range more {
			all[i][k] = v
		}
	}
	return all
}

func run(t *testing.T, w *feedtest.World, sql string, args ...any) {
	t.Helper()
	if _, err := w.DB.Pool.Exec(t.Context(), sql, args...); err != nil {
		t.Fatal(err)
	}
}

// Whoever begins with the latest rows and waits because there are none gets what comes from its beginning, not the latest of it.
func TestWaitingForTheLatestPassesOverNothing(t *testing.T) {
	w := feedtest.New(t)
	ws := w.Workspace(t, "acme", "UTC")
	v := w.Viewer(t, w.User(t, "root", true), ws)
	w.Send(t, ws, events(3, "created", nil)...)
	p := w.Feed.Pursue(ws.ID, feed.Filter{Criteria: feed.Criteria{Actions: []string{"updated"}}}, "", 20)
	asked := 0
	as := func(context.Context) (access.Scope, error) {
		asked++
		return v.Scope(false), nil
	}
	for range 2 {
		if found, err := p.Next(t.Context(), as); err != nil || found == nil || len(found) > 0 {
			t.Fatal(found, err)
		}
	}
	if asked != 1 {
		t.Errorf("it was asked %d times, and nothing was posted meanwhile", asked)
	}
	w.Send(t, ws, events(26, "updated", nil)...)
	found, err := p.Next(t.Context(), as)
	if err != nil || len(found) != 20 || found[0].Description != "0" || found[19].Description != "19" {
		t.Errorf("%d from %q, %v", len(found), found[0].Description, err)
	}
}

// Whoever is let in while they wait passes over nothing of what they may see then: not the row either that let them in.
func TestWaitingWhileOneIsLetInPassesOverNothing(t *testing.T) {
	w := feedtest.New(t)
	ws := w.Workspace(t, "acme", "UTC")
	bo, mia := w.User(t, "bo", false), w.User(t, "mia", false)
	for _, u := range []*models.User{bo, mia} {
		w.Member(t, ws, u, models.Member)
	}
	w.Actor(t, ws, "bo", bo)
	w.Send(t, ws, events(3, "created", nil)...)
	position := w.Look(t).Rows[2].UUID.String()
	pursuits := map[*models.User]*feed.Pursuit{}
	gets := func(who *models.User, want string) {
		t.Helper()
		found, err := pursuits[who].Next(t.Context(), feedtest.Sees(w.Viewer(t, who, ws).Scope(false)))
		got := ""
		for _, e := range found {
			got += e.Description
		}
		if err != nil || got != want {
			t.Errorf("it is %q in place of %q, %v", got, want, err)
		}
	}
	for _, from := range []string{position, ""} {
		for _, who := range []*models.User{bo, mia} {
			pursuits[who] = w.Feed.Pursue(ws.ID, feed.Filter{}, from, 20)
			gets(who, "")
		}
		w.Send(t, ws, events(2, "created", nil)...) // as "0" and "1"
		gets(bo, "")
		gets(mia, "")
		for _, who := range []*models.User{bo, mia} { // who have nothing of their own to stand at
			run(t, w, `UPDATE memberships SET role = 'owner' WHERE user_id = $1`, who.ID)
		}
		w.Send(t, ws, events(1, "created", nil)...)
		gets(bo, "010")
		gets(mia, map[string]string{position: "010", "": "012010010"}[from])
		run(t, w, `UPDATE memberships SET role = 'member'`)
	}
}

// A row that is posted while a reader's access is looked up is left to the next look: it may be what gives them more.
func TestALookEndsBeforeAccessIsLookedUp(t *testing.T) {
	w := feedtest.New(t)
	ws := w.Workspace(t, "acme", "UTC")
	bo := w.User(t, "bo", false)
	w.Member(t, ws, bo, models.Member)
	w.Actor(t, ws, "bo", bo)
	p := w.Feed.Pursue(ws.ID, feed.Filter{}, "0", 20)
	found, err := p.Next(t.Context(), func(context.Context) (access.Scope, error) {
		scope := w.Viewer(t, bo, ws).Scope(false)
		run(t, w, `UPDATE memberships SET role = 'owner' WHERE user_id = $1`, bo.ID)
		w.Send(t, ws, events(1, "created", nil)...)
		w.Send(t, ws, events(1, "created", feedtest.Event{"actor": feedtest.Event{"id": "bo"}})...)
		return scope, nil
	})
	if err != nil || len(found) > 0 {
		t.Errorf("%d, %v", len(found), err)
	}
	if found, err = p.Next(t.Context(), feedtest.Sees(w.Viewer(t, bo, ws).Scope(false))); err != nil || len(found) != 2 {
		t.Errorf("%d, %v", len(found), err)
	}
}

// Words are found behind the position, whether that is a few rows or many.
func TestFollowingByWords(t *testing.T) {
	w := feedtest.New(t)
	ws := w.Workspace(t, "acme", "UTC")
	v := w.Viewer(t, w.User(t, "root", true), ws)
	f, err := feed.ParseLine("ferry", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	ferry := func(n int) {
		w.Send(t, ws, events(1, "created", feedtest.Event{"description": fmt.Sprint("ferry ", n)})...)
	}
	after := "0"
	for i, others := range []int{5, 700, 3} {
		ferry(i)
		w.Send(t, ws, events(others, "created", nil)...)
		run(t, w, `ANALYZE activity_words`)
		found, err := w.Follow(t.Context(), v, f, after, 10)
		if err != nil || len(found) != 1 || found[0].Description != fmt.Sprint("ferry ", i) {
			t.Fatalf("%d: %d rows, %v", i, len(found), err)
		}
		after = found[0].UUID.String()
		if found, err = w.Follow(t.Context(), v, f, "0", 10); err != nil || len(found) != i+1 {
			t.Fatalf("%d: %d rows of all, %v", i, len(found), err)
		}
	}
}

// Whoever is told where to go on is not told the id of an activity that they may not see, and goes on where they would have been.
func TestAPurgedPositionLeadsToWhatOneSees(t *testing.T) {
	w := feedtest.New(t)
	ws := w.Workspace(t, "acme", "UTC")
	root, bo := w.User(t, "root", true), w.User(t, "bo", false)
	w.Member(t, ws, bo, models.Member)
	w.Actor(t, ws, "bo", bo)
	mine := feedtest.Event{"actor": feedtest.Event{"id": "bo"}}
	w.Send(t, ws, events(1, "created", nil)...)
	w.Send(t, ws, events(1, "created", mine)...)
	w.Send(t, ws, events(2, "secret", nil)...)
	w.Send(t, ws, events(1, "created", mine)...)
	rows := w.Look(t).Rows
	purge := func(i int) string {
		run(t, w, `INSERT INTO tombstones (workspace_id, seq, uuid, leaf, purge_id) SELECT workspace_id, seq, uuid, leaf, 1 FROM activities WHERE uuid = $1`, rows[i].UUID)
		run(t, w, `ALTER TABLE activities DISABLE TRIGGER USER`) // what a purge does, without its records
		run(t, w, `DELETE FROM activities WHERE uuid = $1`, rows[i].UUID)
		return rows[i].UUID.String()
	}
	at := purge(4)
	restart := func(v string, of models.User) string {
		t.Helper()
		_, err := w.Follow(t.Context(), w.Viewer(t, &of, ws), feed.Filter{}, at, 10)
		purged, ok := errors.AsType[*feed.Purged](err)
		if !ok || models.KindOf(err) != models.Gone {
			t.Fatal(v, err)
		}
		return purged.Restart
	}
	if got := restart("root", *root); got != rows[3].UUID.String() {
		t.Errorf("root goes on from %s", got)
	}
	if got := restart("bo", *bo); got != rows[1].UUID.String() {
		t.Errorf("bo goes on from %s", got)
	}
	purge(1)
	if got := restart("bo", *bo); got != "0" {
		t.Errorf("bo goes on from %s", got)
	}
}
