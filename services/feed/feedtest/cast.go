package feedtest

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"daybook/models"
	"daybook/services/access"
)

// Zones are workspaces' time zones with something odd about each: half an hour off UTC and, until 2011, clocks that change at one minute past
// midnight; half an hour of summer time; midnights that did not exist.
var Zones = []string{"Canada/Newfoundland", "Australia/Lord_Howe", "America/Sao_Paulo"}

// The vocabulary of a cast's activities.
var (
	Actions  = []string{"created", "updated", "deleted", "status_changed"}
	Types    = []string{"", "task", "invoice", "file"}
	Entities = []string{"1", "2", "a,b", " 3 "}
)

// Cast is a random population: three workspaces, users of every kind, actors, projects, and rows.
type Cast struct {
	World      *World
	Workspaces []models.Workspace
	Users      []*models.User // instance admin, owner, admin, three members, outsider, and a member who sees no project of the last workspace
	Oracle     *Oracle
	moments    []time.Time
}

// NewCast makes a population with this many activities in each workspace.
func NewCast(t testing.TB, r *rand.Rand, activities int) *Cast {
	t.Helper()
	c := &Cast{World: New(t), moments: moments(r)}
	for i, zone := range Zones {
		c.Workspaces = append(c.Workspaces, c.World.Workspace(t, fmt.Sprintf("ws-%d", i), zone))
	}
	for i, name := range []string{"root", "owner", "admin", "amara", "bo", "chen", "outsider", "newcomer"} {
		c.Users = append(c.Users, c.World.User(t, name, i == 0))
	}
	w := c.World
	w.Member(t, c.Workspaces[0], c.Users[1], models.Owner)
	w.Member(t, c.Workspaces[1], c.Users[1], models.Member)
	w.Member(t, c.Workspaces[0], c.Users[2], models.Admin)
	for _, u := range c.Users[3:6] {
		for _, ws := range Some(r, 0.7, c.Workspaces...) {
			w.Member(t, ws, u, models.Member)
		}
	}
	for _, ws := range c.Workspaces {
		w.Member(t, ws, c.newcomer(), models.Member)
		c.populate(t, r, ws, activities)
	}
	c.Oracle = w.Look(t)
	return c
}

// newcomer is a member of every workspace who was granted no project.
func (c *Cast) newcomer() *models.User { return c.Users[7] }

// populate gives a workspace actors (several of one user, some of nobody, one of somebody who is no member), projects and activities.
func (c *Cast) populate(t testing.TB, r *rand.Rand, ws models.Workspace, activities int) {
	t.Helper()
	var actors []models.Actor
	for i := range 10 {
		var u *models.User
		if r.IntN(4) > 0 {
			u = Pick(r, c.Users[:7]...)
		}
		a := c.World.Actor(t, ws, fmt.Sprintf("actor-%d", i), u)
		if i%3 == 0 { // an import's events would link it to a user
			if err := c.World.DB.Gorm.Model(&a).Update("email", fmt.Sprintf("actor-%d@example.com", i)).Error; err != nil {
				t.Fatal(err)
			}
		}
		actors = append(actors, a)
	}
	c.World.Actor(t, ws, "actor-10", c.newcomer())
	visible := []models.Visibility{models.VisibleToMembers, models.VisibleToMembers, models.VisibleToWorkspace}
	if ws.ID == c.Workspaces[len(c.Workspaces)-1].ID {
		visible = visible[:2]
	}
	for i := range 6 {
		p := c.World.Project(t, ws, fmt.Sprintf("project-%d", i), Pick(r, visible...))
		for _, a := range Some(r, 0.2, actors...) {
			c.World.Grant(t, p, a)
		}
	}
	for range 3 { // some of them turn out to be one person
		c.World.Merge(t, Pick(r, actors...), Pick(r, actors...))
	}
	events := make([]Event, activities)
	for i := range events {
		events[i] = c.Event(r)
	}
	c.World.Send(t, ws, events...)
}

