package web

import (
	"context"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/access"
	"daybook/services/account"
	"daybook/views"
	"daybook/views/component"
)

// eraser is who has people anonymised, and where: in a workspace, or in the whole instance.
type eraser struct {
	c     *fiber.Ctx
	ctx   context.Context
	doer  account.Doer
	base  string // the beginning of its addresses
	list  string // where its erasures are listed
	holds string // where holds are managed, if the doer may
	clock component.Clock
	slugs map[uuid.UUID]string // of the workspaces that the doer may open
}

// privacyPath is where a workspace's admins find what has to do with privacy.
func privacyPath(slug string) string { return feedPath(slug) + "/privacy" }

// instanceErasuresPath is where instance admins find whom they anonymised wherever they were known.
const instanceErasuresPath = "/instance/erasures"

// erasing is who asks in the workspace of the path.
func (w *Web) erasing(c *fiber.Ctx) (e eraser, err error) {
	v := visit.Of(c).Viewer
	e = eraser{c: c, ctx: c.UserContext(), base: feedPath(v.Workspace.Slug), list: privacyPath(v.Workspace.Slug)}
	if e.doer, err = w.doer(c); err != nil {
		return e, err
	}
	if e.doer.Owns() == nil {
		e.holds = holdsPath(v.Workspace.Slug)
	}
	return e, w.furnish(&e)
}

// erasingAnywhere is an instance admin who asks on the pages of the instance.
func (w *Web) erasingAnywhere(c *fiber.Ctx) (eraser, error) {
	e := eraser{c: c, ctx: c.UserContext(), base: "/instance", list: instanceErasuresPath, doer: account.InstanceDoer(visit.Of(c).Principal)}
	return e, w.furnish(&e)
}

// furnish adds how the reader reads times, and which workspaces they may open.
func (w *Web) furnish(e *eraser) (err error) {
	if e.clock, err = w.clock(e.c); err != nil {
		return err
	}
	viewers, err := w.Access.EnterAll(e.ctx, visit.Of(e.c).Principal)
	if err != nil {
		return err
	}
	e.slugs = map[uuid.UUID]string{}
	for _, each := range viewers {
		e.slugs[each.Workspace.ID] = each.Workspace.Slug
	}
	return nil
}

// path is where an erasure is shown: in the workspace where it was asked for, or among those of the instance.
func (e eraser) path(one models.Erasure) string {
	base := e.base
	if e.doer.Role == access.Instance {
		base = "/instance"
		if one.WorkspaceID != nil && e.slugs[*one.WorkspaceID] != "" {
			base = feedPath(e.slugs[*one.WorkspaceID])
		}
	}
	return base + "/erasures/" + one.ID.String()
}

// mention gives a sample with the page of its activity.
func (e eraser) mention(m models.MentionSample) views.Mention {
	out := views.Mention{MentionSample: m}
	if slug := e.slugs[m.WorkspaceID]; slug != "" && m.UUID != uuid.Nil {
		out.Href = activityPath(slug, m.UUID)
	}
	return out
}
