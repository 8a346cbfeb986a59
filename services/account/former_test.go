package account_test

import (
	"testing"

	"daybook/models"
	"daybook/services/account"
)

// What became of somebody elsewhere is not the business of a workspace that they left: it sees what its applications sent.
func TestFormerMembersAreShownAsApplicationsKnowThem(t *testing.T) {
	p := newPlace(t)
	d, root := p.as(p.amara), account.CommandLine(p.acme)
	made, b := p.project("p-1"), p.madeActor("b-1", p.bob)
	p.exec(`UPDATE actors SET name = 'Bob at Acme', email = 'bob@acme.example' WHERE id = $1`, b.ID)
	p.session("bob's", p.bob)
	p.must(p.accounts.RemoveMember(t.Context(), d, p.bob.ID, 0))
	p.create(&models.ProjectMember{WorkspaceID: p.acme.ID, ProjectID: made.ID, ActorID: b.ID})
	p.exec(`UPDATE users SET name = 'Robert', email = 'robert@newjob.example', username = 'robby', deactivated_at = now(), version = 9 WHERE id = $1`, p.bob.ID)
	look := func(d account.Doer, f account.PeopleFilter) account.Person {
		t.Helper()
		list, _, err := p.accounts.People(t.Context(), d, f)
		if err != nil || len(list) != 1 {
			t.Fatalf("%+v, %v", list, err)
		}
		return list[0]
	}
	one := look(d, account.PeopleFilter{Actor: b.ID})
	if one.Name != "Bob at Acme" || one.Email != "bob@acme.example" || one.Username != "" || one.Deactivated || one.UserVersion != 0 || one.LastSeen != nil || one.Kind != account.Outside {
		t.Errorf("%+v", one)
	}
	look(d, account.PeopleFilter{State: "outside", Search: "acme.example"})
	for _, f := range []account.PeopleFilter{{Search: "newjob"}, {Search: "robby"}, {State: "deactivated"}, {Kind: account.Deactivated}} {
		if list, _, err := p.accounts.People(t.Context(), d, f); err != nil || len(list) != 0 {
			t.Errorf("%+v finds %+v, %v", f, list, err)
		}
	}
	if one = look(root, account.PeopleFilter{Actor: b.ID}); one.Name != "Robert" || one.Email != "robert@newjob.example" || !one.Deactivated || one.LastSeen != nil {
		t.Errorf("%+v", one)
	}
	around := func(d account.Doer) account.ProjectPerson {
		t.Helper()
		list, _, err := p.accounts.ProjectPeople(t.Context(), d, account.ProjectPeopleFilter{Project: made.ID, Granted: true})
		if err != nil || len(list) != 1 {
			t.Fatalf("%+v, %v", list, err)
		}
		return list[0]
	}
	if one := around(d); one.Name != "Bob at Acme" || one.Email != "bob@acme.example" || one.Deactivated || one.UserID != p.bob.ID {
		t.Errorf("%+v", one)
	}
	if one := around(root); one.Name != "Robert" || !one.Deactivated {
		t.Errorf("%+v", one)
	}
	same := p.madeActor("b-2", nil)
	preview, err := p.accounts.PreviewMerge(t.Context(), d, same.ID, b.ID)
	if err != nil || preview.User.Name != "Bob at Acme" || preview.User.Email != "" {
		t.Errorf("%+v, %v", preview, err)
	}
	if preview, err = p.accounts.PreviewMerge(t.Context(), root, same.ID, b.ID); err != nil || preview.User.Name != "Robert" {
		t.Errorf("%+v, %v", preview, err)
	}
}

// When somebody was here last does not tell when they were elsewhere.
func TestATokenOfAnotherWorkspaceIsNotSeenHere(t *testing.T) {
	p := newPlace(t)
	p.token(p.bob)
	p.boundToken(p.bob)
	p.exec(`UPDATE tokens SET last_used_at = CASE WHEN workspace_id IS NULL THEN '2026-01-10'::timestamptz ELSE '2026-01-20' END`)
	seen := func() string { return p.person(p.bob).LastSeen.UTC().Format("2006-01-02") }
	if got := seen(); got != "2026-01-20" {
		t.Error(got)
	}
	p.exec(`UPDATE tokens SET workspace_id = $1 WHERE workspace_id IS NOT NULL`, p.workspace("globex").ID)
	if got := seen(); got != "2026-01-10" {
		t.Error(got)
	}
}
