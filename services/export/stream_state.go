package export

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/database"
)

// settleTime is how long it may take to record how a stream ended.
const settleTime = 10 * time.Second

// beginStream keeps the record of a stream, unless its asker has too many.
func (f *Files) beginStream(ctx context.Context, j job) error {
	return pgx.BeginFunc(ctx, f.pool, func(tx pgx.Tx) error {
		by := asker{j.UserID, j.TokenID}
		if err := lockAsker(ctx, tx, by); err != nil {
			return err
		}
		if err := f.mayStream(ctx, tx, by); err != nil {
			return err
		}
		if err := insertJob(ctx, tx, j); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE exports SET started_at = created_at, heartbeat_at = clock_timestamp() WHERE id = $1`, j.ID); err != nil {
			return fmt.Errorf("begin a stream: %w", err)
		}
		return nil
	})
}

// beat says every few seconds that the stream goes on, and how far it is.
func (s *Stream) beat() {
	defer close(s.beaten)
	ticker := time.NewTicker(heartbeat)
	defer ticker.Stop()
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-ticker.C:
		}
		tag, err := s.files.pool.Exec(s.ctx, `UPDATE exports SET heartbeat_at = clock_timestamp(), rows = $2, bytes = $3 WHERE id = $1 AND state = 'running'`,
			s.ID, s.rows.Load(), s.bytes.Load())
		if err == nil && tag.RowsAffected() == 0 { // others took it for dead
			s.end(errStopped)
			return
		}
	}
}

// settle ends the stream, once, and records how: whole (nil), or broken off by an error. What is recorded is what has been given out by then.
func (s *Stream) settle(why error) (err error) {
	s.once.Do(func() {
		cause := why
		if cause == nil {
			cause = errWhole
		}
		s.end(cause)
		<-s.beaten
		s.walk.Close()
		s.files.streams.remove(s)
		s.buffer, s.out.data, s.at = nil, nil, 0
		ctx, cancel := context.WithTimeout(context.Background(), settleTime)
		defer cancel()
		err = s.record(ctx, why)
	})
	return err
}

func (s *Stream) record(ctx context.Context, why error) error {
	state, problem, sum := models.ExportDone, "", s.sum.Sum(nil)
	if why != nil {
		state, problem, sum = models.ExportFailed, s.problem(why), nil
	}
	return pgx.BeginFunc(ctx, s.files.pool, func(tx pgx.Tx) error {
		e, err := scanExport(tx.QueryRow(ctx, `
			UPDATE exports SET state = $2, problem = $3, sha256 = $4, rows = $5, bytes = $6, ended_at = $7 WHERE id = $1 AND state = 'running' RETURNING `+exportColumns,
			s.ID, state, problem, sum, s.rows.Load(), s.bytes.Load(), s.files.now()))
		switch {
		case errors.Is(err, pgx.ErrNoRows):
			return errTakenAway // somebody took it for dead, and has recorded that
		case err != nil:
			return fmt.Errorf("end a stream: %w", err)
		}
		s.Export = e
		return recordEnd(ctx, tx, s.files.record, e, e.AskedBy)
	})
}

// problem says for people why a stream broke off.
func (s *Stream) problem(why error) string {
	var ours *models.Error
	if errors.As(why, &ours) {
		return ours.Detail
	}
	s.files.log.Error("an export broke off", "export", s.ID, "sqlstate", database.SQLState(why), "error", why)
	return "Something went wrong on our side; the log of the server says what."
}

// streams are those that go out of this process.
type streams struct {
	mu    sync.Mutex
	going map[*Stream]struct{}
	over  bool                 // none begins any more
	told  map[*func()]struct{} // of the end, by WhenStreamsEnd
}

// add takes a stream up, unless the process ends.
func (g *streams) add(s *Stream) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.over {
		return false
	}
	if g.going == nil {
		g.going = map[*Stream]struct{}{}
	}
	g.going[s] = struct{}{}
	return true
}

func (g *streams) areOver() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.over
}

func (g *streams) remove(s *Stream) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.going, s)
}

// EndStreams breaks off whatever goes out, because the process ends: their readers get an error, and a record says so. Nothing begins after it.
func (f *Files) EndStreams() {
	f.streams.mu.Lock()
	defer f.streams.mu.Unlock()
	f.streams.over = true
	for s := range f.streams.going {
		s.end(errStopped)
	}
	for do := range f.streams.told {
		(*do)()
	}
}
