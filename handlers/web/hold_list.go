package web

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/params"
	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/access"
	"daybook/services/account"
	"daybook/services/feed"
	"daybook/services/privacy"
	"daybook/views"
	"daybook/views/layout"
)

// holdsPath is where legal holds are.
func holdsPath(slug string) string { return feedPath(slug) + "/holds" }

// HoldsPage lists legal holds; person= fills in whom one is to be placed on.
func (w *Web) HoldsPage(c *fiber.Ctx) error {
	q, err := listQuery(c, "before", "person")
	if err != nil {
		return err
	}
	return w.holdsPage(c, views.HoldsPage{Typed: views.TypedHold{Person: q.Get("person")}}, q)
}

func (w *Web) holdsPage(c *fiber.Ctx, page views.HoldsPage, q url.Values) error {
	v := visit.Of(c).Viewer
	d, err := w.doer(c)
	if err != nil {
		return err
	}
	before, err := params.Number(q, "before", 0, 0, 1<<53)
	if err != nil {
		return err
	}
	standing, err := w.Privacy.Holds(c.UserContext(), d)
	if err != nil {
		return err
	}
	lifted, more, err := w.Privacy.LiftedHolds(c.UserContext(), d, int64(before))
	if err != nil {
		return err
	}
	path := holdsPath(v.Workspace.Slug)
	page.Now, page.Locale, page.Action = w.config.Now(), localeOf(v), path
	page.Standing, page.Lifted = holdLines(v.Workspace.Slug, standing), holdLines(v.Workspace.Slug, lifted)
	if more {
		page.Older = path + "?before=" + strconv.FormatInt(lifted[len(lifted)-1].ID, 10)
	}
	if before > 0 {
		page.Newest = path
	}
	if page.Types, err = w.termsOf(c, models.TypeTerm); err != nil {
		return err
	}
	if page.Shell, err = w.shell(c, "Legal holds"); err != nil {
		return err
	}
	page.Shell.Crumbs = []layout.Crumb{{Label: "Privacy", Href: feedPath(v.Workspace.Slug) + "/privacy"}, {Label: "Legal holds"}}
	return send(c, views.Holds(page))
}

func holdLines(slug string, holds []models.Hold) []views.HoldLine {
	lines := make([]views.HoldLine, 0, len(holds))
	for _, h := range holds {
		line := views.HoldLine{Hold: h, Lift: holdsPath(slug) + "/" + strconv.FormatInt(h.ID, 10) + "/lift"}
		if h.ActorID != nil {
			line.PersonHref = personPath(slug, *h.ActorID)
		}
		if h.ProjectID != nil {
			line.ProjectHref = projectPath(slug, *h.ProjectID)
		}
		if h.EntityID != nil {
			line.IDHref = entityPath(slug, *h.EntityType, *h.EntityID)
		}
		lines = append(lines, line)
	}
	return lines
}

// PlaceHold holds activities from now on.
func (w *Web) PlaceHold(c *fiber.Ctx) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	d, err := w.doer(c)
	if err != nil {
		return err
	}
	v := visit.Of(c).Viewer
	typed := views.TypedHold{
		Name: form.Get("name"), Person: form.Get("person"), Project: form.Get("project"), Type: form.Get("resource_type"), ID: form.Get("resource_id"),
		From: form.Get("start_date"), To: form.Get("end_date"),
	}
	now := w.readersNow(v)
	from, wrongFrom := params.Instant("start_date", strings.TrimSpace(typed.From), now)
	to, wrongTo := params.Instant("end_date", strings.TrimSpace(typed.To), now)
	err = models.JoinFields(onlyFields(form, "name", "person", "project", "resource_type", "resource_id", "start_date", "end_date"), wrongFrom, wrongTo)
	var made models.Hold
	if err == nil {
		made, err = w.Privacy.PlaceHold(c.UserContext(), d, privacy.HoldOrder{
			Name: typed.Name, Person: typed.Person, Project: typed.Project, EntityType: typed.Type, EntityID: typed.ID, From: from, To: to,
		})
	}
	if err == nil {
		return w.done(c, holdsPath(v.Workspace.Slug), "The hold "+made.Name+" stands.")
	}
	refused, shown := refusedForm(c, err)
	if !shown {
		return err
	}
	page := views.HoldsPage{Typed: typed, Errors: refused.Fields}
	if len(refused.Fields) == 0 {
		page.Problem = refused.Detail
	}
	return w.holdsPage(c, page, url.Values{})
}

