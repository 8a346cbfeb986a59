// Package web answers with pages. Each file is one action; what a page shows is a typed model of package views.
package web

import (
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"daybook/handlers/api/openapi"
	"daybook/handlers/visit"
	"daybook/handlers/web/reference"
	"daybook/models"
	"daybook/services/access"
	"daybook/services/account"
	"daybook/services/auth"
	"daybook/services/erasure"
	"daybook/services/export"
	"daybook/services/feed"
	"daybook/services/health"
	"daybook/services/journal"
	"daybook/services/lastvisit"
	"daybook/services/privacy"
	"daybook/services/proof"
	"daybook/services/report"
	"daybook/services/savedview"
	"daybook/services/stats"
	"daybook/services/vocabulary"
	"daybook/views"
	"daybook/views/layout"
)

// Parts are the services behind the pages.
type Parts struct {
	Account  *account.Service
	Access   *access.Service
	Auth     *auth.Service
	Sessions *auth.Sessions
	Feed     *feed.Service
	Journal  *journal.Journal
	Stats    *stats.Service
	Views    *savedview.Service
	Visits   *lastvisit.Service
	Proof    *proof.Checker

	Vocabulary *vocabulary.Service
	Privacy    *privacy.Service
	Health     *health.Service
	Exports    *export.Files
	Erasures   *erasure.Service
	Reports    *report.Service
}

// DemoAccount is somebody one can be in a demo, without a password.
type DemoAccount struct {
	Email string
	Name  string
	Note  string
}

// Config is what the pages need to know.
type Config struct {
	Now     func() time.Time
	BaseURL *url.URL
	Demo    []DemoAccount
	Log     *slog.Logger
}

// Web holds the handlers.
type Web struct {
	Parts
	config    Config
	reference func() views.Reference
}

// New makes the pages.
func New(parts Parts, config Config) *Web {
	return &Web{Parts: parts, config: config, reference: sync.OnceValue(func() views.Reference { return reference.Of(openapi.The(), config.BaseURL.String()) })}
}

// send renders a page.
func send(c *fiber.Ctx, page templ.Component) error {
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	if c.GetRespHeader(fiber.HeaderCacheControl) == "" {
		c.Set(fiber.HeaderCacheControl, "private, no-cache")
	}
	c.Vary(fiber.HeaderCookie)
	return page.Render(c.UserContext(), c.Response().BodyWriter())
}

// shell is what stands around a page of somebody signed in.
func (w *Web) shell(c *fiber.Ctx, title string) (layout.Shell, error) {
	v := visit.Of(c)
	viewers, err := w.Access.EnterAll(c.UserContext(), v.Principal)
	if err != nil {
		return layout.Shell{}, err
	}
	u := v.Principal.User
	s := layout.Shell{
		Title: title, SignOut: "/sign-out", Theme: u.Theme, SetTheme: "/account/theme", Here: here(c),
		Viewer: layout.Viewer{ID: u.ID, Name: u.Name, Email: u.Email, Href: "/account"},
	}
	for _, each := range viewers {
		s.Workspaces = append(s.Workspaces, place(each.Workspace))
	}
	if v.Viewer.Role != access.Outsider {
		s.Workspace, s.Viewer.Role = place(v.Viewer.Workspace), roleWord(v.Viewer.Role)
	}
	s.Nav = navigation(v.Viewer, v.Principal, c.Path())
	if v.Principal.InstanceAdmin() {
		s.Banner = w.banner(c.UserContext())
	}
	s.Flash, err = w.takeFlash(c)
	return s, err
}

func place(w models.Workspace) layout.Workspace {
	return layout.Workspace{Name: w.Name, Href: "/w/" + w.Slug, Archived: w.ArchivedAt != nil}
}

func roleWord(r access.Role) string {
	switch r {
	case access.Instance:
		return "Instance admin"
	case access.Owner:
		return "Owner"
	case access.Admin:
		return "Admin"
	case access.Member:
		return "Member"
	}
	return ""
}

// ownPath gives a path of ours to go to after signing in, or "/": a foreign address would make us a way to send people elsewhere.
func ownPath(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n\t") {
		return "/"
	}
	return next
}
