package dbtest_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"daybook/services/database"
	"daybook/services/database/dbtest"
)

func TestNewGivesAMigratedDatabase(t *testing.T) {
	d := dbtest.New(t)
	pending, err := d.Pending(t.Context())
	if err != nil || pending != 0 {
		t.Fatalf("%d migrations pending, %v", pending, err)
	}
}

func TestEmptyGivesADatabaseWithoutMigrations(t *testing.T) {
	d := dbtest.Empty(t)
	pending, err := d.Pending(t.Context())
	if err != nil || pending == 0 {
		t.Fatalf("%d migrations pending, %v", pending, err)
	}
}

func TestEachTestHasItsOwnAndItIsDropped(t *testing.T) {
	var names sync.Map
	t.Run("in parallel", func(t *testing.T) {
		for range 8 {
			t.Run("one", func(t *testing.T) {
				t.Parallel()
				d := dbtest.New(t)
				if _, err := d.Pool.Exec(t.Context(), "CREATE TABLE mine (id int)"); err != nil {
					t.Error(err)
				}
				var name string
				if err := d.Pool.QueryRow(t.Context(), "SELECT current_database()").Scan(&name); err != nil {
					t.Error(err)
				}
				if _, taken := names.LoadOrStore(name, true); taken {
					t.Errorf("%s is shared", name)
				}
			})
		}
	})
	admin := dbtest.Admin(t)
	names.Range(func(name, _ any) bool {
		var exists bool
		if err := admin.QueryRow(t.Context(), "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", name).Scan(&exists); err != nil || exists {
			t.Errorf("%s is still there: %v", name, err)
		}
		return true
	})
}

func TestTheURLWorksForAnotherConnection(t *testing.T) {
	d := dbtest.New(t)
	other, err := database.Open(t.Context(), database.Config{URL: d.URL()})
	if err != nil {
		t.Fatal(err)
	}
	other.Close()
	if !strings.HasPrefix(d.URL(), "postgres://") {
		t.Error("it is no URL")
	}
}

// runVariable makes TestInARunOfItsOwn print where its server lies; it is a whole test run of its own then.
const runVariable = "DBTEST_TEST_RUN"

func TestInARunOfItsOwn(t *testing.T) {
	if os.Getenv(runVariable) == "" {
		return // only for TestNothingIsLeftAfterARun
	}
	d := dbtest.Empty(t)
	conn, err := pgx.Connect(t.Context(), d.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	os.Stdout.WriteString("socket=" + conn.Config().Host + "\n")
}

// A run in another place, so that it does not share the server of the run that this test belongs to.
func TestNothingIsLeftAfterARun(t *testing.T) {
	temp := filepath.Dir(dbtest.Folder(t))
	command := exec.Command(os.Args[0], "-test.run=^TestInARunOfItsOwn$", "-test.count=1")
	command.Env = append(os.Environ(), runVariable+"=1", dbtest.BaseVariable+"="+temp, "TEST_DATABASE_URL=")
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	_, rest, found := strings.Cut(string(out), "socket=")
	socket, _, _ := strings.Cut(rest, "\n")
	folder := filepath.Dir(socket)
	if !found || filepath.Dir(folder) != temp {
		t.Fatalf("the run's server lies elsewhere: %s", out)
	}
	deadline := time.Now().Add(time.Minute)
	for {
		if _, err := os.Stat(folder); os.IsNotExist(err) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s is still there", folder)
		}
		time.Sleep(50 * time.Millisecond) //nolint:forbidigo // between two looks at a condition
	}
}
