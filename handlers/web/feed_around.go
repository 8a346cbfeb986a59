package web

import (
	"context"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"daybook/views"
)

// head is what stands beside the title: the saved views, and what one can do with the page.
func (f *feedPage) head(ctx context.Context) (tabs, end templ.Component, err error) {
	slug := f.viewer.Workspace.Slug
	list, err := f.web.viewTabs(ctx, f.viewer, f.filter)
	if err != nil {
		return nil, nil, err
	}
	save := viewsPath(slug) + "/new"
	if q := f.filter.Values().Encode(); q != "" {
		save += "?" + q
	}
	return views.FeedViews(list, viewsPath(slug)), views.SaveView(save), nil
}

// seen notes the visit and tells what the viewer had seen before it. It comes before the page is read: what is posted in between was not seen.
func (f *feedPage) seen(c *fiber.Ctx) (lastSeen, error) {
	seen, err := f.web.Visits.Visit(c.UserContext(), f.viewer, -1, f.web.config.Now())
	if err != nil || seen.First() {
		return lastSeen{}, err
	}
	return lastSeen{seq: seen.Seq, at: seen.At}, nil
}
