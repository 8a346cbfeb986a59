package account_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/account"
)

// resolve resolves actors of one batch in acme, as sent by a service token.
func (p *place) resolve(refs ...models.ActorRef) map[string]account.Resolved {
	p.t.Helper()
	var named []account.Named
	for _, ref := range refs {
		if ref.Type == "" {
			ref.Type = models.ActorUser
		}
		named = append(named, account.Named{Workspace: p.acme.ID, Ref: ref, LinkByEmail: true})
	}
	return p.resolveNamed(named)
}

func (p *place) resolveNamed(named []account.Named) map[string]account.Resolved {
	p.t.Helper()
	out := map[string]account.Resolved{}
	p.inTx(func(ctx context.Context, tx pgx.Tx) error {
		found, err := account.ResolveActors(ctx, tx, named)
		for key, r := range found {
			out[key.ExternalID] = r
		}
		return err
	})
	return out
}

// actor shows an actor of acme.
func (p *place) actor(id string) string {
	p.t.Helper()
	return ask[string](p, `SELECT concat_ws(' ', name, '<' || email || '>', '(' || role || ')', type) FROM actors WHERE workspace_id = $1 AND external_id = $2`, p.acme.ID, id)
}

func TestActorsAreMadeOnceAndKeptUpToDate(t *testing.T) {
	p := newPlace(t)
	var id int64
	for i, c := range []struct {
		refs     []models.ActorRef
		name     string // as resolved
		want     string
		unmoving bool
	}{
		{[]models.ActorRef{{ID: "u1"}}, "u1", "u1 user", false},
		{[]models.ActorRef{{ID: "u1"}}, "u1", "u1 user", true},
		{[]models.ActorRef{{ID: "u1", Name: "Amara"}}, "u1", "Amara user", false},
		{[]models.ActorRef{{ID: "u1"}}, "Amara", "Amara user", true},
		{[]models.ActorRef{{ID: "u1", Email: ptr("a@example.com")}}, "Amara", "Amara <a@example.com> user", false},
		{[]models.ActorRef{{ID: "u1", Role: ptr("lead")}}, "Amara", "Amara <a@example.com> (lead) user", false},
		{[]models.ActorRef{{ID: "u1", Role: ptr("lead"), Email: ptr("a@example.com"), Name: "Amara"}}, "Amara", "Amara <a@example.com> (lead) user", true},
		{[]models.ActorRef{{ID: "u1", Name: "A"}, {ID: "u1", Email: ptr("b@example.com")}, {ID: "u1", Name: "Amara O."}, {ID: "u1", Role: ptr("boss")}, {ID: "u1"}},
			"Amara", "Amara O. <b@example.com> (boss) user", false},
	} {
		before := ask[string](p, `SELECT coalesce((SELECT xmin::text FROM actors WHERE external_id = 'u1'), '')`)
		got := p.resolve(c.refs...)["u1"]
		if i == 0 {
			id = got.ID
		}
		if got.ID != id || got.Name != c.name || got.Linked != nil || p.actor("u1") != c.want {
			t.Errorf("%d: %+v, %s", i, got, p.actor("u1"))
		}
		if after := ask[string](p, `SELECT xmin::text FROM actors WHERE external_id = 'u1'`); c.unmoving != (after == before) {
			t.Errorf("%d: written %v", i, after != before)
		}
	}
}

