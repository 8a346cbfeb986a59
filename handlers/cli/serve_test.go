package cli_test

import (
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"

	"daybook/services/database/dbtest"
)

func TestServingOnAFreePortTellsTheRealAddress(t *testing.T) {
	m := withURL(t)
	p := m.serve()
	if strings.HasSuffix(p.address, ":0") || !strings.HasPrefix(p.address, "http://127.0.0.1:") {
		t.Fatal(p.address)
	}
	out, _ := p.said()
	link := regexp.MustCompile(`(?m)^  (http://\S+/setup/\S+)$`).FindStringSubmatch(out)
	if link == nil || !strings.HasPrefix(link[1], p.address+"/setup/") {
		t.Fatalf("no setup link at %s in %s", p.address, out)
	}
	r, err := http.Get(link[1])
	if err != nil {
		t.Fatal(err)
	}
	_ = r.Body.Close()
	if r.StatusCode != http.StatusOK {
		t.Errorf("the setup link: %d", r.StatusCode)
	}
	m.mustFeed(password, "user", "create", "--email", "root@example.com", "--name", "Root", "--admin", "--password-stdin")
	if code := p.stop(os.Interrupt); code != 0 {
		t.Errorf("exit %d", code)
	}
	again := m.set("DAYBOOK_BASE_URL", "https://daybook.example.com").start(nil, "serve")
	again.until(func(out, _ string) bool { return strings.Contains(out, "Daybook is at https://daybook.example.com\n") })
	if out, _ := again.said(); strings.Contains(out, "/setup/") {
		t.Errorf("there is an admin: %s", out)
	}
}

