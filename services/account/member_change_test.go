package account_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/account"
)

// version is that of a membership in acme.
func (p *place) version(u *models.User) int64 {
	p.t.Helper()
	return ask[int64](p, `SELECT version FROM memberships WHERE workspace_id = $1 AND user_id = $2`, p.acme.ID, u.ID)
}

func (p *place) role(u *models.User, role models.Role) {
	p.t.Helper()
	p.exec(`INSERT INTO memberships (workspace_id, user_id, role) VALUES ($1, $2, $3) ON CONFLICT (workspace_id, user_id) DO UPDATE SET role = excluded.role`, p.acme.ID, u.ID, role)
}

// TestWhoMayChangeWhoseRole walks the table of design.md §6: every doer, every member, every change.
func TestWhoMayChangeWhoseRole(t *testing.T) {
	p := newPlace(t)
	root := p.user("root")
	p.exec(`UPDATE users SET instance_admin = true WHERE id = $1`, root.ID)
	second := p.user("second")
	p.role(second, models.Owner) // so that nobody is the last one
	roles := []models.Role{models.Owner, models.Admin, models.Member}
	doers := map[string]func() account.Doer{
		"instance": func() account.Doer { return p.as(root) },
		"owner":    func() account.Doer { p.role(p.amara, models.Owner); return p.as(p.amara) },
		"admin":    func() account.Doer { p.role(p.amara, models.Admin); return p.as(p.amara) },
		"member":   func() account.Doer { p.role(p.amara, models.Member); return p.as(p.amara) },
	}
	for who, doer := range doers {
		for _, has := range roles {
			for _, gets := range append(roles, "removed") {
				may := who == "instance" || who == "owner" || who == "admin" && has != models.Owner && (gets == models.Member || gets == "removed" || gets == has)
				p.role(p.bob, has)
				d := doer()
				change := func() error {
					if gets == "removed" {
						return p.accounts.RemoveMember(context.Background(), d, p.bob.ID, p.version(p.bob))
					}
					return p.accounts.ChangeRole(context.Background(), d, p.bob.ID, gets, p.version(p.bob))
				}
				what := who + " makes " + string(has) + " " + string(gets)
				switch {
				case !may:
					p.nothing(func() {
						if err := change(); models.KindOf(err) != models.Forbidden {
							t.Errorf("%s: %v", what, err)
						}
					})
				case gets == has:
					p.nothing(func() {
						if err := change(); err != nil {
							t.Errorf("%s: %v", what, err)
						}
					})
				case gets == "removed":
					if a := p.theAct(change); said(a) != `member_removed, role: "`+string(has)+`" → null` || a.System || *a.Entity.Name != "Bob" || a.Workspace != p.acme.ID {
						t.Errorf("%s: %+v", what, a)
					}
				default:
					if a := p.theAct(change); said(a) != `role_changed, role: "`+string(has)+`" → "`+string(gets)+`"` || a.System {
						t.Errorf("%s: %+v", what, a)
					}
				}
			}
		}
	}
}

func TestNobodyRaisesThemselves(t *testing.T) {
	p := newPlace(t)
	p.role(p.bob, models.Admin)
	p.nothing(func() {
		refused(t, p.accounts.ChangeRole(t.Context(), p.as(p.bob), p.bob.ID, models.Owner, 0), models.Forbidden, "role")
		refused(t, p.accounts.ChangeRole(t.Context(), p.as(p.bob), p.bob.ID, "king", 0), models.Invalid, "role")
	})
	p.role(p.bob, models.Member)
	p.nothing(func() {
		refused(t, p.accounts.ChangeRole(t.Context(), p.as(p.bob), p.bob.ID, models.Admin, 0), models.Forbidden)
	})
}

