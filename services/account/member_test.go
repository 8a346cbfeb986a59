package account_test

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"daybook/models"
	"daybook/services/account"
)

// add makes somebody a member of acme.
func (p *place) add(u *models.User, role models.Role, actor string) error {
	return p.accounts.AddMember(context.Background(), account.NewMember{Workspace: p.acme, User: u, Role: role, Actor: actor}, models.UserActor(p.amara))
}

// userOf gives the user an actor of acme is linked to, or 0.
func (p *place) userOf(actor string) int64 {
	p.t.Helper()
	return ask[int64](p, `SELECT coalesce((SELECT user_id FROM actors WHERE workspace_id = $1 AND external_id = $2), 0)`, p.acme.ID, actor)
}

func TestEachChangeOfAMemberIsOneAct(t *testing.T) {
	p := newPlace(t)
	for _, c := range []struct {
		role  models.Role
		actor string
		want  string
	}{
		{models.Member, "", `member_added, role: null → "member"`},
		{models.Admin, "", `role_changed, role: "member" → "admin"`},
		{models.Admin, "u-3", `linked, user_id: null → ` + ask[string](p, `SELECT id::text FROM users WHERE email = 'charlie@example.com'`)},
		{models.Owner, "u-4", `role_changed, role: "admin" → "owner", actor: null → "u-4"`},
		{models.Member, "u-4", `role_changed, role: "owner" → "member"`},
	} {
		a := p.theAct(func() error { return p.add(p.charlie, c.role, c.actor) })
		if said(a) != c.want || a.Workspace != p.acme.ID || a.Actor.Name != "Amara" || a.System != (a.Action == "linked") || *a.Entity.Name != "Charlie" {
			t.Errorf("%+v\n%s instead of %s", a, said(a), c.want)
		}
		p.nothing(func() {
			if err := p.add(p.charlie, c.role, c.actor); err != nil {
				t.Error(err)
			}
		})
		if c.actor != "" && p.userOf(c.actor) != p.charlie.ID {
			t.Errorf("%s is linked to user %d", c.actor, p.userOf(c.actor))
		}
	}
	dana := p.user("dana")
	if a := p.theAct(func() error { return p.add(dana, models.Member, "u-5") }); said(a) != `member_added, role: null → "member", actor: null → "u-5"` {
		t.Error(said(a))
	}
	if a := p.theAct(func() error { return p.add(dana, models.Member, models.UserActor(dana).ID) }); a.Action != "linked" {
		t.Error(said(a))
	}
}

func TestMembersThatAreNotAdded(t *testing.T) {
	p := newPlace(t)
	p.create(&models.Actor{WorkspaceID: p.acme.ID, ExternalID: "u-2", Type: models.ActorUser, Name: "Bob", UserID: &p.bob.ID})
	p.create(&models.Actor{WorkspaceID: p.acme.ID, ExternalID: "bot", Type: models.ActorAgent, Name: "Bot"})
	builtIn := &models.Workspace{ID: models.BuiltInWorkspace, Slug: models.BuiltInSlug}
	p.nothing(func() {
		refused(t, p.add(p.charlie, "king", ""), models.Invalid, "role")
		refused(t, p.add(p.charlie, "", ""), models.Invalid, "role")
		refused(t, p.add(p.charlie, models.Member, "u-2"), models.Conflict, "actor") // Bob's
		refused(t, p.add(p.charlie, models.Member, "bot"), models.Conflict, "actor")
		refused(t, p.add(p.charlie, models.Member, models.Itself.ID), models.Conflict, "actor")
		refused(t, p.add(p.charlie, models.Member, models.CommandLine.ID), models.Conflict, "actor")
		refused(t, p.add(p.charlie, models.Member, models.UserActor(p.bob).ID), models.Conflict, "actor")
		refused(t, p.add(p.bob, models.Admin, "bot"), models.Conflict, "actor") // the role stays too
		for _, actor := range []string{strings.Repeat("x", 256), "a\x00", "\xff"} {
			refused(t, p.add(p.charlie, models.Member, actor), models.Invalid, "actor")
		}
		refused(t, p.accounts.AddMember(t.Context(), account.NewMember{Workspace: builtIn, User: p.bob, Role: models.Member}, models.CommandLine), models.Invalid, "workspace")
	})
}

