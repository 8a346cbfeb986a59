package savedview

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/database"
	"daybook/services/ingest"
)

// Draft says what a new view is to be.
type Draft struct {
	Name    string
	Query   url.Values // the parameters of a filter; others are left out
	Shared  bool
	Default bool // it opens first from now on
}

// Create saves a view for the viewer. at is now, in the zone in which they read dates. Errors name the fields name and query.
func (s *Service) Create(ctx context.Context, v access.Viewer, d Draft, at time.Time) (models.SavedView, error) {
	view := models.SavedView{Name: strings.TrimSpace(d.Name), Shared: d.Shared}
	if err := admitted(v); err != nil {
		return view, err
	}
	var queryErr error
	view.Query, queryErr = canonical(d.Query, at)
	if err := models.JoinFields(models.CheckViewName(view.Name), queryErr); err != nil {
		return view, err
	}
	view.WorkspaceID, view.UserID = v.Workspace.ID, v.User.ID
	return view, s.change(ctx, v, func(tx *gorm.DB, by models.ActorRef) error {
		if err := add(tx, &view); err != nil {
			return err
		}
		if d.Default {
			if err := choose(tx, v, view.ID); err != nil {
				return err
			}
		}
		if d.Shared {
			return s.act(ctx, tx, view, models.Event{Actor: by, Action: "shared"})
		}
		return nil
	})
}

// canonical gives the text of the filter that a query is.
func canonical(query url.Values, at time.Time) (string, error) {
	filter, err := Read(query, at)
	if err != nil {
		return "", err
	}
	text := filter.String()
	switch {
	case text == "":
		return "", models.FieldErrorf(models.Invalid, "query", "must narrow the feed down; everything is there without a view")
	case len(text) > maxQuery:
		return "", models.FieldErrorf(models.Invalid, "query", "must have at most %d bytes", maxQuery)
	}
	return text, nil
}

// add puts a view behind those that its owner has.
func add(tx *gorm.DB, view *models.SavedView) error {
	var has struct{ Count, Last int }
	err := tx.Raw(`SELECT count(*), coalesce(max(position), 0) AS last FROM saved_views WHERE workspace_id = ? AND user_id = ?`, view.WorkspaceID, view.UserID).Scan(&has).Error
	if err != nil {
		return fmt.Errorf("count saved views: %w", err)
	}
	if has.Count >= MostViews {
		return models.FieldErrorf(models.Conflict, "name", "you have %d views, which is as many as there can be; delete one first", has.Count)
	}
	view.Position = has.Last + 1
	return named(tx.Create(view).Error, view.Name)
}

// named says that a name is taken, when that is the error.
func named(err error, name string) error {
	switch {
	case database.IsUniqueViolation(err):
		return models.FieldErrorf(models.Conflict, "name", "you have a view called %s already", name)
	case err != nil:
		return fmt.Errorf("save a view: %w", err)
	}
	return nil
}

// change runs a change of the viewer's views, one at a time for each person, so that limits and positions hold. What a view is changed by is
// held with hold, after the person: others change it too.
func (s *Service) change(ctx context.Context, v access.Viewer, do func(tx *gorm.DB, by models.ActorRef) error) error {
	if err := admitted(v); err != nil {
		return err
	}
	by, err := s.account.ActorOf(ctx, v.Workspace.ID, v.User) // before the transaction: it takes a connection of its own
	if err != nil {
		return err
	}
	return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := tx.Exec(`SELECT FROM users WHERE id = ? FOR NO KEY UPDATE`, v.User.ID).Error; err != nil {
			return fmt.Errorf("lock a user's views: %w", err)
		}
		return do(tx, by)
	})
}

// hold gives a view that the viewer sees, and keeps everybody else from changing it until the transaction ends. Whether they see it is asked once
// it is held: it may have been deleted, or be private by then.
func hold(tx *gorm.DB, v access.Viewer, id int64) (View, error) {
	if err := tx.Exec(`SELECT FROM saved_views WHERE id = ? AND workspace_id = ? FOR UPDATE`, id, v.Workspace.ID).Error; err != nil {
		return View{}, fmt.Errorf("hold a saved view: %w", err)
	}
	return one(tx, v, id)
}

// holdOwn holds one of the viewer's own views.
func holdOwn(tx *gorm.DB, v access.Viewer, id int64) (View, error) {
	found, err := hold(tx, v, id)
	if err == nil && !found.Own {
		return View{}, models.Errorf(models.Forbidden, "This view is somebody else's. Only they can change it.")
	}
	return found, err
}

// there tells that a statement found the view it was about: nothing that changed nothing is recorded.
func there(changed *gorm.DB) error {
	if changed.RowsAffected == 0 {
		return notThere()
	}
	return nil
}

// act records what happened to a view that the workspace shares.
func (s *Service) act(ctx context.Context, tx *gorm.DB, view models.SavedView, ev models.Event) error {
	id, at := fmt.Sprint(view.ID), s.now().UTC().Truncate(time.Microsecond)
	ev.Entity, ev.OccurredAt = &models.EntityRef{Type: "saved_view", ID: &id, Name: &view.Name}, &at
	return s.record.Record(ctx, database.GormTx(tx), ingest.Act{Workspace: view.WorkspaceID, Part: "savedview", Event: ev})
}

