package account

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"daybook/models"
	"daybook/services/auth"
	"daybook/services/database"
	"daybook/services/ingest"
)

// Service manages users, workspaces, members, actors and projects. Each change is recorded as an activity in its own transaction.
type Service struct {
	db     *gorm.DB
	record *ingest.Service
	auth   *auth.Service
	now    func() time.Time
	zones  zones

	forgotten Forgotten // nil: nobody was
}

// zones remembers the names of time zones: PostgreSQL reads a file for each of them.
type zones struct {
	sync.Mutex
	names []string
}

// New makes the service.
func New(db *database.Database, record *ingest.Service, a *auth.Service, now func() time.Time) *Service {
	return &Service{db: db.Gorm, record: record, auth: a, now: now}
}

// act records an act of this package in the transaction of the change.
func (s *Service) act(ctx context.Context, tx *gorm.DB, workspace uuid.UUID, ev models.Event) error {
	at := s.now().UTC().Truncate(time.Microsecond)
	ev.OccurredAt = &at
	return s.record.Record(ctx, database.GormTx(tx), ingest.Act{Workspace: workspace, Part: "account", Event: ev})
}

// change describes one changed field of an act.
func change(field string, before, after any) models.Change {
	return models.Change{Field: field, Before: jsonOf(before), After: jsonOf(after)}
}

// jsonOf writes a value of a change. Times are in UTC, as in all JSON of ours, wherever they came from.
func jsonOf(v any) json.RawMessage {
	if at, ok := v.(*time.Time); ok && at != nil {
		v = at.UTC()
	}
	text, err := json.Marshal(v)
	if err != nil {
		return json.RawMessage("null")
	}
	return text
}

// Workspace finds a workspace by slug or id.
func (s *Service) Workspace(ctx context.Context, address string) (*models.Workspace, error) {
	var w models.Workspace
	none := models.FieldErrorf(models.NotFound, "workspace", "there is no workspace %q", address)
	if models.CheckID("workspace", address) != nil {
		return nil, none // no text that the database could hold
	}
	find := s.db.WithContext(ctx).Where("slug = ?", address)
	if id, err := uuid.Parse(address); err == nil {
		find = s.db.WithContext(ctx).Where("id = ?", id)
	}
	err := find.Take(&w).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, none
	} else if err != nil {
		return nil, fmt.Errorf("find a workspace: %w", err)
	}
	return &w, nil
}

// User finds a user by e-mail address or username.
func (s *Service) User(ctx context.Context, login string) (*models.User, error) {
	var u models.User
	login = strings.ToLower(strings.TrimSpace(login))
	none := models.FieldErrorf(models.NotFound, "user", "there is no user %q", login)
	if models.CheckID("user", login) != nil {
		return nil, none // no text that the database could hold
	}
	err := s.db.WithContext(ctx).Where("email = ? OR lower(username) = ?", login, login).Take(&u).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, none
	} else if err != nil {
		return nil, fmt.Errorf("find a user: %w", err)
	}
	return &u, nil
}

// actorOf gives the name by which a user acts in a workspace: the actor that the application knows, if one is linked, else one of ours.
func actorOf(tx *gorm.DB, workspace uuid.UUID, u *models.User) (models.ActorRef, error) {
	var a models.Actor
	err := tx.Where("workspace_id = ? AND coalesce(merged_into, id) IN (?)", workspace, theirs(tx, workspace, u.ID)).
		Where("type = ?", models.ActorUser).Order("external_id LIKE 'daybook:%', merged_into IS NOT NULL, id").Take(&a).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return models.UserActor(u), nil
	} else if err != nil {
		return models.ActorRef{}, fmt.Errorf("find the actor of a user: %w", err)
	}
	return models.ActorRef{ID: a.ExternalID, Name: u.Name, Type: models.ActorUser}, nil
}

// theirs asks for the actors that stand for a user: those linked to them, or those that these are merged into.
func theirs(tx *gorm.DB, workspace uuid.UUID, user int64) *gorm.DB {
	return tx.Model(&models.Actor{}).Select("coalesce(merged_into, id)").Where("workspace_id = ? AND user_id = ?", workspace, user)
}

// ActorOf gives the name by which a user acts in a workspace.
func (s *Service) ActorOf(ctx context.Context, workspace uuid.UUID, u *models.User) (models.ActorRef, error) {
	return actorOf(s.db.WithContext(ctx), workspace, u)
}
