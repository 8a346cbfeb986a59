package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// people are events of two people, one of whom is named by the other.
var people = strings.Join([]string{
	`{"actor": {"id": "zq71xk9v", "name": "Zélie Quandt", "email": "zelie@quandt.example"}, "action": "created", "resource": {"type": "invoice", "id": "1", "name": "Invoice 1"}}`,
	`{"actor": {"id": "bob", "name": "Bob"}, "action": "noted", "description": "“Zélie Quandt” called\nagain \"today\"", "resource": {"type": "note", "id": "1"}}`,
	`{"actor": {"id": "lulu", "name": "Lulu"}, "action": "noted", "description": "Lulu called", "resource": {"type": "note", "id": "2"}}`,
	`{"actor": {"id": "bob", "name": "Bob"}, "action": "noted", "description": "for Lulu", "resource": {"type": "note", "id": "3"}}`,
}, "\n")

// anonymiseSomebody goes through all of it: what would be done, doing it, and doing it again after a restore.
func anonymiseSomebody(t *testing.T, m *machine, ledger string) {
	t.Helper()
	m.must("workspace", "create", "--slug", "acme", "--name", "Acme")
	m.must("import", "--workspace", "acme", file(t, "people.ndjson", people))
	zelie := []string{"user", "anonymise", "--workspace", "acme", "--actor", "zq71xk9v"}
	preview := m.must(append(zelie, "--preview")...)
	for _, part := range []string{"Zélie Quandt, known in Acme", "1  activity of their own stays", "1  activity of others in which they are replaced", `“[Zélie Quandt]” called\nagain "today"`} {
		if !strings.Contains(preview, part) {
			t.Errorf("the preview does not say %q:\n%s", part, preview)
		}
	}
	if strings.Contains(preview, " 0  ") {
		t.Errorf("the preview counts nothing:\n%s", preview)
	}
	m.run(zelie...).refused(t, 1, "Nothing was done", "--yes")
	if out := m.must(append(zelie, "--yes")...); !strings.Contains(out, "1 activity of their own, 1 of others") || !strings.Contains(out, "It is done.") {
		t.Error(out)
	}
	m.run(append(zelie, "--yes")...).refused(t, 1, "zq71xk9v", "was anonymised already")
	m.run("user", "report", "--workspace", "acme", "--actor", "zq71xk9v", filepath.Join(t.TempDir(), "none.zip")).refused(t, 1, "zq71xk9v", "was anonymised already")
	if out := m.must("user", "anonymise", "--workspace", "acme", "--actor", "lulu", "--yes"); !strings.Contains(out, "1 place waits for somebody to decide") {
		t.Error(out)
	}
	info, err := os.Stat(ledger)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", info, err)
	}
	if out := m.must("erasure", "replay"); !strings.Contains(out, "2 erasures; 0 begun again, 0 of people who are not there") {
		t.Error(out)
	}
	anew := filepath.Join(t.TempDir(), "anew.ndjson")
	if out := m.must("erasure", "ledger", anew); !strings.Contains(out, anew) {
		t.Error(out)
	}
	m.run("erasure", "ledger", anew).refused(t, 1, "there already")
	if out := m.must("erasure", "replay", "--ledger", anew, "--ledger", ledger); strings.Count(out, "2 erasures; 0 begun again") != 2 {
		t.Error(out)
	}
	m.run("erasure", "replay", "--ledger", anew+"x").refused(t, 1, "no ledger")
	d := m.open()
	if left := ask[int](t, d, `SELECT count(*) FROM activities a WHERE to_jsonb(a)::text ~* 'quandt|zq71xk9v'`); left != 0 {
		t.Errorf("%d activities name her", left)
	}
	if states := ask[string](t, d, `SELECT string_agg(state, ' ' ORDER BY state) FROM erasures`); states != "done open" {
		t.Error(states)
	}
}

func TestSomebodyIsAnonymisedByCommand(t *testing.T) {
	m := withURL(t)
	ledger := filepath.Join(t.TempDir(), "ledger.ndjson")
	anonymiseSomebody(t, m.set("DAYBOOK_ERASURE_LEDGER", ledger), ledger)
}

