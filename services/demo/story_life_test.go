package demo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"daybook/models"
)

// history replays a story and knows what is there.
type history struct {
	t        *testing.T
	names    map[string]string // by type and id; there while the entity is
	deleted  map[string]bool
	fields   map[string]json.RawMessage // the latest value of a field, by type, id and field
	timers   map[string]string          // the running entry by person
	started  map[string]time.Time       // by entry
	archived map[string]bool            // by project
}

// preexisting types have no "created" row: they are the agency's own, or come from elsewhere.
var preexisting = []string{"workspace", "workspace_member", "user", "settings", "export", "statement", "payment", "receipt", "timesheet", "comment", "agent"}

// sets are fields whose changes add and remove members instead of replacing a value.
var sets = []string{"member"}

func TestLifeCyclesAreCoherent(t *testing.T) {
	everyMoment(t, func(t *testing.T, _ time.Time, s Story) { replay(t, s) })
}

// replay holds every event against what happened before it.
func replay(t *testing.T, s Story) {
	t.Helper()
	h := &history{t, map[string]string{}, map[string]bool{}, map[string]json.RawMessage{}, map[string]string{}, map[string]time.Time{}, map[string]bool{}}
	for _, e := range s.Events {
		if e.Outcome != models.Success {
			h.mustExist(e)
			continue
		}
		h.exists(e)
		h.changes(e)
		h.timer(e)
		h.invoice(e)
		h.project(e)
	}
}

func key(e models.Event) string { return e.Entity.Type + "/" + *e.Entity.ID }

func (h *history) fail(e models.Event, format string, args ...any) {
	h.t.Helper()
	h.t.Fatalf("%s %s %s %q at %s: %s", e.Actor.Name, e.Action, key(e), *e.Entity.Name, e.OccurredAt, fmt.Sprintf(format, args...))
}

func (h *history) mustExist(e models.Event) {
	if h.deleted[key(e)] {
		h.fail(e, "it is deleted")
	}
	if _, known := h.names[key(e)]; !known && !slices.Contains(preexisting, e.Entity.Type) {
		h.fail(e, "nobody created it")
	}
}

// exists: created once and first, named the same until renamed, never touched after its deletion.
func (h *history) exists(e models.Event) {
	name, known := h.names[key(e)]
	born := e.Action == "created" || e.Action == "started" || e.Action == "agent_created"
	if born {
		if known {
			h.fail(e, "it exists already")
		}
		name = *e.Entity.Name
	} else {
		h.mustExist(e)
	}
	for _, c := range e.Changes {
		if c.Field == "name" {
			name = *e.Entity.Name
		}
	}
	if known && name != *e.Entity.Name {
		h.fail(e, "it was called %q, and nobody renamed it", name)
	}
	h.names[key(e)] = *e.Entity.Name
	h.deleted[key(e)] = e.Action == "deleted"
}

// changes: a field's value before is the one it was given last.
func (h *history) changes(e models.Event) {
	for _, c := range e.Changes {
		field := key(e) + "/" + c.Field
		if bytes.Equal(c.Before, c.After) {
			h.fail(e, "%s changes from %s to itself", c.Field, c.Before)
		}
		if before, known := h.fields[field]; known && !bytes.Equal(before, c.Before) && !slices.Contains(sets, c.Field) {
			h.fail(e, "%s was %s, not %s", c.Field, before, c.Before)
		}
		h.fields[field] = c.After
	}
}

// timer: nobody runs two, and one that stops was started by the same person as long ago as it says.
func (h *history) timer(e models.Event) {
	who, id := e.Actor.ID, *e.Entity.ID
	switch e.Action {
	case "started":
		if other := h.timers[who]; other != "" {
			h.fail(e, "timer %s still runs", other)
		}
		h.timers[who], h.started[id] = id, *e.OccurredAt
	case "stopped":
		if h.timers[who] != id {
			h.fail(e, "it does not run")
		}
		var m struct {
			Minutes float64 `json:"duration_minutes"`
		}
		if err := json.Unmarshal(e.Metadata, &m); err != nil {
			h.fail(e, "%v", err)
		}
		if took := e.OccurredAt.Sub(h.started[id]).Minutes(); took-m.Minutes > 0.51 || m.Minutes-took > 0.51 || took > 200 {
			h.fail(e, "took %.1f minutes and says %v", took, m.Minutes)
		}
		delete(h.timers, who)
	case "completed", "deleted":
		if got := h.fields[key(e)+"/status"]; e.Action == "completed" && string(got) != `"done"` {
			h.fail(e, "completed, and its status is %s", got)
		}
	}
}

// invoice: drafts are sent, what is sent is paid or becomes overdue, and reminders are about what is overdue.
func (h *history) invoice(e models.Event) {
	if e.Entity.Type != "invoice" {
		return
	}
	status := string(h.fields[key(e)+"/status"])
	allowed := map[string][]string{
		"created": {`"draft"`}, "updated": {`"draft"`}, "sent": {`"draft"`, `"sent"`, `"overdue"`, `"paid"`},
		"reminded": {`"overdue"`}, "paid": {`"paid"`}, "status_changed": {`"sent"`, `"overdue"`, `"paid"`},
	}
	if !slices.Contains(allowed[e.Action], status) {
		h.fail(e, "its status is %s", status)
	}
	if e.Action != "status_changed" {
		return
	}
	var before string
	if err := json.Unmarshal(e.Changes[0].Before, &before); err != nil {
		h.fail(e, "%v", err)
	}
	from := map[string][]string{`"sent"`: {"draft"}, `"overdue"`: {"sent"}, `"paid"`: {"sent", "overdue"}}
	if !slices.Contains(from[status], before) {
		h.fail(e, "moved from %s to %s", before, status)
	}
}

// project: what happens in a project happens after its creation and, but for its invoices, not while it is archived.
func (h *history) project(e models.Event) {
	if e.Project == nil {
		return
	}
	if _, known := h.names["project/"+e.Project.ID]; !known {
		h.fail(e, "project %s does not exist yet", e.Project.ID)
	}
	if h.names["project/"+e.Project.ID] != e.Project.Name {
		h.fail(e, "the project is not called %q", e.Project.Name)
	}
	if h.archived[e.Project.ID] && e.Action != "unarchived" && e.Entity.Type != "invoice" {
		h.fail(e, "project %s is archived", e.Project.Name)
	}
	switch e.Action {
	case "archived":
		h.archived[e.Project.ID] = true
	case "unarchived":
		if !h.archived[e.Project.ID] {
			h.fail(e, "it was not archived")
		}
		h.archived[e.Project.ID] = false
	}
}

func TestOperationsBelongTogether(t *testing.T) {
	everyMoment(t, func(t *testing.T, _ time.Time, s Story) {
		rows, spans := map[string]int{}, map[string]time.Time{}
		for _, e := range s.Events {
			if e.CorrelationID == nil {
				continue
			}
			id := *e.CorrelationID
			if rows[id]++; rows[id] == 1 {
				spans[id] = *e.OccurredAt
			}
			if e.OccurredAt.Sub(spans[id]) > time.Hour {
				t.Fatalf("%s lasts longer than an hour", id)
			}
		}
		several := 0
		for _, n := range rows {
			if n > 1 {
				several++
			}
		}
		if several < 60 || several < len(rows)/2 {
			t.Errorf("%d of %d operations have several rows", several, len(rows))
		}
	})
}
