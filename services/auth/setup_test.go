package auth_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gorm.io/gorm"

	"daybook/models"
	"daybook/services/auth"
)

func (p *place) link() string {
	p.t.Helper()
	secret, err := p.auth.SetupSecret(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	return secret
}

// use spends a link, in a transaction of its own.
func (p *place) use(secret string) error {
	return p.db.Gorm.WithContext(p.t.Context()).Transaction(func(tx *gorm.DB) error { return p.auth.UseSetup(tx, secret) })
}

func TestEachStartMakesALinkOfItsOwn(t *testing.T) {
	p := newPlace(t)
	if err := p.auth.CheckSetup(t.Context(), ""); models.KindOf(err) != models.NotFound {
		t.Errorf("a link before any: %v", err)
	}
	first, second := p.link(), p.link()
	if first == second || len(first) < 30 || strings.Contains(p.everything(), second) {
		t.Error("the links are equal, short, or kept as they are")
	}
	for secret, good := range map[string]bool{first: false, second: true, "": false, second + "x": false, "\x00": false, "\xff": false} {
		err := p.auth.CheckSetup(t.Context(), secret)
		if good && err != nil || !good && models.KindOf(err) != models.NotFound {
			t.Errorf("%q: %v", secret, err)
		}
	}
	if models.KindOf(p.use(first)) != models.NotFound || p.use(second) != nil || models.KindOf(p.use(second)) != models.NotFound {
		t.Error("a link is good once, and the old one never")
	}
}

func TestALinkIsGoodForADay(t *testing.T) {
	p := newPlace(t)
	secret := p.link()
	p.wait(24*time.Hour - time.Second)
	if err := p.auth.CheckSetup(t.Context(), secret); err != nil {
		t.Error(err)
	}
	p.wait(time.Second)
	if models.KindOf(p.auth.CheckSetup(t.Context(), secret)) != models.NotFound || models.KindOf(p.use(secret)) != models.NotFound {
		t.Error("it is good after a day")
	}
}

// An admin may have been made on the command line meanwhile: the link is a way in that nobody thinks of any more.
func TestALinkEndsWithTheFirstAdmin(t *testing.T) {
	p := newPlace(t)
	secret := p.link()
	p.user("bob", nil)
	if err := p.auth.CheckSetup(t.Context(), secret); err != nil {
		t.Errorf("somebody who is no admin: %v", err)
	}
	p.user("amara", func(u *models.User) { u.InstanceAdmin = true })
	if models.KindOf(p.auth.CheckSetup(t.Context(), secret)) != models.NotFound || models.KindOf(p.use(secret)) != models.NotFound {
		t.Error("the link is still good")
	}
	if done, err := p.auth.SetUp(t.Context()); !done || err != nil {
		t.Errorf("%v, %v", done, err)
	}
	if secret := p.link(); secret != "" {
		t.Error("another link was made")
	}
}

func TestOfTwoAtOnceOneWins(t *testing.T) {
	p := newPlace(t)
	secret := p.link()
	var won atomic.Int32
	together(8, func(int) {
		if p.use(secret) == nil {
			won.Add(1)
		}
	})
	if won.Load() != 1 {
		t.Errorf("%d won", won.Load())
	}
}

// Everything that is secret is used, and then nothing of it may be found, neither in an act nor anywhere else.
func TestNoSecretIsKeptAnywhere(t *testing.T) {
	p := newPlace(t)
	w := p.workspace("acme")
	link := p.link()
	amara := p.user("amara", nil)
	secrets := []string{password, link, "a wrong guess", "unknown name"}
	secrets = append(secrets, p.token(func(n *auth.NewToken) { n.Workspace = &w.ID })[4:], p.token(func(n *auth.NewToken) { n.User = amara })[4:])
	p.mustTry("amara", password, "192.0.2.1", -1)
	p.mustTry("amara", "a wrong guess", "192.0.2.1", models.Unauthenticated)
	p.mustTry("unknown name", "a wrong guess", "192.0.2.1", models.Unauthenticated)
	_ = p.auth.CheckOwn(context.Background(), amara, "a wrong guess", auth.From{})
	for range 2 {
		b := newBrowser(p, true)
		b.signIn(amara)
		_, secret, _ := strings.Cut(b.cookie, ".")
		secrets = append(secrets, secret)
	}
	if err := p.use(link); err != nil {
		t.Fatal(err)
	}
	all := p.everything()
	if !strings.Contains(all, "sign_in_failed") || !strings.Contains(all, "Amara") {
		t.Fatal("the test does not see what is there")
	}
	for i, secret := range secrets {
		if strings.Contains(strings.ToLower(all), strings.ToLower(secret)) {
			t.Errorf("secret %d is in the database", i)
		}
	}
	for _, a := range p.acts() {
		if text := fmt.Sprintf("%+v", a.Event); strings.Contains(text, "$argon2id$") {
			t.Error(text)
		}
	}
}
