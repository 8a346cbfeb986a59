package erasure_test

import (
	"testing"

	"daybook/models"
	"daybook/services/erasure"
)

// TestWhoComesAgainIsWhoTheyWere: the later events of somebody whom applications know by two ids are of the same actors as those before; an address alone is of
// the one that stands for both.
func TestWhoComesAgainIsWhoTheyWere(t *testing.T) {
	w := newWorld(t)
	w.send(w.acme, `{"actor": {"id": "crm-77", "name": "Noor Haddad", "email": "noor@example.com"}, "action": "created"}`, `{"actor": {"id": "shop-5", "name": "Noor Haddad"}, "action": "created"}`,
		`{"actor": {"id": "erp-9", "name": "Noor Haddad"}, "action": "created"}`)
	crm, shop, erp := w.actor(w.acme, "crm-77"), w.actor(w.acme, "shop-5"), w.actor(w.acme, "erp-9")
	w.do(`UPDATE actors SET merged_into = $1 WHERE id IN ($2, $3)`, shop, crm, erp)
	if e := w.anonymise(erasure.Target{Actor: crm}, "Noor Haddad"); e.State != models.ErasureDone {
		t.Fatalf("%+v", e)
	}
	w.send(w.acme, `{"actor": {"id": "crm-77", "name": "Noor Haddad", "email": "noor@example.com"}, "action": "again"}`, `{"actor": {"id": "shop-5", "name": "Noor Haddad"}, "action": "again"}`,
		`{"actor": {"id": "erp-9"}, "action": "again"}`, `{"actor": {"id": "app-1", "name": "Noor H.", "email": "noor@example.com"}, "action": "again"}`)
	if of := ask[[]int64](w, `SELECT array_agg(actor_id ORDER BY seq) FROM activities WHERE action = 'again' AND actor_name = $1`, models.DeletedName); textOf(of) != textOf([]int64{crm, shop, erp, shop}) {
		t.Errorf("they are of %v, not of %d, %d, %d and %d", of, crm, shop, erp, shop)
	}
	w.sound()
}

// TestWhoWasForgottenStaysForgotten: by hand nothing is taken out of what keeps people anonymous.
func TestWhoWasForgottenStaysForgotten(t *testing.T) {
	w := newWorld(t)
	w.send(w.acme, `{"actor": {"id": "crm-77", "name": "Noor Haddad"}, "action": "created"}`)
	w.anonymise(erasure.Target{Actor: w.actor(w.acme, "crm-77")}, "Noor Haddad")
	before := ask[int](w, `SELECT count(*) FROM forgotten`)
	for _, sql := range []string{`DELETE FROM forgotten`, `TRUNCATE forgotten`, `UPDATE forgotten SET hash = sha256(hash)`, `DELETE FROM forgotten WHERE false`} {
		if _, err := w.db.Pool.Exec(t.Context(), sql); err == nil {
			t.Errorf("%s is accepted", sql)
		}
	}
	if n := ask[int](w, `SELECT count(*) FROM forgotten`); n != before || n == 0 {
		t.Errorf("%d of %d are left", n, before)
	}
	if _, err := w.erasures.ActorCalled(t.Context(), w.acme.ID, "crm-77"); models.KindOf(err) != models.Conflict {
		t.Errorf("asked for by the old id: %v", err)
	}
	if _, err := w.erasures.ActorCalled(t.Context(), w.acme.ID, "crm-78"); models.KindOf(err) != models.NotFound {
		t.Errorf("asked for by no id: %v", err)
	}
}
