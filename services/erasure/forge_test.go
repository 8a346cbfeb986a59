package erasure_test

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"daybook/services/database"
	"daybook/services/erasure"
	"daybook/services/proof"
)

// forgery is an erasure of an activity's description that nobody asked for, with what tells of it.
type forgery struct {
	record                   uuid.UUID
	content, parts, metadata string
}

func (w *world) forge(seq int64, by uuid.UUID) (f forgery) {
	w.Helper()
	subjects, err := proof.SubjectsAt(w.Context(), w.db.Pool, w.acme.ID, []int64{seq})
	w.must(err)
	was := subjects[0]
	a := *was.Activity
	a.Description = "Paid 10 to Olive"
	is := was
	is.Activity = &a
	r, err := proof.Replace(was, is)
	w.must(err)
	text := func(v any) string {
		b, err := json.Marshal(v)
		w.must(err)
		return string(b)
	}
	digest, groups, parts := proof.NewDigest(), map[proof.Group]int{}, []map[string]any{}
	for _, g := range r.Groups {
		digest.Add(seq, g)
		groups[g.Part]++
		parts = append(parts, map[string]any{"seq": seq, "part": g.Part, "before": hex.EncodeToString(g.Before), "after": hex.EncodeToString(g.After)})
	}
	content := map[string]any{"seq": seq, "actor_name": a.ActorName, "description": a.Description, "changes": []any{}, "metadata": map[string]any{}}
	for _, g := range proof.Groups {
		content[string(g)] = hex.EncodeToString(r.Salts[g])
	}
	f.record = uuid.Must(uuid.NewV7())
	f.content, f.parts = text([]any{content}), text(parts)
	f.metadata = text(map[string]any{"erasure": by, "rows": 1, "groups": groups, "digest": digest.String()})
	return f
}

// put does it under an erasure, of which something is said before and after. The record goes where the writer has been.
func (w *world) put(ctx context.Context, tx pgx.Tx, f forgery, by uuid.UUID, how [3]string) error {
	for _, each := range []struct {
		sql  string
		args []any
	}{
		{how[0], nil},
		{`SELECT erase_activities($1, $2, $3, $4::text::jsonb, $5::text::jsonb)`, []any{w.acme.ID, by, f.record, f.content, f.parts}},
		{how[1], nil},
		{`INSERT INTO inbox (lane, xid, workspace_id, uuid, source_id, event, received_at)
			SELECT 1, '1', $1, $2, id, jsonb_build_object('action', 'erased', 'metadata', $3::text::jsonb), ` + how[2] + ` FROM sources WHERE kind = 'daybook' AND key = 'erasure'`,
			[]any{w.acme.ID, f.record, f.metadata}},
	} {
		if _, err := tx.Exec(ctx, each.sql, each.args...); err != nil {
			return err
		}
	}
	return nil
}

// TestWhatWasBegunOnceIsNoLicence to erase whatever one likes: an erasure that is done stays done; and a record that the writer passed by is none.
func TestWhatWasBegunOnceIsNoLicence(t *testing.T) {
	w := newWorld(t)
	w.send(w.acme, `{"actor": {"id": "z1", "name": "Zed Zed"}, "action": "created"}`, `{"actor": {"id": "c1", "name": "Cleo Person"}, "action": "paid", "description": "Paid 1 000 000 to Mallory"}`)
	e := w.anonymise(erasure.Target{Actor: w.actor(w.acme, "z1")}, "Zed Zed")
	seq := ask[int64](w, `SELECT seq FROM activities WHERE action = 'paid'`)
	again := fmt.Sprintf(`UPDATE erasures SET state = 'running' WHERE id = '%s'`, e.ID)
	done := fmt.Sprintf(`UPDATE erasures SET state = 'done' WHERE id = '%s'`, e.ID)
	err := pgx.BeginFunc(t.Context(), w.db.Pool, func(tx pgx.Tx) error {
		return w.put(t.Context(), tx, w.forge(seq, e.ID), e.ID, [3]string{again, done, "now()"})
	})
	if database.SQLState(err) != "42501" {
		t.Error("an erasure that is done went on:", err)
	}
	for _, change := range []string{"state = 'tidying'", "ended_at = NULL", "ended_at = now() + interval '1 hour'"} {
		if _, err := w.db.Pool.Exec(t.Context(), `UPDATE erasures SET `+change+` WHERE id = $1`, e.ID); database.SQLState(err) != "42501" {
			t.Errorf("%s: %v", change, err)
		}
	}
	w.sound()

	w.do(`ALTER TABLE erasures DISABLE TRIGGER done_erasures_stay`) // as whoever owns the tables can
	for _, test := range []struct{ received, flaw string }{
		{"now()", ""},
		{"now() - interval '1 hour'", "what came after it is posted"},
		{"'2999-01-01'", "what came after it is posted"},
	} {
		v := w.verifiedWith(t.Context(), w.forge(seq, e.ID), e.ID, [3]string{again, done, test.received})
		named := len(v.Flaws) == 1 && test.flaw != "" && strings.Contains(v.Flaws[0].What, test.flaw)
		if v.OK() != (test.flaw == "") || v.Waiting == 0 && test.flaw == "" || test.flaw != "" && !named {
			t.Errorf("%s: %+v", test.received, v)
		}
	}
	late := done + `; ALTER TABLE erasures DISABLE TRIGGER USER; UPDATE erasures SET ended_at = now() - interval '1 hour'`
	if v := w.verifiedWith(t.Context(), w.forge(seq, e.ID), e.ID, [3]string{again, late, "now()"}); v.OK() || !strings.Contains(v.Flaws[0].What, "was done before") {
		t.Errorf("a record of an erasure that was done: %+v", v)
	}
	w.sound()
}