func TestTheLastOwnerStays(t *testing.T) {
	p := newPlace(t)
	p.nothing(func() {
		refused(t, p.add(p.amara, models.Admin, ""), models.Conflict, "role")
		refused(t, p.add(p.amara, models.Member, "u-1"), models.Conflict, "role")
	})
	if err := p.add(p.amara, models.Owner, "u-1"); err != nil {
		t.Error(err)
	}
	// An owner who cannot sign in any more owns nothing.
	gone := p.user("gone")
	p.exec(`UPDATE users SET deactivated_at = now() WHERE id = $1`, gone.ID)
	p.member(p.acme, gone, models.Owner)
	refused(t, p.add(p.amara, models.Admin, ""), models.Conflict, "role")
	other := p.workspace("globex")
	p.member(other, p.bob, models.Owner)
	refused(t, p.add(p.amara, models.Admin, ""), models.Conflict, "role")
	if err := p.add(gone, models.Member, ""); err != nil {
		t.Error(err)
	}
	if err := p.add(p.bob, models.Owner, ""); err != nil {
		t.Fatal(err)
	}
	if err := p.add(p.amara, models.Member, ""); err != nil {
		t.Error(err)
	}
}

func TestOwnersWhoStepDownAtOnce(t *testing.T) {
	p := newPlace(t)
	for range 10 {
		p.exec(`UPDATE memberships SET role = 'owner'`)
		var stepped atomic.Int32
		together(2, func(i int) {
			err := p.add([]*models.User{p.amara, p.bob}[i], models.Member, "")
			if err == nil {
				stepped.Add(1)
				return
			}
			refused(t, err, models.Conflict, "role")
		})
		if n := ask[int](p, `SELECT count(*) FROM memberships WHERE role = 'owner'`); n != 1 || stepped.Load() != 1 {
			t.Fatalf("%d stepped down and %d owners are left", stepped.Load(), n)
		}
	}
}

func TestTwoWhoClaimAnActorAtOnce(t *testing.T) {
	p := newPlace(t)
	users := []*models.User{p.amara, p.bob, p.charlie}
	var won atomic.Int32
	acts := p.acts(func() {
		together(3, func(i int) {
			if err := p.add(users[i], models.Owner, "u-1"); err == nil {
				won.Add(1)
			} else {
				refused(t, err, models.Conflict, "actor")
			}
		})
	})
	if won.Load() != 1 || len(acts) != 1 {
		t.Errorf("%d won, %d acts", won.Load(), len(acts))
	}
}

func TestMembershipsByName(t *testing.T) {
	p := newPlace(t)
	other := p.workspace("aardvark")
	p.member(other, p.bob, models.Owner)
	got, err := p.accounts.Memberships(t.Context(), p.bob)
	if err != nil || len(got) != 2 || got[0].Workspace.Slug != "aardvark" || got[0].Role != models.Owner || got[1].Workspace.TimeZone != "Canada/Newfoundland" || got[1].Role != models.Member {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := p.accounts.Memberships(t.Context(), p.charlie); err != nil || len(got) != 0 {
		t.Errorf("%+v, %v", got, err)
	}
}

// Which of several actors somebody acts as: the one that the application knows, the oldest of them.
func TestTheActorOfAUser(t *testing.T) {
	p := newPlace(t)
	var got []string
	for _, id := range []string{"", models.UserActor(p.bob).ID, "u-2", "a-2"} {
		if id != "" {
			p.create(&models.Actor{WorkspaceID: p.acme.ID, ExternalID: id, Type: models.ActorUser, Name: id, UserID: &p.bob.ID})
		}
		ref, err := p.accounts.ActorOf(t.Context(), p.acme.ID, p.bob)
		if err != nil || ref.Name != "Bob" {
			t.Fatalf("%+v, %v", ref, err)
		}
		got = append(got, ref.ID)
	}
	own := models.UserActor(p.bob).ID
	if !slices.Equal(got, []string{own, own, "u-2", "u-2"}) {
		t.Errorf("%v", got)
	}
}
