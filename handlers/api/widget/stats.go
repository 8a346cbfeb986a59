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
	"daybook/services/stats"
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

// Statistics counts the activities of the last days, to the second, or those that the list's filters select. Who was how busy is for those who may
// read everything.
func (w *Widget) Statistics(c *fiber.Ctx) error {
	q, err := params.Of(c)
	if err != nil {
		return err
	}
	viewers, err := w.Access.EnterAsked(c.UserContext(), visit.Of(c).Principal, q.Get("workspace_id"))
	if err != nil {
		return err
	}
	f, filterErr := w.filter(q, viewers)
	days, daysErr := params.Number(q, "days", 7, 1, 366)
	if err := models.JoinFields(daysErr, filterErr); err != nil {
		return err
	}
	f, days, err = w.during(f, days)
	if err != nil {
		return err
	}
	shown := slices.DeleteFunc(slices.Clone(viewers), func(v access.Viewer) bool { return !v.SeesStatistics() })
	if len(shown) == 0 && len(viewers) > 0 {
		return models.Errorf(models.Forbidden, "Statistics of this workspace are for its admins.")
	}
	top := topUsers
	if slices.ContainsFunc(shown, func(v access.Viewer) bool { return !v.SeesRankings() }) {
		top = 0
	}
	sum, err := w.Stats.Summarise(c.UserContext(), access.Together(shown, false), f, top)
	if err != nil {
		return err
	}
	if sum.Over { // cannot be: the rollups know all that the dialect asks
		return models.Errorf(models.Unavailable, "There is too much to count just now.")
	}
	return visit.SendCached(c, statisticsOf(sum, days))
}

func statisticsOf(sum stats.Summary, days int) statistics {
	answer := statistics{TotalActivities: sum.Total, EntityCounts: sum.Types, ActionCounts: sum.Actions, UserActivity: []userCount{}, PeriodDays: days}
	for _, u := range sum.Actors {
		answer.UserActivity = append(answer.UserActivity, userCount{Username: u.ExternalID, DisplayName: u.Name, Count: u.Count})
	}
	return answer
}

// during gives the filter both ends, and how many days are between them: the last days, each of 24 hours, up to now or to the end that is asked
// for, or all since the beginning that is. Sub-second ends would make every answer a new one.
func (w *Widget) during(f feed.Filter, days int) (feed.Filter, int, error) {
	const day = 24 * time.Hour
	bound := func(at time.Time) feed.Bound { return feed.Bound{Text: proof.Time(at), At: at} }
	if !f.To.IsSet() {
		f.To = bound(w.now().UTC().Truncate(time.Second).Add(time.Second - time.Microsecond))
	}
	if !f.From.IsSet() {
		f.From = bound(f.To.At.Truncate(time.Second).AddDate(0, 0, -days))
		return f, days, nil
	}
	length := f.To.At.Sub(f.From.At)
	if length < 0 {
		return f, 0, models.FieldErrorf(models.Malformed, "start_date", "must not be after end_date, which is now when it is not given")
	}
	return f, int(length/day) + 1, nil
}
