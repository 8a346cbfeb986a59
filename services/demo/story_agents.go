package demo

import (
	"fmt"

	"daybook/models"
)

// readStatement is Bank Import at the end of a working day. Once a week it goes through the receipts: a run of the same action.
func (t *teller) readStatement() {
	by := t.software[bank]
	if !by.here {
		return
	}
	local := t.clock.In(t.zone)
	year, week := local.ISOWeek()
	statement := thing("statement", local.Format("20060102"), "Statement "+local.Format("2006-01-02"))
	operation := t.operation("statement")
	switch {
	case t.chance(0.06):
		t.by(by, "imported", statement).tied(operation).ended(models.Failure, "The bank's server did not answer within 30 seconds.").meta("attempts", 3)
		return
	case t.weekday(t.clock) == 2:
		for range t.between(4, 11) {
			cents := t.between(300, 14_000)
			receipt := thing("receipt", fmt.Sprint(600+t.serial("receipt")), fmt.Sprintf("Card receipt %s", money(cents)))
			t.by(by, "matched", receipt).tied(operation).meta("amount", float64(cents)/100).meta("currency", "EUR")
		}
	}
	t.by(by, "imported", statement).tied(operation).meta("lines", t.between(2, 19)).meta("week", fmt.Sprintf("%d-W%02d", year, week))
	if t.chance(0.12) {
		t.missPayment()
	}
}

func (t *teller) missPayment() {
	cents := t.between(20, 900) * 1_000
	t.by(t.software[bank], "matched", t.payment()).ended(models.Failure, "No open invoice over %s.", money(cents)).
		meta("amount", float64(cents)/100).meta("currency", "EUR")
}

// assistSomebody is the Timesheet Assistant filling in what a calendar shows.
func (t *teller) assistSomebody() {
	if !t.software[assistant].here {
		return
	}
	a := pick(t, t.people)
	if !a.here || a.rhythm.craft == office || a.rhythm.timers == 0 {
		return
	}
	if k := t.taskFor(a, anyTask); k != nil {
		t.logForSomebody(a, k, t.between(1, 8)*15)
	}
}

// reviewTask is the Review bot looking at what waits for review, on its own account.
func (t *teller) reviewTask() {
	if !t.software[reviewer].here {
		return
	}
	for _, k := range t.tasks {
		if k.free() && k.status == taskReview && t.chance(0.5) {
			checks := t.between(3, 9)
			n := t.by(t.software[reviewer], "commented", k.thing()).in(k.project).meta("checks", checks).meta("comment_id", fmt.Sprint(9000+t.serial("comment")))
			if t.chance(0.85) {
				n.saying("%d of %d checks passed. Contrast of the secondary button is 4.1:1; 4.5:1 is needed.", checks-1, checks)
			} else {
				n.ended(models.Failure, "The preview could not be opened, so nothing was checked.")
			}
			return
		}
	}
}

// lockTimesheets is the application closing last week for changes; the assistant then looks for gaps.
func (t *teller) lockTimesheets() {
	year, week := t.dayAfter(t.clock, -7).In(t.zone).ISOWeek()
	sheet := thing("timesheet", fmt.Sprintf("%d-W%02d", year, week), fmt.Sprintf("Timesheets, week %d", week))
	operation := t.operation("timesheets")
	t.by(t.software[system], "locked", sheet).tied(operation).meta("people", len(t.people)-2)
	if t.software[assistant].here {
		gaps := t.between(0, 7)
		t.by(t.software[assistant], "reviewed", sheet).tied(operation).meta("gaps", gaps).
			saying("Reviewed the timesheets of week %d: %d gaps of more than an hour", week, gaps)
	}
}
