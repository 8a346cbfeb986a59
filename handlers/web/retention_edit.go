package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/privacy"
	"daybook/views"
	"daybook/views/component"
	"daybook/views/layout"
)

// typedRetention is the form of rules as it was sent.
type typedRetention struct {
	version, hour string
	rules         []views.TypedRule
}

// ruleParts are the fields of a rule, each with the number of the rule behind it.
var ruleParts = []string{"keep", "days", "types", "actions", "outcomes", "system", "archive"}

// EditRetentionPage shows the rules as a form.
func (w *Web) EditRetentionPage(c *fiber.Ctx) error {
	d, err := w.doer(c)
	if err != nil {
		return err
	}
	is, err := w.Privacy.Retention(c.UserContext(), d)
	if err != nil {
		return err
	}
	t := typedRetention{version: strconv.FormatInt(is.Version, 10), hour: strconv.Itoa(is.Hour)}
	for _, r := range is.Rules {
		t.rules = append(t.rules, typedRule(r))
	}
	if len(t.rules) == 0 {
		t.rules = []views.TypedRule{{Keep: "days", Days: "365"}}
	}
	return w.editRetention(c, t, nil)
}

func typedRule(r models.RetentionRule) views.TypedRule {
	t := views.TypedRule{Keep: "forever", Types: strings.Join(r.Types, ", "), Actions: strings.Join(r.Actions, ", "), Archive: r.Archive}
	if r.KeepDays != nil {
		t.Keep, t.Days = "days", strconv.Itoa(*r.KeepDays)
	}
	if r.System != nil {
		t.System = strconv.FormatBool(*r.System)
	}
	t.Success, t.Failure, t.Denied = slices.Contains(r.Outcomes, models.Success), slices.Contains(r.Outcomes, models.Failure), slices.Contains(r.Outcomes, models.Denied)
	return t
}

func (w *Web) editRetention(c *fiber.Ctx, t typedRetention, refused *models.Error) (err error) {
	slug := visit.Of(c).Viewer.Workspace.Slug
	path := retentionPath(slug)
	page := views.EditRetentionPage{
		Action: path + "/edit", Back: path, Zone: visit.Of(c).Viewer.Workspace.TimeZone, Version: t.version, Hour: t.hour, Rules: t.rules, Most: models.MaxRetentionRules,
	}
	if refused != nil {
		page.Errors = fieldsOfForm(refused.Fields)
		if len(page.Errors) == 0 {
			page.Problem = refused.Detail
		}
	}
	if page.Types, err = w.termsOf(c, models.TypeTerm); err != nil {
		return err
	}
	if page.Actions, err = w.termsOf(c, models.ActionTerm); err != nil {
		return err
	}
	if page.Shell, err = w.shell(c, "How long activities are kept"); err != nil {
		return err
	}
	page.Shell.Crumbs = []layout.Crumb{{Label: "Retention", Href: path}, {Label: "Rules"}}
	return send(c, views.EditRetention(page))
}

// fieldsOfForm gives errors about rules (rules[0].keep_days) the names of the form's fields.
func fieldsOfForm(errors []models.FieldError) []models.FieldError {
	out := slices.Clone(errors)
	for i, e := range out {
		at, isRule := strings.CutPrefix(e.Field, "rules[")
		n, name, hasName := strings.Cut(at, "].")
		if !isRule || !hasName {
			continue
		}
		if name == "keep_days" {
			name = "days"
		}
		out[i].Field = name + "-" + n
	}
	return out
}

// readRetention reads the form.
func readRetention(form url.Values) (t typedRetention, err error) {
	fields := []string{"do", "version", "hour", "confirm"}
	t.version, t.hour = form.Get("version"), form.Get("hour")
	for i := range models.MaxRetentionRules {
		at := "-" + strconv.Itoa(i)
		for _, part := range ruleParts {
			fields = append(fields, part+at)
		}
		if !form.Has("keep" + at) {
			continue
		}
		r := views.TypedRule{
			Keep: form.Get("keep" + at), Days: form.Get("days" + at), Types: form.Get("types" + at), Actions: form.Get("actions" + at), System: form.Get("system" + at),
			Archive: form.Get("archive"+at) != "",
		}
		chosen := form["outcomes"+at]
		r.Success, r.Failure, r.Denied = slices.Contains(chosen, "success"), slices.Contains(chosen, "failure"), slices.Contains(chosen, "denied")
		t.rules = append(t.rules, r)
	}
	return t, onlyFields(form, fields...)
}

// order reads what was typed. The errors name the rules from 1, as those of the service do.
func (t typedRetention) order() (o privacy.RetentionOrder, err error) {
	var errs []error
	if o.Version, err = strconv.ParseInt(t.version, 10, 64); err != nil {
		errs = append(errs, models.FieldErrorf(models.Invalid, "version", "is missing: open the page again"))
	}
	if o.Hour, err = strconv.Atoi(t.hour); err != nil {
		errs = append(errs, models.FieldErrorf(models.Invalid, "hour", "must be 0 to 23"))
	}
	o.Rules = []models.RetentionRule{}
	for i, typed := range t.rules {
		r, err := ruleOf(typed, "rules["+strconv.Itoa(i)+"].")
		o.Rules, errs = append(o.Rules, r), append(errs, err)
	}
	return o, models.JoinFields(append(errs, models.CheckRules(o.Rules))...)
}

