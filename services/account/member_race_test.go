package account_test

import (
	"context"
	"testing"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/account"
)

// whileRemoved begins something while somebody is being removed from acme, and gives what it answers once they are.
func (p *place) whileRemoved(u *models.User, do func() error) error {
	p.t.Helper()
	tx, err := p.db.Pool.Begin(p.t.Context())
	p.must(err)
	defer tx.Rollback(context.Background()) //nolint:errcheck // it is over by then, unless the test failed
	for _, sql := range []string{`SELECT FROM workspaces WHERE id = $1 AND $2::bigint > 0 FOR NO KEY UPDATE`, `DELETE FROM memberships WHERE workspace_id = $1 AND user_id = $2`} {
		_, err := tx.Exec(p.t.Context(), sql, p.acme.ID, u.ID)
		p.must(err)
	}
	done := make(chan error, 1)
	go func() { done <- do() }()
	for !ask[bool](p, `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0)`) {
		select {
		case err := <-done:
			p.t.Error("it did not wait")
			return err
		default:
		}
	}
	p.must(tx.Commit(p.t.Context()))
	return <-done
}

// Access that is given while a membership ends would be left behind by the removal, which did not see it.
func TestNobodyGetsAccessWhileTheyAreRemoved(t *testing.T) {
	p := newPlace(t)
	made := p.project("p-1")
	p.madeActor("b-1", p.bob)
	d, bob := p.as(p.amara), p.person(p.bob)
	program := account.Doer{Workspace: p.acme, Role: access.Program, Ref: models.CommandLine}
	for what, c := range map[string]struct {
		give func() error
		kind models.Kind
	}{
		"to a person's projects": {func() error {
			_, err := p.accounts.ChangeProjects(context.Background(), d, bob, []int64{made.ID}, nil)
			return err
		}, models.Invalid},
		"to a project": {func() error {
			_, err := p.accounts.ChangeAccess(context.Background(), d, made.ID, account.AccessChange{GrantUsers: []int64{p.bob.ID}})
			return err
		}, models.NotFound},
		"by command": {func() error {
			return p.accounts.Grant(context.Background(), account.Access{Workspace: p.acme, Project: "p-1", User: p.bob}, models.CommandLine)
		}, models.Invalid},
		"by an application, which says who has access whoever is a member": {func() error {
			_, err := p.accounts.SyncMembers(context.Background(), program, "p-1", []string{"b-1"})
			return err
		}, 0},
	} {
		p.role(p.bob, models.Member)
		err := p.whileRemoved(p.bob, c.give)
		if n := ask[int](p, `SELECT count(*) FROM project_members`); c.kind != 0 && (models.KindOf(err) != c.kind || n != 0) || c.kind == 0 && err != nil {
			t.Errorf("%s: %v, %d have access", what, err, n)
		}
		p.exec(`DELETE FROM project_members`)
	}
}
