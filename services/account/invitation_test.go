package account_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/account"
	"daybook/services/auth"
	"daybook/services/ingest"
)

func (p *place) invite(d account.Doer, role models.Role, email string) string {
	p.t.Helper()
	secret, _, err := p.accounts.Invite(p.t.Context(), d, account.InvitationWish{Role: role, Email: email})
	if err != nil {
		p.t.Fatal(err)
	}
	return secret
}

var dana = account.NewUser{Email: "dana@example.com", Name: "Dana", Password: "long enough indeed"}

func TestSomebodyNewAcceptsAnInvitation(t *testing.T) {
	p := newPlace(t)
	d := p.as(p.amara)
	var secret string
	a := p.theAct(func() (err error) {
		secret, _, err = p.accounts.Invite(context.Background(), d, account.InvitationWish{Role: models.Admin, Email: " Dana@Example.com"})
		return err
	})
	if said(a) != `invited, role: null → "admin", email: null → "dana@example.com"` || a.Workspace != p.acme.ID || a.Actor.Name != "Amara" {
		t.Errorf("%+v", a)
	}
	if len(secret) < 30 || strings.Contains(p.everything(), secret) {
		t.Error("the secret is short, or kept as it is")
	}
	in, err := p.accounts.Invitation(t.Context(), secret)
	if err != nil || in.Workspace.ID != p.acme.ID || *in.Link.Role != models.Admin || !in.Link.ExpiresAt.Equal(now.Add(7*24*time.Hour)) {
		t.Fatal(in, err)
	}
	acts := p.acts(func() {
		claims := dana
		claims.Email, claims.InstanceAdmin = "somebody@else.example", true // of which nothing is believed
		u, w, err := p.accounts.AcceptAsNew(t.Context(), secret, claims)
		if err != nil || u.Email != "dana@example.com" || u.InstanceAdmin || w.Slug != "acme" {
			t.Fatal(u, w, err)
		}
	})
	if len(acts) != 2 || acts[0].Action != "created" || said(acts[1]) != `member_added, role: null → "admin"` || acts[1].Actor.Name != "Dana" || string(acts[1].Metadata) != `{"invitation": 1}` {
		t.Errorf("%+v", acts)
	}
	if _, err := p.auth.SignIn(t.Context(), "dana@example.com", dana.Password, auth.From{}); err != nil {
		t.Error(err)
	}
	p.nothing(func() {
		_, _, err := p.accounts.AcceptAsNew(t.Context(), secret, account.NewUser{Email: "e@example.com", Name: "E", Password: "long enough indeed"})
		refused(t, err, models.NotFound)
		_, err = p.accounts.Accept(t.Context(), secret, p.charlie)
		refused(t, err, models.NotFound)
	})
}

func TestSomebodySignedInAcceptsAnInvitation(t *testing.T) {
	p := newPlace(t)
	open, bound := p.invite(p.as(p.amara), models.Member, ""), p.invite(p.as(p.amara), models.Member, "dana@example.com")
	p.nothing(func() {
		_, err := p.accounts.Accept(t.Context(), bound, p.charlie)
		refused(t, err, models.Forbidden) // somebody else's
		_, err = p.accounts.Accept(t.Context(), open, p.bob)
		refused(t, err, models.Conflict) // a member already; the link stays good
		_, _, err = p.accounts.AcceptAsNew(t.Context(), open, account.NewUser{Email: "charlie@example.com", Name: "C", Password: "long enough indeed"})
		refused(t, err, models.Conflict, "email")
		_, _, err = p.accounts.AcceptAsNew(t.Context(), open, account.NewUser{Email: "c", Password: "short"})
		refused(t, err, models.Invalid, "email", "name", "password")
	})
	a := p.theAct(func() error {
		_, err := p.accounts.Accept(context.Background(), open, p.charlie)
		return err
	})
	if said(a) != `member_added, role: null → "member"` || a.Actor.Name != "Charlie" {
		t.Error(said(a))
	}
	if v, err := access.New(p.db).Enter(t.Context(), access.Principal{User: p.charlie}, "acme"); err != nil || v.Role != access.Member {
		t.Error(v.Role, err)
	}
}

func TestAnInvitationIsUsedOnce(t *testing.T) {
	p := newPlace(t)
	secret := p.invite(p.as(p.amara), models.Member, "")
	var won atomic.Int32
	users := []*models.User{p.charlie, p.user("dana"), p.user("eve"), p.user("finn")}
	together(4, func(i int) {
		if _, err := p.accounts.Accept(context.Background(), secret, users[i]); err == nil {
			won.Add(1)
		} else {
			refused(t, err, models.NotFound)
		}
	})
	if n := ask[int](p, `SELECT count(*) FROM memberships`); won.Load() != 1 || n != 3 {
		t.Errorf("%d won, %d members", won.Load(), n)
	}
}

