package web

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/access"
	"daybook/services/feed"
	"daybook/services/stats"
	"daybook/views"
	"daybook/views/component"
	"daybook/views/layout"
)

// How much a history shows.
const (
	historyRows = 30
	mostRanked  = 8
	recentDays  = 30
)

// history gathers what the pages of people, projects and things have in common.
type history struct {
	web    *Web
	ctx    context.Context
	viewer access.Viewer
	scope  access.Scope
	filter feed.Filter // what the page is about
	page   views.HistoryPage
	from   *layout.Crumb   // what the page is part of; nil: the feed
	end    templ.Component // what one can do, at the end of the head; or nil
	words  *models.Vocabulary
}

func (w *Web) history(c *fiber.Ctx, f feed.Filter) *history {
	v := visit.Of(c).Viewer
	return &history{
		web: w, ctx: c.UserContext(), viewer: v, scope: v.Scope(f.System), filter: f,
		page: views.HistoryPage{Now: w.config.Now(), Locale: localeOf(v), All: filteredPath(v.Workspace.Slug, f)},
	}
}

// idOf reads our id of a person or a project from the path. What is none is the id of nothing.
func idOf(c *fiber.Ctx) int64 {
	id, err := strconv.ParseInt(c.Params("id"), 10, 64)
	if err != nil || c.Params("id") != strconv.FormatInt(id, 10) {
		return 0
	}
	return id
}

// read reads the newest activities, and how many there are.
func (h *history) read() (err error) {
	if h.words, err = h.web.words(h.ctx, h.viewer.Workspace); err != nil {
		return err
	}
	if h.page.Total, err = h.web.total(h.ctx, h.scope, h.filter); err != nil {
		return err
	}
	found, err := h.newest()
	if err != nil {
		return err
	}
	inFeed := feedPage{web: h.web, viewer: h.viewer, filter: h.filter, fold: true, path: feedPath(h.viewer.Workspace.Slug)}
	h.page.Rows = inFeed.rows(found)
	if len(found.Entries) > 0 {
		h.page.Lead.Last = &found.Entries[0].OccurredAt
	}
	return nil
}

// mostSearches is how often the search goes on for somebody who may see only little of a great many rows.
const mostSearches = 4

// newest reads the newest activities. When they are not found soon, the page does without.
func (h *history) newest() (found feed.Page, err error) {
	ask := feed.Ask{Filter: h.filter, Limit: historyRows, Fold: zoneOf(h.viewer), Hasty: true}
	for range mostSearches {
		found, err = h.web.Parts.Feed.Page(h.ctx, h.scope, ask)
		if err != nil || len(found.Entries) > 0 || found.Searched == nil || found.Older == "" {
			return found, err
		}
		ask.Cursor = found.Older
	}
	h.page.Empty = "They lie far back, among many that you may not see. The feed goes on looking for them."
	return found, nil
}

// send puts the page into the shell.
func (h *history) send(c *fiber.Ctx, name string) error {
	shell, err := h.web.shell(c, "")
	if err != nil {
		return err
	}
	h.page.Lead.Name = name
	if strings.TrimSpace(name) == "" {
		name = "Unnamed"
	}
	shell.Title = name
	shell.Crumbs = []layout.Crumb{{Label: "Feed", Href: feedPath(h.viewer.Workspace.Slug)}, {Label: name}}
	if h.from != nil {
		shell.Crumbs[0] = *h.from
	}
	shell.End = h.end
	h.page.Shell = shell
	return send(c, views.History(h.page))
}

// about adds a fact, if there is one.
func (h *history) about(f views.HistoryFact) {
	if f.Value != "" || f.At != nil {
		h.page.About = append(h.page.About, f)
	}
}

// span adds the days of the first and the last activity.
func (h *history) span() error {
	sp, err := h.web.Stats.Span(h.ctx, h.scope, h.filter)
	if err != nil || sp.First.IsZero() {
		return err
	}
	h.about(views.HistoryFact{Label: "First activity", At: &sp.First, Day: true})
	h.about(views.HistoryFact{Label: "Last activity", At: &sp.Last, Day: true})
	return nil
}

// with is the page's filter with more to it.
func (h *history) with(more func(*feed.Filter)) feed.Filter {
	f := h.filter
	more(&f)
	return f
}

