package web

import (
	"net/url"
	"slices"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"daybook/clients"
	"daybook/handlers/visit"
	"daybook/handlers/web/guide"
	"daybook/models"
	"daybook/services/access"
	"daybook/views"
	"daybook/views/component"
)

const guidePath = "/docs"

// guideFor is the guide with the examples of one workspace.
func guideFor(slug string) string { return guidePath + "?" + url.Values{"workspace": {slug}}.Encode() }

// GuidePage tells a developer how to send, follow and take out.
func (w *Web) GuidePage(c *fiber.Ctx) error {
	s, err := w.openShell(c, "Docs")
	if err != nil {
		return err
	}
	s.Views = docsTabs(guidePath)
	page := views.GuidePage{Shell: s, Address: w.config.BaseURL.String(), Workspace: "acme", Clients: clientFiles()}
	own, all, err := w.exampleWorkspace(c)
	if err != nil {
		return err
	}
	page.Choice = docsChoice(guidePath, own, all)
	if slug := own.Workspace.Slug; own.Role != access.Outsider {
		page.Workspace, page.Feed = slug, feedPath(slug)
		if own.Administers() {
			page.Sending, page.NewToken = sendingPath(slug), tokensPath(slug)+"/new"
		}
	}
	page.GuideExamples = guide.Examples(page.Address, page.Workspace, views.TokenHere)
	return send(c, views.Guide(page))
}

// docsTabs are the pages for developers.
func docsTabs(here string) templ.Component {
	return component.Tabs("Docs", []component.Tab{
		{Label: "Guide", Href: guidePath, Current: here == guidePath}, {Label: "API reference", Href: referencePath, Current: here == referencePath},
	})
}

// clientFiles are the senders, to take along.
func clientFiles() (list []views.ReferenceFile) {
	for _, file := range clients.Files {
		list = append(list, views.ReferenceFile{Label: file.Name, Href: "/docs/clients/" + file.Name})
	}
	return list
}

// exampleWorkspace is the one that examples are for, and those that they could be for: the one asked for, or the first that the reader administers, or
// may see. An outsider of it has none.
func (w *Web) exampleWorkspace(c *fiber.Ctx) (own access.Viewer, all []access.Viewer, err error) {
	p := visit.Of(c).Principal
	if p.User == nil {
		return own, nil, nil
	}
	if all, err = w.Access.EnterAll(c.UserContext(), p); err != nil {
		return own, nil, err
	}
	all = slices.DeleteFunc(all, func(v access.Viewer) bool { return v.Workspace.ID == models.BuiltInWorkspace })
	asked := c.Query("workspace")
	for _, fits := range []func(access.Viewer) bool{
		func(v access.Viewer) bool { return asked != "" && v.Workspace.Slug == asked },
		func(v access.Viewer) bool { return v.Administers() && v.Workspace.ArchivedAt == nil },
		func(v access.Viewer) bool { return v.Workspace.ArchivedAt == nil },
	} {
		if i := slices.IndexFunc(all, fits); i >= 0 {
			return all[i], all, nil
		}
	}
	return own, nil, nil
}

// docsChoice offers the workspaces that a page can have examples for.
func docsChoice(path string, own access.Viewer, all []access.Viewer) views.DocsWorkspaces {
	choice := views.DocsWorkspaces{Page: path, Slug: own.Workspace.Slug}
	for _, v := range all {
		choice.Slugs = append(choice.Slugs, v.Workspace.Slug)
	}
	return choice
}
