package layout

import (
	"strings"

	"github.com/a-h/templ"

	"daybook/models"
	"daybook/views/component"
)

// Shell is what every page of a signed-in person needs around it.
type Shell struct {
	Title      string      // of the page: first in the browser's title, and the heading
	Showing    string      // which part of it is shown, before it in the browser's title; empty: all of it
	Workspace  Workspace   // the one being read; a zero value on pages of no workspace
	Workspaces []Workspace // those the viewer may change to, the current one included; the switcher appears from two on
	Viewer     Viewer
	Nav        []NavGroup      // pages that exist and that the viewer may open
	SignOut    string          // where the button "Sign out" posts to; empty: nobody is signed in, and there is a way to that
	Flash      *Flash          // what came of the last request, or nil
	Banner     *Banner         // what needs attention, whatever the page, or nil
	Theme      models.Theme    // the viewer's; one that does not exist, or none, is the system's
	SetTheme   string          // where choosing a theme posts to; empty: it cannot be chosen
	Here       string          // the page's own address, to come back to
	Crumbs     []Crumb         // where the page is, from the outside in; a page that has them has a heading of its own
	Views      templ.Component // ways to see the same thing, beside the title; or nil
	End        templ.Component // what one can do with the page, at the end of its head; or nil
}

// Crumb is a step of the way to a page. The last one is the page itself, and leads nowhere.
type Crumb struct {
	Label string
	Href  string
}

// Workspace is a place to go to.
type Workspace struct {
	Name     string
	Href     string
	Archived bool
}

// Viewer is who is reading.
type Viewer struct {
	ID    int64  // for the hue of the avatar
	Name  string // or the e-mail address if there is none
	Email string
	Role  string // in the current workspace, as a word ("Owner"), or empty
	Href  string // their account page
}

// NavGroup is some lines of the navigation.
type NavGroup struct {
	Label string // or empty
	Items []NavItem
}

// NavItem is a line of the navigation.
type NavItem struct {
	Label   string
	Icon    string // a symbol of the sprite: feed, person …
	Href    string
	Current bool
}

// Banner is a sentence that stands above each page until what it says is mended.
type Banner struct {
	Text string
	Href string // where more is told, or empty
	Link string // what that link is called
}

// Flash is a message that is shown once.
type Flash struct {
	Kind component.NoticeKind
	Text string
}

// Gate is what pages of people who are not signed in need around them.
type Gate struct {
	Title    string // of the page: first in the browser's title, and the heading
	Instance string // whose Daybook this is ("Daybook of Tidewell Studio"); empty: "Daybook"
	Foot     string // a line at the foot: version, what is recorded
	Wide     bool   // for forms of two kinds of field
	Flash    *Flash
}

func (g Gate) instance() string {
	if g.Instance == "" {
		return "Daybook"
	}
	return g.Instance
}

func (g Gate) class() string {
	if g.Wide {
		return "gate-main gate-wide"
	}
	return "gate-main"
}

// heading is the title, or a word that is always right.
func (s Shell) heading() string {
	if s.Title == "" {
		return "Daybook"
	}
	return s.Title
}

// called is the viewer's name, or what comes nearest.
func (v Viewer) called() string {
	for _, name := range []string{v.Name, v.Email} {
		if strings.TrimSpace(name) != "" {
			return name
		}
	}
	return "You"
}

// documentTitle is "Feed · Tidewell Studio · Daybook", or "Invoice, failed · Feed · Tidewell Studio · Daybook".
func (s Shell) documentTitle() string {
	title := s.Title + " · Daybook"
	if s.Workspace.Name != "" {
		title = s.Title + " · " + s.Workspace.Name + " · Daybook"
	}
	if s.Showing != "" {
		return s.Showing + " · " + title
	}
	return title
}

// themeChoice is a line of the switch in the user menu.
type themeChoice struct {
	theme       models.Theme
	label, icon string
}

var themeChoices = []themeChoice{
	{models.LightTheme, "Light", "sun"}, {models.DarkTheme, "Dark", "moon"}, {models.SystemTheme, "System", "screen"},
}

// isOn tells whether a theme is the one of the page.
func (s Shell) isOn(t models.Theme) bool {
	return s.Theme == t || t == models.SystemTheme && s.Theme != models.LightTheme && s.Theme != models.DarkTheme
}
