package manage

import (
	"fmt"
	"time"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/params"
	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/feed"
	"daybook/services/privacy"
)

// Purges answers about what is deleted for good. What is selected stands in the query, with the parameters of the list of activities; end_date is required.
type Purges struct {
	manage  *Manage
	privacy *privacy.Service
	now     func() time.Time
}

// Purges gives the handlers of purges.
func (m *Manage) Purges(p *privacy.Service, now func() time.Time) Purges {
	return Purges{manage: m, privacy: p, now: now}
}

type purge struct {
	ID        int64             `json:"id"`
	State     models.PurgeState `json:"state"`
	Filter    string            `json:"filter"` // the query without its period
	Start     *string           `json:"start"`
	End       string            `json:"end"`
	UpTo      int64             `json:"up_to"`   // the newest number that is looked at
	DoneTo    int64             `json:"done_to"` // up to here it is done
	Purged    int64             `json:"purged"`
	Held      int64             `json:"held"` // spared because of a legal hold
	ByType    map[string]int64  `json:"by_type"`
	ByMonth   map[string]int64  `json:"by_month"`
	AskedBy   string            `json:"asked_by"`
	Problem   *string           `json:"problem"`
	CreatedAt *string           `json:"created_at"`
	StartedAt *string           `json:"started_at"`
	EndedAt   *string           `json:"ended_at"`
}

func purgeOf(p models.Purge) purge {
	return purge{
		p.ID, p.State, p.Query, at(p.From), *at(&p.To), p.LastSeq, p.DoneSeq, p.Purged, p.Held, p.ByType, p.ByMonth, p.AskedBy.Name, ifAny(p.Problem),
		at(&p.CreatedAt), at(p.StartedAt), at(p.EndedAt),
	}
}

// filter reads what is selected.
func (p Purges) filter(c *fiber.Ctx) (feed.Filter, error) {
	q, err := params.Of(c)
	if err != nil {
		return feed.Filter{}, err
	}
	return feed.Parse(q, p.now().In(params.Zone(visit.Of(c).Viewer)))
}

// Preview counts what would be deleted. It changes nothing.
func (p Purges) Preview() fiber.Handler {
	type count struct {
		Month string `json:"month"`
		Type  string `json:"type"`
		Count int64  `json:"count"`
	}
	return change(p.manage, func(a ask[none]) (any, error) {
		f, err := p.filter(a.c)
		if err != nil {
			return nil, err
		}
		seen, err := p.privacy.Preview(a, a.by, visit.Of(a.c).Viewer, f)
		if err != nil {
			return nil, err
		}
		counts, ids := make([]count, 0, len(seen.Counts)), make([]string, 0, len(seen.Samples))
		for _, c := range seen.Counts {
			counts = append(counts, count{c.Month, c.Type, c.Count})
		}
		for i := range seen.Samples {
			ids = append(ids, seen.Samples[i].UUID.String())
		}
		return fiber.Map{
			"activities": seen.Rows, "counts": counts, "first_day": day(seen.First), "last_day": day(seen.Last), "samples": ids, "held": seen.Held, "held_more": seen.HeldMore, "stays": seen.Stays, "up_to": seen.UpTo,
			"time_zone": seen.Zone,
		}, nil
	})
}

// Begin has it deleted. It answers before that is done: the purge tells how far it is.
func (p Purges) Begin() fiber.Handler {
	type body struct {
		Confirm  string `needs:"the slug of the workspace"`
		UpTo     int64  `json:"up_to"`
		TimeZone string `json:"time_zone"`
	}
	return change(p.manage, func(a ask[body]) (any, error) {
		f, err := p.filter(a.c)
		if err != nil {
			return nil, err
		}
		made, err := p.privacy.Purge(a, a.by, visit.Of(a.c).Viewer, privacy.Order{Filter: f, Confirm: a.body.Confirm, UpTo: a.body.UpTo, Zone: a.body.TimeZone})
		if err != nil {
			return nil, err
		}
		a.c.Status(fiber.StatusAccepted)
		a.c.Set(fiber.HeaderLocation, fmt.Sprintf("%s/%d", p.manage.link("api/v1/workspaces", a.by.Workspace.Slug, "purges"), made.ID))
		return purgeOf(made), nil
	})
}

// List gives the purges of the workspace, the latest first.
func (p Purges) List() fiber.Handler {
	return show(p.manage, func(a ask[none]) (any, error) {
		q, err := params.Of(a.c)
		if err != nil {
			return nil, err
		}
		before, err := params.Number(q, "before", 0, 0, 1<<53)
		if err != nil {
			return nil, err
		}
		list, err := p.privacy.Purges(a, a.by, int64(before))
		lines := make([]purge, 0, len(list))
		for _, each := range list {
			lines = append(lines, purgeOf(each))
		}
		return fiber.Map{"purges": lines}, err
	})
}

// Show gives one.
func (p Purges) Show() fiber.Handler {
	return show(p.manage, func(a ask[none]) (any, error) {
		one, err := p.privacy.One(a, a.by, a.id)
		if err != nil {
			return nil, err
		}
		return purgeOf(one), nil
	})
}

// Cancel ends one that is under way.
func (p Purges) Cancel() fiber.Handler {
	return change(p.manage, func(a ask[none]) (any, error) { return nil, p.privacy.Cancel(a, a.by, a.id) })
}
