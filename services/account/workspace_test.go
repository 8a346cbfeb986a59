package account_test

import (
	"strings"
	"sync/atomic"
	"testing"

	"daybook/models"
	"daybook/services/account"
)

func TestCreatingAWorkspace(t *testing.T) {
	p := newPlace(t)
	var made *models.Workspace
	a := p.theAct(func() (err error) {
		made, err = p.accounts.CreateWorkspace(t.Context(), account.NewWorkspace{Slug: "globex", Name: "Globex", TimeZone: "Europe/Amsterdam"}, models.CommandLine)
		return err
	})
	if a.Workspace != made.ID || said(a) != "created" || a.Entity.Type != "workspace" || *a.Entity.ID != made.ID.String() || *a.Entity.Name != "Globex" {
		t.Errorf("%+v", a)
	}
	for _, address := range []string{"globex", made.ID.String(), strings.ToUpper(made.ID.String())} {
		if w, err := p.accounts.Workspace(t.Context(), address); err != nil || w.ID != made.ID || w.TimeZone != "Europe/Amsterdam" {
			t.Errorf("%s: %v", address, err)
		}
	}
	for _, address := range []string{"", "none", "Globex", "a\x00", "\xff", "00000000-0000-0000-0000-000000000000"} {
		_, err := p.accounts.Workspace(t.Context(), address)
		refused(t, err, models.NotFound, "workspace")
	}
	if w, err := p.accounts.CreateWorkspace(t.Context(), account.NewWorkspace{Slug: "initech", Name: "Initech"}, models.CommandLine); err != nil || w.TimeZone != "UTC" {
		t.Errorf("%+v, %v", w, err)
	}
}

func TestWorkspacesThatAreNotCreated(t *testing.T) {
	p := newPlace(t)
	p.nothing(func() {
		for _, c := range []struct {
			w      account.NewWorkspace
			kind   models.Kind
			fields string
		}{
			{account.NewWorkspace{}, models.Invalid, "slug name"},
			{account.NewWorkspace{Slug: "Globex", Name: "\xff", TimeZone: "Mars/Olympus"}, models.Invalid, "slug name time_zone"},
			{account.NewWorkspace{Slug: "globex", Name: "G", TimeZone: "Local"}, models.Invalid, "time_zone"},
			{account.NewWorkspace{Slug: "globex", Name: "G", TimeZone: "../../../etc/localtime"}, models.Invalid, "time_zone"},
			{account.NewWorkspace{Slug: "acme", Name: "Another"}, models.Conflict, "slug"},
			{account.NewWorkspace{Slug: models.BuiltInSlug, Name: "Another"}, models.Conflict, "slug"},
			{account.NewWorkspace{Slug: p.acme.ID.String(), Name: "Another"}, models.Invalid, "slug"},
		} {
			_, err := p.accounts.CreateWorkspace(t.Context(), c.w, models.CommandLine)
			refused(t, err, c.kind, strings.Fields(c.fields)...)
		}
	})
}

// setUp sets up by a link.
func (p *place) setUp(secret string, u account.NewUser, w account.NewWorkspace) error {
	_, _, err := p.accounts.SetUp(p.t.Context(), secret, u, w)
	return err
}

func TestSettingUp(t *testing.T) {
	p := newPlace(t)
	root, globex := account.NewUser{Email: "root@example.com", Name: "Root", Password: password}, account.NewWorkspace{Slug: "globex", Name: "Globex"}
	secret, err := p.auth.SetupSecret(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p.nothing(func() {
		refused(t, p.setUp("wrong", root, globex), models.NotFound)
		refused(t, p.setUp(secret, account.NewUser{}, account.NewWorkspace{}), models.Invalid, "email", "name", "password", "workspace_slug", "workspace_name")
		refused(t, p.setUp(secret, root, account.NewWorkspace{Slug: "acme", Name: "Again"}), models.Conflict, "workspace_slug")
		taken := root
		taken.Email = p.bob.Email
		refused(t, p.setUp(secret, taken, globex), models.Conflict, "email")
	})
	acts := p.acts(func() {
		if err := p.setUp(secret, root, globex); err != nil {
			t.Fatal(err)
		}
	})
	if len(acts) != 3 || said(acts[0]) != `created, email: null → "root@example.com", instance_admin: false → true` || said(acts[1]) != "created" || said(acts[2]) != `member_added, role: null → "owner"` || acts[2].System {
		t.Errorf("%+v", acts)
	}
	p.nothing(func() { refused(t, p.setUp(secret, root, globex), models.NotFound) })
	if secret, err := p.auth.SetupSecret(t.Context()); secret != "" || err != nil {
		t.Errorf("another link: %v", err)
	}
}

func TestOfTwoWhoSetUpAtOnceOneDoes(t *testing.T) {
	p := newPlace(t)
	secret, err := p.auth.SetupSecret(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var done atomic.Int32
	together(4, func(i int) {
		name := string(rune('a'+i)) + "-company"
		err := p.setUp(secret, account.NewUser{Email: name + "@example.com", Name: name, Password: password}, account.NewWorkspace{Slug: name, Name: name})
		if err == nil {
			done.Add(1)
			return
		}
		refused(t, err, models.NotFound)
	})
	if done.Load() != 1 || ask[int](p, `SELECT count(*) FROM users WHERE instance_admin`) != 1 || ask[int](p, `SELECT count(*) FROM workspaces WHERE slug LIKE '%-company'`) != 1 {
		t.Errorf("%d did", done.Load())
	}
}

func TestSettingsAndEmptiness(t *testing.T) {
	p := newPlace(t)
	for _, value := range []string{"", "a", "b", "ü"} {
		if value != "" {
			if err := p.accounts.Set(t.Context(), "demo", value); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := p.accounts.Setting(t.Context(), "demo"); got != value || err != nil {
			t.Errorf("%q instead of %q, %v", got, value, err)
		}
	}
	isEmpty := func() bool {
		empty, err := p.accounts.IsEmpty(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return empty
	}
	full := isEmpty()
	p.exec(`DELETE FROM memberships; DELETE FROM users`)
	withoutUsers := isEmpty()
	p.exec(`DELETE FROM workspaces WHERE slug <> 'daybook'`)
	if full || withoutUsers || !isEmpty() {
		t.Errorf("%v, %v, %v", full, withoutUsers, isEmpty())
	}
}
