package account_test

import (
	"context"
	"strings"
	"testing"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/account"
)

// project makes a project of acme.
func (p *place) project(external string) models.Project {
	p.t.Helper()
	made := models.Project{WorkspaceID: p.acme.ID, ExternalID: external, Name: strings.ToUpper(external), Visibility: models.VisibleToMembers}
	p.create(&made)
	return made
}

// members gives the external ids of the actors with access to a project.
func (p *place) members(project int64) string {
	p.t.Helper()
	return ask[string](p, `SELECT coalesce(string_agg(a.external_id, ' ' ORDER BY a.external_id), '') FROM project_members m JOIN actors a ON a.id = m.actor_id WHERE m.project_id = $1`, project)
}

func TestAProjectIsEditedOnce(t *testing.T) {
	p := newPlace(t)
	d, made := p.as(p.amara), p.project("p-1")
	edit := func(e account.ProjectEdit) error { return p.accounts.EditProject(context.Background(), d, made.ID, e) }
	a := p.theAct(func() error {
		return edit(account.ProjectEdit{Name: ptr(" New name "), Visibility: ptr(models.VisibleToWorkspace), Archived: ptr(true), Version: 1})
	})
	if said(a) != `updated, name: "P-1" → "New name", visibility: "members" → "workspace", archived_at: null → "2026-01-31T12:00:00Z"` || a.Project.ID != "p-1" || *a.Entity.Name != "New name" {
		t.Error(said(a))
	}
	other := p.workspace("globex")
	p.member(other, p.charlie, models.Owner)
	same := account.ProjectEdit{Name: ptr("New name"), Visibility: ptr(models.VisibleToWorkspace), Archived: ptr(true)}
	p.nothing(func() {
		refused(t, edit(account.ProjectEdit{Name: ptr("X"), Version: 1}), models.Conflict, "version")
		refused(t, edit(account.ProjectEdit{Name: ptr(" "), Visibility: ptr(models.Visibility("everybody"))}), models.Invalid, "name", "visibility")
		refused(t, p.accounts.EditProject(t.Context(), p.as(p.bob), made.ID, same), models.Forbidden)
		refused(t, p.accounts.EditProject(t.Context(), p.within(other, p.charlie), made.ID, same), models.NotFound, "project")
		if err := edit(same); err != nil {
			t.Error(err)
		}
	})
}

func TestProjectsWithWhatGoesOnInThem(t *testing.T) {
	p := newPlace(t)
	first, second := p.project("b-1"), p.project("a-2")
	one, two := p.madeActor("one", nil), p.madeActor("two", nil)
	if err := p.merge("two", "one"); err != nil {
		t.Fatal(err)
	}
	for _, a := range []models.Actor{one, two} {
		p.create(&models.ProjectMember{WorkspaceID: p.acme.ID, ProjectID: first.ID, ActorID: a.ID})
	}
	p.exec(`INSERT INTO daily_counts SELECT $1, day, $2, $3, 0, '', 'created', 'success', system, n FROM (VALUES ('2026-01-01'::date, false, 3), ('2026-01-09', true, 9)) AS v (day, system, n)`, p.acme.ID, first.ID, one.ID)
	d := p.as(p.amara)
	read := func(f account.ProjectFilter) account.ProjectPage {
		t.Helper()
		page, err := p.accounts.ProjectsOf(t.Context(), d, f)
		if err != nil {
			t.Fatal(err)
		}
		return page
	}
	page := read(account.ProjectFilter{Limit: 1})
	if len(page.Projects) != 1 || page.Projects[0].ID != second.ID || page.Next == "" || page.Prev != "" || page.Projects[0].LastActive != nil {
		t.Fatalf("%+v", page)
	}
	page = read(account.ProjectFilter{Limit: 1, Cursor: page.Next})
	line := page.Projects[0]
	if len(page.Projects) != 1 || page.Next != "" || page.Prev == "" || line.ID != first.ID || line.Members != 1 || line.Activities != 3 || line.LastActive.Format("2006-01-02") != "2026-01-01" {
		t.Fatalf("%+v", page)
	}
	if page = read(account.ProjectFilter{Limit: 1, Cursor: page.Prev, Back: true}); len(page.Projects) != 1 || page.Projects[0].ID != second.ID || page.Prev != "" || page.Next == "" {
		t.Errorf("%+v", page)
	}
	if page = read(account.ProjectFilter{Search: "A-2"}); len(page.Projects) != 1 || page.Projects[0].ID != second.ID || page.Next+page.Prev != "" {
		t.Errorf("%+v", page)
	}
	p.exec(`UPDATE projects SET archived_at = now() WHERE id = $1`, first.ID)
	if page = read(account.ProjectFilter{State: "archived"}); len(page.Projects) != 1 || page.Projects[0].ID != first.ID {
		t.Errorf("%+v", page)
	}
	if page = read(account.ProjectFilter{State: "active"}); len(page.Projects) != 1 || page.Projects[0].ID != second.ID {
		t.Errorf("%+v", page)
	}
	if active, archived, err := p.accounts.CountProjects(t.Context(), d); active != 1 || archived != 1 || err != nil {
		t.Error(active, archived, err)
	}
	if l, err := p.accounts.ProjectOf(t.Context(), d, first.ID); err != nil || l.Members != 1 {
		t.Error(l, err)
	}
	look := func(d account.Doer, id int64) error {
		_, err := p.accounts.ProjectOf(t.Context(), d, id)
		return err
	}
	other := p.workspace("globex")
	p.member(other, p.charlie, models.Owner)
	refused(t, look(p.within(other, p.charlie), first.ID), models.NotFound, "project")
	refused(t, look(d, 0), models.NotFound, "project")
	for _, f := range []account.ProjectFilter{{}, {ID: first.ID}} {
		_, err := p.accounts.ProjectsOf(t.Context(), p.as(p.bob), f)
		refused(t, err, models.Forbidden)
	}
	_, err := p.accounts.ProjectsOf(t.Context(), d, account.ProjectFilter{State: "both"})
	refused(t, err, models.Malformed, "state")
	_, err = p.accounts.ProjectsOf(t.Context(), d, account.ProjectFilter{Cursor: "x"})
	refused(t, err, models.Malformed, "cursor")
}

