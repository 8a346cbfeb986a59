package account_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/account"
)

func (p *place) grant(a account.Access) error {
	a.Workspace = p.acme
	return p.accounts.Grant(context.Background(), a, models.UserActor(p.amara))
}

func (p *place) revoke(a account.Access) error {
	a.Workspace = p.acme
	return p.accounts.Revoke(context.Background(), a, models.UserActor(p.amara))
}

// access gives who has access to a project of acme, by external id.
func (p *place) access(project string) string {
	p.t.Helper()
	return ask[string](p, `SELECT coalesce(string_agg(a.external_id, ' ' ORDER BY a.id), '') FROM project_members m JOIN projects p ON p.id = m.project_id JOIN actors a ON a.id = m.actor_id
		WHERE p.workspace_id = $1 AND p.external_id = $2`, p.acme.ID, project)
}

func TestGrantingAndRevokingIsOneActEach(t *testing.T) {
	p := newPlace(t)
	for _, c := range []struct {
		who  account.Access
		name string
		id   string
	}{
		{account.Access{Project: "p-1", Actor: "u-9"}, "u-9", "u-9"},
		{account.Access{Project: "p-1", User: p.bob}, "Bob", models.UserActor(p.bob).ID},
	} {
		a := p.theAct(func() error { return p.grant(c.who) })
		if said(a) != `access_granted, member: null → "`+c.name+`"` || *a.Entity.ID != "p-1" || a.Project.ID != "p-1" || string(a.Metadata) != `{"actor_id": "`+c.id+`"}` || !a.System || a.Workspace != p.acme.ID {
			t.Errorf("%s: %+v", said(a), a)
		}
		p.nothing(func() {
			if err := p.grant(c.who); err != nil {
				t.Error(err)
			}
		})
	}
	if got := p.access("p-1"); got != "u-9 daybook:user:"+strings.TrimPrefix(models.UserActor(p.bob).ID, "daybook:user:") {
		t.Error(got)
	}
	a := p.theAct(func() error { return p.revoke(account.Access{Project: "p-1", Actor: "u-9"}) })
	if said(a) != `access_revoked, member: "u-9" → null` {
		t.Error(said(a))
	}
	p.nothing(func() {
		refused(t, p.revoke(account.Access{Project: "p-1", Actor: "u-9"}), models.NotFound, "project")
		refused(t, p.revoke(account.Access{Project: "p-1", Actor: "stranger"}), models.NotFound, "project")
		refused(t, p.revoke(account.Access{Project: "p-1", User: p.charlie}), models.NotFound, "project")
		refused(t, p.revoke(account.Access{Project: "p-2", User: p.bob}), models.NotFound, "project")
	})
}

// Somebody may be known by several actors; what is taken from them is taken from all.
func TestRevokingFromEveryActorOfAUser(t *testing.T) {
	p := newPlace(t)
	if err := p.grant(account.Access{Project: "p-1", User: p.bob}); err != nil {
		t.Fatal(err)
	}
	if err := p.add(p.bob, models.Member, "u-2"); err != nil {
		t.Fatal(err)
	}
	if err := p.grant(account.Access{Project: "p-1", User: p.bob}); err != nil {
		t.Fatal(err)
	}
	if got := p.access("p-1"); got != models.UserActor(p.bob).ID+" u-2" {
		t.Fatal(got)
	}
	acts := p.acts(func() {
		if err := p.revoke(account.Access{Project: "p-1", User: p.bob}); err != nil {
			t.Fatal(err)
		}
	})
	if len(acts) != 2 || p.access("p-1") != "" {
		t.Errorf("%d acts, %s left", len(acts), p.access("p-1"))
	}
}

