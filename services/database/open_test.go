package database_test

import (
	"context"
	"errors"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"daybook/services/database"
	"daybook/services/database/dbtest"
)

const password = "pa55-w0rd-of-a-test"

func openURL(t *testing.T, address string) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	d, err := database.Open(ctx, database.Config{URL: address})
	if err == nil {
		d.Close()
	}
	return err
}

func TestErrorsAreSentencesWithoutThePassword(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := listener.Addr().String()
	_ = listener.Close()
	for name, test := range map[string]struct{ address, says string }{
		"nothing listens":  {"postgres://daybook:" + password + "@" + closed + "/daybook", "nothing listens"},
		"unknown host":     {"postgres://daybook:" + password + "@nowhere.invalid/daybook", "nowhere.invalid"},
		"no URL":           {"host=localhost password=" + password, "DATABASE_URL"},
		"another scheme":   {"mysql://daybook:" + password + "@localhost/daybook", "DATABASE_URL"},
		"a bad port":       {"postgres://daybook:" + password + "@localhost:port/daybook", "DATABASE_URL"},
		"a bad escape":     {"postgres://daybook:" + password + "%zz@localhost/daybook", "DATABASE_URL"},
		"a bad sslmode":    {"postgres://daybook:" + password + "@localhost/daybook?sslmode=sometimes", "sslmode"},
		"a missing socket": {"postgres:///daybook?host=/nowhere&user=daybook&password=" + password, "no such socket"},
	} {
		t.Run(name, func(t *testing.T) {
			err := openURL(t, test.address)
			mustFail(t, err, test.says)
			for cause := err; cause != nil; cause = errors.Unwrap(cause) {
				if strings.Contains(cause.Error(), password) {
					t.Errorf("the password is in %v", cause)
				}
			}
		})
	}
}

func TestAMissingDatabaseIsNamed(t *testing.T) {
	mustFail(t, openURL(t, dbtest.URLOf(t, "daybook_nowhere")), "no database daybook_nowhere", "createdb")
}

func TestADatabaseThatIsNotUTF8IsRefused(t *testing.T) {
	admin := dbtest.Admin(t)
	if _, err := admin.Exec(t.Context(), `CREATE DATABASE daybook_ascii TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'`); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = admin.Exec(context.Background(), `DROP DATABASE daybook_ascii WITH (FORCE)`) })
	mustFail(t, openURL(t, dbtest.URLOf(t, "daybook_ascii")), "SQL_ASCII", "UTF-8")
}

func TestAPoolerThatSharesSessionsIsRefused(t *testing.T) {
	d := dbtest.Empty(t)
	mustFail(t, openURL(t, poolerOf(t, d)), "transaction pooling")
}

func TestOpenedSessionsAreSetUp(t *testing.T) {
	d := dbtest.Empty(t)
	if got := ask[string](t, d, "SELECT current_setting('statement_timeout') || ' ' || current_setting('TimeZone')"); got != "30s UTC" {
		t.Errorf("the pool's sessions have %s", got)
	}
	conn, err := d.Connect(t.Context(), map[string]string{"application_name": "journal", "statement_timeout": "7s", "lock_timeout": "3s"})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	var got string
	err = conn.QueryRow(t.Context(), "SELECT concat_ws(' ', current_setting('application_name'), current_setting('statement_timeout'), current_setting('lock_timeout'), current_setting('TimeZone'))").Scan(&got)
	if err != nil || got != "journal 7s 3s UTC" {
		t.Fatalf("%s %v", got, err)
	}
	// What the URL says is not overruled.
	address, _ := url.Parse(d.URL())
	query := address.Query()
	query.Set("statement_timeout", "9s")
	address.RawQuery = query.Encode()
	other, err := database.Open(t.Context(), database.Config{URL: address.String()})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if got := ask[string](t, other, "SELECT current_setting('statement_timeout')"); got != "9s" {
		t.Errorf("statement_timeout is %s", got)
	}
}

