package account_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/account"
)

// own gives the actors that a user is in acme, by external id.
func (p *place) own(u *models.User) string {
	p.t.Helper()
	v, err := access.New(p.db).Enter(p.t.Context(), access.Principal{User: u}, "acme")
	if err != nil {
		p.t.Fatal(err)
	}
	var out []string
	for _, id := range v.Own() {
		out = append(out, ask[string](p, `SELECT external_id FROM actors WHERE id = $1`, id))
	}
	return strings.Join(out, " ")
}

// merge merges actors of acme by external id, as Amara.
func (p *place) merge(from, into string) error {
	return p.accounts.Merge(context.Background(), p.as(p.amara), account.Merging{Actor: p.actorID(from), Into: p.actorID(into)})
}

func (p *place) unmerge(actor string) error {
	return p.accounts.Unmerge(context.Background(), p.as(p.amara), p.actorID(actor), 0)
}

func (p *place) link(actor string, u *models.User) error {
	return p.accounts.Link(context.Background(), p.as(p.amara), p.actorID(actor), u.ID, 0)
}

func (p *place) unlink(actor string) error {
	return p.accounts.Unlink(context.Background(), p.as(p.amara), p.actorID(actor), 0)
}

func (p *place) actorID(external string) int64 {
	p.t.Helper()
	return ask[int64](p, `SELECT coalesce((SELECT id FROM actors WHERE workspace_id = $1 AND external_id = $2), 0)`, p.acme.ID, external)
}

func TestWhatIsOwnFollowsLinksAndMergesAtOnce(t *testing.T) {
	p := newPlace(t)
	for _, a := range []string{"u-2", "old-2", "older-2", "u-3"} {
		p.madeActor(a, nil)
	}
	bob := fmt.Sprint(p.bob.ID)
	for _, c := range []struct {
		do   func() error
		said string
		own  string
	}{
		{func() error { return p.merge("older-2", "old-2") }, `merged, merged_into: null → "old-2"`, ""},
		{func() error { return p.link("older-2", p.bob) }, `linked, user_id: null → ` + bob, "old-2 older-2"}, // the one that stands for both is linked
		{func() error { return p.merge("old-2", "u-2") }, `merged, merged_into: null → "u-2"`, "u-2 old-2 older-2"},
		{func() error { return p.merge("u-3", "old-2") }, `merged, merged_into: null → "u-2"`, "u-2 old-2 older-2 u-3"}, // no chains
		{func() error { return p.unmerge("old-2") }, `merge_undone, merged_into: "u-2" → null`, "old-2"},
		{func() error { return p.link("u-2", p.bob) }, `linked, user_id: null → ` + bob, "u-2 old-2 older-2 u-3"},
		{func() error { return p.unlink("u-3") }, `unlinked, user_id: ` + bob + ` → null`, "old-2"},
		{func() error { return p.merge("old-2", "u-2") }, `merged, merged_into: null → "u-2"`, "u-2 old-2 older-2 u-3"},
		{func() error { return p.unlink("u-2") }, `unlinked, user_id: ` + bob + ` → null`, ""},
		{func() error { return p.unmerge("older-2") }, `merge_undone, merged_into: "u-2" → null`, ""},
	} {
		a := p.theAct(c.do)
		if said(a) != c.said || p.own(p.bob) != c.own || a.Workspace != p.acme.ID || a.Actor.Name != "Amara" || a.Entity.Type != "actor" || !a.System {
			t.Errorf("%s; own: %s\nwant %s; own: %s", said(a), p.own(p.bob), c.said, c.own)
		}
		if n := ask[int](p, `SELECT count(*) FROM actors a JOIN actors b ON b.id = a.merged_into WHERE b.merged_into IS NOT NULL`); n > 0 {
			t.Fatalf("after %s: a chain", c.said)
		}
	}
}

