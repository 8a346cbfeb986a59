package web

import (
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/feed"
	"daybook/views"
	"daybook/views/layout"
)

// TermPage shows a word, and what it makes of activities.
func (w *Web) TermPage(kind models.TermKind) fiber.Handler {
	return func(c *fiber.Ctx) error {
		t, err := w.termOf(c, kind)
		if err != nil {
			return err
		}
		return w.termPage(c, t, views.TermPage{Typed: typedOf(t), Version: t.Version})
	}
}

func (w *Web) termOf(c *fiber.Ctx, kind models.TermKind) (models.Term, error) {
	d, err := w.doer(c)
	if err != nil {
		return models.Term{}, err
	}
	name, err := url.PathUnescape(c.Params("id"))
	if err != nil {
		name = c.Params("id")
	}
	return w.Vocabulary.Term(c.UserContext(), d, kind, name)
}

// SaveTerm changes a word; or shows what is typed, and changes nothing, when that is asked for.
func (w *Web) SaveTerm(kind models.TermKind) fiber.Handler {
	return func(c *fiber.Ctx) error {
		is, err := w.termOf(c, kind)
		if err != nil {
			return err
		}
		form, err := formOf(c)
		if err != nil {
			return err
		}
		d, err := w.doer(c)
		if err != nil {
			return err
		}
		typed := views.TypedTerm{Label: form.Get("label"), Sentence: form.Get("sentence"), Icon: form.Get("icon"), Hue: form.Get("hue"), URL: form.Get("url")}
		want, err := wantedTerm(form, is, typed)
		preview := form.Get("do") == "preview"
		if err == nil {
			err = want.Check()
		}
		if err == nil && !preview {
			_, err = w.Vocabulary.Save(c.UserContext(), d, want)
		}
		if err == nil && !preview {
			return w.done(c, termPath(d.Workspace.Slug, kind, is.Name), "The word is saved.")
		}
		page := views.TermPage{Typed: typed, Version: want.Version, Tried: true}
		if err == nil {
			return w.termPage(c, want, page)
		}
		refused, shown := refusedForm(c, err)
		if !shown {
			return err
		}
		page.Errors = refused.Fields
		if refused.Kind == models.Conflict {
			page.Version = is.Version // whoever saves again knows what the other did
		}
		return w.termPage(c, want, page)
	}
}

// ResetTerm sets a word back.
func (w *Web) ResetTerm(kind models.TermKind) fiber.Handler {
	return func(c *fiber.Ctx) error {
		is, err := w.termOf(c, kind)
		if err != nil {
			return err
		}
		form, err := formOf(c)
		if err == nil {
			err = onlyFields(form, "version")
		}
		if err == nil {
			is.Version, err = versionOf(form)
		}
		if err != nil {
			return err
		}
		d, err := w.doer(c)
		if err != nil {
			return err
		}
		to := termPath(d.Workspace.Slug, kind, is.Name)
		if _, err := w.Vocabulary.Reset(c.UserContext(), d, is); err != nil {
			return w.undone(c, to, err)
		}
		return w.done(c, to, "The word is as built in again.")
	}
}

// wantedTerm reads the form. What cannot be read is an error; what breaks a rule is left to the service.
func wantedTerm(form url.Values, is models.Term, typed views.TypedTerm) (models.Term, error) {
	want := models.Term{Kind: is.Kind, Name: is.Name, Label: typed.Label, Sentence: typed.Sentence, Icon: typed.Icon, URL: typed.URL}
	errs := []error{onlyFields(form, "version", "label", "sentence", "icon", "hue", "url", "do")}
	if typed.Hue != "" {
		hue, err := strconv.Atoi(typed.Hue)
		if err != nil {
			errs = append(errs, models.FieldErrorf(models.Invalid, "hue", "must be one of the colours that are offered"))
		}
		want.Hue = &hue
	}
	version, err := strconv.ParseInt(form.Get("version"), 10, 64)
	if err != nil || version < 0 {
		errs = append(errs, models.FieldErrorf(models.Invalid, "version", "is missing: open the page again"))
	}
	want.Version = version
	return want, models.JoinFields(errs...)
}

