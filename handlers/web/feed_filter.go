package web

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"daybook/models"
	"daybook/services/feed"
	"daybook/services/stats"
	"daybook/views"
)

// A list offers so many at most, the busiest, and what is on besides: the panel must not grow with the workspace.
const (
	mostPeople   = 30
	mostOptions  = 40
	mostProjects = 100
)

// FeedFilter shows everything the feed can be filtered by, with what the address says on. It is a page; for a script that asks it is just the panel.
func (w *Web) FeedFilter(c *fiber.Ctx) error {
	f, err := w.feedPage(c)
	if err != nil {
		return err
	}
	panel, err := f.panel(c)
	if err != nil {
		return err
	}
	if len(f.bad) > 0 {
		c.Status(fiber.StatusBadRequest)
	}
	c.Vary("HX-Request")
	if c.Get("HX-Request") == "true" {
		return send(c, views.Panel(panel))
	}
	shell, err := w.shell(c, "Feed")
	if err != nil {
		return err
	}
	shell.Title = "Filter the feed"
	return send(c, views.Filter(views.FilterPage{Shell: shell, Panel: panel}))
}

// panelAddress is where the panel is.
func (f *feedPage) panelAddress() string {
	return f.path + "/filter" + strings.TrimPrefix(f.address(f.filter.Values()), f.path)
}

// panel makes the form. Its numbers are those of the period that is on, whatever else is.
func (f *feedPage) panel(c *fiber.Ctx) (views.FilterPanel, error) {
	ctx := c.UserContext()
	p := views.FilterPanel{Action: f.path, Clear: f.clear(), Back: f.of(f.filter), Problems: f.allProblems()}
	known, err := f.web.Stats.Summarise(ctx, f.scope, feed.Filter{From: f.filter.From, To: f.filter.To, System: f.filter.System}, mostPeople)
	if err != nil {
		return p, err
	}
	projects, err := f.web.Account.Projects(ctx, f.viewer)
	if err != nil {
		return p, err
	}
	names, err := f.web.wordsFor(ctx, f.viewer, []feed.Filter{f.filter}, nil)
	if err != nil {
		return p, err
	}
	p.Lists = []views.FilterList{
		called(listOf("actions", "Action", counted(known.Actions), f.filter.Actions), names.vocabulary, models.ActionTerm),
		called(listOf("resource_types", "Type", counted(known.Types), f.filter.Types), names.vocabulary, models.TypeTerm),
	}
	p.Choices = []views.FilterChoice{
		{Name: "actor_id", Label: "Who", Any: "Anybody", Options: withOn(people(known), f.filter.Actors, names.actor)},
		{Name: "project_id", Label: "Project", Any: "Any project", Options: withOn(places(projects), f.filter.Projects, names.project)},
		{Name: "outcome", Label: "Outcome", Any: "Any outcome", Options: outcomes(f.filter.Outcomes)},
	}
	if f.viewer.ReadsAll() {
		p.Switches = append(p.Switches, views.FilterSwitch{Name: "include_system", Value: "true", Label: "System rows", On: f.filter.System})
	}
	p.Switches = append(p.Switches, views.FilterSwitch{Name: "fold", Value: "no", Label: "Alike rows one by one", On: !f.fold})
	p.Hidden = f.besidePanel()
	return p, nil
}

// besidePanel is what is on and has no control in the panel.
func (f *feedPage) besidePanel() []views.FilterHidden {
	folded := *f
	folded.fold = true
	q := f.filter.Values()
	for _, name := range []string{"actions", "resource_types", "actor_id", "project_id", "outcome", "include_system"} {
		q.Del(name)
	}
	q = folded.shownAlike(q)
	return hiddenOf(q)
}

// allProblems are all sentences about what could not be read, the line's too.
func (f *feedPage) allProblems() []string {
	out := f.problems()
	for _, e := range f.wrong {
		out = append(out, "The search: "+e.Message+".")
	}
	return out
}

func people(known stats.Summary) []views.FilterOption {
	var out []views.FilterOption
	for _, a := range known.Actors {
		out = append(out, views.FilterOption{Value: a.ExternalID, Label: orElse(strings.TrimSpace(a.Name), a.ExternalID)})
	}
	slices.SortFunc(out, func(a, b views.FilterOption) int {
		return strings.Compare(strings.ToLower(a.Label), strings.ToLower(b.Label))
	})
	return out
}

func places(projects []models.Project) []views.FilterOption {
	var out []views.FilterOption
	for _, p := range projects[:min(len(projects), mostProjects)] {
		out = append(out, views.FilterOption{Value: p.ExternalID, Label: orElse(strings.TrimSpace(p.Name), p.ExternalID)})
	}
	return out
}

// withOn marks what is on; what is on and not offered is offered too.
func withOn(options []views.FilterOption, on []string, name func(string) string) []views.FilterOption {
	for _, value := range on {
		at := slices.IndexFunc(options, func(o views.FilterOption) bool { return o.Value == value })
		if at < 0 {
			options = append(options, views.FilterOption{Value: value, Label: name(value)})
			at = len(options) - 1
		}
		options[at].Active = true
	}
	return options
}

// outcomes offers them, and failed or denied together; what else is on is one choice more.
func outcomes(on []models.Outcome) []views.FilterOption {
	options := []views.FilterOption{
		{Value: "failure,denied", Label: "Failed or denied"}, {Value: "failure", Label: "Failed"}, {Value: "denied", Label: "Denied"}, {Value: "success", Label: "Done"},
	}
	if len(on) == 0 {
		return options
	}
	var values, labels []string
	for _, o := range models.Outcomes {
		if slices.Contains(on, o) {
			values, labels = append(values, string(o)), append(labels, outcomeWord(o))
		}
	}
	both := strings.Join(values, ",")
	return withOn(options, []string{both}, func(string) string { return models.Title(strings.Join(labels, " or ")) })
}

// listOf offers what is there, the most frequent first, and always what is on.
func listOf(name, label string, options []views.FilterOption, on []string) views.FilterList {
	options = withOn(options, on, func(string) string { return "" })
	all, n := len(options), 0
	options = slices.DeleteFunc(options, func(o views.FilterOption) bool {
		n++
		return n > mostOptions && !o.Active
	})
	return views.FilterList{Name: name, Label: label, Options: options, More: all - len(options)}
}

// called gives the options of a list the words of the workspace.
func called(list views.FilterList, words *models.Vocabulary, kind models.TermKind) views.FilterList {
	for i := range list.Options {
		list.Options[i].Label = words.Title(kind, list.Options[i].Value)
	}
	return list
}

// counted makes options of counts, the most frequent first.
func counted(counts map[string]int64) []views.FilterOption {
	options := make([]views.FilterOption, 0, len(counts))
	for value, n := range counts {
		options = append(options, views.FilterOption{Value: value, Count: &n})
	}
	slices.SortFunc(options, func(a, b views.FilterOption) int {
		if *a.Count != *b.Count {
			return int(*b.Count - *a.Count)
		}
		return strings.Compare(a.Value, b.Value)
	})
	return options
}
