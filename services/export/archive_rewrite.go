package export

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/database"
	"daybook/services/ingest"
)

// Rewriting goes through the archives of a workspace and changes lines, for an erasure.
type Rewriting struct {
	Workspace uuid.UUID
	Pass      uuid.UUID   // names this going-through: each archive is gone through once for each. An erasure that looks once more takes a new one
	Only      []uuid.UUID // these archives; nil: all of the workspace
	// Line gives a line as it is to be, and whether that is another one. It is an event as `daybook import` takes it, without the end of the line.
	Line   func(at ArchiveLine, line []byte) (changed []byte, did bool, err error)
	Over   func() bool // tells that there is no more time: the lines that are left are next. nil: there is
	Record *ingest.Service
	By     models.ActorRef // who the record of the change names
}

// ArchiveLine says where a line stands. It stays there when it is changed.
type ArchiveLine struct {
	Archive uuid.UUID
	Chunk   int
	Line    int // in the chunk
}

// Rewritten is what came of a piece of it.
type Rewritten struct {
	Lines int64 // that were changed, in this piece
	More  bool  // it goes on with the next one
}

// RewriteArchives does the next piece, a chunk at most. Where it is, is kept with the archives, in tx: call it until there is no more. From the first change on an archive
// cannot be downloaded, until its manifest is right again; that it was changed is recorded then.
func RewriteArchives(ctx context.Context, tx pgx.Tx, r Rewriting) (done Rewritten, err error) {
	p, found, err := nextPassage(ctx, tx, r)
	if err != nil || !found {
		return done, err
	}
	if done.Lines, err = p.step(ctx, tx, r); err != nil {
		return done, err
	}
	_, done.More, err = nextPassage(ctx, tx, r)
	return done, err
}

// passage is an archive that is gone through.
type passage struct {
	models.Archive
	chunks int
	stale  *int  // from this chunk on starts_at and hash are not right
	next   int   // the chunk that is next
	line   int   // the line of it that is next
	lines  int64 // changed in this pass, before it
}

func nextPassage(ctx context.Context, tx pgx.Tx, r Rewriting) (p passage, found bool, err error) {
	err = tx.QueryRow(ctx, `
		SELECT a.id, a.workspace_id, a.purge_id, a.rows, a.chunks, a.stale_from, coalesce(p.chunks, 0), coalesce(p.line, 0), coalesce(p.lines, 0)
		  FROM archives a LEFT JOIN archive_passes p ON p.archive_id = a.id AND p.pass = $2
		 WHERE a.workspace_id = $1 AND a.state IN ('done', 'rewriting') AND coalesce(p.chunks, 0) < a.chunks AND ($3::uuid[] IS NULL OR a.id = ANY ($3))
		 ORDER BY a.id LIMIT 1 FOR UPDATE OF a`, r.Workspace, r.Pass, r.Only).Scan(&p.ID, &p.WorkspaceID, &p.PurgeID, &p.Rows, &p.chunks, &p.stale, &p.next, &p.line, &p.lines)
	if errors.Is(err, pgx.ErrNoRows) {
		return p, false, nil
	} else if err != nil {
		return p, false, fmt.Errorf("look for an archive to go through: %w", err)
	}
	return p, true, nil
}

// step goes through the next chunk, or as much of it as there is time for.
func (p *passage) step(ctx context.Context, tx pgx.Tx, r Rewriting) (int64, error) {
	var chunk []byte
	if err := tx.QueryRow(ctx, `SELECT bytes FROM archive_chunks WHERE archive_id = $1 AND n = $2`, p.ID, p.next).Scan(&chunk); err != nil {
		return 0, fmt.Errorf("read a chunk of an archive: %w", err)
	}
	w, err := p.rewritten(chunk, r)
	if err != nil {
		return 0, err
	}
	if w.lines > 0 {
		chunk = packed(w.text).Bytes()
	}
	if w.lines > 0 || w.whole && p.stale != nil && *p.stale <= p.next {
		if err := p.put(ctx, tx, chunk, w); err != nil {
			return 0, err
		}
	}
	p.lines += w.lines
	at, line := p.next, w.next
	if w.whole {
		at, line = p.next+1, 0
	}
	_, err = tx.Exec(ctx, `INSERT INTO archive_passes (archive_id, pass, chunks, line, lines) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (archive_id, pass) DO UPDATE SET chunks = excluded.chunks, line = excluded.line, lines = excluded.lines`, p.ID, r.Pass, at, line, p.lines)
	if err != nil {
		return 0, fmt.Errorf("save how far an archive was gone through: %w", err)
	}
	if at == p.chunks && p.lines > 0 {
		return w.lines, p.record(ctx, tx, r)
	}
	return w.lines, nil
}

// written is what a chunk says after some of its lines were gone through.
type written struct {
	text  []byte
	lines int64 // that were changed
	next  int   // the line that is next
	whole bool  // there is none
}

// rewritten goes through the lines of a chunk that are left, at one of them at least.
func (p *passage) rewritten(chunk []byte, r Rewriting) (w written, err error) {
	text, err := unpacked(chunk)
	if err != nil {
		return w, err
	}
	var out bytes.Buffer
	w.whole = true
	n := -1
	for line := range bytes.Lines(text) {
		if n++; w.whole && n > p.line && r.Over != nil && r.Over() {
			w.next, w.whole = n, false
		}
		if n < p.line || !w.whole {
			out.Write(line)
			continue
		}
		changed, did, err := r.Line(ArchiveLine{p.ID, p.next, n}, bytes.TrimSuffix(line, []byte("\n")))
		switch {
		case err != nil:
			return w, fmt.Errorf("change a line of an archive: %w", err)
		case !did:
			out.Write(line)
			continue
		case bytes.ContainsAny(changed, "\r\n"):
			return w, errors.New("change a line of an archive: it has become several")
		}
		w.lines++
		out.Write(changed)
		out.WriteByte('\n')
	}
	w.text = out.Bytes()
	return w, nil
}

