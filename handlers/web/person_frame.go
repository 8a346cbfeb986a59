package web

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/account"
	"daybook/services/feed"
	"daybook/views"
	"daybook/views/component"
	"daybook/views/layout"
)

// subject is whom the pages of a person are about, and who looks.
type subject struct {
	c    *fiber.Ctx
	doer account.Doer
	who  *account.Person
	may  account.Powers
	slug string
}

// personOf finds somebody of the viewer's workspace by one of their actors or by their user, for admins.
func (w *Web) personOf(c *fiber.Ctx, actor, user int64) (s subject, err error) {
	s = subject{c: c, slug: visit.Of(c).Viewer.Workspace.Slug}
	if s.doer, err = w.doer(c); err != nil {
		return s, err
	}
	if s.who, err = w.Account.PersonOf(c.UserContext(), s.doer, actor, user); err != nil {
		return s, err
	}
	s.may, err = w.Account.PowersOver(c.UserContext(), s.doer, s.who)
	return s, err
}

// userOf is personOf for the user of the path.
func (w *Web) userOf(c *fiber.Ctx) (subject, error) { return w.personOf(c, 0, idParam(c, "id")) }

// actorOf is personOf for the actor of the path.
func (w *Web) actorOf(c *fiber.Ctx) (subject, error) { return w.personOf(c, idParam(c, "id"), 0) }

// path is where the person is managed.
func (s subject) path() string { return managePath(s.slug, s.who) }

// isSelf tells whether the viewer looks at their own page.
func (s subject) isSelf() bool {
	return s.who.UserID != nil && s.doer.User != nil && *s.who.UserID == s.doer.User.ID
}

// frame is what each page of a person has around it; here is the tab that is open.
func (w *Web) frame(s subject, here string) (views.PersonFrame, error) {
	name := s.who.Name
	if strings.TrimSpace(name) == "" {
		name = "Unnamed"
	}
	f := views.PersonFrame{
		Now: w.config.Now(), Locale: localeOf(visit.Of(s.c).Viewer), Face: faceOf(s.who), Name: s.who.Name, Notes: notesOf(s.who), State: stateOf(s.who), Seen: s.who.LastSeen,
		Tabs: s.tabs(here), Facts: w.personFacts(s),
	}
	var err error
	if f.Shell, err = w.shell(s.c, name); err != nil {
		return f, err
	}
	f.Shell.End = s.end()
	if s.who.Kind != account.Agents {
		held, err := w.holdFact(s)
		if err != nil {
			return f, err
		}
		f.Facts = append(f.Facts, held)
	}
	f.Shell.Crumbs = []layout.Crumb{{Label: "People", Href: peoplePath(s.slug)}, {Label: name}}
	if here != tabPerson {
		f.Shell.Crumbs = []layout.Crumb{{Label: "People", Href: peoplePath(s.slug)}, {Label: name, Href: s.path()}, {Label: here}}
	}
	return f, nil
}

// The pages of a person.
const (
	tabActivities = "Activities"
	tabPerson     = "Manage"
	tabProjects   = "Projects"
	tabSessions   = "Sessions and tokens"
)

// end is what one can do with the person as a whole, at the end of the head; nil: nothing.
func (s subject) end() templ.Component {
	var report, anonymise string
	isPerson := s.who.Kind != account.Agents && s.who.Kind != account.Anonymised
	if isPerson && (s.may.Manage || s.who.UserID == nil || s.isSelf()) {
		report = s.path() + "/report"
	}
	if s.may.Anonymise && (s.who.UserID != nil || isMergeable(s.who)) {
		anonymise = s.path() + "/anonymise"
	}
	if report == "" && anonymise == "" {
		return nil
	}
	return views.PersonEnd(report, anonymise)
}

// anonymisedOn says of somebody that they are nobody any more.
func anonymisedOn(at time.Time, clock component.Clock) string {
	return "This person was anonymised on " + clock.OnDay(at) + ". What they did stays; who they were is not known here any more, except where a legal hold keeps it."
}

// tabs lead from one page of a person to the others.
func (s subject) tabs(here string) (tabs []component.Tab) {
	add := func(label, href string) {
		tabs = append(tabs, component.Tab{Label: label, Href: href, Current: label == here})
	}
	if len(s.who.Actors) > 0 {
		add(tabActivities, personPath(s.slug, s.who.Actors[0].ID))
	}
	add(tabPerson, s.path())
	if s.who.Kind != account.Agents && s.who.Kind != account.Anonymised {
		add(tabProjects, s.path()+"/projects")
	}
	if s.may.Manage {
		add(tabSessions, s.path()+"/sessions")
	}
	return tabs
}