// verifiedWith is what a verification finds when a forgery was put there. Nothing of it stays.
func (w *world) verifiedWith(ctx context.Context, f forgery, by uuid.UUID, how [3]string) (v proof.Verification) {
	w.Helper()
	err := pgx.BeginFunc(ctx, w.db.Pool, func(tx pgx.Tx) error {
		if err := w.put(ctx, tx, f, by, how); err != nil {
			return err
		}
		var err error
		if v, err = proof.VerifyWorkspace(ctx, tx, w.acme.ID); err != nil {
			return err
		}
		return pgx.ErrTxClosed // it is taken back
	})
	if !errors.Is(err, pgx.ErrTxClosed) {
		w.Fatal(err)
	}
	return v
}

// TestNobodyBorrowsTheNameOfAGuardedFunction: a function of the same name in another schema, with the very statement or another one, changes nothing.
func TestNobodyBorrowsTheNameOfAGuardedFunction(t *testing.T) {
	w := newWorld(t)
	w.send(w.acme, `{"actor": {"id": "c2", "name": "Carl Crook"}, "action": "stole"}`)
	w.anonymise(erasure.Target{Actor: w.actor(w.acme, "c2")}, "Carl Crook")
	w.send(w.acme, `{"actor": {"id": "c3", "name": "Cora Crook"}, "action": "stole"}`)
	source := ask[string](w, `SELECT prosrc FROM pg_proc WHERE proname = 'erase_activities'`)
	own, _, _ := strings.Cut(source[strings.Index(source, "UPDATE activities"):], ";")
	content := fmt.Sprintf(`[{"seq": %d, "actor_name": "Forged Freddy", "description": "x", "changes": [], "metadata": {}}]`, ask[int64](w, `SELECT max(seq) FROM activities WHERE action = 'stole'`))
	other := `UPDATE public.activities SET actor_name = 'Forged Freddy' WHERE action = 'stole'`
	const head = `(ws uuid, erasure uuid, record uuid, content jsonb, parts jsonb) RETURNS bigint LANGUAGE plpgsql AS $f$ BEGIN `
	for what, make := range map[string][2]string{
		"the statement, among temporary ones": {`CREATE FUNCTION pg_temp.erase_activities` + head + own + `; RETURN 1; END $f$`, "pg_temp"},
		"the statement, in a schema":          {`CREATE FUNCTION evil.erase_activities` + head + own + `; RETURN 1; END $f$`, "evil"},
		"another one, in a schema":            {`CREATE FUNCTION evil.erase_activities` + head + `NULL; ` + other + `; RETURN 1; END $f$`, "evil"},
		"another one, in a schema, first":     {`CREATE FUNCTION evil.erase_activities` + head + other + `; RETURN 1; END $f$`, "evil"},
	} {
		err := pgx.BeginFunc(t.Context(), w.db.Pool, func(tx pgx.Tx) error {
			for _, sql := range []string{`CREATE SCHEMA evil`, make[0], `SET LOCAL search_path = evil, public`} {
				if _, err := tx.Exec(t.Context(), sql); err != nil {
					t.Fatalf("%s: %v", sql, err)
				}
			}
			_, err := tx.Exec(t.Context(), `SELECT `+make[1]+`.erase_activities($1, NULL, NULL, $2::text::jsonb, NULL)`, w.acme.ID, content)
			if err == nil {
				return pgx.ErrTxCommitRollback
			}
			return err
		})
		if database.SQLState(err) != "42501" {
			t.Errorf("%s: %v", what, err)
		}
	}
	if names := w.stole(); names != "Deleted User,Cora Crook" {
		t.Errorf("they are %s", names)
	}
}

// TestGuardsLookAtTheirOwnTables, whatever else is called so.
func TestGuardsLookAtTheirOwnTables(t *testing.T) {
	w := newWorld(t)
	w.send(w.acme, `{"actor": {"id": "c2", "name": "Carl Crook"}, "action": "stole"}`)
	conn, err := w.db.Pool.Acquire(t.Context())
	w.must(err)
	defer conn.Release()
	do := func(sql string, args ...any) (pgconn.CommandTag, error) { return conn.Exec(t.Context(), sql, args...) }
	id := uuid.New()
	for _, table := range []string{"erasures", "erasure_workspaces", "holds"} {
		_, err := do(`CREATE TEMP TABLE ` + table + ` AS SELECT * FROM public.` + table + ` WHERE false`)
		w.must(err)
	}
	_, err = do(`INSERT INTO erasures (id, state) VALUES ($1, 'running')`, id)
	w.must(err)
	_, err = do(`INSERT INTO erasure_workspaces (erasure_id, workspace_id) VALUES ($1, $2)`, id, w.acme.ID)
	w.must(err)
	f := w.forge(ask[int64](w, `SELECT max(seq) FROM activities WHERE action = 'stole'`), id)
	if _, err := do(`SELECT erase_activities($1, $2, $3, $4::text::jsonb, $5::text::jsonb)`, w.acme.ID, id, f.record, f.content, f.parts); database.SQLState(err) != "42501" {
		t.Error("it was erased:", err)
	}
	if _, err := do(`DISCARD TEMP`); err != nil {
		t.Error(err)
	}
}
