package web

import (
	"strconv"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"daybook/models"
	"daybook/services/access"
	"daybook/views"
	"daybook/views/layout"
)

// doubtsOnPage is how many places to decide a page has (services/erasure).
const doubtsOnPage = 50

// ErasurePage tells how far an anonymising is, and what is to be decided.
func (w *Web) ErasurePage(c *fiber.Ctx) error { return w.showErasure(c, w.erasing) }

// InstanceErasurePage does so for one of a user, wherever they are known.
func (w *Web) InstanceErasurePage(c *fiber.Ctx) error { return w.showErasure(c, w.erasingAnywhere) }

// showErasure is a page; for a script that asks it is just the piece that changes.
func (w *Web) showErasure(c *fiber.Ctx, by func(*fiber.Ctx) (eraser, error)) error {
	q, err := listQuery(c, "after", "state")
	if err != nil {
		return err
	}
	e, err := by(c)
	if err != nil {
		return err
	}
	one, err := w.Erasures.One(e.ctx, e.doer, erasureParam(c))
	if err != nil {
		return err
	}
	page := e.erasurePage(one)
	c.Vary("HX-Request")
	if c.Get("HX-Request") == "true" {
		if phaseOf(one.State) != phaseOf(models.ErasureState(q.Get("state"))) {
			c.Set("HX-Refresh", "true") // now the rest of the page is another one, too
		}
		return send(c, views.ErasureProgress(page))
	}
	if one.Doubts > 0 {
		if err := w.addDoubts(e, &page, q.Get("after")); err != nil {
			return err
		}
	}
	if page.People, err = w.erasedPeople(e, one); err != nil {
		return err
	}
	if page.Shell, err = w.shell(c, "Anonymising"); err != nil {
		return err
	}
	page.Shell.Crumbs = []layout.Crumb{{Label: e.listLabel(), Href: e.list}, {Label: "Asked " + e.clock.Minute(one.CreatedAt)}}
	return send(c, views.Erasure(page))
}

// phaseOf gives the states alike in which the page, but for the piece that changes, is the same.
func phaseOf(s models.ErasureState) models.ErasureState {
	switch s {
	case models.ErasureOpen, models.ErasureDone:
		return s
	}
	return models.ErasureRunning
}

// erasureParam reads the id of the path; what is none is the id of no erasure.
func erasureParam(c *fiber.Ctx) uuid.UUID {
	id, err := uuid.Parse(c.Params("id"))
	if err != nil || id.String() != c.Params("id") {
		return uuid.Nil
	}
	return id
}

func (e eraser) listLabel() string {
	if e.list == instanceErasuresPath {
		return "Anonymisings"
	}
	return "Privacy"
}

func (e eraser) erasurePage(one models.Erasure) views.ErasurePage {
	self := e.base + "/erasures/" + one.ID.String()
	return views.ErasurePage{Clock: e.clock, Erasure: one, Self: self, Look: self + "?state=" + string(one.State), Decide: self + "/decide", HeldBy: e.heldBy(one), List: e.list}
}

// heldBy are the holds because of which something waits, with where the doer may lift them.
func (e eraser) heldBy(one models.Erasure) (holds []views.HoldLink) {
	for _, h := range one.HeldBy {
		link := views.HoldLink{Name: h.Name}
		switch slug := e.slugs[h.WorkspaceID]; {
		case e.doer.Role == access.Instance && slug != "":
			link.Href = holdsPath(slug)
		case e.doer.Workspace != nil && e.doer.Workspace.ID == h.WorkspaceID:
			link.Href = e.holds
		}
		if link.Href != "" {
			link.Href += "#hold-" + strconv.FormatInt(h.ID, 10)
		}
		holds = append(holds, link)
	}
	return holds
}

// addDoubts adds a page of the places to decide.
func (w *Web) addDoubts(e eraser, page *views.ErasurePage, after string) error {
	from, err := afterDoubt(after)
	if err != nil {
		return err
	}
	list, err := w.Erasures.Doubts(e.ctx, e.doer, page.Erasure.ID, from)
	if err != nil {
		return err
	}
	for _, d := range list {
		line := views.DoubtLine{Doubt: d}
		if d.Sample != nil {
			m := e.mention(*d.Sample)
			m.Certain = true // the list says that they are not
			line.Mention = &m
		}
		page.Doubts = append(page.Doubts, line)
	}
	if from == 0 && len(list) < doubtsOnPage {
		page.Others = max(0, page.Erasure.Doubts-int64(len(list)))
	}
	if from > 0 {
		page.After, page.Back = after, page.Self+"#doubts"
	}
	if len(list) >= doubtsOnPage {
		page.Next = page.Self + "?after=" + strconv.FormatInt(list[len(list)-1].ID, 10) + "#doubts"
	}
	return nil
}

func afterDoubt(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	from, err := strconv.ParseInt(text, 10, 64)
	if err != nil || from < 0 {
		return 0, models.FieldErrorf(models.Malformed, "after", "must be the number of a place to decide")
	}
	return from, nil
}

// erasedPeople are the actors that the person was, in the workspace of the page.
func (w *Web) erasedPeople(e eraser, one models.Erasure) (people []views.ErasedPerson, err error) {
	if e.doer.Workspace == nil || one.State == models.ErasureWaiting { // until then they have their names
		return nil, nil
	}
	for _, id := range one.ActorIDs {
		who, err := w.Account.PersonOf(e.ctx, e.doer, id, 0)
		if models.KindOf(err) == models.NotFound { // of another workspace
			continue
		} else if err != nil {
			return nil, err
		}
		for _, a := range who.Actors {
			if a.ID == id {
				people = append(people, views.ErasedPerson{Label: a.ExternalID, Href: personPath(e.doer.Workspace.Slug, id)})
			}
		}
	}
	return people, nil
}
