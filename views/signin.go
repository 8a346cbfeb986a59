package views

import (
	"daybook/models"
	"daybook/views/layout"
)

// SignInPage is the page that asks who one is. The form posts "login" (an e-mail address or a username), "password" and "next".
type SignInPage struct {
	Gate   layout.Gate   // Title "Sign in", or "Look around" for the demo
	Action string        // where the form posts to
	Next   string        // where to go afterwards; a path of ours, checked by the handler; may be empty
	Login  string        // what was typed before
	Error  string        // why it did not work, one sentence, or empty
	Detail string        // what follows from it ("Each failed try makes the next one wait a little longer."), or empty
	Demo   []DemoAccount // accounts of a demo to choose from; none: no demo
	// DemoAction is where choosing one posts to: "email" and "next".
	DemoAction string
}

// DemoAccount is somebody one can be in the demo.
type DemoAccount struct {
	ID    int64 // for the hue of the avatar
	Name  string
	Email string
	Note  string // what this account shows: "Owner, sees everything, system rows too"
}

// SetupPage makes the first admin and the first workspace. The form posts "name", "email", "password", "workspace_name" and "slug"; the
// errors carry the same names.
type SetupPage struct {
	Gate          layout.Gate // Title "Set up Daybook"
	Action        string      // where the form posts to, the setup token included
	Name          string      // as typed before; so are the next three
	Email         string
	WorkspaceName string
	Slug          string
	Errors        []models.FieldError
}

func (p SetupPage) gate() layout.Gate {
	g := p.Gate
	g.Wide = true
	return g
}

func (p SignInPage) gate() layout.Gate {
	g := p.Gate
	g.Wide = g.Wide || len(p.Demo) > 0
	return g
}