func TestManyGetAndLoseAccessInOneAct(t *testing.T) {
	p := newPlace(t)
	d, made := p.as(p.amara), p.project("p-1")
	a, b, c, old := p.madeActor("a", nil), p.madeActor("b", nil), p.madeActor("c", nil), p.madeActor("old-c", nil)
	if err := p.merge("old-c", "c"); err != nil {
		t.Fatal(err)
	}
	change := func(grant, revoke []int64) func() error {
		return func() error {
			_, err := p.accounts.ChangeAccess(context.Background(), d, made.ID, account.AccessChange{Grant: grant, Revoke: revoke})
			return err
		}
	}
	if got := p.theAct(change([]int64{b.ID, a.ID, a.ID, old.ID}, nil)); said(got) != `access_changed, added: null → ["a", "b", "old-c"]` || p.members(made.ID) != "a b old-c" {
		t.Error(said(got), p.members(made.ID))
	}
	p.nothing(func() {
		for _, again := range []func() error{change([]int64{a.ID, c.ID}, nil), change(nil, nil)} {
			if err := again(); err != nil {
				t.Error(err)
			}
		}
		refused(t, change([]int64{a.ID}, []int64{a.ID})(), models.Invalid, "revoke")
		refused(t, change([]int64{4711}, []int64{a.ID})(), models.NotFound, "grant")
		_, err := p.accounts.ChangeAccess(t.Context(), d, 4711, account.AccessChange{Grant: []int64{a.ID}})
		refused(t, err, models.NotFound, "project")
		_, err = p.accounts.ChangeAccess(t.Context(), p.as(p.bob), made.ID, account.AccessChange{Grant: []int64{a.ID}})
		refused(t, err, models.Forbidden)
	})
	if got := p.theAct(change(nil, []int64{c.ID, b.ID})); said(got) != `access_changed, removed: ["b", "old-c"] → null` || p.members(made.ID) != "a" {
		t.Error(said(got), p.members(made.ID))
	}
	p.exec(`UPDATE projects SET archived_at = now() WHERE id = $1`, made.ID)
	p.nothing(func() {
		refused(t, change([]int64{b.ID}, []int64{a.ID})(), models.Conflict, "project")
		refused(t, p.accounts.Grant(t.Context(), account.Access{Workspace: p.acme, Project: "p-1", Actor: "b"}, models.CommandLine), models.Conflict, "project")
	})
	p.theAct(change(nil, []int64{a.ID}))
}

func TestAProjectsMembersAreSetToAWholeList(t *testing.T) {
	p := newPlace(t)
	service := account.Doer{Workspace: p.acme, Role: access.Program, Ref: models.TokenActor(&models.Token{ID: 7, Name: "Application"})}
	sync := func(ids ...string) func() error {
		return func() error {
			_, err := p.accounts.SyncMembers(context.Background(), service, "p-1", ids)
			return err
		}
	}
	p.madeActor("a", nil)
	if got := p.theAct(sync("c", "a", "new", "a")); said(got) != `access_changed, added: null → ["a", "c", "new"]` || got.Actor.ID != "daybook:token:7" || string(got.Metadata) != `{"added": 3, "removed": 0, "added_names": ["A", "c", "new"]}` {
		t.Errorf("%s %+v", said(got), got)
	}
	p.nothing(func() {
		if err := sync("a", "new", "c")(); err != nil {
			t.Error(err)
		}
		refused(t, sync("a", "", "daybook:itself", strings.Repeat("x", 256), "\x00")(), models.Invalid, "actor_ids[1]", "actor_ids[2]", "actor_ids[3]", "actor_ids[4]")
		refused(t, sync(make([]string, 5001)...)(), models.TooLarge, "actor_ids")
		_, err := p.accounts.SyncMembers(t.Context(), p.as(p.bob), "p-1", []string{"a"})
		refused(t, err, models.Forbidden)
		_, err = p.accounts.SyncMembers(t.Context(), service, "", []string{"a"})
		refused(t, err, models.Invalid, "project")
	})
	if got := p.theAct(sync("a", "d")); said(got) != `access_changed, added: null → ["d"], removed: ["c", "new"] → null` {
		t.Error(said(got))
	}
	id := ask[int64](p, `SELECT id FROM projects WHERE external_id = 'p-1'`)
	if err := p.merge("d", "c"); err != nil { // d's access is c's
		t.Fatal(err)
	}
	p.nothing(func() {
		if err := sync("a", "c")(); err != nil {
			t.Error(err)
		}
	})
	p.exec(`UPDATE projects SET archived_at = now()`)
	p.nothing(func() { refused(t, sync("a", "c", "e")(), models.Conflict, "project") })
	p.theAct(sync())
	if p.members(id) != "" {
		t.Error(p.members(id))
	}
}
