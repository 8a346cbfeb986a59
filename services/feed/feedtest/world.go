// Package feedtest makes small worlds for the tests of whoever reads activities: workspaces with people, actors, projects and activities that went
// through ingest and journal, and an Oracle that says, by plain loops over all rows, what each reader must get.
//
// It is for tests only. Nothing in it asks package access, and nothing in the oracle is SQL but reading whole tables.
package feedtest

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/database"
	"daybook/services/database/dbtest"
	"daybook/services/feed"
	"daybook/services/ingest"
	"daybook/services/journal"
)

// World is a database with everything that reads and writes activities, and a journal that posts.
type World struct {
	DB      *database.Database
	Journal *journal.Journal
	Ingest  *ingest.Service
	Access  *access.Service
	Feed    *feed.Service
}

// Key authenticates the cursors of a world's feed.
var Key = []byte("a key for the cursors of tests")

// New makes an empty world. Its journal posts until the test ends.
func New(t testing.TB) *World {
	t.Helper()
	db := dbtest.New(t)
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	w := &World{DB: db, Journal: journal.New(db, log), Access: access.New(db), Feed: feed.New(db, Key)}
	w.Ingest = ingest.New(db, w.Journal.Wake, time.Now, log)
	w.Journal.RecordWith(w.Ingest)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		w.Journal.Run(ctx)
	}()
	t.Cleanup(func() {
		stop()
		<-ended
	})
	return w
}

// Workspace makes a workspace whose days are those of the zone.
func (w *World) Workspace(t testing.TB, slug, zone string) models.Workspace {
	t.Helper()
	ws := models.Workspace{ID: uuid.Must(uuid.NewV7()), Slug: slug, Name: slug, TimeZone: zone}
	w.save(t, &ws)
	return ws
}

// User makes a user.
func (w *World) User(t testing.TB, name string, instanceAdmin bool) *models.User {
	t.Helper()
	u := &models.User{Email: name + "@example.com", Name: name, PasswordHash: "none", InstanceAdmin: instanceAdmin}
	w.save(t, u)
	return u
}

// Member makes a user a member of a workspace.
func (w *World) Member(t testing.TB, ws models.Workspace, u *models.User, role models.Role) {
	t.Helper()
	w.save(t, &models.Membership{WorkspaceID: ws.ID, UserID: u.ID, Role: role})
}

// Actor makes an actor, linked to a user or (nil) to nobody.
func (w *World) Actor(t testing.TB, ws models.Workspace, externalID string, u *models.User) models.Actor {
	t.Helper()
	a := models.Actor{WorkspaceID: ws.ID, ExternalID: externalID, Type: models.ActorUser, Name: externalID}
	if u != nil {
		a.UserID = &u.ID
	}
	w.save(t, &a)
	return a
}

// Merge merges an actor into another one, if they are two, not merged yet, and not two users.
func (w *World) Merge(t testing.TB, a, into models.Actor) {
	t.Helper()
	err := w.DB.Gorm.Exec(`UPDATE actors SET merged_into = ? WHERE id = ? AND id <> ? AND (SELECT merged_into IS NULL FROM actors WHERE id = ?)
		AND merged_into IS NULL AND NOT EXISTS (SELECT FROM actors m WHERE m.merged_into = ?)
		AND (SELECT count(DISTINCT user_id) FROM actors WHERE id IN (?, ?) OR merged_into = ?) < 2`, into.ID, a.ID, into.ID, into.ID, a.ID, a.ID, into.ID, into.ID).Error
	if err != nil {
		t.Fatal(err)
	}
}

// Project makes a project.
func (w *World) Project(t testing.TB, ws models.Workspace, externalID string, v models.Visibility) models.Project {
	t.Helper()
	p := models.Project{WorkspaceID: ws.ID, ExternalID: externalID, Name: externalID, Visibility: v}
	w.save(t, &p)
	return p
}

// Grant gives an actor access to a project.
func (w *World) Grant(t testing.TB, p models.Project, a models.Actor) {
	t.Helper()
	w.save(t, &models.ProjectMember{WorkspaceID: p.WorkspaceID, ProjectID: p.ID, ActorID: a.ID})
}

func (w *World) save(t testing.TB, record any) {
	t.Helper()
	if err := w.DB.Gorm.Create(record).Error; err != nil {
		t.Fatal(err)
	}
}

// Event is an event in the form of design.md §7.1.
type Event = map[string]any

// Send sends events as an import does, and returns when they are posted. What is refused or rejected fails the test.
func (w *World) Send(t testing.TB, ws models.Workspace, events ...Event) {
	t.Helper()
	for len(events) > 0 {
		n := min(len(events), models.MaxArrayEvents)
		if err := w.Put(t.Context(), ws, events[:n]); err != nil {
			t.Fatal(err)
		}
		events = events[n:]
	}
	if err := w.Journal.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	var reasons []string
	if err := w.DB.Gorm.Raw(`SELECT reason FROM rejected`).Scan(&reasons).Error; err != nil || len(reasons) > 0 {
		t.Fatal("rejected:", reasons, err)
	}
}

// Put sends at most as many events as an array may have, and does not wait for the journal.
func (w *World) Put(ctx context.Context, ws models.Workspace, events []Event) error {
	text, err := json.Marshal(events)
	if err != nil {
		return err
	}
	r, err := w.Ingest.SendArray(ctx, ingest.Sender{Workspace: ws, Source: ingest.ImportSource(ws.ID)}, text)
	if err == nil && r.Accepted != len(events) {
		err = fmt.Errorf("%d of %d events were accepted", r.Accepted, len(events))
	}
	return err
}

// Viewer is how a user sees a workspace.
func (w *World) Viewer(t testing.TB, u *models.User, ws models.Workspace) access.Viewer {
	t.Helper()
	v, err := w.Access.Enter(t.Context(), access.Principal{User: u}, ws.Slug)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Random gives random numbers that differ from run to run. DAYBOOK_TEST_SEED repeats a run.
func Random(t testing.TB) *rand.Rand {
	seed := uint64(time.Now().UnixNano())
	if text := os.Getenv("DAYBOOK_TEST_SEED"); text != "" {
		given, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatal("DAYBOOK_TEST_SEED:", err)
		}
		seed = given
	}
	t.Logf("DAYBOOK_TEST_SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

// Pick chooses one of several.
func Pick[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

// Some chooses some of several, each with this chance, in their order.
func Some[T any](r *rand.Rand, chance float64, of ...T) []T {
	var out []T
	for _, v := range of {
		if r.Float64() < chance {
			out = append(out, v)
		}
	}
	return out
}
