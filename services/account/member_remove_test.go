package account_test

import (
	"context"
	"testing"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/account"
	"daybook/services/auth"
)

// mine is what Bob may read in acme: his actors and his projects; -1 when he may not enter.
func (p *place) mine(u *models.User) (actors, projects int) {
	p.t.Helper()
	v, err := access.New(p.db).Enter(p.t.Context(), access.Principal{User: u}, "acme")
	if models.KindOf(err) == models.NotFound && err != nil {
		return -1, -1
	} else if err != nil {
		p.t.Fatal(err)
	}
	return len(v.Own()), len(v.Projects())
}

// Whoever is removed and comes back later has the role they are given then, is the same person, and sees nothing of what they had been given.
func TestWhoComesBackBeginsAnew(t *testing.T) {
	p := newPlace(t)
	d := p.as(p.amara)
	p.madeActor("u-2", p.bob)
	p.madeActor("old-2", nil)
	p.madeActor("u-9", nil)
	if err := p.merge("old-2", "u-2"); err != nil {
		t.Fatal(err)
	}
	for _, g := range []account.Access{{Project: "p-1", Actor: "u-2"}, {Project: "p-2", Actor: "old-2"}, {Project: "p-1", Actor: "u-9"}} {
		g.Workspace = p.acme
		p.must(p.accounts.Grant(t.Context(), g, models.CommandLine))
	}
	bound := p.boundToken(p.bob)
	everywhere := p.token(p.bob)
	if a, n := p.mine(p.bob); a != 2 || n != 2 {
		t.Fatal(a, n)
	}
	a := p.theAct(func() error {
		return p.accounts.RemoveMember(context.Background(), d, p.bob.ID, p.version(p.bob))
	})
	if said(a) != `member_removed, role: "member" → null, projects: ["p-1", "p-2"] → null, tokens: 1 → 0` {
		t.Error(said(a))
	}
	if a, n := p.mine(p.bob); a != -1 || n != -1 {
		t.Error(a, n)
	}
	p.must(p.accounts.Admit(t.Context(), d, "bob@example.com", account.NewMember{Role: models.Member}))
	if a, n := p.mine(p.bob); a != 2 || n != 0 {
		t.Errorf("back again: %d actors, %d projects", a, n)
	}
	if n := ask[int](p, `SELECT count(*) FROM project_members`); n != 1 {
		t.Errorf("%d of the others have access", n)
	}
	if _, _, err := p.auth.TokenOwner(t.Context(), bound, ""); models.KindOf(err) != models.Unauthenticated {
		t.Error("the token for the workspace is good again:", err)
	}
	if _, _, err := p.auth.TokenOwner(t.Context(), everywhere, ""); err != nil {
		t.Error(err)
	}
}

func (p *place) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

// boundToken makes a token of somebody's for acme alone.
func (p *place) boundToken(u *models.User) string {
	p.t.Helper()
	text, err := p.auth.MakeToken(p.t.Context(), auth.NewToken{Name: "bound", User: u, Workspace: &p.acme.ID, Scopes: []string{models.ScopeRead}, By: models.UserActor(u)})
	p.must(err)
	return text
}

// The session that somebody had as a member must not become an admin's by itself.
func TestEachChangeOfARoleRotatesTheSessions(t *testing.T) {
	p := newPlace(t)
	d := p.as(p.amara)
	p.session("amara's", p.amara)
	p.session("bob's", p.bob)
	p.session("charlie's", p.charlie)
	root := account.CommandLine(p.acme)
	for name, change := range map[string]func() error{
		"role": func() error { return p.accounts.ChangeRole(t.Context(), d, p.bob.ID, models.Admin, 0) },
		"instance admin": func() error {
			return p.accounts.SetInstanceAdmin(t.Context(), root, p.bob.ID, !ask[bool](p, `SELECT instance_admin FROM users WHERE id = $1`, p.bob.ID), 0)
		},
		"added by command": func() error {
			return p.accounts.AddMember(t.Context(), account.NewMember{Workspace: p.workspace("globex"), User: p.bob, Role: models.Owner}, models.CommandLine)
		},
	} {
		p.exec(`UPDATE sessions SET rotate = false`)
		p.must(change())
		if got := ask[string](p, `SELECT coalesce(string_agg(id, ' '), '') FROM sessions WHERE rotate`); got != "bob's" {
			t.Errorf("%s: %q rotate", name, got)
		}
	}
	p.exec(`UPDATE sessions SET rotate = false`)
	p.must(p.accounts.ChangeRole(t.Context(), d, p.bob.ID, models.Admin, 0)) // as it is
	p.must(p.accounts.EditUser(t.Context(), root, p.bob.ID, account.UserEdit{Name: "Robert", Email: "bob@example.com"}))
	if n := ask[int](p, `SELECT count(*) FROM sessions WHERE rotate`); n != 0 {
		t.Errorf("%d rotate for nothing", n)
	}
	p.must(p.accounts.RemoveMember(t.Context(), d, p.bob.ID, 0))
	if got := ask[string](p, `SELECT string_agg(id, ' ') FROM sessions WHERE rotate`); got != "bob's" {
		t.Errorf("removed: %q", got)
	}
}