func TestAPortInUse(t *testing.T) {
	m := withURL(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	m.set("DAYBOOK_LISTEN", taken.Addr().String()).run("serve").refused(t, 1, "cannot serve on "+taken.Addr().String(), "address already in use", "DAYBOOK_LISTEN")
	m.set("DAYBOOK_LISTEN", "192.0.2.1:0").run("serve").refused(t, 1, "cannot serve on 192.0.2.1:0", "cannot assign requested address")
}

func TestOneFolderIsServedOnce(t *testing.T) {
	t.Parallel() // most of it waits for the disk
	m := withFolder(t)
	m.serve()
	m.run("serve").refused(t, 1, "is being served from the data folder "+m.env["DAYBOOK_DATA"])
	m.run("restore", file(t, "x.dump", "x")).refused(t, 1, "is being served")
	m.must("migrate")
}

func TestTheSecretOfAFolderIsMadeOnce(t *testing.T) {
	t.Parallel() // most of it waits for the disk
	m := withFolder(t)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() { m.must("migrate") })
	}
	all.Wait()
	name := filepath.Join(m.env["DAYBOOK_DATA"], "secret")
	info, err := os.Stat(name)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", info, err)
	}
	before, err := os.ReadFile(name)
	if err != nil || len(before) < 40 {
		t.Fatalf("%d bytes, %v", len(before), err)
	}
	if left, _ := filepath.Glob(name + "-*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	m.must("migrate")
	if after, _ := os.ReadFile(name); string(after) != string(before) {
		t.Error("it was made again")
	}
	if err := os.WriteFile(name, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	m.run("migrate").refused(t, 1, name, "damaged")
}

func TestADemoIsForThisMachineAlone(t *testing.T) {
	m := withURL(t)
	d := m.open()
	for _, address := range []string{"0.0.0.0:0", ":0", "[::]:0", "192.0.2.1:0", "daybook.example.com:80"} {
		m.set("DAYBOOK_LISTEN", address).run("serve", "--demo").refused(t, 1, "A demo is served on this machine only", address)
	}
	if ask[int](t, d, `SELECT count(*) FROM pg_tables WHERE schemaname = 'public'`) != 0 {
		t.Error("the database was touched")
	}
	p := m.set("DAYBOOK_LISTEN", "127.0.0.1:0").serve("--demo")
	signIns := regexp.MustCompile(`(?m)^  \S.+@\S+ +password \S+ `)
	out, _ := p.said()
	first := signIns.FindAllString(out, -1)
	if len(first) != 3 {
		t.Fatalf("%d sign-ins in %s", len(first), out)
	}
	p.stop(syscall.SIGTERM)
	m.set("DAYBOOK_LISTEN", ":0").run("serve").refused(t, 1, "This database is a demo", "not on :0")
	p = m.set("DAYBOOK_LISTEN", "localhost:0").serve("--demo")
	out, _ = p.said()
	if again := signIns.FindAllString(out, -1); strings.Join(again, "") != strings.Join(first, "") {
		t.Errorf("%v instead of %v", again, first)
	}
}

func TestADatabaseInUseIsNotFilledWithADemo(t *testing.T) {
	m := withURL(t)
	m.must("workspace", "create", "--slug", "acme", "--name", "Acme")
	m.run("serve", "--demo").refused(t, 1, "in use and is no demo", "DAYBOOK_DATA")
}

func TestBackingUpWhileServingAndRestoringElsewhere(t *testing.T) {
	t.Parallel() // most of it waits for the disk
	m := withFolder(t)
	m.must("workspace", "create", "--slug", "acme", "--name", "Acme")
	m.mustFeed(strings.Join(lines(0, 20), "\n"), "import", "--workspace", "acme", "-")
	p := m.serve()
	backup := filepath.Join(t.TempDir(), "all.dump")
	if out := m.must("backup", backup); !strings.Contains(out, "Backed up to "+backup) {
		t.Error(out)
	}
	m.run("backup", backup).refused(t, 1, "exists already")
	p.stop(syscall.SIGTERM)

	other := newMachine(t, map[string]string{"DAYBOOK_DATA": dbtest.Folder(t), "DAYBOOK_LOG": "error"})
	if out := other.must("restore", backup); !strings.Contains(out, "Restored from "+backup) || !strings.Contains(out, "There is no ledger") || !strings.Contains(out, "daybook erasure replay --ledger FILE") {
		t.Error(out)
	}
	other.must("user", "anonymise", "--workspace", "acme", "--actor", "u1", "--yes")
	if out := other.mustFeed(strings.Join(lines(0, 25), "\n"), "import", "--workspace", "acme", "-"); !strings.Contains(out, "accepted 5, duplicates 20, rejected 0") {
		t.Error(out)
	}
	// Over a database that is there: also with a quiet log one has to learn where that is now.
	out := other.must("restore", backup)
	kept := regexp.MustCompile(`kept on the built-in server, as (daybook_before_\d+_\d+)\.`).FindStringSubmatch(out)
	if kept == nil {
		t.Fatalf("it does not say where the database from before is: %s", out)
	}
	if !strings.Contains(out, "Nobody is anonymised in "+kept[1]) || !strings.Contains(out, "DROP DATABASE "+kept[1]) {
		t.Errorf("it does not say how to drop the database from before: %s", out)
	}
	if !strings.Contains(out, "1 person was anonymised") || !strings.Contains(out, "is anonymised again by: daybook erasure replay") {
		t.Errorf("it does not say that somebody is there again: %s", out)
	}
	if out := other.must("erasure", "replay"); !strings.Contains(out, "DROP DATABASE "+kept[1]) {
		t.Errorf("doing it again does not say where everybody is still: %s", out)
	}
	d := other.open()
	if n := ask[int](t, d, `SELECT count(*) FROM pg_database WHERE datname = $1`, kept[1]); n != 1 {
		t.Errorf("%s is not there", kept[1])
	}
	if n := ask[int](t, d, `SELECT count(*) FROM activities a JOIN sources s ON s.id = source_id WHERE kind = 'import'`); n != 20 {
		t.Errorf("%d activities", n)
	}
}
