package demo

import (
	"slices"
	"strings"
	"testing"
	"time"

	"daybook/models"
)

func TestThreePeopleSignIn(t *testing.T) {
	s := Tell(moments["working day"])
	var who, names []string
	ids := map[string]bool{}
	for _, p := range s.People {
		if ids[p.ActorID] || ids[p.Email] || ids[p.Username] {
			t.Errorf("%s is there twice", p.Name)
		}
		ids[p.ActorID], ids[p.Email], ids[p.Username] = true, true, true
		if email, err := models.NormaliseEmail(p.Email); err != nil || email != p.Email || !strings.HasSuffix(email, "@tidewell.example") {
			t.Errorf("%s: %q is not an address of the agency", p.Name, p.Email)
		}
		if p.SignIn != (p.Role != "") || p.SignIn != (p.Hint != "") {
			t.Errorf("%s: role and hint go with signing in", p.Name)
		}
		if p.SignIn {
			who = append(who, p.Name+" "+string(p.Role))
		}
		names = append(names, p.Name)
	}
	if want := []string{"Ingrid Solheim owner", "Amara Okafor member", "Priya Raman member"}; !slices.Equal(who, want) {
		t.Errorf("these sign in: %v", who)
	}
	slices.Sort(names)
	if n := len(names) - len(slices.Compact(slices.Clone(names))); n != 1 || len(names) < 15 {
		t.Errorf("%d people, %d with the name of another", len(names), n)
	}
	if !s.People[0].InstanceAdmin || models.CheckSlug(s.Workspace.Slug) != nil || s.Agents[len(s.Agents)-1].Type != models.ActorSystem {
		t.Error("the admin, the slug or the system is wrong")
	}
}

func TestProjectsAreShared(t *testing.T) {
	s := Tell(moments["working day"])
	open, archived, people := 0, 0, map[string]int{}
	for _, p := range s.Projects {
		if p.Visibility == models.VisibleToWorkspace {
			open++
		}
		if p.ArchivedAt != nil {
			archived++
		}
		for _, m := range p.Members {
			people[m]++
		}
	}
	if len(s.Projects) < 8 || len(s.Projects) > 12 || open != 1 || archived != 1 {
		t.Errorf("%d projects, %d for everybody, %d archived", len(s.Projects), open, archived)
	}
	// The hints on the sign-in page give these numbers.
	if people[amara] != 6 || people[priya] != 3 || people[annaAbroad] != 0 {
		t.Errorf("Amara has %d projects, Priya %d, who left %d", people[amara], people[priya], people[annaAbroad])
	}
}

// Who acts in a project, or has something done for them there, is a member of it; who is not there acts nowhere.
func TestOnlyMembersActInProjects(t *testing.T) {
	everyMoment(t, func(t *testing.T, _ time.Time, s Story) {
		members, here := map[string]bool{}, map[string]bool{ingrid: true}
		for _, p := range projectTable {
			for _, id := range append(p.everyMember(), p.lead) {
				members[p.id+" "+id] = true
			}
		}
		for _, e := range s.Events {
			for _, who := range []*models.ActorRef{&e.Actor, e.OnBehalfOf} {
				if who == nil || who.Type != models.ActorUser {
					continue
				}
				if !here[who.ID] {
					t.Fatalf("%s acts at %s and is not there: %s %s", who.Name, e.OccurredAt, e.Action, *e.Entity.Name)
				}
				if e.Project != nil && !members[e.Project.ID+" "+who.ID] {
					t.Fatalf("%s acts in %s and is no member: %s %s", who.Name, e.Project.Name, e.Action, *e.Entity.Name)
				}
			}
			if id, ok := strings.CutPrefix(string(e.Metadata), `{"member_id":"`); ok && e.Entity.Type == "workspace" {
				id, _, _ = strings.Cut(id, `"`)
				here[id] = e.Action == "member_added"
			}
		}
	})
}

// Everything the story names is declared: actors with their type, projects with their latest name.
func TestStoryDeclaresWhatItNames(t *testing.T) {
	everyMoment(t, func(t *testing.T, _ time.Time, s Story) {
		actors, projects := map[string]models.ActorType{}, map[string]string{}
		for _, p := range s.People {
			actors[p.ActorID] = models.ActorUser
		}
		for _, a := range s.Agents {
			actors[a.ID] = a.Type
		}
		for _, e := range s.Events {
			if kind, ok := actors[e.Actor.ID]; !ok || kind != e.Actor.Type {
				t.Fatalf("%s is not declared as %s", e.Actor.ID, e.Actor.Type)
			}
			if e.Project != nil {
				projects[e.Project.ID] = e.Project.Name
			}
		}
		for _, p := range s.Projects {
			if projects[p.ExternalID] != p.Name {
				t.Errorf("project %s is %q at the end and %q in its last row", p.ExternalID, p.Name, projects[p.ExternalID])
			}
		}
		if len(projects) != len(s.Projects) {
			t.Errorf("rows in %d projects, %d declared", len(projects), len(s.Projects))
		}
	})
}

// What the three see differs by far: everything, a good half, a third.
func TestThreeFeedsDiffer(t *testing.T) {
	s := Tell(moments["working day"])
	sees := map[string]int{}
	for _, e := range s.Events {
		for _, who := range []string{amara, priya} {
			own := e.Actor.ID == who || e.OnBehalfOf != nil && e.OnBehalfOf.ID == who
			if own || e.Project != nil && !e.System && slices.ContainsFunc(s.Projects, func(p Project) bool {
				return p.ExternalID == e.Project.ID && slices.Contains(p.Members, who)
			}) {
				sees[who]++
			}
		}
	}
	if all := len(s.Events); sees[amara] > all*3/4 || sees[amara] < all/3 || sees[priya] > sees[amara]*4/5 || sees[priya] < all/5 {
		t.Errorf("of %d rows Amara sees %d and Priya %d", all, sees[amara], sees[priya])
	}
}
