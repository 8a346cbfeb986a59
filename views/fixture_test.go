package views_test

import (
	"encoding/json"
	"net/netip"
	"strings"
	"time"

	"github.com/a-h/templ"

	"daybook/models"
	"daybook/views"
	"daybook/views/component"
	"daybook/views/layout"
)

var now = time.Date(2025, 11, 20, 13, 36, 0, 0, time.UTC)

func ptr[T any](v T) *T { return &v }

func shell(title string) layout.Shell {
	return layout.Shell{
		Title: title, Workspace: layout.Workspace{Name: "Tidewell Studio", Href: "/w/tidewell"}, SignOut: "/sign-out",
		Workspaces: []layout.Workspace{{Name: "Tidewell Studio", Href: "/w/tidewell"}, {Name: "Pellworm Ferries", Href: "/w/pellworm"}},
		Viewer:     layout.Viewer{ID: 7, Name: "Ingrid Solheim", Email: "ingrid@tidewell.example", Role: "Owner", Href: "/account"},
		Nav: []layout.NavGroup{{Items: []layout.NavItem{
			{Label: "Feed", Icon: "feed", Href: "/w/tidewell", Current: title == "Feed"},
			{Label: "Account", Icon: "person", Href: "/account", Current: title == "Account"},
		}}},
	}
}

// act makes a row: who did what to which entity ("type/name"), how long ago, in which project (0: none).
func act(who, action, entity string, ago time.Duration, project int64) views.FeedRow {
	kind, name, _ := strings.Cut(entity, "/")
	e := &models.Entry{Actor: models.Actor{ID: int64(len(who) * 3), Type: models.ActorUser, Name: who}}
	e.ID, e.Seq, e.ActorName, e.Action, e.EntityType, e.Outcome, e.OccurredAt = 18201, 18201, who, action, kind, models.Success, now.Add(-ago)
	row := views.FeedRow{Entry: e, ActorHref: "/w/tidewell?actor_id=5", Href: "/w/tidewell/activities/1", Opens: true}
	if name != "" {
		e.EntityName, e.EntityID = &name, ptr("42")
		row.EntityHref = "/w/tidewell?entity_type=" + kind + "&entity_id=42"
	}
	if project > 0 {
		e.Project = &models.Project{ID: project, Name: []string{"", "Website redesign", "Checkout audit", "Mobile app 2.0", "Brand refresh"}[project]}
		row.ProjectHref = "/w/tidewell?project_id=1"
	}
	return row
}

func with(row views.FeedRow, f func(*models.Entry)) views.FeedRow {
	f(row.Entry)
	return row
}

func change(field, before, after string) models.Change {
	return models.Change{Field: field, Before: json.RawMessage(before), After: json.RawMessage(after)}
}

func rows() []views.FeedRow {
	const m, h = time.Minute, time.Hour
	list := []views.FeedRow{
		with(act("Amara Okafor", "status_changed", "invoice/Invoice 42", 2*m, 1), func(e *models.Entry) {
			e.Changes = []models.Change{change("status", `"draft"`, `"sent"`), change("sent_to", `null`, `"accounts@halden-optics.example"`)}
		}),
		act("Priya Raman", "completed", "task/Keyboard navigation in the lens finder", 7*m, 1),
		with(act("Hana Sugiyama", "updated", "project/Checkout audit", 15*m, 2), func(e *models.Entry) {
			e.Changes = []models.Change{change("budget", `18400.00`, `21600.00`), change("due_date", `"2025-11-28"`, `"2025-12-12"`), change("owner", `null`, `"Mateo Quispe"`),
				change("billable", `true`, `false`), change("tags", `["checkout","desktop"]`, `["checkout","phone"]`)}
			e.Metadata = json.RawMessage(`{"client_id":31,"currency":"EUR","source":{"form":"project/edit","version":14}}`)
			e.CorrelationID, e.IP = ptr("req-8f2c"), ptr(netip.MustParseAddr("203.0.113.84"))
			e.UserAgent, e.EntityURL = ptr("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:145.0) Gecko/20100101 Firefox/145.0"), ptr("https://tracker.example/projects/118")
		}),
		with(act("Timesheet Assistant", "created", "time_entry/API review, 1 h 30 min", 34*m, 3), func(e *models.Entry) {
			e.Actor.Type, e.OnBehalfOf = models.ActorAgent, &models.Actor{ID: 4, Name: "Mateo Quispe"}
		}),
		with(act("Tomasz Wrona", "deleted", "invoice/Invoice 38", 49*m, 2), func(e *models.Entry) {
			e.Outcome, e.Description = models.Denied, "Only owners may delete an invoice that has been sent."
		}),
		with(act("Noor El-Amin", "commented", "task/Empty basket illustration", 2*h, 3), func(e *models.Entry) {
			e.Description = "The ferry is charming, but on a phone it pushes the button below the fold. Could it sit beside the text instead?"
		}),
		with(act("System", "reminded", "client/Corvid Books", 2*h+m, 4), func(e *models.Entry) { e.Actor.Type, e.System = models.ActorSystem, true }),
		act("Yusuf Demirel", "paid", "invoice/Invoice 37", 3*h, 4),
		with(act("Siobhan Daly", "assigned", "task/Print-ready cover files", 4*h, 4), func(e *models.Entry) {
			e.Changes = []models.Change{change("assignee", `null`, `"Chiara Bellandi"`)}
		}),
		with(act("Bank Import", "matched", "payment/SEPA 2025-11-20/0183", 4*h, 0), func(e *models.Entry) {
			e.Actor.Type, e.Outcome, e.Description = models.ActorAgent, models.Failure, "No open invoice over €1,180.00."
		}),
		with(act("Ingrid Solheim", "role_changed", "workspace_member/Ravi Tennakoon", 5*h, 0), func(e *models.Entry) {
			e.Changes = []models.Change{change("role", `"member"`, `"admin"`)}
		}),
		act("Deleted User", "archived", "project/Winter campaign 2024", 21*h, 0),
		act("Maximiliane von Trautenberg-Hoyer", "commented", "task/Accessibility statement for the public tender of the regional transport association (second draft)", 23*h, 4),
		act("Jun-seo Baek", "deleted", "task/Prototype in two languages", 24*h, 3),
		act("Ingrid Solheim", "signed_in", "", 400*24*h, 0),
	}
	for i := range list {
		list[i].Entry.Seq = int64(18203 - i)
	}
	return list
}