func TestAMemberOfAnotherWorkspaceIsNobodyHere(t *testing.T) {
	p := newPlace(t)
	other := p.workspace("globex")
	p.member(other, p.charlie, models.Member)
	p.nothing(func() {
		d := p.as(p.amara)
		refused(t, p.accounts.ChangeRole(t.Context(), d, p.charlie.ID, models.Member, 0), models.NotFound)
		refused(t, p.accounts.RemoveMember(t.Context(), d, p.charlie.ID, 0), models.NotFound)
		refused(t, p.accounts.EditUser(t.Context(), d, p.charlie.ID, account.UserEdit{Name: "X", Email: "x@example.com"}), models.NotFound)
		_, err := p.accounts.UserByID(t.Context(), d, p.charlie.ID)
		refused(t, err, models.NotFound)
		_, err = p.accounts.PasswordLink(t.Context(), d, p.charlie.ID)
		refused(t, err, models.NotFound)
	})
}

func TestASecondEditorLearnsOfTheFirst(t *testing.T) {
	p := newPlace(t)
	saw := p.version(p.bob)
	if err := p.accounts.ChangeRole(t.Context(), p.as(p.amara), p.bob.ID, models.Admin, saw); err != nil {
		t.Fatal(err)
	}
	p.nothing(func() {
		err := p.accounts.ChangeRole(t.Context(), p.as(p.amara), p.bob.ID, models.Owner, saw)
		refused(t, err, models.Conflict, "version")
		if err == nil || !strings.Contains(err.Error(), "Bob is admin now") {
			t.Error(err)
		}
		refused(t, p.accounts.RemoveMember(t.Context(), p.as(p.amara), p.bob.ID, saw), models.Conflict, "version")
	})
	if err := p.accounts.RemoveMember(t.Context(), p.as(p.amara), p.bob.ID, p.version(p.bob)); err != nil {
		t.Error(err)
	}
	_, err := access.New(p.db).Enter(t.Context(), access.Principal{User: p.bob}, "acme")
	refused(t, err, models.NotFound)
}

func TestMembersAreAdmittedOrMade(t *testing.T) {
	p := newPlace(t)
	d := p.as(p.amara)
	a := p.theAct(func() error {
		return p.accounts.Admit(context.Background(), d, " Charlie@example.com", account.NewMember{Role: models.Member, Actor: "u-3"})
	})
	if said(a) != `member_added, role: null → "member", actor: null → "u-3"` {
		t.Error(said(a))
	}
	p.nothing(func() {
		refused(t, p.accounts.Admit(t.Context(), d, "charlie@example.com", account.NewMember{Role: models.Owner}), models.Conflict, "user")
		refused(t, p.accounts.Admit(t.Context(), d, "nobody@example.com", account.NewMember{Role: models.Owner}), models.NotFound, "user")
		refused(t, p.accounts.Admit(t.Context(), d, "nobody@example.com", account.NewMember{Role: "king"}), models.Invalid, "role")
		_, err := p.accounts.CreateMember(t.Context(), d, account.NewUser{Email: "bob@example.com", Name: "Other", Password: "long enough indeed"}, account.NewMember{Role: models.Member})
		refused(t, err, models.Conflict, "email")
		_, err = p.accounts.CreateMember(t.Context(), d, account.NewUser{Email: "x", Password: "short"}, account.NewMember{Role: models.Member})
		refused(t, err, models.Invalid, "email", "name", "password")
		_, err = p.accounts.CreateMember(t.Context(), d, account.NewUser{Email: "r@example.com", Name: "R", Password: "long enough indeed", InstanceAdmin: true}, account.NewMember{Role: models.Member})
		refused(t, err, models.Forbidden) // an owner makes no instance admin
		_, err = p.accounts.CreateMember(t.Context(), d, account.NewUser{Email: "r@example.com", Name: "R", Password: "long enough indeed"}, account.NewMember{Role: models.Member, Actor: models.Itself.ID})
		refused(t, err, models.Conflict, "actor") // the user is not left behind
	})
	acts := p.acts(func() {
		u, err := p.accounts.CreateMember(t.Context(), d, account.NewUser{Email: "dana@example.com", Name: "Dana", Password: "long enough indeed"}, account.NewMember{Role: models.Admin})
		if err != nil || u.InstanceAdmin {
			t.Fatal(u, err)
		}
	})
	if len(acts) != 2 || acts[0].Workspace != models.BuiltInWorkspace || acts[0].Action != "created" || acts[1].Action != "member_added" || acts[1].Workspace != p.acme.ID {
		t.Errorf("%+v", acts)
	}
}

