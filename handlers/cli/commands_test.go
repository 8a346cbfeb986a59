package cli_test

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"daybook/services/auth"
	"daybook/services/database"
)

const password = "correct horse battery"

var tokenText = regexp.MustCompile(`^dbk_[A-Za-z0-9_-]{43}\n$`)

// everyCommand does what an administrator does in the first hour, and checks after each command that nothing waits to be posted.
func everyCommand(t *testing.T, m *machine, posted func()) (token string) {
	t.Helper()
	says := func(want, in string, args ...string) {
		t.Helper()
		if out := m.mustFeed(in, args...); !strings.Contains(out, want) {
			t.Errorf("daybook %s says %q, without %q", strings.Join(args, " "), out, want)
		}
		posted()
	}
	says("up to date", "", "migrate")
	says("acme is there", "", "workspace", "create", "--slug", "acme", "--name", "Acme", "--time-zone", "Europe/Amsterdam")
	says("amara@example.com can sign in", password+"\n", "user", "create", "--email", "Amara@example.com", "--name", "Amara", "--username", "amara", "--admin", "--password-stdin")
	says("bob@example.com can sign in", password, "user", "create", "--email", "bob@example.com", "--name", "Bob", "--password-stdin")
	says("amara@example.com is owner of acme", "", "member", "add", "--workspace", "acme", "--user", "amara", "--role", "owner", "--actor", "u1")
	says("bob@example.com is member of acme", "", "member", "add", "--workspace", "acme", "--user", "bob@example.com", "--role", "member")
	says("bob@example.com has access to p1", "", "project", "grant", "--workspace", "acme", "--project", "p1", "--user", "bob@example.com")
	says("u9 has access to p1", "", "project", "grant", "--workspace", "acme", "--project", "p1", "--actor", "u9")
	says("u9 has no access any more to p1", "", "project", "revoke", "--workspace", "acme", "--project", "p1", "--actor", "u9")
	says("accepted 5, duplicates 0, rejected 0", "", "import", "--workspace", "acme", file(t, "a.ndjson", strings.Join(lines(0, 5), "\n")))
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = w.Write([]byte(strings.Join(lines(3, 7), "\r\n") + "\n\n"))
	_ = w.Close()
	says("accepted 5, duplicates 2, rejected 0", "", "import", "--workspace", "acme", file(t, "a.bin", packed.String()))
	says("accepted 1, duplicates 3, rejected 0", strings.Join(lines(7, 4), "\n"), "import", "--workspace", "acme", "-")
	says("accepted 0, duplicates 7, rejected 0", packed.String(), "import", "--workspace", "acme", "-")
	for _, args := range [][]string{{"--service", "importer", "--workspace", "acme"}, {"--user", "bob@example.com", "--expires", "90d"}} {
		m.set("DAYBOOK_LOG", "debug") // which goes to standard error
		a := m.run(append([]string{"token", "create", "--scope", "activity:write,activity:read"}, args...)...)
		m.set("DAYBOOK_LOG", "info")
		if a.code != 0 || !tokenText.MatchString(a.out) || strings.Contains(a.err, strings.TrimSpace(a.out)) {
			t.Errorf("exit %d: %q, %s", a.code, a.out, a.err)
		}
		if token == "" {
			token = strings.TrimSpace(a.out)
		}
		posted()
	}
	says("importer  activity:read activity:write", "", "token", "list", "--workspace", "acme")
	says("Token 2 is worth nothing any more", "", "token", "revoke", "--user", "bob@example.com", "--id", "2")
	says("bob@example.com is no member of acme any more", "", "member", "remove", "--workspace", "acme", "--user", "bob@example.com")
	says("The report is in", "", "user", "report", "--user", "bob@example.com", filepath.Join(t.TempDir(), "bob.zip"))
	says("The report is in", "", "user", "report", "--workspace", "acme", "--actor", "u9", filepath.Join(t.TempDir(), "u9.zip"))
	says("All counts are those of the activities.", "", "verify", "counts")
	says("Backed up to", "", "backup", filepath.Join(t.TempDir(), "all.dump"))
	return token
}

