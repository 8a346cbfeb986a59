package demo

import (
	"fmt"
	"strings"

	"daybook/models"
)

// The office's acts: clients, projects, labels, profiles, exports, and who belongs to the workspace.

func (c *client) thing() models.EntityRef { return thing("client", c.id, c.name) }

func (t *teller) createClient(by *actor, line clientLine) *note {
	c := &client{clientLine: line}
	t.clients = append(t.clients, c)
	return t.by(by, "created", c.thing()).meta("city", c.city).meta("invoice_mail", c.mail)
}

func (t *teller) editClient(a *actor) {
	c := pick(t, t.clients)
	switch t.dice.IntN(3) {
	case 0:
		before := c.mail
		_, domain, _ := strings.Cut(before, "@")
		c.mail = fmt.Sprintf("invoices-%d@%s", t.serial("mail"), domain)
		t.by(a, "updated", c.thing()).change("invoice_mail", before, c.mail)
	case 1:
		t.turn(t.by(a, "updated", c.thing()), "phone", nil, "+49 30 5550 0"+c.id+"1", "+49 30 5550 0"+c.id+"7")
	default:
		n := t.by(a, "updated", c.thing())
		t.turn(n, "contact", nil, "Jana Petri", "Owen Hale", "Rut Solberg")
		t.turn(n, "newsletter", false, true)
	}
}

func (t *teller) projectBy(id string) *project {
	for _, p := range t.projects {
		if p.id == id {
			return p
		}
	}
	return nil
}

// startProject creates a project and lets its people in, in one operation.
func (t *teller) startProject(by *actor, p *project, operation string) {
	p.started, p.status = true, "active"
	n := t.by(by, "created", p.thing()).in(p).tied(operation).change("status", nil, p.status)
	if p.client != nil {
		n.meta("client_id", p.client.id).meta("budget", p.budget).meta("currency", "EUR")
	}
	for _, m := range p.members {
		if m.here && m != by {
			t.by(by, "member_added", p.thing()).in(p).tied(operation).change("member", nil, m.Name).meta("member_id", m.ActorID)
		}
	}
}

func (t *teller) editProject(a *actor) {
	p := t.projectFor(a, forClient)
	if p == nil {
		return
	}
	texts, described := summaries[p.id]
	switch lot := t.dice.IntN(4); {
	case lot == 0 && described:
		t.turn(t.by(a, "updated", p.thing()).in(p), "summary", texts[0], texts[1])
	case lot < 2:
		before := p.budget
		p.budget += t.between(2, 16) * 200
		t.by(a, "updated", p.thing()).in(p).change("budget", money(before*100), money(p.budget*100)).meta("currency", "EUR")
	case lot == 2:
		t.moveDue(t.by(a, "updated", p.thing()).in(p), p, t.between(20, 120))
	default:
		next := map[string]string{"active": "on hold", "on hold": "active"}
		before := p.status
		p.status = next[before]
		t.by(a, "status_changed", p.thing()).in(p).change("status", before, p.status)
	}
}

func (t *teller) moveDue(n *note, p *project, days int) *note {
	before, after := p.due, t.date(days)
	if before == after {
		after = t.date(days + 1)
	}
	p.due = after
	return n.change("due_date", unset(before), after)
}

func (t *teller) renameProject(by *actor, p *project, name string) {
	before := p.name
	p.name = name
	t.by(by, "updated", p.thing()).in(p).change("name", before, name)
}

// overreach is an attempt at what somebody's role does not allow, or what the week's lock forbids.
func (t *teller) overreach(a *actor) {
	if e := t.ownEntry(a); e != nil && t.chance(0.5) {
		t.by(a, "updated", e.thing()).in(e.task.project).ended(models.Denied, "The week is locked. Ask a project manager to open it.").meta("task_id", e.task.id)
	} else if p := t.projectFor(a, forClient); p != nil && t.chance(0.6) {
		t.by(a, "archived", p.thing()).in(p).ended(models.Denied, "Only the project's manager may archive it.")
	}
}

// archiveProject waits until no timer runs in the project.
func (t *teller) archiveProject(by *actor, p *project) {
	for _, a := range t.people {
		if a.running != nil && a.running.task.project == p {
			t.plan(t.clock.Add(t.minutes(15, 25)), func() { t.archiveProject(by, p) })
			return
		}
	}
	at := t.by(by, "archived", p.thing()).in(p).change("archived", false, true).event.OccurredAt
	p.archivedAt = at
}

func (t *teller) unarchiveProject(by *actor, p *project) {
	p.archivedAt = nil
	t.by(by, "unarchived", p.thing()).in(p).change("archived", true, false).saying("The client wants another round after all.")
}

var labelNames = []string{"urgent", "waiting for client", "legal", "print", "quick win", "needs photo", "phone", "old shop", "text"}

// editLabels makes labels while there are few and takes some away again.
func (t *teller) editLabels(a *actor) {
	if len(t.labels) < 6 || t.chance(0.4) {
		id := fmt.Sprint(t.serial("label"))
		t.labels = append(t.labels, id)
		t.by(a, "created", thing("label", id, labelName(t.serials["label"])))
		return
	}
	id := t.labels[0]
	t.labels = t.labels[1:]
	var number int
	_, _ = fmt.Sscan(id, &number)
	t.by(a, "deleted", thing("label", id, labelName(number)))
}

// labelName belongs to the label's number, so that it is the same when the label goes.
func labelName(number int) string {
	name := labelNames[(number-1)%len(labelNames)]
	if round := (number-1)/len(labelNames) + 1; round > 1 {
		return fmt.Sprintf("%s %d", name, round)
	}
	return name
}

func (t *teller) editProfile(a *actor) {
	n := t.by(a, "updated", thing("user", a.ActorID, a.Name))
	if t.chance(0.5) {
		t.turn(n, "notifications.weekly_summary", false, true)
	} else {
		t.turn(n, "working_days", []string{"Mon", "Tue", "Wed", "Thu", "Fri"}, []string{"Mon", "Tue", "Thu", "Fri"})
	}
}

func workspaceThing() models.EntityRef { return thing("workspace", "tidewell", "Tidewell Studio") }

// join makes somebody part of the agency.
func (t *teller) join(by, a *actor, operation string) {
	a.here = true
	t.by(by, "member_added", workspaceThing()).tied(operation).change("member", nil, a.Name).meta("member_id", a.ActorID).meta("role", a.role)
}

// leave ends somebody's time at the agency; a timer that runs is stopped first.
func (t *teller) leave(by, a *actor) {
	t.stopTimer(a, a.running)
	a.here, a.left = false, true
	t.by(by, "member_removed", workspaceThing()).change("member", a.Name, nil).meta("member_id", a.ActorID).meta("reason", "contract ended")
}

func (t *teller) changeRole(by, a *actor, role string) {
	before := a.role
	a.role = role
	t.by(by, "role_changed", thing("workspace_member", a.ActorID, a.Name)).change("role", before, role)
}

func (t *teller) export(by *actor, name string, rows int) *note {
	id := fmt.Sprint(t.serial("export"))
	return t.by(by, "exported", thing("export", id, name)).meta("rows", rows).meta("format", "csv")
}