// Event makes a random event.
func (c *Cast) Event(r *rand.Rand) Event {
	actor := r.IntN(11)
	e := Event{
		"actor": Event{"id": fmt.Sprintf("actor-%d", actor)}, "action": Pick(r, Actions...), "outcome": Pick(r, "success", "success", "failure", "denied"),
		"system": r.IntN(6) == 0, "occurred_at": Pick(r, c.moments...).Format(time.RFC3339Nano),
	}
	if kind := Pick(r, Types...); kind != "" {
		e["resource"] = Event{"type": kind, "id": Pick(r, Entities...)}
		if r.IntN(2) == 0 {
			e["resource"].(Event)["name"] = Pick(r, Titles...)
		}
	}
	if r.IntN(3) > 0 {
		project := r.IntN(6)
		e["project"] = Event{"id": fmt.Sprintf("project-%d", project)}
		if r.IntN(4) == 0 {
			e["project"].(Event)["name"] = Titles[project]
		}
	}
	if r.IntN(4) == 0 {
		e["actor"].(Event)["name"] = Names[actor%len(Names)]
	}
	if r.IntN(3) == 0 {
		e["description"] = Pick(r, Titles...) + Pick(r, " ", ", ", "—") + Pick(r, Titles...)
	}
	if r.IntN(3) == 0 {
		e["metadata"] = Event{"reason": "hidden words"}
	}
	if r.IntN(3) == 0 {
		e["changes"] = Some(r, 0.4, Changes...)
	}
	if r.IntN(3) == 0 {
		e["on_behalf_of"] = Event{"id": fmt.Sprintf("actor-%d", r.IntN(11))}
	}
	if r.IntN(2) == 0 {
		e["ip_address"], e["user_agent"] = "192.0.2.7", "a browser"
	}
	return e
}

// moments are few, so that many rows share one; half of them are at or around the borders of odd days.
func moments(r *rand.Rand) []time.Time {
	var out []time.Time
	for range 20 {
		out = append(out, time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(r.Int64N(int64(60*24*time.Hour)))).Truncate(time.Microsecond))
	}
	for _, border := range borders() {
		out = append(out, border, border.Add(-time.Microsecond), border.Add(time.Duration(r.Int64N(int64(6*time.Hour))-int64(3*time.Hour))).Truncate(time.Microsecond))
	}
	return out
}

// borders are midnights of the zones, most of them on days on which clocks change.
func borders() []time.Time {
	var out []time.Time
	for _, day := range []struct{ zone, at string }{
		{"Canada/Newfoundland", "2010-11-07 00:00"}, // back from 00:01 to 23:01: this midnight comes twice
		{"Canada/Newfoundland", "2010-11-08 00:00"},
		{"Canada/Newfoundland", "2011-03-13 00:00"}, // on from 00:01 to 01:01
		{"Canada/Newfoundland", "2024-03-10 00:00"},
		{"Canada/Newfoundland", "2024-03-11 00:00"},
		{"Australia/Lord_Howe", "2024-04-07 00:00"}, // back by half an hour
		{"Australia/Lord_Howe", "2024-04-08 00:00"},
		{"America/Sao_Paulo", "2018-11-04 01:00"}, // this day has no midnight
		{"America/Sao_Paulo", "2018-02-18 00:00"}, // this one's comes after an hour that is repeated
		{"America/Sao_Paulo", "2018-02-17 00:00"},
	} {
		zone, err := time.LoadLocation(day.zone)
		if err != nil {
			panic(err)
		}
		at, err := time.ParseInLocation("2006-01-02 15:04", day.at, zone)
		if err != nil {
			panic(err)
		}
		out = append(out, at.UTC())
	}
	return out
}

// Principals gives everybody: users with sessions, nobody, and tokens of every kind.
func (c *Cast) Principals() []access.Principal {
	all := []access.Principal{{}}
	id := int64(0)
	token := func(u *models.User, ws *models.Workspace, scopes string) {
		id++
		t := &models.Token{ID: id, Scopes: scopes}
		if u != nil {
			t.UserID = &u.ID
		}
		if ws != nil {
			t.WorkspaceID = &ws.ID
		}
		all = append(all, access.Principal{User: u, Token: t})
	}
	for i, u := range c.Users {
		all = append(all, access.Principal{User: u})
		token(u, nil, "activity:read")
		token(u, nil, "activity:write")
		token(u, nil, "activity:read admin")
		token(u, &c.Workspaces[i%len(c.Workspaces)], "activity:write activity:read")
	}
	for i := range c.Workspaces {
		token(nil, &c.Workspaces[i], "activity:write")
		token(nil, &c.Workspaces[i], "activity:write activity:read")
	}
	return all
}
