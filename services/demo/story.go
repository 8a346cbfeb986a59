// Package demo fills an empty database with a believable agency, so that a first look at Daybook is a look at something alive. The
// files story*.go invent what happened and touch no database.
package demo

import (
	"encoding/json"
	"math/rand/v2"
	"time"
	_ "time/tzdata" // the story is told in the agency's zone, also where the system has no zone files

	"daybook/models"
)

// Story is everything the demo workspace contains. It is the same for the same now.
type Story struct {
	Workspace models.Workspace // Slug, Name and TimeZone are set
	People    []Person
	Agents    []models.ActorRef // software that acts; the last one is the application itself, of type system
	Projects  []Project
	Events    []models.Event // OccurredAt ascending, none older than 90 days, none in the future; an empty Description is for ingest to make
}

// Person is somebody of the agency. Only those with SignIn are members of the workspace; the others are actors and nothing more.
type Person struct {
	ActorID       string // the external id of their actor
	Name          string
	Email         string
	Username      string
	Role          models.Role // empty without SignIn
	InstanceAdmin bool
	SignIn        bool
	Hint          string // one line for the sign-in page, with SignIn
}

// Project is a project as it is now, with those who have access to it now.
type Project struct {
	ExternalID string
	Name       string // the latest one
	Visibility models.Visibility
	ArchivedAt *time.Time // nil unless it is archived now
	Members    []string   // external ids of people; agents and the system need no access to act
}

// Days is how far back the story goes.
const Days = 90

// teller holds the agency's state while the story is told. Acts run in the order of time and see what earlier ones left behind:
// that is what makes the life cycles coherent.
type teller struct {
	now, start time.Time
	zone       *time.Location
	dice       *rand.Rand
	agenda     agenda
	clock      time.Time // when the present act happens
	notes      []*note

	people   []*actor
	software map[string]*actor
	clients  []*client
	projects []*project
	tasks    []*task
	invoices []*invoice
	issues   []*issue
	labels   []string // ids of the labels there are
	serials  map[string]int
	facts    map[string]json.RawMessage // what turn made of a field of an entity, by type, id and field
}

// Tell makes up the story of the Days before now.
func Tell(now time.Time) Story {
	zone, err := time.LoadLocation(agencyZone)
	if err != nil {
		panic(err) // the zone files are linked in
	}
	now = now.UTC().Truncate(time.Microsecond)
	t := &teller{
		now: now, start: now.AddDate(0, 0, -Days), zone: zone,
		dice:    rand.New(rand.NewPCG(1494, 11)), // Pacioli printed his rules for the daybook in November 1494
		serials: map[string]int{"invoice": 20, "issue": 100},
		facts:   map[string]json.RawMessage{},
	}
	t.castEverybody()
	t.planOpening()
	t.planChapters()
	t.planDays()
	t.planFinale()
	t.liveThrough()
	return t.bind()
}

// bind turns the state and the notes into the story.
func (t *teller) bind() Story {
	s := Story{Workspace: models.Workspace{Slug: "tidewell", Name: "Tidewell Studio", TimeZone: agencyZone}}
	for _, p := range t.people {
		s.People = append(s.People, p.Person)
	}
	for _, line := range software {
		s.Agents = append(s.Agents, t.software[line.id].ref())
	}
	for _, p := range t.projects {
		s.Projects = append(s.Projects, p.public())
	}
	for _, n := range t.notes {
		s.Events = append(s.Events, n.bind())
	}
	return s
}
