package views

import (
	"fmt"
	"strconv"
	"time"

	"daybook/models"
	"daybook/views/component"
	"daybook/views/layout"
)

// RejectedPage lists the events that were accepted and could not be posted. Its forms post "id" (several).
type RejectedPage struct {
	Shell   layout.Shell // Title "Sending"; Views are the tabs of sending
	Clock   component.Clock
	Rows    []RejectedRow
	Pages   component.Pages
	Retry   string
	Dismiss string
}

// RejectedRow is one of them.
type RejectedRow struct {
	ID         int64
	Title      string // what it wanted to say, in a few words
	Why        string
	Event      string // JSON, on several lines
	UUID       string
	Source     models.Origin
	ReceivedAt time.Time
	RejectedAt time.Time
	Retries    int64
}

func (r RejectedRow) id() string { return strconv.FormatInt(r.ID, 10) }

func (r RejectedRow) retried() string {
	switch r.Retries {
	case 0:
		return "not retried yet"
	case 1:
		return "retried once"
	}
	return fmt.Sprintf("retried %s times", thousands(r.Retries))
}

// all is what the buttons for the whole page are about.
func (p RejectedPage) all() string {
	if len(p.Rows) == 1 {
		return "this one"
	}
	return fmt.Sprintf("these %d", len(p.Rows))
}
