package account

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/models"
)

// ActorKey addresses an actor as the sending application does.
type ActorKey struct {
	Workspace  uuid.UUID
	ExternalID string
}

// Named is an actor in an event, to be found or made.
type Named struct {
	Workspace   uuid.UUID
	Ref         models.ActorRef
	LinkByEmail bool // a new actor may be linked to the workspace's member with its e-mail

	linkEmail *string // the last e-mail that may link, whatever others say later
}

// Resolved is what became of one.
type Resolved struct {
	ID     int64
	Name   string // as known before these events; of a new one the name that they give, else the external id
	Linked *int64 // the user that a new actor was linked to by e-mail, just now
}

// ResolveActors finds the actors of a batch of events, makes those that are new, and keeps the latest name, e-mail and role sent.
// It runs in the journal's transaction.
func ResolveActors(ctx context.Context, tx pgx.Tx, named []Named) (map[ActorKey]Resolved, error) {
	latest, order := latestRefs(named)
	known, err := findActors(ctx, tx, order)
	if err != nil {
		return nil, err
	}
	resolved := make(map[ActorKey]Resolved, len(order))
	var fresh, changed []Named
	for _, key := range order {
		old, found := known[key]
		n := latest[key]
		switch {
		case !found:
			fresh = append(fresh, n)
			continue
		case differs(old, n.Ref):
			changed = append(changed, n)
		}
		resolved[key] = Resolved{ID: old.ID, Name: old.Name}
	}
	if err := makeActors(ctx, tx, fresh, resolved); err != nil {
		return nil, err
	}
	return resolved, renameActors(ctx, tx, changed)
}

// latestRefs keeps, for each actor, the last of what the events say about each of its properties.
func latestRefs(named []Named) (map[ActorKey]Named, []ActorKey) {
	latest := make(map[ActorKey]Named, len(named))
	var order []ActorKey
	for _, n := range named {
		key := ActorKey{n.Workspace, n.Ref.ID}
		before, seen := latest[key]
		n.linkEmail = before.linkEmail
		if n.LinkByEmail && n.Ref.Email != nil {
			n.linkEmail = n.Ref.Email
		}
		if !seen {
			order = append(order, key)
		} else {
			n.Ref = overlay(before.Ref, n.Ref)
		}
		latest[key] = n
	}
	return latest, order
}

func overlay(old, ref models.ActorRef) models.ActorRef {
	if ref.Name == "" {
		ref.Name = old.Name
	}
	if ref.Email == nil {
		ref.Email = old.Email
	}
	if ref.Role == nil {
		ref.Role = old.Role
	}
	if ref.UserID == nil {
		ref.UserID = old.UserID
	}
	return ref
}

func differs(old models.Actor, ref models.ActorRef) bool {
	return ref.Name != "" && ref.Name != old.Name ||
		ref.Email != nil && (old.Email == nil || *old.Email != *ref.Email) ||
		ref.Role != nil && (old.Role == nil || *old.Role != *ref.Role) ||
		ref.UserID != nil && old.UserID == nil
}

func findActors(ctx context.Context, tx pgx.Tx, keys []ActorKey) (map[ActorKey]models.Actor, error) {
	workspaces, ids := make([]uuid.UUID, len(keys)), make([]string, len(keys))
	for i, k := range keys {
		workspaces[i], ids[i] = k.Workspace, k.ExternalID
	}
	rows, err := tx.Query(ctx, `
		SELECT a.workspace_id, a.external_id, a.id, a.name, a.email, a.role, a.user_id
		  FROM unnest($1::uuid[], $2::text[]) AS k (workspace_id, external_id) JOIN actors a USING (workspace_id, external_id)`, workspaces, ids)
	if err != nil {
		return nil, fmt.Errorf("find actors: %w", err)
	}
	defer rows.Close()
	known := make(map[ActorKey]models.Actor, len(keys))
	for rows.Next() {
		var a models.Actor
		if err := rows.Scan(&a.WorkspaceID, &a.ExternalID, &a.ID, &a.Name, &a.Email, &a.Role, &a.UserID); err != nil {
			return nil, fmt.Errorf("find actors: %w", err)
		}
		known[ActorKey{a.WorkspaceID, a.ExternalID}] = a
	}
	return known, rows.Err()
}

// columns turns actors into one array for each column.
func columns(named []Named) []any {
	workspaces, ids, types, names := make([]uuid.UUID, len(named)), make([]string, len(named)), make([]string, len(named)), make([]string, len(named))
	emails, roles, links, users := make([]*string, len(named)), make([]*string, len(named)), make([]*string, len(named)), make([]*int64, len(named))
	for i, n := range named {
		workspaces[i], ids[i], types[i], names[i] = n.Workspace, n.Ref.ID, string(n.Ref.Type), n.Ref.Name
		emails[i], roles[i], links[i], users[i] = n.Ref.Email, n.Ref.Role, n.linkEmail, n.Ref.UserID
	}
	return []any{workspaces, ids, types, names, emails, roles, links, users}
}