// check looks at what everyCommand left.
func check(t *testing.T, d *database.Database) {
	t.Helper()
	if n := waiting(t, d); n != 0 {
		t.Errorf("%d events wait", n)
	}
	for sql, want := range map[string]int{
		`SELECT count(*) FROM activities a JOIN sources s ON s.id = source_id WHERE kind = 'import'`:                                               11,
		`SELECT count(*) FROM activities WHERE actor_name = 'Command line' AND workspace_id <> (SELECT id FROM workspaces WHERE slug = 'daybook')`: 9,
		`SELECT count(*) FROM activities WHERE actor_name = 'Command line' AND workspace_id = (SELECT id FROM workspaces WHERE slug = 'daybook')`:  5,
		`SELECT count(*) FROM users WHERE instance_admin`:                                                                                          1,
		`SELECT count(*) FROM tokens WHERE expires_at > now() + '89 days'`:                                                                         1,
		`SELECT count(*) FROM project_members`:                                                                                                     0,
		`SELECT count(*) FROM actors WHERE external_id = 'u1' AND user_id > 0`:                                                                     1,
		`SELECT count(*) FROM rejected`:                                                                                                            0,
	} {
		if n := ask[int](t, d, sql); n != want {
			t.Errorf("%s: %d instead of %d", sql, n, want)
		}
	}
	hash := ask[string](t, d, `SELECT password_hash FROM users WHERE email = 'amara@example.com'`)
	if ok, err := auth.CheckPassword(t.Context(), password, hash); !ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
}

// send sends an event over HTTP and gives the status.
func send(t *testing.T, p *process, token, event string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.address+"/api/v1/workspaces/acme/activity", strings.NewReader(event))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	return answer.StatusCode
}

func TestEveryCommandWithADatabaseURL(t *testing.T) {
	m := withURL(t)
	d := m.open()
	everyCommand(t, m, func() {
		if n := waiting(t, d); n != 0 {
			t.Errorf("%d events wait", n)
		}
	})
	check(t, d)
}

func TestEveryCommandWhileServing(t *testing.T) {
	m := withURL(t)
	p := m.serve()
	d := m.open()
	token := everyCommand(t, m, func() {
		if n := waiting(t, d); n != 0 {
			t.Errorf("%d events wait", n)
		}
	})
	check(t, d)
	if status := send(t, p, token, `{"actor": {"id": "u1"}, "action": "created"}`); status != http.StatusCreated {
		t.Errorf("the token's event: %d", status)
	}
	if code := p.stop(syscall.SIGTERM); code != 0 {
		t.Errorf("exit %d", code)
	}
	if n := waiting(t, d); n != 0 {
		t.Errorf("%d accepted events were left", n)
	}
}

func TestEveryCommandOnADataFolder(t *testing.T) {
	t.Parallel() // most of it waits for the disk
	m := withFolder(t)
	everyCommand(t, m, func() {})
	check(t, m.open())
}

func TestEveryCommandOnADataFolderWhileServing(t *testing.T) {
	t.Parallel() // most of it waits for the disk
	m := withFolder(t)
	m.serve()
	everyCommand(t, m, func() {})
	check(t, m.open())
}

