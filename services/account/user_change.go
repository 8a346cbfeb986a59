package account

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/auth"
)

// UserEdit is what a user's record is to say.
type UserEdit struct {
	Name     string
	Email    string
	Username *string // nil: as it is; empty: none
	Version  int64   // of the record that the doer saw
}

// EditUser changes somebody's name, e-mail address and username. Whoever may not manage them is refused (design.md §6), and whoever goes on trying
// names that others have waits.
func (s *Service) EditUser(ctx context.Context, d Doer, user int64, e UserEdit) error {
	e.Name = trimmed(e.Name)
	email, emailErr := models.NormaliseEmail(e.Email)
	nameErr := models.CheckPersonName("name", e.Name)
	usernameErr := e.checkUsername()
	return s.auth.TryAddress(ctx, d.User, func() error {
		return s.manage(ctx, d, user, e.Version, func(tx *gorm.DB, u *models.User) (*models.Event, error) {
			if err := models.JoinFields(nameErr, emailErr, usernameErr); err != nil {
				return nil, err
			}
			if err := e.mayRename(d, u, email); err != nil {
				return nil, err
			}
			return s.edit(tx, u, e, email)
		})
	})
}

// edit makes a user's record say what it is to, and tells what changes.
func (s *Service) edit(tx *gorm.DB, u *models.User, e UserEdit, email string) (*models.Event, error) {
	ev := &models.Event{Action: "updated"}
	if u.Name != e.Name {
		ev.Changes = append(ev.Changes, change("name", u.Name, e.Name))
	}
	if u.Email != email {
		ev.Changes = append(ev.Changes, change("email", u.Email, email))
		if _, err := s.auth.RevokePasswordLinks(tx, u.ID); err != nil {
			return nil, err
		}
	}
	if e.Username != nil && textOf(u.Username) != *e.Username {
		ev.Changes = append(ev.Changes, change("username", u.Username, given(*e.Username)))
		u.Username = given(*e.Username)
	}
	if len(ev.Changes) == 0 {
		return nil, nil
	}
	u.Name, u.Email = e.Name, email
	return ev, nil
}

// checkUsername brings the username into the form in which it is stored, and tells what is wrong with it, or nil.
func (e *UserEdit) checkUsername() error {
	if e.Username == nil {
		return nil
	}
	name := strings.ToLower(trimmed(*e.Username)) // at sign-in case does not matter, so it must not tell two people apart
	e.Username = &name
	if name != "" && !usernamePattern.MatchString(name) {
		return badUsername()
	}
	return nil
}

// mayRename refuses to change with a token what its own user signs in with: whoever got hold of the token would become its user.
func (e UserEdit) mayRename(d Doer, u *models.User, email string) error {
	if d.Token == nil || !d.is(u) {
		return nil
	}
	const refusal = "is how you sign in, which no token of yours changes; sign in and change it on the pages"
	var errs []error
	if u.Email != email {
		errs = append(errs, models.FieldErrorf(models.Forbidden, "email", refusal))
	}
	if e.Username != nil && textOf(u.Username) != *e.Username {
		errs = append(errs, models.FieldErrorf(models.Forbidden, "username", refusal))
	}
	return models.JoinFields(errs...)
}

