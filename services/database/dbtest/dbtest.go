package dbtest

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"daybook/services/database"
)

// timeout is for one step (a start, a clone, a drop) on a machine that is busy with other tests.
const timeout = 2 * time.Minute

// New gives a migrated database of the test's own, which is dropped when the test ends. Its URL method gives the address
// for another process.
func New(t testing.TB) *database.Database {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	server, err := theServer(ctx)
	if err != nil {
		t.Fatalf("the server for tests: %v", explain(err))
	}
	template, err := server.template(ctx)
	if err != nil {
		t.Fatalf("the template database: %v", explain(err))
	}
	return open(t, server, template)
}

// Empty gives a database of the test's own without any migration.
func Empty(t testing.TB) *database.Database {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	server, err := theServer(ctx)
	if err != nil {
		t.Fatalf("the server for tests: %v", explain(err))
	}
	return open(t, server, "template0")
}

// Admin opens a connection that may make databases, on the server of the tests. It is closed when the test ends.
func Admin(t testing.TB) *pgx.Conn {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	server, err := theServer(ctx)
	if err != nil {
		t.Fatalf("the server for tests: %v", explain(err))
	}
	conn, err := server.admin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// URLOf is the address of a database of the server of the tests that Admin made. Its owner must be the role that New's
// databases belong to.
func URLOf(t testing.TB, name string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	server, err := theServer(ctx)
	if err != nil {
		t.Fatalf("the server for tests: %v", explain(err))
	}
	return server.url(name)
}

func open(t testing.TB, server *server, template string) *database.Database {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	name := "daybook_test_" + time.Now().UTC().Format("20060102") + "_" + rand.Text()
	if err := server.clone(ctx, name, template); err != nil {
		t.Fatalf("making a database: %v", explain(err))
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), timeout)
		defer cancel()
		if err := server.drop(ctx, name); err != nil {
			t.Errorf("dropping the test's database: %v", explain(err))
		}
	})
	d, err := database.Open(ctx, database.Config{URL: server.url(name), MaxConns: 10, Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
	if err != nil {
		t.Fatalf("opening the test's database: %v", explain(err))
	}
	t.Cleanup(d.Close)
	return d
}

// explain adds what an admin is spared and a developer wants: the cause.
func explain(err error) error {
	if cause := errors.Unwrap(err); cause != nil {
		return errors.Join(err, cause)
	}
	return err
}
