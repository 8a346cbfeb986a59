package account

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"daybook/models"
	"daybook/services/database"
)

// What follows is for services/erasure, which decides who is forgotten; it runs in its transactions.

// LockRoles makes changes of who may do what happen one after the other, and gives the doer as they are from then on.
func (d Doer) LockRoles(tx *gorm.DB) (Doer, error) { return d.lockRoles(tx) }

// MayTouch refuses to change a membership that is not the doer's to change: an owner's is for owners.
func (d Doer) MayTouch(role models.Role) error { return d.mayTouch(role) }

// StandStill keeps everybody else from changing, until the transaction ends, who may do what, and who is whom in some workspaces.
func StandStill(ctx context.Context, tx database.Tx, workspaces []uuid.UUID) error {
	if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, rolesKey); err != nil {
		return fmt.Errorf("lock the roles: %w", err)
	}
	if _, err := tx.Exec(ctx, `SELECT FROM workspaces WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE`, workspaces); err != nil {
		return fmt.Errorf("lock workspaces: %w", err)
	}
	return nil
}

// StayInCharge refuses to lose the last owner of some workspace, or the last instance admin.
func StayInCharge(ctx context.Context, tx database.Tx, user int64) error {
	var last bool
	var name, owned string
	err := tx.QueryRow(ctx, `
		SELECT u.name, u.instance_admin AND NOT EXISTS (SELECT FROM users o WHERE o.instance_admin AND o.id <> u.id AND o.deactivated_at IS NULL AND o.password_hash <> ''),
		       coalesce((SELECT min(w.name) FROM memberships m JOIN workspaces w ON w.id = m.workspace_id WHERE m.user_id = u.id AND m.role = 'owner' AND NOT EXISTS (
		           SELECT FROM memberships n JOIN users o ON o.id = n.user_id
		            WHERE n.workspace_id = m.workspace_id AND n.role = 'owner' AND n.user_id <> u.id AND o.deactivated_at IS NULL AND o.password_hash <> '')), '')
		  FROM users u WHERE u.id = $1`, user).Scan(&name, &last, &owned)
	switch {
	case err != nil:
		return fmt.Errorf("look who is in charge: %w", err)
	case last:
		return models.Errorf(models.Conflict, "%s is the last instance admin who can sign in; make somebody else one first.", name)
	case owned != "":
		return models.Errorf(models.Conflict, "%s is the last owner of %s who can sign in; make somebody else an owner first.", name, owned)
	}
	return nil
}

// DeletedEmail is what stands in the place of the address of a user who was anonymised: it is unique, and nobody's.
func DeletedEmail(user int64) string { return fmt.Sprintf("deleted-%d@deleted.invalid", user) }

// EmptyUser takes from a record all that says who it was, and ends the memberships. The record itself stays, for others refer to it.
func EmptyUser(ctx context.Context, tx database.Tx, user int64) (memberships int64, err error) {
	_, err = tx.Exec(ctx, `
		UPDATE users SET email = $2, username = NULL, name = $3, password_hash = '', instance_admin = false, time_zone = '', theme = 'system', date_format = 'words',
		       deactivated_at = coalesce(deactivated_at, now()), erased_at = coalesce(erased_at, now()), updated_at = now(), version = version + 1
		 WHERE id = $1`, user, DeletedEmail(user), models.DeletedName)
	if err != nil {
		return 0, fmt.Errorf("empty the record of a user: %w", err)
	}
	memberships, err = tx.Exec(ctx, `DELETE FROM memberships WHERE user_id = $1`, user)
	if err != nil {
		return 0, fmt.Errorf("end memberships: %w", err)
	}
	return memberships, nil
}

// EmptyActors takes from actors all that says who they were, and their access to projects. Their external ids become deleted- and their number. The
// old ones are kept beside, with the names, until ForgetIDs: activities that are not erased yet are read by them, and have them in their leaves.
func EmptyActors(ctx context.Context, tx database.Tx, actors []int64) (projects int64, err error) {
	_, err = tx.Exec(ctx, `
		UPDATE actors a SET recorded_as = coalesce(recorded_as, external_id), recorded_name = coalesce(recorded_name, name), name = $2, email = NULL, role = NULL, erased_at = coalesce(erased_at, now()), updated_at = now(),
		       version = version + 1, external_id = 'deleted-' || a.id || CASE WHEN EXISTS (
		           SELECT FROM actors o WHERE o.workspace_id = a.workspace_id AND o.external_id = 'deleted-' || a.id AND o.id <> a.id) THEN '-' || gen_random_uuid() ELSE '' END
		 WHERE id = ANY ($1) AND erased_at IS NULL`, actors, models.DeletedName)
	if err != nil {
		return 0, fmt.Errorf("empty actors: %w", err)
	}
	projects, err = tx.Exec(ctx, `DELETE FROM project_members WHERE actor_id = ANY ($1)`, actors)
	if err != nil {
		return 0, fmt.Errorf("end access to projects: %w", err)
	}
	return projects, nil
}