func TestEqualIDsInTwoWorkspaces(t *testing.T) {
	p := newPlace(t)
	globex := p.workspace("globex")
	var actors map[account.ActorKey]account.Resolved
	var projects map[account.ActorKey]int64
	for range 2 {
		p.inTx(func(ctx context.Context, tx pgx.Tx) (err error) {
			var named []account.Named
			refs := map[account.ActorKey]models.ProjectRef{}
			for _, w := range []uuid.UUID{p.acme.ID, globex.ID} {
				named = append(named, account.Named{Workspace: w, Ref: models.ActorRef{ID: "1", Name: w.String(), Type: models.ActorUser}})
				refs[account.ActorKey{Workspace: w, ExternalID: "1"}] = models.ProjectRef{ID: "1", Name: w.String()}
			}
			if actors, err = account.ResolveActors(ctx, tx, named); err != nil {
				return err
			}
			projects, err = account.ResolveProjects(ctx, tx, refs)
			return err
		})
		for _, table := range []string{"actors", "projects"} {
			if n := ask[int](p, `SELECT count(*) FROM `+table+` WHERE name = workspace_id::text AND external_id = '1'`); n != 2 {
				t.Errorf("%d %s", n, table)
			}
		}
	}
	for key, r := range actors {
		if r.Name != key.Workspace.String() || r.ID != ask[int64](p, `SELECT id FROM actors WHERE workspace_id = $1`, key.Workspace) {
			t.Errorf("%v: %+v", key, r)
		}
	}
	for key, id := range projects {
		if id != ask[int64](p, `SELECT id FROM projects WHERE workspace_id = $1`, key.Workspace) {
			t.Errorf("%v: %d", key, id)
		}
	}
}

func TestWhoIsLinkedByEmail(t *testing.T) {
	p := newPlace(t)
	admin, gone := p.user("root"), p.user("gone")
	p.exec(`UPDATE users SET instance_admin = true WHERE id = $1`, admin.ID)
	p.exec(`UPDATE users SET deactivated_at = now() WHERE id = $1`, gone.ID)
	p.member(p.acme, admin, models.Admin)
	p.member(p.acme, gone, models.Member)
	p.create(&models.Actor{WorkspaceID: p.acme.ID, ExternalID: "known", Type: models.ActorUser, Name: "Bob"})
	own := models.UserActor(p.bob)
	for _, c := range []struct {
		id, email string
		kind      models.ActorType
		link      bool
		want      int64
	}{
		{"1", "bob@example.com", models.ActorUser, true, p.bob.ID},
		{"2", "bob@example.com", models.ActorUser, true, p.bob.ID}, // a second actor of his
		{"3", "amara@example.com", models.ActorUser, true, p.amara.ID},
		{"4", "charlie@example.com", models.ActorUser, true, 0}, // no member
		{"5", "root@example.com", models.ActorUser, true, 0},    // instance admin
		{"6", "gone@example.com", models.ActorUser, true, 0},
		{"7", "nobody@example.com", models.ActorUser, true, 0},
		{"8", "bob@example.com", models.ActorAgent, true, 0},
		{"9", "bob@example.com", models.ActorUser, false, 0}, // no service token said so
		{"known", "bob@example.com", models.ActorUser, true, 0},
	} {
		named := []account.Named{{Workspace: p.acme.ID, Ref: models.ActorRef{ID: c.id, Type: c.kind, Email: &c.email}, LinkByEmail: c.link}}
		got := p.resolveNamed(named)[c.id]
		if (got.Linked != nil) != (c.want != 0) || got.Linked != nil && *got.Linked != c.want || p.userOf(c.id) != c.want {
			t.Errorf("%+v: %+v, user %d", c, got, p.userOf(c.id))
		}
		if again := p.resolveNamed(named)[c.id]; again.Linked != nil {
			t.Errorf("%+v was linked again", c)
		}
	}
	if got := p.resolve(own)[own.ID]; got.Linked != nil || p.userOf(own.ID) != p.bob.ID { // his own act, not a link by e-mail
		t.Errorf("%+v", got)
	}
	p.exec(`UPDATE actors SET user_id = NULL WHERE external_id = '1'`) // unlinked by hand
	if got := p.resolve(models.ActorRef{ID: "1", Name: "Robert", Email: ptr("bob@example.com")})["1"]; got.Linked != nil || p.userOf("1") != 0 {
		t.Errorf("%+v", got)
	}
}

