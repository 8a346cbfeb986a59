package export

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/models"
)

// Legal holds stand on what is archived, too: all that a hold asks of an activity is in its line.

// ArchiveHold is a hold that stands, as lines of archives tell whom and what it is on. Criteria that are not given ask for nothing.
type ArchiveHold struct {
	ID      int64
	Name    string
	person  bool
	actors  []int64
	people  map[string]bool // external ids, as they were and are
	others  map[string]bool // projects of the workspace that it is not on; nil: it asks for no project
	kind    *string
	entity  *string
	from    *time.Time
	to      *time.Time
	project *int64
}

// ArchiveHolds are the holds that stand in a workspace.
type ArchiveHolds []ArchiveHold

// ReadArchiveHolds reads them.
func ReadArchiveHolds(ctx context.Context, tx pgx.Tx, workspace uuid.UUID) (ArchiveHolds, error) {
	rows, err := tx.Query(ctx, `SELECT h.id, h.name, h.people IS NOT NULL, coalesce(h.people, '{}'), h.project_id, h.entity_type, h.entity_id, h.from_at, h.to_at,
		ARRAY(SELECT unnest(ARRAY[a.external_id, a.recorded_as]) FROM actors a WHERE a.id = ANY (h.people)),
		CASE WHEN h.project_id IS NOT NULL THEN ARRAY(SELECT p.external_id FROM projects p WHERE p.workspace_id = h.workspace_id AND p.id <> h.project_id) ELSE '{}' END
		FROM holds h WHERE h.workspace_id = $1 AND h.lifted_at IS NULL ORDER BY h.id`, workspace)
	if err != nil {
		return nil, fmt.Errorf("read holds on archives: %w", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (h ArchiveHold, err error) {
		var people []*string
		var others []string
		if err := row.Scan(&h.ID, &h.Name, &h.person, &h.actors, &h.project, &h.kind, &h.entity, &h.from, &h.to, &people, &others); err != nil {
			return h, err
		}
		h.people, h.others = map[string]bool{}, map[string]bool{}
		for _, id := range people {
			if id != nil {
				h.people[*id] = true
			}
		}
		for _, id := range others {
			h.others[id] = true
		}
		return h, nil
	})
	if err != nil {
		return nil, fmt.Errorf("read holds on archives: %w", err)
	}
	return list, nil
}

// KnownAs has lines with an external id be an actor's, which the actor is not called by any more.
func (l ArchiveHolds) KnownAs(actor int64, id string) {
	for _, h := range l {
		if slices.Contains(h.actors, actor) {
			h.people[id] = true
		}
	}
}

// On gives the holds that a line is under. A project that is none of the workspace's may be the one that was held: projects get other ids when somebody is
// taken out of them.
func (l ArchiveHolds) On(line models.Event) (on []ArchiveHold) {
	for _, h := range l {
		if h.isOn(line) {
			on = append(on, h)
		}
	}
	return on
}

func (h ArchiveHold) isOn(line models.Event) bool {
	switch {
	case h.person && !h.people[line.Actor.ID] && (line.OnBehalfOf == nil || !h.people[line.OnBehalfOf.ID]):
		return false
	case h.project != nil && (line.Project == nil || h.others[line.Project.ID]):
		return false
	case h.kind != nil && (line.Entity == nil || line.Entity.Type != *h.kind):
		return false
	case h.entity != nil && (line.Entity.ID == nil || *line.Entity.ID != *h.entity):
		return false
	case line.OccurredAt == nil: // it has one
		return true
	}
	return (h.from == nil || !line.OccurredAt.Before(*h.from)) && (h.to == nil || !line.OccurredAt.After(*h.to))
}

// heldTime is how long it is looked whether something in an archive is held.
const heldTime = 5 * time.Second

// refuseHeld refuses to delete an archive of which a line is held, and one that is too long for a look as long as anything is held in the workspace. No hold
// is placed between the look and the end of tx.
func refuseHeld(ctx context.Context, tx pgx.Tx, a models.Archive) error {
	if _, err := tx.Exec(ctx, `LOCK TABLE holds IN SHARE MODE`); err != nil {
		return fmt.Errorf("keep holds from being placed: %w", err)
	}
	holds, err := ReadArchiveHolds(ctx, tx, a.WorkspaceID)
	if err != nil || len(holds) == 0 {
		return err
	}
	ends := time.Now().Add(heldTime)
	for n := 0; ; n++ {
		var chunk []byte
		err := tx.QueryRow(ctx, `SELECT coalesce((SELECT bytes FROM archive_chunks WHERE archive_id = $1 AND n = $2), '')`, a.ID, n).Scan(&chunk)
		if err != nil {
			return fmt.Errorf("look for what is held in an archive: %w", err)
		}
		if len(chunk) == 0 {
			return nil
		}
		name, err := holds.inChunk(chunk)
		if err != nil {
			return err
		}
		if name != "" {
			return models.Errorf(models.Conflict, "The archive has activities that are under the legal hold %s. It can be deleted when the hold is lifted.", name)
		}
		if time.Now().After(ends) {
			return models.Errorf(models.Conflict, "The archive is too long to look through, and may have activities that are under a legal hold. It can be deleted when no hold stands any more.")
		}
	}
}

// inChunk gives the name of a hold that a line of a chunk is under; none: empty.
func (l ArchiveHolds) inChunk(chunk []byte) (name string, err error) {
	text, err := unpacked(chunk)
	if err != nil {
		return "", err
	}
	for line := range bytes.Lines(text) {
		_, _, err := RewriteLine(bytes.TrimSuffix(line, []byte("\n")), func(ev models.Event) (models.Event, bool) {
			if on := l.On(ev); len(on) > 0 {
				name = on[0].Name
			}
			return ev, false
		})
		if err != nil || name != "" {
			return name, err
		}
	}
	return "", nil
}
