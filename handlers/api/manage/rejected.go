package manage

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/params"
	"daybook/services/account"
	"daybook/services/journal"
)

// Rejected lists events that could not be posted.
func (m *Manage) Rejected() fiber.Handler {
	type source struct {
		Kind string  `json:"kind"`
		Key  string  `json:"key"`
		Name *string `json:"name"`
	}
	type line struct {
		ID         int64   `json:"id"`
		UUID       string  `json:"uuid"`
		Event      any     `json:"event"`
		Source     source  `json:"source"`
		ReceivedAt *string `json:"received_at"`
		RejectedAt *string `json:"rejected_at"`
		Reason     string  `json:"reason"`
		Retries    int64   `json:"retries"`
	}
	return reading(show(m, func(a ask[none]) (any, error) {
		q, err := params.Of(a.c)
		if err != nil {
			return nil, err
		}
		ask := journal.RejectedAsk{}
		before, err := params.Number(q, "before", 0, 0, 1<<53)
		if err != nil {
			return nil, err
		}
		if ask.Limit, err = params.Number(q, "limit", 50, 1, 200); err != nil {
			return nil, err
		}
		ask.Before = int64(before)
		page, err := m.journal.Rejected(a, a.by, ask)
		lines := make([]line, 0, len(page.Events))
		for _, r := range page.Events {
			from := source{r.Source.Kind, r.Source.Key, ifAny(r.Source.Name)}
			lines = append(lines, line{r.ID, r.UUID.String(), r.Event, from, at(&r.ReceivedAt), at(&r.RejectedAt), r.Why(), r.Retries})
		}
		return fiber.Map{"rejected": lines, "total": page.Total, "next_before": unlessZero(page.Next)}, err
	}))
}

// Retry puts one back into the inbox.
func (m *Manage) Retry() fiber.Handler {
	return change(m, func(a ask[none]) (any, error) { return nil, m.journal.Retry(a, a.by, a.id) })
}

// Dismiss forgets one.
func (m *Manage) Dismiss() fiber.Handler {
	return change(m, func(a ask[none]) (any, error) { return nil, m.journal.Dismiss(a, a.by, a.id) })
}

// RetryAll puts some back into the inbox.
func (m *Manage) RetryAll() fiber.Handler { return m.settleAll("retried", m.journal.RetryAll) }

// DismissAll forgets some.
func (m *Manage) DismissAll() fiber.Handler { return m.settleAll("dismissed", m.journal.DismissAll) }

func (m *Manage) settleAll(done string, settle func(context.Context, account.Doer, []int64) (int, error)) fiber.Handler {
	type body struct {
		IDs []int64 `needs:"those of the list, as in {\"ids\": [4, 5]}"`
	}
	return change(m, func(a ask[body]) (any, error) {
		n, err := settle(a, a.by, a.body.IDs)
		return fiber.Map{done: n}, err
	})
}
