package export

import (
	"context"

	"github.com/jackc/pgx/v5/pgxpool"
)

// SmallChunks keeps files in chunks of so many bytes.
func (f *Files) SmallChunks(bytes int) { f.chunk = bytes }

// Frozen takes up an export as a process does that stands still from then on; going on, it finds out that it was taken for dead.
func (f *Files) Frozen(ctx context.Context) (goOn func() error, err error) {
	j, _, err := f.claim(ctx)
	if err != nil {
		return nil, err
	}
	return func() error { return f.makePiece(ctx, j) }, nil
}

// TakenAway is what it finds.
var TakenAway = errTakenAway

// Chunks counts what is kept of all files.
func Chunks(ctx context.Context, pool *pgxpool.Pool) (n int, err error) {
	return n, pool.QueryRow(ctx, `SELECT count(*) FROM export_chunks`).Scan(&n)
}
