// Package widget speaks the dialect of the activity feed widget, so that what was built for that product works when it points at Daybook.
// README.md is its specification. It is imported by package handlers alone.
package widget

import (
	"net/url"
	"strconv"
	"time"

	"daybook/handlers/params"
	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/access"
	"daybook/services/feed"
	"daybook/services/stats"
)

// Parts are the services behind it.
type Parts struct {
	Access *access.Service
	Feed   *feed.Service
	Stats  *stats.Service
	Room   *visit.Room
}

// Widget holds the handlers.
type Widget struct {
	Parts
	now func() time.Time
}

// New makes them.
func New(parts Parts, now func() time.Time) *Widget { return &Widget{Parts: parts, now: now} }

// filter reads the dialect's filters.
func (w *Widget) filter(q url.Values, viewers []access.Viewer) (feed.Filter, error) {
	known := url.Values{}
	for _, name := range []string{"entity_type", "action", "start_date", "end_date", "project_id"} {
		known[name] = q[name]
	}
	f, err := feed.Parse(known, w.now().In(params.ZoneOf(viewers)))
	var actorErr error
	f.ActorIDs, actorErr = actor(q.Get("user_id"), viewers)
	return f, models.JoinFields(err, actorErr)
}

// actor reads user_id, our number of an actor: oneself always, others for those who may read everything.
func actor(text string, viewers []access.Viewer) ([]int64, error) {
	if text == "" {
		return nil, nil
	}
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return nil, models.FieldErrorf(models.Malformed, "user_id", "must be a whole number")
	}
	for _, v := range viewers {
		if v.ReadsAll() || v.IsSelf(id) {
			return []int64{id}, nil
		}
	}
	return nil, models.FieldErrorf(models.Forbidden, "user_id", "of somebody else is for admins")
}
