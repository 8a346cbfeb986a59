package web

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/account"
	"daybook/views"
)

// SaveSettings changes the settings, all of them or none. Who was beaten to it is shown what the other changed, beside what they typed.
func (w *Web) SaveSettings(c *fiber.Ctx) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	d, err := w.doer(c)
	if err != nil {
		return err
	}
	typed, was := typedSettings(form)
	var saved *models.Workspace
	want, err := wantedSettings(form, typed)
	if err == nil {
		saved, err = w.Account.SaveSettings(c.UserContext(), d, want)
	}
	if err == nil {
		return w.done(c, settingsPath(saved.Slug), settingsSaved(saved))
	}
	refused, shown := refusedForm(c, err)
	if !shown {
		return err
	}
	now, err := w.Account.Workspace(c.UserContext(), d.Workspace.ID.String())
	if err != nil {
		return err
	}
	page := views.SettingsPage{Typed: typed, Was: was, Version: want.Version, Errors: refused.Fields}
	if refused.Kind == models.Conflict && len(refused.Fields) == 1 && refused.Fields[0].Field == "version" {
		page = mergedSettings(typed, was, now)
	}
	return w.settingsPage(c, now, page)
}

func wantedSettings(form url.Values, typed views.WorkspaceSettings) (want account.Settings, err error) {
	allowed := []string{"version"}
	for _, f := range settingFields(&typed) {
		allowed = append(allowed, f.name, "was_"+f.name)
	}
	if err := onlyFields(form, allowed...); err != nil {
		return want, err
	}
	if want.Version, err = versionOf(form); err != nil {
		return want, err
	}
	want.Name, want.Slug, want.TimeZone, want.Statistics = typed.Name, typed.Slug, typed.TimeZone, models.Audience(typed.Statistics)
	want.Addresses, want.Agents, want.DeniedKeys = models.Keeping(typed.Addresses), models.Keeping(typed.Agents), typed.DeniedKeys
	want.WeekStart, _ = strconv.Atoi(typed.WeekStart) // what is no number is no day, which is said with everything else
	if want.Rankings, err = strconv.ParseBool(typed.Rankings); err != nil {
		return want, models.FieldErrorf(models.Invalid, "rankings", "must be true or absent")
	}
	return want, nil
}

func settingsSaved(w *models.Workspace) string {
	if w.NextTimeZone != nil {
		return "The settings are saved. Statistics are being counted anew in " + *w.NextTimeZone + "."
	}
	return "The settings are saved."
}

// mergedSettings is the form after somebody else saved theirs: with what they changed, but where one typed something else oneself.
func mergedSettings(typed, was views.WorkspaceSettings, now *models.Workspace) views.SettingsPage {
	is := settingsAsTyped(account.SettingsOf(now))
	page := views.SettingsPage{Typed: typed, Was: is, Version: now.Version}
	current, before := settingFields(&is), settingFields(&was)
	for i, f := range settingFields(&page.Typed) {
		is, was := *current[i].value, *before[i].value
		if is == was {
			continue
		}
		m := views.MeanwhileChange{Field: f.name, Label: views.SettingLabels[f.name], Before: settingWord(f.name, was), After: settingWord(f.name, is)}
		if *f.value == was {
			*f.value = is
		}
		m.Kept = *f.value != is
		page.Meanwhile = append(page.Meanwhile, m)
	}
	if len(page.Meanwhile) == 0 { // it was archived, or changed back
		page.Errors = []models.FieldError{{Index: -1, Field: "settings", Message: "were changed by somebody else meanwhile; look, and save again"}}
	}
	return page
}

// settingWord says a setting as the page does.
func settingWord(field, value string) string {
	switch n, _ := strconv.Atoi(value); {
	case field == "week_start" && n >= 1 && n <= 7:
		return time.Weekday(n % 7).String()
	case field == "rankings" && value == "true":
		return "shown"
	case field == "rankings":
		return "not shown"
	case field == "statistics" && value == string(models.ForAdmins):
		return "admins and owners alone"
	case field == "statistics" && value == string(models.ForMembers):
		return "all members"
	case field == "addresses" && value == string(models.Truncate):
		return "the network alone"
	case (field == "addresses" || field == "agents") && value == string(models.Keep):
		return "as they are"
	case (field == "addresses" || field == "agents") && value == string(models.Drop):
		return "not at all"
	case field == "denied_keys":
		return strings.Join(models.KeysOf(value), ", ")
	}
	return value
}

// ArchiveWorkspace closes the workspace for whoever sends, or opens it again. The page asked before.
func (w *Web) ArchiveWorkspace(c *fiber.Ctx) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	d, err := w.doer(c)
	if err != nil {
		return err
	}
	if err := d.Owns(); err != nil {
		return err
	}
	back := settingsPath(visit.Of(c).Viewer.Workspace.Slug)
	var archived bool
	version, err := versionOf(form)
	if err == nil {
		archived, err = chosenOf(form, "archived", []string{"true", "false"})
	}
	if err == nil {
		err = onlyFields(form, "version", "archived")
	}
	if err == nil {
		err = w.Account.ArchiveWorkspace(c.UserContext(), d, archived, version)
	}
	switch {
	case err != nil:
		return w.undone(c, back, err)
	case archived:
		return w.done(c, back, "The workspace is archived. Sending to it is refused from now on.")
	}
	return w.done(c, back, "The workspace is open again.")
}
