package views_test

import (
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"daybook/models"
	"daybook/views"
	"daybook/views/component"
	"daybook/views/layout"
)

// below is the shell of a page with crumbs, which has a heading of its own.
func below(title string) layout.Shell {
	s := shell(title)
	s.Crumbs = []layout.Crumb{{Label: "All", Href: "/w/tidewell"}, {Label: title}}
	return s
}

// applicationPages are the pages about projects, tokens and sending, with everything hostile that others can store.
func applicationPages() map[string]templ.Component {
	clock := component.NewClock(now, component.Locale{Zone: "Canada/Newfoundland"})
	evil, at := hostileNames[0], now.Add(-time.Hour)
	errs := []models.FieldError{
		{Field: "external_id", Message: "is taken"}, {Field: "name", Message: "must not be empty"}, {Field: "visibility", Message: "must be one"}, {Field: "version", Message: "somebody else changed this"},
		{Field: "named", Message: "has nobody"}, {Field: "grant", Message: "has nobody"}, {Field: "revoke", Message: "choose somebody"}, {Field: "scopes", Message: "is required"},
		{Field: "expires", Message: "must be one"}, {Field: "until", Message: "must be a day"}, {Field: "elsewhere", Message: "is wrong"},
	}
	links := []views.PageLink{{Label: "Edit", Icon: "updated", Href: "/w/tidewell/projects/1/edit", Current: true}}
	row := views.ProjectRow{Name: evil, ExternalID: evil, Href: "/w/tidewell/projects/1", Access: "/w/tidewell/projects/1/access", Edit: "/w/tidewell/projects/1/edit", Members: 3, Activities: 12345, All: "/w/tidewell", LastActive: &at}
	person := views.AccessPerson{Handle: "a7", Face: views.Face{Actor: &models.Actor{ID: 7, Name: evil}}, Name: evil, Email: evil, Known: evil, Granted: &at}
	user := views.AccessPerson{Handle: "u8", Face: views.Face{User: 8}, Name: "Ada", Role: "Admin"}
	form := views.ProjectForm{Shell: below("Edit"), Heading: evil, Action: "/w/tidewell/projects/1/edit", Cancel: "/w/tidewell", ExternalID: evil, Name: evil, Visibility: "members", Version: 2, Archive: "/w/tidewell/projects/1/archive", Links: links}
	wrong, archived, fresh := form, form, form
	wrong.Errors, archived.Archived, fresh.New, fresh.Errors = errs, true, true, errs
	list := views.AccessList{Total: 200, Search: views.ListSearch{Action: "/w/tidewell/projects/1/access", Label: "Search", Name: "find", Value: evil, Keep: []component.Hidden{{Name: "has", Value: evil}}}, More: "/w/tidewell?x", First: "/w/tidewell"}
	access := views.ProjectAccessPage{Shell: below("Access"), Clock: clock, Name: evil, Edit: "/w/tidewell/projects/1/edit", Version: 2, Links: links, Granted: []views.AccessPerson{person}, GrantedIn: list,
		Others: []views.AccessPerson{user}, OthersIn: list, Grant: "/w/tidewell/grant", Revoke: "/w/tidewell/revoke"}
	refused, closed := access, access
	refused.Errors, refused.Named, refused.Checked, closed.Archived = errs, evil, []string{"u8"}, true
	token := views.ServiceToken{Name: evil, Scopes: []string{"activity:write"}, Maker: evil, CreatedAt: at, ExpiresAt: &at, UsedAt: &at, Address: "192.0.2.1", Revoke: "/w/tidewell/tokens/1/revoke"}
	off := token
	off.Revoked, off.Maker = true, ""
	waiting := views.Arrival{Look: "/w/tidewell/sending/arrival", Page: "/w/tidewell/sending", Clock: clock, Rejected: 1, Why: "/w/tidewell/rejected"}
	here := waiting
	here.At, here.Source, here.Sentence, here.Href = &at, models.Origin{Kind: "token", Name: evil}, []models.Part{{Text: evil}}, "/w/tidewell/activities/1"
	sending := views.SendingPage{Shell: shell("Sending"), Workspace: "tidewell", Address: "http://x/" + evil, Snippets: views.Snippets("http://x/'\"</pre>"+evil, `t"'`), Arrival: waiting, Settings: "/", Tokens: "/", NewToken: "/"}
	arrived, shut := sending, sending
	arrived.Arrival, arrived.Senders, shut.Archived = here, 2, true
	bad := views.RejectedRow{ID: 5, Title: evil, Why: evil, Event: "{\n" + evil, UUID: "x", Source: models.Origin{Kind: "import"}, ReceivedAt: at, RejectedAt: at, Retries: 2}
	other := bad
	other.ID, other.Retries = 6, 0
	return map[string]templ.Component{
		"projects":        views.Projects(views.ProjectsPage{Shell: shell("Projects"), Clock: clock, Search: component.Search{Action: "/w/tidewell/projects", Label: "Search", Value: evil}, Rows: []views.ProjectRow{row}}),
		"projects-none":   views.Projects(views.ProjectsPage{Shell: shell("Projects"), Search: component.Search{Label: "Search"}, New: "/", Sending: "/"}),
		"project-edit":    views.Project(form),
		"project-wrong":   views.Project(wrong),
		"project-back":    views.Project(archived),
		"project-new":     views.Project(fresh),
		"access":          views.ProjectAccess(access),
		"access-refused":  views.ProjectAccess(refused),
		"access-archived": views.ProjectAccess(closed),
		"tokens":          views.Tokens(views.TokensPage{Shell: shell("Tokens"), Clock: clock, List: []views.ServiceToken{token, off}}),
		"tokens-none":     views.Tokens(views.TokensPage{Shell: shell("Tokens"), New: "/"}),
		"token-new":       views.NewToken(views.TokenForm{Shell: below("New token"), Action: "/w/tidewell/tokens", Name: evil, Expires: "date", Until: evil, Errors: errs}),
		"token-made":      views.TokenMade(views.TokenMadePage{Shell: below("Token"), Clock: clock, Name: evil, Text: "dbk_x", Until: &at, Tokens: "/", Snippets: sending.Snippets, Arrival: here}),
		"sending":         views.Sending(sending),
		"sending-arrived": views.Sending(arrived),
		"sending-closed":  views.Sending(shut),
		"rejected":        views.Rejected(views.RejectedPage{Shell: shell("Sending"), Clock: clock, Rows: []views.RejectedRow{bad, other}, Retry: "/w/tidewell/rejected/retry", Dismiss: "/w/tidewell/rejected/dismiss"}),
		"rejected-none":   views.Rejected(views.RejectedPage{Shell: shell("Sending")}),
	}
}

func TestPagesAboutApplications(t *testing.T) {
	for name, page := range applicationPages() {
		t.Run(name, func(t *testing.T) {
			doc, html := render(t, page)
			checkInert(t, doc)
			checkHeadings(t, doc)
			checkFields(t, doc)
			checkIDs(t, doc)
			if strings.Contains(html, "<script>alert") {
				t.Error("what was stored is markup")
			}
		})
	}
}

// Whatever the address and the token hold, a snippet stays one statement of its language.
func TestSnippetsQuoteWhatTheyHold(t *testing.T) {
	for _, s := range views.Snippets("http://x/it's \"a\" \\ $(b) `c`", "tok'en\"") {
		for _, raw := range []string{"it's \"a\"", "Bearer tok'en\""} {
			if strings.Contains(s.Code, raw) {
				t.Errorf("%s holds %s as it came", s.Title, raw)
			}
		}
		if strings.Contains(s.Code, "<<") || strings.Contains(s.Code, ">>") {
			t.Errorf("%s has a place that was not filled: %s", s.Title, s.Code)
		}
	}
}
