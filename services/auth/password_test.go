package auth

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"
)

func TestAPasswordIsKnownByItsHash(t *testing.T) {
	hash, err := HashPassword(t.Context(), "pässword 密码")
	if err != nil || !strings.HasPrefix(hash, "$argon2id$") {
		t.Fatalf("%q, %v", hash, err)
	}
	again, _ := HashPassword(t.Context(), "pässword 密码")
	if again == hash {
		t.Error("two hashes of a password are equal")
	}
	for password, want := range map[string]bool{"pässword 密码": true, "passwort": false, "": false, "pässword 密码 ": false, strings.Repeat("x", 1<<20): false} {
		if ok, err := CheckPassword(t.Context(), password, hash); ok != want || err != nil {
			t.Errorf("%.20q: %v, %v", password, ok, err)
		}
	}
}

func TestABadHashIsAnErrorAndAnEmptyOneNobodys(t *testing.T) {
	for _, hash := range []string{"x", "$argon2id$", "$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy", "$argon2id$v=19$m=65536,t=1,p=2$AAAA"} {
		if ok, err := CheckPassword(t.Context(), "x", hash); ok || err == nil {
			t.Errorf("%s: %v, %v", hash, ok, err)
		}
	}
	for _, password := range []string{"", "x"} {
		if ok, err := CheckPassword(t.Context(), password, ""); ok || err != nil {
			t.Errorf("%q: %v, %v", password, ok, err)
		}
	}
}

// OWASP's floor for argon2id with one pass is 46 MiB.
func TestAHashCostsEnough(t *testing.T) {
	if costs.Memory < 46<<10 || costs.Iterations < 1 || costs.SaltLength < 16 || costs.KeyLength < 32 {
		t.Errorf("%+v", costs)
	}
}

// An unknown account must cost what a known one costs, from the first time on.
func TestTheDecoyCostsWhatAHashCosts(t *testing.T) {
	params, salt, key, err := argon2id.DecodeHash(decoy())
	if err != nil {
		t.Fatal(err)
	}
	if *params != *hashParams || len(salt) != int(hashParams.SaltLength) || len(key) != int(hashParams.KeyLength) {
		t.Errorf("%+v instead of %+v", params, hashParams)
	}
}

func TestNoMoreThanTwoHashesAtOnce(t *testing.T) {
	if cap(hashing) != 2 {
		t.Fatalf("%d", cap(hashing))
	}
	hashing <- struct{}{}
	hashing <- struct{}{}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := HashPassword(ctx, "x"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a third hash was made: %v", err)
	}
	for _, hash := range []string{"", decoy()} {
		if _, err := CheckPassword(ctx, "x", hash); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a third hash was compared: %v", err)
		}
	}
	<-hashing
	if _, err := HashPassword(t.Context(), "x"); err != nil {
		t.Error(err)
	}
	<-hashing
	if len(hashing) != 0 {
		t.Errorf("%d turns were not given back", len(hashing))
	}
}

func TestDelays(t *testing.T) {
	for failures, want := range map[int]time.Duration{
		0: 0, 1: 0, 5: 0, 6: time.Second, 7: 2 * time.Second, 10: 16 * time.Second, 15: 512 * time.Second, 16: maxDelay, 26: maxDelay, 70: maxDelay, 1 << 30: maxDelay,
	} {
		if got := delayAfter(failures, freeFailures); got != want {
			t.Errorf("after %d failures %s instead of %s", failures, got, want)
		}
	}
	for wait, want := range map[time.Duration]string{
		time.Second: "a second", 2 * time.Second: "2 seconds", 119 * time.Second: "119 seconds", 2 * time.Minute: "2 minutes", 121 * time.Second: "3 minutes", maxDelay: "15 minutes",
	} {
		if got := sayWait(wait); got != want {
			t.Errorf("%s: %q instead of %q", wait, got, want)
		}
	}
}

func TestWhereARequestCameFrom(t *testing.T) {
	for text, want := range map[string]string{
		"192.0.2.1": "192.0.2.1", "192.0.2.1:8080": "192.0.2.1", "::ffff:192.0.2.1": "192.0.2.1", "[2001:db8::1]:80": "2001:db8::1",
		"fe80::1%eth0": "fe80::1", "": "", "unknown": "", "192.0.2.1, 10.0.0.1": "",
	} {
		got := address(text)
		if got == nil && want != "" || got != nil && *got != want {
			t.Errorf("%q became %v", text, got)
		}
	}
	for text, want := range map[string]string{
		"a browser": "a browser", "a\x00b\xff": "ab\ufffd", strings.Repeat("é", 600): strings.Repeat("é", 512), "x" + strings.Repeat("é", 600): "x" + strings.Repeat("é", 511),
	} {
		if got := agent(text); got != want {
			t.Errorf("%.20q became %.20q of %d bytes", text, got, len(got))
		}
	}
}
