package ingest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"gorm.io/gorm"

	"daybook/models"
	"daybook/services/database"
	"daybook/services/ingest"
)

// act is one of ours.
func (p *place) act(action string) ingest.Act {
	return ingest.Act{Workspace: p.ws.ID, Part: "account", Event: models.Event{Actor: models.CommandLine, Action: action}}
}

// last reads the newest row of the inbox.
func (p *place) last() (ev models.Event, lane int, source string) {
	p.t.Helper()
	var text string
	err := p.db.Pool.QueryRow(p.t.Context(), `SELECT event::text, lane, kind || '/' || key FROM inbox JOIN sources s ON s.id = source_id ORDER BY inbox.id DESC LIMIT 1`).Scan(&text, &lane, &source)
	if err != nil {
		p.t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(text), &ev); err != nil {
		p.t.Fatal(err)
	}
	return ev, lane, source
}

// record records an act in a transaction of its own, which must work.
func (p *place) record(act ingest.Act) {
	p.t.Helper()
	err := p.db.Gorm.WithContext(p.t.Context()).Transaction(func(tx *gorm.DB) error { return p.in.Record(p.t.Context(), database.GormTx(tx), act) })
	if err != nil {
		p.t.Fatal(err)
	}
}

func TestAnActLivesAndDiesWithItsTransaction(t *testing.T) {
	p := newPlace(t)
	changed := errors.New("never mind")
	for range 2 { // the second time its source is known
		p.nothingWritten(func() {
			err := p.db.Gorm.Transaction(func(tx *gorm.DB) error {
				if err := p.in.Record(t.Context(), database.GormTx(tx), p.act("token_created")); err != nil {
					t.Fatal(err)
				}
				return changed
			})
			if !errors.Is(err, changed) {
				t.Fatal(err)
			}
			err = pgx.BeginFunc(t.Context(), p.db.Pool, func(tx pgx.Tx) error {
				if err := p.in.Record(t.Context(), database.PgxTx(tx), p.act("token_created")); err != nil {
					t.Fatal(err)
				}
				return changed
			})
			if !errors.Is(err, changed) {
				t.Fatal(err)
			}
		})
		before := p.count()
		p.record(p.act("token_created"))
		if err := pgx.BeginFunc(t.Context(), p.db.Pool, func(tx pgx.Tx) error { return p.in.Record(t.Context(), database.PgxTx(tx), p.act("token_created")) }); err != nil {
			t.Fatal(err)
		}
		if after := p.count(); after != (count{before.ids + 2, before.inbox + 2}) {
			t.Errorf("%+v became %+v", before, after)
		}
	}
	ev, lane, source := p.last()
	if lane != 0 || source != "daybook/account" || ev.UUID.Version() != 7 || ev.Outcome != models.Success || ev.Description == "" || ev.LinkByEmail {
		t.Errorf("%+v in lane %d from %s", ev, lane, source)
	}
}

func TestWhichActsAreSystemRows(t *testing.T) {
	p := newPlace(t)
	for action, system := range map[string]bool{
		"member_added": false, "member_removed": false, "role_changed": false, "settings_updated": false, "token_created": true, "signed_in": true, "linked": true, "exported": true,
	} {
		act := p.act(action)
		act.Event.System = !system // it is not for the caller to say
		act.Event.Actor = models.UserActor(&models.User{ID: 5, Name: "Amara"})
		p.record(act)
		if ev, _, _ := p.last(); ev.System != system || ev.Action != action {
			t.Errorf("%s in a workspace: %v", action, ev.System)
		}
		act.Workspace = models.BuiltInWorkspace
		p.record(act)
		if ev, _, _ := p.last(); !ev.System {
			t.Errorf("%s in the built-in workspace is no system row", action)
		}
	}
}

