package web

import (
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/account"
	"daybook/views"
	"daybook/views/component"
	"daybook/views/layout"
)

// instanceUsersPath is the list of everybody.
const instanceUsersPath = "/instance/users"

// InstanceUsersPage lists everybody who can sign in, or could.
func (w *Web) InstanceUsersPage(c *fiber.Ctx) error {
	l := instanceList{
		path: instanceUsersPath, states: []string{"", "active", "admins", "nowhere", "deactivated", "anonymised"}, labels: []string{"All", "Active", "Instance admins", "In no workspace", "Deactivated", "Anonymised"},
	}
	if err := l.read(c); err != nil {
		return err
	}
	list, next, err := w.Account.UserLines(c.UserContext(), account.InstanceDoer(visit.Of(c).Principal), l.filter)
	if err != nil {
		return err
	}
	page := views.InstanceUsersPage{Now: w.config.Now(), Pages: l.pages(next), All: l.all(), Search: l.search("Search users", "Name, e-mail or username")}
	for _, each := range list {
		page.List = append(page.List, instanceUser(each))
	}
	if page.Locale, err = w.ownLocale(c); err != nil {
		return err
	}
	if page.Shell, err = w.shell(c, "Users"); err != nil {
		return err
	}
	page.Shell.Views = component.Tabs("Which users", l.tabs())
	page.Shell.End = views.ErasuresButton(instanceErasuresPath)
	return send(c, views.InstanceUsers(page))
}

func instanceUser(u account.UserLine) views.InstanceUser {
	one := views.InstanceUser{
		ID: u.ID, Name: u.Name, Email: u.Email, Href: instanceUserPath(u.ID), Admin: u.InstanceAdmin, Deactivated: u.DeactivatedAt != nil, NoPassword: u.HasNoKey,
		LastSeen: u.LastSeen, CreatedAt: u.CreatedAt, Version: u.Version, AnonymisedAt: u.ErasedAt,
	}
	if u.Username != nil {
		one.Username = *u.Username
	}
	for _, m := range u.In {
		one.In = append(one.In, views.InstanceMembership{Workspace: m.Name, Role: m.Role, Href: feedPath(m.Slug) + "/users/" + strconv.FormatInt(u.ID, 10)})
	}
	return one
}

func instanceUserPath(id int64) string { return instanceUsersPath + "/" + strconv.FormatInt(id, 10) }

// InstanceUserPage shows one user, and what an instance admin may do with them.
func (w *Web) InstanceUserPage(c *fiber.Ctx) error { return w.instanceUserPage(c, nil, nil) }

func (w *Web) instanceUserPage(c *fiber.Ctx, typed url.Values, refused *models.Error) error {
	v := visit.Of(c)
	line, err := w.Account.UserLine(c.UserContext(), account.InstanceDoer(v.Principal), idParam(c, "id"))
	if err != nil {
		return err
	}
	page := views.InstanceUserPage{
		Now: w.config.Now(), User: instanceUser(*line), Name: typedOr(typed, "name", line.Name), Email: typedOr(typed, "email", line.Email), Self: line.ID == v.Principal.User.ID,
		Action: instanceUserPath(line.ID),
	}
	if refused != nil {
		page.Errors = refused.Fields
		if len(refused.Fields) == 1 && refused.Fields[0].Field == "version" && refused.Kind == models.Conflict {
			page.Errors, page.Meanwhile = nil, "It says "+line.Name+", "+line.Email+" now."
		} else if typed != nil { // the form is still about what it was made of
			page.User.Version, _ = strconv.ParseInt(typed.Get("version"), 10, 64)
		}
	}
	if page.Locale, err = w.ownLocale(c); err != nil {
		return err
	}
	if page.Shell, err = w.shell(c, line.Name); err != nil {
		return err
	}
	page.Shell.Crumbs = []layout.Crumb{{Label: "Users", Href: instanceUsersPath}, {Label: line.Name}}
	if !page.Self && line.ErasedAt == nil {
		page.Shell.End = views.PersonEnd(page.Action+"/report", page.Action+"/anonymise")
	}
	return send(c, views.InstanceUserShow(page))
}
