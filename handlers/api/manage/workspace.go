package manage

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"daybook/models"
	"daybook/services/account"
)

type settings struct {
	Name         string          `json:"name"`
	Slug         string          `json:"slug"`
	TimeZone     string          `json:"time_zone"`
	WeekStart    int             `json:"week_start"`
	Statistics   models.Audience `json:"statistics"`
	Rankings     bool            `json:"rankings"`
	Version      int64           `json:"version"`
	NextTimeZone *string         `json:"next_time_zone"` // being counted in
	ArchivedAt   *string         `json:"archived_at"`
}

func settingsOf(w *models.Workspace) settings {
	return settings{w.Name, w.Slug, w.TimeZone, w.WeekStart, w.Statistics, w.Rankings, w.Version, w.NextTimeZone, at(w.ArchivedAt)}
}

// Settings shows them.
func (m *Manage) Settings() fiber.Handler {
	return show(m, func(a ask[none]) (any, error) { return settingsOf(a.by.Workspace), nil })
}

// SaveSettings changes those that are given.
func (m *Manage) SaveSettings() fiber.Handler {
	type body struct {
		Name, Slug *string
		TimeZone   *string          `json:"time_zone"`
		WeekStart  *int             `json:"week_start"`
		Statistics *models.Audience `json:"statistics"`
		Rankings   *bool
		Version    int64
	}
	return change(m, func(a ask[body]) (any, error) {
		if err := needsVersion(a.body.Version); err != nil {
			return nil, err
		}
		want := account.SettingsOf(a.by.Workspace)
		set(&want.Name, a.body.Name)
		set(&want.Slug, a.body.Slug)
		set(&want.TimeZone, a.body.TimeZone)
		set(&want.WeekStart, a.body.WeekStart)
		set(&want.Statistics, a.body.Statistics)
		set(&want.Rankings, a.body.Rankings)
		want.Version = a.body.Version
		w, err := m.account.SaveSettings(a, a.by, want)
		if err != nil {
			return nil, err
		}
		return settingsOf(w), nil
	})
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

// Archive closes the workspace for whoever sends, or opens it.
func (m *Manage) Archive() fiber.Handler {
	type body struct {
		Archived *bool
		Version  int64
	}
	return change(m, func(a ask[body]) (any, error) {
		if a.body.Archived == nil {
			return nil, models.FieldErrorf(models.Invalid, "archived", "is required: true or false")
		}
		return nil, m.account.ArchiveWorkspace(a, a.by, *a.body.Archived, a.body.Version)
	})
}

// Projects lists them.
func (m *Manage) Projects() fiber.Handler {
	type line struct {
		ID         int64             `json:"id"`
		ExternalID string            `json:"external_id"`
		Name       string            `json:"name"`
		Visibility models.Visibility `json:"visibility"`
		ArchivedAt *string           `json:"archived_at"`
		Version    int64             `json:"version"`
		Members    int64             `json:"members"`
		Activities int64             `json:"activities"`
		LastActive *string           `json:"last_active"`
	}
	return show(m, func(a ask[none]) (any, error) {
		list, next, err := m.account.ProjectsOf(a, a.by, a.c.Query("search"), a.c.Query("cursor"), a.c.QueryInt("limit"))
		lines := make([]line, 0, len(list))
		for _, p := range list {
			lines = append(lines, line{p.ID, p.ExternalID, p.Name, p.Visibility, at(p.ArchivedAt), p.Version, p.Members, p.Activities, day(p.LastActive)})
		}
		return fiber.Map{"projects": lines, "next_cursor": ifAny(next)}, err
	})
}

// EditProject renames, opens, closes or archives one.
func (m *Manage) EditProject() fiber.Handler {
	type body struct {
		Name       string
		Visibility models.Visibility
		Archived   bool
		Version    int64
	}
	return change(m, func(a ask[body]) (any, error) {
		if err := needsVersion(a.body.Version); err != nil {
			return nil, err
		}
		return nil, m.account.EditProject(a, a.by, a.id, account.ProjectEdit(a.body))
	})
}

// ChangeAccess gives access to a project to some and takes it from others.
func (m *Manage) ChangeAccess() fiber.Handler {
	type body struct{ Grant, Revoke []int64 }
	return change(m, func(a ask[body]) (any, error) {
		done, err := m.account.ChangeAccess(a, a.by, a.id, a.body.Grant, a.body.Revoke)
		return fiber.Map{"added": done.Added, "removed": done.Removed}, err
	})
}

// SyncMembers sets the members of a project of the sending application's.
func (m *Manage) SyncMembers() fiber.Handler {
	type body struct {
		ActorIDs []string `json:"actor_ids"`
	}
	return change(m, func(a ask[body]) (any, error) {
		if a.body.ActorIDs == nil {
			return nil, models.FieldErrorf(models.Invalid, "actor_ids", "is required; an empty list is nobody")
		}
		done, err := m.account.SyncMembers(a, a.by, a.name, a.body.ActorIDs)
		return fiber.Map{"added": done.Added, "removed": done.Removed}, err
	})
}

// Tokens lists service tokens.
func (m *Manage) Tokens() fiber.Handler {
	type line struct {
		ID         int64   `json:"id"`
		Name       string  `json:"name"`
		Scopes     string  `json:"scopes"`
		CreatedBy  *int64  `json:"created_by"`
		CreatedAt  *string `json:"created_at"`
		ExpiresAt  *string `json:"expires_at"`
		RevokedAt  *string `json:"revoked_at"`
		LastUsedAt *string `json:"last_used_at"`
		LastUsedIP *string `json:"last_used_ip"`
	}
	return show(m, func(a ask[none]) (any, error) {
		list, err := m.account.ServiceTokens(a, a.by)
		lines := make([]line, 0, len(list))
		for _, t := range list {
			lines = append(lines, line{t.ID, t.Name, t.Scopes, t.CreatedBy, at(&t.CreatedAt), at(t.ExpiresAt), at(t.RevokedAt), at(t.LastUsedAt), t.LastUsedIP})
		}
		return fiber.Map{"tokens": lines}, err
	})
}

// MakeToken makes a service token. Its text is shown once.
func (m *Manage) MakeToken() fiber.Handler {
	type body struct {
		Name    string
		Scopes  []string
		Seconds int64 `json:"expires_in"`
	}
	return change(m, func(a ask[body]) (any, error) {
		if a.body.Seconds < 0 || a.body.Seconds > 100*365*24*3600 {
			return nil, models.FieldErrorf(models.Invalid, "expires_in", "must be a number of seconds, or absent for never")
		}
		text, err := m.account.MakeServiceToken(a, a.by, account.TokenWish{Name: a.body.Name, Scopes: a.body.Scopes, Expires: time.Duration(a.body.Seconds) * time.Second})
		return fiber.Map{"token": text}, err
	})
}

// RevokeToken ends a service token.
func (m *Manage) RevokeToken() fiber.Handler {
	return change(m, func(a ask[none]) (any, error) { return nil, m.account.RevokeServiceToken(a, a.by, a.id) })
}

// Rejected lists events that could not be posted.
func (m *Manage) Rejected() fiber.Handler {
	type line struct {
		ID         int64   `json:"id"`
		UUID       string  `json:"uuid"`
		Event      any     `json:"event"`
		ReceivedAt *string `json:"received_at"`
		RejectedAt *string `json:"rejected_at"`
		Reason     string  `json:"reason"`
	}
	return show(m, func(a ask[none]) (any, error) {
		list, err := m.journal.Rejected(a, a.by, int64(a.c.QueryInt("before")), a.c.QueryInt("limit"))
		lines := make([]line, 0, len(list))
		for _, r := range list {
			lines = append(lines, line{r.ID, r.UUID.String(), r.Event, at(&r.ReceivedAt), at(&r.RejectedAt), r.Reason})
		}
		return fiber.Map{"rejected": lines}, err
	})
}

// Retry puts one back into the inbox.
func (m *Manage) Retry() fiber.Handler {
	return change(m, func(a ask[none]) (any, error) { return nil, m.journal.Retry(a, a.by, a.id) })
}

// Dismiss forgets one.
func (m *Manage) Dismiss() fiber.Handler {
	return change(m, func(a ask[none]) (any, error) { return nil, m.journal.Dismiss(a, a.by, a.id) })
}
