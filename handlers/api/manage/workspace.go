package manage

import (
	"fmt"
	"strings"

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
	Addresses    models.Keeping  `json:"addresses"`
	Agents       models.Keeping  `json:"agents"`
	DeniedKeys   []string        `json:"denied_keys"`
	Version      int64           `json:"version"`
	NextTimeZone *string         `json:"next_time_zone"` // being counted in
	ArchivedAt   *string         `json:"archived_at"`
}

func settingsOf(w *models.Workspace) settings {
	return settings{w.Name, w.Slug, w.TimeZone, w.WeekStart, w.Statistics, w.Rankings, w.Addresses, w.Agents, models.KeysOf(w.DeniedKeys), w.Version, w.NextTimeZone, at(w.ArchivedAt)}
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
		Addresses  *models.Keeping
		Agents     *models.Keeping
		DeniedKeys *[]string `json:"denied_keys"`
		Version    int64     `needs:"the one that was read"`
	}
	return change(m, func(a ask[body]) (any, error) {
		if err := needsVersion(a.body.Version); err != nil {
			return nil, err
		}
		var err error
		want := account.SettingsOf(a.by.Workspace)
		set(&want.Name, a.body.Name)
		set(&want.Slug, a.body.Slug)
		set(&want.TimeZone, a.body.TimeZone)
		set(&want.WeekStart, a.body.WeekStart)
		set(&want.Statistics, a.body.Statistics)
		set(&want.Rankings, a.body.Rankings)
		set(&want.Addresses, a.body.Addresses)
		set(&want.Agents, a.body.Agents)
		if a.body.DeniedKeys != nil {
			if want.DeniedKeys, err = patternsOf(*a.body.DeniedKeys); err != nil {
				return nil, err
			}
		}
		want.Version = a.body.Version
		w, err := m.account.SaveSettings(a, a.by, want)
		if err != nil {
			return nil, err
		}
		return settingsOf(w), nil
	})
}

// patternsOf writes patterns of keys one a line, as they are kept.
func patternsOf(list []string) (string, error) {
	for i, pattern := range list {
		if strings.TrimSpace(pattern) == "" || strings.ContainsAny(pattern, "\r\n") {
			return "", models.FieldErrorf(models.Invalid, fmt.Sprintf("denied_keys[%d]", i), "must be a key, with a * at an end where anything may stand")
		}
	}
	return strings.Join(list, "\n"), nil
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

// Archive closes the workspace for whoever sends, or opens it.
func (m *Manage) Archive() fiber.Handler {
	type body struct {
		Archived bool  `needs:"true or false"`
		Version  int64 `needs:"the one that was read"`
	}
	return change(m, func(a ask[body]) (any, error) {
		if err := needsVersion(a.body.Version); err != nil {
			return nil, err
		}
		return nil, m.account.ArchiveWorkspace(a, a.by, a.body.Archived, a.body.Version)
	})
}
