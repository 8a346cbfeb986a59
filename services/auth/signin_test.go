package auth_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"daybook/models"
	"daybook/services/auth"
)

func TestSigningInByEitherNameWhateverCaseAndBlanks(t *testing.T) {
	p := newPlace(t)
	amara := p.user("amara", nil)
	p.user("bob", func(u *models.User) { u.Username = nil })
	for _, login := range []string{"amara@example.com", "amara", "Amara@Example.COM", " AMARA\t"} {
		u, err := p.auth.SignIn(t.Context(), login, password, auth.From{IP: "192.0.2.1", UserAgent: "a browser"})
		if err != nil || u.ID != amara.ID {
			t.Errorf("%q: %v", login, err)
		}
	}
	p.mustTry("bob@example.com", password, "192.0.2.1", -1)
	for _, login := range []string{"bob", "", "@", "example.com", "amara@example", "a\x00", "\xff", strings.Repeat("x", 1<<16)} {
		p.mustTry(login, password, "192.0.2.99", models.Unauthenticated)
	}
	for _, a := range p.acts()[:4] {
		if a.Action != "signed_in" || a.Actor.ID != fmt.Sprintf("daybook:user:%d", amara.ID) || *a.IP != "192.0.2.1" || *a.UserAgent != "a browser" ||
			a.Workspace != models.BuiltInWorkspace || !a.System || a.Outcome != models.Success {
			t.Errorf("%+v", a)
		}
	}
}

func TestNobodyLearnsWhoIsHere(t *testing.T) {
	p := newPlace(t)
	p.user("amara", nil)
	p.user("gone", deactivated)
	p.user("nopassword", func(u *models.User) { u.PasswordHash = "" })
	var words []string
	for _, login := range []string{"amara", "gone", "nopassword", "stranger"} {
		wrong := "wrong password"
		if login != "amara" {
			wrong = password // right for gone
		}
		_, err := p.auth.SignIn(t.Context(), login, wrong, auth.From{IP: "192.0.2.1"})
		words = append(words, fmt.Sprint(models.KindOf(err), " ", err))
	}
	for _, w := range words {
		if w != words[0] {
			t.Errorf("%q", words)
		}
	}
	if got := p.actions(); got != "map[sign_in_failed:4]" {
		t.Error(got)
	}
	acts := p.acts()
	if a := acts[0]; a.Actor.Name != "Amara" || *a.Entity.Name != "Amara" || a.Outcome != models.Failure {
		t.Errorf("%+v", a)
	}
	if a := acts[3]; a.Actor.ID != models.Itself.ID || a.Entity != nil || strings.Contains(a.Description, "stranger") {
		t.Errorf("%+v", a)
	}
}

func TestDelaysGrowPerAccountAndAreForgotten(t *testing.T) {
	p := newPlace(t)
	p.user("amara", nil)
	address := 0
	fail := func(login string, want models.Kind) { // always from another address
		t.Helper()
		address++
		p.mustTry(login, "wrong", fmt.Sprintf("192.0.2.%d", address), want)
	}
	for range 6 {
		fail("amara", models.Unauthenticated)
	}
	fail("amara@example.com", models.TooMany) // the account has one patience, not one for each of its names
	p.mustTry("amara", password, "198.51.100.1", models.TooMany)
	delay := time.Second
	for range 4 {
		p.wait(delay - time.Millisecond)
		fail("amara", models.TooMany)
		p.wait(time.Millisecond)
		fail("amara", models.Unauthenticated)
		delay *= 2
	}
	fail("somebody else", models.Unauthenticated)
	p.wait(delay)
	p.mustTry("amara", password, "198.51.100.1", -1)
	for range 6 { // all is forgiven
		fail("amara", models.Unauthenticated)
	}
	fail("amara", models.TooMany)
	p.wait(24*time.Hour + time.Second)
	for range 6 { // and after a day, forgotten
		fail("amara", models.Unauthenticated)
	}
	fail("amara", models.TooMany)
}

func TestDelaysEndAtAQuarterOfAnHour(t *testing.T) {
	p := newPlace(t)
	for range 5 {
		p.mustTry("amara", "wrong", "", models.Unauthenticated)
	}
	// Years of attempts; 2^n seconds would be a number that no database knows.
	if _, err := p.db.Pool.Exec(t.Context(), `UPDATE sign_in_attempts SET failures = 2000000`); err != nil {
		t.Fatal(err)
	}
	p.mustTry("amara", "wrong", "", models.Unauthenticated)
	_, err := p.auth.SignIn(t.Context(), "amara", "wrong", auth.From{})
	if models.KindOf(err) != models.TooMany || !strings.Contains(err.Error(), "in 15 minutes") {
		t.Errorf("%v", err)
	}
	var e *models.Error
	if !asError(err, &e) || e.RetryAfter != 15*time.Minute {
		t.Errorf("%+v", e)
	}
	p.wait(15 * time.Minute)
	p.mustTry("amara", "wrong", "", models.Unauthenticated)
}

func TestDelaysPerAddress(t *testing.T) {
	p := newPlace(t)
	p.user("amara", nil)
	const office = "192.0.2.1"
	for i := range 10 {
		p.mustTry(fmt.Sprintf("guess%d", i), "wrong", office, models.Unauthenticated)
		p.mustTry("amara", password, office, -1) // does not wipe out what others did
	}
	for i := range 11 {
		p.mustTry(fmt.Sprintf("more%d", i), "wrong", office, models.Unauthenticated)
	}
	p.mustTry("amara", password, office, models.TooMany)
	p.mustTry("amara", password, "192.0.2.2", -1)
	p.wait(time.Second)
	p.mustTry("amara", password, office, -1)
	p.mustTry("amara", password, office, -1) // its own right password costs nobody anything
	p.mustTry("other", "wrong", office, models.Unauthenticated)
	p.mustTry("amara", password, office, models.TooMany)
}

