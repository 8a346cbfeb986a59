package account_test

import (
	"testing"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/account"
)

// TestFindingIsWithinTheViewersWorkspace: people for whoever is in it, projects for who may read them.
func TestFindingIsWithinTheViewersWorkspace(t *testing.T) {
	p := newPlace(t)
	elsewhere := p.workspace("elsewhere")
	for _, a := range []account.Access{{Workspace: p.acme, Project: "p-1", User: p.bob}, {Workspace: p.acme, Project: "p-1", Actor: "u-9"}, {Workspace: p.acme, Project: "p-2", Actor: "u-9"}, {Workspace: elsewhere, Project: "p-1", Actor: "u-1"}} {
		if err := p.accounts.Grant(t.Context(), a, models.CommandLine); err != nil {
			t.Fatal(err)
		}
	}
	enter := func(u *models.User) access.Viewer {
		v, err := access.New(p.db).Enter(t.Context(), access.Principal{User: u}, "acme")
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	id := func(table string, ws *models.Workspace, external string) (n int64) {
		if err := p.db.Gorm.Table(table).Select("id").Where("workspace_id = ? AND external_id = ?", ws.ID, external).Take(&n).Error; err != nil {
			t.Fatal(table, external, err)
		}
		return n
	}
	amara, bob := enter(p.amara), enter(p.bob)
	for _, c := range []struct {
		v       access.Viewer
		id      int64
		members int64 // 0: there is none
	}{{amara, id("projects", p.acme, "p-1"), 2}, {bob, id("projects", p.acme, "p-1"), 2}, {amara, id("projects", p.acme, "p-2"), 1}, {bob, id("projects", p.acme, "p-2"), 0}, {amara, id("projects", elsewhere, "p-1"), 0}, {amara, 0, 0}} {
		found, err := p.accounts.Project(t.Context(), c.v, c.id)
		if c.members == 0 {
			refused(t, err, models.NotFound, "")
			continue
		} else if err != nil {
			t.Fatal(err)
		}
		if n, err := p.accounts.Members(t.Context(), found); err != nil || n != c.members {
			t.Errorf("%s has %d members (%v), want %d", found.ExternalID, n, err, c.members)
		}
	}
	refusedActor := func(id int64) {
		_, err := p.accounts.Actor(t.Context(), bob, id)
		refused(t, err, models.NotFound, "")
	}
	refusedActor(id("actors", elsewhere, "u-1"))
	refusedActor(-1)
	for external, want := range map[string]string{"u-9": "", models.UserActor(p.bob).ID: "Bob member"} {
		actor, err := p.accounts.Actor(t.Context(), bob, id("actors", p.acme, external))
		if err != nil || actor.ExternalID != external {
			t.Fatal(external, actor, err)
		}
		linked, err := p.accounts.LinkedUser(t.Context(), bob, actor)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if linked != nil {
			got = linked.User.Name + " " + string(linked.Role)
		}
		if got != want {
			t.Errorf("%s is %q, want %q", external, got, want)
		}
	}
}
