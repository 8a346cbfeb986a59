package account

import (
	"context"
	"fmt"
	"slices"
	"time"

	"daybook/models"
	"daybook/services/access"
)

// ProjectLine is a project in the list that admins see.
type ProjectLine struct {
	models.Project `gorm:"embedded"`
	Members        int64      // persons who have access of their own
	Activities     int64      // system rows apart
	LastActive     *time.Time // the day of the latest, in the workspace's zone
	Place          string     `json:"-"` // in the list
	Key            string     `json:"-"`
}

// ProjectFilter narrows the list of projects and says which page of it.
type ProjectFilter struct {
	Search string // part of a name or an external id
	State  string // active, archived, or empty: both
	Cursor string // of a page behind or before; empty: the first one
	Back   bool   // the page before the cursor
	Limit  int    // at most mostPeople; 0: fifty
	ID     int64  // this one alone; 0: all
}

// ProjectPage is a page of the list of projects.
type ProjectPage struct {
	Projects   []ProjectLine
	Prev, Next string // cursors of the pages around, or empty
}

// projectPage finds the page's projects first: what is counted, is counted for them alone.
const projectPage = `
	WITH page AS (
		SELECT p.*, lower(name) AS place, lpad(id::text, 19, '0') AS key FROM projects p
		 WHERE workspace_id = @ws AND (@search = '' OR strpos(lower(name || ' ' || external_id), lower(@search)) > 0)
		   AND (@state = '' OR (archived_at IS NULL) = (@state = 'active')) AND (CAST(@id AS bigint) = 0 OR id = @id)
		   AND (@cursor = '' OR (lower(name), lpad(id::text, 19, '0')) %[1]s (@place, @key)) ORDER BY place %[2]s, key %[2]s LIMIT @limit)
	SELECT page.*, (SELECT count(DISTINCT coalesce(a.merged_into, a.id)) FROM project_members m JOIN actors a ON a.id = m.actor_id
	                 WHERE m.workspace_id = @ws AND m.project_id = page.id) AS members, coalesce(done.n, 0) AS activities, done.latest AS last_active
	  FROM page LEFT JOIN LATERAL (SELECT sum(count)::bigint AS n, max(day) AS latest FROM daily_counts d
	                                WHERE d.workspace_id = @ws AND d.project_id = page.id AND NOT d.system AND d.count > 0) AS done ON true
	 ORDER BY place %[2]s, key %[2]s`

// ProjectsOf lists the projects of the doer's workspace by name, with what is going on in them.
func (s *Service) ProjectsOf(ctx context.Context, d Doer, f ProjectFilter) (page ProjectPage, err error) {
	if err := d.needs(access.Admin); err != nil {
		return page, err
	}
	if f.State != "" && f.State != "active" && f.State != "archived" {
		return page, models.FieldErrorf(models.Malformed, "state", "must be active or archived")
	}
	if f.Limit <= 0 || f.Limit > mostPeople {
		f.Limit = 50
	}
	place, key, err := readPlace(d.Workspace.ID, f.Cursor)
	if err != nil {
		return page, err
	}
	after, order := ">", "ASC"
	if f.Back {
		after, order = "<", "DESC"
	}
	err = s.db.WithContext(ctx).Raw(fmt.Sprintf(projectPage, after, order), map[string]any{
		"ws": d.Workspace.ID, "search": trimmed(clean(f.Search)), "state": f.State, "id": f.ID, "cursor": f.Cursor, "place": place, "key": key, "limit": f.Limit + 1,
	}).Scan(&page.Projects).Error
	if err != nil {
		return page, fmt.Errorf("list projects: %w", err)
	}
	page.link(d, f)
	return page, nil
}

// link takes the row that was read only to know that there is one, and says where the pages around are.
func (p *ProjectPage) link(d Doer, f ProjectFilter) {
	more := len(p.Projects) > f.Limit
	if more {
		p.Projects = p.Projects[:f.Limit]
	}
	if f.Back {
		slices.Reverse(p.Projects)
	}
	if len(p.Projects) == 0 {
		return
	}
	cursor := func(l ProjectLine) string { return writePlace(d.Workspace.ID, personRow{Place: l.Place, Key: l.Key}) }
	first, last := p.Projects[0], p.Projects[len(p.Projects)-1]
	if f.Back && more || !f.Back && f.Cursor != "" {
		p.Prev = cursor(first)
	}
	if f.Back || more {
		p.Next = cursor(last)
	}
}

// ProjectOf finds a project of the doer's workspace by our id, as the list has it.
func (s *Service) ProjectOf(ctx context.Context, d Doer, id int64) (*ProjectLine, error) {
	if id > 0 {
		page, err := s.ProjectsOf(ctx, d, ProjectFilter{ID: id})
		if err != nil {
			return nil, err
		}
		if len(page.Projects) > 0 {
			return &page.Projects[0], nil
		}
	}
	if err := d.needs(access.Admin); err != nil {
		return nil, err
	}
	return nil, models.FieldErrorf(models.NotFound, "project", "there is no such project here")
}

// CountProjects tells how many projects of the doer's workspace are active, and how many archived.
func (s *Service) CountProjects(ctx context.Context, d Doer) (active, archived int64, err error) {
	if err := d.needs(access.Admin); err != nil {
		return 0, 0, err
	}
	err = s.db.WithContext(ctx).Raw(`SELECT count(*) FILTER (WHERE archived_at IS NULL), count(*) FILTER (WHERE archived_at IS NOT NULL) FROM projects WHERE workspace_id = ?`,
		d.Workspace.ID).Row().Scan(&active, &archived)
	if err != nil {
		return 0, 0, fmt.Errorf("count projects: %w", err)
	}
	return active, archived, nil
}
