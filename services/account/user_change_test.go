package account_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"daybook/models"
	"daybook/services/account"
	"daybook/services/auth"
)

// TestWhoMayManageWhom walks design.md §6: the user record is the workspace's admins' only while that user is nobody anywhere else.
func TestWhoMayManageWhom(t *testing.T) {
	p := newPlace(t)
	root := p.user("root")
	p.exec(`UPDATE users SET instance_admin = true WHERE id = $1`, root.ID)
	p.role(p.charlie, models.Owner) // so that nobody is the last one
	other := p.workspace("globex")
	doers := map[string]func() account.Doer{
		"instance": func() account.Doer { return p.as(root) },
		"owner":    func() account.Doer { p.role(p.amara, models.Owner); return p.as(p.amara) },
		"admin":    func() account.Doer { p.role(p.amara, models.Admin); return p.as(p.amara) },
		"member":   func() account.Doer { p.role(p.amara, models.Member); return p.as(p.amara) },
	}
	acts := map[string]func(d account.Doer) error{
		"edit": func(d account.Doer) error {
			return p.accounts.EditUser(context.Background(), d, p.bob.ID, account.UserEdit{Name: "Robert", Email: "robert@example.com"})
		},
		"deactivate": func(d account.Doer) error { return p.accounts.Deactivate(context.Background(), d, p.bob.ID, 0) },
		"reactivate": func(d account.Doer) error {
			p.exec(`UPDATE users SET deactivated_at = '2026-01-01' WHERE id = $1`, p.bob.ID)
			return p.accounts.Reactivate(context.Background(), d, p.bob.ID, 0)
		},
		"sign out": func(d account.Doer) error {
			p.exec(`INSERT INTO sessions (id, secret_hash, user_id, "values", created_at, last_seen_at, expires_at) VALUES ('s', '', $1, '', now(), now(), '2030-01-01')`, p.bob.ID)
			return p.accounts.SignOutEverywhere(context.Background(), d, p.bob.ID)
		},
		"password": func(d account.Doer) error {
			_, err := p.accounts.PasswordLink(context.Background(), d, p.bob.ID)
			return err
		},
	}
	for who, doer := range doers {
		for is, state := range map[string]struct {
			role      models.Role
			elsewhere bool
			instance  bool
		}{
			"a member": {role: models.Member}, "an admin": {role: models.Admin}, "an owner": {role: models.Owner},
			"elsewhere too": {role: models.Member, elsewhere: true}, "an instance admin": {role: models.Member, instance: true},
		} {
			may := who == "instance" || (who == "owner" || who == "admin" && state.role != models.Owner) && !state.elsewhere && !state.instance
			for what, act := range acts {
				p.exec(`DELETE FROM sessions`)
				p.exec(`DELETE FROM memberships WHERE workspace_id = $1`, other.ID)
				p.exec(`UPDATE users SET name = 'Bob', email = 'bob@example.com', deactivated_at = NULL, instance_admin = $2 WHERE id = $1`, p.bob.ID, state.instance)
				p.role(p.bob, state.role)
				if state.elsewhere {
					p.member(other, p.bob, models.Member)
				}
				var err error
				got := p.acts(func() { err = act(doer()) })
				if may && (err != nil || len(got) != 1 || got[0].Workspace != models.BuiltInWorkspace) || !may && (models.KindOf(err) != models.Forbidden || len(got) != 0) {
					t.Errorf("%s, %s who is %s: %v, %+v", who, what, is, err, got)
				}
			}
		}
	}
}