func TestTheBuiltInServerIsSharedAndStoppedByTheLast(t *testing.T) {
	data := dbtest.Folder(t)
	first, second := builtIn(t, data), builtIn(t, data)
	if !first.BuiltIn() || first.URL() != second.URL() {
		t.Fatal("they do not share one server")
	}
	first.Close()
	first.Close()
	if got := ask[string](t, second, "SELECT current_user || ' ' || current_database()"); got != "daybook daybook" {
		t.Fatal(got)
	}
	address := second.URL()
	second.Close()
	if conn, err := pgx.Connect(t.Context(), address); err == nil {
		_ = conn.Close(t.Context())
		t.Fatal("the server still runs")
	}
}

func TestThePoolRecoversWhenTheServerDies(t *testing.T) {
	data := dbtest.Folder(t)
	d := builtIn(t, data)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); d.Supervise(ctx) }()
	defer func() { cancel(); <-done }()
	do(t, d, "CREATE TABLE kept AS SELECT 42 AS answer")
	pid := postmaster(t, data)
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	eventually(t, "there is another server", func() bool {
		now := postmaster(t, data)
		return now != 0 && now != pid
	})
	eventually(t, "GORM and the pool read again", func() bool {
		var viaGorm, viaPool int
		err := errors.Join(d.Gorm.WithContext(ctx).Raw("SELECT answer FROM kept").Scan(&viaGorm).Error,
			d.Pool.QueryRow(ctx, "SELECT answer FROM kept").Scan(&viaPool))
		return err == nil && viaGorm == 42 && viaPool == 42
	})
}

// postmaster is the process of the built-in server, as PostgreSQL wrote it down.
func postmaster(t *testing.T, data string) int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(data, "postgres", "postmaster.pid"))
	if errors.Is(err, os.ErrNotExist) {
		return 0
	}
	if err != nil {
		t.Fatal(err)
	}
	pid, _ := strconv.Atoi(strings.SplitN(string(text), "\n", 2)[0])
	return pid
}

func TestAnotherVersionsFolderIsRefusedNamingTheNewestBackup(t *testing.T) {
	data := dbtest.Folder(t)
	builtIn(t, data).Close()
	if err := os.WriteFile(filepath.Join(data, "postgres", "PG_VERSION"), []byte("12\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := database.Open(t.Context(), database.Config{Data: data})
	mustFail(t, err, "PostgreSQL 12", "15", "no backup")
	backups := filepath.Join(data, "backups")
	if err := os.Mkdir(backups, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"daybook-20260102T030000Z.dump", "daybook-20260103T030000Z.dump", "zzz.dump"} {
		if err := os.WriteFile(filepath.Join(backups, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, err = database.Open(t.Context(), database.Config{Data: data})
	mustFail(t, err, "PostgreSQL 12", filepath.Join(backups, "daybook-20260103T030000Z.dump"))
}

func TestOneProcessServes(t *testing.T) {
	data := dbtest.Folder(t)
	release, err := database.LockServe(data)
	if err != nil {
		t.Fatal(err)
	}
	_, err = database.LockServe(data)
	mustFail(t, err, "already", data)
	release()
	release, err = database.LockServe(data)
	if err != nil {
		t.Fatal(err)
	}
	release()
}

func TestTheDefaultDataFolder(t *testing.T) {
	t.Setenv("XDG_DATA_HOME", "/somewhere")
	want := "/somewhere/daybook"
	if os.Geteuid() == 0 {
		want = "/var/lib/daybook"
	}
	if got, err := database.DefaultData(); err != nil || got != want {
		t.Errorf("%s %v", got, err)
	}
	t.Setenv("XDG_DATA_HOME", "")
	t.Setenv("HOME", "")
	if got, err := database.DefaultData(); err != nil || !filepath.IsAbs(got) {
		t.Errorf("%s %v", got, err)
	}
}
