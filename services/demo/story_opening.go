package demo

import (
	"time"

	"daybook/models"
)

func (t *teller) person(id string) *actor {
	for _, a := range t.people {
		if a.ActorID == id {
			return a
		}
	}
	panic("nobody is " + id) // ids are constants of this package
}

// castEverybody turns the tables into people, software and projects that have not begun yet.
func (t *teller) castEverybody() {
	for i, line := range cast {
		a := &actor{Person: line.Person, kind: models.ActorUser, role: line.role, rhythm: line.rhythm}
		a.Email = a.Username + "@tidewell.example"
		a.browser = browsers[i%len(browsers)]
		a.places = []string{officeAddress, officeAddress, homes[i%len(homes)]}
		a.onRecord = 0.7
		t.people = append(t.people, a)
	}
	t.software = map[string]*actor{}
	for _, line := range software {
		a := &actor{Person: Person{ActorID: line.id, Name: line.name}, kind: line.kind, here: line.kind == models.ActorSystem, browser: line.browser}
		if line.address != "" {
			a.places, a.onRecord = []string{line.address}, 0.4
		}
		t.software[line.id] = a
	}
	for _, line := range projectTable {
		p := &project{projectLine: line}
		ids := append([]string{line.lead}, line.everyMember()...)
		for _, a := range t.people {
			for _, id := range ids {
				if a.ActorID == id && !p.has(a) {
					p.members = append(p.members, a)
				}
			}
		}
		t.projects = append(t.projects, p)
	}
}

// everyMember adds the office to the members of the table; what belongs to no client is for everybody.
func (l projectLine) everyMember() []string {
	if l.clientID != "" {
		return append(append([]string{}, officeStaff...), l.members...)
	}
	var everybody []string
	for _, line := range cast {
		everybody = append(everybody, line.ActorID)
	}
	return everybody
}

// opening is the first working day of the story.
func (t *teller) opening() time.Time {
	day := t.midnight(t.start)
	for !t.workday(day) || !t.hour(day, 8).After(t.start) {
		day = t.dayAfter(day, 1)
	}
	return day
}

// planOpening is the agency moving in from its old tool: settings, people, clients, projects, and the tasks on the boards.
func (t *teller) planOpening() {
	day := t.opening()
	by := t.person(ingrid)
	t.plan(t.hour(day, 8).Add(t.minutes(2, 6)), func() {
		t.by(by, "settings_updated", workspaceThing()).change("time_zone", "UTC", agencyZone).change("currency", nil, "EUR").change("round_to_minutes", nil, 15)
	})
	t.plan(t.hour(day, 8.2), func() { t.openDoors(by) })
	t.plan(t.hour(day, 8.4), func() { t.importOldTool(by) })
}

func (t *teller) openDoors(by *actor) {
	operation := t.operation("invitation")
	by.here = true
	for _, a := range t.people {
		if a != by && a.ActorID != chiara && a.ActorID != leilani {
			t.join(by, a, operation)
		}
	}
}

func (t *teller) importOldTool(by *actor) {
	operation := t.operation("import")
	for _, line := range clientsAtFirst {
		t.createClient(by, line).tied(operation).meta("imported_from", "old tool")
	}
	for _, p := range t.projects {
		p.client = t.clientBy(p.clientID)
		if p.begins > 0 {
			continue
		}
		t.startProject(by, p, operation)
		for range 2 + p.weight {
			_, n := t.createTask(by, p, t.freshName(p))
			n.tied(operation).meta("imported_from", "old tool")
		}
	}
}

func (t *teller) clientBy(id string) *client {
	for _, c := range t.clients {
		if c.id == id {
			return c
		}
	}
	return nil
}
