package account_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/account"
)

func TestServiceTokensAreMadeListedAndRevokedByAdmins(t *testing.T) {
	p := newPlace(t)
	d := p.as(p.amara)
	var text string
	var row models.Token
	made := p.acts(func() {
		var err error
		text, row, err = p.accounts.MakeServiceToken(t.Context(), d, account.TokenWish{Name: " Application ", Scopes: []string{models.ScopeWrite, models.ScopeAccess}, Expires: time.Hour})
		if err != nil {
			t.Fatal(err)
		}
	})
	if len(made) != 1 || said(made[0]) != `created, scopes: null → "access:write activity:write", expires_at: null → "2026-01-31T13:00:00.000000Z"` || made[0].Workspace != p.acme.ID || strings.Contains(p.everything(), text[4:]) {
		t.Errorf("%+v", made)
	}
	if _, _, err := p.auth.TokenOwner(t.Context(), text, "192.0.2.7"); err != nil {
		t.Fatal(err)
	}
	list, err := p.accounts.ServiceTokens(t.Context(), d)
	if err != nil || len(list) != 1 || list[0].Name != "Application" || list[0].Hash != nil || *list[0].CreatedBy != p.amara.ID || *list[0].LastUsedIP != "192.0.2.7" || list[0].LastUsedAt == nil {
		t.Fatalf("%+v, %v", list, err)
	}
	if row.ID != list[0].ID || row.Hash != nil || !row.ExpiresAt.Equal(now.Add(time.Hour)) {
		t.Errorf("%+v", row)
	}
	byCommand := models.Token{}
	if names, err := p.accounts.MakersOf(t.Context(), d, append(list, byCommand)); err != nil || len(names) != 1 || names[p.amara.ID] != "Amara" {
		t.Error(names, err)
	}
	_, err = p.accounts.MakersOf(t.Context(), p.as(p.bob), list)
	refused(t, err, models.Forbidden)
	other := p.workspace("globex")
	p.member(other, p.charlie, models.Owner)
	p.nothing(func() {
		refused(t, p.accounts.RevokeServiceToken(t.Context(), p.within(other, p.charlie), list[0].ID), models.NotFound)
		refused(t, p.accounts.RevokeServiceToken(t.Context(), p.as(p.bob), list[0].ID), models.Forbidden)
		refused(t, p.accounts.RevokeOwnToken(t.Context(), p.amara, list[0].ID), models.NotFound)
		_, err := p.accounts.ServiceTokens(t.Context(), p.as(p.bob))
		refused(t, err, models.Forbidden)
		_, _, err = p.accounts.MakeServiceToken(t.Context(), p.as(p.bob), account.TokenWish{Name: "x", Scopes: []string{models.ScopeRead}})
		refused(t, err, models.Forbidden)
		_, _, err = p.accounts.MakeServiceToken(t.Context(), d, account.TokenWish{Name: "x", Scopes: []string{models.ScopeAdmin}})
		refused(t, err, models.Invalid, "scope")
	})
	revoked := p.acts(func() {
		if err := p.accounts.RevokeServiceToken(t.Context(), d, list[0].ID); err != nil {
			t.Fatal(err)
		}
	})
	if len(revoked) != 1 || said(revoked[0]) != `revoked, revoked_at: null → "2026-01-31T12:00:00.000000Z"` || *revoked[0].Entity.Name != "Application" {
		t.Errorf("%+v", revoked)
	}
	if _, _, err := p.auth.TokenOwner(t.Context(), text, ""); models.KindOf(err) != models.Unauthenticated {
		t.Error("it works still:", err)
	}
	p.nothing(func() { refused(t, p.accounts.RevokeServiceToken(t.Context(), d, list[0].ID), models.NotFound) })
}

