package erasure

import (
	"slices"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/account"
)

// heldBy are the holds because of which an erasure left activities at its last look, those that still stand.
const heldBy = `(SELECT coalesce(json_agg(json_build_object('ID', h.id, 'WorkspaceID', h.workspace_id, 'Name', h.name) ORDER BY h.id), '[]')::text
	FROM holds h WHERE e.held > 0 AND h.id = ANY (e.held_by) AND h.lifted_at IS NULL)`

// asSeenBy leaves out what a doer may not know of an erasure: the holds of other workspaces.
func asSeenBy(d account.Doer, e models.Erasure) models.Erasure {
	if d.Role == access.Instance {
		return e
	}
	e.HeldBy = slices.DeleteFunc(e.HeldBy, func(h models.HeldBy) bool { return d.Workspace == nil || h.WorkspaceID != d.Workspace.ID })
	return e
}
