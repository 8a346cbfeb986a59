package account_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"daybook/models"
	"daybook/services/account"
	"daybook/services/auth"
)

const password = "correct horse battery"

func TestCreatingAUser(t *testing.T) {
	p := newPlace(t)
	var made *models.User
	a := p.theAct(func() (err error) {
		made, err = p.accounts.CreateUser(t.Context(), account.NewUser{Email: " Dana@Example.COM", Name: "Dana Ñuñez", Username: "Dana", Password: password}, models.CommandLine)
		return err
	})
	if a.Workspace != models.BuiltInWorkspace || said(a) != `created, email: null → "dana@example.com", username: null → "dana"` || a.Entity.Type != "user" || *a.Entity.Name != "Dana Ñuñez" || !a.System || a.Actor.ID != models.CommandLine.ID {
		t.Errorf("%+v", a)
	}
	if made.Email != "dana@example.com" || *made.Username != "dana" || made.InstanceAdmin {
		t.Errorf("%+v", made)
	}
	if ok, err := auth.CheckPassword(t.Context(), password, made.PasswordHash); !ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
	for _, login := range []string{"dana", "DANA ", "dana@example.com", "Dana@example.com"} {
		if u, err := p.accounts.User(t.Context(), login); err != nil || u.ID != made.ID {
			t.Errorf("%q: %v", login, err)
		}
		if u, err := p.auth.SignIn(t.Context(), login, password, auth.From{}); err != nil || u.ID != made.ID {
			t.Errorf("%q: %v", login, err)
		}
	}
	a = p.theAct(func() error {
		_, err := p.accounts.CreateUser(t.Context(), account.NewUser{Email: "root@example.com", Name: "Root", Password: password, InstanceAdmin: true}, models.CommandLine)
		return err
	})
	if said(a) != `created, email: null → "root@example.com", instance_admin: false → true` {
		t.Error(said(a))
	}
	if strings.Contains(p.everything(), password) {
		t.Error("the password is kept")
	}
}

func TestUsersThatAreNotCreated(t *testing.T) {
	p := newPlace(t)
	good := account.NewUser{Email: "dana@example.com", Name: "Dana", Password: password}
	with := func(change func(*account.NewUser)) account.NewUser {
		u := good
		change(&u)
		return u
	}
	p.nothing(func() {
		for _, c := range []struct {
			user   account.NewUser
			kind   models.Kind
			fields string
		}{
			{account.NewUser{}, models.Invalid, "email name password"},
			{with(func(u *account.NewUser) { u.Email = "dana" }), models.Invalid, "email"},
			{with(func(u *account.NewUser) { u.Email = "Dana <dana@example.com>" }), models.Invalid, "email"},
			{with(func(u *account.NewUser) { u.Email = "dana\x00@example.com" }), models.Invalid, "email"},
			{with(func(u *account.NewUser) { u.Email = strings.Repeat("d", 250) + "@example.com" }), models.Invalid, "email"},
			{with(func(u *account.NewUser) { u.Name = "Da\x00na" }), models.Invalid, "name"},
			{with(func(u *account.NewUser) { u.Name = "Dana\n" }), models.Invalid, "name"},
			{with(func(u *account.NewUser) { u.Name = "\xff" }), models.Invalid, "name"},
			{with(func(u *account.NewUser) { u.Name = strings.Repeat("x", 501) }), models.Invalid, "name"},
			{with(func(u *account.NewUser) { u.Password = "123456789" }), models.Invalid, "password"},
			{with(func(u *account.NewUser) { u.Password = strings.Repeat("x", 1025) }), models.Invalid, "password"},
			{with(func(u *account.NewUser) { u.Username = "a b" }), models.Invalid, "username"},
			{with(func(u *account.NewUser) { u.Username = "dana@example.com" }), models.Invalid, "username"},
			{with(func(u *account.NewUser) { u.Email = "AMARA@example.com" }), models.Conflict, "email"},
			{with(func(u *account.NewUser) { u.Username = "bob" }), models.Conflict, "username"},
			{with(func(u *account.NewUser) { u.Username = "BOB" }), models.Conflict, "username"}, // who is bob at sign-in?
			{with(func(u *account.NewUser) { u.Username, u.Email = "bob", "amara@example.com" }), models.Conflict, "email"},
		} {
			_, err := p.accounts.CreateUser(t.Context(), c.user, models.CommandLine)
			refused(t, err, c.kind, strings.Fields(c.fields)...)
		}
	})
	for _, login := range []string{"", "nobody", "a\x00", "\xff", strings.Repeat("x", 5000)} {
		_, err := p.accounts.User(t.Context(), login)
		refused(t, err, models.NotFound, "user")
	}
}

// More of them than there are connections: whoever loses must not ask for another connection while holding one.
func TestTheSameUserManyTimesAtOnce(t *testing.T) {
	p := newPlace(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var made atomic.Int32
	together(2*int(p.db.Pool.Config().MaxConns), func(int) {
		_, err := p.accounts.CreateUser(ctx, account.NewUser{Email: "dana@example.com", Name: "Dana", Password: password}, models.CommandLine)
		if err == nil {
			made.Add(1)
			return
		}
		refused(t, err, models.Conflict, "email")
	})
	if made.Load() != 1 || ask[int](p, `SELECT count(*) FROM inbox`) != 1 {
		t.Errorf("%d were made", made.Load())
	}
}

func TestChangingAPassword(t *testing.T) {
	p := newPlace(t)
	dana, err := p.accounts.CreateUser(t.Context(), account.NewUser{Email: "dana@example.com", Name: "Dana", Password: password}, models.CommandLine)
	if err != nil {
		t.Fatal(err)
	}
	from := auth.From{IP: "192.0.2.1", UserAgent: "a browser"}
	p.exec(`INSERT INTO sessions (id, secret_hash, user_id, values, created_at, last_seen_at, expires_at) VALUES ('x', '', $1, '', now(), now(), now()), ('y', '', $2, '', now(), now(), now())`, dana.ID, p.bob.ID)
	refused(t, p.accounts.ChangePassword(t.Context(), dana, "wrong", "another password", from), models.Invalid, "current_password")
	refused(t, p.accounts.ChangePassword(t.Context(), dana, password, "short", from), models.Invalid, "new_password")
	if ask[int](p, `SELECT count(*) FROM sessions`) != 2 {
		t.Error("sessions ended though nothing was changed")
	}
	acts := p.acts(func() {
		if err := p.accounts.ChangePassword(t.Context(), dana, password, "another password", from); err != nil {
			t.Fatal(err)
		}
	})
	if len(acts) != 1 || said(acts[0]) != "password_changed" || *acts[0].IP != "192.0.2.1" || acts[0].Actor.Name != "Dana" {
		t.Errorf("%+v", acts)
	}
	if got := ask[string](p, `SELECT string_agg(id, ' ') FROM sessions`); got != "y" {
		t.Errorf("sessions %s are left", got)
	}
	if _, err := p.auth.SignIn(t.Context(), "dana@example.com", password, from); models.KindOf(err) != models.Unauthenticated {
		t.Errorf("the old password: %v", err)
	}
	if _, err := p.auth.SignIn(t.Context(), "dana@example.com", "another password", from); err != nil {
		t.Error(err)
	}
	if all := p.everything(); strings.Contains(all, "another password") || strings.Contains(all, password) {
		t.Error("a password is kept")
	}
}
