package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"daybook/models"
)

func TestAFolderHasOneSecretWhoeverAsksFirst(t *testing.T) {
	folder := t.TempDir()
	secrets := make([]string, 16)
	var all sync.WaitGroup
	for i := range secrets {
		all.Go(func() {
			secret, err := readSecret(folder)
			if err != nil {
				t.Error(err)
			}
			secrets[i] = string(secret)
		})
	}
	all.Wait()
	for _, s := range secrets {
		if s != secrets[0] || len(s) < 40 {
			t.Errorf("%q", secrets)
		}
	}
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) != 1 {
		t.Fatalf("%v, %v", entries, err)
	}
	if info, err := entries[0].Info(); err != nil || info.Mode() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	for _, bad := range []string{"", "short", strings.Repeat(" ", 50)} {
		if err := os.WriteFile(filepath.Join(folder, secretFile), []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := readSecret(folder); err == nil || !strings.Contains(err.Error(), "fewer than 32") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if _, err := readSecret(filepath.Join(folder, "nowhere")); err == nil {
		t.Error("a secret was made nowhere")
	}
}

func TestLives(t *testing.T) {
	for text, want := range map[string]time.Duration{"": 0, "90d": 90 * 24 * time.Hour, "1d": 24 * time.Hour, "12h": 12 * time.Hour, "1h30m": 90 * time.Minute, "36500d": 36500 * 24 * time.Hour} {
		if got, err := parseLife(text); got != want || err != nil {
			t.Errorf("%q: %s, %v", text, got, err)
		}
	}
	for _, text := range []string{"d", "0d", "-1d", "36501d", "1.5d", "0h", "-1h", "90", "soon", "1 d", "9999999h"} {
		if got, err := parseLife(text); models.KindOf(err) != models.Invalid {
			t.Errorf("%q: %s, %v", text, got, err)
		}
	}
}

func TestWhatAnErrorSaysOnATerminal(t *testing.T) {
	fields := models.JoinFields(models.FieldErrorf(models.Invalid, "email", "must be one"), models.FieldErrorf(models.Invalid, "name", "must not be empty"))
	for want, err := range map[string]error{
		"Interrupted.":                  errors.Join(errors.New("x"), context.Canceled),
		"email: must be one":            models.FieldErrorf(models.Invalid, "email", "must be one"),
		"Not now.":                      models.Errorf(models.Unavailable, "Not now.").Because(errors.New("dial tcp")),
		"no luck":                       errors.New("no luck"),
		"Something went wrong.: a bolt": models.Errorf(models.Internal, "Something went wrong.").Because(errors.New("a bolt")),
		"This cannot be done:\n  email: must be one\n  name: must not be empty": fields,
	} {
		if got := Explain(err); got != want {
			t.Errorf("%q instead of %q", got, want)
		}
	}
}

func TestAReaderThatIsInterrupted(t *testing.T) {
	text := strings.Repeat("0123456789", 1000)
	got, err := io.ReadAll(interruptible(t.Context(), strings.NewReader(text)))
	if err != nil || string(got) != text {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe() // nobody writes
	defer w.Close()
	reading := interruptible(ctx, r)
	time.AfterFunc(time.Millisecond, cancel)
	for range 2 {
		if n, err := reading.Read(make([]byte, 10)); n != 0 || !errors.Is(err, context.Canceled) {
			t.Errorf("%d, %v", n, err)
		}
	}
}
