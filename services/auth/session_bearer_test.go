package auth_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"daybook/models"
	"daybook/services/auth"
)

// program is somebody's program that signed in over JSON.
type program struct {
	p     *place
	token string
}

func (p *place) program(u *models.User) program {
	p.t.Helper()
	token, ends, err := p.auth.BeginBearer(p.t.Context(), u, home)
	if err != nil {
		p.t.Fatal(err)
	}
	if want := p.clock().Add(24 * time.Hour); !ends.Equal(want) {
		p.t.Errorf("it ends at %s, not at %s", ends, want)
	}
	return program{p, token}
}

// is gives whose session it is; 0 is nobody's.
func (g program) is() int64 {
	g.p.t.Helper()
	u, session, err := g.p.auth.BearerOwner(g.p.t.Context(), g.token)
	switch {
	case err == nil && session != "":
		return u.ID
	case models.KindOf(err) != models.Unauthenticated:
		g.p.t.Fatal(err)
	}
	return 0
}

func TestASessionByBearerToken(t *testing.T) {
	p := newPlace(t)
	amara := p.user("amara", nil)
	g := p.program(amara)
	if g.is() != amara.ID || !auth.IsBearerSession(g.token) {
		t.Fatal(g.token, "is nobody's")
	}
	var stored int64
	_, secret, _ := strings.Cut(g.token, ".")
	if err := p.db.Gorm.Raw(`SELECT count(*) FROM sessions s WHERE position(? IN s::text) > 0`, secret).Scan(&stored).Error; err != nil || stored != 0 {
		t.Error("the secret is stored", err)
	}
	for _, forged := range []string{"", "dbs_", "dbs_.", strings.TrimPrefix(g.token, "dbs_"), g.token + "x", g.token[:len(g.token)-1], strings.Split(g.token, ".")[0], "dbs_\x00." + secret, "dbs_\xff." + secret, "dbk_" + g.token[4:]} {
		if (program{p, forged}).is() != 0 {
			t.Errorf("%q opens", forged)
		}
	}
	p.wait(23 * time.Hour)
	if g.is() != amara.ID {
		t.Error("it ended early")
	}
	p.wait(time.Hour + time.Second)
	if g.is() != 0 {
		t.Error("it is prolonged by being used")
	}
}

// A bearer token is no cookie, and a cookie no bearer token: what one is good for, the other must not be.
func TestBearerTokensAndCookiesAreTwoThings(t *testing.T) {
	p := newPlace(t)
	amara := p.user("amara", nil)
	g, b := p.program(amara), newBrowser(p, false)
	b.signIn(amara)
	if (program{p, "dbs_" + b.cookie}).is() != 0 {
		t.Error("a cookie opens as a bearer token")
	}
	b.cookie = strings.TrimPrefix(g.token, "dbs_")
	if b.user() != 0 {
		t.Error("a bearer token opens as a cookie")
	}
	if g.is() != amara.ID {
		t.Error("and is spoilt by it")
	}
}

func TestSessionsByBearerTokenEndWithTheOthers(t *testing.T) {
	p := newPlace(t)
	amara, bob := p.user("amara", nil), p.user("bob", nil)
	b := newBrowser(p, false)
	b.signIn(amara)
	theirs := p.program(bob)
	ends := func(what string, do func(g program) error) {
		t.Helper()
		g := p.program(amara)
		if err := do(g); err != nil {
			t.Fatal(what, err)
		}
		if g.is() != 0 {
			t.Error(what, "does not end it")
		}
		if theirs.is() != bob.ID {
			t.Fatal(what, "ends somebody else's")
		}
	}
	ctx := t.Context()
	ends("ending it", func(program) error {
		list := b.listed(amara)
		if len(list) != 2 || list[0].Program == list[1].Program {
			t.Fatalf("%+v", list)
		}
		for _, s := range list {
			if s.Program {
				return p.auth.EndSession(ctx, amara, s.ID, home)
			}
		}
		return nil
	})
	ends("ending all others", func(program) error { _, err := p.auth.EndAllSessions(ctx, amara, b.cookie, home); return err })
	ends("becoming an instance admin", func(program) error {
		return p.db.Gorm.Transaction(func(tx *gorm.DB) error { return auth.EndPrograms(tx, amara.ID) })
	})
	ends("a change of password", func(program) error {
		return p.db.Gorm.Transaction(func(tx *gorm.DB) error { _, _, err := p.auth.EndAccess(tx, amara.ID); return err })
	})
	ends("deactivating", func(program) error {
		return p.db.Gorm.Model(amara).Update("deactivated_at", p.clock()).Error
	})
	p.wait(25 * time.Hour)
	if err := p.auth.Sweep(ctx); err != nil {
		t.Fatal(err)
	}
	var left int64
	if err := p.db.Gorm.Model(&models.Session{}).Where("bearer").Count(&left).Error; err != nil || left != 0 {
		t.Errorf("%d are left over, %v", left, err)
	}
}

// Whoever administers some workspace can give anybody a role in it; that ends nothing of theirs elsewhere.
func TestARoleSomewhereLeavesPrograms(t *testing.T) {
	p := newPlace(t)
	amara := p.user("amara", nil)
	g := p.program(amara)
	if err := p.db.Gorm.Transaction(func(tx *gorm.DB) error { return auth.RotateSessionsOf(tx, amara.ID) }); err != nil {
		t.Fatal(err)
	}
	if g.is() != amara.ID {
		t.Error("it ended")
	}
}

// A password that changes while somebody signs in with the old one does not leave them a session.
func TestAPasswordThatChangesMeanwhile(t *testing.T) {
	p := newPlace(t)
	amara := p.user("amara", nil)
	if err := p.db.Gorm.Exec(`UPDATE users SET password_hash = 'another' WHERE id = ?`, amara.ID).Error; err != nil {
		t.Fatal(err)
	}
	if _, _, err := p.auth.BeginBearer(t.Context(), amara, home); models.KindOf(err) != models.Unauthenticated {
		t.Error(err)
	}
}

// Somebody whose program signs in for each call keeps a list that they can read.
func TestAProgramThatSignsInAllTheTime(t *testing.T) {
	p := newPlace(t)
	amara, bob := p.user("amara", nil), p.user("bob", nil)
	theirs, b := p.program(bob), newBrowser(p, false)
	b.signIn(amara)
	var all []program
	for range 103 {
		p.wait(time.Second)
		all = append(all, p.program(amara))
	}
	for i, g := range all {
		if want := map[bool]int64{true: amara.ID}[i >= 3]; g.is() != want {
			t.Errorf("the session %d of %d is %d's", i, len(all), g.is())
		}
	}
	if theirs.is() != bob.ID || b.user() != amara.ID {
		t.Error("others were ended")
	}
}

// Without the column, what a program signed in with would be a browser's cookie.
func TestGoingBackEndsThem(t *testing.T) {
	p := newPlace(t)
	amara := p.user("amara", nil)
	b := newBrowser(p, false)
	b.signIn(amara)
	p.program(amara)
	text, err := os.ReadFile("../../migrations/00014_dialects.sql")
	if err != nil {
		t.Fatal(err)
	}
	_, down, _ := strings.Cut(string(text), "-- +goose Down")
	if _, err := p.db.Pool.Exec(t.Context(), down); err != nil {
		t.Fatal(err)
	}
	if n := ask[int](p, `SELECT count(*) FROM sessions`); n != 1 {
		t.Errorf("%d sessions are left", n)
	}
}
