package widget

import (
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/params"
	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/access"
	"daybook/services/feed"
	"daybook/services/proof"
)

// topUsers is how many of the busiest are named.
const topUsers = 10

type statistics struct {
	TotalActivities int64            `json:"total_activities"`
	EntityCounts    map[string]int64 `json:"entity_counts"`
	ActionCounts    map[string]int64 `json:"action_counts"`
	UserActivity    []userCount      `json:"user_activity"`
	PeriodDays      int              `json:"period_days"`
}

type userCount struct {
	Username    string `json:"username"`
	DisplayName string `json:"display_name"`
	Count       int64  `json:"count"`
}

// Statistics counts the activities of the last days, to the second. Who was how busy is for those who may read everything.
func (w *Widget) Statistics(c *fiber.Ctx) error {
	q, err := params.Of(c)
	if err != nil {
		return err
	}
	days, err := params.Number(q, "days", 7, 1, 366)
	if err != nil {
		return err
	}
	viewers, err := w.viewers(c, q)
	if err != nil {
		return err
	}
	shown := slices.DeleteFunc(slices.Clone(viewers), func(v access.Viewer) bool { return !v.SeesStatistics() })
	if len(shown) == 0 && len(viewers) > 0 {
		return models.Errorf(models.Forbidden, "Statistics of this workspace are for its admins.")
	}
	viewers = shown
	top := topUsers
	if slices.ContainsFunc(viewers, func(v access.Viewer) bool { return !v.SeesRankings() }) {
		top = 0
	}
	sum, err := w.Stats.Summarise(c.UserContext(), access.Together(viewers, false), w.last(days), top)
	if err != nil {
		return err
	}
	answer := statistics{TotalActivities: sum.Total, EntityCounts: sum.Types, ActionCounts: sum.Actions, UserActivity: []userCount{}, PeriodDays: days}
	if sum.Over { // cannot be: the rollups know times and nothing else is asked
		return models.Errorf(models.Unavailable, "There is too much to count just now.")
	}
	for _, u := range sum.Actors {
		answer.UserActivity = append(answer.UserActivity, userCount{Username: u.ExternalID, DisplayName: u.Name, Count: u.Count})
	}
	return visit.SendCached(c, answer)
}

// last is the stretch of so many times 24 hours up to now. Sub-second ends would make every answer a new one.
func (w *Widget) last(days int) feed.Filter {
	now := w.now().UTC().Truncate(time.Second)
	bound := func(at time.Time) feed.Bound { return feed.Bound{Text: proof.Time(at), At: at} }
	return feed.Filter{From: bound(now.AddDate(0, 0, -days)), To: bound(now.Add(time.Second - time.Microsecond))}
}