func bar() views.FeedBar {
	return views.FeedBar{
		Action: "/w/tidewell", Clear: "/w/tidewell", Line: "type:invoice created:>=2025-10-22 is:system", Filter: "/w/tidewell/filter?resource_types=invoice", Count: 3,
		Hidden: []views.FilterHidden{{Name: "fold", Value: "no"}},
		Help:   []views.LineExample{{Example: `"ferry timetable"`, Meaning: "these words, in this order", Href: "/w/tidewell?q=x"}},
		Period: views.FeedPeriod{
			Label:   "From 22 Oct",
			Presets: []views.PeriodPreset{{Label: "Any time", Href: "/w/tidewell"}, {Label: "7 days", Href: "/w/tidewell?start_date=7d", On: true}},
			Hidden:  []views.FilterHidden{{Name: "resource_types", Value: "invoice"}},
			From:    views.FilterDate{Name: "start_date", Value: "2025-10-22"}, To: views.FilterDate{Name: "end_date"},
		},
	}
}

func chips() []views.FilterChip {
	return []views.FilterChip{
		{Label: "Type", Value: "invoice", Remove: "/w/tidewell?start_date=2025-10-22"}, {Label: "Period", Value: "From 22 Oct", Remove: "/w/tidewell?resource_types=invoice"},
		{Label: "With", Value: "system rows", Remove: "/w/tidewell"}, {Label: "Alike rows", Value: "one by one", Remove: "/w/tidewell", Way: true},
	}
}

func panel() views.FilterPanel {
	option := func(value string, n int64, active bool) views.FilterOption {
		return views.FilterOption{Value: value, Count: &n, Active: active}
	}
	people := []views.FilterOption{}
	for _, name := range strings.Fields("Amara Priya Hana Mateo Tomasz Noor Yusuf Siobhan Ingrid Ravi Chiara Dmitri Leilani Kwame Zuzana") {
		people = append(people, views.FilterOption{Value: name, Label: name, Active: name == "Priya" || name == "Ravi"})
	}
	var types []views.FilterOption
	for _, name := range models.BuiltInTypes {
		types = append(types, option(name, 66, name == "invoice"))
	}
	return views.FilterPanel{
		Action: "/w/tidewell", Clear: "/w/tidewell", Back: "/w/tidewell", Hidden: []views.FilterHidden{{Name: "start_date", Value: "7d"}},
		Lists: []views.FilterList{
			{Name: "actions", Label: "Action", Options: []views.FilterOption{option("created", 158, false), option("status_changed", 25, false)}},
			{Name: "resource_types", Label: "Type", Options: types, More: 12},
		},
		Choices: []views.FilterChoice{
			{Name: "actor_id", Label: "Who", Any: "Anybody", Options: people},
			{Name: "project_id", Label: "Project", Any: "Any project", Options: []views.FilterOption{{Value: "1", Label: "Website redesign", Active: true}}},
			{Name: "outcome", Label: "Outcome", Any: "Any outcome", Options: []views.FilterOption{{Value: "failure", Label: "Failed"}}},
		},
		Switches: []views.FilterSwitch{{Name: "include_system", Value: "true", Label: "System rows", On: true}, {Name: "fold", Value: "no", Label: "Alike rows one by one"}},
	}
}

