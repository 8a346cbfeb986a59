package views

import (
	"fmt"
	"strconv"
	"time"

	"daybook/models"
	"daybook/views/component"
	"daybook/views/layout"
)

// PersonFrame is what the pages of one person have in common, for admins: who it is, and the ways to the other pages.
type PersonFrame struct {
	Shell   layout.Shell // Title is the name; Crumbs are set
	Now     time.Time
	Locale  component.Locale
	Face    Face
	Name    string
	Notes   []string
	State   PersonState
	Seen    *time.Time
	Tabs    []component.Tab
	Facts   []HistoryFact
	Refusal *Refusal // what was sent and not done, or nil
}

// Refusal is a form that was sent and not done.
type Refusal struct {
	Form     string // the last part of its address
	Errors   []models.FieldError
	Detail   string // a sentence, where no field is wrong
	Outdated string // somebody else changed it meanwhile: what it is now, in a sentence
	Changed  string // who changed it last, where somebody did meanwhile: "Ada Person, 2 minutes ago"
	History  string // where that is told, or empty
}

// PersonPage is what admins may do to a person. What has no address may not be done.
type PersonPage struct {
	PersonFrame
	WhyNot    string // why the record is not the viewer's to manage
	Record    *RecordForm
	Role      *RoleForm
	Actors    []KnownAs
	Link      string // where actors are linked, or a member is
	LinkLabel string
	Merge     string // where the actor is merged
	SignIn    *SignInActs
	Instance  *InstanceForm
	Remove    *RemoveForm
}

// RecordForm is somebody's user record. It posts "name", "email", "username" and "version".
type RecordForm struct {
	Action                string
	Name, Email, Username string
	Version               int64
}

// RoleForm is somebody's role. It posts "role" and "version".
type RoleForm struct {
	Action    string
	Role      models.Role
	Roles     []models.Role
	Version   int64
	Workspace string
}

// KnownAs is an actor that somebody is.
type KnownAs struct {
	Actor   models.Actor
	Href    string // what they did
	Note    string // "linked", "merged into …"
	Version int64
	Unlink  string // where to post to, or empty
	Unmerge string
	Along   int // how many others are merged with it
}

// SignInActs are what one does about somebody's way in. Each posts "version".
type SignInActs struct {
	Version       int64
	Deactivated   bool
	PasswordLink  string
	SignOut       string
	Sessions      int
	Tokens        int
	Deactivate    string // or
	Reactivate    string
	SessionsHref  string
	OwnRecordOnly bool // it is the viewer's own: some of it is on the account page
}

// InstanceForm makes an instance admin, or takes that away. It posts "instance_admin" and "version".
type InstanceForm struct {
	Action  string
	Is      bool
	Version int64
}

// RemoveForm ends a membership. It posts "version".
type RemoveForm struct {
	Action    string
	Version   int64
	Workspace string
	Projects  int
	Tokens    int
	Own       bool // it is the viewer's
}

func (p PersonFrame) clock() component.Clock { return component.NewClock(p.Now, p.Locale) }

// state says how somebody is, and when they were seen.
func (p PersonFrame) state() string {
	if p.Seen == nil {
		return p.State.Word
	}
	return p.State.Word + ", seen " + p.clock().Ago(*p.Seen)
}

func (p PersonFrame) seenExactly() string {
	if p.Seen == nil {
		return ""
	}
	return p.clock().Exact(*p.Seen)
}

// of gives what was refused of a form, or nil.
func (p PersonFrame) of(form string) *Refusal {
	if p.Refusal != nil && p.Refusal.Form == form {
		return p.Refusal
	}
	return nil
}

// fields are the wrong fields of a form.
func (p PersonFrame) fields(form string) []models.FieldError {
	if r := p.of(form); r != nil {
		return r.Errors
	}
	return nil
}

// beside says what was wrong that no field shows.
func (r *Refusal) beside(shown ...string) []string {
	switch {
	case r == nil || r.Outdated != "":
		return nil
	case len(r.Errors) == 0:
		return []string{r.Detail}
	}
	return component.ErrorsBeside(r.Errors, shown...)
}

// outdated says what somebody else made of it meanwhile.
func (r *Refusal) outdated() string {
	if r == nil {
		return ""
	}
	return r.Outdated
}

// options are the roles with what they mean.
func (f RoleForm) options() []component.Option { return roleOptions(f.Roles) }

// ends says what of theirs ends.
func (s SignInActs) ends() string {
	if s.Sessions == 0 && s.Tokens == 0 {
		return "They are signed in nowhere."
	}
	return "Ends at once: " + both(s.Sessions, "session", s.Tokens, "personal token") + "."
}

// both is two numbers of things in words, without what there is none of.
func both(n int, what string, m int, other string) string {
	switch {
	case n == 0:
		return CountOf(m, other, other+"s")
	case m == 0:
		return CountOf(n, what, what+"s")
	}
	return CountOf(n, what, what+"s") + " and " + CountOf(m, other, other+"s")
}

func version(n int64) string { return strconv.FormatInt(n, 10) }

// goes says what somebody loses who is removed.
func (f RemoveForm) goes() string {
	switch {
	case f.Projects == 0 && f.Tokens == 0:
		return "They were given no projects and have no tokens for it alone."
	case f.Projects == 0:
		return "Their " + CountOf(f.Tokens, "token", "tokens") + " for this workspace alone can no longer be used."
	case f.Tokens == 0:
		return "Their access to " + CountOf(f.Projects, "project", "projects") + " ends."
	}
	return fmt.Sprintf("Their access to %s ends, and their %s for this workspace alone can no longer be used.", CountOf(f.Projects, "project", "projects"), CountOf(f.Tokens, "token", "tokens"))
}
