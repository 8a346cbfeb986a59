package proof_test

import (
	"testing"

	"daybook/models"
	"daybook/services/proof"
)

// TestOneRowIsHeldAgainstItsLeaf: as it was, and with each of its parts changed behind our back.
func TestOneRowIsHeldAgainstItsLeaf(t *testing.T) {
	p := newPlace(t)
	p.send(`, "resource": {"type": "task", "id": "1", "name": "A task"}, "changes": [{"field": "a", "before": 1.50, "after": null}], "metadata": {"b": 2}, "ip_address": "203.0.113.1"`)
	p.check(1)
	c := proof.NewChecker(p.db)
	expect := func(after string, want models.Standing) {
		t.Helper()
		if got, err := c.Check(t.Context(), p.ws.ID, 1); err != nil || got != want {
			t.Errorf("after %q it stands at %d (%v), want %d", after, got, err, want)
		}
	}
	exec := func(sql string) {
		t.Helper()
		if _, err := p.db.Pool.Exec(t.Context(), sql); err != nil {
			t.Fatal(sql, err)
		}
	}
	expect("nothing", models.Intact)
	exec(`ALTER TABLE activities DISABLE TRIGGER USER; CREATE TABLE saved AS SELECT * FROM activities`)
	for _, change := range []string{
		`action = 'deleted'`, `entity_name = 'Another'`, `description = 'else'`, `changes = '[]'`, `metadata = '{"b": 3}'`, `ip = NULL`, `occurred_at = occurred_at - interval '1 us'`, `outcome = 'denied'`, `leaf = sha256('')`,
	} {
		exec(`UPDATE activities SET ` + change)
		expect(change, models.Altered)
		exec(`DELETE FROM activities; INSERT INTO activities SELECT * FROM saved`)
		expect("putting it back", models.Intact)
	}
	exec(`UPDATE activities SET row_key = NULL`)
	expect("an erasure that nothing tells of", models.Altered)
	if _, err := c.Check(t.Context(), p.ws.ID, 99); err == nil {
		t.Error("what is not there has a standing")
	}
}
