package export

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"hash"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// chunkBytes is about how large the pieces are in which a file is kept.
const chunkBytes = 1 << 20

// errTakenAway means that an export is not ours to work on any more: it was cancelled, or another process took it up, since we were not heard of.
var errTakenAway = errors.New("the export is somebody else's now, or was cancelled")

// draft is the file of an export as it grows: the chunk that is being filled, and what the whole is so far.
type draft struct {
	pool   *pgxpool.Pool
	id     uuid.UUID
	worker uuid.UUID
	gzip   bool
	most   int // bytes of a chunk, about

	buffer bytes.Buffer // of the next chunk; packed when the file is
	packer *gzip.Writer // nil between two chunks
	sum    hash.Hash
	bytes  int64 // of the chunks that are kept
	chunks int
}

// progress is how far the rows in a file reach.
type progress struct {
	rows     int64
	position json.RawMessage // of the last one
}

// newDraft goes on with what is kept of a file.
func newDraft(pool *pgxpool.Pool, j job) (*draft, error) {
	d := &draft{pool: pool, id: j.ID, worker: j.worker, gzip: j.GZIP, most: chunkBytes, sum: sha256.New(), bytes: j.Bytes, chunks: j.chunks}
	if len(j.hash) == 0 {
		return d, nil
	}
	if err := d.sum.(encoding.BinaryUnmarshaler).UnmarshalBinary(j.hash); err != nil {
		return nil, fmt.Errorf("go on with a sum: %w", err)
	}
	return d, nil
}

// Write adds to the next chunk.
func (d *draft) Write(p []byte) (int, error) {
	if !d.gzip {
		return d.buffer.Write(p)
	}
	if d.packer == nil { // each chunk is a member of its own: one after the other they are a valid stream, and any of them may be the first of a piece
		d.packer, _ = gzip.NewWriterLevel(&d.buffer, gzip.BestSpeed)
	}
	return d.packer.Write(p)
}

// full tells whether the next chunk is large enough to be kept. What the packer holds back is little.
func (d *draft) full() bool { return d.buffer.Len() >= d.most }

// size is how large the file is so far.
func (d *draft) size() int64 { return d.bytes + int64(d.buffer.Len()) }

// close makes sure that a file without a byte is one that can be unpacked.
func (d *draft) close() {
	if d.gzip && d.packer == nil && d.bytes == 0 {
		d.packer, _ = gzip.NewWriterLevel(&d.buffer, gzip.BestSpeed)
	}
}

// keep puts the chunk into the file, moves the export on and does what goes with it, given the sum of the file so far: all of this, or nothing. It is
// errTakenAway when the export is no longer the worker's.
func (d *draft) keep(ctx context.Context, at progress, with func(tx pgx.Tx, sum []byte) error) error {
	if d.packer != nil {
		if err := d.packer.Close(); err != nil {
			return fmt.Errorf("pack a chunk: %w", err)
		}
		d.packer = nil
	}
	chunk, chunks := d.buffer.Bytes(), d.chunks
	if len(chunk) > 0 {
		chunks++
	}
	d.sum.Write(chunk)
	state, err := d.sum.(encoding.BinaryMarshaler).MarshalBinary()
	if err != nil {
		return fmt.Errorf("keep a sum: %w", err)
	}
	err = pgx.BeginFunc(ctx, d.pool, func(tx pgx.Tx) error {
		if err := d.move(ctx, tx, at, moved{bytes: d.bytes + int64(len(chunk)), chunks: chunks, state: state}); err != nil {
			return err
		}
		if len(chunk) > 0 {
			if _, err := tx.Exec(ctx, `INSERT INTO export_chunks (export_id, n, starts_at, bytes) VALUES ($1, $2, $3, $4)`, d.id, d.chunks, d.bytes, chunk); err != nil {
				return fmt.Errorf("keep a chunk: %w", err)
			}
		}
		if with == nil {
			return nil
		}
		return with(tx, d.sum.Sum(nil))
	})
	if err != nil {
		return err
	}
	d.bytes += int64(len(chunk))
	d.chunks = chunks
	d.buffer.Reset()
	return nil
}

// moved is how far a file reaches with its next chunk.
type moved struct {
	bytes  int64
	chunks int
	state  []byte // of the sum
}

func (d *draft) move(ctx context.Context, tx pgx.Tx, at progress, to moved) error {
	tag, err := tx.Exec(ctx, `
		UPDATE exports SET rows = $3, bytes = $4, chunks = $5, position = $6, hash = $7, attempts = 0, heartbeat_at = clock_timestamp()
		WHERE id = $1 AND worker = $2 AND state = 'running'`, d.id, d.worker, at.rows, to.bytes, to.chunks, at.position, to.state)
	if err != nil {
		return fmt.Errorf("move an export on: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return errTakenAway
	}
	return nil
}

// deletedAtOnce is how many chunks go in one statement.
const deletedAtOnce = 64

// deleteChunks removes the file of an export that has none any more. A file of gigabytes takes a while, so it goes in many statements.
func deleteChunks(ctx context.Context, pool *pgxpool.Pool, id uuid.UUID) error {
	for {
		tag, err := pool.Exec(ctx, `DELETE FROM export_chunks WHERE export_id = $1 AND n IN (SELECT n FROM export_chunks WHERE export_id = $1 ORDER BY n LIMIT $2)`, id, deletedAtOnce)
		if err != nil {
			return fmt.Errorf("delete the file of an export: %w", err)
		}
		if tag.RowsAffected() == deletedAtOnce {
			continue
		}
		if _, err = pool.Exec(ctx, `UPDATE exports SET chunks = 0 WHERE id = $1`, id); err != nil {
			return fmt.Errorf("delete the file of an export: %w", err)
		}
		return nil
	}
}
