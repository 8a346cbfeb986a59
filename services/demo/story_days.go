package demo

import "time"

// habit is something people of a craft do now and then.
type habit struct {
	weight int
	act    func(*teller, *actor)
}

var habits = map[craft][]habit{
	maker: {
		{8, (*teller).completeTask}, {6, (*teller).comment}, {3, (*teller).moveTask}, {3, (*teller).editTask}, {3, (*teller).editTime},
		{5, (*teller).logTime}, {2, (*teller).makeTask}, {1, (*teller).deleteTime}, {1, (*teller).reportIssue}, {1, (*teller).overreach},
	},
	manager: {
		{3, (*teller).makeTask}, {6, (*teller).assignTask}, {4, (*teller).comment}, {2, (*teller).moveTask}, {4, (*teller).editTask},
		{2, (*teller).editProject}, {1, (*teller).deleteTask}, {2, (*teller).reportIssue}, {1, (*teller).handleIssue}, {2, (*teller).completeTask},
	},
	office: {
		{3, (*teller).editClient}, {3, (*teller).comment}, {2, (*teller).logTime}, {2, (*teller).editLabels}, {1, (*teller).editProject},
		{1, (*teller).assignTask}, {2, (*teller).editProfile},
	},
}

// planDays lets every day plan itself at its midnight, when it is known who works there by then. Ordinary life ends where the last
// hours begin: those are told one by one.
func (t *teller) planDays() {
	for day := t.midnight(t.start); day.Before(t.now); day = t.dayAfter(day, 1) {
		t.plan(day, func() { t.planDay(day) })
	}
}

// ordinary plans an act of ordinary life.
func (t *teller) ordinary(at time.Time, act func()) {
	if at.Before(t.now.Add(-lastHours)) && at.After(t.start) {
		t.plan(at, act)
	}
}

func (t *teller) planDay(day time.Time) {
	pace := t.pace(day)
	for _, a := range t.people {
		if a.here && t.comesIn(a, day, pace) {
			t.planWork(a, day, pace)
			t.planActs(a, day, pace)
		}
	}
	if t.workday(day) {
		t.planBusiness(day)
	}
}

func (t *teller) comesIn(a *actor, day time.Time, pace float64) bool {
	if weekday := t.weekday(day); weekday < 5 && a.rhythm.days[weekday] == '-' {
		return false
	}
	if a.rhythm.timers == 0 || t.onHoliday(a, day) {
		return false
	}
	return t.chance(min(0.95, pace*1.3))
}

func (t *teller) onHoliday(a *actor, day time.Time) bool {
	return a.rhythm.away > 0 && t.weeksBefore(day) == a.rhythm.away
}

// planWork fills a day with timers, one after the other, with a break at noon.
func (t *teller) planWork(a *actor, day time.Time, pace float64) {
	at := t.hour(day, a.rhythm.begins).Add(t.minutes(-20, 40))
	for range t.times(a.rhythm.timers * max(pace, 0.4) * 0.82) {
		at = at.Add(t.minutes(2, 150))
		if at.After(t.hour(day, 11.9)) && at.Before(t.hour(day, 12.8)) {
			at = t.hour(day, 12.8).Add(t.minutes(0, 40))
		}
		length := t.minutes(18, 130)
		if noon := t.hour(day, 12.1); at.Before(noon) && at.Add(length).After(noon) {
			length = max(noon.Sub(at)+t.minutes(0, 14), 10*time.Minute)
		}
		if at.After(t.hour(day, a.rhythm.ends)) {
			return
		}
		t.ordinary(at, func() { t.workOnSomething(a, length) })
		at = at.Add(length)
	}
}

// planActs strews the other acts over the hours of work; at noon few happen.
func (t *teller) planActs(a *actor, day time.Time, pace float64) {
	span := int((a.rhythm.ends - a.rhythm.begins) * 60)
	for range t.times(a.rhythm.acts * pace * 0.9) {
		at := t.hour(day, a.rhythm.begins).Add(t.minutes(0, span))
		if at.After(t.hour(day, 12)) && at.Before(t.hour(day, 13)) && t.chance(0.7) {
			at = at.Add(t.minutes(65, 150))
		}
		t.ordinary(at, func() {
			if a.here {
				t.doSomething(a)
			}
		})
	}
}

func (t *teller) doSomething(a *actor) {
	total := 0
	for _, h := range habits[a.rhythm.craft] {
		total += h.weight
	}
	lot := t.dice.IntN(total)
	for _, h := range habits[a.rhythm.craft] {
		if lot -= h.weight; lot < 0 {
			h.act(t, a)
			return
		}
	}
}

// planBusiness is what the agency itself does on a working day: boards are filled, bills written, statements read.
func (t *teller) planBusiness(day time.Time) {
	for _, p := range t.projects {
		t.ordinary(t.hour(day, 8.8).Add(t.minutes(0, 90)), func() { t.fillBoard(p) })
	}
	if t.chance(0.6 * t.pace(day)) {
		t.ordinary(t.hour(day, 9.5).Add(t.minutes(0, 360)), t.billSomebody)
	}
	t.ordinary(t.hour(day, 17.2).Add(t.minutes(0, 15)), t.readStatement)
	for range t.times(2.2 * t.pace(day)) {
		t.ordinary(t.hour(day, 17.5).Add(t.minutes(0, 50)), t.assistSomebody)
	}
	if t.chance(0.5) {
		t.ordinary(t.hour(day, 10).Add(t.minutes(0, 420)), t.reviewTask)
	}
	if t.weekday(day) == 0 {
		t.ordinary(t.hour(day, 6.5), t.lockTimesheets)
	}
}

// fillBoard makes new tasks in one go when a project runs out of them.
func (t *teller) fillBoard(p *project) {
	waiting := 0
	for _, k := range t.tasks {
		if k.project == p && k.free() {
			waiting++
		}
	}
	lead := t.person(p.lead)
	if waiting > 2+p.weight || !p.open() || !lead.here || t.onHoliday(lead, t.clock) {
		return
	}
	operation := t.operation("board")
	for range t.between(2, 4) {
		k, n := t.createTask(lead, p, t.freshName(p))
		n.tied(operation)
		if t.chance(0.6) {
			t.plan(t.clock.Add(t.minutes(1, 20)), func() { t.assignTo(lead, k, t.colleague(lead, p)) })
		}
	}
}
