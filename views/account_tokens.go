package views

import (
	"fmt"
	"strings"
	"time"

	"daybook/models"
	"daybook/views/component"
	"daybook/views/layout"
)

// OwnTokensPage lists the viewer's personal tokens and makes new ones. The form posts "name", "scopes" (several), "workspace" (an id, or empty) and
// "days" (empty: never). The errors carry the same names.
type OwnTokensPage struct {
	Shell      layout.Shell // Title "Personal tokens", with crumbs
	Now        time.Time
	Locale     component.Locale
	List       []OwnToken
	Action     string
	Name       string // as typed; so are the next
	Scopes     []string
	Workspace  string
	Days       string
	Choosable  []string // scopes that the viewer may give
	Workspaces []component.Option
	Errors     []models.FieldError
	Open       bool       // the form is open: it was refused, or there is no token yet
	Made       *MadeToken // just now, or nil
}

// MadeToken is a token on the only page that will ever show it.
type MadeToken struct {
	Name  string
	Text  string
	Until *time.Time
}

// OwnToken is one of them.
type OwnToken struct {
	ID         int64
	Name       string
	Scopes     []string
	Workspace  string // empty: all of theirs
	CreatedAt  time.Time
	ExpiresAt  *time.Time
	LastUsedAt *time.Time
	Address    string // from which it was used last, or empty
	Revoked    bool
	Expired    bool
	Revoke     string // where to post to end it
}

func (p OwnTokensPage) clock() component.Clock { return component.NewClock(p.Now, p.Locale) }

func (p OwnTokensPage) problems() []string {
	return component.ErrorsBeside(p.Errors, "name", "scopes", "workspace", "days")
}

func (p OwnTokensPage) has(scope string) bool {
	for _, s := range p.Scopes {
		if s == scope {
			return true
		}
	}
	return false
}

func (t OwnToken) off() bool { return t.Revoked || t.Expired }

func (t OwnToken) state() string {
	switch {
	case t.Revoked:
		return "Revoked"
	case t.Expired:
		return "Expired"
	}
	return "Good"
}

func (t OwnToken) where() string {
	if t.Workspace == "" {
		return "All of yours"
	}
	return t.Workspace
}

// scopeMeaning says what a token of a person's with a scope may do.
func scopeMeaning(scope string) string {
	return map[string]string{
		models.ScopeRead:   "Read what you may read.",
		models.ScopeWrite:  "Send activities as you.",
		models.ScopeAccess: "Set who has access to projects, where you administer.",
		models.ScopeViewer: "Make viewer tokens for widgets, where you administer.",
		models.ScopeAdmin:  "Administer whatever you administer. Give it an end.",
	}[scope]
}

var tokenDays = []component.Option{{Value: "30", Label: "30 days"}, {Value: "90", Label: "90 days"}, {Value: "365", Label: "A year"}, {Value: "", Label: "No end"}}

func scopesOf(t OwnToken) string { return strings.Join(t.Scopes, ", ") }

// goodTokens says how many tokens somebody has.
func goodTokens(n int) string {
	switch n {
	case 0:
		return "You have none."
	case 1:
		return "You have one."
	}
	return fmt.Sprintf("You have %d.", n)
}