func TestARecordIsEdited(t *testing.T) {
	p := newPlace(t)
	d := p.as(p.amara)
	saw := ask[int64](p, `SELECT version FROM users WHERE id = $1`, p.bob.ID)
	a := p.theAct(func() error {
		return p.accounts.EditUser(context.Background(), d, p.bob.ID, account.UserEdit{Name: " Robert ", Email: "Robert@Example.com", Version: saw})
	})
	if said(a) != `updated, name: "Bob" → "Robert", email: "bob@example.com" → "robert@example.com"` || a.Actor.Name != "Amara" || a.Entity.Type != "user" || !a.System {
		t.Errorf("%+v", a)
	}
	p.nothing(func() {
		err := p.accounts.EditUser(t.Context(), d, p.bob.ID, account.UserEdit{Name: "Bobby", Email: "bob@example.com", Version: saw})
		refused(t, err, models.Conflict, "version")
		if err == nil || !strings.Contains(err.Error(), "Robert, robert@example.com, active") {
			t.Error(err)
		}
		edit := func(name, email string) error {
			return p.accounts.EditUser(t.Context(), d, p.bob.ID, account.UserEdit{Name: name, Email: email})
		}
		refused(t, edit("", "x"), models.Invalid, "name", "email")
		refused(t, edit("Bob", "charlie@example.com"), models.Conflict, "email")
		refused(t, edit("a\nb", "bob@example.com"), models.Invalid, "name")
		if err := edit("Robert", "robert@example.com"); err != nil {
			t.Error(err)
		}
		refused(t, p.accounts.EditUser(t.Context(), account.CommandLine(nil), 4711, account.UserEdit{Name: "X", Email: "x@example.com"}), models.NotFound)
	})
}

// token makes a token of somebody's.
func (p *place) token(u *models.User) string {
	p.t.Helper()
	text, err := p.auth.MakeToken(p.t.Context(), auth.NewToken{Name: "mine", User: u, Scopes: []string{models.ScopeRead}, By: models.UserActor(u)})
	if err != nil {
		p.t.Fatal(err)
	}
	return text
}

func (p *place) session(id string, u *models.User) {
	p.t.Helper()
	p.exec(`INSERT INTO sessions (id, secret_hash, user_id, "values", created_at, last_seen_at, expires_at) VALUES ($1, '', $2, '', now(), now(), '2030-01-01')`, id, u.ID)
}

func TestWhoIsDeactivatedIsOutAtOnceAndStaysOut(t *testing.T) {
	p := newPlace(t)
	d := p.as(p.amara)
	text := p.token(p.bob)
	p.session("one", p.bob)
	p.session("two", p.bob)
	p.session("hers", p.amara)
	secret, err := p.accounts.PasswordLink(t.Context(), d, p.bob.ID)
	if err != nil {
		t.Fatal(err)
	}
	a := p.theAct(func() error { return p.accounts.Deactivate(context.Background(), d, p.bob.ID, 0) })
	if said(a) != `deactivated, deactivated_at: null → "2026-01-31T12:00:00Z"` || string(a.Metadata) != `{"tokens": 1, "sessions": 2}` {
		t.Errorf("%s %s", said(a), a.Metadata)
	}
	out := func() {
		t.Helper()
		if n := ask[int](p, `SELECT count(*) FROM sessions WHERE user_id = $1`, p.bob.ID); n != 0 {
			t.Errorf("%d sessions", n)
		}
		if _, _, err := p.auth.TokenOwner(t.Context(), text, ""); models.KindOf(err) != models.Unauthenticated {
			t.Error("the token works:", err)
		}
		if _, err := p.accounts.PasswordLinkOwner(t.Context(), secret); models.KindOf(err) != models.NotFound {
			t.Error("the link works:", err)
		}
	}
	out()
	p.nothing(func() {
		if err := p.accounts.Deactivate(t.Context(), d, p.bob.ID, 0); err != nil {
			t.Error(err)
		}
		_, err := p.accounts.PasswordLink(t.Context(), d, p.bob.ID)
		refused(t, err, models.Conflict)
		refused(t, p.accounts.Admit(t.Context(), account.CommandLine(p.workspace("globex")), "bob@example.com", account.NewMember{Role: models.Member}), models.NotFound, "user")
		p.exec(`DELETE FROM workspaces WHERE slug = 'globex'`)
	})
	if a := p.theAct(func() error { return p.accounts.Reactivate(context.Background(), d, p.bob.ID, 0) }); a.Action != "reactivated" {
		t.Error(said(a))
	}
	out() // what ended does not come back
	if n := ask[int](p, `SELECT count(*) FROM sessions`); n != 1 {
		t.Error("somebody else's session ended")
	}
}