// In one batch an import may name an e-mail and a service token the same actor without: nobody who may link has said who it is.
func TestOnlyTheEmailOfAServiceTokenLinks(t *testing.T) {
	p := newPlace(t)
	ref := func(email *string) models.ActorRef {
		return models.ActorRef{ID: "1", Type: models.ActorUser, Email: email}
	}
	imported := account.Named{Workspace: p.acme.ID, Ref: ref(&p.bob.Email)}
	sent := account.Named{Workspace: p.acme.ID, Ref: ref(nil), LinkByEmail: true}
	for i, batch := range [][]account.Named{{imported, sent}, {sent, imported}} {
		if got := p.resolveNamed(batch)["1"]; got.Linked != nil {
			t.Errorf("%d: linked to %d", i, *got.Linked)
		}
		p.exec(`DELETE FROM actors`)
	}
	sent.Ref = ref(&p.amara.Email)
	for i, batch := range [][]account.Named{{imported, sent}, {sent, imported}} {
		if got := p.resolveNamed(batch)["1"]; got.Linked == nil || *got.Linked != p.amara.ID {
			t.Errorf("%d: %+v", i, got)
		}
		p.exec(`DELETE FROM actors`)
	}
}

func TestProjectsAreMadeOnceAndRenamed(t *testing.T) {
	p := newPlace(t)
	resolve := func(refs ...models.ProjectRef) map[string]int64 {
		t.Helper()
		out := map[string]int64{}
		p.inTx(func(ctx context.Context, tx pgx.Tx) error {
			named := map[account.ActorKey]models.ProjectRef{}
			for _, ref := range refs {
				named[account.ActorKey{Workspace: p.acme.ID, ExternalID: ref.ID}] = ref
			}
			found, err := account.ResolveProjects(ctx, tx, named)
			for key, id := range found {
				out[key.ExternalID] = id
			}
			return err
		})
		return out
	}
	names := func() string {
		return ask[string](p, `SELECT string_agg(external_id || '=' || name || '/' || visibility, ' ' ORDER BY external_id) FROM projects`)
	}
	first := resolve(models.ProjectRef{ID: "1", Name: "Website"}, models.ProjectRef{ID: "2"})
	if len(first) != 2 || names() != "1=Website/members 2=2/members" {
		t.Errorf("%v, %s", first, names())
	}
	p.exec(`UPDATE projects SET visibility = 'workspace'`)
	second := resolve(models.ProjectRef{ID: "1"}, models.ProjectRef{ID: "2", Name: "App"}, models.ProjectRef{ID: "3", Name: "New"})
	if fmt.Sprint(second["1"], second["2"]) != fmt.Sprint(first["1"], first["2"]) || second["3"] == 0 || names() != "1=Website/workspace 2=App/workspace 3=New/members" {
		t.Errorf("%v, %s", second, names())
	}
	before := ask[string](p, `SELECT string_agg(xmin::text, ' ') FROM projects`)
	resolve(models.ProjectRef{ID: "1", Name: "Website"}, models.ProjectRef{ID: "2"})
	if after := ask[string](p, `SELECT string_agg(xmin::text, ' ') FROM projects`); after != before {
		t.Error("nothing changed and it was written")
	}
	if got := resolve(); len(got) != 0 {
		t.Errorf("%v", got)
	}
}

// Somebody else makes the actor between the look and the insert.
func TestAnActorThatIsMadeMeanwhile(t *testing.T) {
	p := newPlace(t)
	done := make(chan account.Resolved, 1)
	p.inTx(func(ctx context.Context, tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `INSERT INTO actors (workspace_id, external_id, type, name) VALUES ($1, '1', 'user', 'By hand')`, p.acme.ID); err != nil {
			return err
		}
		go func() { done <- p.resolve(models.ActorRef{ID: "1", Name: "Bob", Email: &p.bob.Email})["1"] }()
		p.untilBlocked()
		return nil
	})
	if got := <-done; got.ID == 0 || got.Linked != nil || p.userOf("1") != 0 {
		t.Errorf("%+v", got)
	}
}
