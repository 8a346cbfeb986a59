package journal

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/proof"
)

// erasedWorld has eight activities: 3 and 5 were erased in part, 5 twice; 9 and 10 are the records.
func erasedWorld(t *testing.T) *world {
	w := newWorld(t)
	w.fill(bulk, 8)
	by := w.writer(nil)
	w.drain(by)
	id := w.erasure()
	for _, step := range []struct {
		seqs   []int64
		change func(*proof.Subject)
	}{
		{[]int64{3, 5}, func(s *proof.Subject) {
			replacements[proof.Who](s, models.DeletedName)
			replacements[proof.Text](s, "nobody")
		}},
		{[]int64{5}, func(s *proof.Subject) {
			replacements[proof.Text](s, "nobody at all")
			replacements[proof.Data](s, "nobody at all")
		}},
	} {
		if err := w.erase(by, id, step.seqs, step.change); err != nil {
			t.Fatal(err)
		}
		w.drain(by)
	}
	w.sound()
	return w
}

// behindOurBack does something in a database without triggers, looks what a proof says of it, and takes it back.
func (w *world) behindOurBack(sql string, args ...any) (v proof.Verification) {
	w.Helper()
	undo := errors.New("taken back")
	err := pgx.BeginFunc(w.Context(), w.db.Pool, func(tx pgx.Tx) error {
		for _, table := range []string{"activities", "activity_salts", "erased_groups", "erasures", "erasure_workspaces"} {
			if _, err := tx.Exec(w.Context(), `ALTER TABLE `+table+` DISABLE TRIGGER USER`); err != nil {
				return err
			}
		}
		tag, err := tx.Exec(w.Context(), sql, args...)
		if err == nil && tag.RowsAffected() == 0 {
			err = fmt.Errorf("%s did nothing", sql)
		}
		if err == nil {
			v, err = proof.VerifyWorkspace(w.Context(), tx, w.ws.ID)
		}
		return errors.Join(err, undo)
	})
	if !errors.Is(err, undo) || err.Error() != undo.Error() {
		w.Fatalf("%s: %v", sql, err)
	}
	return v
}

