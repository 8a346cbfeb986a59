package models

import (
	"encoding/json"
	"strconv"
)

// This file holds the sentences of what Daybook itself records that the verbs of applications do not tell well: who administers, and what. A test
// looks for every action that our services record and fails for one that is known neither here nor in the vocabulary.

// ownVerbs are the verbs of Daybook's own acts, by normalised action.
var ownVerbs = map[string]verb{
	"retried":               {past: "retried", base: "retry", icon: "refresh"},
	"dismissed":             {past: "dismissed", base: "dismiss", icon: "x"},
	"reactivated":           {past: "reactivated", base: "reactivate", icon: "started"},
	"signed_out_everywhere": {past: "ended all sessions and tokens of", base: "end all sessions and tokens of", icon: "sign-out"},
	"password_link_made":    {past: "made a password link for", base: "make a password link for", icon: "key"},
	"merge_undone":          {past: "undid the merge of", base: "undo the merge of", icon: "run"},
	"access_changed":        {past: "changed who has access to", base: "change who has access to", icon: "shield"},
	"invitation_revoked":    {past: "withdrew the invitation of", base: "withdraw the invitation of", icon: "people"},
	"invitation_accepted":   {past: "accepted the invitation of", base: "accept the invitation of", icon: "people"},
	"purged":                {past: "purged", base: "purge", icon: "deleted", tone: Bad},
	"purge_started":         {past: "started", base: "start", icon: "deleted"},
	"purge_cancelled":       {past: "cancelled", base: "cancel", icon: "x"},
	"purge_failed":          {past: "did not finish", base: "finish", icon: "failed", tone: Bad},
	"anonymise_started":     {past: "began to anonymise", base: "begin to anonymise", icon: "anonymised"},
	"anonymise_ended":       {past: "did not anonymise", base: "anonymise", icon: "x"},
	"erased":                {past: "erased", base: "erase", icon: "anonymised"},
	"reset":                 {past: "reset", base: "reset", icon: "refresh"},
	"export_cancelled":      {past: "cancelled", base: "cancel", icon: "x"},
	"report_made":           {past: "made a personal report of", base: "make a personal report of", icon: "export"},
	"export_removed":        {past: "removed", base: "remove", icon: "deleted"},
	"hold_placed":           {past: "placed", base: "place", icon: "lock"},
	"hold_lifted":           {past: "lifted", base: "lift", icon: "unarchived"},
	"retention_changed":     {past: "changed", base: "change", icon: "clock"},
	"retention_started":     {past: "started", base: "start", icon: "clock"},
	"archive_removed":       {past: "deleted", base: "delete", icon: "deleted"},
	"archive_rewritten":     {past: "took a person out of", base: "take a person out of", icon: "anonymised"},
}

// invitation: "invited lars@example.com as member", "made an invitation for an admin".
func (w *writer) invitation() bool {
	if w.entityType != "invitation" {
		return false
	}
	role := ""
	if c := w.changeOf("role"); c != nil {
		role = brief(c.After) + brief(c.Before) // one of them is null
	}
	revoked := normalAction(w.action) == "invitation_revoked"
	if oneLine(w.entityName) == "" {
		w.does(map[bool]string{false: "made ", true: "withdrew "}[revoked], map[bool]string{false: "make ", true: "withdraw "}[revoked])
		w.put(PartEntity, "an invitation")
		if role != "" {
			w.text(" for " + article(role) + " ")
			w.put(PartValue, role)
		}
		return true
	}
	if revoked {
		w.does("withdrew the invitation of ", "withdraw the invitation of ")
	} else {
		w.does("invited ", "invite ")
	}
	w.put(PartEntity, oneLine(w.entityName))
	if role != "" && !w.plain {
		w.text(" as ")
		w.put(PartValue, role)
	}
	return true
}

// merge: "merged actor Ravi (old) into ravi", and the way back.
func (w *writer) merge() bool {
	c := w.changeOf("merged_into")
	if c == nil {
		return false
	}
	undone := normalAction(w.action) == "merge_undone"
	if undone {
		w.does("undid the merge of ", "undo the merge of ")
	} else {
		w.does("merged ", "merge ")
	}
	w.entity()
	if w.plain {
		return true // the change is told behind
	}
	for _, value := range []json.RawMessage{c.After, c.Before} {
		if other := brief(value); other != "" {
			w.text(" into ")
			w.put(PartValue, other)
			break
		}
	}
	return true
}

// accessChanged: "gave Bob and Ada access to project Audit and took it from 12 people".
func (w *writer) accessChanged() bool {
	come, leave := w.howMany("added"), w.howMany("removed")
	switch {
	case come > 0:
		w.does("gave ", "give ")
		w.several("added_names", come)
		w.text(" access to ")
		w.entity()
		if leave > 0 {
			w.text(" and took it from ")
			w.several("removed_names", leave)
		}
	case leave > 0:
		w.does("took from ", "take from ")
		w.several("removed_names", leave)
		w.text(" the access to ")
		w.entity()
	default:
		return false
	}
	return true
}

