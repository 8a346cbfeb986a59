package demo

import (
	"fmt"
	"time"

	"daybook/models"
)

// Names of the tasks that the last hours are about.
const (
	keyboardTask   = "Keyboard navigation in the lens finder"
	basketTask     = "Empty basket illustration"
	reviewTaskName = "API review"
	coverTask      = "Print-ready cover files"
	statementTask  = "Accessibility statement for the public tender of the regional transport association (second draft)"
	prototypeTask  = "Prototype in two languages"
	importTask     = "Import the winter timetable"
)

func (t *teller) keepsake(name string) *task {
	for _, k := range t.tasks {
		if k.name == name && k.kept {
			return k
		}
	}
	panic("no task is kept as " + name) // planKeepsakes makes them, days before
}

// invoiceOf is the latest invoice of a project in a state.
func (t *teller) invoiceOf(project, status, stays string) *invoice {
	var found *invoice
	for _, v := range t.invoices {
		if v.project.id == project && v.status == status && v.stays == stays {
			found = v
		}
	}
	return found
}

// planFinale fills the last hours whatever day and hour it is, so that the top of the feed looks alive on a Sunday night too.
func (t *teller) planFinale() {
	for _, scene := range []struct {
		minutesAgo int
		act        func()
	}{
		{318, func() { t.keepTask(t.person(kwame), intranet) }},
		{301, func() { t.changeRole(t.person(ingrid), t.person(ravi), "admin") }},
		{288, func() { t.startTimer(t.person(hana), t.sure(hana)) }},
		{262, t.missPayment},
		{244, func() { t.assignTo(t.person(siobhan), t.keepsake(coverTask), t.person(chiara)) }},
		{237, func() { t.fault() }},
		{231, func() { t.handToBot(t.person(amara), t.fault()) }},
		{222, func() { t.botReports(t.person(amara), t.fault(), true) }},
		{208, func() { t.stopTimer(t.person(hana), t.person(hana).running) }},
		{196, func() {
			t.recordPayment(t.person(yusuf), t.invoiceOf(intranet, invoiceSent, invoiceSent), t.operation("payment"))
		}},
		{171, func() { t.startTimer(t.person(mateo), t.sure(mateo)) }},
		{139, func() { t.remind(t.invoiceOf(brand, invoiceOverdue, invoiceOverdue)) }},
		{126, func() {
			t.commentOn(t.person(noor), t.keepsake(basketTask), "The ferry is charming, but on a phone it pushes the button below the fold. Could it sit beside the text instead?")
		}},
		{118, func() { t.correctTime(t.person(zuzana)) }},
		{96, func() { t.startTimer(t.person(priya), t.keepsake(keyboardTask)) }},
		{74, func() { t.estimateRun(t.person(dmitri), t.projectBy(website), 12) }},
		{49, t.refuseDeletion},
		{34, func() { t.logForSomebody(t.person(mateo), t.keepsake(reviewTaskName), 90) }},
		{28, func() {
			t.commentOn(t.person(annaStaff), t.keepsake(basketTask), "Beside the text works from 360 pixels on. I put both next to each other in the file.")
		}},
		{15, t.replanCheckout},
		{9, func() { t.stopTimer(t.person(priya), t.person(priya).running) }},
		{7, func() { t.complete(t.person(priya), t.keepsake(keyboardTask)) }},
		{2, func() { t.sendInvoice(t.person(amara), t.invoiceOf(website, invoiceDraft, invoiceDraft)) }},
	} {
		t.plan(t.now.Add(-time.Duration(scene.minutesAgo)*time.Minute).Add(-time.Duration(t.between(0, 48_000))*time.Millisecond), scene.act)
	}
}

// sure is a task for somebody, made if there is none.
func (t *teller) sure(id string) *task {
	a := t.person(id)
	for {
		if k := t.taskFor(a, anyTask); k != nil {
			return k
		}
		t.makeTask(a)
	}
}

func (t *teller) keepTask(by *actor, project string) {
	k, n := t.createTask(by, t.projectBy(project), importTask)
	k.kept, k.hours = true, 6
	n.meta("estimate_hours", k.hours)
}

// fault is the issue of the last hours: the newest of the mobile app, reported now if need be.
func (t *teller) fault() *issue {
	const name = "Gate code too dark at night"
	for _, i := range t.issues {
		if i.name == name {
			return i
		}
	}
	i := &issue{id: fmt.Sprintf("ISS-%d", t.serial("issue")), name: name, project: t.projectBy(mobile), status: "open", taken: true}
	t.issues = append(t.issues, i)
	t.by(t.person(junseo), "created", i.thing()).in(i.project).meta("severity", "high")
	return i
}

func (t *teller) correctTime(a *actor) {
	k := t.sure(a.ActorID)
	e := t.newEntry(a, k)
	e.minutes = 165
	t.logged(a, e)
	t.plan(t.clock.Add(4*time.Minute), func() {
		e.minutes = 195
		t.by(a, "updated", e.thing()).in(k.project).change("duration_minutes", 165, 195).meta("task_id", k.id)
	})
}

// refuseDeletion is somebody trying to delete an invoice that the client has.
func (t *teller) refuseDeletion() {
	for i := len(t.invoices) - 1; i >= 0; i-- {
		if v := t.invoices[i]; v.project.id == checkout && v.status != invoiceDraft {
			t.onInvoice(t.person(tomasz), "deleted", v).ended(models.Denied, "Only owners may delete an invoice that has been sent.")
			return
		}
	}
}

// replanCheckout changes five fields at once, one of each kind.
func (t *teller) replanCheckout() {
	p := t.projectBy(checkout)
	before := p.budget
	p.budget += 3_200
	n := t.by(t.person(hana), "updated", p.thing()).in(p).from(t.person(hana)).change("budget", money(before*100), money(p.budget*100))
	t.moveDue(n, p, 22).change("owner", nil, "Mateo Quispe").
		change("tags", []string{"checkout", "desktop"}, []string{"checkout", "phone", "tickets"}).
		change("summary", "Review the checkout on desktop, from the timetable to the ticket, and report what stops people from paying.",
			"Review the checkout on desktop and phone, from the timetable to the ticket, and report what stops people from paying.").
		meta("notified", []string{"mateo.quispe", "noor.el-amin"}).meta("reason", "The client asked for the phone version yesterday.")
}