// put writes a chunk where it is now, behind the one before; those behind it are moved when they are gone through. Where another pass is on its way to this
// chunk, it moves it.
func (p *passage) put(ctx context.Context, tx pgx.Tx, chunk []byte, w written) error {
	if p.stale != nil && *p.stale < p.next {
		if _, err := tx.Exec(ctx, `UPDATE archive_chunks SET bytes = $3 WHERE archive_id = $1 AND n = $2`, p.ID, p.next, chunk); err != nil {
			return fmt.Errorf("change a chunk of an archive: %w", err)
		}
		return nil
	}
	var starts int64
	if p.next > 0 {
		err := tx.QueryRow(ctx, `SELECT starts_at + length(bytes) FROM archive_chunks WHERE archive_id = $1 AND n = $2`, p.ID, p.next-1).Scan(&starts)
		if err != nil {
			return fmt.Errorf("find where a chunk begins: %w", err)
		}
	}
	sum, err := sumAfter(ctx, tx, p.ID, p.next-1)
	if err != nil {
		return err
	}
	sum.Write(chunk)
	state, err := stateOf(sum)
	if err != nil {
		return err
	}
	sql, args := `UPDATE archive_chunks SET starts_at = $3, hash = $4 WHERE archive_id = $1 AND n = $2`, []any{p.ID, p.next, starts, state}
	if w.lines > 0 {
		sql, args = `UPDATE archive_chunks SET starts_at = $3, hash = $4, bytes = $5 WHERE archive_id = $1 AND n = $2`, append(args, chunk)
	}
	if _, err := tx.Exec(ctx, sql, args...); err != nil {
		return fmt.Errorf("change a chunk of an archive: %w", err)
	}
	from := p.next + 1
	if !w.whole {
		from = p.next // it is not ready
	}
	return p.move(ctx, tx, from, starts+int64(len(chunk)), sum.Sum(nil))
}

// move notes from where on chunks are not right; behind the last one the archive is whole again.
func (p *passage) move(ctx context.Context, tx pgx.Tx, from int, end int64, sum []byte) error {
	sql, args := `UPDATE archives SET state = 'rewriting', stale_from = $2, sha256 = NULL WHERE id = $1`, []any{p.ID, from}
	if from == p.chunks {
		sql, args = `UPDATE archives SET state = 'done', stale_from = NULL, bytes = $2, sha256 = $3, changed_at = clock_timestamp() WHERE id = $1`, []any{p.ID, end, sum}
	}
	if _, err := tx.Exec(ctx, sql, args...); err != nil {
		return fmt.Errorf("save how far an archive is: %w", err)
	}
	return nil
}

// record tells that the archive was changed: how many lines, and the sum that it has since.
func (p *passage) record(ctx context.Context, tx pgx.Tx, r Rewriting) error {
	a, err := scanArchive(tx.QueryRow(ctx, `SELECT `+archiveColumns+` FROM archives WHERE id = $1`, p.ID))
	if err != nil {
		return fmt.Errorf("find an archive: %w", err)
	}
	return recordArchive(ctx, tx, r.Record, a, archiveAct{by: r.By, action: "archive_rewritten", changed: p.lines})
}

// ArchiveChunk gives the lines of a chunk of an archive of a workspace; of one that is not there, none.
func ArchiveChunk(ctx context.Context, tx database.Tx, workspace, archive uuid.UUID, chunk int) (lines [][]byte, err error) {
	var bytesOf []byte
	err = tx.QueryRow(ctx, `SELECT c.bytes FROM archive_chunks c JOIN archives a ON a.id = c.archive_id WHERE a.workspace_id = $1 AND a.id = $2 AND c.n = $3`, workspace, archive, chunk).Scan(&bytesOf)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	} else if err != nil {
		return nil, fmt.Errorf("read a chunk of an archive: %w", err)
	}
	text, err := unpacked(bytesOf)
	if err != nil {
		return nil, err
	}
	for line := range bytes.Lines(text) {
		lines = append(lines, bytes.TrimSuffix(line, []byte("\n")))
	}
	return lines, nil
}

// archiveAct is what somebody did to an archive.
type archiveAct struct {
	by      models.ActorRef
	action  string
	changed int64 // lines
}

func recordArchive(ctx context.Context, tx pgx.Tx, record *ingest.Service, a models.Archive, act archiveAct) error {
	about := map[string]any{"run": a.PurgeID, "rows": a.Rows, "bytes": a.Bytes, "sha256": hex.EncodeToString(a.SHA256)}
	if act.changed > 0 {
		about["changed"] = act.changed
	}
	metadata, err := json.Marshal(about)
	if err != nil {
		return fmt.Errorf("describe an archive: %w", err)
	}
	id, name := a.ID.String(), fmt.Sprintf("Archive of retention run %d", a.PurgeID)
	return record.Record(ctx, database.PgxTx(tx), ingest.Act{Workspace: a.WorkspaceID, Part: "export", Event: models.Event{
		Actor: act.by, Action: act.action, Entity: &models.EntityRef{Type: "archive", ID: &id, Name: &name}, Metadata: metadata,
	}})
}