func TestSomebodyIsAnonymisedByCommandWhileServing(t *testing.T) {
	m := withURL(t)
	ledger := filepath.Join(t.TempDir(), "ledger.ndjson")
	m.set("DAYBOOK_ERASURE_LEDGER", ledger)
	p := m.serve()
	anonymiseSomebody(t, m, ledger)
	if code := p.stop(os.Interrupt); code != 0 {
		t.Errorf("serving ended with %d", code)
	}
}

func TestWhoIsAnonymisedHasToBeClear(t *testing.T) {
	m := withAcme(t)
	for _, test := range []struct {
		args  []string
		code  int
		words []string
	}{
		{[]string{"--user", "nobody@example.com", "--yes"}, 1, []string{"no user", "nobody@example.com"}},
		{[]string{"--workspace", "acme", "--actor", "nobody", "--yes"}, 1, []string{"nobody"}},
		{[]string{"--workspace", "elsewhere", "--actor", "a", "--yes"}, 1, []string{"no workspace"}},
		{[]string{"--workspace", "acme", "--actor", "daybook:cli", "--yes"}, 1, []string{"no person"}},
		{[]string{"--workspace", "acme", "--yes"}, 2, []string{"--actor"}},
		{[]string{"--actor", "a", "--yes"}, 1, []string{"--workspace", "together"}},
		{[]string{"--user", "a", "--workspace", "acme"}, 1, []string{"together"}},
		{[]string{"--user", "a", "--workspace", "acme", "--actor", "b"}, 2, []string{"--user"}},
		{[]string{"--yes"}, 2, []string{"--user"}},
	} {
		m.run(append([]string{"user", "anonymise"}, test.args...)...).refused(t, test.code, test.words...)
	}
}

// TestAUserIsAnonymisedByCommand: somebody who can sign in, by their address, with what they are held by said first.
func TestAUserIsAnonymisedByCommand(t *testing.T) {
	m := withAcme(t).set("DAYBOOK_ERASURE_LEDGER", filepath.Join(t.TempDir(), "ledger.ndjson"))
	for _, name := range []string{"olive", "zelie"} {
		m.mustFeed(password, "user", "create", "--email", name+"@quandt.example", "--name", name+" Quandt", "--username", name, "--password-stdin")
		m.must("member", "add", "--workspace", "acme", "--user", name, "--role", "owner", "--actor", name+"-1")
	}
	m.must("import", "--workspace", "acme", file(t, "held.ndjson", `{"actor": {"id": "zelie-1", "name": "zelie Quandt"}, "action": "created", "resource": {"type": "case", "id": "1"}}`))
	d := m.open()
	if _, err := d.Pool.Exec(t.Context(), `INSERT INTO holds (workspace_id, name, entity_type, placed_by) SELECT id, 'Smith v. Jones', 'case', '{}' FROM workspaces WHERE slug = 'acme'`); err != nil {
		t.Fatal(err)
	}
	zelie := []string{"user", "anonymise", "--user", "Zelie@quandt.example"}
	if out := m.must(append(zelie, "--preview")...); !strings.Contains(out, "zelie Quandt, known in") || !strings.Contains(out, "Holds: Smith v. Jones.") {
		t.Error(out)
	}
	refused := m.run(append(zelie, "--yes")...)
	refused.refused(t, 1, "Nothing was done: ", "Smith v. Jones", "With --keep-held the rest goes now.")
	if refused.out != "" {
		t.Errorf("what is not done is told of: %s", refused.out)
	}
	if n := ask[int](t, d, `SELECT count(*) FROM erasures`); n != 0 {
		t.Errorf("%d erasures were begun", n)
	}
	out := m.must(append(zelie, "--yes", "--keep-held")...)
	for _, part := range []string{"All that is certain is done.", "1 activity is held, until the hold is lifted.", "1  membership ended"} {
		if !strings.Contains(out, part) {
			t.Errorf("it does not say %q:\n%s", part, out)
		}
	}
	if n := ask[int](t, d, `SELECT count(*) FROM users WHERE email LIKE 'deleted-%@deleted.invalid' AND name = 'Deleted User' AND username IS NULL AND deactivated_at IS NOT NULL`); n != 1 {
		t.Errorf("%d records are empty", n)
	}
	m.run(append(zelie, "--yes")...).refused(t, 1, "no user")
	m.run("user", "anonymise", "--user", "olive", "--yes").refused(t, 1, "last owner")
}
