package account_test

import (
	"context"
	"testing"
	"time"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/account"
)

// by gives somebody who asks with a token of theirs.
func (p *place) by(w *models.Workspace, u *models.User, token models.Token) account.Doer {
	p.t.Helper()
	fresh := *u
	if err := p.db.Gorm.Take(&fresh, u.ID).Error; err != nil {
		p.t.Fatal(err)
	}
	token.UserID = &u.ID
	v, err := access.New(p.db).Enter(p.t.Context(), access.Principal{User: &fresh, Token: &token}, w.Slug)
	if err != nil {
		p.t.Fatal(err)
	}
	d, err := p.accounts.Doer(p.t.Context(), v)
	if err != nil {
		p.t.Fatal(err)
	}
	return d
}

// Through a workspace one manages whom it knows, whoever one is: everybody else is managed under Instance.
func TestAnInstanceAdminManagesInAWorkspaceWhomItKnows(t *testing.T) {
	p := newPlace(t)
	root := p.user("root")
	p.exec(`UPDATE users SET instance_admin = true WHERE id = $1`, root.ID)
	link := func(d account.Doer, u *models.User) error {
		_, err := p.accounts.PasswordLink(context.Background(), d, u.ID)
		return err
	}
	p.nothing(func() {
		refused(t, link(p.as(root), p.charlie), models.NotFound)
		_, err := p.accounts.UserSessions(t.Context(), p.as(root), p.charlie.ID)
		refused(t, err, models.NotFound)
	})
	p.exec(`INSERT INTO actors (workspace_id, external_id, name, type, user_id) VALUES ($1, 'charlie', 'Charlie', 'user', $2)`, p.acme.ID, p.charlie.ID)
	for who, d := range map[string]account.Doer{"here, of a former member": p.as(root), "under Instance": account.InstanceDoer(access.Principal{User: p.within(p.acme, root).User})} {
		if err := link(d, p.charlie); err != nil {
			t.Errorf("%s: %v", who, err)
		}
	}
	bound := p.by(p.acme, root, models.Token{ID: 9, Scopes: models.ScopeAdmin, WorkspaceID: &p.acme.ID})
	p.nothing(func() {
		refused(t, link(bound, p.charlie), models.NotFound)
		refused(t, p.accounts.SetInstanceAdmin(t.Context(), bound, p.bob.ID, true, 0), models.Forbidden)
	})
	if err := link(bound, p.bob); err != nil {
		t.Error("a member of this workspace alone:", err)
	}
}

