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
	"daybook/services/database"
)

// FoundWorkspace makes a workspace for an instance admin. Without an owner it has nobody but the instance's admins; owner may be nil.
func (s *Service) FoundWorkspace(ctx context.Context, d Doer, n NewWorkspace, owner *models.User) (*models.Workspace, error) {
	if err := d.needs(access.Instance); err != nil {
		return nil, err
	}
	n.Name, n.TimeZone = trimmed(n.Name), s.zoneMeant(ctx, n.TimeZone)
	w, err := n.check()
	if err != nil {
		return nil, err
	}
	if err := s.checkZone(ctx, w.TimeZone); err != nil {
		return nil, err
	}
	return w, s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		d, err := d.lockRoles(tx)
		if err == nil {
			err = d.needs(access.Instance)
		}
		if err != nil {
			return err
		}
		if err := s.createWorkspace(ctx, tx, w, d.self()); err != nil || owner == nil {
			return err
		}
		return s.addMember(ctx, tx, NewMember{Workspace: w, User: owner, Role: models.Owner}, d.self())
	})
}

// FoundWorkspaceOf is FoundWorkspace with the owner's e-mail address or username; with an empty one there is none.
func (s *Service) FoundWorkspaceOf(ctx context.Context, d Doer, n NewWorkspace, login string) (*models.Workspace, error) {
	if err := d.needs(access.Instance); err != nil {
		return nil, err
	}
	var owner *models.User
	if trimmed(login) != "" {
		var err error
		if owner, err = s.User(ctx, login); models.KindOf(err) == models.NotFound {
			err = models.FieldErrorf(models.Invalid, "owner", "is nobody with an account here")
		} else if err == nil && owner.DeactivatedAt != nil {
			err = models.FieldErrorf(models.Invalid, "owner", "is deactivated")
		}
		if err != nil {
			return nil, err
		}
	}
	return s.FoundWorkspace(ctx, d, n, owner)
}

// Settings are what admins set about a workspace.
type Settings struct {
	Name       string
	Slug       string
	TimeZone   string // takes effect when everything is counted in it
	WeekStart  int    // 1, Monday, to 7
	Statistics models.Audience
	Rankings   bool
	Addresses  models.Keeping // what is stored of addresses and agents, from now on
	Agents     models.Keeping
	DeniedKeys string // patterns of keys whose values are not stored, one a line
	Version    int64  // of the workspace that the doer saw
}

// SettingsOf gives the settings as they are, a time zone that is on its way included.
func SettingsOf(w *models.Workspace) Settings {
	s := Settings{Name: w.Name, Slug: w.Slug, TimeZone: w.TimeZone, WeekStart: w.WeekStart, Statistics: w.Statistics, Rankings: w.Rankings,
		Addresses: w.Addresses, Agents: w.Agents, DeniedKeys: w.DeniedKeys, Version: w.Version}
	if w.NextTimeZone != nil {
		s.TimeZone = *w.NextTimeZone
	}
	return s
}

// SaveSettings changes the settings of the doer's workspace, all of them or none, and gives the workspace as it is then. With another slug its
// old address is gone.
func (s *Service) SaveSettings(ctx context.Context, d Doer, want Settings) (*models.Workspace, error) {
	if err := d.needs(access.Admin); err != nil {
		return nil, err
	}
	want.Name, want.TimeZone, want.DeniedKeys = trimmed(want.Name), s.zoneMeant(ctx, want.TimeZone), models.TidyKeys(want.DeniedKeys)
	if err := want.check(); err != nil {
		return nil, err
	}
	if err := s.checkZone(ctx, want.TimeZone); err != nil {
		return nil, err
	}
	var w *models.Workspace
	return w, s.changeWorkspace(ctx, d, want.Version, func(_ *gorm.DB, locked *models.Workspace) (*models.Event, error) {
		w = locked
		if w.ID == models.BuiltInWorkspace && want.Slug != w.Slug {
			return nil, models.FieldErrorf(models.Invalid, "slug", "of Daybook's own workspace stays as it is")
		}
		ev := &models.Event{Action: "settings_updated", Changes: settingChanges(SettingsOf(w), want)}
		if len(ev.Changes) == 0 {
			return nil, nil
		}
		w.Name, w.Slug, w.WeekStart, w.Statistics, w.Rankings, w.NextTimeZone = want.Name, want.Slug, want.WeekStart, want.Statistics, want.Rankings, nil
		w.Addresses, w.Agents, w.DeniedKeys = want.Addresses, want.Agents, want.DeniedKeys
		if want.TimeZone != w.TimeZone {
			w.NextTimeZone = &want.TimeZone
		}
		return ev, nil
	})
}

func (want Settings) check() error {
	errs := []error{models.CheckName("name", want.Name), models.CheckSlug(want.Slug)}
	if location, err := time.LoadLocation(want.TimeZone); err != nil || want.TimeZone == "" || location == time.Local {
		errs = append(errs, models.FieldErrorf(models.Invalid, "time_zone", "must be a time zone like Europe/Amsterdam"))
	}
	if want.WeekStart < 1 || want.WeekStart > 7 {
		errs = append(errs, models.FieldErrorf(models.Invalid, "week_start", "must be 1, Monday, to 7"))
	}
	if want.Statistics != models.ForMembers && want.Statistics != models.ForAdmins {
		errs = append(errs, models.FieldErrorf(models.Invalid, "statistics", "must be %s or %s", models.ForMembers, models.ForAdmins))
	}
	return models.JoinFields(append(errs, models.CheckMinimising(want.Addresses, want.Agents, want.DeniedKeys))...)
}

