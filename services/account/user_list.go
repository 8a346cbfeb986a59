package account

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"daybook/models"
	"daybook/services/access"
)

// UserLine is one line of the list of everybody who can sign in, or could.
type UserLine struct {
	models.User
	In       []UserIn   `gorm:"-"` // by name
	LastSeen *time.Time // when a session or a token of theirs was used last, as far as these still exist
	HasNoKey bool       // has never set a password
}

// UserIn is a workspace that a user is a member of.
type UserIn struct {
	Slug string
	Name string
	Role models.Role
}

// userPlace puts those who were anonymised behind the others.
const userPlace = `CASE WHEN u.erased_at IS NULL THEN '0' ELSE '1' END || lower(u.name)`

const users = `
WITH page AS (
    SELECT u.*, ` + userPlace + ` AS place, u.id AS key FROM users u
     WHERE (@search = '' OR strpos(lower(concat_ws(' ', u.name, u.email, u.username)), @search) > 0)
       AND (CAST(@id AS bigint) = 0 OR u.id = @id)
       AND CASE @state WHEN 'active' THEN u.deactivated_at IS NULL WHEN 'deactivated' THEN u.deactivated_at IS NOT NULL AND u.erased_at IS NULL
                       WHEN 'anonymised' THEN u.erased_at IS NOT NULL WHEN 'admins' THEN u.instance_admin
                       WHEN 'nowhere' THEN NOT u.instance_admin AND u.erased_at IS NULL AND NOT EXISTS (SELECT FROM memberships m WHERE m.user_id = u.id) ELSE true END
       AND (@cursor = '' OR (` + userPlace + `, u.id) > (@place, CAST(@key AS bigint)))
     ORDER BY place, key LIMIT @limit
)
SELECT page.*, page.password_hash = '' AS has_no_key,
       coalesce((SELECT json_agg(json_build_object('Slug', w.slug, 'Name', w.name, 'Role', m.role) ORDER BY lower(w.name), w.id)
                   FROM memberships m JOIN workspaces w ON w.id = m.workspace_id WHERE m.user_id = page.id), '[]')::text AS listed,
       greatest((SELECT max(last_seen_at) FROM sessions WHERE user_id = page.id), (SELECT max(last_used_at) FROM tokens WHERE user_id = page.id)) AS last_seen
  FROM page ORDER BY place, key`

// UserLines lists everybody by name, for instance admins. next is the cursor of the page behind, or empty.
func (s *Service) UserLines(ctx context.Context, d Doer, f ListFilter) (list []UserLine, next string, err error) {
	return s.userLines(ctx, d, f, 0)
}

// UserLine finds one of them.
func (s *Service) UserLine(ctx context.Context, d Doer, id int64) (*UserLine, error) {
	if id < 1 {
		return nil, noUser()
	}
	list, _, err := s.userLines(ctx, d, ListFilter{}, id)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, noUser()
	}
	return &list[0], nil
}

func noUser() error { return models.Errorf(models.NotFound, "There is no such user.") }

func (s *Service) userLines(ctx context.Context, d Doer, f ListFilter, id int64) (list []UserLine, next string, err error) {
	if err := d.needs(access.Instance); err != nil {
		return nil, "", err
	}
	place, key, err := readMark("users", f.Cursor)
	if err != nil {
		return nil, "", err
	}
	var rows []struct {
		UserLine      `gorm:"embedded"`
		Place, Listed string
	}
	err = s.db.WithContext(ctx).Raw(users, map[string]any{
		"search": strings.ToLower(trimmed(clean(f.Search))), "state": f.State, "cursor": f.Cursor, "place": place, "key": numberOf(key), "limit": f.limit() + 1, "id": id,
	}).Scan(&rows).Error
	if err != nil {
		return nil, "", fmt.Errorf("list users: %w", err)
	}
	for i, r := range rows {
		if i == f.limit() {
			return list, writeMark("users", rows[i-1].Place, fmt.Sprint(rows[i-1].ID)), nil
		}
		if err := json.Unmarshal([]byte(r.Listed), &r.In); err != nil {
			return nil, "", fmt.Errorf("list users: %w", err)
		}
		r.PasswordHash = "" // nobody needs it
		if r.ErasedAt != nil {
			r.Email = "" // what stands there keeps the column unique
		}
		list = append(list, r.UserLine)
	}
	return list, "", nil
}

// numberOf reads the id in a mark; in one that somebody made up it may be none.
func numberOf(key string) (id int64) {
	_, _ = fmt.Sscanf(key, "%d", &id)
	return id
}