// What a token makes may no more than the token, and ends no later.
func TestATokenMakesNoServiceTokenBeyondItself(t *testing.T) {
	p := newPlace(t)
	end := now.Add(time.Hour)
	mint := func(d account.Doer, life time.Duration, scopes ...string) error {
		_, _, err := p.accounts.MakeServiceToken(context.Background(), d, account.TokenWish{Name: "App", Scopes: scopes, Expires: life})
		return err
	}
	admin := p.by(p.acme, p.amara, models.Token{ID: 9, Scopes: models.ScopeAdmin, ExpiresAt: &end})
	reader := p.by(p.acme, p.amara, models.Token{ID: 9, Scopes: models.ScopeAdmin + " " + models.ScopeRead})
	p.nothing(func() {
		refused(t, mint(admin, time.Minute, models.ScopeRead), models.Forbidden, "scopes")
		refused(t, mint(admin, time.Minute, models.ScopeAccess, models.ScopeWrite), models.Forbidden, "scopes")
		refused(t, mint(reader, 0, models.ScopeWrite), models.Forbidden, "scopes")
		refused(t, mint(admin, 0, models.ScopeAccess), models.Forbidden, "expires")
		refused(t, mint(admin, 2*time.Hour, models.ScopeAccess), models.Forbidden, "expires")
		refused(t, mint(admin, time.Minute, models.ScopeAdmin), models.Invalid, "scope")
	})
	for what, err := range map[string]error{
		"to administer with": mint(admin, time.Hour, models.ScopeAccess, models.ScopeViewer), "to read with": mint(reader, 0, models.ScopeRead), "by a session": mint(p.as(p.amara), 0, models.ScopeWrite),
	} {
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// The account page asks for the current password: no link goes around it.
func TestNobodyMakesAPasswordLinkForThemselves(t *testing.T) {
	p := newPlace(t)
	root := p.user("root")
	p.exec(`UPDATE users SET instance_admin = true WHERE id = $1`, root.ID)
	p.role(root, models.Member)
	token := models.Token{ID: 9, Scopes: models.ScopeAdmin}
	p.nothing(func() {
		for who, c := range map[string]struct {
			d account.Doer
			u *models.User
		}{
			"session": {p.as(p.amara), p.amara}, "token": {p.by(p.acme, p.amara, token), p.amara}, "instance admin": {p.as(root), root},
			"under Instance": {account.InstanceDoer(access.Principal{User: p.as(root).User}), root},
		} {
			t.Log(who)
			_, err := p.accounts.PasswordLink(t.Context(), c.d, c.u.ID)
			refused(t, err, models.Forbidden)
		}
	})
}

// Whoever got hold of a token does not become its user by it.
func TestATokenDoesNotChangeHowItsUserSignsIn(t *testing.T) {
	p := newPlace(t)
	d := p.by(p.acme, p.amara, models.Token{ID: 9, Scopes: models.ScopeAdmin})
	edit := func(d account.Doer, u *models.User, e account.UserEdit) error {
		return p.accounts.EditUser(context.Background(), d, u.ID, e)
	}
	p.nothing(func() {
		refused(t, edit(d, p.amara, account.UserEdit{Name: "Amara", Email: "thief@example.com"}), models.Forbidden, "email")
		refused(t, edit(d, p.amara, account.UserEdit{Name: "Amara", Email: "amara@example.com", Username: ptr("thief")}), models.Forbidden, "username")
	})
	for what, err := range map[string]error{
		"one's name": edit(d, p.amara, account.UserEdit{Name: "Amara O.", Email: "amara@example.com", Username: ptr("amara")}), "somebody else": edit(d, p.bob, account.UserEdit{Name: "Bob", Email: "bo@example.com"}),
		"by session": edit(p.as(p.amara), p.amara, account.UserEdit{Name: "Amara", Email: "am@example.com"}),
	} {
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// A request that was let in before somebody was removed or demoted ends as one of who they are now.
func TestWhoeverLosesARoleMeanwhileDoesNoMoreWithIt(t *testing.T) {
	p := newPlace(t)
	p.role(p.charlie, models.Owner)
	root := p.user("root")
	p.exec(`UPDATE users SET instance_admin = true WHERE id = $1`, root.ID)
	p.role(root, models.Owner)
	owner, here, steward := p.as(p.amara), p.as(root), account.InstanceDoer(access.Principal{User: p.as(root).User})
	p.user("stranger")
	fresh := account.NewUser{Email: "new@example.com", Name: "New", Password: password}
	acts := map[string]func(d account.Doer) error{
		"role":   func(d account.Doer) error { return p.accounts.ChangeRole(t.Context(), d, p.bob.ID, models.Owner, 0) },
		"remove": func(d account.Doer) error { return p.accounts.RemoveMember(t.Context(), d, p.bob.ID, 0) },
		"admit": func(d account.Doer) error {
			return p.accounts.Admit(t.Context(), d, "stranger@example.com", account.NewMember{Role: models.Member})
		},
		"create": func(d account.Doer) error {
			_, err := p.accounts.CreateMember(t.Context(), d, fresh, account.NewMember{Role: models.Owner})
			return err
		},
		"create by link": func(d account.Doer) error {
			_, _, err := p.accounts.CreateMemberByLink(t.Context(), d, fresh, account.NewMember{Role: models.Owner})
			return err
		},
		"password": func(d account.Doer) error {
			_, err := p.accounts.PasswordLink(t.Context(), d, p.bob.ID)
			return err
		},
	}
	for _, lost := range []string{
		`UPDATE memberships SET role = 'member' WHERE user_id = $1`, `UPDATE users SET deactivated_at = now() WHERE id = $1`, `DELETE FROM memberships WHERE user_id = $1`,
	} {
		p.exec(lost, p.amara.ID)
		for what, act := range acts {
			p.nothing(func() {
				t.Log(lost, what)
				refused(t, act(owner), models.Forbidden)
			})
		}
	}
	p.exec(`UPDATE users SET instance_admin = false WHERE id = $1`, root.ID)
	p.nothing(func() {
		_, err := p.accounts.FoundWorkspace(t.Context(), steward, account.NewWorkspace{Slug: "globex", Name: "Globex"}, p.charlie)
		refused(t, err, models.Forbidden)
		refused(t, p.accounts.SetInstanceAdmin(t.Context(), steward, p.bob.ID, true, 0), models.Forbidden)
		refused(t, p.accounts.Deactivate(t.Context(), steward, p.bob.ID, 0), models.Forbidden)
		refused(t, p.accounts.SetInstanceAdmin(t.Context(), here, p.bob.ID, true, 0), models.Forbidden) // an owner still
	})
}

// Whoever has never set a password cannot take over from the last one who can sign in.
func TestWhoIsInChargeCanSignIn(t *testing.T) {
	p := newPlace(t)
	p.role(p.charlie, models.Owner)
	p.exec(`UPDATE users SET instance_admin = true WHERE id IN ($1, $2)`, p.amara.ID, p.charlie.ID)
	p.exec(`UPDATE users SET password_hash = '' WHERE id = $1`, p.charlie.ID)
	machine := account.CommandLine(p.acme)
	p.nothing(func() {
		refused(t, p.accounts.RemoveMember(t.Context(), machine, p.amara.ID, 0), models.Conflict, "role")
		refused(t, p.accounts.ChangeRole(t.Context(), machine, p.amara.ID, models.Member, 0), models.Conflict, "role")
		refused(t, p.accounts.SetInstanceAdmin(t.Context(), machine, p.amara.ID, false, 0), models.Conflict)
		refused(t, p.accounts.Deactivate(t.Context(), machine, p.amara.ID, 0), models.Conflict)
	})
	p.exec(`UPDATE users SET password_hash = 'x' WHERE id = $1`, p.charlie.ID)
	for _, err := range []error{p.accounts.SetInstanceAdmin(t.Context(), machine, p.amara.ID, false, 0), p.accounts.RemoveMember(t.Context(), machine, p.amara.ID, 0)} {
		if err != nil {
			t.Error(err)
		}
	}
}

// Nobody sends to where Daybook records what it does itself.
func TestNoServiceTokenIsMadeForTheBuiltInWorkspace(t *testing.T) {
	p := newPlace(t)
	built := account.CommandLine(&models.Workspace{ID: models.BuiltInWorkspace})
	p.nothing(func() {
		_, _, err := p.accounts.MakeServiceToken(t.Context(), built, account.TokenWish{Name: "x", Scopes: []string{models.ScopeWrite}})
		refused(t, err, models.Invalid, "workspace")
	})
}
