package export

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/jackc/pgx/v5"
)

// fileReader reads the bytes of a finished file from one on, a chunk at a time. It ends in an error, never early, when the file goes away meanwhile.
type fileReader struct {
	ctx    context.Context
	file   File
	next   int   // the chunk that is fetched next, or one before it
	at     int64 // of the next byte that is fetched
	left   int64 // to be read, ready included
	ready  []byte
	permit permit
	end    func() // lets the next download begin
}

// errFileGone ends the reading of a file that is deleted meanwhile.
var errFileGone = errors.New("the file of an export is gone")

// Read gives what is there next.
func (r *fileReader) Read(p []byte) (int, error) {
	if r.left <= 0 {
		return 0, io.EOF
	}
	if err := r.mayGoOn(); err != nil {
		return 0, err
	}
	if len(r.ready) == 0 {
		if err := r.fetch(); err != nil {
			return 0, err
		}
	}
	n := copy(p, r.ready)
	r.ready = r.ready[n:]
	r.left -= int64(n)
	return n, nil
}

// fetch reads the chunk that the next byte is in, from that byte on.
func (r *fileReader) fetch() error {
	var chunk []byte
	err := r.file.files.pool.QueryRow(r.ctx, `
		SELECT n + 1, substring(bytes FROM ($3 - starts_at + 1)::int) FROM export_chunks
		WHERE export_id = $1 AND n >= $2 AND starts_at + length(bytes) > $3 ORDER BY n LIMIT 1`, r.file.ID, r.next, r.at).Scan(&r.next, &chunk)
	if errors.Is(err, pgx.ErrNoRows) {
		return errFileGone
	} else if err != nil {
		return fmt.Errorf("read the file of an export: %w", err)
	}
	r.ready = chunk[:min(int64(len(chunk)), r.left)]
	r.at += int64(len(r.ready))
	return nil
}

// Close ends the reading.
func (r *fileReader) Close() error {
	r.ready, r.left = nil, 0
	r.end()
	return nil
}