// makeActors inserts new actors. The link by e-mail is made here and nowhere else, so it happens once: to an active member of this
// workspace who is no instance admin.
func makeActors(ctx context.Context, tx pgx.Tx, fresh []Named, into map[ActorKey]Resolved) error {
	if len(fresh) == 0 {
		return nil
	}
	rows, err := tx.Query(ctx, `
		INSERT INTO actors (workspace_id, external_id, type, name, email, role, user_id)
		SELECT n.workspace_id, n.external_id, n.type, coalesce(nullif(n.name, ''), n.external_id), n.email, n.role,
		       coalesce(n.user_id, (SELECT u.id FROM users u JOIN memberships m ON m.user_id = u.id AND m.workspace_id = n.workspace_id
		         WHERE n.type = 'user' AND u.email = n.link_email AND NOT u.instance_admin AND u.deactivated_at IS NULL))
		  FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[])
		       AS n (workspace_id, external_id, type, name, email, role, link_email, user_id)
		ON CONFLICT (workspace_id, external_id) DO UPDATE SET updated_at = actors.updated_at
		RETURNING workspace_id, external_id, id, name, user_id, xmax = 0`, columns(fresh)...)
	if err != nil {
		return fmt.Errorf("make actors: %w", err)
	}
	defer rows.Close()
	byEmail := map[ActorKey]bool{}
	for _, n := range fresh {
		byEmail[ActorKey{n.Workspace, n.Ref.ID}] = n.Ref.UserID == nil
	}
	for rows.Next() {
		var key ActorKey
		var r Resolved
		var made bool
		if err := rows.Scan(&key.Workspace, &key.ExternalID, &r.ID, &r.Name, &r.Linked, &made); err != nil {
			return fmt.Errorf("make actors: %w", err)
		}
		if !made || !byEmail[key] { // somebody else made it between our look and our insert, or its user was known
			r.Linked = nil
		}
		into[key] = r
	}
	return rows.Err()
}

func renameActors(ctx context.Context, tx pgx.Tx, changed []Named) error {
	if len(changed) == 0 {
		return nil
	}
	_, err := tx.Exec(ctx, `
		UPDATE actors a SET name = coalesce(nullif(n.name, ''), a.name), email = coalesce(n.email, a.email),
		       role = coalesce(n.role, a.role), user_id = coalesce(a.user_id, n.user_id), updated_at = now()
		  FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[])
		       AS n (workspace_id, external_id, type, name, email, role, link_email, user_id)
		 WHERE a.workspace_id = n.workspace_id AND a.external_id = n.external_id`, columns(changed)...)
	if err != nil {
		return fmt.Errorf("rename actors: %w", err)
	}
	return nil
}

// ResolveProjects finds the projects of a batch of events, makes those that are new (visible to their members), and keeps the latest name.
func ResolveProjects(ctx context.Context, tx pgx.Tx, named map[ActorKey]models.ProjectRef) (map[ActorKey]int64, error) {
	if len(named) == 0 {
		return nil, nil
	}
	var workspaces []uuid.UUID
	var ids, names []string
	for key, ref := range named {
		workspaces, ids, names = append(workspaces, key.Workspace), append(ids, ref.ID), append(names, ref.Name)
	}
	rows, err := tx.Query(ctx, `
		WITH n AS (SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[]) AS n (workspace_id, external_id, name)),
		known AS (SELECT p.id, p.workspace_id, p.external_id, p.name FROM n JOIN projects p USING (workspace_id, external_id)),
		renamed AS (
			UPDATE projects p SET name = n.name, updated_at = now() FROM n, known k
			 WHERE k.workspace_id = n.workspace_id AND k.external_id = n.external_id AND p.id = k.id AND n.name NOT IN ('', k.name)
		), made AS (
			INSERT INTO projects (workspace_id, external_id, name)
			SELECT workspace_id, external_id, coalesce(nullif(name, ''), external_id) FROM n
			 WHERE NOT EXISTS (SELECT FROM known k WHERE k.workspace_id = n.workspace_id AND k.external_id = n.external_id)
			ON CONFLICT (workspace_id, external_id) DO UPDATE SET updated_at = projects.updated_at
			RETURNING id, workspace_id, external_id
		)
		SELECT id, workspace_id, external_id FROM known UNION ALL SELECT id, workspace_id, external_id FROM made`, workspaces, ids, names)
	if err != nil {
		return nil, fmt.Errorf("resolve projects: %w", err)
	}
	defer rows.Close()
	found := make(map[ActorKey]int64, len(named))
	for rows.Next() {
		var id int64
		var key ActorKey
		if err := rows.Scan(&id, &key.Workspace, &key.ExternalID); err != nil {
			return nil, fmt.Errorf("resolve projects: %w", err)
		}
		found[key] = id
	}
	return found, rows.Err()
}
