package models

import (
	"encoding/json"
	"fmt"
)

// frames are the sentences that are more than a verb and a thing, by normalised action. A frame that finds too little to go by
// writes nothing and returns false; the plain sentence is made then.
var frames = map[string]func(*writer) bool{
	"updated":          (*writer).updated,
	"status_changed":   (*writer).statusChanged,
	"sent":             (*writer).sent,
	"moved":            (*writer).statusChanged,
	"assigned":         (*writer).assigned,
	"commented":        (*writer).commented,
	"started":          (*writer).timer,
	"stopped":          (*writer).timer,
	"member_added":     (*writer).member,
	"member_removed":   (*writer).member,
	"role_changed":     (*writer).roleChanged,
	"settings_updated": (*writer).settingsUpdated,
	"agent_assigned":   (*writer).agentAssigned,
	"agent_failed":     (*writer).agentFailed,
	"sign_in_failed":   (*writer).signInFailed,
	"access_granted":   (*writer).access,
	"access_revoked":   (*writer).access,
	"access_denied":    (*writer).accessDenied,
	"linked":           (*writer).linked,
	"unlinked":         (*writer).linked,
	"exported":         (*writer).exportedAnything,
	"password_changed": (*writer).passwordChanged,

	"invited":               (*writer).invitation,
	"invitation_revoked":    (*writer).invitation,
	"merged":                (*writer).merge,
	"merge_undone":          (*writer).merge,
	"access_changed":        (*writer).accessChanged,
	"deactivated":           (*writer).person,
	"reactivated":           (*writer).person,
	"signed_out_everywhere": (*writer).person,
	"password_link_made":    (*writer).person,
	"sessions_ended":        (*writer).sessionsEnded,
	"retried":               (*writer).rejectedEvent,
	"dismissed":             (*writer).rejectedEvent,
	"purge_started":         (*writer).purge,
	"purge_cancelled":       (*writer).purge,
	"purge_failed":          (*writer).purge,
	"purged":                (*writer).purge,
	"anonymise_started":     (*writer).anonymised,
	"anonymise_ended":       (*writer).anonymised,
	"anonymised":            (*writer).anonymised,
	"erased":                (*writer).erased,
	"export_cancelled":      (*writer).export,
	"export_removed":        (*writer).export,
	"downloaded":            (*writer).export,
	"retention_changed":     (*writer).retention,
	"retention_started":     (*writer).retention,
}

// updated names up to three changed fields: "changed budget, due date, owner and 2 more fields of".
func (w *writer) updated() bool {
	if w.plain || len(w.changes) == 0 {
		return false
	}
	if len(w.changes) == 1 {
		w.oneField(w.changes[0])
		return true
	}
	fields := fieldList(w.changes) + " of "
	w.does("changed "+fields, "change "+fields)
	w.entity()
	return true
}

// oneField tells the whole of a single change where its values are short enough to be read in passing.
func (w *writer) oneField(c Change) {
	if w.arranged(c) {
		return
	}
	field := fieldName(c.Field)
	before, after := brief(c.Before), brief(c.After)
	switch {
	case (c.Field == "name" || c.Field == "title") && before != "" && after != "":
		w.does("renamed ", "rename ")
		w.entity()
		w.text(" from ")
		w.put(PartValue, before)
		if after != oneLine(w.entityName) {
			w.text(" to ")
			w.put(PartValue, after)
		}
	case before == "" && after != "" && isNull(c.Before):
		w.does("set "+field+" of ", "set "+field+" of ")
		w.entity()
		w.text(" to ")
		w.put(PartValue, after)
	case isNull(c.After) && !isNull(c.Before):
		w.does("cleared "+field+" of ", "clear "+field+" of ")
		w.entity()
	default:
		w.does("changed "+field+" of ", "change "+field+" of ")
		w.entity()
		w.fromTo(&c, true)
	}
}

// fieldList names up to three fields, and counts the rest.
func fieldList(changes []Change) string {
	const most = 3
	list := ""
	for i, c := range changes[:min(most, len(changes))] {
		switch {
		case i == 0:
		case i == len(changes)-1:
			list += " and "
		default:
			list += ", "
		}
		list += fieldName(c.Field)
	}
	switch more := len(changes) - most; {
	case more == 1:
		list += " and 1 more field"
	case more > 1:
		list += fmt.Sprintf(" and %d more fields", more)
	}
	return list
}

