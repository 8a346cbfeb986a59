package savedview

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"gorm.io/gorm"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/account"
	"daybook/services/database"
	"daybook/services/feed"
	"daybook/services/ingest"
)

// MostViews is how many views somebody may have in a workspace.
const MostViews = 50

// mostShared bounds how many views of others are listed.
const mostShared = 200

// maxQuery bounds the text of a filter, in bytes: it has to fit into an address.
const maxQuery = 4096

// Service keeps saved views. Every question is asked by a viewer: a view of another workspace, or a private one of somebody else, does not
// exist for them. A view widens nobody's access: whoever opens it reads with their own scope.
type Service struct {
	db      *gorm.DB
	record  *ingest.Service
	account *account.Service
	now     func() time.Time
}

// New makes the service.
func New(db *database.Database, record *ingest.Service, accounts *account.Service, now func() time.Time) *Service {
	return &Service{db: db.Gorm, record: record, account: accounts, now: now}
}

// View is a saved view as a viewer sees it.
type View struct {
	models.SavedView
	Owner   string // their name
	Own     bool   // it is the viewer's
	Default bool   // it opens first, for the viewer
}

// Read reads the filter that a query means at a moment, in the zone of that moment. What is wrong with it is told as an error of the field
// "query".
func Read(query url.Values, at time.Time) (feed.Filter, error) {
	filter, err := feed.Parse(query, at)
	var ours *models.Error
	if errors.As(err, &ours) && len(ours.Fields) > 0 {
		wrong := ours.Fields[0]
		return filter, models.FieldErrorf(models.Invalid, "query", "cannot be read: %s %s", wrong.Field, wrong.Message)
	}
	return filter, err
}

// visible is the condition for a view v of the owner o to exist for a user in a workspace.
const visible = `v.workspace_id = @workspace AND (v.user_id = @user OR v.shared AND o.deactivated_at IS NULL AND (o.instance_admin
	OR EXISTS (SELECT FROM memberships m WHERE m.workspace_id = v.workspace_id AND m.user_id = v.user_id)))`

// columns are those of View.
const columns = `v.*, o.name AS owner, v.user_id = @user AS own, d.view_id IS NOT NULL AS "default"
	  FROM saved_views v JOIN users o ON o.id = v.user_id
	  LEFT JOIN default_views d ON d.view_id = v.id AND d.user_id = @user AND d.workspace_id = v.workspace_id`

// viewer gives the names that the conditions above use.
func viewer(v access.Viewer) map[string]any {
	return map[string]any{"workspace": v.Workspace.ID, "user": v.User.ID, "most": MostViews + mostShared}
}

// admitted tells whether somebody may have views at all: people who may see the workspace, not programs.
func admitted(v access.Viewer) error {
	if v.User == nil || v.Token != nil || v.Role == access.Outsider {
		return models.Errorf(models.Forbidden, "Saved views are for people who are signed in.")
	}
	return nil
}

// List gives the views that the viewer sees: their own in their order, then those that others share, by name.
func (s *Service) List(ctx context.Context, v access.Viewer) ([]View, error) {
	if err := admitted(v); err != nil {
		return nil, err
	}
	var views []View
	err := s.db.WithContext(ctx).Raw(`SELECT `+columns+` WHERE `+visible+`
		ORDER BY own DESC, CASE WHEN v.user_id = @user THEN v.position END, lower(v.name), v.id LIMIT @most`, viewer(v)).Scan(&views).Error
	if err != nil {
		return nil, fmt.Errorf("list saved views: %w", err)
	}
	return views, nil
}

// One gives a view that the viewer sees.
func (s *Service) One(ctx context.Context, v access.Viewer, id int64) (View, error) {
	if err := admitted(v); err != nil {
		return View{}, err
	}
	return one(s.db.WithContext(ctx), v, id)
}

func one(db *gorm.DB, v access.Viewer, id int64) (View, error) {
	names := viewer(v)
	names["id"] = id
	var views []View
	if err := db.Raw(`SELECT `+columns+` WHERE v.id = @id AND `+visible, names).Scan(&views).Error; err != nil {
		return View{}, fmt.Errorf("find a saved view: %w", err)
	}
	if len(views) == 0 {
		return View{}, notThere()
	}
	return views[0], nil
}

func notThere() error {
	return models.Errorf(models.NotFound, "There is no such saved view, or it is not shared any more.")
}

// Default gives the view that opens first for the viewer, if they chose one and still see it.
func (s *Service) Default(ctx context.Context, v access.Viewer) (view View, ok bool, err error) {
	if err := admitted(v); err != nil {
		return View{}, false, err
	}
	var views []View
	err = s.db.WithContext(ctx).Raw(`SELECT `+columns+` WHERE d.view_id IS NOT NULL AND `+visible, viewer(v)).Scan(&views).Error
	if err != nil {
		return View{}, false, fmt.Errorf("find the default view: %w", err)
	}
	if len(views) == 0 {
		return View{}, false, nil
	}
	return views[0], true, nil
}
