package manage

import (
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"daybook/handlers/download"
	"daybook/handlers/params"
	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/export"
	"daybook/services/privacy"
)

// Retention answers about how long activities are kept, what that deletes, and the archives of it.
type Retention struct {
	manage  *Manage
	privacy *privacy.Service
	files   *export.Files
}

// Retention gives the handlers of retention.
func (m *Manage) Retention(p *privacy.Service, f *export.Files) Retention {
	return Retention{manage: m, privacy: p, files: f}
}

type retention struct {
	Version  int64                  `json:"version"` // 0: there were never any rules
	Hour     int                    `json:"hour"`
	TimeZone string                 `json:"time_zone"` // of the hour
	Rules    []models.RetentionRule `json:"rules"`
	NextRun  *string                `json:"next_run_at"` // null: no rule deletes anything
	LastRun  *string                `json:"last_run_at"`
	Waiting  bool                   `json:"waiting"` // somebody asked for a run that has not begun
	Erasing  bool                   `json:"erasing"` // no run begins: somebody is being anonymised
}

func retentionOf(r models.Retention, zone string) retention {
	out := retention{r.Version, r.Hour, zone, []models.RetentionRule{}, at(r.NextRun), at(r.LastRun), r.Waiting, r.Erasing}
	for _, rule := range r.Rules {
		rule.Types, rule.Actions, rule.Outcomes = nonNil(rule.Types), nonNil(rule.Actions), nonNil(rule.Outcomes)
		out.Rules = append(out.Rules, rule)
	}
	return out
}

func nonNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// Show gives the rules, in their order.
func (r Retention) Show() fiber.Handler {
	return show(r.manage, func(a ask[none]) (any, error) {
		is, err := r.privacy.Retention(a, a.by)
		if err != nil {
			return nil, err
		}
		return retentionOf(is, a.by.Workspace.TimeZone), nil
	})
}

// Save puts other rules in the place of those there are.
func (r Retention) Save() fiber.Handler {
	type body struct {
		Version int64 `needs:"the one that was read; 0 where there is none"`
		Hour    *int
		Rules   []models.RetentionRule `needs:"all rules, in their order"`
		Confirm string
	}
	return change(r.manage, func(a ask[body]) (any, error) {
		is, err := r.privacy.Retention(a, a.by)
		if err != nil {
			return nil, err
		}
		o := privacy.RetentionOrder{Version: a.body.Version, Hour: is.Hour, Rules: a.body.Rules, Confirm: a.body.Confirm}
		set(&o.Hour, a.body.Hour)
		saved, err := r.privacy.SaveRetention(a, a.by, o)
		if err != nil {
			return nil, err
		}
		return retentionOf(saved, a.by.Workspace.TimeZone), nil
	})
}

// Preview counts what rules would delete now: those of the request, or without any those that are saved. It changes nothing.
func (r Retention) Preview() fiber.Handler {
	type count struct {
		Month string `json:"month"`
		Type  string `json:"type"`
		Count int64  `json:"count"`
	}
	type body struct{ Rules *[]models.RetentionRule }
	return change(r.manage, func(a ask[body]) (any, error) {
		var rules []models.RetentionRule
		if a.body.Rules != nil {
			rules = nonNil(*a.body.Rules)
		}
		seen, err := r.privacy.PreviewRetention(a, a.by, rules)
		if err != nil {
			return nil, err
		}
		counts := make([]count, 0, len(seen.Counts))
		for _, c := range seen.Counts {
			counts = append(counts, count{c.Month, c.Type, c.Count})
		}
		return fiber.Map{
			"activities": seen.Rows, "held": seen.Held, "by_rule": nonNil(seen.ByRule), "counts": counts, "first_day": day(seen.First), "last_day": day(seen.Last),
			"looked_at": seen.Looked, "of": seen.Of, "complete": seen.Complete(), "time_zone": seen.Zone,
		}, nil
	})
}

// Run has the rules carried out now. It answers before that is done.
func (r Retention) Run() fiber.Handler {
	return change(r.manage, func(a ask[none]) (any, error) {
		if err := r.privacy.RunNow(a, a.by); err != nil {
			return nil, err
		}
		a.c.Status(fiber.StatusAccepted)
		return fiber.Map{"waiting": true}, nil
	})
}

type retentionRun struct {
	purge
	ByRule  map[string]int64 `json:"by_rule"` // by the place of the rule, from 0
	Archive *string          `json:"archive"` // its id
}

// Runs gives the runs of retention, the latest first.
func (r Retention) Runs() fiber.Handler {
	return show(r.manage, func(a ask[none]) (any, error) {
		q, err := params.Of(a.c)
		if err != nil {
			return nil, err
		}
		before, err := params.Number(q, "before", 0, 0, 1<<53)
		if err != nil {
			return nil, err
		}
		list, err := r.privacy.Runs(a, a.by, int64(before))
		runs := make([]retentionRun, 0, len(list))
		for _, p := range list {
			run := retentionRun{purge: purgeOf(p), ByRule: p.ByRule}
			if p.Archive != nil {
				run.Archive = ifAny(p.Archive.String())
			}
			runs = append(runs, run)
		}
		return fiber.Map{"runs": runs}, err
	})
}

// Archives lists the archives, the latest first.
func (r Retention) Archives() fiber.Handler {
	return show(r.manage, func(a ask[none]) (any, error) {
		q, err := params.Of(a.c)
		if err != nil {
			return nil, err
		}
		before := uuid.Nil
		if text := q.Get("before"); text != "" {
			if before, err = uuid.Parse(text); err != nil {
				return nil, models.FieldErrorf(models.Malformed, "before", "must be the id of an archive")
			}
		}
		list, _, err := r.files.Archives(a, a.by, before)
		out := make([]download.ArchiveManifest, 0, len(list))
		for _, each := range list {
			out = append(out, download.ManifestOf(each))
		}
		return fiber.Map{"archives": out}, err
	})
}

// archiveID reads the id of the path; what is none is nobody's.
func archiveID(c *fiber.Ctx) uuid.UUID {
	id, _ := uuid.Parse(c.Params("id"))
	return id
}

// Archive gives the manifest of one.
func (r Retention) Archive() fiber.Handler {
	return show(r.manage, func(a ask[none]) (any, error) {
		one, err := r.files.Archive(a, a.by, archiveID(a.c))
		if err != nil {
			return nil, err
		}
		return download.ManifestOf(one), nil
	})
}

// ArchiveFile gives the file of one, or a part of it.
func (r Retention) ArchiveFile(c *fiber.Ctx) error {
	if visit.LedByOthers(c) {
		return models.Errorf(models.Forbidden, "This request came from another site and was refused. Open Daybook itself and try again.")
	}
	by, err := r.manage.ofWorkspace(c)
	if err != nil {
		return err
	}
	return download.SendArchive(c, r.files, by, archiveID(c))
}

// RemoveArchive deletes one for good.
func (r Retention) RemoveArchive() fiber.Handler {
	return change(r.manage, func(a ask[none]) (any, error) { return nil, r.files.RemoveArchive(a, a.by, archiveID(a.c)) })
}