func TestTheLastOwnerIsNotLostInAnyWay(t *testing.T) {
	p := newPlace(t)
	d := p.as(p.amara)
	root := account.CommandLine(p.acme)
	p.nothing(func() {
		refused(t, p.accounts.ChangeRole(t.Context(), d, p.amara.ID, models.Member, 0), models.Conflict, "role")
		refused(t, p.accounts.RemoveMember(t.Context(), d, p.amara.ID, 0), models.Conflict, "role")
		refused(t, p.accounts.RemoveMember(t.Context(), root, p.amara.ID, 0), models.Conflict, "role")
		refused(t, p.accounts.Deactivate(t.Context(), d, p.amara.ID, 0), models.Conflict)
		refused(t, p.accounts.Deactivate(t.Context(), root, p.amara.ID, 0), models.Conflict)
	})
}

// Each of these alone is harmless; together they would leave nobody.
func TestOwnersWhoAreLostAtOnce(t *testing.T) {
	p := newPlace(t)
	d := account.CommandLine(p.acme)
	ways := []func(u *models.User) error{
		func(u *models.User) error {
			return p.accounts.ChangeRole(context.Background(), d, u.ID, models.Member, 0)
		},
		func(u *models.User) error { return p.accounts.RemoveMember(context.Background(), d, u.ID, 0) },
		func(u *models.User) error { return p.accounts.Deactivate(context.Background(), d, u.ID, 0) },
	}
	for i := range 9 {
		p.exec(`UPDATE users SET deactivated_at = NULL`)
		p.role(p.amara, models.Owner)
		p.role(p.bob, models.Owner)
		var lost atomic.Int32
		together(2, func(n int) {
			if err := ways[(i+n*(i/3))%3]([]*models.User{p.amara, p.bob}[n]); err == nil {
				lost.Add(1)
			} else if models.KindOf(err) != models.Conflict {
				t.Error(err)
			}
		})
		left := ask[int](p, `SELECT count(*) FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.workspace_id = $1 AND role = 'owner' AND deactivated_at IS NULL`, p.acme.ID)
		if left != 1 || lost.Load() != 1 {
			t.Fatalf("round %d: %d lost, %d left", i, lost.Load(), left)
		}
	}
}

func TestInstanceAdminsWhoAreLostAtOnce(t *testing.T) {
	p := newPlace(t)
	d := account.CommandLine(nil)
	ways := []func(u *models.User) error{
		func(u *models.User) error {
			return p.accounts.SetInstanceAdmin(context.Background(), d, u.ID, false, 0)
		},
		func(u *models.User) error { return p.accounts.Deactivate(context.Background(), d, u.ID, 0) },
	}
	for i := range 4 {
		p.exec(`UPDATE users SET deactivated_at = NULL, instance_admin = id IN ($1, $2)`, p.charlie.ID, p.bob.ID)
		var lost atomic.Int32
		together(2, func(n int) {
			if err := ways[(i+n*(i/2))%2]([]*models.User{p.charlie, p.bob}[n]); err == nil {
				lost.Add(1)
			} else {
				refused(t, err, models.Conflict)
			}
		})
		if left := ask[int](p, `SELECT count(*) FROM users WHERE instance_admin AND deactivated_at IS NULL`); left != 1 || lost.Load() != 1 {
			t.Fatalf("round %d: %d lost, %d left", i, lost.Load(), left)
		}
	}
}