func TestAPersonalTokenIsNeverMoreThanItsMaker(t *testing.T) {
	p := newPlace(t)
	mint := func(who access.Principal, w *models.Workspace, life time.Duration, scopes ...string) error {
		wish := account.TokenWish{Name: "mine", Scopes: scopes, Expires: life}
		if w == nil {
			_, _, err := p.accounts.MakeOwnToken(context.Background(), who, nil, wish)
			return err
		}
		_, _, err := p.accounts.MakeOwnToken(context.Background(), who, &w.ID, wish)
		return err
	}
	bob, amara := access.Principal{User: p.bob}, access.Principal{User: p.amara}
	other := p.workspace("globex")
	end := now.Add(time.Hour)
	by := func(u *models.User, w *models.Workspace, scopes string) access.Principal {
		token := &models.Token{ID: 9, UserID: &u.ID, Scopes: scopes, ExpiresAt: &end}
		if w != nil {
			token.WorkspaceID = &w.ID
		}
		return access.Principal{User: u, Token: token}
	}
	p.nothing(func() {
		for _, scope := range []string{models.ScopeAdmin, models.ScopeAccess, models.ScopeViewer} {
			refused(t, mint(bob, nil, 0, models.ScopeRead, scope), models.Invalid, "scope")
			refused(t, mint(bob, p.acme, 0, scope), models.Invalid, "scope")
		}
		refused(t, mint(bob, other, 0, models.ScopeRead), models.Invalid, "workspace")
		refused(t, mint(access.Principal{Token: &models.Token{WorkspaceID: &p.acme.ID, Scopes: "admin"}}, p.acme, 0, models.ScopeRead), models.Forbidden)
		refused(t, mint(by(p.amara, nil, "activity:read"), nil, time.Minute, models.ScopeRead), models.Forbidden)
		refused(t, mint(by(p.amara, nil, "admin activity:read"), nil, time.Minute, models.ScopeWrite), models.Forbidden, "scopes")
		refused(t, mint(by(p.amara, p.acme, "admin"), nil, time.Minute, models.ScopeAdmin), models.Forbidden, "workspace")
		refused(t, mint(by(p.amara, p.acme, "admin"), other, time.Minute, models.ScopeAdmin), models.Forbidden, "workspace")
		refused(t, mint(by(p.amara, p.acme, "admin"), p.acme, 0, models.ScopeAdmin), models.Forbidden, "expires")
		refused(t, mint(by(p.amara, p.acme, "admin"), p.acme, 2*time.Hour, models.ScopeAdmin), models.Forbidden, "expires")
	})
	for _, err := range []error{mint(bob, nil, 0, models.ScopeRead, models.ScopeWrite), mint(amara, p.acme, 0, models.Scopes...), mint(by(p.amara, p.acme, "admin activity:read"), p.acme, time.Minute, models.ScopeRead)} {
		if err != nil {
			t.Error(err)
		}
	}
	list, err := p.accounts.OwnTokens(t.Context(), p.amara)
	if err != nil || len(list) != 2 {
		t.Fatalf("%+v, %v", list, err)
	}
	p.nothing(func() { refused(t, p.accounts.RevokeOwnToken(t.Context(), p.bob, list[0].ID), models.NotFound) })
	if err := p.accounts.RevokeOwnToken(t.Context(), p.amara, list[0].ID); err != nil {
		t.Error(err)
	}
	if again, err := p.accounts.OwnTokens(t.Context(), p.amara); err != nil || again[1].ID != list[0].ID || again[1].RevokedAt == nil {
		t.Errorf("%+v, %v", again, err)
	}
}

// Whatever a token was made with, it does what its user may do now.
func TestATokenLosesWhatItsUserLoses(t *testing.T) {
	p := newPlace(t)
	p.role(p.bob, models.Admin)
	text, _, err := p.accounts.MakeOwnToken(t.Context(), access.Principal{User: p.bob}, &p.acme.ID, account.TokenWish{Name: "mine", Scopes: models.Scopes})
	if err != nil {
		t.Fatal(err)
	}
	enter := func() (access.Role, models.Kind) {
		token, user, err := p.auth.TokenOwner(t.Context(), text, "")
		if err != nil {
			return access.Outsider, models.KindOf(err)
		}
		v, err := access.New(p.db).Enter(t.Context(), access.Principal{User: user, Token: token}, "acme")
		return v.Role, models.KindOf(err)
	}
	expect := func(role access.Role, kind models.Kind) {
		t.Helper()
		if r, k := enter(); r != role || k != kind && role == access.Outsider {
			t.Errorf("role %d, kind %d", r, k)
		}
	}
	expect(access.Admin, 0)
	for _, step := range []struct {
		do   func() error
		role access.Role
		kind models.Kind
	}{
		{func() error {
			return p.accounts.ChangeRole(t.Context(), p.as(p.amara), p.bob.ID, models.Member, 0)
		}, access.Member, 0},
		{func() error { return p.accounts.RemoveMember(t.Context(), p.as(p.amara), p.bob.ID, 0) }, access.Outsider, models.Unauthenticated}, // it is bound to acme, and ends
		{func() error {
			return p.accounts.Deactivate(t.Context(), account.CommandLine(nil), p.bob.ID, 0)
		}, access.Outsider, models.Unauthenticated},
		{func() error {
			return p.accounts.Reactivate(t.Context(), account.CommandLine(nil), p.bob.ID, 0)
		}, access.Outsider, models.Unauthenticated},
	} {
		if err := step.do(); err != nil {
			t.Fatal(err)
		}
		expect(step.role, step.kind)
	}
}