// Whatever is wrong with a link, the answer is the same, so that nobody learns what there was.
func TestInvitationsThatOpenNothing(t *testing.T) {
	p := newPlace(t)
	admin := p.user("dana")
	p.role(admin, models.Admin)
	used, revoked, late := p.invite(p.as(p.amara), models.Member, ""), p.invite(p.as(p.amara), models.Member, ""), p.invite(p.as(p.amara), models.Member, "")
	if _, err := p.accounts.Accept(t.Context(), used, p.charlie); err != nil {
		t.Fatal(err)
	}
	if a := p.theAct(func() error { return p.accounts.RevokeInvitation(context.Background(), p.as(p.bobAsAdmin()), 2) }); said(a) != `invitation_revoked, role: "member" → null` {
		t.Error(said(a))
	}
	p.exec(`UPDATE links SET expires_at = $1 WHERE id = 3`, now)
	demoted := p.invite(p.as(admin), models.Member, "")
	p.exec(`UPDATE memberships SET role = 'member' WHERE user_id = $1`, admin.ID)
	fired := p.invite(p.as(p.bobAsAdmin()), models.Member, "")
	p.exec(`UPDATE users SET deactivated_at = now() WHERE id = $1`, p.bob.ID)
	reset, err := p.accounts.PasswordLink(t.Context(), p.as(p.amara), admin.ID)
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]bool{}
	for name, secret := range map[string]string{"used": used, "revoked": revoked, "late": late, "demoted": demoted, "fired": fired, "none": "", "another": "x" + late, "bytes": "\x00\xff", "of a password": reset} {
		p.nothing(func() {
			_, err := p.accounts.Invitation(t.Context(), secret)
			_, acceptErr := p.accounts.Accept(t.Context(), secret, p.user("gina-"+strings.ReplaceAll(name, " ", "-")))
			p.exec(`DELETE FROM users WHERE name LIKE 'Gina%'`)
			if models.KindOf(err) != models.NotFound || models.KindOf(acceptErr) != models.NotFound {
				t.Errorf("%s: %v, %v", name, err, acceptErr)
				return
			}
			said[err.Error()], said[acceptErr.Error()] = true, true
		})
	}
	if len(said) != 1 {
		t.Errorf("%v", said)
	}
	if _, err := p.accounts.PasswordLinkOwner(t.Context(), reset); err != nil {
		t.Error(err)
	}
}

func (p *place) bobAsAdmin() *models.User {
	p.role(p.bob, models.Admin)
	return p.bob
}

func TestWhoMayInvite(t *testing.T) {
	p := newPlace(t)
	p.role(p.charlie, models.Admin)
	other := p.workspace("globex")
	p.member(other, p.bob, models.Owner)
	p.invite(p.within(other, p.bob), models.Owner, "")
	p.nothing(func() {
		for who, c := range map[*models.User][]models.Role{p.bob: {models.Member, models.Admin, models.Owner}, p.charlie: {models.Admin, models.Owner}} {
			for _, role := range c {
				_, _, err := p.accounts.Invite(t.Context(), p.as(who), account.InvitationWish{Role: role})
				if models.KindOf(err) != models.Forbidden {
					t.Errorf("%s invites an %s: %v", who.Name, role, err)
				}
			}
		}
		_, _, err := p.accounts.Invite(t.Context(), p.as(p.amara), account.InvitationWish{Role: "king"})
		refused(t, err, models.Invalid, "role")
		_, _, err = p.accounts.Invite(t.Context(), p.as(p.amara), account.InvitationWish{Role: models.Member, Email: "nobody"})
		refused(t, err, models.Invalid, "email")
		_, _, err = p.accounts.Invite(t.Context(), p.as(p.amara), account.InvitationWish{Role: models.Member, Email: "BOB@example.com"})
		refused(t, err, models.Conflict, "email")
		_, _, err = p.accounts.Invite(t.Context(), account.CommandLine(&models.Workspace{ID: models.BuiltInWorkspace}), account.InvitationWish{Role: models.Member})
		refused(t, err, models.Invalid, "workspace")
		refused(t, p.accounts.RevokeInvitation(t.Context(), p.as(p.amara), 1), models.NotFound) // another workspace's
		refused(t, p.accounts.RevokeInvitation(t.Context(), p.as(p.bob), 1), models.Forbidden)
		_, err = p.accounts.Invitations(t.Context(), p.as(p.bob))
		refused(t, err, models.Forbidden)
	})
	p.invite(p.as(p.charlie), models.Member, "dana@example.com")
	// Whether somebody with the address is here makes no difference.
	p.user("eve")
	p.invite(p.as(p.charlie), models.Member, "eve@example.com")
	list, err := p.accounts.Invitations(t.Context(), p.as(p.charlie))
	if err != nil || len(list) != 2 || *list[0].Email != "eve@example.com" || list[0].Hash != nil || *list[1].CreatedBy != p.charlie.ID {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestAnInvitationIsGoodForAWeek(t *testing.T) {
	p := newPlace(t)
	secret := p.invite(p.as(p.amara), models.Member, "")
	at := func(d time.Duration) *account.Service {
		clock := func() time.Time { return now.Add(d) }
		in := ingest.New(p.db, func() {}, clock, nil)
		return account.New(p.db, in, auth.New(p.db, in, auth.NewKeys([]byte("x")), clock), clock)
	}
	if _, err := at(7*24*time.Hour-time.Second).Invitation(t.Context(), secret); err != nil {
		t.Error(err)
	}
	_, err := at(7*24*time.Hour).Invitation(t.Context(), secret)
	refused(t, err, models.NotFound)
}

// The newest invitation for an address is the one that counts, and once somebody has joined there is none for them.
func TestOneInvitationForAnAddress(t *testing.T) {
	p := newPlace(t)
	d := p.as(p.amara)
	first := p.invite(d, models.Admin, "dana@example.com")
	open, second := p.invite(d, models.Member, ""), p.invite(d, models.Member, "Dana@example.com")
	if _, err := p.accounts.Invitation(t.Context(), first); models.KindOf(err) != models.NotFound {
		t.Errorf("the first one: %v", err)
	}
	if _, err := p.accounts.Invitation(t.Context(), open); err != nil {
		t.Errorf("one for anybody: %v", err)
	}
	if _, _, err := p.accounts.AcceptAsNew(t.Context(), second, dana); err != nil {
		t.Fatal(err)
	}
	if list, err := p.accounts.Invitations(t.Context(), d); err != nil || len(list) != 1 || list[0].Email != nil {
		t.Errorf("%+v, %v", list, err)
	}
}
