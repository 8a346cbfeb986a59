package web

import (
	"fmt"
	"net/url"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/access"
)

// RenameView gives a view another name.
func (w *Web) RenameView(c *fiber.Ctx) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	err = w.Views.Rename(c.UserContext(), visit.Of(c).Viewer, viewID(c), form.Get("name"))
	if ours := asOurs(err); err != nil && len(ours.Fields) > 0 {
		return w.viewsPage(c, renaming{id: viewID(c), typed: form.Get("name"), refused: ours})
	} else if err != nil {
		return err
	}
	return w.toViews(c, "The view is renamed.")
}

// MoveView puts a view one place up or down.
func (w *Web) MoveView(c *fiber.Ctx) error {
	return w.changeView(c, "direction", []string{"up", "down"}, func(v access.Viewer, id int64, up bool) (string, error) {
		return "", w.Views.Move(c.UserContext(), v, id, up)
	})
}

// ShareView shares a view with the workspace, or stops that.
func (w *Web) ShareView(c *fiber.Ctx) error {
	return w.changeView(c, "shared", []string{"true", "false"}, func(v access.Viewer, id int64, shared bool) (string, error) {
		said := "The view is yours alone."
		if shared {
			said = "The view is shared with the workspace."
		}
		return said, w.Views.Share(c.UserContext(), v, id, shared)
	})
}

// SetDefaultView makes a view the one that opens first, or none.
func (w *Web) SetDefaultView(c *fiber.Ctx) error {
	return w.changeView(c, "default", []string{"true", "false"}, func(v access.Viewer, id int64, on bool) (string, error) {
		if on {
			return "The view opens first from now on.", w.Views.SetDefault(c.UserContext(), v, id)
		}
		return "Everything opens first from now on.", w.Views.ClearDefault(c.UserContext(), v, id)
	})
}

// DeleteView deletes a view. The page asked before.
func (w *Web) DeleteView(c *fiber.Ctx) error {
	if err := w.Views.Delete(c.UserContext(), visit.Of(c).Viewer, viewID(c)); err != nil {
		return err
	}
	return w.toViews(c, "The view is deleted.")
}

// changeView runs a change that is one of two things, as a field of the form says, and leads back to the list.
func (w *Web) changeView(c *fiber.Ctx, field string, either []string, change func(v access.Viewer, id int64, first bool) (said string, err error)) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	v := visit.Of(c).Viewer
	if _, err := w.Views.One(c.UserContext(), v, viewID(c)); err != nil { // a view that is not there comes before a form that is not right
		return err
	}
	chosen, err := chosenOf(form, field, either)
	if err != nil {
		return err
	}
	said, err := change(v, viewID(c), chosen)
	switch {
	case err != nil:
		return err
	case said == "": // one sees it: the list stays where one is in it
		return c.Redirect(fmt.Sprintf("%s#view-%d", viewsPath(v.Workspace.Slug), viewID(c)), fiber.StatusSeeOther)
	}
	return w.toViews(c, said)
}

// chosenOf tells whether a field says the first of two things.
func chosenOf(form url.Values, field string, either []string) (first bool, err error) {
	switch form.Get(field) {
	case either[0]:
		return true, nil
	case either[1]:
		return false, nil
	}
	return false, models.FieldErrorf(models.Invalid, field, "must be %s or %s", either[0], either[1])
}
