package erasure

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"daybook/models"
	"daybook/services/database"
	"daybook/services/mention"
)

// idKey is an external id that a workspace knows somebody by.
type idKey struct {
	workspace uuid.UUID
	id        string
}

// addSharedIDs notes which of their external ids are the username or the address of somebody else who is known in the workspace, by another id: to write of "olive" may mean
// either.
func (p *person) addSharedIDs(ctx context.Context, tx database.Tx) error {
	p.sharedIDs = map[idKey]bool{}
	for _, a := range p.actors {
		if a.ErasedAt != nil || a.ExternalID == "" {
			continue
		}
		var shared bool
		err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM users u WHERE u.id <> $2 AND u.erased_at IS NULL
				AND (u.email = $3 OR u.username = $3 AND EXISTS (SELECT FROM memberships m WHERE m.user_id = u.id AND m.workspace_id = $1)))
			OR EXISTS (SELECT FROM actors o WHERE o.workspace_id = $1 AND o.id <> ALL ($4) AND o.erased_at IS NULL AND lower(o.email) = $3)`,
			a.WorkspaceID, p.orZero(), strings.ToLower(a.ExternalID), p.actorIDs(uuid.Nil)).Scan(&shared)
		if err != nil {
			return fmt.Errorf("look who else is called so: %w", err)
		}
		p.sharedIDs[idKey{a.WorkspaceID, a.ExternalID}] = shared
	}
	return nil
}

// idOf is what is looked for of an external id.
func (p *person) idOf(ctx context.Context, tx database.Tx, a models.Actor, is string) (mention.ID, error) {
	id := mention.ID{Text: a.ExternalID, Is: is, Shared: p.sharedIDs[idKey{a.WorkspaceID, a.ExternalID}]}
	thing, err := isOfThing(ctx, tx, a.WorkspaceID, a.ExternalID)
	id.Thing = thing
	return id, err
}

// isOfThing tells whether anything that is no person has an id, too, as it is written or as texts are compared.
func isOfThing(ctx context.Context, tx database.Tx, workspace uuid.UUID, id string) (is bool, err error) {
	folded := mention.Folded(id)
	rows, err := tx.Query(ctx, typesOfID, workspace, []string{id, folded, strings.ToUpper(folded)})
	if err != nil {
		return false, fmt.Errorf("look what else has an id: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var entityType string
		if err := rows.Scan(&entityType); err != nil {
			return false, fmt.Errorf("look what else has an id: %w", err)
		}
		is = is || !mention.PersonType(entityType)
	}
	return is, rows.Err()
}

// typesOfID finds the types of what has an id, however many activities there are of each: it goes from one type to the next by the index.
const typesOfID = `WITH RECURSIVE t (id, type) AS (
	SELECT w.id, (SELECT min(a.entity_type) FROM activities a WHERE a.workspace_id = $1 AND a.entity_id = w.id) FROM (SELECT DISTINCT unnest($2::text[]) AS id) AS w
	UNION ALL SELECT t.id, (SELECT min(a.entity_type) FROM activities a WHERE a.workspace_id = $1 AND a.entity_id = t.id AND a.entity_type > t.type) FROM t WHERE t.type IS NOT NULL)
	SELECT type FROM t WHERE type IS NOT NULL`
