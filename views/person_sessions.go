package views

import "time"

// PersonSessionsPage lists where somebody is signed in, and their personal tokens, for whoever may manage them.
type PersonSessionsPage struct {
	PersonFrame
	Sessions []AccountSession
	Tokens   []PersonToken
	SignOut  string // where to post to end all of them, or empty
	Version  int64
}

// PersonToken is a token of somebody's.
type PersonToken struct {
	Name      string
	Scopes    string
	Workspace string // the one it is bound to, or empty
	MadeAt    time.Time
	ExpiresAt *time.Time
	UsedAt    *time.Time
	Address   string // from where it was used last, or empty
	Revoke    string // where to post to; empty: it is over
	State     PersonState
}

// bound is the workspace that the token is for.
func (t PersonToken) bound() string {
	if t.Workspace == "" {
		return "All of theirs"
	}
	return t.Workspace
}