// recent is the page's filter, of the last days. The first of them is whole.
func (h *history) recent() feed.Filter {
	first := models.StartOfDay(h.page.Now.In(zoneOf(h.viewer)), 1-recentDays)
	return h.with(func(f *feed.Filter) {
		f.From = feed.Bound{Text: first.Add(12 * time.Hour).Format(time.DateOnly), At: first.UTC()}
	})
}

// actions adds what was done in the last days, each with its number; where that is nothing, what was done in all.
func (h *history) actions() error {
	of, note := h.recent(), strconv.Itoa(recentDays)+" days"
	sum, err := h.web.Stats.Summarise(h.ctx, h.scope, of, 0)
	if err == nil && sum.Total == 0 && !sum.Over {
		of, note = h.filter, "in all"
		sum, err = h.web.Stats.Summarise(h.ctx, h.scope, of, 0)
	}
	if err != nil {
		return err
	}
	r := views.Ranking{Title: "Actions", Note: note}
	for _, each := range ranked(sum.Actions) {
		only := of
		only.Actions = []string{each.word}
		r.Items = append(r.Items, views.RankItem{Label: h.words.Title(models.ActionTerm, each.word), Icon: h.words.Icon(each.word, models.Success), Hue: hueOf(h.words, models.ActionTerm, each.word), Count: each.n, Href: h.feed(only)})
	}
	h.rank(r)
	return nil
}

// rank adds a list of counts, if there is anything in it.
func (h *history) rank(r views.Ranking) {
	if len(r.Items) > 0 {
		h.page.Ranks = append(h.page.Ranks, r)
	}
}

// types adds what sorts of things it was done to.
func (h *history) types(counts map[string]int64) {
	r := views.Ranking{Title: "Types"}
	for _, each := range ranked(counts) {
		only := h.with(func(f *feed.Filter) { f.Types = []string{each.word} })
		r.Items = append(r.Items, views.RankItem{Label: h.words.Title(models.TypeTerm, each.word), Icon: typeIcon(h.words, each.word), Hue: hueOf(h.words, models.TypeTerm, each.word), Count: each.n, Href: h.feed(only)})
	}
	h.rank(r)
}

// people adds who did it.
func (h *history) people(counts []stats.RankedActor) {
	r := views.Ranking{Title: "People"}
	for _, each := range counts {
		only := h.with(func(f *feed.Filter) { f.Actors = []string{each.ExternalID} })
		r.Items = append(r.Items, views.RankItem{Label: each.DisplayName(), Actor: &each.Actor, Count: each.Count, Href: h.feed(only)})
	}
	h.rank(r)
}

// typeIcons are the symbols of types that have one of their own.
var typeIcons = map[string]string{
	"project": "project", "task": "task", "time_entry": "clock", "invoice": "invoice", "client": "client", "user": "person", "comment": "commented", "issue": "info",
	"label": "bookmark", "workspace": "dashboard", "workspace_member": "people", "agent": "agent", "token": "key",
}

func typeIcon(words *models.Vocabulary, kind string) string {
	if icon := words.Term(models.TypeTerm, kind).Icon; icon != "" {
		return icon
	}
	if icon, ok := typeIcons[kind]; ok {
		return icon
	}
	return "file"
}

func (h *history) clock() component.Clock { return component.NewClock(h.page.Now, h.page.Locale) }

func (h *history) feed(f feed.Filter) string { return filteredPath(h.viewer.Workspace.Slug, f) }

// counts of a word of the vocabulary.
type wordCount struct {
	word string
	n    int64
}

// ranked gives the largest counts, the largest first.
func ranked(counts map[string]int64) []wordCount {
	var out []wordCount
	for word, n := range counts {
		if n > 0 {
			out = append(out, wordCount{word, n})
		}
	}
	slices.SortFunc(out, func(a, b wordCount) int {
		if a.n != b.n {
			return int(b.n - a.n)
		}
		return strings.Compare(a.word, b.word)
	})
	return out[:min(len(out), mostRanked)]
}

// total counts what a filter selects, as far as that is counted.
func (w *Web) total(ctx context.Context, scope access.Scope, f feed.Filter) (views.Total, error) {
	n, err := w.Stats.Tally(ctx, scope, f)
	return views.Total{Count: n.Count, Over: n.Over && n.Count >= stats.CountedRows, AtLeast: n.Over}, err
}
