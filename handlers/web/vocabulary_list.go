package web

import (
	"cmp"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/feed"
	"daybook/services/stats"
	"daybook/views"
	"daybook/views/component"
)

// mostTerms is how many words the list shows; the others are searched for.
const mostTerms = 300

// VocabularyPage lists the actions, or the types of entity, that are in use, are built in or were changed.
func (w *Web) VocabularyPage(c *fiber.Ctx) error {
	v, ctx := visit.Of(c).Viewer, c.UserContext()
	q, err := listQuery(c, "q", "kind")
	if err != nil {
		return err
	}
	kind, search := models.ActionTerm, strings.TrimSpace(q.Get("q"))
	switch asked := models.TermKind(q.Get("kind")); asked {
	case "", models.ActionTerm:
	case models.TypeTerm:
		kind = asked
	default:
		return models.FieldErrorf(models.Malformed, "kind", "must be action or type, or absent")
	}
	words, err := w.words(ctx, v.Workspace)
	if err != nil {
		return err
	}
	d, err := w.doer(c)
	if err != nil {
		return err
	}
	changed, err := w.Vocabulary.Terms(ctx, d)
	if err != nil {
		return err
	}
	used, err := w.Stats.Summarise(ctx, v.Scope(true), feed.Filter{System: true}, 0)
	if err != nil {
		return err
	}
	path := vocabularyPath(v.Workspace.Slug)
	page := views.VocabularyPage{
		Kind: kind, All: path + "?kind=" + string(kind),
		Search: component.Search{Action: path, Label: "Search words", Placeholder: "Search words", Value: search, Keep: []component.Hidden{{Name: "kind", Value: string(kind)}}},
	}
	l := lexicon{words: words, kind: kind, slug: v.Workspace.Slug, counts: countsOf(used, kind)}
	for _, name := range l.names(changed) {
		if l.finds(name, search) {
			page.Terms = append(page.Terms, l.line(name))
		}
	}
	if page.More = len(page.Terms) - mostTerms; page.More > 0 {
		page.Terms = page.Terms[:mostTerms]
	}
	if page.Shell, err = w.shell(c, "Vocabulary"); err != nil {
		return err
	}
	page.Shell.Views = component.Tabs("Words", []component.Tab{
		{Label: "Actions", Href: path, Current: kind == models.ActionTerm}, {Label: "Types", Href: path + "?kind=type", Current: kind == models.TypeTerm},
	})
	return send(c, views.VocabularyList(page))
}

func countsOf(used stats.Summary, kind models.TermKind) map[string]int64 {
	if kind == models.TypeTerm {
		return used.Types
	}
	return used.Actions
}

// lexicon is the words of one kind.
type lexicon struct {
	words  *models.Vocabulary
	kind   models.TermKind
	slug   string
	counts map[string]int64
}

// names are all words there are, the most frequent first.
func (l lexicon) names(changed []models.Term) []string {
	names := slices.Clone(models.BuiltInActions)
	if l.kind == models.TypeTerm {
		names = slices.Clone(models.BuiltInTypes)
	}
	for name := range l.counts {
		if name != "" {
			names = append(names, name)
		}
	}
	for _, t := range changed {
		if t.Kind == l.kind && !t.BuiltIn() {
			names = append(names, t.Name)
		}
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(l.counts[b], l.counts[a]), cmp.Compare(a, b)) })
	return slices.Compact(names)
}

// finds tells whether a word is called so, or sent so.
func (l lexicon) finds(name, search string) bool {
	called := models.MatchNames([]string{search})
	return search == "" || strings.Contains(name, strings.ToLower(search)) || called.Finds(l.words.Title(l.kind, name))
}

func (l lexicon) line(name string) views.TermLine {
	t := l.words.Term(l.kind, name)
	of := feed.Filter{System: true}
	if l.kind == models.TypeTerm {
		of.Types = []string{name}
	} else {
		of.Actions = []string{name}
	}
	line := views.TermLine{
		Name: name, Title: l.words.Title(l.kind, name), Icon: termIcon(l.words, l.kind, name), Hue: -1, Sentence: t.Sentence, URL: t.URL, Count: l.counts[name],
		Changed: !t.BuiltIn(), Href: termPath(l.slug, l.kind, name), Feed: filteredPath(l.slug, of),
	}
	if t.Hue != nil {
		line.Hue = *t.Hue
	}
	return line
}