func settingChanges(is, want Settings) (changes []models.Change) {
	for _, f := range []struct {
		field         string
		before, after any
	}{
		{"name", is.Name, want.Name}, {"slug", is.Slug, want.Slug}, {"time_zone", is.TimeZone, want.TimeZone}, {"week_start", is.WeekStart, want.WeekStart},
		{"statistics", is.Statistics, want.Statistics}, {"rankings", is.Rankings, want.Rankings},
		{"addresses", is.Addresses, want.Addresses}, {"agents", is.Agents, want.Agents},
	} {
		if f.before != f.after {
			changes = append(changes, change(f.field, f.before, f.after))
		}
	}
	if is.DeniedKeys != want.DeniedKeys {
		changes = append(changes, change("denied_keys", models.KeysOf(is.DeniedKeys), models.KeysOf(want.DeniedKeys)))
	}
	return changes
}

// ArchiveWorkspace closes the doer's workspace: nothing more can be sent there, reading stays. Or it opens it again.
func (s *Service) ArchiveWorkspace(ctx context.Context, d Doer, archived bool, version int64) error {
	if err := d.needs(access.Owner); err != nil {
		return err
	}
	return s.changeWorkspace(ctx, d, version, func(_ *gorm.DB, w *models.Workspace) (*models.Event, error) {
		switch {
		case w.ID == models.BuiltInWorkspace:
			return nil, models.FieldErrorf(models.Invalid, "workspace", "Daybook's own workspace stays open")
		case archived == (w.ArchivedAt != nil):
			return nil, nil
		}
		before, action := w.ArchivedAt, "unarchived"
		if w.ArchivedAt = nil; archived {
			at := s.now().UTC().Truncate(time.Microsecond)
			w.ArchivedAt, action = &at, "archived"
		}
		return &models.Event{Action: action, Changes: []models.Change{change("archived_at", before, w.ArchivedAt)}}, nil
	})
}

// changeWorkspace changes the doer's workspace, and records what change says was done. No event is no change.
func (s *Service) changeWorkspace(ctx context.Context, d Doer, version int64, change func(*gorm.DB, *models.Workspace) (*models.Event, error)) error {
	return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		var w models.Workspace
		if err := tx.Raw(`SELECT * FROM workspaces WHERE id = ? FOR NO KEY UPDATE`, d.Workspace.ID).Scan(&w).Error; err != nil {
			return fmt.Errorf("lock a workspace: %w", err)
		}
		if err := outdated(version, w.Version, "%s", describe(&w)); err != nil {
			return err
		}
		ev, err := change(tx, &w)
		if err != nil || ev == nil {
			return err
		}
		w.Version++
		err = tx.Model(&models.Workspace{}).Where("id = ?", w.ID).Updates(map[string]any{
			"name": w.Name, "slug": w.Slug, "next_time_zone": w.NextTimeZone, "week_start": w.WeekStart, "statistics": w.Statistics, "rankings": w.Rankings,
			"addresses": w.Addresses, "agents": w.Agents, "denied_keys": w.DeniedKeys,
			"archived_at": w.ArchivedAt, "version": w.Version, "updated_at": s.now(),
		}).Error
		if errors.Is(err, gorm.ErrDuplicatedKey) || database.IsUniqueViolation(err) {
			return models.FieldErrorf(models.Conflict, "slug", "there is a workspace %s already", w.Slug)
		} else if err != nil {
			return fmt.Errorf("change a workspace: %w", err)
		}
		id := w.ID.String()
		ev.Actor, ev.Entity = d.Ref, &models.EntityRef{Type: "workspace", ID: &id, Name: &w.Name}
		return s.act(ctx, tx, w.ID, *ev)
	})
}

// describe says what a workspace's settings are at the moment.
func describe(w *models.Workspace) string {
	is := SettingsOf(w)
	state := "open"
	if w.ArchivedAt != nil {
		state = "archived"
	}
	return fmt.Sprintf("it is %s (%s), %s, time zone %s, week from day %d, statistics for %s, rankings %t, addresses %s, agents %s, denied keys %s", is.Name, is.Slug, state, is.TimeZone, is.WeekStart, is.Statistics, is.Rankings,
		is.Addresses, is.Agents, strings.Join(models.KeysOf(is.DeniedKeys), " "))
}

// AwaitedZone is a workspace that is to be counted in another zone.
type AwaitedZone struct {
	Workspace string // its id
	Zone      string
}

// AdoptZone makes the zone that a workspace waits for the one that it has. It runs in the journal's transaction, when everything is counted in
// it, and tells whether that is still the zone that is waited for.
func AdoptZone(ctx context.Context, tx database.Tx, z AwaitedZone) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE workspaces SET time_zone = next_time_zone, next_time_zone = NULL WHERE id = $1::text::uuid AND next_time_zone = $2`, z.Workspace, z.Zone)
	return n == 1, err
}