// several writes some people: by name where the details have the name of each, else how many.
func (w *writer) several(key string, n int) {
	var details map[string]json.RawMessage
	var names []string
	if json.Unmarshal(w.metadata, &details) != nil || json.Unmarshal(details[key], &names) != nil || len(names) != n {
		w.put(PartValue, Thousands(int64(n))+" "+map[bool]string{true: "person", false: "people"}[n == 1])
		return
	}
	for i, name := range names {
		switch {
		case i > 0 && i == n-1:
			w.text(" and ")
		case i > 0:
			w.text(", ")
		}
		if name = shorten(oneLine(name), briefRunes); name == "" {
			name = "somebody"
		}
		w.put(PartValue, name)
	}
}

// howMany reads a count of the details; one that is none is 0.
func (d *deed) howMany(key string) int {
	n, err := strconv.Atoi(d.meta(key))
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// person is what was done to somebody whose type needs no saying: "deactivated Ravi".
func (w *writer) person() bool {
	if !w.isPerson() {
		return false
	}
	v := verbFor(w.action, w.entityType)
	w.does(v.past+" ", v.base+" ")
	w.bareEntity()
	return true
}

// sessionsEnded: "ended 3 sessions of theirs".
func (w *writer) sessionsEnded() bool {
	n := w.howMany("sessions")
	if n == 0 || w.hasEntity() {
		return false
	}
	w.does("ended ", "end ")
	w.put(PartValue, Thousands(int64(n))+" "+map[bool]string{true: "session", false: "sessions"}[n == 1])
	w.text(" of theirs")
	return true
}

// rejectedEvent: its name is an id that nobody reads, so the words are what leads to it.
func (w *writer) rejectedEvent() bool {
	if w.entityType != "rejected_event" || w.plain {
		return false
	}
	v := verbFor(w.action, w.entityType)
	w.does(v.past+" ", v.base+" ")
	w.put(PartEntity, "a rejected event")
	return true
}

// purge: "started Purge 3", "purged 12,480 activities with Purge 3", "cancelled Purge 3 after 12,480 activities".
func (w *writer) purge() bool {
	if w.entityType != "purge" {
		return false
	}
	n := w.howMany("activities")
	activities := map[bool]string{true: "activity", false: "activities"}[n == 1]
	switch normalAction(w.action) {
	case "purge_started":
		w.does("started ", "start ")
		w.bareEntity()
	case "purge_cancelled":
		w.does("cancelled ", "cancel ")
		w.bareEntity()
		w.text(" after ")
		w.put(PartValue, Thousands(int64(n))+" "+activities)
	case "purge_failed":
		w.text("could not finish ")
		w.bareEntity()
	default:
		w.does("purged ", "purge ")
		if n == 0 {
			w.text("no activities")
		} else {
			w.put(PartValue, Thousands(int64(n))+" "+activities)
		}
		w.text(" with ")
		w.bareEntity()
	}
	return true
}

// arranged is the change of a project that is a deed of its own: archived, opened to the workspace, closed.
func (w *writer) arranged(c Change) bool {
	switch {
	case c.Field == "archived_at" && isNull(c.After):
		w.does("unarchived ", "unarchive ")
		w.entity()
	case c.Field == "archived_at":
		w.does("archived ", "archive ")
		w.entity()
	case c.Field == "visibility" && w.entityType == "project" && brief(c.After) == string(VisibleToWorkspace):
		w.does("opened ", "open ")
		w.entity()
		w.text(" to the whole workspace")
	case c.Field == "visibility" && w.entityType == "project" && brief(c.After) == string(VisibleToMembers):
		w.does("closed ", "close ")
		w.entity()
		w.text(" to all but its members")
	default:
		return false
	}
	return true
}

// administered: a role in the whole instance is a switch: "made Ravi an instance admin".
func (w *writer) administered() bool {
	c := w.changeOf("instance_admin")
	if c == nil || !w.isPerson() {
		return false
	}
	if brief(c.After) == "true" {
		w.does("made ", "make ")
		w.bareEntity()
		w.text(" an instance admin")
		return true
	}
	w.does("took from ", "take from ")
	w.bareEntity()
	w.text(" the role of an instance admin")
	return true
}

// linkedTo says to whom an actor was linked where the record has no name of theirs.
func (w *writer) linkedTo() bool {
	unlinked := normalAction(w.action) == "unlinked"
	if w.entityType != "actor" || w.meta("user_id") == "" && w.changeOf("user_id") == nil {
		return false
	}
	if unlinked {
		w.does("unlinked ", "unlink ")
		w.entity()
		w.text(" from its member")
		return true
	}
	w.does("linked ", "link ")
	w.entity()
	if w.meta("by") == "email" {
		w.text(" to the member with the same e-mail address")
	} else {
		w.text(" to a member")
	}
	return true
}
