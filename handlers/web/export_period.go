package web

import (
	"time"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/feed"
)

// boundThen gives an end of the range that an export had, in the viewer's zone: as a day where it is the beginning of one, or as the last end, the end of one.
func (w *Web) boundThen(v access.Viewer, at *time.Time, last bool) feed.Bound {
	if at == nil {
		return feed.Bound{}
	}
	zone := zoneOf(v)
	day := models.StartOfDay(at.In(zone), 0)
	edge := day
	if last {
		edge = models.StartOfDay(at.In(zone), 1).Add(-time.Microsecond)
	}
	if at.Equal(edge) {
		return feed.Bound{Text: day.Format(time.DateOnly), At: at.UTC()}
	}
	return exactly(*at)
}
