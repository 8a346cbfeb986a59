package web

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/handlers/web/reference"
	"daybook/services/access"
	"daybook/views"
	"daybook/views/layout"
)

const referencePath = "/docs/api"

// ReferencePage tells of every call of the API, as openapi.yaml has it.
func (w *Web) ReferencePage(c *fiber.Ctx) error {
	s, err := w.openShell(c, "API reference")
	if err != nil {
		return err
	}
	s.Views = docsTabs(referencePath)
	own, all, err := w.exampleWorkspace(c)
	if err != nil {
		return err
	}
	page := views.ReferencePage{Shell: s, Reference: w.reference(), Choice: docsChoice(referencePath, own, all)}
	if own.Role != access.Outsider {
		page.Reference = reference.For(page.Reference, own.Workspace.Slug)
	}
	page.Files = append(slices.Clip(page.Files), clientFiles()...)
	return send(c, views.ReferenceOf(page))
}

// openShell is what stands around a page that is for everybody: the way to one's own, for who is signed in, and to signing in for others.
func (w *Web) openShell(c *fiber.Ctx, title string) (layout.Shell, error) {
	if visit.Of(c).Principal.User != nil {
		return w.shell(c, title)
	}
	return layout.Shell{Title: title, Nav: []layout.NavGroup{lines("", c.Path(), docsEntry)}, Here: here(c)}, nil
}

// docsEntry is the way to what is for developers.
var docsEntry = entry{label: "Docs", icon: "file", href: guidePath}
