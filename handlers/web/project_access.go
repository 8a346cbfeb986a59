package web

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/params"
	"daybook/models"
	"daybook/services/account"
	"daybook/views"
	"daybook/views/component"
)

// Each list of the page has room for so many people; the rest is a click, or a search, away.
const (
	grantedOnPage = 100
	othersOnPage  = 20
)

// ProjectAccessPage says who has access to a project.
func (w *Web) ProjectAccessPage(c *fiber.Ctx) error {
	q, err := params.Of(c)
	if err != nil {
		return err
	}
	return w.projectAccessPage(c, q, nil)
}

// projectAccessPage is the page as the address asks for it, and as typed changes it.
func (w *Web) projectAccessPage(c *fiber.Ctx, q url.Values, typed func(*views.ProjectAccessPage)) error {
	d, err := w.doer(c)
	if err != nil {
		return err
	}
	p, err := w.Account.ProjectOf(c.UserContext(), d, idParam(c, "id"))
	if err != nil {
		return err
	}
	at := projectPath(d.Workspace.Slug, p.ID)
	page := views.ProjectAccessPage{
		Name: p.Name, Visibility: p.Visibility, Archived: p.ArchivedAt != nil, Edit: at + "/edit", Version: p.Version,
		Links: projectLinks(at, "access"), Grant: at + "/access/grant", Revoke: at + "/access/revoke",
	}
	granted := accessList{of: account.ProjectPeopleFilter{Project: p.ID, Granted: true, Limit: grantedOnPage}, at: at + "/access", name: "has", label: "Search those who have access"}
	others := accessList{of: account.ProjectPeopleFilter{Project: p.ID, Limit: othersOnPage}, at: at + "/access", name: "find", label: "Search people"}
	if page.Granted, page.GrantedIn, err = w.accessPeople(c, d, granted, q); err != nil {
		return err
	}
	if page.Others, page.OthersIn, err = w.accessPeople(c, d, others, q); err != nil {
		return err
	}
	page.GrantedIn.Total = p.Members
	if typed != nil {
		typed(&page)
	}
	if page.Clock, err = w.clock(c); err != nil {
		return err
	}
	if page.Shell, err = w.shell(c, "Access to "+p.Name); err != nil {
		return err
	}
	page.Shell.Crumbs = projectCrumbs(d.Workspace.Slug, p.Project, "Who has access")
	return send(c, views.ProjectAccess(page))
}

// accessList is one of the two lists of the page: its search is the parameter name, its page name + "_after".
type accessList struct {
	of              account.ProjectPeopleFilter
	at, name, label string
}

func (w *Web) accessPeople(c *fiber.Ctx, d account.Doer, l accessList, q url.Values) (people []views.AccessPerson, in views.AccessList, err error) {
	l.of.Search, l.of.Cursor = q.Get(l.name), q.Get(l.name+"_after")
	list, next, err := w.Account.ProjectPeople(c.UserContext(), d, l.of)
	if err != nil {
		return nil, in, err
	}
	for _, p := range list {
		people = append(people, accessPerson(p))
	}
	in.Search = views.ListSearch{Action: l.at, Label: l.label, Name: l.name, Value: l.of.Search}
	for name := range q { // the other list stays as it is
		if name != l.name && name != l.name+"_after" && (name == "has" || name == "find") {
			in.Search.Keep = append(in.Search.Keep, component.Hidden{Name: name, Value: q.Get(name)})
		}
	}
	if next != "" {
		in.More = l.page(q, next)
	}
	if l.of.Cursor != "" {
		in.First = l.page(q, "")
	}
	return people, in, nil
}

// page is the address of another page of a list.
func (l accessList) page(q url.Values, cursor string) string {
	out := url.Values{}
	for _, name := range []string{"has", "find", "has_after", "find_after"} {
		if v := q.Get(name); v != "" {
			out.Set(name, v)
		}
	}
	if out.Set(l.name+"_after", cursor); cursor == "" {
		out.Del(l.name + "_after")
	}
	to := l.at
	if len(out) > 0 {
		to += "?" + out.Encode()
	}
	return to + map[string]string{"has": "#granted", "find": "#others"}[l.name]
}

func accessPerson(p account.ProjectPerson) views.AccessPerson {
	one := views.AccessPerson{
		Handle: p.Handle(), Face: views.Face{User: p.UserID}, Name: p.Name, Email: p.Email, Known: p.Known, Deactivated: p.Deactivated, Granted: p.Granted,
	}
	if p.UserID == 0 {
		one.Face = views.Face{Actor: &models.Actor{ID: p.ActorID, Name: p.Name, Type: models.ActorUser}}
	}
	if p.Role != "" {
		one.Role = models.Title(string(p.Role))
	}
	return one
}

// GrantAccess gives some people access to a project.
func (w *Web) GrantAccess(c *fiber.Ctx) error {
	return w.changeAccess(c, true, func(done account.MembersChanged) string {
		switch done.Added {
		case 0:
			return "They had access already."
		case 1:
			return "One person was given access."
		}
		return fmt.Sprintf("%d people were given access.", done.Added)
	})
}

// RevokeAccess takes access to a project from some people.
func (w *Web) RevokeAccess(c *fiber.Ctx) error {
	return w.changeAccess(c, false, func(done account.MembersChanged) string {
		switch done.Removed {
		case 0:
			return "They had no access any more."
		case 1:
			return "One person lost access."
		}
		return fmt.Sprintf("%d people lost access.", done.Removed)
	})
}

func (w *Web) changeAccess(c *fiber.Ctx, grant bool, said func(account.MembersChanged) string) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	d, err := w.doer(c)
	if err != nil {
		return err
	}
	id := idParam(c, "id")
	change, err := accessChange(form, grant)
	var done account.MembersChanged
	if err == nil {
		done, err = w.Account.ChangeAccess(c.UserContext(), d, id, change)
	}
	if err == nil {
		return w.done(c, projectPath(d.Workspace.Slug, id)+"/access", said(done))
	}
	if ours := asOurs(err); ours.Kind == models.NotFound && len(ours.Fields) > 0 && ours.Fields[0].Field != "project" {
		field := strings.TrimSuffix(ours.Fields[0].Field, "_users")                   // the page has one list of actors and users
		err = models.FieldErrorf(models.Invalid, field, "%s", ours.Fields[0].Message) // somebody who was there when the page was made
	}
	refused, shown := refusedForm(c, err)
	if !shown {
		return err
	}
	return w.projectAccessPage(c, url.Values{}, func(page *views.ProjectAccessPage) {
		page.Errors, page.Named, page.Checked = refused.Fields, form.Get("named"), form["person"]
	})
}

// accessChange reads whom a form names.
func accessChange(form url.Values, grant bool) (change account.AccessChange, err error) {
	fields := []string{"version", "person"}
	if grant {
		fields = append(fields, "named")
	}
	if err := onlyFields(form, fields...); err != nil {
		return change, err
	}
	if change.Version, err = versionOf(form); err != nil {
		return change, err
	}
	for _, handle := range form["person"] {
		if err := change.Take(handle, grant); err != nil {
			return change, err
		}
	}
	change.Paste(form.Get("named"))
	switch {
	case len(form["person"])+len(change.Named) > 0:
		return change, nil
	case grant:
		return change, models.FieldErrorf(models.Invalid, "person", "choose somebody, or paste addresses or ids")
	}
	return change, models.FieldErrorf(models.Invalid, "revoke", "choose somebody")
}
