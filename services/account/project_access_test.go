package account_test

import (
	"context"
	"strconv"
	"strings"
	"testing"

	"daybook/models"
	"daybook/services/account"
)

// around names the people of a list of people around a project, with the ids that applications know them by.
func (p *place) around(f account.ProjectPeopleFilter) (names string, list []account.ProjectPerson) {
	p.t.Helper()
	list, _, err := p.accounts.ProjectPeople(p.t.Context(), p.as(p.amara), f)
	if err != nil {
		p.t.Fatal(err)
	}
	var all []string
	for _, each := range list {
		all = append(all, each.Name+"("+each.Known+")")
	}
	return strings.Join(all, " "), list
}

func idText(id int64) string { return strconv.FormatInt(id, 10) }

func TestWhoIsAroundAProject(t *testing.T) {
	p := newPlace(t)
	made := p.project("p-1")
	p.madeActor("bob", p.bob)
	p.madeActor("old-c", nil)
	c := p.madeActor("c", nil)
	if err := p.merge("old-c", "c"); err != nil {
		t.Fatal(err)
	}
	robot := models.Actor{WorkspaceID: p.acme.ID, ExternalID: "robot", Name: "robot", Type: models.ActorAgent}
	p.create(&robot)
	gone := p.user("gone")
	p.member(p.acme, gone, models.Member)
	p.exec(`UPDATE users SET deactivated_at = now() WHERE id = $1`, gone.ID)
	could := account.ProjectPeopleFilter{Project: made.ID}
	has := account.ProjectPeopleFilter{Project: made.ID, Granted: true}
	if names, list := p.around(could); names != "Amara() Bob(bob) C(c, old-c)" || list[0].Role != models.Owner || list[2].Handle() != "a"+idText(c.ID) || list[1].Handle() != "u"+idText(p.bob.ID) {
		t.Errorf("%s %+v", names, list)
	}
	old := ask[int64](p, `SELECT id FROM actors WHERE external_id = 'old-c'`)
	for _, actor := range []int64{old, robot.ID, ask[int64](p, `SELECT id FROM actors WHERE external_id = 'bob'`)} {
		p.create(&models.ProjectMember{WorkspaceID: p.acme.ID, ProjectID: made.ID, ActorID: actor})
	}
	if names, list := p.around(has); names != "Bob(bob) C(c, old-c) robot(robot)" || list[0].Granted == nil {
		t.Errorf("%s %+v", names, list)
	}
	if names, _ := p.around(could); names != "Amara()" {
		t.Error(names)
	}
	has.Search = "OLD"
	if names, _ := p.around(has); names != "C(c, old-c)" {
		t.Error(names)
	}
	has.Search, has.Limit = "", 2
	_, next, err := p.accounts.ProjectPeople(t.Context(), p.as(p.amara), has)
	if has.Cursor = next; err != nil || next == "" {
		t.Error(next, err)
	}
	if names, _ := p.around(has); names != "robot(robot)" {
		t.Error(names)
	}
	_, _, err = p.accounts.ProjectPeople(t.Context(), p.as(p.bob), has)
	refused(t, err, models.Forbidden)
	has.Cursor = "x"
	_, _, err = p.accounts.ProjectPeople(t.Context(), p.as(p.amara), has)
	refused(t, err, models.Malformed, "cursor")
}

func TestAccessByUserAndByWhatWasPasted(t *testing.T) {
	p := newPlace(t)
	d, made := p.as(p.amara), p.project("p-1")
	p.madeActor("bob", p.bob)
	p.exec(`UPDATE actors SET email = 'Visitor@example.com' WHERE id = $1`, p.madeActor("v-1", nil).ID)
	change := func(c account.AccessChange) func() error {
		return func() error {
			_, err := p.accounts.ChangeAccess(context.Background(), d, made.ID, c)
			return err
		}
	}
	pasted := func(text string) (c account.AccessChange) {
		c.Paste(text)
		return c
	}
	p.nothing(func() {
		refused(t, change(account.AccessChange{GrantUsers: []int64{p.charlie.ID}})(), models.NotFound, "grant_users")
		refused(t, change(account.AccessChange{GrantUsers: []int64{4711}})(), models.NotFound, "grant_users")
		refused(t, change(pasted("bob@example.com\r\ncharlie@example.com, nobody;\x00"))(), models.Invalid, "named")
		refused(t, change(account.AccessChange{GrantUsers: []int64{p.bob.ID}, Version: 7})(), models.Conflict, "version")
	})
	// A member whom no application knows gets an actor of ours.
	got := p.theAct(change(pasted(" AMARA@example.com ; bob, visitor@example.com\n v-1,,\n")))
	if p.members(made.ID) != "bob daybook:user:"+idText(p.amara.ID)+" v-1" || string(got.Metadata) != `{"added": 3, "removed": 0, "added_names": ["Amara", "BOB", "V-1"]}` {
		t.Error(p.members(made.ID), string(got.Metadata))
	}
	if v := ask[int64](p, `SELECT version FROM projects`); v != 2 {
		t.Error("another admin's form is not outdated:", v)
	}
	p.nothing(func() {
		if err := change(account.AccessChange{GrantUsers: []int64{p.amara.ID, p.bob.ID}, Version: 2})(); err != nil {
			t.Error(err)
		}
		refused(t, change(account.AccessChange{GrantUsers: []int64{p.bob.ID}, RevokeUsers: []int64{p.bob.ID}})(), models.Invalid, "revoke")
	})
	var c account.AccessChange
	for handle, bad := range map[string]bool{"u" + idText(p.bob.ID): false, "": true, "u": true, "x5": true, "5": true, "u-5": true, "a0": true} {
		if err := c.Take(handle, false); (err != nil) != bad {
			t.Errorf("%q: %v", handle, err)
		}
	}
	if p.theAct(change(c)); strings.Contains(p.members(made.ID), "bob") {
		t.Error(p.members(made.ID))
	}
	p.exec(`UPDATE projects SET archived_at = now()`)
	p.nothing(func() { refused(t, change(pasted("bob"))(), models.Conflict, "project") })
}

func TestAProjectIsMadeByHand(t *testing.T) {
	p := newPlace(t)
	d := p.as(p.amara)
	create := func(n account.NewProject) func() error {
		return func() error {
			_, err := p.accounts.CreateProject(context.Background(), d, n)
			return err
		}
	}
	got := p.theAct(create(account.NewProject{ExternalID: " crm/7 ", Visibility: models.VisibleToWorkspace}))
	if said(got) != `created, visibility: null → "workspace"` || *got.Entity.Name != "crm/7" || *got.Entity.ID != "crm/7" || got.Project.ID != "crm/7" {
		t.Errorf("%s %+v", said(got), got.Entity)
	}
	p.nothing(func() {
		refused(t, create(account.NewProject{ExternalID: "crm/7", Name: "Another", Visibility: models.VisibleToMembers})(), models.Conflict, "external_id")
		refused(t, create(account.NewProject{Visibility: "all"})(), models.Invalid, "external_id", "name", "visibility")
		_, err := p.accounts.CreateProject(t.Context(), p.as(p.bob), account.NewProject{ExternalID: "x", Visibility: models.VisibleToMembers})
		refused(t, err, models.Forbidden)
	})
	p.theAct(create(account.NewProject{ExternalID: "crm/8", Name: "CRM", Visibility: models.VisibleToMembers}))
}