func TestWhateverIsChangedOfAnErasedRowIsNoticed(t *testing.T) {
	w := erasedWorld(t)
	if v := w.behindOurBack(`UPDATE workspaces SET name = 'else'`); !v.OK() || v.Erased != 2 || v.Rows != 10 || !slices.Equal(v.Records, []int64{9, 10}) {
		t.Fatalf("nothing was changed: %+v", v)
	}
	for seq, want := range map[int64]models.Standing{3: models.Erased, 4: models.Intact, 5: models.Erased, 9: models.Intact} {
		if got, err := proof.NewChecker(w.db).Check(t.Context(), w.ws.ID, seq); err != nil || got != want {
			t.Errorf("activity %d stands at %d, %v", seq, got, err)
		}
	}
	var changes []string
	for _, seq := range []int{3, 5} {
		for column, value := range map[string]string{
			"actor_name": "actor_name || ' '", "actor_role": "'lead'", "ip": "'192.0.2.1'", "user_agent": "''", "entity_id": "'0'", "entity_name": "NULL", "entity_url": "''",
			"description": "description || '.'", "changes": `changes || '[{"field": "x"}]'`, "metadata": `metadata || '{"x": null}'`, "correlation_id": "'c'", "outcome": "'denied'",
			"action": "'updated'", "occurred_at": "occurred_at + interval '1 us'", "leaf": "set_byte(leaf, 31, get_byte(leaf, 31) # 1)", "row_key": "sha256('')", "system": "NOT system",
		} {
			changes = append(changes, fmt.Sprintf(`UPDATE activities SET %s = %s WHERE seq = %d`, column, value, seq))
		}
		for _, salt := range proof.Groups {
			for _, at := range []int{0, 13, 31} {
				changes = append(changes, fmt.Sprintf(`UPDATE activity_salts SET %[1]s = set_byte(%[1]s, %[2]d, get_byte(%[1]s, %[2]d) # 128) WHERE seq = %[3]d`, salt, at, seq))
			}
		}
		changes = append(changes, fmt.Sprintf(`DELETE FROM activity_salts WHERE seq = %d`, seq), fmt.Sprintf(`DELETE FROM erased_groups WHERE seq = %d`, seq))
	}
	for _, which := range []string{"seq = 3 AND part = 'who'", "seq = 5 AND part = 'text' AND n = 1", "seq = 5 AND part = 'text' AND n = 2", "seq = 5 AND part = 'data'"} {
		for _, column := range []string{"before", "after"} {
			for _, at := range []int{0, 17, 31} {
				changes = append(changes, fmt.Sprintf(`UPDATE erased_groups SET %[1]s = set_byte(%[1]s, %[2]d, get_byte(%[1]s, %[2]d) # 1) WHERE %[3]s`, column, at, which))
			}
		}
		changes = append(changes, `DELETE FROM erased_groups WHERE `+which, `UPDATE erased_groups SET n = n + 5 WHERE `+which, `UPDATE erased_groups SET part = 'entity' WHERE `+which,
			`UPDATE erased_groups SET record = gen_random_uuid() WHERE `+which, `UPDATE erased_groups SET seq = 4 WHERE `+which,
			`UPDATE erased_groups SET record = (SELECT uuid FROM activities a WHERE a.seq = 1 AND a.workspace_id = erased_groups.workspace_id) WHERE `+which)
	}
	changes = append(changes,
		`INSERT INTO erased_groups SELECT workspace_id, seq, part, n + 1, record, after, after FROM erased_groups WHERE seq = 3 AND part = 'who'`,
		`INSERT INTO erased_groups SELECT workspace_id, 4, 'who', 1, record, after, after FROM erased_groups WHERE seq = 3 AND part = 'who'`,
		`UPDATE activities SET metadata = jsonb_set(metadata, '{digest}', '"00"') WHERE action = 'erased' AND seq = 9`,
		`UPDATE activities SET metadata = metadata - 'digest' WHERE action = 'erased' AND seq = 10`,
		`UPDATE activities SET actor_name = 'Bob' WHERE seq = 10`, `DELETE FROM activities WHERE seq = 9`, `DELETE FROM activities WHERE action = 'anonymise_started'`,
		`UPDATE activities SET description = 'x' WHERE action = 'anonymise_started'`, `DELETE FROM erasure_workspaces`, `UPDATE erasures SET workspace_id = (SELECT workspace_id FROM erasure_workspaces LIMIT 1)`,
		`WITH gone AS (DELETE FROM erasure_workspaces RETURNING erasure_id) DELETE FROM activities WHERE action = 'anonymise_started'`,
		`UPDATE activities SET metadata = metadata || '{"rows": 7}' WHERE seq = 10`, `UPDATE sources SET key = 'else' WHERE key = 'erasure'`,
		`UPDATE actors SET external_id = 'deleted-x' WHERE id = (SELECT actor_id FROM activities WHERE seq = 3)`)
	for _, sql := range changes {
		if v := w.behindOurBack(sql); v.OK() {
			t.Errorf("%s is not noticed: %+v", sql, v)
		}
	}
}