// Rename gives one of the viewer's views another name.
func (s *Service) Rename(ctx context.Context, v access.Viewer, id int64, name string) error {
	name = strings.TrimSpace(name)
	return s.change(ctx, v, func(tx *gorm.DB, by models.ActorRef) error {
		view, err := holdOwn(tx, v, id)
		if err != nil {
			return err
		}
		if err := models.CheckViewName(name); err != nil {
			return err
		}
		if name == view.Name {
			return nil
		}
		set := map[string]any{"name": name, "updated_at": s.now()}
		changed := tx.Model(&models.SavedView{}).Where("id = ?", id).Updates(set)
		if err := named(changed.Error, name); err != nil {
			return err
		} else if err := there(changed); err != nil || !view.Shared {
			return err
		}
		before := view.Name
		view.Name = name
		return s.act(ctx, tx, view.SavedView, models.Event{Actor: by, Action: "renamed", Changes: []models.Change{
			{Field: "name", Before: text(before), After: text(name)},
		}})
	})
}

// Share lets every member of the workspace see one of the viewer's views, or none but its owner. Each reads it with their own scope.
func (s *Service) Share(ctx context.Context, v access.Viewer, id int64, shared bool) error {
	return s.change(ctx, v, func(tx *gorm.DB, by models.ActorRef) error {
		view, err := holdOwn(tx, v, id)
		if err != nil || view.Shared == shared {
			return err
		}
		set := map[string]any{"shared": shared, "updated_at": s.now()}
		if changed := tx.Model(&models.SavedView{}).Where("id = ?", id).Updates(set); changed.Error != nil {
			return fmt.Errorf("share a view: %w", changed.Error)
		} else if err := there(changed); err != nil {
			return err
		}
		action := "shared"
		if !shared {
			action = "unshared"
		}
		return s.act(ctx, tx, view.SavedView, models.Event{Actor: by, Action: action})
	})
}

// Move puts one of the viewer's views before the one above it, or behind the one below it. At the end of the list it stays.
func (s *Service) Move(ctx context.Context, v access.Viewer, id int64, up bool) error {
	return s.change(ctx, v, func(tx *gorm.DB, _ models.ActorRef) error {
		if _, err := holdOwn(tx, v, id); err != nil {
			return err
		}
		var ids []int64
		err := tx.Raw(`SELECT id FROM saved_views WHERE workspace_id = ? AND user_id = ? ORDER BY position, id`, v.Workspace.ID, v.User.ID).Scan(&ids).Error
		if err != nil {
			return fmt.Errorf("list one's views: %w", err)
		}
		from := slices.Index(ids, id)
		to := from + 1
		if up {
			to = from - 1
		}
		if to < 0 || to >= len(ids) {
			return nil
		}
		ids[from], ids[to] = ids[to], ids[from]
		for i, each := range ids {
			if err := tx.Exec(`UPDATE saved_views SET position = ? WHERE id = ? AND position <> ?`, i+1, each, i+1).Error; err != nil {
				return fmt.Errorf("move a view: %w", err)
			}
		}
		return nil
	})
}

// SetDefault makes a view that the viewer sees, their own or a shared one, the one that opens first for them.
func (s *Service) SetDefault(ctx context.Context, v access.Viewer, id int64) error {
	return s.change(ctx, v, func(tx *gorm.DB, _ models.ActorRef) error {
		if _, err := hold(tx, v, id); err != nil {
			return err
		}
		return choose(tx, v, id)
	})
}

// defaultView is a row of default_views.
type defaultView struct {
	UserID      int64  `gorm:"primaryKey"`
	WorkspaceID string `gorm:"primaryKey;type:uuid"`
	ViewID      int64
}

func choose(tx *gorm.DB, v access.Viewer, id int64) error {
	row := defaultView{UserID: v.User.ID, WorkspaceID: v.Workspace.ID.String(), ViewID: id}
	if err := tx.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "user_id"}, {Name: "workspace_id"}}, DoUpdates: clause.AssignmentColumns([]string{"view_id"})}).Create(&row).Error; err != nil {
		return fmt.Errorf("set the default view: %w", err)
	}
	return nil
}

// ClearDefault lets everything open first again for the viewer, if that was this view.
func (s *Service) ClearDefault(ctx context.Context, v access.Viewer, id int64) error {
	return s.change(ctx, v, func(tx *gorm.DB, _ models.ActorRef) error {
		if _, err := hold(tx, v, id); err != nil {
			return err
		}
		if err := tx.Where("user_id = ? AND view_id = ?", v.User.ID, id).Delete(&defaultView{}).Error; err != nil {
			return fmt.Errorf("clear the default view: %w", err)
		}
		return nil
	})
}

// Delete removes a view: the viewer's own, or, as an admin of the workspace, one that somebody shares. It is the default of nobody any more.
func (s *Service) Delete(ctx context.Context, v access.Viewer, id int64) error {
	return s.change(ctx, v, func(tx *gorm.DB, by models.ActorRef) error {
		view, err := hold(tx, v, id)
		if err != nil {
			return err
		}
		if !view.Own && !v.Administers() {
			return models.Errorf(models.Forbidden, "This view is somebody else's. Only they, or an admin of the workspace, can delete it.")
		}
		if deleted := tx.Where("id = ?", id).Delete(&models.SavedView{}); deleted.Error != nil {
			return fmt.Errorf("delete a view: %w", deleted.Error)
		} else if err := there(deleted); err != nil {
			return err
		}
		if !view.Shared {
			return nil
		}
		return s.act(ctx, tx, view.SavedView, models.Event{Actor: by, Action: "deleted"})
	})
}

// text writes a text as JSON, for a change.
func text(s string) json.RawMessage {
	written, err := json.Marshal(s)
	if err != nil {
		return json.RawMessage("null")
	}
	return written
}
