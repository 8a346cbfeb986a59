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

	"daybook/models"
)

// An archive is what retention deleted, in the form in which it can be sent in again: lines of JSON (form=event), packed. It is no export: nobody asked
// for it, it does not expire, and it is backed up, for it is the only copy there is.
//
// It is kept in chunks of archive_chunks, each a member of gzip of its own, so that one can be taken out, changed and put back (RewriteArchives). Each has
// the state of SHA-256 after it: whoever changes a chunk goes on from the one before.

// archiveText is about how many bytes of text a chunk has at most.
const archiveText = 4 << 20

// Kept says which activities go into the archive of a run of retention.
type Kept struct {
	Workspace uuid.UUID
	Purge     int64
	Archive   *uuid.UUID // nil: it begins with these
	Seqs      []int64    // in their order, all of them behind those that are in it
}

// Keep adds activities to an archive, in the transaction that deletes them. It gives the archive.
func Keep(ctx context.Context, tx pgx.Tx, k Kept) (uuid.UUID, error) {
	id := uuid.Must(uuid.NewV7())
	if k.Archive != nil {
		id = *k.Archive
	} else if _, err := tx.Exec(ctx, `INSERT INTO archives (id, workspace_id, purge_id, first_seq, last_seq) VALUES ($1, $2, $3, $4, $4)`, id, k.Workspace, k.Purge, k.Seqs[0]); err != nil {
		return id, fmt.Errorf("begin an archive: %w", err)
	}
	w, err := openArchive(ctx, tx, id)
	if err != nil {
		return id, err
	}
	rows, err := tx.Query(ctx, eventsSQL, k.Workspace, k.Seqs)
	if err != nil {
		return id, fmt.Errorf("read what is archived: %w", err)
	}
	defer rows.Close()
	var full []*bytes.Buffer
	var text bytes.Buffer
	n := 0
	for ; rows.Next(); n++ {
		line, err := eventLine(rows)
		if err != nil {
			return id, err
		}
		if text.Write(line); text.Len() >= archiveText {
			full = append(full, packed(text.Bytes()))
			text.Reset()
		}
	}
	if err := rows.Err(); err != nil {
		return id, fmt.Errorf("read what is archived: %w", err)
	}
	if n != len(k.Seqs) {
		return id, fmt.Errorf("archive: %d of %d activities were there", n, len(k.Seqs))
	}
	if text.Len() > 0 {
		full = append(full, packed(text.Bytes()))
	}
	for _, chunk := range full {
		if err := w.add(ctx, tx, chunk.Bytes()); err != nil {
			return id, err
		}
	}
	return id, w.save(ctx, tx, k)
}

// eventsSQL reads activities as eventLine takes them, of workspace $1 those with the numbers $2: by the names that were recorded, as long as the one whose
// names they are was not erased.
const eventsSQL = `
	SELECT a.uuid, a.seq, a.occurred_at, a.actor_name, a.actor_role, a.action, a.entity_type, a.entity_id, a.entity_name, a.entity_url, a.description, a.changes, a.metadata,
	       a.outcome, a.system, a.correlation_id, host(a.ip), a.user_agent,
	       CASE WHEN a.actor_name <> '` + models.DeletedName + `' THEN coalesce(who.recorded_as, who.external_id) ELSE who.external_id END, who.type,
	       CASE WHEN was THEN coalesce(behalf.recorded_as, behalf.external_id) ELSE behalf.external_id END,
	       CASE WHEN was THEN coalesce(behalf.recorded_name, behalf.name) ELSE behalf.name END, behalf.type, project.external_id, project.name
	  FROM activities a JOIN actors who ON who.id = a.actor_id LEFT JOIN actors behalf ON behalf.id = a.on_behalf_of_id LEFT JOIN projects project ON project.id = a.project_id
	  CROSS JOIN LATERAL (SELECT NOT EXISTS (SELECT FROM erased_groups e WHERE e.workspace_id = a.workspace_id AND e.seq = a.seq AND e.part = 'who') AS was) AS w
	 WHERE a.workspace_id = $1 AND a.seq = ANY ($2) ORDER BY a.seq`

// eventLine gives a row of eventsSQL as a line.
func eventLine(row pgx.Row) ([]byte, error) {
	var e models.Entry
	var changes []byte
	var ip *string
	var behalf, project struct {
		id, name *string
		kind     *models.ActorType
	}
	err := row.Scan(&e.UUID, &e.Seq, &e.OccurredAt, &e.ActorName, &e.ActorRole, &e.Action, &e.EntityType, &e.EntityID, &e.EntityName, &e.EntityURL, &e.Description, &changes,
		&e.Metadata, &e.Outcome, &e.System, &e.CorrelationID, &ip, &e.UserAgent, &e.Actor.ExternalID, &e.Actor.Type,
		&behalf.id, &behalf.name, &behalf.kind, &project.id, &project.name)
	if err == nil {
		err = json.Unmarshal(changes, &e.Changes)
	}
	if err != nil {
		return nil, fmt.Errorf("read what is archived: %w", err)
	}
	e.OccurredAt = e.OccurredAt.UTC()
	if behalf.id != nil {
		e.OnBehalfOf = &models.Actor{ExternalID: *behalf.id, Name: *behalf.name, Type: *behalf.kind}
	}
	if project.id != nil {
		e.Project = &models.Project{ExternalID: *project.id, Name: *project.name}
	}
	r := RowOf(e)
	r.IPAddress = ip
	line, err := appendJSON(nil, eventOf(r))
	return append(line, '\n'), err
}

