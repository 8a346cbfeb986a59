package savedview_test

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"daybook/models"
)

// meanwhile begins a statement of somebody else, runs do until it waits for that one's transaction (or ends without waiting), commits, and gives
// the error of do.
func (p *place) meanwhile(do func() error, sql string, args ...any) error {
	p.t.Helper()
	tx, err := p.db.Pool.Begin(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(p.t.Context()) }()
	if _, err := tx.Exec(p.t.Context(), sql, args...); err != nil {
		p.t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- do() }()
	for !p.waits(tx) {
		select {
		case err := <-done:
			if err := tx.Commit(p.t.Context()); err != nil {
				p.t.Fatal(err)
			}
			return err
		case <-time.After(2 * time.Millisecond):
		}
	}
	if err := tx.Commit(p.t.Context()); err != nil {
		p.t.Fatal(err)
	}
	return <-done
}

// waits tells whether something waits for a transaction.
func (p *place) waits(tx pgx.Tx) (waits bool) {
	p.t.Helper()
	err := p.db.Pool.QueryRow(p.t.Context(), `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND $1 = ANY (pg_blocking_pids(pid)))`,
		tx.Conn().PgConn().PID()).Scan(&waits)
	if err != nil {
		p.t.Fatal(err)
	}
	return waits
}

// What its owner does to a view that an admin is deleting did not happen, and is not recorded.
func TestAViewThatIsDeletedMeanwhileIsNotChanged(t *testing.T) {
	p := newPlace(t)
	bob, ben, ada := p.in("acme", "bob"), p.in("acme", "ben"), p.in("acme", "ada")
	for name, do := range map[string]func(id int64) error{
		"rename":        func(id int64) error { return p.views.Rename(t.Context(), bob, id, "another") },
		"unshare":       func(id int64) error { return p.views.Share(t.Context(), bob, id, false) },
		"move":          func(id int64) error { return p.views.Move(t.Context(), bob, id, true) },
		"delete":        func(id int64) error { return p.views.Delete(t.Context(), bob, id) },
		"delete, admin": func(id int64) error { return p.views.Delete(t.Context(), ada, id) },
		"default":       func(id int64) error { return p.views.SetDefault(t.Context(), ben, id) },
		"own default":   func(id int64) error { return p.views.SetDefault(t.Context(), bob, id) },
		"no default":    func(id int64) error { return p.views.ClearDefault(t.Context(), ben, id) },
	} {
		t.Run(name, func(t *testing.T) {
			p.save(bob, "before "+name, false)
			id := p.save(bob, name, true)
			before := p.recorded()
			wantKind(t, p.meanwhile(func() error { return do(id) }, `DELETE FROM saved_views WHERE id = $1`, id), models.NotFound, "")
			if after := p.recorded(); after != before {
				t.Errorf("what did not happen is recorded:\n%s", after[len(before):])
			}
		})
	}
}

// A view that becomes private while an admin deletes it, or somebody makes it their default, is nobody else's business any more.
func TestAViewThatBecomesPrivateMeanwhileIsLeftAlone(t *testing.T) {
	p := newPlace(t)
	bob, ben, ada := p.in("acme", "bob"), p.in("acme", "ben"), p.in("acme", "ada")
	id := p.save(bob, "shared", true)
	before := p.recorded()
	for _, do := range []func() error{
		func() error { return p.views.Delete(t.Context(), ada, id) },
		func() error { return p.views.SetDefault(t.Context(), ben, id) },
	} {
		p.exec(`UPDATE saved_views SET shared = true WHERE id = $1`, id)
		wantKind(t, p.meanwhile(do, `UPDATE saved_views SET shared = false WHERE id = $1`, id), models.NotFound, "")
	}
	p.wantList(bob, "shared")
	if after := p.recorded(); after != before {
		t.Errorf("recorded: %s", after[len(before):])
	}
	p.exec(`UPDATE saved_views SET shared = true WHERE id = $1`, id)
	p.wantList(ben, "shared+ of Bob")
}
