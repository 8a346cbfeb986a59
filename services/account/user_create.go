package account

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"

	"daybook/models"
	"daybook/services/auth"
)

// NewUser says who is to be able to sign in.
type NewUser struct {
	Email         string
	Name          string
	Username      string // may be empty
	Password      string
	InstanceAdmin bool
}

var usernamePattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// CreateUser makes a user. by is who does it.
func (s *Service) CreateUser(ctx context.Context, n NewUser, by models.ActorRef) (*models.User, error) {
	user, err := n.check(ctx)
	if err != nil {
		return nil, err
	}
	return user, s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error { return s.createUser(ctx, tx, user, by) })
}

// check gives the user's record, or an error that names every wrong field.
func (n NewUser) check(ctx context.Context) (*models.User, error) {
	user, err := n.checkRecord()
	if err := models.JoinFields(err, models.CheckPassword("password", n.Password)); err != nil {
		return nil, err
	}
	user.PasswordHash, err = auth.HashPassword(ctx, n.Password)
	return user, err
}

// checkRecord is check without the password: nobody can sign in with none.
func (n NewUser) checkRecord() (*models.User, error) {
	user := &models.User{Name: n.Name, InstanceAdmin: n.InstanceAdmin}
	var errs []error
	var err error
	user.Email, err = models.NormaliseEmail(n.Email)
	errs = append(errs, err, models.CheckPersonName("name", n.Name))
	if n.Username != "" {
		name := strings.ToLower(n.Username) // at sign-in case does not matter, so it must not tell two people apart
		user.Username = &name
		if !usernamePattern.MatchString(n.Username) {
			errs = append(errs, badUsername())
		}
	}
	return user, models.JoinFields(errs...)
}

func badUsername() error {
	return models.FieldErrorf(models.Invalid, "username", "must be 1 to 64 letters, digits, dots, hyphens and underscores, and begin with a letter or digit")
}

func (s *Service) createUser(ctx context.Context, tx *gorm.DB, user *models.User, by models.ActorRef) error {
	if err := tx.Create(user).Error; err != nil {
		return notCreated(user, err)
	}
	id := fmt.Sprint(user.ID)
	ev := models.Event{Actor: by, Action: "created", Entity: &models.EntityRef{Type: "user", ID: &id, Name: &user.Name}, Changes: []models.Change{change("email", nil, user.Email)}}
	if user.Username != nil {
		ev.Changes = append(ev.Changes, change("username", nil, *user.Username))
	}
	if user.InstanceAdmin {
		ev.Changes = append(ev.Changes, change("instance_admin", false, true))
	}
	return s.act(ctx, tx, models.BuiltInWorkspace, ev)
}

// notCreated says which of a user's unique names somebody else has. The constraint tells: the transaction can be asked nothing any more, and
// asking on a second connection while holding one exhausts the pool.
func notCreated(user *models.User, err error) error {
	var refused *pgconn.PgError
	if !errors.As(err, &refused) {
		return fmt.Errorf("create a user: %w", err)
	}
	switch refused.ConstraintName {
	case "users_email_key":
		return models.FieldErrorf(models.Conflict, "email", "somebody with the address %s is here already", user.Email)
	case "users_email_check": // PostgreSQL knows a lower case that Go does not
		return models.FieldErrorf(models.Invalid, "email", "must be in lower case")
	case "users_username_key":
		return models.FieldErrorf(models.Conflict, "username", "somebody is called %s already", *user.Username)
	}
	return fmt.Errorf("create a user: %w", err)
}