func TestAccessToAProjectFollowsMerges(t *testing.T) {
	p := newPlace(t)
	p.madeActor("u-2", p.bob)
	p.madeActor("old-2", nil)
	projects := func() int {
		v, err := access.New(p.db).Enter(t.Context(), access.Principal{User: p.bob}, "acme")
		if err != nil {
			t.Fatal(err)
		}
		return len(v.Projects())
	}
	if err := p.accounts.Grant(t.Context(), account.Access{Workspace: p.acme, Project: "p-1", Actor: "old-2"}, models.CommandLine); err != nil {
		t.Fatal(err)
	}
	for i, do := range []func() error{
		func() error { return nil },
		func() error { return p.merge("old-2", "u-2") },
		func() error { return p.unmerge("old-2") },
		func() error { return p.merge("u-2", "old-2") },
	} {
		if err := do(); err != nil || projects() != i%2 {
			t.Errorf("%d: %d, %v", i, projects(), err)
		}
	}
	// Whoever of them is named, it is about the person.
	p.nothing(func() {
		if err := p.accounts.Grant(t.Context(), account.Access{Workspace: p.acme, Project: "p-1", Actor: "u-2"}, models.CommandLine); err != nil {
			t.Error(err)
		}
	})
	p.theAct(func() error {
		return p.accounts.Revoke(context.Background(), account.Access{Workspace: p.acme, Project: "p-1", Actor: "u-2"}, models.CommandLine)
	})
	if projects() != 0 {
		t.Error("the access is still there")
	}
}

func TestActorsThatAreNotLinked(t *testing.T) {
	p := newPlace(t)
	p.madeActor("u-1", p.amara)
	p.madeActor("u-2", nil)
	p.create(&models.Actor{WorkspaceID: p.acme.ID, ExternalID: "bot", Type: models.ActorAgent, Name: "Bot"})
	p.create(&models.Actor{WorkspaceID: p.acme.ID, ExternalID: models.UserActor(p.bob).ID, Type: models.ActorUser, Name: "Bob", UserID: &p.bob.ID})
	p.create(&models.Actor{WorkspaceID: p.acme.ID, ExternalID: models.Itself.ID, Type: models.ActorSystem, Name: "Daybook"})
	other := p.workspace("globex")
	p.member(other, p.charlie, models.Owner)
	p.create(&models.Actor{WorkspaceID: other.ID, ExternalID: "x", Type: models.ActorUser, Name: "X"})
	elsewhere := ask[int64](p, `SELECT id FROM actors WHERE external_id = 'x'`)
	p.nothing(func() {
		refused(t, p.link("u-1", p.bob), models.Conflict, "actor")
		refused(t, p.link("bot", p.bob), models.Conflict, "actor")
		refused(t, p.link("u-2", p.charlie), models.Invalid, "user") // no member here
		refused(t, p.link(models.UserActor(p.bob).ID, p.amara), models.Conflict, "actor")
		refused(t, p.link(models.Itself.ID, p.amara), models.Conflict, "actor")
		refused(t, p.link("nobody", p.bob), models.NotFound, "actor")
		refused(t, p.unlink(models.UserActor(p.bob).ID), models.Conflict, "actor")
		d := p.as(p.amara)
		refused(t, p.accounts.Link(t.Context(), d, elsewhere, p.bob.ID, 0), models.NotFound, "actor")
		refused(t, p.accounts.Link(t.Context(), d, p.actorID("u-2"), p.bob.ID, 99), models.Conflict, "version")
		refused(t, p.accounts.Unlink(t.Context(), d, p.actorID("u-1"), 99), models.Conflict, "version")
		refused(t, p.accounts.Link(t.Context(), p.as(p.bob), p.actorID("u-2"), p.bob.ID, 0), models.Forbidden)
		refused(t, p.accounts.Unlink(t.Context(), p.as(p.bob), p.actorID("u-1"), 0), models.Forbidden)
		for _, same := range []error{p.link("u-1", p.amara), p.unlink("u-2")} {
			if same != nil {
				t.Error(same)
			}
		}
	})
}

