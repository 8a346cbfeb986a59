package cli_test

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestWhoCameBackIsLeftAlone: of somebody with the address of somebody who was anonymised, it is said what follows, and a ledger does not anonymise them
// unasked.
func TestWhoCameBackIsLeftAlone(t *testing.T) {
	m := withAcme(t)
	m.set("DAYBOOK_ERASURE_LEDGER", filepath.Join(t.TempDir(), "ledger.ndjson"))
	create := []string{"user", "create", "--email", "rita@example.com", "--name", "Rita Person", "--password-stdin"}
	add := []string{"member", "add", "--workspace", "acme", "--user", "rita@example.com", "--role", "member"}
	for _, args := range [][]string{create, add} {
		if a := m.feed("a long password\n", args...); a.code != 0 || strings.Contains(a.err, "was anonymised") {
			t.Fatalf("%+v", a)
		}
	}
	m.must("user", "anonymise", "--user", "rita@example.com", "--yes")
	for _, args := range [][]string{create, add} {
		if a := m.feed("a long password\n", args...); a.code != 0 || !strings.Contains(a.err, "rita@example.com was anonymised. What applications send with this address stays anonymous.") {
			t.Errorf("%+v", a)
		}
	}
	if out := m.must("erasure", "replay"); !strings.Contains(out, "0 begun again") || !strings.Contains(out, "left alone: Rita Person (user:2;") || !strings.Contains(out, "they came back, or are somebody else") {
		t.Error(out)
	}
	for _, wrong := range []string{"2", "user:", "user:x", "project:2", "user:-2"} {
		m.run("erasure", "replay", "--also", wrong).refused(t, 1, "user: or actor: and a number")
	}
	if out := m.must("erasure", "replay", "--also", "user:1"); !strings.Contains(out, "0 begun again") {
		t.Error(out)
	}
	if out := m.must("erasure", "replay", "--also", "user:2"); !strings.Contains(out, "1 begun again") || strings.Contains(out, "left alone") {
		t.Error(out)
	}
	if names := ask[string](t, m.open(), `SELECT string_agg(name, ', ' ORDER BY id) FROM users`); names != "Deleted User, Deleted User" {
		t.Error(names)
	}
}