func feedPage() views.FeedPage {
	return views.FeedPage{Shell: shell("Feed"), Now: now, Zone: "Europe/Berlin", Rows: rows(), Bar: bar(), Chips: chips(), Total: views.Total{Count: 749}, Older: "/w/tidewell?cursor=abc"}
}

// run makes a run of the row.
func run(row views.FeedRow, count int) views.FeedRow {
	row.Run = &views.FeedRun{Facts: models.RunFacts{Count: count}, Href: "/w/tidewell?fold=no&actions=updated"}
	return row
}

// hostileFeed holds everything that applications have ever put into a name.
func hostileFeed() views.FeedPage {
	p := feedPage()
	const script = `"><script>alert(1)</script><img src=x onerror=alert(1)>`
	long := strings.Repeat("Donaudampfschiff", 31)
	names := []string{script, long, strings.Repeat("long name ", 50), "", "مشروع الموقع الجديد", "👩🏽‍🚀🚢", "\u202eevil", "a\x00b\nc", "\xff\xfe", "javascript:alert(1)"}
	p.Rows = nil
	for i, name := range names {
		row := act(name, names[(i+1)%len(names)], name+"/"+name, time.Duration(i)*time.Minute, 1)
		row.Entry.Description, row.Entry.EntityURL, row.Entry.UserAgent = name, ptr("javascript:alert(1)//"+name), &name
		row.Entry.Project.Name, row.Entry.Outcome = name, models.Outcomes[i%3]
		row.Entry.Changes = []models.Change{{Field: name, Before: json.RawMessage(name), After: mustJSON(name)}, change("", "", "")}
		row.Entry.Metadata = mustJSON(map[string]any{name: []any{name, 1, nil, map[string]any{"deep": script}}})
		row.ActorHref, row.EntityHref, row.ProjectHref, row.Href = "javascript:alert(1)", "/w/x?q="+name, "/ok", "/w/x/activities/1"
		row.Entry.Seq = int64(i)
		p.Rows = append(p.Rows, row)
	}
	p.Rows = append(p.Rows, views.FeedRow{}, views.FeedRow{Entry: &models.Entry{}})
	p.Zone = "Moon/Tranquillity"
	p.Shell.Workspace.Name, p.Shell.Viewer.Name = script+long, long
	p.Shell.Workspaces[0] = p.Shell.Workspace
	p.Shell.Flash = &layout.Flash{Kind: component.Danger, Text: script}
	p.Bar.Line, p.Bar.Wrong = script+long+"\xff", []views.LineMistake{{From: 3, To: 12, Message: script}, {From: 2, To: 5000, Message: "x"}, {From: -4, To: -1, Message: ""}}
	p.Bar.Help[0] = views.LineExample{Example: script, Meaning: long, Href: "javascript:alert(1)"}
	p.Bar.Period.Label, p.Bar.Filter = long, `/w/x/filter?q=">`
	p.Bar.Period.From = views.FilterDate{Name: "start_date", Value: script, Error: "is no date: " + script}
	p.Chips = []views.FilterChip{{Label: "Type", Value: long, Remove: "javascript:alert(1)", Bad: true}}
	p.Problems, p.Notice = []string{script}, script
	return p
}

func mustJSON(v any) json.RawMessage {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return raw
}

