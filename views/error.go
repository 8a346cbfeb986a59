package views

import (
	"net/http"

	"daybook/views/layout"
)

// ErrorPage says what went wrong. Only Status is needed; what is left empty is said in the words of the status.
type ErrorPage struct {
	Shell     *layout.Shell // for a viewer who is signed in; nil: the gate is drawn
	Gate      layout.Gate   // used where Shell is nil; Title is set by the view
	Status    int           // of HTTP
	Title     string        // "There is nothing here"
	Detail    string        // a sentence that is safe to show
	RequestID string        // named so that an admin finds it in the log
	Href      string        // where to go from here, or empty
	LinkLabel string        // "Back to the feed", "Sign in"
}

func (p ErrorPage) words() (icon, title, detail string) {
	switch p.Status {
	case http.StatusUnauthorized:
		icon, title, detail = "lock", "You are signed out", "Sign in again to go on. Nothing was lost."
	case http.StatusForbidden:
		icon, title, detail = "lock", "That is not allowed", "Your role does not include it. Ask an owner of the workspace. The attempt was recorded."
	case http.StatusNotFound:
		icon, title, detail = "search", "There is nothing here", "It does not exist, or you may not see it. An owner of the workspace can tell."
	case http.StatusTooManyRequests:
		icon, title, detail = "clock", "Too many tries", "Wait a moment and try again."
	case http.StatusServiceUnavailable:
		icon, title, detail = "clock", "Daybook is busy", "It cannot reach its database just now. What was accepted is safe. Try again in a moment."
	default:
		icon, title, detail = "failed", "This page could not be made", "It is our fault and has been noted. Nothing was lost."
		if p.Status >= 400 && p.Status < 500 {
			icon, title, detail = "failed", "That request could not be read", "Go back and try again."
		}
	}
	if p.Title != "" {
		title = p.Title
	}
	if p.Detail != "" {
		detail = p.Detail
	}
	return icon, title, detail
}

func (p ErrorPage) icon() string   { icon, _, _ := p.words(); return icon }
func (p ErrorPage) title() string  { _, title, _ := p.words(); return title }
func (p ErrorPage) detail() string { _, _, detail := p.words(); return detail }

func (p ErrorPage) shell() layout.Shell {
	s := *p.Shell
	s.Title = p.title()
	return s
}

func (p ErrorPage) gate() layout.Gate {
	g := p.Gate
	g.Title = p.title()
	return g
}