// LiftHold ends a hold, and says which others still hold some of the same activities.
func (w *Web) LiftHold(c *fiber.Ctx) error {
	d, err := w.doer(c)
	if err != nil {
		return err
	}
	to := holdsPath(d.Workspace.Slug)
	lifted, others, err := w.Privacy.LiftHold(c.UserContext(), d, idParam(c, "id"))
	if models.KindOf(err) == models.Conflict {
		return w.undone(c, to, err)
	} else if err != nil {
		return err
	}
	text := "The hold " + lifted.Name + " is lifted."
	if len(others) > 0 {
		text += " Some of the same activities are still held by " + nameList(others) + "."
	}
	return w.done(c, to, text)
}

// mostNamed is how many holds are named.
const mostNamed = 5

// nameList names some holds.
func nameList(holds []models.Hold) string {
	names := make([]string, 0, mostNamed)
	for i, h := range holds {
		if i == mostNamed {
			names = append(names, strconv.Itoa(len(holds)-i)+" more")
			break
		}
		names = append(names, h.Name)
	}
	if len(names) == 1 {
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// holdsOn names the holds that an activity is under, to those who administer, and where they are managed, to those who may.
func (w *Web) holdsOn(ctx context.Context, v access.Viewer, e models.Entry) (names []string, href string, err error) {
	if !v.Administers() {
		return nil, "", nil
	}
	holds, err := w.Privacy.HoldsOn(ctx, e.WorkspaceID, e.Seq)
	for _, h := range holds {
		names = append(names, h.Name)
	}
	if v.Role >= access.Owner {
		href = holdsPath(v.Workspace.Slug)
	}
	return names, href, err
}

// noHold is said of who is under none.
const noHold = "none"

// holdFact says of a person on whose page one is whether a hold stands on them, and leads to where one is placed.
func (w *Web) holdFact(s subject) (views.HistoryFact, error) {
	f := views.HistoryFact{Label: "Legal hold", Value: noHold}
	var actors []int64
	for _, a := range s.who.Actors {
		actors = append(actors, a.ID)
	}
	if len(actors) > 0 {
		holds, err := w.Privacy.HoldsOnPerson(s.c.UserContext(), s.doer.Workspace.ID, actors)
		if err != nil {
			return f, err
		}
		if len(holds) > 0 {
			f.Value = nameList(holds)
		}
	}
	isNobody := s.who.Kind == account.Anonymised
	if s.doer.Role >= access.Owner && len(actors) > 0 && !(isNobody && f.Value == noHold) {
		if f.Value == noHold {
			f.Value = "none; place one"
		}
		f.Href = holdsPath(s.slug) + "?" + url.Values{"person": {s.who.Actors[0].ExternalID}}.Encode()
	}
	return f, nil
}

// mostSuggested is how many words are suggested.
const mostSuggested = 200

// termsOf gives the actions, or the types, that are in use, the most frequent first.
func (w *Web) termsOf(c *fiber.Ctx, kind models.TermKind) ([]string, error) {
	used, err := w.Stats.Summarise(c.UserContext(), visit.Of(c).Viewer.Scope(true), feed.Filter{System: true}, 0)
	if err != nil {
		return nil, err
	}
	names := slices.DeleteFunc(byFrequency(countsOf(used, kind)), func(name string) bool { return name == "" })
	return names[:min(len(names), mostSuggested)], nil
}