// TestAnErasureThatNobodyRecordedIsNone: whoever has the database and knows how proofs are made cannot pass a change off as an erasure.
func TestAnErasureThatNobodyRecordedIsNone(t *testing.T) {
	w := erasedWorld(t)
	was, err := proof.SubjectsAt(t.Context(), w.db.Pool, w.ws.ID, []int64{4})
	if err != nil {
		t.Fatal(err)
	}
	is, a := was[0], *was[0].Activity
	is.Activity = &a
	a.Description = "Something else"
	r, err := proof.Replace(was[0], is)
	if err != nil || len(r.Groups) != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
	digest := proof.NewDigest()
	digest.Add(4, r.Groups[0])
	record := uuid.New()
	forged := `WITH salts AS (INSERT INTO activity_salts VALUES ($1, 4, $2, $3, $4, $5)), changed AS (UPDATE activities SET description = 'Something else', row_key = NULL WHERE seq = 4 AND workspace_id = $1)
		INSERT INTO erased_groups VALUES ($1, 4, 'text', 1, $6, $7, $8)`
	args := []any{w.ws.ID, r.Salts[proof.Who], r.Salts[proof.Entity], r.Salts[proof.Text], r.Salts[proof.Data], record, r.Groups[0].Before, r.Groups[0].After}
	expect := func(when string, ok bool) {
		t.Helper()
		v := w.behindOurBack(forged, args...)
		if slices.ContainsFunc(v.Flaws, func(f proof.Flaw) bool { return f.First == 4 }) == ok {
			t.Errorf("%s: %+v", when, v)
		}
	}
	expect("no record", false)
	say := func(what string) {
		w.do(`INSERT INTO inbox (lane, workspace_id, uuid, source_id, event) SELECT 0, $1, $2, id, $3::text::jsonb FROM sources WHERE key = 'erasure' AND kind = 'daybook'`, w.ws.ID, record,
			`{"action": "erased", "description": "x", "outcome": "success", "actor": {"id": "u", "type": "user"}, "metadata": `+what+`}`)
	}
	w.do(`INSERT INTO sources (kind, key) VALUES ('token', 'erasure')`)
	whole := fmt.Sprintf(`{"erasure": %q, "rows": 1, "groups": {"text": 1}, "digest": %q}`, w.erasure(), digest)
	say(whole)
	w.do(`UPDATE inbox SET source_id = (SELECT id FROM sources WHERE kind = 'token') WHERE uuid = $1`, record)
	expect("somebody's event that waits", false)
	w.drain(w.writer(nil))
	expect("somebody's event that was posted", false)
	unbegun := uuid.New()
	w.do(`INSERT INTO erasures (id, state, asked_by) VALUES ($1, 'running', '{}')`, unbegun)
	w.do(`INSERT INTO erasure_workspaces (erasure_id, workspace_id, actor_ids) VALUES ($1, $2, '{}')`, unbegun, w.ws.ID)
	for _, test := range []struct {
		what, says string
		ok         bool
	}{
		{"nothing but the digest", fmt.Sprintf(`{"digest": %q}`, digest), false},
		{"an erasure that there is not", strings.Replace(whole, whole[13:49], uuid.NewString(), 1), false},
		{"an erasure that nobody began", strings.Replace(whole, whole[13:49], unbegun.String(), 1), false},
		{"more activities", strings.Replace(whole, `"rows": 1`, `"rows": 2`, 1), false},
		{"other groups", strings.Replace(whole, `"text": 1`, `"data": 1`, 1), false},
		{"another digest", strings.Replace(whole, digest.String(), strings.Repeat("0", 64), 1), false},
		{"all of it", whole, true}, // so the forgery is good but for its record
	} {
		record = uuid.New()
		args[5] = record
		say(test.says)
		expect(test.what+", which waits", test.ok)
		w.drain(w.writer(nil))
		expect(test.what+", which was posted", test.ok)
	}
	v, err := proof.VerifyWorkspace(t.Context(), w.db.Pool, w.ws.ID)
	if err != nil || v.Altered != 7 || len(v.Records) != 2+7 { // what was made up of nothing is noticed by itself
		t.Errorf("%+v, %v", v, err)
	}
}

