package web

import (
	"context"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"daybook/services/lastvisit"
	"daybook/views"
)

// head is what stands beside the title: the saved views, and what one can do with the page.
func (f *feedPage) head(ctx context.Context) (tabs, end templ.Component, err error) {
	slug := f.viewer.Workspace.Slug
	list, err := f.web.viewTabs(ctx, f.viewer, f.filter)
	if err != nil {
		return nil, nil, err
	}
	save, export := viewsPath(slug)+"/new", exportsPath(slug)
	if q := f.filter.Values().Encode(); q != "" {
		save, export = save+"?"+q, export+"?"+q
	}
	return views.FeedViews(list), views.FeedActions(save, export), nil
}

// seen tells what the viewer had seen before this visit. It comes before the page is read: what is posted in between was not seen. The visit is
// noted where they look at what is newest of everything; who looks at a part, or far back, has not seen the rest.
func (f *feedPage) seen(c *fiber.Ctx) (lastSeen, error) {
	before, err := f.lastVisit(c)
	if err != nil || before.First() {
		return lastSeen{}, err
	}
	return lastSeen{seq: before.Seq, at: before.At}, nil
}

func (f *feedPage) lastVisit(c *fiber.Ctx) (lastvisit.Seen, error) {
	if c.Method() == fiber.MethodGet && f.filter.IsZero() && len(f.bad) == 0 && f.query.Get("cursor") == "" {
		return f.web.Visits.Visit(c.UserContext(), f.viewer, -1, f.web.config.Now())
	}
	return f.web.Visits.Seen(c.UserContext(), f.viewer, f.web.config.Now())
}