func TestSignedOutEverywhere(t *testing.T) {
	p := newPlace(t)
	d := p.as(p.amara)
	p.nothing(func() {
		if err := p.accounts.SignOutEverywhere(t.Context(), d, p.bob.ID); err != nil {
			t.Error(err)
		}
	})
	text := p.token(p.bob)
	p.session("one", p.bob)
	a := p.theAct(func() error { return p.accounts.SignOutEverywhere(context.Background(), d, p.bob.ID) })
	if said(a) != "signed_out_everywhere, sessions: 1 → 0, tokens: 1 → 0" {
		t.Error(said(a))
	}
	if _, _, err := p.auth.TokenOwner(t.Context(), text, ""); models.KindOf(err) != models.Unauthenticated || ask[int](p, `SELECT count(*) FROM sessions`) != 0 {
		t.Error("they are not out:", err)
	}
}

const fresh = "a password of one's own"

func TestAPasswordIsResetByLink(t *testing.T) {
	p := newPlace(t)
	d := p.as(p.amara)
	var first, second string
	link := func(secret *string) func() error {
		return func() (err error) {
			*secret, err = p.accounts.PasswordLink(context.Background(), d, p.bob.ID)
			return err
		}
	}
	if a := p.theAct(link(&first)); said(a) != `password_link_made, expires_at: null → "2026-02-01T12:00:00Z"` || a.Actor.Name != "Amara" || *a.Entity.Name != "Bob" {
		t.Error(said(a))
	}
	p.theAct(link(&second))
	if first == second || len(first) < 30 || strings.Contains(p.everything(), second) {
		t.Error("a link is short, or kept as it is")
	}
	p.session("one", p.bob)
	reset := func(secret, password string) error {
		_, err := p.accounts.ResetPassword(context.Background(), secret, password, auth.From{IP: "192.0.2.1"})
		return err
	}
	p.nothing(func() {
		for _, secret := range []string{first, "", second + "x", "\x00\xff"} {
			refused(t, reset(secret, fresh), models.NotFound)
		}
		refused(t, reset(second, "short"), models.Invalid, "password") // and the link is not spent
	})
	a := p.acts(func() {
		if err := reset(second, fresh); err != nil {
			t.Fatal(err)
		}
	})
	if len(a) != 1 || a[0].Action != "password_changed" || a[0].Actor.Name != "Bob" || len(a[0].Changes) != 0 || *a[0].IP != "192.0.2.1" {
		t.Errorf("%+v", a)
	}
	if _, err := p.auth.SignIn(t.Context(), "bob@example.com", fresh, auth.From{}); err != nil || ask[int](p, `SELECT count(*) FROM sessions`) != 0 {
		t.Error(err)
	}
	p.nothing(func() { refused(t, reset(second, fresh), models.NotFound) })
}

// A link may be in the hands of whoever is to be kept out.
func TestPasswordLinksEndWhereSessionsDo(t *testing.T) {
	p := newPlace(t)
	d := p.as(p.amara)
	dana, _ := p.dana()
	p.member(p.acme, dana, models.Member)
	for what, c := range map[string]struct {
		end  func() error
		want string
	}{
		"signed out everywhere": {func() error { return p.accounts.SignOutEverywhere(context.Background(), d, dana.ID) }, "signed_out_everywhere, sessions: 0 → 0, tokens: 0 → 0, password_links: 1 → 0"},
		"a change of one's own": {func() error { return p.accounts.ChangePassword(context.Background(), dana, password, fresh, browser) }, "password_changed"},
	} {
		secret, err := p.accounts.PasswordLink(t.Context(), d, dana.ID)
		p.must(err)
		if acts := p.acts(func() { p.must(c.end()) }); len(acts) != 1 || said(acts[0]) != c.want {
			t.Errorf("%s: %+v", what, acts)
		}
		p.nothing(func() {
			_, err := p.accounts.ResetPassword(context.Background(), secret, fresh, auth.From{})
			refused(t, err, models.NotFound)
		})
	}
}

