package account

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"daybook/models"
	"daybook/services/database"
)

// NewWorkspace says what a workspace is to be.
type NewWorkspace struct {
	Slug     string
	Name     string
	TimeZone string // IANA name; empty: UTC
}

// CreateWorkspace makes a workspace.
func (s *Service) CreateWorkspace(ctx context.Context, n NewWorkspace, by models.ActorRef) (*models.Workspace, error) {
	w, err := n.check()
	if err != nil {
		return nil, err
	}
	if err := s.checkZone(ctx, w.TimeZone); err != nil {
		return nil, err
	}
	return w, s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error { return s.createWorkspace(ctx, tx, w, by) })
}

func (n NewWorkspace) check() (*models.Workspace, error) {
	if n.TimeZone == "" {
		n.TimeZone = "UTC"
	}
	errs := []error{models.CheckSlug(n.Slug), models.CheckName("name", n.Name)}
	if _, err := time.LoadLocation(n.TimeZone); err != nil || n.TimeZone == "Local" {
		errs = append(errs, models.FieldErrorf(models.Invalid, "time_zone", "must be a time zone like Europe/Amsterdam"))
	}
	return &models.Workspace{ID: uuid.Must(uuid.NewV7()), Slug: n.Slug, Name: n.Name, TimeZone: n.TimeZone}, models.JoinFields(errs...)
}

// checkZone makes sure that PostgreSQL knows a time zone too: the journal counts in it, and could post nothing any more.
func (s *Service) checkZone(ctx context.Context, zone string) error {
	var local time.Time
	err := s.db.WithContext(ctx).Raw(`SELECT now() AT TIME ZONE ?`, zone).Scan(&local).Error
	if database.SQLState(err) == "22023" {
		return models.FieldErrorf(models.Invalid, "time_zone", "%s is not known to PostgreSQL", zone)
	} else if err != nil {
		return fmt.Errorf("check a time zone: %w", err)
	}
	return nil
}

func (s *Service) createWorkspace(ctx context.Context, tx *gorm.DB, w *models.Workspace, by models.ActorRef) error {
	if err := tx.Create(w).Error; errors.Is(err, gorm.ErrDuplicatedKey) {
		return models.FieldErrorf(models.Conflict, "slug", "there is a workspace %s already", w.Slug)
	} else if err != nil {
		return fmt.Errorf("create a workspace: %w", err)
	}
	id := w.ID.String()
	return s.act(ctx, tx, w.ID, models.Event{Actor: by, Action: "created", Entity: &models.EntityRef{Type: "workspace", ID: &id, Name: &w.Name}})
}