func textOf(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

// given is a text that may be left out.
func given(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// Deactivate keeps somebody from signing in, and ends their sessions, tokens and password links at once. What they did stays.
func (s *Service) Deactivate(ctx context.Context, d Doer, user, version int64) error {
	return s.manage(ctx, d, user, version, func(tx *gorm.DB, u *models.User) (*models.Event, error) {
		if u.DeactivatedAt != nil {
			return nil, nil
		}
		if err := keepThoseInCharge(tx, u); err != nil {
			return nil, err
		}
		at := s.now().UTC().Truncate(time.Microsecond)
		u.DeactivatedAt = &at
		if _, err := s.auth.RevokePasswordLinks(tx, u.ID); err != nil {
			return nil, err
		}
		sessions, tokens, err := s.auth.EndAccess(tx, u.ID)
		return &models.Event{
			Action: "deactivated", Changes: []models.Change{change("deactivated_at", nil, u.DeactivatedAt)}, Metadata: jsonOf(map[string]int64{"sessions": sessions, "tokens": tokens}),
		}, err
	})
}

// Reactivate lets somebody sign in again, with the password they had. Their sessions and tokens stay ended.
func (s *Service) Reactivate(ctx context.Context, d Doer, user, version int64) error {
	return s.manage(ctx, d, user, version, func(_ *gorm.DB, u *models.User) (*models.Event, error) {
		if u.DeactivatedAt == nil {
			return nil, nil
		}
		before := u.DeactivatedAt
		u.DeactivatedAt = nil
		return &models.Event{Action: "reactivated", Changes: []models.Change{change("deactivated_at", before, nil)}}, nil
	})
}

// SignOutEverywhere ends somebody's sessions, personal tokens and password links at once.
func (s *Service) SignOutEverywhere(ctx context.Context, d Doer, user int64) error {
	return s.manage(ctx, d, user, 0, func(tx *gorm.DB, u *models.User) (*models.Event, error) {
		sessions, tokens, err := s.auth.EndAccess(tx, u.ID)
		if err != nil {
			return nil, err
		}
		links, err := s.auth.RevokePasswordLinks(tx, u.ID)
		if err != nil || sessions+tokens+links == 0 {
			return nil, err
		}
		ev := &models.Event{Action: "signed_out_everywhere", Changes: []models.Change{change("sessions", sessions, 0), change("tokens", tokens, 0)}}
		if links > 0 {
			ev.Changes = append(ev.Changes, change("password_links", links, 0))
		}
		return ev, nil
	})
}

// SetInstanceAdmin makes somebody an instance admin, or takes that from them. The last one stays.
func (s *Service) SetInstanceAdmin(ctx context.Context, d Doer, user int64, admin bool, version int64) error {
	if err := d.needs(access.Instance); err != nil {
		return err
	}
	return s.manage(ctx, d, user, version, func(tx *gorm.DB, u *models.User) (*models.Event, error) {
		if d, err := d.lockRoles(tx); err != nil {
			return nil, err
		} else if err := d.needs(access.Instance); err != nil { // who lost it meanwhile may own the workspace still
			return nil, err
		}
		if u.InstanceAdmin == admin {
			return nil, nil
		}
		if err := refuseErasing(tx, "user", &u.ID); err != nil {
			return nil, err
		}
		if !admin {
			if err := keepAnInstanceAdmin(tx, u); err != nil {
				return nil, err
			}
		}
		u.InstanceAdmin = admin
		ev := &models.Event{Action: "role_changed", Changes: []models.Change{change("instance_admin", !admin, admin)}}
		return ev, errors.Join(auth.RotateSessionsOf(tx, u.ID), auth.EndPrograms(tx, u.ID))
	})
}

// manage changes somebody's record, if the doer may, and records what change says was done. No event is no change.
func (s *Service) manage(ctx context.Context, d Doer, user, version int64, change func(*gorm.DB, *models.User) (*models.Event, error)) error {
	return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		d, err := d.lockRoles(tx)
		if err != nil {
			return err
		}
		u, err := lockUser(tx, user)
		if err != nil {
			return err
		}
		if u.ID == 0 {
			return noMember()
		}
		if err := d.mayManage(tx, u); err != nil {
			return err
		}
		if err := refuseErasedUser(u); err != nil {
			return err
		}
		if err := outdated(version, u.Version, "it is %s, %s, %s", u.Name, u.Email, stateOf(u)); err != nil {
			return err
		}
		ev, err := change(tx, u)
		if err != nil || ev == nil {
			return err
		}
		if err := s.saveUser(tx, u); err != nil {
			return err
		}
		id := fmt.Sprint(u.ID)
		ev.Actor, ev.Entity = d.self(), &models.EntityRef{Type: "user", ID: &id, Name: &u.Name}
		return s.act(ctx, tx, models.BuiltInWorkspace, *ev)
	})
}

func stateOf(u *models.User) string {
	if u.DeactivatedAt != nil {
		return "deactivated"
	}
	return "active"
}

// saveUser stores what changes of a user's record are about, and nothing else of it.
func (s *Service) saveUser(tx *gorm.DB, u *models.User) error {
	err := tx.Model(&models.User{}).Where("id = ?", u.ID).Updates(map[string]any{
		"name": u.Name, "email": u.Email, "username": u.Username, "deactivated_at": u.DeactivatedAt, "instance_admin": u.InstanceAdmin, "password_hash": u.PasswordHash,
		"version": gorm.Expr("version + 1"), "updated_at": s.now(),
	}).Error
	if err != nil {
		return notCreated(u, err)
	}
	return nil
}

// keepThoseInCharge refuses to lose the last instance admin, or the last owner of some workspace. The roles are locked.
func keepThoseInCharge(tx *gorm.DB, u *models.User) error {
	if u.InstanceAdmin {
		if err := keepAnInstanceAdmin(tx, u); err != nil {
			return err
		}
	}
	var owned []models.Workspace
	err := tx.Where("id IN (?)", tx.Model(&models.Membership{}).Select("workspace_id").Where("user_id = ? AND role = ?", u.ID, models.Owner)).Order("slug").Find(&owned).Error
	if err != nil {
		return fmt.Errorf("find workspaces: %w", err)
	}
	for i := range owned {
		if err := keepAnOwner(tx, &owned[i], u); err != nil {
			var e *models.Error
			if errors.As(err, &e) && e.Kind == models.Conflict { // nobody asked for a role
				return models.Errorf(models.Conflict, "%s is the last owner of %s who can sign in; make somebody else an owner first.", u.Name, owned[i].Name)
			}
			return err
		}
	}
	return nil
}

// keepAnInstanceAdmin refuses to lose the last instance admin who can sign in.
func keepAnInstanceAdmin(tx *gorm.DB, u *models.User) error {
	var others int64
	if err := tx.Model(&models.User{}).Where("instance_admin AND deactivated_at IS NULL AND password_hash <> '' AND id <> ?", u.ID).Count(&others).Error; err != nil {
		return fmt.Errorf("count instance admins: %w", err)
	}
	if others == 0 {
		return models.Errorf(models.Conflict, "%s is the last instance admin who can sign in; make somebody else one first.", u.Email)
	}
	return nil
}