// ForgetIDs forgets the external ids and names that erased actors had: no activity needs them any more to be read or proved.
func ForgetIDs(ctx context.Context, tx database.Tx, actors []int64) error {
	if _, err := tx.Exec(ctx, `UPDATE actors SET recorded_as = NULL, recorded_name = NULL WHERE id = ANY ($1) AND recorded_as IS NOT NULL`, actors); err != nil {
		return fmt.Errorf("forget external ids: %w", err)
	}
	return nil
}

// MakeDeleted makes an actor who is nobody, for what somebody without an actor in a workspace may still do there.
func MakeDeleted(ctx context.Context, tx database.Tx, workspace uuid.UUID, user *int64) (actor int64, err error) {
	err = tx.QueryRow(ctx, `
		INSERT INTO actors (id, workspace_id, external_id, type, name, user_id, erased_at) OVERRIDING SYSTEM VALUE
		SELECT n.id, $1, 'deleted-' || n.id || CASE WHEN EXISTS (SELECT FROM actors o WHERE o.workspace_id = $1 AND o.external_id = 'deleted-' || n.id) THEN '-' || gen_random_uuid() ELSE '' END,
		       'user', $2, $3, now() FROM (SELECT nextval(pg_get_serial_sequence('actors', 'id')) AS id) AS n RETURNING id`,
		workspace, models.DeletedName, user).Scan(&actor)
	if err != nil {
		return 0, fmt.Errorf("make an actor who is nobody: %w", err)
	}
	return actor, nil
}

// RewriteProjects replaces in what projects of a workspace are called.
func RewriteProjects(ctx context.Context, tx database.Tx, p database.Piece, r database.Replace) (database.Done, error) {
	return database.Rewrite(ctx, tx, database.Texts{
		Target: "project", Places: []string{"/id", "/name"}, Longest: []int{models.MaxIDBytes, models.MaxNameBytes}, Distinct: 1,
		Find: `SELECT id::text, external_id, name FROM projects WHERE workspace_id = $1 AND id > coalesce(nullif($2, ''), '0')::bigint ORDER BY projects.id LIMIT $3`,
		Save: `UPDATE projects SET external_id = $2, name = $3, updated_at = now(), version = version + 1 WHERE id = $1::bigint`,
	}, p, r)
}

// RewriteActors replaces in what others are and are called in a workspace: "assistant of Amara Okafor".
func RewriteActors(ctx context.Context, tx database.Tx, p database.Piece, r database.Replace) (database.Done, error) {
	return database.Rewrite(ctx, tx, database.Texts{
		Target: "actor", Places: []string{"/name", "/role"}, Longest: []int{models.MaxNameBytes, models.MaxNameBytes},
		Find: `SELECT id::text, name, role FROM actors WHERE workspace_id = $1 AND erased_at IS NULL AND id > coalesce(nullif($2, ''), '0')::bigint ORDER BY actors.id LIMIT $3`,
		Save: `UPDATE actors SET name = $2, role = $3, updated_at = now(), version = version + 1 WHERE id = $1::bigint`,
	}, p, r)
}

// RewriteWorkspace replaces in what a workspace is called. Its address stays: others have it in theirs.
func RewriteWorkspace(ctx context.Context, tx database.Tx, p database.Piece, r database.Replace) (database.Done, error) {
	return database.Rewrite(ctx, tx, database.Texts{
		Target: "workspace", Places: []string{"/name"}, Longest: []int{models.MaxNameBytes},
		Find: `SELECT id::text, name FROM workspaces WHERE id = $1 AND $2 = '' LIMIT $3`,
		Save: `UPDATE workspaces SET name = $2, updated_at = now(), version = version + 1 WHERE id = $1::uuid`,
	}, p, r)
}
