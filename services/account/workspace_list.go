package account

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"daybook/models"
	"daybook/services/access"
)

// WorkspaceLine is one line of the list of all workspaces.
type WorkspaceLine struct {
	models.Workspace
	Members    int64
	Recorded   int64      // activities there ever were
	LastActive *time.Time // when the latest of them happened
}

// ListFilter narrows a list of the whole instance.
type ListFilter struct {
	Search string
	State  string // of workspaces: open, archived; of users: active, deactivated, admins, nowhere; or empty
	Cursor string
	Limit  int // at most mostPeople; 0: fifty
}

func (f ListFilter) limit() int {
	if f.Limit <= 0 || f.Limit > mostPeople {
		return 50
	}
	return f.Limit
}

// What is not on the page is not counted; what is costs two steps of an index each.
const workspaces = `
WITH page AS (
    SELECT w.*, lower(w.name) AS place, w.id::text AS key FROM workspaces w
     WHERE (@search = '' OR strpos(lower(w.name || ' ' || w.slug), @search) > 0)
       AND (@state = '' OR @state = CASE WHEN archived_at IS NULL THEN 'open' ELSE 'archived' END)
       AND (@cursor = '' OR (lower(w.name), w.id::text) > (@place, @key))
     ORDER BY place, key LIMIT @limit
)
SELECT page.*, (SELECT count(*) FROM memberships m WHERE m.workspace_id = page.id) AS members,
       coalesce((SELECT seq FROM workspace_heads h WHERE h.workspace_id = page.id), 0) AS recorded,
       (SELECT max(at) FROM (SELECT (SELECT occurred_at FROM activities a WHERE a.workspace_id = page.id AND a.system = s ORDER BY occurred_at DESC, id DESC LIMIT 1) AS at
                               FROM unnest(ARRAY[false, true]) AS s) AS latest) AS last_active
  FROM page ORDER BY place, key`

// WorkspaceLines lists all workspaces by name, our own too, for instance admins. next is the cursor of the page behind, or empty.
func (s *Service) WorkspaceLines(ctx context.Context, d Doer, f ListFilter) (list []WorkspaceLine, next string, err error) {
	if err := d.needs(access.Instance); err != nil {
		return nil, "", err
	}
	place, key, err := readMark("workspaces", f.Cursor)
	if err != nil {
		return nil, "", err
	}
	var rows []struct {
		WorkspaceLine `gorm:"embedded"`
		Place, Key    string
	}
	err = s.db.WithContext(ctx).Raw(workspaces, map[string]any{
		"search": strings.ToLower(trimmed(clean(f.Search))), "state": f.State, "cursor": f.Cursor, "place": place, "key": key, "limit": f.limit() + 1,
	}).Scan(&rows).Error
	if err != nil {
		return nil, "", fmt.Errorf("list workspaces: %w", err)
	}
	for i, r := range rows {
		if i == f.limit() {
			return list, writeMark("workspaces", rows[i-1].Place, rows[i-1].Key), nil
		}
		list = append(list, r.WorkspaceLine)
	}
	return list, "", nil
}

// A mark is the place of the last row of a page, by name. It shows nothing that the page did not.
func writeMark(list, place, key string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(list + "\x00" + place + "\x00" + key))
}

func readMark(list, cursor string) (place, key string, err error) {
	if cursor == "" {
		return "", "", nil
	}
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	parts := strings.Split(string(text), "\x00")
	if err != nil || len(parts) != 3 || parts[0] != list || clean(parts[1]) != parts[1] || clean(parts[2]) != parts[2] {
		return "", "", models.FieldErrorf(models.Malformed, "cursor", "is not one of this list")
	}
	return parts[1], parts[2], nil
}
