package export

import (
	"context"
	"fmt"
	"math"

	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/access"
)

// How many times as large as one file may be: all that somebody keeps, and all that is kept of everybody.
const (
	mostOfOne = 2
	mostOfAll = 10
)

// asker is whose limits an export counts for: a user's, by whatever token they ask, or a service token's.
type asker struct{ user, token *int64 }

func askerOf(v access.Viewer) (a asker) {
	if v.User != nil {
		a.user = &v.User.ID
	}
	if v.Token != nil {
		a.token = &v.Token.ID
	}
	return a
}

// key tells askers from each other, as coalesce(user_id, -token_id) does in the table.
func (a asker) key() int64 {
	switch {
	case a.user != nil:
		return *a.user
	case a.token != nil:
		return -*a.token
	}
	return 0
}

// reader is a connection, or a transaction.
type reader interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// lockAsker has whoever asks twice at once counted one after the other.
func lockAsker(ctx context.Context, tx pgx.Tx, a asker) error {
	if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1::int, hashint8($2))`, lockPeople, a.key()); err != nil {
		return fmt.Errorf("count somebody's exports: %w", err)
	}
	return nil
}

// mayMake refuses one file more than somebody may have under way, and any when there is no room for it.
func (f *Files) mayMake(ctx context.Context, r reader, a asker) error {
	var waiting int
	err := r.QueryRow(ctx, `SELECT count(*) FROM exports WHERE kind = 'file' AND state IN ('waiting', 'running') AND coalesce(user_id, -token_id) = $1`, a.key()).Scan(&waiting)
	if err != nil {
		return fmt.Errorf("count somebody's exports: %w", err)
	}
	if waiting >= mostUnderWay {
		refused := models.Errorf(models.TooMany, "You have %d exports under way already. Wait until one has ended, or cancel one.", waiting)
		refused.RetryAfter = pieceTime
		return refused
	}
	return f.hasRoom(ctx, r, a)
}

func (f *Files) hasRoom(ctx context.Context, r reader, a asker) error {
	k, err := f.kept(ctx, r, a)
	switch {
	case err != nil:
		return err
	case k.theirs >= mostOfOne*f.maxBytes:
		return models.Errorf(models.TooMany, "Your files take %s, and more than %s you may not have. Remove files that you do not need any more.", inMiB(k.theirs), inMiB(mostOfOne*f.maxBytes))
	case k.all >= mostOfAll*f.maxBytes:
		return models.Errorf(models.TooMany, "The files of all exports take %s, and more than %s they may not have. Remove files that you do not need any more, or try again when others have done so.",
			inMiB(k.all), inMiB(mostOfAll*f.maxBytes))
	}
	return nil
}

// room is how large a file may become that already has some bytes.
func (f *Files) room(ctx context.Context, j job) (int64, error) {
	k, err := f.kept(ctx, f.pool, asker{j.UserID, j.TokenID})
	return min(f.maxBytes, j.Bytes+mostOfOne*f.maxBytes-k.theirs, j.Bytes+mostOfAll*f.maxBytes-k.all), err
}

// kept is how many bytes the files have that are on the disk, as far as they are made.
type kept struct{ theirs, all int64 }

func (f *Files) kept(ctx context.Context, r reader, a asker) (k kept, err error) {
	// two halves, each with an index of its own
	err = r.QueryRow(ctx, `
		SELECT least(coalesce(sum(bytes) FILTER (WHERE asker = $1), 0), $2)::bigint, least(coalesce(sum(bytes), 0), $2)::bigint FROM (
			SELECT bytes, coalesce(user_id, -token_id) AS asker FROM exports WHERE kind = 'file' AND state = 'done'
			UNION ALL SELECT bytes, coalesce(user_id, -token_id) FROM exports WHERE kind = 'file' AND state IN ('waiting', 'running')) AS files`,
		a.key(), int64(math.MaxInt64)).Scan(&k.theirs, &k.all)
	if err != nil {
		return k, fmt.Errorf("count what files take: %w", err)
	}
	return k, nil
}

// mayStream refuses one stream more than somebody may have at once.
func (f *Files) mayStream(ctx context.Context, r reader, a asker) error {
	var going int
	err := r.QueryRow(ctx, `SELECT count(*) FROM exports WHERE kind = 'stream' AND state = 'running' AND coalesce(user_id, -token_id) = $1
		AND heartbeat_at > clock_timestamp() - make_interval(secs => $2)`, a.key(), unheard.Seconds()).Scan(&going)
	if err != nil {
		return fmt.Errorf("count somebody's streams: %w", err)
	}
	if going >= mostStreams {
		refused := models.Errorf(models.TooMany, "You are downloading %d exports already. Wait until one has ended, or have a file made in the background.", going)
		refused.RetryAfter = unheard
		return refused
	}
	return nil
}
