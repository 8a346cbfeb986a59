package web

import (
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/views"
	"daybook/views/layout"
)

// invitationsPath is the list of a workspace's open invitations.
func invitationsPath(slug string) string { return feedPath(slug) + "/invitations" }

// peoplePath is the list of a workspace's people.
func peoplePath(slug string) string { return feedPath(slug) + "/people" }

// InvitationsPage lists the invitations that can still be used.
func (w *Web) InvitationsPage(c *fiber.Ctx) error {
	d, err := w.doer(c)
	if err != nil {
		return err
	}
	v := visit.Of(c).Viewer
	list, err := w.Account.Invitations(c.UserContext(), d)
	if err != nil {
		return err
	}
	slug := v.Workspace.Slug
	page := views.InvitationsPage{Now: w.config.Now(), Locale: localeOf(v), New: invitationsPath(slug) + "/new"}
	for _, each := range list {
		line := views.OpenInvitation{Role: *each.Role, CreatedAt: each.CreatedAt, ExpiresAt: each.ExpiresAt, By: each.Maker, Void: each.Void,
			Revoke: invitationsPath(slug) + "/" + strconv.FormatInt(each.ID, 10) + "/revoke"}
		if each.Email != nil {
			line.Email = *each.Email
		}
		if each.CreatedBy == nil {
			line.By = "the command line"
		}
		page.List = append(page.List, line)
	}
	if page.Shell, err = w.shell(c, "Invitations"); err != nil {
		return err
	}
	page.Shell.Crumbs = []layout.Crumb{{Label: "People", Href: peoplePath(slug)}, {Label: "Invitations"}}
	return send(c, views.Invitations(page))
}

// RevokeInvitation withdraws an invitation. The page asked before.
func (w *Web) RevokeInvitation(c *fiber.Ctx) error {
	d, err := w.doer(c)
	if err != nil {
		return err
	}
	back := invitationsPath(visit.Of(c).Viewer.Workspace.Slug)
	if err := w.Account.RevokeInvitation(c.UserContext(), d, idParam(c, "id")); err != nil {
		return w.undone(c, back, err)
	}
	return w.done(c, back, "The invitation is withdrawn. Its link opens nothing any more.")
}

// typedOr gives what was typed into a field, for a form that is shown again; in one that is shown for the first time, something else.
func typedOr(form url.Values, name, otherwise string) string {
	if form == nil {
		return otherwise
	}
	return form.Get(name)
}
