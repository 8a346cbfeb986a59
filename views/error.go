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
	Recorded  bool          // the attempt was, as something that was not allowed
	Opening   bool          // a page was asked for, and no change
	RequestID string        // named so that an admin finds it in the log
	Href      string        // where to go from here, or empty
	LinkLabel string        // "Back to the feed", "Sign in"
}

// words are what is said in words of the status: an icon, a title, what it means, and what follows from it whatever the cause.
type words struct{ icon, title, detail, advice string }

func (p ErrorPage) words() words {
	w := p.ofStatus()
	if p.Title != "" {
		w.title = p.Title
	}
	if p.Detail != "" {
		w.detail = p.Detail
	}
	return w
}

func (p ErrorPage) ofStatus() words {
	switch p.Status {
	case http.StatusUnauthorized:
		return words{"lock", "You are signed out", "Sign in again to go on. Nothing was lost.", ""}
	case http.StatusForbidden:
		w := words{"lock", "That is not allowed", "Your role does not include it.", "Nothing was changed."}
		switch {
		case p.Recorded && p.Opening:
			w.advice = "The attempt was recorded. An owner of the workspace can tell who may."
		case p.Recorded:
			w.advice = "Nothing was changed, and the attempt was recorded. An owner of the workspace can tell who may."
		case p.Opening:
			w.advice = ""
		}
		return w
	case http.StatusNotFound:
		return words{"search", "There is nothing here", "It does not exist, or you may not see it.", "The address may be incomplete, or what it led to is gone or not for you to see. An owner of the workspace can tell."}
	case http.StatusGone:
		return words{"search", "That is gone", "It was there once, and has been deleted since.", ""}
	case http.StatusTooManyRequests:
		return words{"clock", "Too many tries", "Wait a moment and try again.", ""}
	case http.StatusServiceUnavailable:
		return words{"clock", "Daybook is busy", "It cannot reach its database just now.", "What was accepted is safe. Try again in a moment."}
	}
	if p.Status >= 400 && p.Status < 500 {
		return words{"failed", "That request could not be read", "Go back and try again.", "Nothing was changed."}
	}
	return words{"failed", "This page could not be made", "It is our fault and has been noted.", "What was accepted is safe. If you were sending something, look whether it is there before you send it again."}
}

func (p ErrorPage) title() string { return p.words().title }

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
