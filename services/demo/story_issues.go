package demo

import (
	"fmt"

	"daybook/models"
)

// issue is a fault somebody reported. People hand it to a colleague or to the Review bot.
type issue struct {
	id, name string
	project  *project
	status   string
	taken    bool // by somebody or by the bot
}

func (i *issue) thing() models.EntityRef { return thing("issue", i.id, i.id+" "+i.name) }

var issueNames = []string{
	"Price without VAT in the summary", "Back button loses the form", "Photo upside down on one phone", "Search finds nothing with a hyphen",
	"PDF has two empty pages", "Link to the old office", "Date picker starts on Sunday", "Mail says “Dear null”", "Map grey in the morning",
	"Scrollbar covers the total", "Icon missing in dark mode", "Sign-out does not", "Table too wide on tablets", "Umlauts in file names",
}

var findings = []string{
	"Found the cause: the amount is rounded before the tax is added. A change is proposed.",
	"Compared twelve browsers; two are affected. Steps to see it are in the issue.",
	"Duplicate of an issue from spring; linked both.",
	"Wrote a test that fails without the change and passes with it.",
}

var excuses = []string{
	"The test device did not answer within ten minutes.",
	"The page needs a sign-in that the agent does not have.",
	"Could not see the fault in 20 attempts; a person should look.",
}

func (t *teller) reportIssue(a *actor) {
	if p := t.projectFor(a, forClient); p != nil {
		t.newIssue(a, p)
	}
}

func (t *teller) newIssue(a *actor, p *project) *issue {
	i := &issue{id: fmt.Sprintf("ISS-%d", t.serial("issue")), name: pick(t, issueNames), project: p, status: "open"}
	t.issues = append(t.issues, i)
	t.by(a, "created", i.thing()).in(p).meta("severity", pick(t, []string{"low", "normal", "normal", "high"}))
	t.plan(t.atWork(t.clock.Add(t.minutes(8, 500))), func() { t.takeIssue(t.person(p.lead), i) })
	return i
}

// handleIssue lets somebody look at one that is left over.
func (t *teller) handleIssue(a *actor) {
	for _, i := range t.issues {
		if i.project.open() && i.project.has(a) && i.status == "open" {
			t.takeIssue(a, i)
			return
		}
	}
}

// takeIssue settles who looks at it: the bot, a colleague, or nobody because it is no fault.
func (t *teller) takeIssue(by *actor, i *issue) {
	if i.taken || !i.project.open() {
		return
	}
	i.taken = true
	switch lot := t.dice.Float64(); {
	case lot < 0.55 && t.software[reviewer].here:
		t.handToBot(by, i)
		t.plan(t.clock.Add(t.minutes(2, 25)), func() { t.botReports(by, i, t.chance(0.75)) })
	case lot < 0.9:
		to := t.colleague(by, i.project)
		t.by(by, "assigned", i.thing()).in(i.project).change("assignee", nil, to.Name).meta("assignee_id", to.ActorID)
		t.plan(t.atWork(t.clock.Add(t.minutes(60, 2600))), func() { t.closeIssue(to, i) })
	default:
		i.status = "deleted"
		t.by(by, "deleted", i.thing()).in(i.project).meta("reason", "not a fault")
	}
}

func (t *teller) handToBot(by *actor, i *issue) {
	t.by(by, "agent_assigned", i.thing()).in(i.project).tied("run-"+i.id).change("agent", nil, t.software[reviewer].Name).meta("agent_id", reviewer)
}

// botReports is the bot's answer, given in the name of the one who asked; if it fails, a person takes over.
func (t *teller) botReports(asked *actor, i *issue, found bool) {
	if !i.project.open() {
		return
	}
	if found {
		t.by(t.software[reviewer], "agent_completed", i.thing()).in(i.project).behalf(asked).tied("run-"+i.id).
			saying("%s", pick(t, findings)).meta("duration_seconds", t.between(40, 900)).meta("tokens", t.between(4_000, 90_000))
		t.plan(t.atWork(t.clock.Add(t.minutes(30, 900))), func() { t.closeIssue(asked, i) })
		return
	}
	t.by(t.software[reviewer], "agent_failed", i.thing()).in(i.project).behalf(asked).tied("run-"+i.id).
		ended(models.Failure, "%s", pick(t, excuses)).meta("duration_seconds", 600)
	t.plan(t.atWork(t.clock.Add(t.minutes(10, 300))), func() { t.closeIssue(t.colleague(asked, i.project), i) })
}

func (t *teller) closeIssue(a *actor, i *issue) {
	if i.status == "open" && i.project.open() && a.here && i.project.has(a) {
		i.status = "closed"
		t.by(a, "status_changed", i.thing()).in(i.project).change("status", "open", "closed").change("resolution", nil, "fixed")
	}
}
