package auth

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"

	"daybook/models"
	"daybook/services/database"
	"daybook/services/ingest"
)

// Service signs people in and knows sessions and tokens.
type Service struct {
	db         *gorm.DB
	record     *ingest.Service
	now        func() time.Time
	attemptKey []byte
	turns      *turns
}

// New makes the service.
func New(db *database.Database, record *ingest.Service, keys Keys, now func() time.Time) *Service {
	return &Service{db: db.Gorm, record: record, now: now, attemptKey: keys.For("sign-in attempts"), turns: newTurns()}
}

// wrongSignIn is the same for an unknown account, a wrong password and a deactivated user, so that nobody learns who is here.
func wrongSignIn() *models.Error {
	return models.Errorf(models.Unauthenticated, "The e-mail address or the password is not right.")
}

// SignIn checks an e-mail address or username with a password. Each attempt is recorded, a failed one without the name that was given.
func (s *Service) SignIn(ctx context.Context, login, password string, from From) (*models.User, error) {
	login = strings.ToLower(strings.TrimSpace(login))
	user, err := s.find(ctx, login)
	if err != nil {
		return nil, err
	}
	keys := s.attemptKeys(user, login, from.IP)
	leave, err := s.turns.take(ctx, keys[0])
	if err != nil {
		return nil, fmt.Errorf("wait for others who sign in: %w", err)
	}
	defer leave()
	if err := s.reserve(ctx, keys); err != nil {
		return nil, err
	}
	hash := ""
	if user != nil && user.DeactivatedAt == nil {
		hash = user.PasswordHash
	}
	ok, err := CheckPassword(ctx, password, hash)
	if err != nil {
		return nil, fmt.Errorf("check a password: %w", err)
	}
	if !ok {
		return nil, s.refuse(ctx, user, from)
	}
	return user, s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := s.forgive(tx, keys); err != nil {
			return err
		}
		return s.Act(ctx, tx, models.Event{Actor: models.UserActor(user), Action: "signed_in"}, from)
	})
}

// find gives the user with an e-mail address or username, or nil.
func (s *Service) find(ctx context.Context, login string) (*models.User, error) {
	if !utf8.ValidString(login) || strings.ContainsRune(login, 0) {
		return nil, nil // no text that the database could hold
	}
	var u models.User
	err := s.db.WithContext(ctx).Where("email = ? OR lower(username) = ?", login, login).Take(&u).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, nil
	} else if err != nil {
		return nil, fmt.Errorf("find a user: %w", err)
	}
	return &u, nil
}

// refuse records a failed sign-in; it is counted already.
func (s *Service) refuse(ctx context.Context, user *models.User, from From) error {
	ev := models.Event{Actor: models.Itself, Action: "sign_in_failed", Outcome: models.Failure}
	if user != nil {
		ref := models.UserActor(user)
		id := fmt.Sprint(user.ID)
		ev.Actor, ev.Entity = ref, &models.EntityRef{Type: "user", ID: &id, Name: &user.Name}
	}
	err := s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error { return s.Act(ctx, tx, ev, from) })
	if err != nil {
		return err
	}
	return wrongSignIn()
}

// Act records something that happened to a sign-in, a session or a password, in the built-in workspace.
func (s *Service) Act(ctx context.Context, tx *gorm.DB, ev models.Event, from From) error {
	ev.IP = address(from.IP)
	if a := agent(from.UserAgent); a != "" {
		ev.UserAgent = &a
	}
	return s.record.Record(ctx, database.GormTx(tx), ingest.Act{Workspace: models.BuiltInWorkspace, Part: "auth", Event: ev})
}

// SignedOut records that somebody signed out.
func (s *Service) SignedOut(ctx context.Context, user *models.User, from From) error {
	return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		return s.Act(ctx, tx, models.Event{Actor: models.UserActor(user), Action: "signed_out"}, from)
	})
}

// CheckOwn checks somebody's own password again, before a change of weight. Failures count as failed sign-ins do.
func (s *Service) CheckOwn(ctx context.Context, user *models.User, password string, from From) error {
	keys := s.attemptKeys(user, "", from.IP)
	if err := s.reserve(ctx, keys); err != nil {
		return err
	}
	ok, err := CheckPassword(ctx, password, user.PasswordHash)
	if err != nil {
		return fmt.Errorf("check a password: %w", err)
	}
	if ok {
		return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error { return s.forgive(tx, keys) })
	}
	if err := s.refuse(ctx, user, from); models.KindOf(err) != models.Unauthenticated {
		return err
	}
	return models.FieldErrorf(models.Invalid, "current_password", "is not your password")
}

// SignedIn records a sign-in without a password: by choosing an account of a demo.
func (s *Service) SignedIn(ctx context.Context, user *models.User, from From) error {
	return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		return s.Act(ctx, tx, models.Event{Actor: models.UserActor(user), Action: "signed_in"}, from)
	})
}