func ruleOf(t views.TypedRule, at string) (r models.RetentionRule, err error) {
	var errs []error
	switch days, notANumber := strconv.Atoi(strings.TrimSpace(t.Days)); {
	case t.Keep == "forever" && strings.TrimSpace(t.Days) != "":
		errs = append(errs, models.FieldErrorf(models.Invalid, at+"days", "must be empty for what is kept for ever"))
	case t.Keep == "forever":
	case notANumber != nil:
		errs = append(errs, models.FieldErrorf(models.Invalid, at+"days", "must be a number of days, 1 to 36,500"))
	default:
		r.KeepDays = &days
	}
	r.Types, r.Actions, r.Archive = listed(t.Types), listed(t.Actions), t.Archive && t.Keep != "forever"
	if t.Keep == "forever" && t.Archive {
		errs = append(errs, models.FieldErrorf(models.Invalid, at+"archive", "is for rules that delete: what is kept for ever needs no copy"))
	}
	for outcome, on := range map[models.Outcome]bool{models.Success: t.Success, models.Failure: t.Failure, models.Denied: t.Denied} {
		if on {
			r.Outcomes = append(r.Outcomes, outcome)
		}
	}
	slices.Sort(r.Outcomes)
	if t.System != "" {
		system, wrong := strconv.ParseBool(t.System)
		if wrong != nil {
			errs = append(errs, models.FieldErrorf(models.Invalid, at+"system", "must be true, false or empty"))
		}
		r.System = &system
	}
	return r, models.JoinFields(errs...)
}

// listed reads words with commas.
func listed(text string) (words []string) {
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' }) {
		words = append(words, word)
	}
	return words
}

// hidden carries along what was typed.
func (t typedRetention) hidden() []component.Hidden {
	hidden := []component.Hidden{{Name: "version", Value: t.version}, {Name: "hour", Value: t.hour}}
	for i, r := range t.rules {
		at := "-" + strconv.Itoa(i)
		hidden = append(hidden, component.Hidden{Name: "keep" + at, Value: r.Keep}, component.Hidden{Name: "days" + at, Value: r.Days}, component.Hidden{Name: "types" + at, Value: r.Types},
			component.Hidden{Name: "actions" + at, Value: r.Actions}, component.Hidden{Name: "system" + at, Value: r.System})
		for value, on := range map[string]bool{"success": r.Success, "failure": r.Failure, "denied": r.Denied} {
			if on {
				hidden = append(hidden, component.Hidden{Name: "outcomes" + at, Value: value})
			}
		}
		if r.Archive {
			hidden = append(hidden, component.Hidden{Name: "archive" + at, Value: "true"})
		}
	}
	return hidden
}

// arranged does what a button of the form asks for with its rules, and tells whether it was such a one.
func (t *typedRetention) arranged(do string) bool {
	what, number, _ := strings.Cut(do, ":")
	i, err := strconv.Atoi(number)
	inside := err == nil && i >= 0 && i < len(t.rules)
	switch {
	case what == "add" && len(t.rules) < models.MaxRetentionRules:
		t.rules = append(t.rules, views.TypedRule{Keep: "days"})
	case what == "edit", what == "add":
	case what == "up" && inside && i > 0:
		t.rules[i-1], t.rules[i] = t.rules[i], t.rules[i-1]
	case what == "down" && inside && i < len(t.rules)-1:
		t.rules[i+1], t.rules[i] = t.rules[i], t.rules[i+1]
	case what == "remove" && inside:
		t.rules = slices.Delete(t.rules, i, i+1)
	default:
		return false
	}
	return true
}

// EditRetention does what a button of the form asks for: puts rules in order, shows what they would delete, or saves them.
func (w *Web) EditRetention(c *fiber.Ctx) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	d, err := w.doer(c)
	if err != nil {
		return err
	}
	if _, err := w.Privacy.Retention(c.UserContext(), d); err != nil { // who may not see the rules does not change them
		return err
	}
	t, err := readRetention(form)
	do := form.Get("do")
	if err == nil && t.arranged(do) {
		return w.editRetention(c, t, nil)
	}
	var o privacy.RetentionOrder
	if err == nil {
		o, err = t.order()
	}
	if err == nil && do != "save" && do != "preview" {
		err = models.FieldErrorf(models.Invalid, "do", "must be one of the form's buttons")
	}
	if err == nil && do == "preview" {
		return w.previewOf(c, t, o, nil)
	}
	if err == nil {
		o.Confirm = form.Get("confirm")
		if _, err = w.Privacy.SaveRetention(c.UserContext(), d, o); err == nil {
			return w.done(c, retentionPath(d.Workspace.Slug), "The rules are saved.")
		}
	}
	refused, shown := refusedForm(c, err)
	switch {
	case !shown:
		return err
	case len(refused.Fields) > 0 && refused.Fields[0].Field == "confirm":
		return w.previewOf(c, t, o, refused)
	}
	return w.editRetention(c, t, refused)
}
