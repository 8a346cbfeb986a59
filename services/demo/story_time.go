package demo

import (
	"fmt"
	"time"

	"daybook/models"
)

// entry is a time entry: made by a timer, by hand, or by the Timesheet Assistant.
type entry struct {
	id, name string
	task     *task
	owner    *actor
	started  time.Time
	minutes  int
	billable bool
	deleted  bool
}

func (e *entry) thing() models.EntityRef { return thing("time_entry", e.id, e.name) }

func (t *teller) newEntry(owner *actor, k *task) *entry {
	return &entry{id: fmt.Sprint(50_000 + t.serial("time entry")), name: k.name, task: k, owner: owner, billable: k.project.client != nil}
}

// startTimer starts somebody's timer; one that still runs is stopped first, since nobody has two.
func (t *teller) startTimer(a *actor, k *task) {
	t.stopTimer(a, a.running)
	e := t.newEntry(a, k)
	n := t.by(a, "started", e.thing()).in(k.project).meta("task_id", k.id).meta("billable", e.billable)
	e.started = *n.event.OccurredAt
	a.running = e
	if k.status == taskOpen && (k.kept || t.chance(0.5)) {
		k.status = taskProgress
		t.by(a, "status_changed", k.thing()).in(k.project).change("status", taskOpen, taskProgress).tied("timer-" + e.id)
		n.tied("timer-" + e.id)
	}
}

// stopTimer stops the entry's timer unless that has happened already.
func (t *teller) stopTimer(a *actor, e *entry) {
	if e == nil || a.running != e {
		return
	}
	a.running = nil
	n := t.by(a, "stopped", e.thing()).in(e.task.project).meta("task_id", e.task.id)
	e.minutes = int(n.event.OccurredAt.Sub(e.started).Minutes() + 0.5)
	n.meta("duration_minutes", e.minutes).meta("billable", e.billable)
	a.entries = append(a.entries, e)
}

// workOnSomething runs a timer for a while.
func (t *teller) workOnSomething(a *actor, length time.Duration) {
	k := t.taskFor(a, anyTask)
	if k == nil || !a.here {
		return
	}
	t.startTimer(a, k)
	e := a.running
	t.plan(t.clock.Add(length), func() { t.stopTimer(a, e) })
}

// logged notes an entry that was not timed.
func (t *teller) logged(by *actor, e *entry) *note {
	e.started = t.clock.Add(-time.Duration(e.minutes) * time.Minute)
	e.owner.entries = append(e.owner.entries, e)
	return t.by(by, "created", e.thing()).in(e.task.project).meta("task_id", e.task.id).meta("duration_minutes", e.minutes).
		meta("date", t.clock.In(t.zone).Format("2006-01-02")).meta("billable", e.billable)
}

func (t *teller) logTime(a *actor) {
	if k := t.taskFor(a, anyTask); k != nil {
		e := t.newEntry(a, k)
		e.minutes = t.between(1, 12) * 15
		n := t.logged(a, e)
		if t.chance(0.35) {
			n.saying("%s", pick(t, entryNotes))
		}
	}
}

// logForSomebody is the Timesheet Assistant filling a gap from somebody's calendar.
func (t *teller) logForSomebody(a *actor, k *task, minutes int) {
	e := t.newEntry(a, k)
	e.minutes = minutes
	t.logged(t.software[assistant], e).behalf(a).meta("source", "calendar").meta("confidence", float64(t.between(82, 99))/100)
}

// ownEntry is one of somebody's latest entries that can still be changed; nil if there is none.
func (t *teller) ownEntry(a *actor) *entry {
	for range 4 {
		if len(a.entries) == 0 {
			return nil
		}
		latest := a.entries[max(0, len(a.entries)-8):]
		if e := pick(t, latest); !e.deleted && e.task.project.open() {
			return e
		}
	}
	return nil
}

func (t *teller) editTime(a *actor) {
	e := t.ownEntry(a)
	if e == nil {
		return
	}
	n := t.by(a, "updated", e.thing()).in(e.task.project).meta("task_id", e.task.id)
	if t.chance(0.2) && e.task.project.client != nil {
		n.change("billable", e.billable, !e.billable)
		e.billable = !e.billable
		return
	}
	before := e.minutes
	e.minutes += t.between(1, 3) * 15
	n.change("duration_minutes", before, e.minutes)
}

func (t *teller) deleteTime(a *actor) {
	if e := t.ownEntry(a); e != nil {
		e.deleted = true
		t.by(a, "deleted", e.thing()).in(e.task.project).meta("duration_minutes", e.minutes)
	}
}
