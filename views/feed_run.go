package views

import (
	"time"

	"daybook/views/component"
)

// RunOf is a run that is opened in place.
type RunOf struct {
	Now    time.Time
	Locale component.Locale
	Rows   []FeedRow // newest first
	Href   string    // the feed of just these
}

func (r RunOf) clock() component.Clock { return component.NewClock(r.Now, r.Locale) }
