package web

import (
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/access"
	"daybook/services/account"
	"daybook/views"
	"daybook/views/component"
)

// NewInvitationPage asks whom to invite.
func (w *Web) NewInvitationPage(c *fiber.Ctx) error { return w.newInvitationPage(c, nil, nil) }

func (w *Web) newInvitationPage(c *fiber.Ctx, typed url.Values, refused *models.Error) error {
	form, err := w.addingPage(c, views.ByInvitation, refused)
	if err != nil {
		return err
	}
	form.Email, form.Role, form.Days = typedOr(typed, "email", ""), typedOr(typed, "role", string(models.Member)), typedOr(typed, "days", "7")
	return send(c, views.AddPeople(form))
}

// addingPage is what the three ways to add somebody have in common.
func (w *Web) addingPage(c *fiber.Ctx, way views.AddingWay, refused *models.Error) (page views.AddPeoplePage, err error) {
	v := visit.Of(c).Viewer
	slug := v.Workspace.Slug
	page = views.AddPeoplePage{Way: way, Workspace: v.Workspace.Name, Roles: rolesToGive(v), Cancel: peoplePath(slug)}
	ways := map[views.AddingWay]string{
		views.ByInvitation: invitationsPath(slug) + "/new", views.ByAddress: feedPath(slug) + "/members/add", views.ByAccount: feedPath(slug) + "/members/new",
	}
	page.Action = ways[way]
	if refused != nil {
		page.Errors = refused.Fields
		if len(refused.Fields) == 0 {
			page.Problem = refused.Detail
		}
	}
	if page.Shell, err = w.shell(c, "Add people"); err != nil {
		return page, err
	}
	page.Shell.Views = component.Tabs("Ways to add somebody", []component.Tab{
		{Label: "Invite by link", Href: ways[views.ByInvitation], Current: way == views.ByInvitation},
		{Label: "Has an account", Href: ways[views.ByAddress], Current: way == views.ByAddress},
		{Label: "New account", Href: ways[views.ByAccount], Current: way == views.ByAccount},
	})
	return page, nil
}

// rolesToGive are the roles that somebody may give: only owners make admins and owners.
func rolesToGive(v access.Viewer) []models.Role {
	if v.Role >= access.Owner {
		return []models.Role{models.Member, models.Admin, models.Owner}
	}
	return []models.Role{models.Member}
}

// invitationDays are how long an invitation can be good, on the page.
var invitationDays = []int{1, 7, 30}

// CreateInvitation makes an invitation, and shows its link on the answer: nowhere else, and never again.
func (w *Web) CreateInvitation(c *fiber.Ctx) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	d, err := w.doer(c)
	if err != nil {
		return err
	}
	var secret string
	var link *models.Link
	wish, err := invitationWish(form)
	if err == nil {
		secret, link, err = w.Account.Invite(c.UserContext(), d, wish)
	}
	if err != nil {
		refused, shown := refusedForm(c, err)
		if !shown {
			return err
		}
		return w.newInvitationPage(c, form, refused)
	}
	v := visit.Of(c).Viewer
	page := views.LinkMadePage{
		Now: w.config.Now(), Locale: localeOf(v), Link: w.config.BaseURL.JoinPath("invitation", secret).String(), Until: link.ExpiresAt,
		Invitation: &views.MadeInvitation{Workspace: v.Workspace.Name, Role: wish.Role}, Back: invitationsPath(v.Workspace.Slug), BackLabel: "To the invitations",
		Again: invitationsPath(v.Workspace.Slug) + "/new", AgainLabel: "Invite somebody else",
	}
	if link.Email != nil {
		page.Invitation.Email = *link.Email
		if page.Warning, err = w.warningOf(c, *link.Email); err != nil {
			return err
		}
	}
	return w.linkMade(c, page, "Invitation made")
}

// linkMade shows a link that is a secret, once.
func (w *Web) linkMade(c *fiber.Ctx, page views.LinkMadePage, title string) (err error) {
	keepSecret(c)
	if page.Shell, err = w.shell(c, title); err != nil {
		return err
	}
	return send(c, views.LinkMade(page))
}

func invitationWish(form url.Values) (account.InvitationWish, error) {
	wish := account.InvitationWish{Role: models.Role(form.Get("role")), Email: form.Get("email")}
	days, err := strconv.Atoi(form.Get("days"))
	if err != nil || !slices.Contains(invitationDays, days) {
		return wish, models.FieldErrorf(models.Invalid, "days", "must be one of those to choose from")
	}
	wish.Life = time.Duration(days) * 24 * time.Hour
	return wish, onlyFields(form, "role", "email", "days")
}
