package views

import (
	"time"

	"daybook/models"
	"daybook/views/component"
	"daybook/views/layout"
)

// TokensPage lists the service tokens of a workspace.
type TokensPage struct {
	Shell layout.Shell // Title "Tokens"
	Clock component.Clock
	List  []ServiceToken
	New   string
}

// ServiceToken is one of them.
type ServiceToken struct {
	Name      string
	Scopes    []string
	Maker     string // empty: the command line
	CreatedAt time.Time
	ExpiresAt *time.Time
	Expired   bool
	Revoked   bool
	UsedAt    *time.Time
	Address   string // from which it was used last, or empty
	Revoke    string // where to post to end it
}

func (t ServiceToken) off() bool { return t.Revoked || t.Expired }

func (t ServiceToken) state() (word, dot string) {
	switch {
	case t.Revoked:
		return "Revoked", "dot-ring"
	case t.Expired:
		return "Expired", "dot-ring"
	}
	return "Good", "dot-ok"
}

func (t ServiceToken) maker() string {
	if t.Maker == "" {
		return "Command line"
	}
	return t.Maker
}

// TokenForm makes a service token. It posts "name", "scopes" (several), "expires" (days, "never" or "date") and "until" (a day).
type TokenForm struct {
	Shell   layout.Shell // with crumbs
	Action  string
	Cancel  string
	Name    string
	Scopes  []string
	Expires string
	Until   string
	Errors  []models.FieldError
}

var tokenLives = []component.Option{
	{Value: "30", Label: "30 days"}, {Value: "90", Label: "90 days"}, {Value: "365", Label: "A year"}, {Value: "never", Label: "No end", Hint: "It works until somebody revokes it."},
	{Value: "date", Label: "Until the end of a day", Hint: "Say below which one."},
}

// serviceScopes are the scopes that a service token can have, with what each is for.
var serviceScopes = []component.Option{
	{Value: models.ScopeWrite, Label: "Send activities", Hint: "In the name of anybody in this workspace."},
	{Value: models.ScopeRead, Label: "Read activities", Hint: "All of this workspace, addresses and browsers left out."},
	{Value: models.ScopeAccess, Label: "Set who has access to projects", Hint: "For an application that knows the members of its projects itself."},
	{Value: models.ScopeViewer, Label: "Make viewer tokens", Hint: "For a widget that shows somebody their own feed."},
}

func (p TokenForm) problems() []string {
	return component.ErrorsBeside(p.Errors, "name", "scopes", "expires", "until")
}

func (p TokenForm) has(scope string) bool {
	for _, s := range p.Scopes {
		if s == scope {
			return true
		}
	}
	return false
}

// TokenMadePage shows the text of a token on the only page that ever will.
type TokenMadePage struct {
	Shell    layout.Shell // with crumbs
	Clock    component.Clock
	Name     string
	Text     string
	Until    *time.Time
	Tokens   string
	Snippets []Snippet // with the token in them; none when it may not send
	Arrival  Arrival
}