func TestNobodyChangesActivitiesByHand(t *testing.T) {
	w := erasedWorld(t)
	id, purge := w.erasure(), ask[int64](w, `INSERT INTO purges (workspace_id, state, query, to_at, selection, last_seq, asked_by) VALUES ($1, 'running', '', now(), '{}', 9, '{}') RETURNING id`, w.ws.ID)
	w.do(`INSERT INTO tombstones SELECT workspace_id, 99, gen_random_uuid(), leaf, $1 FROM activities WHERE seq = 2`, purge)
	content := `[{"seq": 1, "actor_name": "x", "description": "x", "changes": [], "metadata": {}, "action": "denied", "outcome": "denied", "leaf": "\\x00", "uuid": "00000000-0000-0000-0000-000000000000",
		"who": "00", "entity": "00", "text": "00", "data": "00"}]`
	for _, sql := range []string{
		`UPDATE activities SET description = ''`, `UPDATE activities SET row_key = NULL`, `DELETE FROM activities`, `TRUNCATE activities`, `DELETE FROM activities WHERE false`,
		`UPDATE erased_groups SET n = 2`, `DELETE FROM erased_groups`, `TRUNCATE erased_groups`, `UPDATE activity_salts SET who = who`, `DELETE FROM activity_salts`, `TRUNCATE activity_salts`,
		`DELETE FROM erasure_workspaces`, `TRUNCATE erasures CASCADE`, `DELETE FROM erasures`, `UPDATE erasures SET workspace_id = NULL`, `UPDATE erasure_workspaces SET workspace_id = workspace_id`,
		`UPDATE tombstones SET seq = seq`, `DELETE FROM tombstones`, `TRUNCATE tombstones`,
		`MERGE INTO activities a USING (VALUES (1)) AS v (seq) ON a.seq = v.seq WHEN MATCHED THEN UPDATE SET description = ''`,
		`SELECT erase_activities('` + w.ws.ID.String() + `', gen_random_uuid(), gen_random_uuid(), '[]', '[]')`,
		`SELECT erase_activities('` + w.ws.ID.String() + `', '` + id.String() + `', gen_random_uuid(), '` + content + `', '[]')`,
		fmt.Sprintf(`SELECT purge_activities('%s', '{9}', %d)`, w.ws.ID, purge), // a record of an erasure
		fmt.Sprintf(`SELECT purge_activities('%s', '{1}', 4711)`, w.ws.ID),
	} {
		if _, err := w.db.Pool.Exec(t.Context(), sql); err == nil {
			t.Errorf("%s is not refused", sql)
		}
	}
	for _, sql := range w.pretending() {
		if _, err := w.db.Pool.Exec(t.Context(), sql); err == nil || !strings.Contains(err.Error(), "is refused") {
			t.Errorf("%s is not refused: %v", sql, err)
		}
	}
	// With everything in order the function changes what it may, and what is fixed stays whatever it is given.
	whole := `[{"seq": 1, "actor_name": "x", "description": "x", "changes": [], "metadata": {}, "action": "denied", "outcome": "denied", "seq2": 9, "leaf": "\\x00", "system": true,
		"who": "%[1]s", "entity": "%[1]s", "text": "%[1]s", "data": "%[1]s"}]`
	hex := fmt.Sprintf("%064x", 7)
	fixed := ask[string](w, fixedParts, w.ws.ID)
	w.do(`SELECT erase_activities($1, $2, gen_random_uuid(), $3::text::jsonb, $4::text::jsonb)`, w.ws.ID, id, fmt.Sprintf(whole, hex), fmt.Sprintf(`[{"seq": 1, "part": "text", "before": %q, "after": %q}]`, hex, hex))
	if ask[string](w, `SELECT description FROM activities WHERE seq = 1 AND workspace_id = $1`, w.ws.ID) != "x" || ask[string](w, fixedParts, w.ws.ID) != fixed {
		t.Error("the function changed what is fixed, or nothing")
	}
}