func notesOf(p *account.Person) (notes []string) {
	if p.Email != "" {
		notes = append(notes, p.Email)
	}
	switch {
	case p.Kind == account.Anonymised:
		return []string{"Anonymised person"}
	case p.UserID == nil && p.Kind == account.OnlyRecorded:
		return append(notes, "Person")
	case p.Role == "" && !p.InstanceAdmin && p.UserID != nil:
		return append(notes, "No member")
	case p.InstanceAdmin && p.Role != "":
		return append(notes, roleOf(p), "Instance admin")
	}
	return append(notes, roleOf(p))
}

// personFacts are what is known of somebody.
func (w *Web) personFacts(s subject) (facts []views.HistoryFact) {
	p := s.who
	add := func(f views.HistoryFact) {
		if f.Value != "" || f.At != nil {
			facts = append(facts, f)
		}
	}
	add(views.HistoryFact{Label: "Username", Value: p.Username})
	add(views.HistoryFact{Label: "Anonymised", At: p.ErasedAt})
	switch {
	case p.Kind == account.Anonymised:
	case p.Kind == account.Deactivated:
		add(views.HistoryFact{Label: "Signs in", Value: "not any more: deactivated"})
	case p.UserID != nil && p.Kind != account.Outside:
		add(views.HistoryFact{Label: "Signs in", Value: "with a password"})
	case p.Kind == account.OnlyRecorded:
		add(views.HistoryFact{Label: "Signs in", Value: "not linked to a user"})
	}
	if p.UserID != nil && p.ErasedAt == nil {
		role := "no member"
		if p.Role != "" {
			role = models.Title(string(p.Role))
		}
		add(views.HistoryFact{Label: "Role", Value: role})
	}
	if p.InstanceAdmin {
		add(views.HistoryFact{Label: "Instance", Value: "Admin of all of it"})
	}
	if p.Role != "" && p.LastSeen == nil {
		add(views.HistoryFact{Label: "Last seen", Value: "not signed in now"})
	}
	if p.Served > 0 {
		add(views.HistoryFact{Label: "Acts for", Value: views.PeopleCount(p.Served)})
	}
	add(views.HistoryFact{Label: "Last activity", At: p.LastActive, Day: true})
	f := views.HistoryFact{Label: "Activities", Value: models.Thousands(p.Activities), Note: "in all, " + models.Thousands(p.Recent) + " in " + strconv.Itoa(account.RecentDays) + " days"}
	if len(p.Actors) > 0 {
		f.Href = w.allPath(s)
	}
	add(f)
	return facts
}

// allPath is the feed of everything a person did.
func (w *Web) allPath(s subject) string {
	var f feed.Filter
	for _, a := range s.who.Actors {
		if a.MergedInto == nil {
			f.Actors = append(f.Actors, a.ExternalID)
		}
	}
	return filteredPath(s.slug, f)
}

// refusal makes of what was refused what the page says of it.
func (w *Web) refusal(s subject, form string, refused *models.Error, record models.EntityRef) *views.Refusal {
	r := &views.Refusal{Form: form, Errors: refused.Fields, Detail: refused.Detail}
	if refused.Kind != models.Conflict || len(refused.Fields) != 1 || refused.Fields[0].Field != "version" {
		return r
	}
	r.Outdated = component.FullStop(refused.Fields[0].Message)
	w.whoChanged(s, r, record)
	return r
}

// postedSoon is how long a refusal waits to be able to say who was faster.
const postedSoon = time.Second

// whoChanged tells who changed a record last, to those who may read that. What cannot be told soon is left out.
func (w *Web) whoChanged(s subject, r *views.Refusal, record models.EntityRef) {
	if record.ID == nil {
		return
	}
	ctx, p := s.c.UserContext(), visit.Of(s.c).Principal
	slug := s.slug
	if record.Type == "user" {
		slug = models.BuiltInSlug // that is where users are recorded, for instance admins to read
	}
	viewer, err := w.Access.Enter(ctx, p, slug)
	if err != nil {
		return
	}
	// The change that was faster is in the inbox, at least: before it is posted the one before it would be named.
	soon, cancel := context.WithTimeout(ctx, postedSoon)
	defer cancel()
	if w.Journal.Drain(soon) != nil {
		return
	}
	f := feed.Filter{System: true, Criteria: feed.Criteria{Types: []string{record.Type}, EntityIDs: []string{*record.ID}}}
	found, err := w.Parts.Feed.Page(ctx, viewer.Scope(true), feed.Ask{Filter: f, Limit: 1, Hasty: true})
	if err != nil || len(found.Entries) == 0 {
		return
	}
	newest := found.Entries[0]
	clock := component.NewClock(w.config.Now(), localeOf(viewer))
	r.Changed = newest.ActorName + ", " + clock.Ago(newest.OccurredAt)
	r.History = entityPath(slug, record.Type, *record.ID)
	if f.System {
		r.History += "&" + url.Values{"include_system": {"true"}}.Encode()
	}
}
