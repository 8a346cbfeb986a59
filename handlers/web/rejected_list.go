package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/params"
	"daybook/models"
	"daybook/services/journal"
	"daybook/views"
	"daybook/views/component"
)

// rejectedOnPage is how many rejected events a page has.
const rejectedOnPage = 50

// RejectedPage lists the events that were accepted and could not be posted.
func (w *Web) RejectedPage(c *fiber.Ctx) error {
	d, err := w.doer(c)
	if err != nil {
		return err
	}
	q, err := listQuery(c, "before", "after")
	if err != nil {
		return err
	}
	if err := oneWay(q); err != nil {
		return err
	}
	ask := journal.RejectedAsk{Limit: rejectedOnPage}
	for name, id := range map[string]*int64{"before": &ask.Before, "after": &ask.After} {
		n, err := params.Number(q, name, 0, 0, 1<<53)
		if err != nil {
			return err
		}
		*id = int64(n)
	}
	list, err := w.Journal.Rejected(c.UserContext(), d, ask)
	if err != nil {
		return err
	}
	slug := d.Workspace.Slug
	at := rejectedPath(slug)
	page := views.RejectedPage{Retry: at + "/retry", Dismiss: at + "/dismiss"}
	for _, r := range list.Events {
		page.Rows = append(page.Rows, rejectedRow(r))
	}
	if list.Prev != 0 {
		page.Pages.Back = at + "?after=" + strconv.FormatInt(list.Prev, 10)
	}
	if list.Next != 0 {
		page.Pages.Next = at + "?before=" + strconv.FormatInt(list.Next, 10)
	}
	if page.Clock, err = w.clock(c); err != nil {
		return err
	}
	if page.Shell, err = w.shell(c, "Sending"); err != nil {
		return err
	}
	page.Shell.Views = component.Tabs("Sending", views.SendingTabs(sendingPath(slug), at, list.Total, at))
	return send(c, views.Rejected(page))
}

func rejectedRow(r journal.Rejected) views.RejectedRow {
	return views.RejectedRow{
		ID: r.ID, Title: rejectedTitle(r.Event), Why: r.Why(), Event: indented(r.Event), UUID: r.UUID.String(), Source: r.Source,
		ReceivedAt: r.ReceivedAt, RejectedAt: r.RejectedAt, Retries: r.Retries,
	}
}

// rejectedTitle is what an event wanted to say, as far as it can be read: it was rejected because some part of it cannot.
func rejectedTitle(event json.RawMessage) string {
	var parts struct {
		Description any
		Actor       any
		Action      any
	}
	if json.Unmarshal(event, &parts) != nil {
		return "Not an event"
	}
	text := func(v any) string {
		if s, ok := v.(string); ok {
			return s
		}
		return ""
	}
	what := text(parts.Description)
	if what == "" {
		what = models.Label(text(parts.Action))
	}
	who := ""
	if actor, ok := parts.Actor.(map[string]any); ok {
		if who = text(actor["name"]); who == "" {
			who = text(actor["id"])
		}
	}
	switch {
	case what == "" && who == "":
		return "An event without words"
	case who == "":
		return short(what)
	case what == "":
		return "An event of " + short(who)
	}
	return short(who) + ": " + short(what)
}

// short keeps a title to a line or two.
func short(text string) string {
	const most = 120
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}

// indented is JSON on several lines; what is none stays as it is.
func indented(event json.RawMessage) string {
	var b bytes.Buffer
	if json.Indent(&b, event, "", "  ") != nil {
		return string(event)
	}
	return b.String()
}

// RetryRejected puts some rejected events back into the inbox.
func (w *Web) RetryRejected(c *fiber.Ctx) error {
	return w.settleRejected(c, w.Journal.RetryAll, func(n int) string {
		if n == 1 {
			return "One event is tried again. If it fails again it comes back."
		}
		return fmt.Sprintf("%d events are tried again. Those that fail again come back.", n)
	})
}

// DismissRejected forgets some rejected events. The page asked before.
func (w *Web) DismissRejected(c *fiber.Ctx) error {
	return w.settleRejected(c, w.Journal.DismissAll, func(n int) string {
		if n == 1 {
			return "One event is dismissed."
		}
		return fmt.Sprintf("%d events are dismissed.", n)
	})
}