// As many guesses as one likes, sent at the same moment, must not count as one.
func TestManyWrongSignInsAtOnce(t *testing.T) {
	p := newPlace(t)
	p.user("amara", nil)
	other := p.service() // another process
	var mu sync.Mutex
	got := map[models.Kind]int{}
	together(20, func(i int) {
		service := []*auth.Service{p.auth, other}[i%2]
		_, err := service.SignIn(context.Background(), "amara", fmt.Sprint("guess ", i), auth.From{IP: fmt.Sprintf("192.0.2.%d", i)})
		mu.Lock()
		defer mu.Unlock()
		got[models.KindOf(err)]++
	})
	if got[models.Unauthenticated] != 6 || got[models.TooMany] != 14 {
		t.Errorf("%v", got)
	}
	if a := p.actions(); a != "map[sign_in_failed:6]" {
		t.Error(a)
	}
}

func TestManyRightSignInsAtOnce(t *testing.T) {
	p := newPlace(t)
	p.user("amara", nil)
	together(5, func(int) { p.mustTry("amara", password, "192.0.2.1", -1) })
	if n := ask[int](p, `SELECT coalesce(sum(failures), 0) FROM sign_in_attempts`); n != 0 {
		t.Errorf("%d failures are left", n)
	}
}

// Hanging up before the answer must not make a guess free, and whoever is meant, a password is compared with something: all of them wait for
// their turn at it.
func TestAGuessCountsWhoeverWaitsForTheAnswer(t *testing.T) {
	p := newPlace(t)
	p.user("amara", nil)
	p.user("gone", deactivated)
	giveBack := auth.TakeTurns()
	counted := 0
	for _, login := range []string{"amara", "gone", "stranger"} {
		for i := range 6 {
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error)
			go func() {
				_, err := p.auth.SignIn(ctx, login, password, auth.From{IP: fmt.Sprintf("192.0.2.%d", i)})
				done <- err
			}()
			for failures := -1; failures < counted+2; { // one of the account and one of the address more
				failures = ask[int](p, `SELECT coalesce(sum(failures), 0) FROM sign_in_attempts`)
			}
			counted += 2
			cancel()
			if err := <-done; !errors.Is(err, context.Canceled) {
				t.Errorf("%s: %v", login, err)
			}
		}
	}
	giveBack()
	for _, login := range []string{"amara", "gone", "stranger"} {
		p.mustTry(login, password, "192.0.2.99", models.TooMany)
	}
}

func TestOnesOwnPasswordAgain(t *testing.T) {
	p := newPlace(t)
	amara := p.user("amara", nil)
	from := auth.From{IP: "192.0.2.1"}
	for range 4 {
		err := p.auth.CheckOwn(t.Context(), amara, "wrong", from)
		var e *models.Error
		if !asError(err, &e) || e.Kind != models.Invalid || len(e.Fields) != 1 || e.Fields[0].Field != "current_password" {
			t.Fatalf("%v", err)
		}
	}
	if err := p.auth.CheckOwn(t.Context(), amara, password, from); err != nil {
		t.Fatal(err)
	}
	for range 6 {
		_ = p.auth.CheckOwn(t.Context(), amara, "wrong", from)
	}
	if err := p.auth.CheckOwn(t.Context(), amara, password, from); models.KindOf(err) != models.TooMany {
		t.Errorf("%v", err)
	}
	p.mustTry("amara", password, "192.0.2.2", models.TooMany)
}

func TestSigningInWithoutAPasswordAndOut(t *testing.T) {
	p := newPlace(t)
	amara := p.user("amara", nil)
	from := auth.From{IP: "fe80::1%eth0", UserAgent: "a\x00b\xff" + strings.Repeat("x", 5000)}
	if err := p.auth.SignedIn(t.Context(), amara, from); err != nil {
		t.Fatal(err)
	}
	if err := p.auth.SignedOut(t.Context(), amara, from); err != nil {
		t.Fatal(err)
	}
	acts := p.acts()
	if len(acts) != 2 || acts[0].Action != "signed_in" || acts[1].Action != "signed_out" || *acts[1].IP != "fe80::1" || len(*acts[1].UserAgent) > models.MaxUserAgentBytes {
		t.Errorf("%+v", acts)
	}
}

func TestSweepingKeepsWhatIsNeeded(t *testing.T) {
	p := newPlace(t)
	p.mustTry("old", "wrong", "192.0.2.1", models.Unauthenticated)
	b := newBrowser(p, false)
	b.signIn(p.user("amara", nil))
	p.wait(25 * time.Hour)
	p.mustTry("new", "wrong", "192.0.2.2", models.Unauthenticated)
	if err := p.auth.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := ask[int](p, `SELECT count(*) FROM sign_in_attempts`); n != 2 {
		t.Errorf("%d attempts are left", n)
	}
	if b.user() == 0 {
		t.Error("the session is gone")
	}
	p.wait(31 * 24 * time.Hour)
	if err := p.auth.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := ask[int](p, `SELECT (SELECT count(*) FROM sign_in_attempts) + (SELECT count(*) FROM sessions)`); n != 0 {
		t.Errorf("%d rows are left", n)
	}
}

// A program that starts in several places at once signs in in all of them.
func TestManySignInAtOnce(t *testing.T) {
	p := newPlace(t)
	p.user("amara", nil)
	var all sync.WaitGroup
	for range 60 {
		all.Go(func() {
			if _, err := p.auth.SignIn(t.Context(), "amara", password, auth.From{IP: "192.0.2.1"}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.auth.SignIn(ended, "amara", password, auth.From{IP: "192.0.2.1"}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
