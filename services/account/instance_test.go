package account_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/account"
)

func TestWorkspacesAreListedByPages(t *testing.T) {
	p := newPlace(t)
	root := account.CommandLine(nil)
	for i := range 23 {
		p.exec(`INSERT INTO workspaces (id, slug, name, time_zone) VALUES (gen_random_uuid(), $1, $2, 'UTC')`, fmt.Sprint("w", i), []string{"Same", "SAME", "Ähnlich", "zebra"}[i%4])
	}
	var names []string
	seen := map[string]bool{}
	f := account.ListFilter{Limit: 4}
	for {
		list, next, err := p.accounts.WorkspaceLines(t.Context(), root, f)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range list {
			if seen[w.Slug] {
				t.Errorf("%s comes twice", w.Slug)
			}
			seen[w.Slug] = true
			names = append(names, strings.ToLower(w.Name))
			if w.Slug == "acme" && w.Members != 2 {
				t.Errorf("%+v", w)
			}
		}
		if f.Cursor = next; next == "" {
			break
		}
	}
	if len(seen) != 25 || !slices.IsSorted(names) {
		t.Errorf("%d, %v", len(seen), names)
	}
	list, next, err := p.accounts.WorkspaceLines(t.Context(), root, account.ListFilter{Search: " ACM ", State: "open"})
	if err != nil || next != "" || len(list) != 1 || list[0].Slug != "acme" {
		t.Errorf("%+v, %q, %v", list, next, err)
	}
	for _, cursor := range []string{"x", "\x00", "AAAA", mark("users", "a", "1"), mark("workspaces", "a\xff", "b")} {
		_, _, err := p.accounts.WorkspaceLines(t.Context(), root, account.ListFilter{Cursor: cursor})
		refused(t, err, models.Malformed, "cursor")
	}
}

func mark(list, place, key string) string {
	return account.WriteMark(list, place, key)
}

func TestUsersAreListedForInstanceAdminsAlone(t *testing.T) {
	p := newPlace(t)
	p.exec(`UPDATE users SET instance_admin = true WHERE id = $1`, p.charlie.ID)
	p.exec(`UPDATE users SET deactivated_at = now(), password_hash = 'x' WHERE id = $1`, p.bob.ID)
	p.exec(`UPDATE users SET password_hash = '' WHERE id = $1`, p.amara.ID)
	root := account.InstanceDoer(access.Principal{User: &models.User{ID: p.charlie.ID, InstanceAdmin: true}})
	for state, want := range map[string]string{"": "Amara Bob Charlie", "active": "Amara Charlie", "deactivated": "Bob", "admins": "Charlie", "nowhere": ""} {
		list, _, err := p.accounts.UserLines(t.Context(), root, account.ListFilter{State: state})
		var names []string
		for _, u := range list {
			names = append(names, u.Name)
			if u.PasswordHash != "" {
				t.Error("the hash is given")
			}
		}
		if got := strings.Join(names, " "); err != nil || got != want {
			t.Errorf("%s: %s, %v", state, got, err)
		}
	}
	one, err := p.accounts.UserLine(t.Context(), root, p.amara.ID)
	if err != nil || !one.HasNoKey || len(one.In) != 1 || one.In[0] != (account.UserIn{Slug: "acme", Name: "ACME", Role: models.Owner}) {
		t.Errorf("%+v, %v", one, err)
	}
	if one, err := p.accounts.UserLine(t.Context(), root, p.bob.ID); err != nil || one.HasNoKey {
		t.Errorf("%+v, %v", one, err)
	}
	for _, id := range []int64{0, -1, 4711} {
		_, err := p.accounts.UserLine(t.Context(), root, id)
		refused(t, err, models.NotFound)
	}
	bound := access.Principal{User: &models.User{ID: p.charlie.ID, InstanceAdmin: true}, Token: &models.Token{Scopes: models.ScopeAdmin, WorkspaceID: &p.acme.ID}}
	for who, d := range map[string]account.Doer{
		"an owner": p.as(p.amara), "a user": account.InstanceDoer(access.Principal{User: p.amara}), "nobody": account.InstanceDoer(access.Principal{}), "a bound token": account.InstanceDoer(bound),
	} {
		_, _, err := p.accounts.UserLines(t.Context(), d, account.ListFilter{})
		_, _, workspacesErr := p.accounts.WorkspaceLines(t.Context(), d, account.ListFilter{})
		_, foundErr := p.accounts.FoundWorkspaceOf(t.Context(), d, account.NewWorkspace{Slug: "x", Name: "X"}, "amara")
		_, oneErr := p.accounts.UserLine(t.Context(), d, p.bob.ID)
		for _, err := range []error{err, workspacesErr, foundErr, oneErr} {
			if models.KindOf(err) != models.Forbidden {
				t.Errorf("%s: %v", who, err)
			}
		}
	}
}

func TestAnAccountWithoutAPasswordIsMadeWhole(t *testing.T) {
	p := newPlace(t)
	p.role(p.charlie, models.Admin)
	admin := p.as(p.charlie)
	create := func(d account.Doer, email string, role models.Role) (*models.User, string, error) {
		return p.accounts.CreateMemberByLink(t.Context(), d, account.NewUser{Name: " Dana ", Email: email, InstanceAdmin: true}, account.NewMember{Role: role})
	}
	p.nothing(func() {
		_, _, err := create(p.as(p.bob), "dana@example.com", models.Member)
		refused(t, err, models.Forbidden)
		_, _, err = create(admin, "dana@example.com", models.Owner)
		refused(t, err, models.Forbidden, "role")
		_, _, err = create(admin, "dana@example.com", "king")
		refused(t, err, models.Invalid, "role")
		_, _, err = create(admin, "BOB@example.com", models.Member)
		refused(t, err, models.Conflict, "email")
		_, _, err = create(account.CommandLine(&models.Workspace{ID: models.BuiltInWorkspace}), "dana@example.com", models.Member)
		refused(t, err, models.Invalid, "workspace")
	})
	var secret string
	acts := p.acts(func() {
		u, made, err := create(admin, "Dana@example.com", models.Member)
		if err != nil || u.InstanceAdmin || u.Name != "Dana" || u.Email != "dana@example.com" || u.PasswordHash != "" {
			t.Fatal(u, err)
		}
		secret = made
	})
	if len(acts) != 3 || acts[0].Action != "created" || acts[1].Action != "member_added" || acts[2].Action != "password_link_made" || acts[2].Workspace != models.BuiltInWorkspace {
		t.Errorf("%+v", acts)
	}
	if strings.Contains(p.everything(), secret) {
		t.Error("the secret is kept as it is")
	}
	if u, err := p.accounts.PasswordLinkOwner(t.Context(), secret); err != nil || u.Name != "Dana" {
		t.Error(u, err)
	}
}

func TestATokenForAWorkspaceOfOnesOwn(t *testing.T) {
	p := newPlace(t)
	p.workspace("globex")
	for _, address := range []string{"globex", "nothing", "", "\x00"} { // what is others' is as what does not exist
		_, err := p.accounts.OwnWorkspace(t.Context(), p.bob, address)
		refused(t, err, models.Invalid, "workspace")
		if err == nil || err.Error() != "workspace: is none of yours" {
			t.Error(err)
		}
	}
	for _, address := range []string{"acme", p.acme.ID.String()} {
		if w, err := p.accounts.OwnWorkspace(t.Context(), p.bob, address); err != nil || w.ID != p.acme.ID {
			t.Error(w, err)
		}
	}
}
