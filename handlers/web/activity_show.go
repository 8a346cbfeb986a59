package web

import (
	"context"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/access"
	"daybook/services/feed"
	"daybook/views"
	"daybook/views/component"
	"daybook/views/layout"
)

// How much stands beside an activity.
const (
	newerOfEntity  = 4
	olderOfEntity  = 6
	mostCorrelated = 20
)

// Activity shows everything there is to know about one activity.
func (w *Web) Activity(c *fiber.Ctx) error {
	v := visit.Of(c).Viewer
	e, err := w.activity(c)
	if err != nil {
		return err
	}
	shell, err := w.shell(c, "")
	if err != nil {
		return err
	}
	slug := v.Workspace.Slug
	shell.Crumbs = []layout.Crumb{{Label: "Feed", Href: feedPath(slug)}}
	page := views.ActivityPage{
		Shell: shell, Now: w.config.Now(), Locale: localeOf(v), Row: linkedRow(v, &e), ShowContext: v.ReadsAll(),
		ActionHref:  filteredPath(slug, feed.Filter{Criteria: feed.Criteria{Actions: []string{e.Action}}, System: e.System}),
		OutcomeHref: filteredPath(slug, feed.Filter{Criteria: feed.Criteria{Outcomes: []models.Outcome{e.Outcome}}, System: e.System}),
		Permalink:   activityPath(slug, e.UUID), JSON: jsonPath(slug, e.UUID),
	}
	ctx := c.UserContext()
	if page.Origin, err = w.originFor(ctx, v, e); err != nil {
		return err
	}
	if page.Standing, err = w.Proof.Check(ctx, e.WorkspaceID, e.Seq); err != nil {
		return err
	}
	if page.Holds, page.HoldsHref, err = w.holdsOn(ctx, v, e); err != nil {
		return err
	}
	if err := w.besides(ctx, v, e, &page); err != nil {
		return err
	}
	return send(c, views.Activity(page))
}

// ActivityInside gives what a row of the feed opens to, as a piece of a page.
func (w *Web) ActivityInside(c *fiber.Ctx) error {
	v := visit.Of(c).Viewer
	e, err := w.activity(c)
	if err != nil {
		return err
	}
	return send(c, views.Inside(views.InsideOf{Now: w.config.Now(), Locale: localeOf(v), Row: linkedRow(v, &e)}))
}

// activity reads the one that the path names, if the viewer may see it.
func (w *Web) activity(c *fiber.Ctx) (models.Entry, error) {
	id, err := uuid.Parse(c.Params("id"))
	if err != nil {
		return models.Entry{}, models.Errorf(models.NotFound, "There is no such activity here.")
	}
	return w.Parts.Feed.One(c.UserContext(), visit.Of(c).Viewer.Scope(true), id)
}

// originFor finds what submitted an activity. Who reads only part of the workspace is told what it was, and not whose; but of oneself one knows.
func (w *Web) originFor(ctx context.Context, v access.Viewer, e models.Entry) (models.Origin, error) {
	o, err := w.Parts.Feed.Origin(ctx, e.SourceID)
	if !v.ReadsAll() && (o.Kind != "user" || !v.IsSelf(e.ActorID)) {
		o.Name = ""
	}
	return o, err
}

// besides reads what stands around an activity: in the reader's feed, in the history of its thing, and in its correlation.
func (w *Web) besides(ctx context.Context, v access.Viewer, e models.Entry, page *views.ActivityPage) error {
	slug := v.Workspace.Slug
	next, err := w.Parts.Feed.Around(ctx, v.Scope(e.System), feed.Filter{System: e.System}, e, feed.Sides{Newer: 1, Older: 1})
	if err != nil {
		return err
	}
	if len(next.Newer) > 0 {
		page.Newer = activityPath(slug, next.Newer[0].UUID)
	}
	if len(next.Older) > 0 {
		page.Older = activityPath(slug, next.Older[0].UUID)
	}
	same, err := w.Parts.Feed.Correlated(ctx, v.Scope(true), e, mostCorrelated)
	if err != nil {
		return err
	}
	page.Same = linkedRows(v, same)
	if e.EntityID == nil {
		return nil
	}
	page.History, err = w.historyAround(ctx, v, e)
	return err
}

func (w *Web) historyAround(ctx context.Context, v access.Viewer, e models.Entry) (*views.EntityHistory, error) {
	f := entityFilter(v, e.EntityType, *e.EntityID)
	around, err := w.Parts.Feed.Around(ctx, v.Scope(f.System), f, e, feed.Sides{Newer: newerOfEntity, Older: olderOfEntity})
	if err != nil {
		return nil, err
	}
	h := views.EntityHistory{Name: e.EntityNameOrID(), Href: entityPath(v.Workspace.Slug, e.EntityType, *e.EntityID)}
	h.Rows = linkedRows(v, append(append(around.Newer, e), around.Older...))
	h.Total, err = w.total(ctx, v.Scope(f.System), f)
	return &h, err
}

func localeOf(v access.Viewer) component.Locale {
	return component.Locale{Zone: zoneOf(v).String(), DateFormat: v.User.DateFormat}
}
