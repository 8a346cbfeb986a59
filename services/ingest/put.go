package ingest

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"daybook/models"
	"daybook/services/database"
)

// The lanes of the inbox: the journal empties the first before it takes from the second.
const (
	laneFirst = 0 // single events and our own acts
	laneBulk  = 1 // arrays, lines, imports
)

// claimAndPut claims the ids of the events and writes those that are new to the inbox, in one statement. Ids are claimed in sorted order, so that
// two batches with the same ids do not wait for each other in a circle. A claim by a transaction that has not ended yet is waited for.
const claimAndPut = `
WITH input AS (
    SELECT n, uuid, mac_key, mac, event
      FROM unnest($4::uuid[], $5::bytea[], $6::bytea[], $7::text[]) WITH ORDINALITY AS i (uuid, mac_key, mac, event, n)
), claimed AS (
    INSERT INTO event_ids (workspace_id, uuid, mac_key, mac)
    SELECT $2, uuid, mac_key, mac FROM input ORDER BY uuid
    ON CONFLICT DO NOTHING RETURNING uuid
), put AS (
    INSERT INTO inbox (lane, workspace_id, uuid, source_id, event)
    SELECT $1, $2, uuid, $3, event::jsonb FROM input JOIN claimed USING (uuid) ORDER BY n
)
SELECT coalesce(array_agg(uuid), '{}') FROM claimed`

// placement says where drafts go.
type placement struct {
	lane      int
	workspace uuid.UUID
	source    int64
}

// put writes the drafts in the caller's transaction and gives, for each, whether it is new. An id that was used for other content is a
// *clash, and then the transaction is to be rolled back.
func put(ctx context.Context, tx database.Tx, to placement, drafts []draft) (fresh []bool, err error) {
	first := make(map[uuid.UUID]int, len(drafts))
	ids, events := make([]uuid.UUID, 0, len(drafts)), make([]string, 0, len(drafts))
	keys, macs := make([][]byte, 0, len(drafts)), make([][]byte, 0, len(drafts))
	for i, d := range drafts {
		if _, twice := first[d.id]; twice {
			continue
		}
		first[d.id] = i
		key := make([]byte, sha256.Size)
		_, _ = rand.Read(key) // never fails (crypto/rand)
		ids, events = append(ids, d.id), append(events, string(d.event))
		keys, macs = append(keys, key), append(macs, fingerprint(key, d.content))
	}
	var won []uuid.UUID
	row := tx.QueryRow(ctx, claimAndPut, to.lane, to.workspace, to.source, ids, keys, macs, events)
	if err := row.Scan(&won); err != nil {
		return nil, fmt.Errorf("write the inbox: %w", err)
	}
	fresh = make([]bool, len(drafts))
	for _, id := range won {
		fresh[first[id]] = true
	}
	if len(won) < len(drafts) {
		return fresh, sameContent(ctx, tx, to.workspace, drafts, fresh)
	}
	return fresh, nil
}

func fingerprint(key, content []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write(content)
	return mac.Sum(nil)
}

// sameContent checks that each event that was there already, before or just now from the same drafts, is the same event. One whose
// fingerprint an erasure removed counts as the same.
func sameContent(ctx context.Context, tx database.Tx, workspace uuid.UUID, drafts []draft, fresh []bool) error {
	var asked []uuid.UUID
	for i, d := range drafts {
		if !fresh[i] {
			asked = append(asked, d.id)
		}
	}
	rows, err := tx.Query(ctx, `SELECT uuid, mac_key, mac FROM event_ids WHERE workspace_id = $1 AND uuid = ANY ($2) AND mac_key IS NOT NULL`, workspace, asked)
	if err != nil {
		return fmt.Errorf("read event ids: %w", err)
	}
	defer rows.Close()
	type fingerprinted struct{ key, mac []byte }
	known := make(map[uuid.UUID]fingerprinted, len(asked))
	for rows.Next() {
		var id uuid.UUID
		var p fingerprinted
		if err := rows.Scan(&id, &p.key, &p.mac); err != nil {
			return fmt.Errorf("read event ids: %w", err)
		}
		known[id] = p
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read event ids: %w", err)
	}
	for i, d := range drafts {
		k, ok := known[d.id]
		if fresh[i] || !ok || hmac.Equal(k.mac, fingerprint(k.key, d.content)) {
			continue
		}
		before, err := d.contentsBefore()
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(before, func(content []byte) bool { return hmac.Equal(k.mac, fingerprint(k.key, content)) }) {
			return otherContent(drafts, i)
		}
	}
	return nil
}

// clash is the models.Error about a draft whose id was used for other content.
type clash struct {
	at int // which draft, from 0
	error
}

func (c *clash) Unwrap() error { return c.error }

func otherContent(drafts []draft, at int) error {
	out := &report{index: drafts[at].index}
	out.add(drafts[at].named, "was used before for an event with other content; every event needs one of its own")
	return &clash{at: at, error: out.err(models.Conflict)}
}
