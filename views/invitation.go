package views

import (
	"strings"
	"time"

	"daybook/models"
	"daybook/views/component"
	"daybook/views/layout"
)

// InvitationsPage lists the invitations of a workspace that can still be used.
type InvitationsPage struct {
	Shell  layout.Shell // Title "Invitations", with crumbs
	Now    time.Time
	Locale component.Locale
	New    string // where one is made
	List   []OpenInvitation
}

func (p InvitationsPage) clock() component.Clock { return component.NewClock(p.Now, p.Locale) }

// OpenInvitation is one of them.
type OpenInvitation struct {
	Email     string // whom it is for; empty: whoever has the link
	Role      models.Role
	By        string // who made it; empty: somebody who is gone
	CreatedAt time.Time
	ExpiresAt time.Time
	Void      bool   // whoever made it may not any more, so it opens nothing
	Revoke    string // where to post to withdraw it
}

func (i OpenInvitation) whom() string {
	if i.Email == "" {
		return "Whoever has the link"
	}
	return i.Email
}

func (i OpenInvitation) by() string {
	if i.By == "" {
		return "somebody who is gone"
	}
	return i.By
}

// AddingWay is how somebody becomes a member.
type AddingWay int

// The ways.
const (
	ByInvitation AddingWay = iota // a link that they accept
	ByAddress                     // they have an account: they are in at once
	ByAccount                     // an account is made for them
)

// AddPeoplePage adds somebody to a workspace. Its form posts "role" and, by way: "email" and "days"; "user"; "name" and "email". The errors
// carry the same names.
type AddPeoplePage struct {
	Shell     layout.Shell // Title "Add people"
	Way       AddingWay
	Workspace string
	Roles     []models.Role // that may be given
	Role      string        // as typed; so are the next
	Email     string        // or a username, by address
	Name      string
	Days      string
	Action    string
	Cancel    string
	Errors    []models.FieldError
	Problem   string // what is wrong with no field, or empty
}

func (p AddPeoplePage) problems() []string {
	beside := component.ErrorsBeside(p.Errors, "role", "email", "days", "user", "name", "expires_in")
	if p.Problem != "" {
		beside = append(beside, p.Problem)
	}
	return beside
}

// roleOptions are roles with what they mean.
func roleOptions(roles []models.Role) []component.Option {
	var options []component.Option
	for _, r := range roles {
		options = append(options, component.Option{Value: string(r), Label: models.Title(string(r)), Hint: roleHints[r]})
	}
	return options
}

var roleHints = map[models.Role]string{
	models.Member: "Sees what they did themselves, and the projects they have access to.",
	models.Admin:  "Sees everything in the workspace, and manages people, projects and tokens.",
	models.Owner:  "The same, and makes admins and owners, archives and purges.",
}

// joinsAs says what one becomes: "as a member", "as an admin".
func joinsAs(r models.Role) string {
	if strings.ContainsAny(string(r)[:1], "aeio") {
		return "an " + string(r)
	}
	return "a " + string(r)
}

// LinkMadePage shows a link that is a secret, on the only page that ever will.
type LinkMadePage struct {
	Shell             layout.Shell // Title "Invitation made", …
	Now               time.Time
	Locale            component.Locale
	Link              string
	Until             time.Time
	Invitation        *MadeInvitation // or nil
	Password          string          // whose password the link sets; empty: an invitation
	New               bool            // an account that was made just now
	Warning           string          // what follows from whose address it is, in a sentence; or empty
	Back, BackLabel   string
	Again, AgainLabel string // or empty
}

// MadeInvitation is what was made.
type MadeInvitation struct {
	Workspace string
	Role      models.Role
	Email     string // or empty
}

// says what the link does.
func (i MadeInvitation) says() string {
	does := "It makes one person " + joinsAs(i.Role) + " of " + i.Workspace
	if i.Email != "" {
		does += ", if their account has the address " + i.Email
	}
	return does + "."
}

func (p LinkMadePage) clock() component.Clock { return component.NewClock(p.Now, p.Locale) }

// InvitationPage is what somebody sees who follows an invitation. Signed in, the form posts nothing; else "name", "email" (unless it is fixed) and
// "password". The errors carry the same names.
type InvitationPage struct {
	Gate      layout.Gate // Title "Join …"
	Workspace string
	Role      models.Role
	Fixed     string   // the only address that it is for, or empty
	Me        *Joining // who is signed in, or nil
	Name      string   // as typed; so is the next
	Email     string
	Action    string
	SignIn    string // leads back here
	SignOut   string
	Errors    []models.FieldError
	Problem   string // what is wrong with no field, or empty
}

// Joining is somebody signed in who follows an invitation.
type Joining struct {
	ID    int64
	Name  string
	Email string
	Wrong bool // it is for another address
}

func (p InvitationPage) problems() []string {
	beside := component.ErrorsBeside(p.Errors, "name", "email", "password")
	if p.Problem != "" {
		beside = append(beside, p.Problem)
	}
	return beside
}

func (p InvitationPage) gate() layout.Gate {
	g := p.Gate
	g.Wide = true
	return g
}

// LinkOverPage says that a link opens nothing.
type LinkOverPage struct {
	Gate      layout.Gate
	Detail    string // what may be the matter
	Advice    string // what to do
	Href      string
	LinkLabel string
}

// PasswordLinkPage sets a password by link. The form posts "password".
type PasswordLinkPage struct {
	Gate   layout.Gate // Title "Set a password"
	Name   string      // whose
	Email  string
	Action string
	Errors []models.FieldError
}
