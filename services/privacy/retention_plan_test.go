package privacy_test

import (
	"testing"
	"time"

	"daybook/models"
	"daybook/services/export"
	"daybook/services/feed"
	"daybook/services/feed/feedtest"
	"daybook/services/privacy"
)

// TestANightLooksAtLittle: whatever the size of a workspace, a night on which little is old enough reads little.
func TestANightLooksAtLittle(t *testing.T) {
	b := feedtest.NewBulk(t, 60_000)
	ws := b.Workspaces[0]
	head := int64(0)
	if err := b.DB.Pool.QueryRow(t.Context(), `SELECT seq FROM workspace_heads WHERE workspace_id = $1`, ws.ID).Scan(&head); err != nil {
		t.Fatal(err)
	}
	for _, from := range []int64{1, head / 2, head - 1} {
		plan, text := b.Explain(t, feedtest.Statement{SQL: privacy.FirstFrom, Args: []any{ws.ID, from, head}})
		if plan.Buffers() > 20 {
			t.Errorf("%d buffers: %s", plan.Buffers(), text)
		}
	}
	r := privacy.Run{Zone: "UTC", Rules: []privacy.RunRule{
		{RetentionRule: models.RetentionRule{KeepDays: days(30), Types: []string{"task"}}, From: head - 500, UpTo: head - 100, Before: time.Now()},
		{RetentionRule: models.RetentionRule{Types: []string{"comment"}}},
		{RetentionRule: models.RetentionRule{KeepDays: days(300)}, From: 20_000, UpTo: 20_100, Before: time.Now()},
	}}
	looked, done := int64(0), int64(20_000)
	for last := head - 100; done < last; {
		ends := r.Stretch(done, 2000)
		looked += ends[1] - ends[0] + 1
		sql, args := r.Selection(ws.ID, ends)
		plan, text := b.Explain(t, feedtest.Statement{SQL: sql, Args: args})
		plan.Walk(func(n feedtest.Node) {
			if n.Relation == "activities" && (n.Index != "activities_pkey" || (n.Rows+n.Removed)*n.Loops > 2000) {
				t.Error(text)
			}
		})
		done = ends[1]
	}
	if looked > 3000 {
		t.Errorf("it looks at %d rows", looked)
	}
}

// TestWhatRulesSay: rules are printed and compared by what they say.
func TestWhatRulesSay(t *testing.T) {
	no := false
	for want, r := range map[string]models.RetentionRule{
		"for ever: everything": {},
		"1 day: everything":    {KeepDays: days(1)},
		"30 days: created, paid of invoice with outcome denied no system rows; archived first": {
			KeepDays: days(30), Actions: []string{"created", "paid"}, Types: []string{"invoice"}, Outcomes: []models.Outcome{models.Denied}, System: &no, Archive: true},
	} {
		if r.String() != want {
			t.Errorf("%q is not %q", r, want)
		}
	}
}

// TestARunWaitsForAnErasure: what is archived while somebody is anonymised might keep them.
func TestARunWaitsForAnErasure(t *testing.T) {
	p := newPlace(t)
	p.files(10)
	p.do(`INSERT INTO erasures (id, workspace_id, state, asked_by) VALUES ('019a0000-0000-7000-8000-000000000001', $1, 'running', '{}')`, p.ws.ID)
	p.do(`INSERT INTO erasure_workspaces (erasure_id, workspace_id, actor_ids) SELECT id, workspace_id, '{}' FROM erasures`)
	p.keep(models.RetentionRule{KeepDays: days(1), Archive: true})
	p.ahead.Store(int64(2 * 24 * time.Hour))
	if err := p.privacy.RunNow(t.Context(), doer(p.owner)); err != nil {
		t.Fatal(err)
	}
	due := func() bool {
		t.Helper()
		tx, err := p.DB.Pool.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = tx.Rollback(t.Context()) }()
		is, err := privacy.Due(p.privacy, t.Context(), tx)
		if err != nil {
			t.Fatal(err)
		}
		return is
	}
	p.drained()
	for _, state := range []string{"running", "waiting"} {
		p.do(`UPDATE erasures SET state = $1`, state)
		if due() || len(p.runs()) > 0 {
			t.Errorf("a run is due while an erasure is %s", state)
		}
	}
	p.do(`INSERT INTO holds (workspace_id, name, entity_type, placed_by, lifted_by, lifted_at) VALUES ($1, 'A', 'file', '{}', '{}', now())`, p.ws.ID)
	p.do(`UPDATE erasures SET state = 'open', looked_at = now() - interval '1 hour'`)
	if due() {
		t.Error("a run is due before an erasure went through what is held no more")
	}
	p.do(`UPDATE erasures SET looked_at = now() + interval '1 hour'`)
	p.Journal.Wake()
	p.eventually("the run is done", func() bool { return len(p.runs()) == 1 && !p.runs()[0].UnderWay() })
}

// TestARunWithdrawsFiles that may have what it deleted; one of a later time stays.
func TestARunWithdrawsFiles(t *testing.T) {
	p := newPlace(t)
	p.files(10)
	files := p.exports()
	later := until(t, "2031-12-31")
	later.From = feed.Bound{Text: "2031-01-01", At: time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC)}
	var ids []string
	for _, f := range []feed.Filter{{}, later} {
		e, err := files.Make(t.Context(), doer(p.owner), p.owner, export.Order{Filter: f})
		for more := true; err == nil && more; {
			_, more, err = files.Work(t.Context())
		}
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, e.ID.String())
	}
	p.drained()
	p.keep(models.RetentionRule{KeepDays: days(1)})
	p.ahead.Store(int64(2 * 24 * time.Hour))
	p.run()
	for i, want := range []models.ExportState{models.ExportExpired, models.ExportDone} {
		if got := ask[models.ExportState](p, `SELECT state FROM exports WHERE id = $1`, ids[i]); got != want {
			t.Errorf("file %d is %s, not %s", i, got, want)
		}
	}
}