// packed is a text as a member of gzip.
func packed(text []byte) *bytes.Buffer {
	var out bytes.Buffer
	w, _ := gzip.NewWriterLevel(&out, gzip.BestSpeed)
	_, _ = w.Write(text) // a buffer takes everything
	_ = w.Close()
	return &out
}

// archiveEnd is where an archive ends so far.
type archiveEnd struct {
	id     uuid.UUID
	bytes  int64
	chunks int
	sum    hash.Hash
}

// openArchive goes on with an archive that is being written.
func openArchive(ctx context.Context, tx pgx.Tx, id uuid.UUID) (*archiveEnd, error) {
	w := &archiveEnd{id: id}
	if err := tx.QueryRow(ctx, `SELECT bytes, chunks FROM archives WHERE id = $1 AND state = 'writing' FOR UPDATE`, id).Scan(&w.bytes, &w.chunks); err != nil {
		return nil, fmt.Errorf("go on with an archive: %w", err)
	}
	var err error
	w.sum, err = sumAfter(ctx, tx, id, w.chunks-1)
	return w, err
}

// sumAfter gives the sum of an archive up to a chunk, that one included; -1: of nothing.
func sumAfter(ctx context.Context, tx pgx.Tx, id uuid.UUID, chunk int) (hash.Hash, error) {
	sum := sha256.New()
	if chunk < 0 {
		return sum, nil
	}
	var state []byte
	err := tx.QueryRow(ctx, `SELECT hash FROM archive_chunks WHERE archive_id = $1 AND n = $2`, id, chunk).Scan(&state)
	if err == nil {
		err = sum.(encoding.BinaryUnmarshaler).UnmarshalBinary(state)
	}
	if err != nil {
		return nil, fmt.Errorf("go on with the sum of an archive: %w", err)
	}
	return sum, nil
}

func stateOf(sum hash.Hash) ([]byte, error) {
	state, err := sum.(encoding.BinaryMarshaler).MarshalBinary()
	if err != nil {
		return nil, fmt.Errorf("keep the sum of an archive: %w", err)
	}
	return state, nil
}

func (w *archiveEnd) add(ctx context.Context, tx pgx.Tx, chunk []byte) error {
	w.sum.Write(chunk)
	state, err := stateOf(w.sum)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO archive_chunks (archive_id, n, starts_at, bytes, hash) VALUES ($1, $2, $3, $4, $5)`, w.id, w.chunks, w.bytes, chunk, state)
	if err != nil {
		return fmt.Errorf("keep a chunk of an archive: %w", err)
	}
	w.chunks++
	w.bytes += int64(len(chunk))
	return nil
}

func (w *archiveEnd) save(ctx context.Context, tx pgx.Tx, k Kept) error {
	_, err := tx.Exec(ctx, `UPDATE archives SET rows = rows + $2, bytes = $3, chunks = $4, last_seq = $5 WHERE id = $1`,
		w.id, len(k.Seqs), w.bytes, w.chunks, k.Seqs[len(k.Seqs)-1])
	if err != nil {
		return fmt.Errorf("save how far an archive is: %w", err)
	}
	return nil
}

// Finish closes an archive when its run has ended, however: what it has is deleted.
func Finish(ctx context.Context, tx pgx.Tx, id uuid.UUID) (models.Archive, error) {
	w, err := openArchive(ctx, tx, id)
	if err != nil {
		return models.Archive{}, err
	}
	a, err := scanArchive(tx.QueryRow(ctx, `UPDATE archives SET state = 'done', sha256 = $2, ended_at = clock_timestamp() WHERE id = $1 RETURNING `+archiveColumns, id, w.sum.Sum(nil)))
	if err != nil {
		return a, fmt.Errorf("finish an archive: %w", err)
	}
	return a, nil
}

const archiveColumns = `id, workspace_id, purge_id, state, rows, bytes, first_seq, last_seq, sha256, created_at, ended_at, changed_at, removed_at`

func scanArchive(row pgx.Row) (a models.Archive, err error) {
	err = row.Scan(&a.ID, &a.WorkspaceID, &a.PurgeID, &a.State, &a.Rows, &a.Bytes, &a.FirstSeq, &a.LastSeq, &a.SHA256, &a.CreatedAt, &a.EndedAt, &a.ChangedAt, &a.RemovedAt)
	return a, err
}

// unpacked is the text of a chunk.
func unpacked(chunk []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(chunk))
	if err != nil {
		return nil, fmt.Errorf("unpack a chunk of an archive: %w", err)
	}
	var text bytes.Buffer
	if _, err := text.ReadFrom(r); err != nil {
		return nil, fmt.Errorf("unpack a chunk of an archive: %w", err)
	}
	return text.Bytes(), errors.Join(r.Close())
}
