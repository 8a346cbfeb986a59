package feed_test

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"daybook/services/database"
	"daybook/services/feed"
	"daybook/services/feed/feedtest"
)

// A walk gives a statement up long before whoever waits for it does: it tries with fewer rows, and then says so. Asked to be careful it begins with few.
func TestAWalkGivesUpInTime(t *testing.T) {
	b := feedtest.New(t)
	ws := b.Workspace(t, "acme", "UTC")
	v := b.Viewer(t, b.User(t, "root", true), ws)
	b.Send(t, ws, feedtest.Event{"actor": feedtest.Event{"id": "a"}, "action": "created"})
	c := course(t, b.Feed, v, feed.Filter{})
	w, err := b.Feed.Walk(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	w.Hasty(50 * time.Millisecond)
	err = pgx.BeginFunc(t.Context(), b.DB.Pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(t.Context(), `LOCK TABLE activities IN ACCESS EXCLUSIVE MODE`); err != nil {
			return err
		}
		began := time.Now()
		if _, err := w.Next(); database.SQLState(err) != "57014" || time.Since(began) > 8*time.Second {
			t.Errorf("after %s it is %v", time.Since(began), err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	few := w.Rows()
	c.Careful = true
	careful, err := b.Feed.Walk(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer careful.Close()
	if careful.Rows() != few {
		t.Errorf("it begins with %d rows, not %d", careful.Rows(), few)
	}
	if p, err := careful.Next(); err != nil || p.Len() != 1 {
		t.Error(p, err)
	}
}