func TestActorsThatAreNotMerged(t *testing.T) {
	p := newPlace(t)
	for _, a := range []string{"a", "b", "c"} {
		p.madeActor(a, nil)
	}
	p.madeActor("u-1", p.amara)
	p.madeActor("u-2", p.bob)
	p.create(&models.Actor{WorkspaceID: p.acme.ID, ExternalID: "bot", Type: models.ActorAgent, Name: "Bot"})
	p.create(&models.Actor{WorkspaceID: p.acme.ID, ExternalID: models.Itself.ID, Type: models.ActorSystem, Name: "Daybook"})
	p.create(&models.Actor{WorkspaceID: p.acme.ID, ExternalID: models.CommandLine.ID, Type: models.ActorSystem, Name: "Command line"})
	other := p.workspace("globex")
	p.create(&models.Actor{WorkspaceID: other.ID, ExternalID: "x", Type: models.ActorUser, Name: "X"})
	elsewhere := ask[int64](p, `SELECT id FROM actors WHERE external_id = 'x'`)
	if err := p.merge("b", "a"); err != nil {
		t.Fatal(err)
	}
	d := p.as(p.amara)
	p.nothing(func() {
		for _, c := range []struct {
			from, into string
			kind       models.Kind
			field      string
		}{
			{"c", "c", models.Invalid, "into"}, {"b", "a", models.Invalid, "into"}, {"a", "b", models.Invalid, "into"}, {"b", "b", models.Invalid, "into"},
			{"b", "c", models.Conflict, "actor"}, {"u-1", "u-2", models.Conflict, "into"}, {"bot", "a", models.Invalid, "into"}, {"a", "bot", models.Invalid, "into"},
			{models.Itself.ID, models.CommandLine.ID, models.Invalid, "into"}, {"nobody", "a", models.NotFound, "actor"}, {"a", "nobody", models.NotFound, "into"},
		} {
			err := p.merge(c.from, c.into)
			refused(t, err, c.kind, c.field)
			_, preview := p.accounts.PreviewMerge(t.Context(), d, p.actorID(c.from), p.actorID(c.into))
			if preview == nil || preview.Error() != err.Error() {
				t.Errorf("%s into %s: %v, the preview says %v", c.from, c.into, err, preview)
			}
		}
		refused(t, p.accounts.Merge(t.Context(), d, account.Merging{Actor: elsewhere, Into: p.actorID("a")}), models.NotFound, "actor")
		refused(t, p.accounts.Merge(t.Context(), d, account.Merging{Actor: p.actorID("a"), Into: elsewhere}), models.NotFound, "into")
		refused(t, p.accounts.Merge(t.Context(), d, account.Merging{Actor: p.actorID("c"), Into: p.actorID("a"), Version: 99}), models.Conflict, "version")
		refused(t, p.accounts.Merge(t.Context(), p.as(p.bob), account.Merging{Actor: p.actorID("c"), Into: p.actorID("a")}), models.Forbidden)
		refused(t, p.accounts.Unmerge(t.Context(), p.as(p.bob), p.actorID("b"), 0), models.Forbidden)
		refused(t, p.accounts.Unmerge(t.Context(), d, elsewhere, 0), models.NotFound, "actor")
		refused(t, p.unmerge("c"), models.Conflict, "actor")
		_, err := p.accounts.PreviewMerge(t.Context(), p.as(p.bob), p.actorID("c"), p.actorID("a"))
		refused(t, err, models.Forbidden)
	})
	// By way of a third one, two users are not one person either.
	if err := p.merge("u-1", "c"); err != nil {
		t.Fatal(err)
	}
	p.nothing(func() {
		refused(t, p.merge("u-2", "c"), models.Conflict, "into")
		refused(t, p.link("c", p.bob), models.Conflict, "actor")
	})
}

