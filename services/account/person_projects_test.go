package account_test

import (
	"fmt"
	"strings"
	"testing"

	"daybook/models"
	"daybook/services/account"
)

func TestProjectsOfAPersonChangeTogether(t *testing.T) {
	p := newPlace(t)
	d := p.as(p.amara)
	p.madeActor("u-2", p.bob)
	p.madeActor("old-2", nil)
	p.must(p.merge("old-2", "u-2"))
	var ids []int64
	for i := range 4 {
		project := models.Project{WorkspaceID: p.acme.ID, ExternalID: fmt.Sprint("p-", i), Name: fmt.Sprint("Project ", i), Visibility: models.VisibleToMembers}
		p.create(&project)
		ids = append(ids, project.ID)
	}
	p.exec(`UPDATE projects SET archived_at = now() WHERE id = $1`, ids[3])
	p.must(p.accounts.Grant(t.Context(), account.Access{Workspace: p.acme, Project: "p-0", Actor: "old-2"}, models.CommandLine))
	other := p.workspace("globex")
	elsewhere := models.Project{WorkspaceID: other.ID, ExternalID: "x", Name: "X", Visibility: models.VisibleToMembers}
	p.create(&elsewhere)
	granted := func(search string) string {
		list, err := p.accounts.ProjectsOfPerson(t.Context(), d, p.person(p.bob), search)
		p.must(err)
		var out []string
		for _, one := range list {
			out = append(out, fmt.Sprintf("%s:%t", one.ExternalID, one.Granted))
		}
		return strings.Join(out, " ")
	}
	change := func(grant, revoke []int64) error {
		_, err := p.accounts.ChangeProjects(t.Context(), d, p.person(p.bob), grant, revoke)
		return err
	}
	if got := granted(""); got != "p-0:true p-1:false p-2:false p-3:false" {
		t.Error(got)
	}
	p.nothing(func() {
		refused(t, change([]int64{ids[1], ids[3]}, []int64{ids[0]}), models.Conflict, "project") // archived: nothing half done
		refused(t, change([]int64{ids[1], elsewhere.ID}, nil), models.NotFound, "project")
		refused(t, change([]int64{ids[1]}, []int64{ids[1]}), models.Invalid, "project")
		refused(t, change(make([]int64, 1001), nil), models.TooLarge, "project")
		p.must(change([]int64{ids[0]}, []int64{ids[2]})) // as it is
		_, err := p.accounts.ChangeProjects(t.Context(), p.as(p.bob), p.person(p.bob), []int64{ids[1]}, nil)
		refused(t, err, models.Forbidden)
		_, err = p.accounts.ProjectsOfPerson(t.Context(), p.as(p.bob), p.person(p.bob), "")
		refused(t, err, models.Forbidden)
	})
	acts := p.acts(func() { p.must(change([]int64{ids[2], ids[1]}, []int64{ids[0]})) })
	var got []string
	for _, a := range acts {
		got = append(got, *a.Entity.ID+" "+said(a))
	}
	if want := `p-0 access_changed, removed: ["old-2"] → null|p-1 access_changed, added: null → ["u-2"]|p-2 access_changed, added: null → ["u-2"]`; strings.Join(got, "|") != want {
		t.Errorf("%s\nwant %s", strings.Join(got, "|"), want)
	}
	if got := granted("PROJECT 2"); got != "p-2:true" {
		t.Error(got)
	}
	if _, n := p.mine(p.bob); n != 2 {
		t.Errorf("Bob sees %d projects", n)
	}
	// Somebody of whom nothing is recorded gets an actor; somebody who cannot sign in has one.
	dana := p.user("dana")
	p.member(p.acme, dana, models.Member)
	for _, who := range []func() *account.Person{
		func() *account.Person { return p.person(dana) },
		func() *account.Person {
			one, err := p.accounts.PersonOf(t.Context(), d, p.madeActor("freelance", nil).ID, 0)
			p.must(err)
			return one
		},
	} {
		done, err := p.accounts.ChangeProjects(t.Context(), d, who(), []int64{ids[0]}, nil)
		if err != nil || done.Added != 1 {
			t.Error(done, err)
		}
	}
	if _, n := p.mine(dana); n != 1 {
		t.Errorf("Dana sees %d projects", n)
	}
}