// Somebody else makes the link because its owner lost control, of their tokens maybe, too.
func TestAResetByLinkEndsTokens(t *testing.T) {
	p := newPlace(t)
	secret, err := p.accounts.PasswordLink(t.Context(), p.as(p.amara), p.bob.ID)
	p.must(err)
	text, hers := p.token(p.bob), p.token(p.amara)
	p.session("one", p.bob)
	acts := p.acts(func() {
		_, err := p.accounts.ResetPassword(context.Background(), secret, fresh, auth.From{})
		p.must(err)
	})
	if len(acts) != 1 || string(acts[0].Metadata) != `{"by": "link", "tokens": 1, "sessions": 1}` {
		t.Errorf("%+v", acts)
	}
	if _, _, err := p.auth.TokenOwner(t.Context(), text, ""); models.KindOf(err) != models.Unauthenticated {
		t.Error("the token works:", err)
	}
	if _, _, err := p.auth.TokenOwner(t.Context(), hers, ""); err != nil {
		t.Error("somebody else's does not:", err)
	}
}

func TestAPasswordLinkIsUsedOnce(t *testing.T) {
	p := newPlace(t)
	secret, err := p.accounts.PasswordLink(t.Context(), p.as(p.amara), p.bob.ID)
	if err != nil {
		t.Fatal(err)
	}
	var won atomic.Int32
	together(4, func(int) {
		if _, err := p.accounts.ResetPassword(context.Background(), secret, fresh, auth.From{}); err == nil {
			won.Add(1)
		} else {
			refused(t, err, models.NotFound)
		}
	})
	if won.Load() != 1 {
		t.Errorf("%d of them", won.Load())
	}
}

// Whoever made the link may have lost the right to, or its owner become somebody that they may not manage.
func TestAPasswordLinkEndsWithTheRightToMakeIt(t *testing.T) {
	p := newPlace(t)
	dana := p.user("dana")
	p.role(dana, models.Admin)
	secret, err := p.accounts.PasswordLink(t.Context(), p.as(dana), p.bob.ID)
	if err != nil {
		t.Fatal(err)
	}
	other := p.workspace("globex")
	bob, maker, elsewhere := fmt.Sprint(p.bob.ID), fmt.Sprint(dana.ID), "'"+other.ID.String()+"'"
	for _, c := range []struct{ end, undo string }{
		{`UPDATE memberships SET role = 'member' WHERE user_id = ` + maker, `UPDATE memberships SET role = 'admin' WHERE user_id = ` + maker},
		{`UPDATE users SET deactivated_at = now() WHERE id = ` + maker, `UPDATE users SET deactivated_at = NULL WHERE id = ` + maker},
		{`UPDATE users SET instance_admin = true WHERE id = ` + bob, `UPDATE users SET instance_admin = false WHERE id = ` + bob},
		{`UPDATE memberships SET role = 'owner' WHERE user_id = ` + bob, `UPDATE memberships SET role = 'member' WHERE user_id = ` + bob},
		{`INSERT INTO memberships VALUES (` + elsewhere + `, ` + bob + `, 'member')`, `DELETE FROM memberships WHERE workspace_id = ` + elsewhere},
	} {
		p.exec(c.end)
		p.nothing(func() {
			_, err := p.accounts.ResetPassword(context.Background(), secret, fresh, auth.From{})
			refused(t, err, models.NotFound)
		})
		p.exec(c.undo)
		if _, err := p.accounts.PasswordLinkOwner(t.Context(), secret); err != nil {
			t.Errorf("%s: %v", c.undo, err)
		}
	}
}

func TestInstanceAdminsAreMadeByInstanceAdmins(t *testing.T) {
	p := newPlace(t)
	p.nothing(func() {
		refused(t, p.accounts.SetInstanceAdmin(t.Context(), p.as(p.amara), p.amara.ID, true, 0), models.Forbidden)
	})
	a := p.theAct(func() error {
		return p.accounts.SetInstanceAdmin(context.Background(), account.CommandLine(nil), p.bob.ID, true, 0)
	})
	if said(a) != "role_changed, instance_admin: false → true" || !a.System || a.Workspace != models.BuiltInWorkspace {
		t.Errorf("%+v", a)
	}
	p.nothing(func() {
		refused(t, p.accounts.SetInstanceAdmin(t.Context(), account.CommandLine(nil), p.bob.ID, false, 0), models.Conflict)
	})
}
