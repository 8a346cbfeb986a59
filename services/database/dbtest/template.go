package dbtest

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5"

	"daybook/migrations"
	"daybook/services/database"
)

// template makes the migrated database that others are cloned from, unless another process or run has made it: there is
// one per content of the migrations.
func (s *server) template(ctx context.Context) (string, error) {
	s.making.Lock()
	defer s.making.Unlock()
	if s.finished != "" {
		return s.finished, nil
	}
	sum, err := sumOfMigrations()
	if err != nil {
		return "", err
	}
	name := "daybook_template_" + hex.EncodeToString(sum[:8])
	admin, err := s.admin(ctx)
	if err != nil {
		return "", err
	}
	defer admin.Close(context.WithoutCancel(ctx)) // and with it the lock
	if _, err := admin.Exec(ctx, `SELECT pg_advisory_lock($1)`, int64(binary.BigEndian.Uint64(sum[8:]))); err != nil {
		return "", err
	}
	var exists bool
	if err := admin.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, name).Scan(&exists); err != nil {
		return "", err
	}
	if !exists {
		err = s.build(ctx, admin, name)
	}
	if err == nil {
		s.finished = name
	}
	return s.finished, err
}

// build migrates under another name first, so that a template is complete or not there.
func (s *server) build(ctx context.Context, admin *pgx.Conn, name string) error {
	unfinished := name + "_unfinished"
	if _, err := admin.Exec(ctx, `DROP DATABASE IF EXISTS `+quoted(unfinished)+` WITH (FORCE)`); err != nil {
		return err
	}
	if err := s.clone(ctx, unfinished, "template0"); err != nil {
		return err
	}
	d, err := database.Open(ctx, database.Config{URL: s.url(unfinished)})
	if err != nil {
		return err
	}
	err = d.Migrate(ctx)
	d.Close()
	if err != nil {
		return err
	}
	return s.patiently(ctx, admin, `ALTER DATABASE `+quoted(unfinished)+` RENAME TO `+quoted(name))
}

func (s *server) clone(ctx context.Context, name, template string) error {
	admin, err := s.admin(ctx)
	if err != nil {
		return err
	}
	defer admin.Close(context.WithoutCancel(ctx))
	return s.patiently(ctx, admin, fmt.Sprintf(`CREATE DATABASE %s OWNER %s TEMPLATE %s ENCODING 'UTF8'`, quoted(name), quoted(s.owner), quoted(template)))
}

func (s *server) drop(ctx context.Context, name string) error {
	admin, err := s.admin(ctx)
	if err != nil {
		return err
	}
	defer admin.Close(context.WithoutCancel(ctx))
	_, err = admin.Exec(ctx, `DROP DATABASE IF EXISTS `+quoted(name)+` WITH (FORCE)`)
	return err
}

// patiently repeats a statement while a database is in use: a session that was closed is still there for a moment.
func (s *server) patiently(ctx context.Context, admin *pgx.Conn, statement string) error {
	for {
		_, err := admin.Exec(ctx, statement)
		if database.SQLState(err) != "55006" {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func quoted(name string) string { return pgx.Identifier{name}.Sanitize() }

func sumOfMigrations() ([]byte, error) {
	sum := sha256.New()
	err := fs.WalkDir(migrations.FS, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(migrations.FS, path)
		fmt.Fprintf(sum, "%s %d\n%s", path, len(content), content)
		return err
	})
	if err != nil {
		return nil, err
	}
	jobs, err := database.JobsVersion()
	fmt.Fprintf(sum, "jobs %d", jobs)
	return sum.Sum(nil), err
}
