package web

import (
	"net/url"
	"slices"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/params"
	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/account"
	"daybook/views"
	"daybook/views/component"
)

// peopleOnPage is how many people a page of the list has.
const peopleOnPage = 50

// peopleAsk is what the address of the list asks for.
type peopleAsk struct {
	slug, q, role, linked, kind, cursor string
}

// PeoplePage lists everybody in a workspace.
func (w *Web) PeoplePage(c *fiber.Ctx) error {
	d, err := w.doer(c)
	if err != nil {
		return err
	}
	ask, f, err := peopleAsked(c)
	if err != nil {
		return err
	}
	list, next, err := w.Account.People(c.UserContext(), d, f)
	if err != nil {
		return err
	}
	counts, err := w.Account.CountPeople(c.UserContext(), d, f)
	if err != nil {
		return err
	}
	v := visit.Of(c).Viewer
	page := views.PeoplePage{
		Now: w.config.Now(), Locale: localeOf(v), Rows: w.personRows(c, d, list), Menus: []views.ListMenu{ask.roles(), ask.links()},
		Search:   component.Search{Action: peoplePath(ask.slug), Label: "Search people", Placeholder: "Name, e-mail or id in the sending application", Value: ask.q, Keep: ask.kept()},
		Narrowed: ask.q != "" || ask.role != "" || ask.linked != "" || ask.kind != "", Clear: peoplePath(ask.slug), Invitations: invitationsPath(ask.slug), Bars: v.SeesRankings(),
		Pages: component.Pages{Text: views.PeopleCount(counts[f.Kind])},
	}
	if next != "" {
		page.Pages.Next = ask.with(func(a *peopleAsk) { a.cursor = next })
	}
	if ask.cursor != "" {
		page.Pages.Back = ask.with(func(*peopleAsk) {}) // a cursor leads on; back is the beginning
	}
	if page.Shell, err = w.shell(c, "People"); err != nil {
		return err
	}
	page.Shell.Views = component.Tabs("Kinds of people", ask.tabs(counts))
	if v.Workspace.ID == models.BuiltInWorkspace { // it has no members
		page.Invitations = ""
		return send(c, views.People(page))
	}
	page.Shell.End = views.InviteButton(invitationsPath(ask.slug), invitationsPath(ask.slug)+"/new")
	return send(c, views.People(page))
}

// peopleAsked reads the address of the list.
func peopleAsked(c *fiber.Ctx) (ask peopleAsk, f account.PeopleFilter, err error) {
	q, err := listQuery(c, "q", "role", "linked", "kind", "cursor")
	if err != nil {
		return ask, f, err
	}
	ask = peopleAsk{slug: visit.Of(c).Viewer.Workspace.Slug, q: q.Get("q"), role: q.Get("role"), linked: q.Get("linked"), kind: q.Get("kind"), cursor: q.Get("cursor")}
	f = account.PeopleFilter{Search: ask.q, Role: models.Role(ask.role), Kind: account.PersonKind(ask.kind), Cursor: ask.cursor, Limit: peopleOnPage}
	if ask.role != "" {
		if _, err := models.ParseRole(ask.role); err != nil {
			return ask, f, models.FieldErrorf(models.Malformed, "role", "must be owner, admin or member")
		}
	}
	if ask.kind != "" && !slices.Contains(account.PersonKinds, f.Kind) {
		return ask, f, models.FieldErrorf(models.Malformed, "kind", "is none of this list")
	}
	if ask.linked != "" {
		linked, err := params.Flag(q, "linked")
		if err != nil {
			return ask, f, err
		}
		f.Linked = &linked
	}
	return ask, f, nil
}

// with is the address of the list asked otherwise, from its beginning.
func (a peopleAsk) with(change func(*peopleAsk)) string {
	a.cursor = ""
	change(&a)
	q := url.Values{}
	for name, value := range map[string]string{"q": a.q, "role": a.role, "linked": a.linked, "kind": a.kind, "cursor": a.cursor} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if len(q) == 0 {
		return peoplePath(a.slug)
	}
	return peoplePath(a.slug) + "?" + q.Encode()
}

// kept is what a search keeps of the address.
func (a peopleAsk) kept() (keep []component.Hidden) {
	for _, h := range []component.Hidden{{Name: "role", Value: a.role}, {Name: "linked", Value: a.linked}, {Name: "kind", Value: a.kind}} {
		if h.Value != "" {
			keep = append(keep, h)
		}
	}
	return keep
}

var kindLabels = map[account.PersonKind]string{
	"": "All", account.CanSignIn: "Can sign in", account.Agents: "Agents", account.OnlyRecorded: "Only recorded", account.Outside: "No access", account.Deactivated: "Deactivated",
	account.Anonymised: "Anonymised",
}

// tabs are the kinds of people; those that there are none of are left out, but for the one that is open.
func (a peopleAsk) tabs(counts map[account.PersonKind]int64) (tabs []component.Tab) {
	for _, kind := range append([]account.PersonKind{""}, account.PersonKinds...) {
		n, here := counts[kind], a.kind == string(kind)
		if n > 0 || here || kind == "" {
			tabs = append(tabs, component.Tab{Label: kindLabels[kind], Href: a.with(func(a *peopleAsk) { a.kind = string(kind) }), Count: &n, Current: here})
		}
	}
	return tabs
}

func (a peopleAsk) roles() views.ListMenu {
	m := views.ListMenu{Label: "Any role", Icon: "shield"}
	for _, role := range []models.Role{"", models.Owner, models.Admin, models.Member} {
		choice := component.Tab{Label: "Any role", Href: a.with(func(a *peopleAsk) { a.role = string(role) }), Current: a.role == string(role)}
		if role != "" {
			choice.Label = models.Title(string(role))
		}
		if choice.Current {
			m.Label = choice.Label
		}
		m.Choices = append(m.Choices, choice)
	}
	return m
}

func (a peopleAsk) links() views.ListMenu {
	m := views.ListMenu{Label: "Linked or not", Icon: "link"}
	for _, each := range []struct{ value, label string }{{"", "Linked or not"}, {"true", "Linked to an actor"}, {"false", "Not linked"}} {
		choice := component.Tab{Label: each.label, Href: a.with(func(a *peopleAsk) { a.linked = each.value }), Current: a.linked == each.value}
		if choice.Current {
			m.Label = choice.Label
		}
		m.Choices = append(m.Choices, choice)
	}
	return m
}