func TestAnActKeepsWhatItIsGiven(t *testing.T) {
	p := newPlace(t)
	at := now.Add(-time.Hour)
	act := p.act("updated")
	act.Event = models.Event{
		Actor: models.UserActor(&models.User{ID: 5, Name: "Amara"}), Action: "updated", Outcome: models.Denied, Description: "Tried.", OccurredAt: &at,
		Entity: &models.EntityRef{Type: "user", ID: ptr("6"), Name: ptr("Bob")}, Metadata: json.RawMessage(`{"a": 1}`), IP: ptr("192.0.2.1"), UserAgent: ptr("x"),
		Changes: []models.Change{{Field: "name", Before: json.RawMessage(`"B"`), After: json.RawMessage(`"Bob"`)}},
	}
	p.record(act)
	got, _, _ := p.last()
	want := act.Event
	want.UUID, want.System = got.UUID, true
	sameJSON(t, got, want)
}

// What somebody typed, or their browser sent, must not make the change itself fail: an act is recorded in the change's transaction.
func TestAnActIsMadeFitToStore(t *testing.T) {
	p := newPlace(t)
	act := p.act("sign_in_failed")
	act.Event.UserAgent = ptr("a\x00\xff" + strings.Repeat("x", 3000))
	act.Event.IP = ptr("fe80::1%eth0")
	act.Event.Entity = &models.EntityRef{Type: "user", ID: ptr("\x00"), Name: ptr("a\x00b \\u0000")}
	act.Event.Metadata = json.RawMessage(`{"typed": "\u0000 \\u0000 \\\u0000"}`)
	p.record(act)
	ev, _, _ := p.last()
	if *ev.IP != "fe80::1" || len(*ev.UserAgent) > models.MaxUserAgentBytes || *ev.Entity.Name != "a\ufffdb \\u0000" {
		t.Errorf("%q, %q, %q", *ev.IP, *ev.UserAgent, *ev.Entity.Name)
	}
	var kept struct{ Typed string }
	if json.Unmarshal(ev.Metadata, &kept) != nil || kept.Typed != "\ufffd \\u0000 \\\ufffd" {
		t.Errorf("%s", ev.Metadata)
	}
	act.Event.IP = ptr("unknown")
	p.record(act)
	if ev, _, _ := p.last(); ev.IP != nil {
		t.Errorf("%s", *ev.IP)
	}
}

// The journal would reject them later, when nobody notices.
func TestAnActThatIsNoneIsRefusedAtOnce(t *testing.T) {
	p := newPlace(t)
	for _, ev := range []models.Event{{Action: "created"}, {Actor: models.Itself}, {Actor: models.Itself, Action: "Not a word"}} {
		p.nothingWritten(func() {
			err := p.db.Gorm.Transaction(func(tx *gorm.DB) error {
				return p.in.Record(t.Context(), database.GormTx(tx), ingest.Act{Workspace: p.ws.ID, Part: "test", Event: ev})
			})
			if err == nil {
				t.Errorf("%+v was recorded", ev)
			}
		})
	}
}

// Every transaction that records holds a connection already. If recording took a second one, as many of them as the pool is wide would
// wait for each other for ever: after a start, when nothing is remembered yet, and everybody signs in.
func TestRecordingNeedsNoSecondConnection(t *testing.T) {
	p := newPlace(t)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	width := int(p.db.Pool.Config().MaxConns)
	all := make(chan struct{}, width)
	together(width, func(i int) {
		err := p.db.Gorm.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
			if err := tx.Exec(`SELECT 1`).Error; err != nil {
				return err
			}
			all <- struct{}{}
			for len(all) < width && ctx.Err() == nil { // until each has its connection
				runtime.Gosched()
			}
			act := p.act("signed_in")
			act.Part = fmt.Sprintf("part %d", i%3)
			return p.in.Record(ctx, database.GormTx(tx), act)
		})
		if err != nil {
			t.Error(err)
		}
	})
	if p.count() != (count{width, width}) {
		t.Errorf("%+v", p.count())
	}
}

// A source that a transaction made and took back must not be remembered.
func TestASourceThatWasRolledBack(t *testing.T) {
	p := newPlace(t)
	_ = p.db.Gorm.Transaction(func(tx *gorm.DB) error {
		for range 2 {
			if err := p.in.Record(t.Context(), database.GormTx(tx), p.act("exported")); err != nil {
				t.Fatal(err)
			}
		}
		return errors.New("no")
	})
	p.record(p.act("exported"))
	if _, _, source := p.last(); source != "daybook/account" {
		t.Error(source)
	}
}
