package models

import "encoding/json"

// This file holds the frames about people: who came, who went, who may do what.

// member: the entity is either the workspace, as in seed 1, or the person.
func (w *writer) member() bool {
	past, base, link := "added ", "add ", " to "
	if normalAction(w.action) == "member_removed" {
		past, base, link = "removed ", "remove ", " from "
	}
	w.does(past, base)
	if w.isPerson() {
		w.bareEntity()
		w.text(link + "the workspace")
	} else {
		w.somebody("a member")
		w.text(link)
		w.entity()
	}
	role := w.meta("role")
	if c := w.changeOf("role"); c != nil {
		role = brief(c.After)
	}
	if role != "" && past == "added " && (!w.plain || len(w.changes) == 0) {
		w.text(" as ")
		w.put(PartValue, role)
	}
	return true
}

func (w *writer) roleChanged() bool {
	if w.administered() {
		return true
	}
	w.does("changed the role of ", "change the role of ")
	if w.isPerson() {
		w.bareEntity()
	} else {
		w.somebody("a member")
		w.text(" in ")
		w.entity()
	}
	w.fromTo(w.changeOf("role"), true)
	return true
}

// signInFailed: with a wrong password it is the person who tried; Daybook itself where nobody is known by what was typed.
func (w *writer) signInFailed() bool {
	if w.bySystem {
		w.text("refused a sign-in of nobody known here")
		return true
	}
	w.text("could not sign in")
	if w.hasEntity() && !w.isPerson() {
		w.text(" to ")
		w.entity()
	}
	return true
}

// access: "gave Priya Raman access to project Website redesign".
func (w *writer) access() bool {
	past, base, link := "gave ", "give ", " access to "
	if normalAction(w.action) == "access_revoked" {
		past, base, link = "took from ", "take from ", " the access to "
	}
	w.does(past, base)
	w.somebody("somebody")
	w.text(link)
	w.entity()
	return true
}

// accessDenied: what was tried, in words where the record has them, else the page by name.
func (w *writer) accessDenied() bool {
	if attempt := w.meta("attempt"); attempt != "" {
		w.text("tried to " + attempt)
		return true
	}
	w.text("tried to open ")
	w.entity()
	return true
}

func (w *writer) linked() bool {
	user := w.meta("user_name", "user", "email", "user_email")
	if user == "" {
		return w.linkedTo()
	}
	past, base, link := "linked ", "link ", " to "
	if normalAction(w.action) == "unlinked" {
		past, base, link = "unlinked ", "unlink ", " from "
	}
	w.does(past, base)
	w.entity()
	w.text(link)
	w.put(PartValue, user)
	return true
}

// passwordChanged: one's own, or somebody else's.
func (w *writer) passwordChanged() bool {
	if w.plain || oneLine(w.entityName) != w.actor {
		return false
	}
	if w.meta("by") == "link" {
		w.does("set a new password by a link", "set a new password by a link")
		return true
	}
	w.does("changed their password", "change their password")
	return true
}

// isPerson tells whether the entity is somebody, and not the place they are in.
func (w *writer) isPerson() bool {
	switch w.entityType {
	case "user", "member", "workspace_member", "project_member", "actor", "person":
		return true
	}
	return false
}

// somebody writes the person whom the changes or the details name, else the words given.
func (w *writer) somebody(otherwise string) {
	if c := w.changeOf("member", "user", "actor"); c != nil {
		for _, value := range []json.RawMessage{c.After, c.Before} {
			if name := brief(value); name != "" {
				w.put(PartValue, name)
				w.told = c.Field
				return
			}
		}
	}
	if name := w.meta("member_name", "user_name", "actor_name", "member", "name", "user", "actor", "username", "email", "grantee"); name != "" {
		w.put(PartValue, name)
		return
	}
	w.text(otherwise)
}