// pretending are statements that say of themselves that they belong to one of the two functions.
func (w *world) pretending() (statements []string) {
	const erase, purge = "erase_activities(uuid,uuid,uuid,jsonb,jsonb)", "purge_activities(uuid,bigint[],bigint)"
	frame := func(function string) string {
		return `"` + "\nPL/pgSQL function " + function + ` line 33 at SQL statement`
	}
	own := func(function, beginning string) string {
		return ask[string](w, `SELECT substring(prosrc FROM $2) FROM pg_proc WHERE oid = $1::regprocedure`, function, beginning+"[^;]*")
	}
	update, remove := own(erase, "UPDATE activities a SET"), own(purge, "WITH gone AS")
	for _, sql := range []string{
		`UPDATE activities SET actor_name = 'Forged' /* ` + erase + ` */`,
		`UPDATE activities SET actor_name = 'Forged' /* ` + frame(erase) + ` */`,
		`DELETE FROM activities /* ` + purge + ` */`, `DELETE FROM activities /* ` + frame(purge) + ` */`,
		`UPDATE activity_salts SET who = text /* ` + frame(erase) + ` */`, `DELETE FROM activity_salts /* ` + frame(purge) + ` */`,
		`UPDATE activities SET actor_name = 'Forged' /* ` + update + frame(erase) + ` */`,
		update, update + ` /* ` + frame(erase) + ` */`, update + "\n/* " + frame(erase) + ` */`, update + `/*` + frame(erase) + ` */`,
		remove, remove + "--\n/* " + frame(purge) + ` */`,
	} {
		statements = append(statements, `DO $do$ DECLARE ws uuid := '`+w.ws.ID.String()+`'; seqs bigint[] := '{1}'; purge bigint := 1;
			content jsonb := '[{"seq": 1, "actor_name": "x", "description": "x", "changes": [], "metadata": {}}]'; BEGIN `+sql+`; END $do$`)
	}
	return statements
}

// TestPurgingWhatWasErased: the salts go with the row, its erasures stay on the record, and the record stays as long as anything that it tells of.
func TestPurgingWhatWasErased(t *testing.T) {
	w := erasedWorld(t)
	purge := ask[int64](w, `INSERT INTO purges (workspace_id, state, query, to_at, selection, last_seq, asked_by) VALUES ($1, 'running', '', now(), '{}', 10, '{}') RETURNING id`, w.ws.ID)
	remove := func(seqs ...int64) error {
		return pgx.BeginFunc(t.Context(), w.db.Pool, func(tx pgx.Tx) error {
			return Remove(t.Context(), tx, Removal{Workspace: w.ws.ID, Seqs: seqs, Purge: purge})
		})
	}
	if err := remove(1, 3); err != nil {
		t.Fatal(err)
	}
	if n := ask[int](w, `SELECT count(*) FROM activity_salts WHERE seq = 3`); n != 0 {
		t.Error("its salts are left")
	}
	if v, err := proof.VerifyWorkspace(t.Context(), w.db.Pool, w.ws.ID); err != nil || !v.OK() || v.Purged != 2 || v.Erased != 1 {
		t.Errorf("%+v, %v", v, err)
	}
	if remove(9) == nil || remove(5, 10) == nil {
		t.Error("a record was purged before what it tells of")
	}
	w.do(`INSERT INTO holds (workspace_id, name, entity_type, entity_id, placed_by) VALUES ($1, 'The matter', 'file', '5', '{}')`, w.ws.ID)
	if remove(4, 5) == nil {
		t.Error("what is held was purged")
	}
	w.do(`UPDATE holds SET lifted_at = now()`)
	if err := remove(5); err != nil {
		t.Fatal(err)
	}
	if err := remove(9, 10); err != nil {
		t.Fatal(err)
	}
	if v, err := proof.VerifyWorkspace(t.Context(), w.db.Pool, w.ws.ID); err != nil || !v.OK() || v.Purged != 5 || v.Erased != 0 || v.Rows != 5 {
		t.Errorf("%+v, %v", v, err)
	}
}
