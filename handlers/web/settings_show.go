package web

import (
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/access"
	"daybook/services/account"
	"daybook/views"
)

// settingsPath is where a workspace's settings are.
func settingsPath(slug string) string { return feedPath(slug) + "/settings" }

// SettingsPage shows what admins set about the workspace.
func (w *Web) SettingsPage(c *fiber.Ctx) error {
	workspace := visit.Of(c).Viewer.Workspace
	is := settingsAsTyped(account.SettingsOf(&workspace))
	return w.settingsPage(c, &workspace, views.SettingsPage{Typed: is, Was: is, Version: workspace.Version})
}

// settingsPage fills in what the page shows whatever was typed.
func (w *Web) settingsPage(c *fiber.Ctx, workspace *models.Workspace, page views.SettingsPage) (err error) {
	v := visit.Of(c).Viewer
	slug := workspace.Slug
	page.Now, page.Locale, page.ID, page.Zone = w.config.Now(), localeOf(v), workspace.ID.String(), workspace.TimeZone
	page.BuiltIn, page.ArchivedAt = workspace.ID == models.BuiltInWorkspace, workspace.ArchivedAt
	if workspace.NextTimeZone != nil {
		page.NextZone = *workspace.NextTimeZone
	}
	page.Action, page.Vocabulary = settingsPath(slug), feedPath(slug)+"/vocabulary"
	if v.Role >= access.Owner && !page.BuiltIn {
		page.Archive, page.Purge = feedPath(slug)+"/archive", feedPath(slug)+"/purge"
	}
	if page.Zones, err = w.Account.TimeZones(c.UserContext()); err != nil {
		return err
	}
	if page.Shell, err = w.shell(c, "Settings"); err != nil {
		return err
	}
	return send(c, views.Settings(page))
}

// settingsAsTyped gives settings as the form has them.
func settingsAsTyped(s account.Settings) views.WorkspaceSettings {
	return views.WorkspaceSettings{
		Name: s.Name, Slug: s.Slug, TimeZone: s.TimeZone, WeekStart: strconv.Itoa(s.WeekStart), Statistics: string(s.Statistics), Rankings: strconv.FormatBool(s.Rankings),
		Addresses: string(s.Addresses), Agents: string(s.Agents), DeniedKeys: s.DeniedKeys,
	}
}

// settingFields are the fields of the form, in its order, each with the place of its value.
func settingFields(s *views.WorkspaceSettings) []struct {
	name  string
	value *string
} {
	return []struct {
		name  string
		value *string
	}{
		{"name", &s.Name}, {"slug", &s.Slug}, {"time_zone", &s.TimeZone}, {"week_start", &s.WeekStart}, {"statistics", &s.Statistics}, {"rankings", &s.Rankings},
		{"addresses", &s.Addresses}, {"agents", &s.Agents}, {"denied_keys", &s.DeniedKeys},
	}
}

// typedSettings reads the form: what was typed, and what the page had shown.
func typedSettings(form url.Values) (typed, was views.WorkspaceSettings) {
	for _, f := range settingFields(&typed) {
		*f.value = form.Get(f.name)
	}
	if typed.Rankings == "" { // a box that is off posts nothing
		typed.Rankings = "false"
	}
	for _, f := range settingFields(&was) {
		*f.value = form.Get("was_" + f.name)
	}
	typed.DeniedKeys, was.DeniedKeys = models.TidyKeys(typed.DeniedKeys), models.TidyKeys(was.DeniedKeys)
	return typed, was
}
