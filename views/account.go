package views

import (
	"fmt"
	"strings"
	"time"

	"daybook/models"
	"daybook/views/component"
	"daybook/views/layout"
)

// AccountPage shows the viewer what is known of them and lets them change it. The password's form posts "current_password" and
// "new_password"; the errors carry the same names, and those of Preferences.
type AccountPage struct {
	Shell         layout.Shell // Title "Account"
	Now           time.Time
	Locale        component.Locale
	Name          string
	Email         string
	Username      string // or empty
	InstanceAdmin bool
	Memberships   []AccountMembership
	Preferences   Preferences
	Sessions      Sessions
	Tokens        string // where the viewer's personal tokens are
	GoodTokens    int    // how many of them can be used
	Action        string // where the password's form posts to
	Errors        []models.FieldError
}

// AccountMembership is a workspace the viewer belongs to.
type AccountMembership struct {
	Workspace string
	Href      string // its feed
	Role      models.Role
}

// Preferences is the form about the viewer's name and how pages look to them. It posts "name", "time_zone", "theme" and "date_format".
type Preferences struct {
	Action     string
	Name       string // as typed; so is the next
	TimeZone   string // empty: that of each workspace
	Theme      models.Theme
	DateFormat models.DateFormat
	Zones      []string // to choose from
}

// Sessions are where the viewer is signed in.
type Sessions struct {
	List      []AccountSession
	EndOthers string // where to post to end all but this one
	EndAll    string // where to post to end this one, too
}

// AccountSession is one of them.
type AccountSession struct {
	UserAgent  string // as the browser said it
	Address    string // or empty
	SignedInAt time.Time
	LastSeenAt time.Time // to the minute
	Here       bool      // the one that this page is shown in
	Program    bool      // a program's, begun over the API: it lasts a day, however much it is used
	End        string    // where to post to end it
}

func (p AccountPage) clock() component.Clock { return component.NewClock(p.Now, p.Locale) }

// dateChoice is a date format, with today as the example.
type dateChoice struct {
	format  models.DateFormat
	example string
}

func (p AccountPage) dateChoices() []dateChoice {
	var choices []dateChoice
	for _, f := range models.DateFormats {
		clock := component.NewClock(p.Now, component.Locale{Zone: p.Locale.Zone, DateFormat: f})
		choices = append(choices, dateChoice{f, clock.Minute(p.Now)})
	}
	return choices
}

// themeWord is what a theme is called.
func themeWord(t models.Theme) string {
	if t == models.SystemTheme {
		return "As the system has it"
	}
	return models.Title(string(t))
}

// besideForms are the errors that no field of the page shows.
func (p AccountPage) besideForms() []string {
	return component.ErrorsBeside(p.Errors, "name", "time_zone", "theme", "date_format", "current_password", "new_password")
}

// others counts the sessions elsewhere.
func (s Sessions) others() int {
	n := 0
	for _, each := range s.List {
		if !each.Here {
			n++
		}
	}
	return n
}

// summary is one sentence over the list.
func (s Sessions) summary() string {
	switch n := s.others(); n {
	case 0:
		return "You are signed in here and nowhere else."
	case 1:
		return "You are signed in here and in one other place. End what you do not know, then change your password."
	default:
		return fmt.Sprintf("You are signed in here and in %d other places. End what you do not know, then change your password.", n)
	}
}

// called is what a session is called in the label of its button: two of one device differ in when they began.
func (s AccountSession) called(c component.Clock) string {
	return strings.Join([]string{component.Device(s.UserAgent), "signed in " + c.Minute(s.SignedInAt)}, ", ")
}