// pages is every page in every state that matters.
func pages() map[string]templ.Component {
	gate := layout.Gate{Title: "Sign in", Instance: "Daybook of Tidewell Studio", Foot: "Daybook 1.0 · Sign-ins are recorded, failed ones too."}
	signIn := views.SignInPage{Gate: gate, Action: "/sign-in", Next: "/w/tidewell?a=b&c=d"}
	failed, demo := signIn, signIn
	failed.Login, failed.Error, failed.Detail = "ravi@tidewell.example", "That e-mail and password do not belong together", "Each failed try makes the next one wait a little longer."
	demo.Gate.Title, demo.DemoAction = "Look around", "/sign-in/demo"
	demo.Demo = []views.DemoAccount{{7, "Ingrid Solheim", "ingrid@tidewell.example", "Owner, sees everything, system rows too"},
		{5, "Amara Okafor", "amara@tidewell.example", "Admin, sees everything"}, {1, "Priya Raman", "priya@tidewell.example", "Member, sees her own and 3 projects"}}
	setupGate := gate
	setupGate.Title, setupGate.Foot = "Set up Daybook", "Daybook 1.0"
	setup := views.SetupPage{Gate: setupGate, Action: "/setup?token=abc"}
	setupErrors := setup
	setupErrors.Name, setupErrors.Email, setupErrors.WorkspaceName, setupErrors.Slug = "Ingrid", "ingrid@", "Tidewell Studio", "Tidewell!"
	setupErrors.Errors = []models.FieldError{{Field: "email", Message: "must be an e-mail address, like amara@example.com"}, {Field: "password", Message: "must have at least 10 characters"},
		{Field: "slug", Message: "must be lower case"}, {Field: "time_zone", Message: "is unknown"}}
	account := views.AccountPage{Shell: shell("Account"), Name: "Ingrid Solheim", Email: "ingrid@tidewell.example", Username: "ingrid", InstanceAdmin: true, Action: "/account/password",
		Memberships: []views.AccountMembership{{"Tidewell Studio", "/w/tidewell", models.Owner}, {"Pellworm Ferries", "/w/pellworm", models.Member}}}
	accountErrors := account
	accountErrors.Errors = []models.FieldError{{Field: "current_password", Message: "is not your password"}, {Field: "new_password", Message: "must have at least 10 characters"}}
	accountDone := account
	accountDone.Shell.Flash = &layout.Flash{Kind: component.Success, Text: "Your password is changed. Your other sessions have ended."}

	plain, bad, none, nobody, matches := feedPage(), feedPage(), feedPage(), feedPage(), feedPage()
	plain.Bar, plain.Chips, plain.Shell.Workspaces, plain.Total, plain.Newer = views.FeedBar{}, nil, nil, views.Total{Count: 10000, Over: true}, "/w/tidewell"
	bad.Bar.Period.From = views.FilterDate{Name: "start_date", Value: "yesteryear", Error: `"yesteryear" is not a date; write 2025-11-19`}
	bad.Bar.Line, bad.Bar.Wrong = "größe foo:bar -x", []views.LineMistake{{From: 8, To: 15, Message: "there is no such qualifier"}}
	bad.Problems = []string{`Outcome "great" is not an outcome.`}
	bad.Chips = append(bad.Chips, views.FilterChip{Label: "Outcome", Value: "great", Remove: "/w/tidewell", Bad: true})
	none.Rows, none.Total, none.Older, none.Chips = nil, views.Total{}, "", nil
	none.Sending = &views.SendingHint{Page: "/w/tidewell/sending", Guide: "/docs?workspace=tidewell", URL: "https://daybook.example/api/v1/workspaces/tidewell/activity", Workspace: "tidewell"}
	nobody.Rows, nobody.Total, nobody.Older, nobody.Chips = nil, views.Total{}, "", nil
	matches.Rows, matches.Total, matches.Older, matches.Without = nil, views.Total{}, "", &views.Total{Count: 3}
	folded, broken := feedPage(), feedPage()
	folded.Rows[1], folded.Rows[8] = run(folded.Rows[1], 312), run(folded.Rows[8], 12)
	folded.Rows[0].New, folded.Rows[1].New, folded.Rows[1].Since = true, true, ptr(now.Add(-20*time.Hour))
	broken.Rows, broken.Searched, broken.Total, broken.Notice = broken.Rows[:2], ptr(now.AddDate(0, -8, 0)), views.Total{Count: 2, AtLeast: true}, "This is the first page."
	s := shell("")
	return map[string]templ.Component{
		"signin": views.SignIn(signIn), "signin-error": views.SignIn(failed), "signin-demo": views.SignIn(demo),
		"setup": views.Setup(setup), "setup-error": views.Setup(setupErrors),
		"account": views.Account(account), "account-error": views.Account(accountErrors), "account-done": views.Account(accountDone),
		"feed": views.Feed(feedPage()), "feed-plain": views.Feed(plain), "feed-bad": views.Feed(bad), "feed-empty": views.Feed(none), "feed-empty-member": views.Feed(nobody),
		"feed-nothing": views.Feed(matches), "feed-folded": views.Feed(folded), "feed-searched": views.Feed(broken), "filter": views.Filter(views.FilterPage{Shell: shell("Filter"), Panel: panel()}), "feed-hostile": views.Feed(hostileFeed()), "feed-zero": views.Feed(views.FeedPage{}),
		"error-404":  views.Error(views.ErrorPage{Shell: &s, Status: 404, RequestID: "01JD4K7Q", Href: "/w/tidewell", LinkLabel: "Back to the feed"}),
		"error-403":  views.Error(views.ErrorPage{Shell: &s, Status: 403, RequestID: "01JD4K7Q"}),
		"error-500":  views.Error(views.ErrorPage{Gate: gate, Status: 500, RequestID: "01JD4K7Q", Href: "/", LinkLabel: "Try again"}),
		"error-503":  views.Error(views.ErrorPage{Gate: gate, Status: 503, RequestID: "01JD4K7Q"}),
		"signed-out": views.Error(views.ErrorPage{Gate: gate, Status: 401, Href: "/sign-in?next=%2F", LinkLabel: "Sign in"}),
	}
}