func TestAccessThatIsNotGranted(t *testing.T) {
	p := newPlace(t)
	p.nothing(func() {
		refused(t, p.grant(account.Access{Project: "p-1", User: p.charlie}), models.Invalid, "user") // no member
		for _, id := range []string{"", strings.Repeat("x", 256), "a\x00", "\xff"} {
			refused(t, p.grant(account.Access{Project: "p-1", Actor: id}), models.Invalid, "actor")
			refused(t, p.grant(account.Access{Project: id, Actor: "u-1"}), models.Invalid, "project")
			refused(t, p.revoke(account.Access{Project: "p-1", Actor: id}), models.Invalid, "actor")
			refused(t, p.revoke(account.Access{Project: id, Actor: "u-1"}), models.Invalid, "project")
		}
	})
}

func TestArrangingAProject(t *testing.T) {
	p := newPlace(t)
	at := now.Add(-time.Hour)
	arrange := func(v models.Visibility, archived *time.Time) error {
		return p.accounts.ArrangeProject(t.Context(), p.acme, models.Project{ExternalID: "p-1", Visibility: v, ArchivedAt: archived}, models.UserActor(p.amara))
	}
	for _, c := range []struct {
		visibility models.Visibility
		archived   *time.Time
		want       string
	}{
		{models.VisibleToWorkspace, nil, `updated, visibility: "members" → "workspace"`},
		{models.VisibleToWorkspace, &at, `updated, archived_at: null → "2026-01-31T11:00:00Z"`},
		{models.VisibleToMembers, nil, `updated, visibility: "workspace" → "members", archived_at: "2026-01-31T11:00:00Z" → null`},
	} {
		if a := p.theAct(func() error { return arrange(c.visibility, c.archived) }); said(a) != c.want {
			t.Errorf("%s instead of %s", said(a), c.want)
		}
		p.nothing(func() {
			if err := arrange(c.visibility, c.archived); err != nil {
				t.Error(err)
			}
		})
	}
	p.nothing(func() {
		refused(t, arrange("everybody", nil), models.Invalid, "visibility")
		refused(t, arrange("", nil), models.Invalid, "visibility")
	})
}

// The journal makes actors and projects in transactions of its own, which last: whoever else makes the same ones waits for it, finds them
// made, and the two never wait for each other.
func TestGrantingWhileTheJournalMakesTheSame(t *testing.T) {
	p := newPlace(t)
	key := account.ActorKey{Workspace: p.acme.ID, ExternalID: "u-9"}
	for _, first := range []string{"journal", "account"} {
		p.exec(`DELETE FROM project_members; DELETE FROM projects; DELETE FROM actors`)
		done := make(chan error, 1)
		grant := func() { done <- p.grant(account.Access{Project: "p-1", Actor: "u-9"}) }
		p.inTx(func(ctx context.Context, tx pgx.Tx) error {
			if first == "account" {
				grant()
			}
			actors, err := account.ResolveActors(ctx, tx, []account.Named{{Workspace: p.acme.ID, Ref: models.ActorRef{ID: "u-9", Name: "Amara", Type: models.ActorAgent}}})
			if err != nil {
				return err
			}
			if first == "journal" {
				go grant()
				p.untilBlocked()
			}
			projects, err := account.ResolveProjects(ctx, tx, map[account.ActorKey]models.ProjectRef{{Workspace: p.acme.ID, ExternalID: "p-1"}: {ID: "p-1", Name: "Website"}})
			if err != nil || actors[key].ID == 0 || len(projects) != 1 {
				t.Errorf("%v, %v, %v", actors, projects, err)
			}
			return err
		})
		if err := <-done; err != nil {
			t.Errorf("%s first: %v", first, err)
		}
		if got := p.access("p-1"); got != "u-9" {
			t.Errorf("%s first: access of %q", first, got)
		}
	}
}

// untilBlocked returns once some transaction waits for another.
func (p *place) untilBlocked() {
	p.t.Helper()
	for !ask[bool](p, `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0)`) {
		if p.t.Context().Err() != nil {
			p.t.Fatal("nobody waits")
		}
	}
}