func TestCommandsThatAreRefused(t *testing.T) {
	m := withURL(t)
	m.must("workspace", "create", "--slug", "acme", "--name", "Acme")
	m.mustFeed(password, "user", "create", "--email", "amara@example.com", "--name", "Amara", "--password-stdin")
	m.must("member", "add", "--workspace", "acme", "--user", "amara@example.com", "--role", "owner")
	d := m.open()
	before := ask[int](t, d, `SELECT count(*) FROM activities`)
	token := []string{"token", "create", "--scope", "activity:read"}
	for _, c := range []struct {
		args  []string
		in    string
		words string
	}{
		{[]string{"workspace", "create", "--slug", "acme", "--name", "Again"}, "", "slug: there is a workspace acme already"},
		{[]string{"workspace", "create", "--slug", "A B", "--name", ""}, "", "slug: must be"},
		{[]string{"workspace", "create", "--slug", "x", "--name", "X", "--time-zone", "Mars"}, "", "time_zone: must be"},
		{[]string{"user", "create", "--email", "amara@example.com", "--name", "A", "--password-stdin"}, password, "email: somebody with the address"},
		{[]string{"user", "create", "--email", "b", "--name", "", "--password-stdin"}, "short", "password: must have at least 10 characters"},
		{[]string{"user", "create", "--email", "b@example.com", "--name", "B", "--password-stdin"}, "", "password: must have at least 10 characters"},
		{[]string{"user", "create", "--email", "b@example.com", "--name", "B", "--password-stdin"}, strings.Repeat("x", 5000), "password: must have at most"},
		{[]string{"member", "add", "--workspace", "nope", "--user", "amara@example.com", "--role", "member"}, "", `workspace: there is no workspace "nope"`},
		{[]string{"member", "add", "--workspace", "acme", "--user", "nope", "--role", "member"}, "", `user: there is no user "nope"`},
		{[]string{"member", "add", "--workspace", "acme", "--user", "amara@example.com", "--role", "member"}, "", "role: Amara is the last owner of Acme who can sign in"},
		{[]string{"member", "add", "--workspace", "daybook", "--user", "amara@example.com", "--role", "member"}, "", "workspace: daybook"},
		{[]string{"project", "revoke", "--workspace", "acme", "--project", "p", "--actor", "a"}, "", "project: there is no project"},
		{append(token, "--service", "x"), "", "workspace: is required"},
		{[]string{"token", "create", "--service", "x", "--workspace", "daybook", "--scope", "activity:write"}, "", "workspace: daybook holds what happens to the instance"},
		{append(token, "--service", "x", "--workspace", "acme", "--expires", "soon"), "", "expires: must be a time like 90d"},
		{append(token, "--service", "x", "--workspace", "acme", "--expires=-5d"), "", "expires: must be"},
		{[]string{"token", "create", "--service", "x", "--workspace", "acme", "--scope", "everything"}, "", `scope: "everything" is unknown`},
		{[]string{"token", "create", "--service", "x", "--workspace", "acme", "--scope", "admin"}, "", "scope: admin is for personal tokens"},
		{[]string{"import", "--workspace", "nope", "-"}, "", `workspace: there is no workspace "nope"`},
		{[]string{"import", "--workspace", "acme", "/nowhere"}, "", "file: /nowhere cannot be read: no such file"},
		{[]string{"import", "--workspace", "acme", "/"}, "", "file: / is no file"},
		{[]string{"backup", "/nowhere/x.dump"}, "", "/nowhere"},
		{[]string{"restore", "/nowhere"}, "", "There is no backup file /nowhere"},
	} {
		a := m.feed(c.in, c.args...)
		a.refused(t, 1, c.words)
		if a.out != "" || c.in == password && strings.Contains(a.err, password) {
			t.Errorf("%v says %q, %q", c.args, a.out, a.err)
		}
	}
	if after := ask[int](t, d, `SELECT count(*) FROM activities`); after != before || waiting(t, d) != 0 {
		t.Errorf("%d acts were recorded", after-before)
	}
}

func TestCommandLinesThatAreNotUnderstood(t *testing.T) {
	m := newMachine(t, map[string]string{"DAYBOOK_DATA": filepath.Join(t.TempDir(), "never made")})
	for _, args := range [][]string{
		{}, {"nope"}, {"serve", "--nope"}, {"serve", "extra"}, {"token", "create"}, {"token", "create", "--service", "x", "--user", "y", "--scope", "admin"},
		{"member", "add", "--workspace", "acme", "--user", "x", "--role", "king"}, {"user", "create", "--email", "a@example.com", "--name", "A"}, {"backup"}, {"restore"}, {"import", "x"},
		{"project", "grant", "--workspace", "acme", "--project", "p"},
	} {
		a := m.run(args...)
		if a.code != 2 || a.out != "" || !strings.Contains(a.err, "Usage: daybook") || !strings.Contains(a.err, "\ndaybook: ") {
			t.Errorf("%v: exit %d, %q, %q", args, a.code, a.out, a.err)
		}
	}
	if _, err := os.Stat(m.env["DAYBOOK_DATA"]); !os.IsNotExist(err) {
		t.Error("the data folder was made")
	}
}

func TestHelpIsReadableAndTellsNoSecret(t *testing.T) {
	m := newMachine(t, map[string]string{"DAYBOOK_SECRET": secret, "DATABASE_URL": "postgres://me:open-sesame@example.com/x"})
	for _, args := range [][]string{{"--help"}, {"serve", "--help"}, {"import", "--help"}, {"token", "create", "--help"}} {
		out := m.must(args...)
		for _, line := range strings.Split(out, "\n") {
			if len([]rune(line)) > 100 {
				t.Errorf("%v: a line of %d characters: %s", args, len([]rune(line)), line)
			}
		}
		if strings.Contains(out, secret) || strings.Contains(out, "sesame") || !strings.Contains(out, "$DAYBOOK_SECRET") {
			t.Errorf("%v:\n%s", args, out)
		}
	}
	if out := m.must("--help"); !strings.Contains(out, "serve ") || !strings.Contains(out, "token create ") || !strings.Contains(out, "activity feed") {
		t.Error(out)
	}
}