// statusChanged: "moved Invoice 42 from draft to sent".
func (w *writer) statusChanged() bool {
	c := w.changeOf("status", "state", "stage", "column")
	if w.plain || c == nil || brief(c.After) == "" {
		return false
	}
	w.does("moved ", "move ")
	w.entity()
	w.fromTo(&Change{Before: spokenStatus(c.Before), After: spokenStatus(c.After)}, true)
	return true
}

// sent is a change of status where the sender recorded it as one.
func (w *writer) sent() bool {
	if c := w.changeOf("status", "state"); c == nil || isNull(c.Before) {
		return false
	}
	return w.statusChanged()
}

// assigned: "assigned task Wireframes to Chiara Bellandi".
func (w *writer) assigned() bool {
	to := ""
	if c := w.changeOf("assignee", "assigned_to", "owner", "assignee_name"); c != nil {
		to = brief(c.After)
	}
	if to == "" {
		to = w.meta("assignee_name", "assigned_to_name", "assignee", "assigned_to")
	}
	if to == "" || w.plain && len(w.changes) > 0 {
		return false
	}
	w.does("assigned ", "assign ")
	w.entity()
	w.text(" to ")
	w.put(PartValue, to)
	return true
}

// commented: a comment is written, anything else is commented on.
func (w *writer) commented() bool {
	if w.entityType != "comment" {
		return false
	}
	w.does("wrote ", "write ")
	w.entity()
	return true
}

// timer: in time tracking "started" means the clock (seeds/activity-feed-widget.md, "Action Types").
func (w *writer) timer() bool {
	if w.entityType != "time_entry" && w.entityType != "timer" {
		return false
	}
	if normalAction(w.action) == "started" {
		w.does("started the timer", "start the timer")
	} else {
		w.does("stopped the timer", "stop the timer")
	}
	if oneLine(w.entityName) != "" || oneLine(w.entityID) != "" {
		w.text(" on ")
		w.bareEntity()
	}
	return true
}

func (w *writer) settingsUpdated() bool {
	if w.plain || len(w.changes) == 0 || !w.hasEntity() {
		return false
	}
	return w.updated()
}

func (w *writer) agentAssigned() bool {
	name := w.meta("agent_name", "agent")
	if c := w.changeOf("agent"); c != nil && brief(c.After) != "" {
		name, w.told = brief(c.After), c.Field
	}
	if name == "" {
		return false
	}
	w.does("assigned agent ", "assign agent ")
	w.put(PartValue, name)
	w.text(" to ")
	w.entity()
	return true
}

// agentFailed: it did not work, whatever outcome the sender gave it.
func (w *writer) agentFailed() bool {
	w.text("could not process ")
	w.entity()
	return true
}

// exported: "exported All time entries, 12480 rows as CSV".
func (w *writer) exported() bool {
	rows, format := w.meta("rows", "count"), w.meta("format")
	if w.entityType != "export" && w.hasEntity() || rows == "" && oneLine(w.entityName) == "" {
		return false
	}
	w.does("exported ", "export ")
	if oneLine(w.entityName) != "" {
		w.bareEntity()
	} else {
		w.text("activities")
	}
	if rows != "" {
		w.text(", ")
		w.put(PartValue, rows)
		w.text(" rows")
	}
	if format != "" {
		w.text(" as ")
		w.put(PartValue, Label(format))
	}
	return true
}

// fromTo writes " from draft to sent" where both values are short; wanted is whether the sentence has room for it.
func (w *writer) fromTo(c *Change, wanted bool) {
	if c == nil || !wanted || w.plain {
		return
	}
	if before := brief(c.Before); before != "" && brief(c.After) != "" {
		w.text(" from ")
		w.put(PartValue, before)
	}
	if after := brief(c.After); after != "" {
		w.text(" to ")
		w.put(PartValue, after)
	}
}

// changeOf finds the first change of one of the fields.
func (d *deed) changeOf(fields ...string) *Change {
	for _, field := range fields {
		for i := range d.changes {
			if d.changes[i].Field == field {
				return &d.changes[i]
			}
		}
	}
	return nil
}

// meta reads the first of the keys of the metadata that holds something short: a text, a number, or an object with a name.
func (d *deed) meta(keys ...string) string {
	var object map[string]json.RawMessage
	if len(d.metadata) == 0 || json.Unmarshal(d.metadata, &object) != nil {
		return ""
	}
	for _, key := range keys {
		value := object[key]
		var named struct {
			Name string `json:"name"`
		}
		if text := brief(value); text != "" {
			return text
		}
		if json.Unmarshal(value, &named) == nil && oneLine(named.Name) != "" {
			return shorten(oneLine(named.Name), 80)
		}
	}
	return ""
}
