package savedview_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/account"
	"daybook/services/auth"
	"daybook/services/database"
	"daybook/services/database/dbtest"
	"daybook/services/ingest"
	"daybook/services/savedview"
)

var now = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)

// place is a database of its own. Alice owns acme, Ada is an admin of it, Bob and Ben are members; Charlie is in other alone, where Bob is too; Ina is an
// instance admin.
type place struct {
	t     testing.TB
	db    *database.Database
	views *savedview.Service
	acc   *access.Service
	users map[string]*models.User
}

func newPlace(t testing.TB) *place {
	t.Helper()
	p := &place{t: t, db: dbtest.New(t), users: map[string]*models.User{}}
	clock := func() time.Time { return now }
	in := ingest.New(p.db, func() {}, clock, slog.New(slog.NewTextHandler(t.Output(), nil)))
	accounts := account.New(p.db, in, auth.New(p.db, in, auth.NewKeys([]byte("a secret of this test")), clock), clock)
	p.views, p.acc = savedview.New(p.db, in, accounts, clock), access.New(p.db)
	for _, name := range []string{"alice", "ada", "bob", "ben", "charlie", "ina"} {
		u := &models.User{Email: name + "@example.com", Name: strings.ToUpper(name[:1]) + name[1:], InstanceAdmin: name == "ina"}
		p.create(u)
		p.users[name] = u
	}
	for slug, members := range map[string]map[string]models.Role{
		"acme": {"alice": models.Owner, "ada": models.Admin, "bob": models.Member, "ben": models.Member}, "other": {"charlie": models.Owner, "bob": models.Member},
	} {
		w := &models.Workspace{ID: uuid.Must(uuid.NewV7()), Slug: slug, Name: slug, TimeZone: "Canada/Newfoundland"}
		p.create(w)
		for name, role := range members {
			p.create(&models.Membership{WorkspaceID: w.ID, UserID: p.users[name].ID, Role: role})
		}
	}
	return p
}

func (p *place) create(record any) {
	p.t.Helper()
	if err := p.db.Gorm.Create(record).Error; err != nil {
		p.t.Fatal(err)
	}
}

func (p *place) exec(sql string, args ...any) {
	p.t.Helper()
	if _, err := p.db.Pool.Exec(p.t.Context(), sql, args...); err != nil {
		p.t.Fatal(err)
	}
}

// in is somebody's view of a workspace.
func (p *place) in(slug, name string) access.Viewer {
	p.t.Helper()
	v, err := p.acc.Enter(p.t.Context(), access.Principal{User: p.users[name]}, slug)
	if err != nil {
		p.t.Fatal(err)
	}
	return v
}

// save makes a view of created activities.
func (p *place) save(v access.Viewer, name string, shared bool) int64 {
	p.t.Helper()
	made, err := p.views.Create(p.t.Context(), v, savedview.Draft{Name: name, Query: url.Values{"actions": {"created"}}, Shared: shared}, now)
	if err != nil {
		p.t.Fatal(err)
	}
	return made.ID
}

// list is what somebody sees: "name", with * what is the default and + what is shared, and the owner of what is not theirs.
func (p *place) list(v access.Viewer) string {
	p.t.Helper()
	views, err := p.views.List(p.t.Context(), v)
	if err != nil {
		p.t.Fatal(err)
	}
	var names []string
	for _, each := range views {
		name := each.Name
		if each.Default {
			name += "*"
		}
		if each.Shared {
			name += "+"
		}
		if !each.Own {
			name += " of " + each.Owner
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}

func (p *place) wantList(v access.Viewer, want string) {
	p.t.Helper()
	if got := p.list(v); got != want {
		p.t.Errorf("%s sees %q, want %q", v.User.Name, got, want)
	}
}

// wantKind checks the kind of an error, and that it names a field if one is given.
func wantKind(t testing.TB, err error, kind models.Kind, field string) {
	t.Helper()
	var ours *models.Error
	if !errors.As(err, &ours) || ours.Kind != kind {
		t.Errorf("%v, want kind %d", err, kind)
	} else if field != "" && (len(ours.Fields) == 0 || ours.Fields[0].Field != field) {
		t.Errorf("%v names %v, want %s", err, ours.Fields, field)
	}
}

// recorded gives what was recorded: "workspace actor action type name".
func (p *place) recorded() string {
	p.t.Helper()
	rows, err := p.db.Pool.Query(p.t.Context(), `SELECT w.slug, event::text FROM inbox i JOIN workspaces w ON w.id = i.workspace_id ORDER BY i.id`)
	if err != nil {
		p.t.Fatal(err)
	}
	defer rows.Close()
	var lines []string
	for rows.Next() {
		var slug, text string
		var ev models.Event
		if err := rows.Scan(&slug, &text); err != nil {
			p.t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(text), &ev); err != nil {
			p.t.Fatal(err)
		}
		line := fmt.Sprint(slug, " ", ev.Actor.Name, " ", ev.Action, " ", ev.Entity.Type, " ", *ev.Entity.Name)
		if !ev.System {
			line += " for everybody"
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}