func typedOf(t models.Term) views.TypedTerm {
	typed := views.TypedTerm{Label: t.Label, Sentence: t.Sentence, Icon: t.Icon, URL: t.URL}
	if t.Hue != nil {
		typed.Hue = strconv.Itoa(*t.Hue)
	}
	return typed
}

// mostExamples is how many activities show what a word makes of them.
const mostExamples = 3

// termPage fills in what the page shows whatever was typed.
func (w *Web) termPage(c *fiber.Ctx, t models.Term, page views.TermPage) error {
	v := visit.Of(c).Viewer
	words, err := w.words(c.UserContext(), v.Workspace)
	if err != nil {
		return err
	}
	slug := v.Workspace.Slug
	page.Now, page.Locale, page.Kind, page.Name = w.config.Now(), localeOf(v), t.Kind, t.Name
	page.Title, page.Icon, page.Action = models.Title(t.Name), termIcon(nil, t.Kind, t.Name), termPath(slug, t.Kind, t.Name)
	page.Cancel = vocabularyPath(slug) + "?kind=" + string(t.Kind)
	if !words.Term(t.Kind, t.Name).BuiltIn() {
		page.Reset = page.Action + "/reset"
	}
	if t.Check() == nil {
		if err := w.examples(c, words.With(t), t, &page); err != nil {
			return err
		}
	}
	title := orElse(words.Title(t.Kind, t.Name), t.Name)
	if page.Shell, err = w.shell(c, title); err != nil {
		return err
	}
	page.Shell.Crumbs = []layout.Crumb{{Label: "Vocabulary", Href: page.Cancel}, {Label: title}}
	return send(c, views.Term(page))
}

// examples are the latest activities of the kind, as they read with the words; or one that is invented.
func (w *Web) examples(c *fiber.Ctx, words *models.Vocabulary, t models.Term, page *views.TermPage) error {
	v := visit.Of(c).Viewer
	of := feed.Filter{System: true}
	if t.Kind == models.TypeTerm {
		of.Types = []string{t.Name}
	} else {
		of.Actions = []string{t.Name}
	}
	found, err := w.Parts.Feed.Page(c.UserContext(), v.Scope(true), feed.Ask{Filter: of, Limit: mostExamples, Hasty: true})
	if err != nil {
		return err
	}
	page.Examples = linkedRows(v, found.Entries)
	if len(found.Entries) == 0 {
		page.Invented, page.Examples = true, []views.FeedRow{{Entry: invented(t)}}
	}
	for _, row := range page.Examples {
		row.Entry.Vocabulary = words
	}
	page.Keys = keysOf(found.Entries)
	return nil
}

// invented is an activity of a kind that nobody has sent yet.
func invented(t models.Term) *models.Entry {
	id, name := "42", "Example 42"
	e := &models.Entry{Actor: models.Actor{Name: "Amara Okafor", Type: models.ActorUser}}
	e.ActorName, e.Action, e.EntityType, e.EntityID, e.EntityName, e.Outcome = "Amara Okafor", "created", "thing", &id, &name, models.Success
	if t.Kind == models.TypeTerm {
		e.EntityType = t.Name
	} else {
		e.Action = t.Name
	}
	return e
}

// mostKeys is how many placeholders are offered.
const mostKeys = 12

// keysOf are the placeholders for what some activities have.
func keysOf(entries []models.Entry) []string {
	keys := map[string]bool{}
	for _, e := range entries {
		var metadata map[string]json.RawMessage
		if json.Unmarshal(e.Metadata, &metadata) == nil {
			for key := range metadata {
				keys["{metadata."+key+"}"] = true
			}
		}
		for _, change := range e.Changes {
			keys["{after."+change.Field+"}"] = true
		}
	}
	sorted := slices.DeleteFunc(slices.Sorted(maps.Keys(keys)), func(key string) bool {
		_, err := models.ParseSentence("{actor} " + key)
		return err != nil
	})
	return sorted[:min(len(sorted), mostKeys)]
}