func TestAPreviewCountsWhatWouldMove(t *testing.T) {
	p := newPlace(t)
	from, along, into, agent := p.madeActor("from", nil), p.madeActor("along", nil), p.madeActor("into", p.bob), p.madeActor("agent", nil)
	if err := p.merge("along", "from"); err != nil {
		t.Fatal(err)
	}
	p.exec(`INSERT INTO daily_counts SELECT $1, '2026-01-01', 0, actor, behalf, '', 'created', 'success', false, n
		FROM (VALUES ($2::bigint, 0::bigint, 3), ($3, 0, 4), ($4, 0, 50), ($5, $2, 7)) AS v (actor, behalf, n)`, p.acme.ID, from.ID, along.ID, into.ID, agent.ID)
	for project, actor := range map[string]string{"p-1": "from", "p-2": "along", "p-3": "into"} {
		for _, a := range []string{actor, "into"}[:1+len(project)%2] {
			if err := p.accounts.Grant(t.Context(), account.Access{Workspace: p.acme, Project: project, Actor: a}, models.CommandLine); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := p.accounts.Revoke(t.Context(), account.Access{Workspace: p.acme, Project: "p-2", Actor: "into"}, models.CommandLine); err != nil {
		t.Fatal(err)
	}
	p.nothing(func() {
		m, err := p.accounts.PreviewMerge(t.Context(), p.as(p.amara), from.ID, into.ID)
		if err != nil || m.Activities != 7 || m.OnBehalf != 7 || m.Projects != 1 || m.User.ID != p.bob.ID || len(m.Along) != 1 || m.Into.ID != into.ID {
			t.Errorf("%+v, %v", m, err)
		}
	})
}

func TestMergesAtOnceMakeNoChains(t *testing.T) {
	p := newPlace(t)
	list := []string{"a", "b", "c", "d"}
	for _, a := range list {
		p.madeActor(a, nil)
	}
	for range 5 {
		var done atomic.Int32
		together(8, func(i int) {
			if err := p.merge(list[i%4], list[(i+1+i/4)%4]); err == nil {
				done.Add(1)
			}
		})
		if n := ask[int](p, `SELECT count(*) FROM actors a JOIN actors b ON b.id = a.merged_into WHERE b.merged_into IS NOT NULL OR b.id = a.id`); n > 0 || done.Load() != 3 {
			t.Fatalf("%d chains, %d merges", n, done.Load())
		}
		p.exec(`UPDATE actors SET merged_into = NULL`)
	}
}

// Who an owner or an instance admin is, no admin says: what is done under their actors is recorded as theirs.
func TestAnAdminDoesNotSayWhoAnOwnerIs(t *testing.T) {
	p := newPlace(t)
	dana, ina := p.user("dana"), p.user("ina")
	p.member(p.acme, dana, models.Admin)
	p.member(p.acme, ina, models.Member)
	p.exec(`UPDATE users SET instance_admin = true WHERE id = $1`, ina.ID)
	ina.InstanceAdmin = true
	p.madeActor("u-owner", p.amara)
	p.madeActor("u-ina", ina)
	p.madeActor("u-bob", p.bob)
	p.madeActor("u-free", nil)
	id, admin := p.actorID, p.as(dana)
	for name, err := range map[string]error{
		"unlink an owner":           p.accounts.Unlink(t.Context(), admin, id("u-owner"), 0),
		"unlink an instance admin":  p.accounts.Unlink(t.Context(), admin, id("u-ina"), 0),
		"link to an owner":          p.accounts.Link(t.Context(), admin, id("u-free"), p.amara.ID, 0),
		"link to an instance admin": p.accounts.Link(t.Context(), admin, id("u-free"), ina.ID, 0),
		"merge an owner":            p.accounts.Merge(t.Context(), admin, account.Merging{Actor: id("u-owner"), Into: id("u-free")}),
		"merge into an owner":       p.accounts.Merge(t.Context(), admin, account.Merging{Actor: id("u-free"), Into: id("u-owner")}),
	} {
		if models.KindOf(err) != models.Forbidden {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := p.accounts.PreviewMerge(t.Context(), admin, id("u-free"), id("u-owner")); models.KindOf(err) != models.Forbidden {
		t.Errorf("previewing: %v", err)
	}
	for name, err := range map[string]error{
		"a member, by the admin": p.accounts.Unlink(t.Context(), admin, id("u-bob"), 0),
		"an owner, by an owner":  p.accounts.Unlink(t.Context(), p.as(p.amara), id("u-owner"), 0),
	} {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
