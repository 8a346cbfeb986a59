package web

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"daybook/services/account"
)

// settleRejected does something with the rejected events that a form names, and leads back to the list.
func (w *Web) settleRejected(c *fiber.Ctx, settle func(context.Context, account.Doer, []int64) (int, error), said func(int) string) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	d, err := w.doer(c)
	if err != nil {
		return err
	}
	to := rejectedPath(d.Workspace.Slug)
	if err := onlyFields(form, "id"); err != nil {
		return w.undone(c, to, err)
	}
	n, err := settle(c.UserContext(), d, numbers(form["id"]))
	switch {
	case err != nil:
		return w.undone(c, to, err)
	case n == 0:
		return w.done(c, to, "They were retried or dismissed already.")
	}
	return w.done(c, to, said(n))
}
