package privacy_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"daybook/models"
	"daybook/services/feed/feedtest"
	"daybook/services/privacy"
)

func days(n int) *int { return &n }

// keep saves rules of the place's workspace, which are carried out when somebody asks for it.
func (p *place) keep(rules ...models.RetentionRule) {
	p.Helper()
	p.nightly(rules...)
	p.do(`UPDATE retentions SET next_run_at = next_run_at + interval '90 days'`)
}

// nightly saves rules of the place's workspace.
func (p *place) nightly(rules ...models.RetentionRule) models.Retention {
	p.Helper()
	is, err := p.privacy.Retention(p.Context(), doer(p.owner))
	if err == nil {
		is, err = p.privacy.SaveRetention(p.Context(), doer(p.owner), privacy.RetentionOrder{Version: is.Version, Hour: 2, Rules: rules, Confirm: p.ws.Slug})
	}
	if err != nil {
		p.Fatal(err)
	}
	return is
}

// run has the rules carried out, and gives what came of it when all is recorded.
func (p *place) run() models.Purge {
	p.Helper()
	before := p.runs()
	if err := p.privacy.RunNow(p.Context(), doer(p.owner)); err != nil {
		p.Fatal(err)
	}
	p.eventually("a run has begun", func() bool { return len(p.runs()) > len(before) })
	return p.ended(p.runs()[0].ID)
}

func (p *place) runs() []models.Purge {
	p.Helper()
	list, err := p.privacy.Runs(p.Context(), doer(p.owner), 0)
	if err != nil {
		p.Fatal(err)
	}
	return list
}

func (p *place) preview(rules []models.RetentionRule) privacy.RetentionPreview {
	p.Helper()
	seen, err := p.privacy.PreviewRetention(p.Context(), doer(p.owner), rules)
	if err != nil {
		p.Fatal(err)
	}
	return seen
}

// anyRules makes random rules, of which most are short: of one day or two.
func anyRules(r *rand.Rand) (rules []models.RetentionRule) {
	for range 1 + r.IntN(4) {
		rule := models.RetentionRule{
			Types:    feedtest.Some(r, 0.3, "task", "invoice", "file"),
			Actions:  feedtest.Some(r, 0.1, feedtest.Actions...),
			Outcomes: feedtest.Some(r, 0.3, models.Success, models.Failure, models.Denied),
			System:   feedtest.Pick(r, nil, nil, new(bool), func() *bool { yes := true; return &yes }()),
		}
		rule.Actions = slices.Compact(slices.Sorted(slices.Values(rule.Actions)))
		if r.IntN(4) > 0 {
			rule.KeepDays, rule.Archive = days(1+r.IntN(2)), r.IntN(2) == 0
		}
		if rule.FitsAll() {
			continue
		}
		rules = append(rules, rule)
	}
	if r.IntN(3) == 0 || !(models.Retention{Rules: rules}).Deletes() {
		rules = append(rules, models.RetentionRule{KeepDays: days(2)})
	}
	return rules
}

// old are the rows that rules say are too old at a time, by a plain look, by the place of the rule that decides.
func (p *place) old(o *feedtest.Oracle, rules []models.RetentionRule, now time.Time) map[int][]feedtest.Row {
	p.Helper()
	recorded := p.recordedAt()
	out := map[int][]feedtest.Row{}
	for _, row := range o.Rows {
		if row.WorkspaceID != p.ws.ID {
			continue
		}
		a := models.Activity{EntityType: row.EntityType, Action: row.Action, Outcome: models.Outcome(row.Outcome), System: row.System}
		at := slices.IndexFunc(rules, func(r models.RetentionRule) bool { return r.Fits(a) })
		if at >= 0 && rules[at].KeepDays != nil && recorded[row.Seq].Before(now.Add(-time.Duration(*rules[at].KeepDays)*24*time.Hour)) {
			out[at] = append(out[at], row)
		}
	}
	return out
}

func (p *place) recordedAt() map[int64]time.Time {
	p.Helper()
	var rows []struct {
		Seq        int64
		RecordedAt time.Time
	}
	if err := p.DB.Gorm.Raw(`SELECT seq, recorded_at FROM activities WHERE workspace_id = ?`, p.ws.ID).Scan(&rows).Error; err != nil {
		p.Fatal(err)
	}
	out := map[int64]time.Time{}
	for _, r := range rows {
		out[r.Seq] = r.RecordedAt
	}
	return out
}

// TestRetentionEqualsALoop carries out random rules under random holds, and compares what the preview said, what is gone and what is archived with a
// loop; then it lifts the holds, and what they held goes too.
func TestRetentionEqualsALoop(t *testing.T) {
	r := feedtest.Random(t)
	c := feedtest.NewCast(t, r, 300)
	p := with(t, c.World, c.Workspaces[0])
	p.owner = c.World.Viewer(t, c.Users[1], p.ws)
	for round := range 6 {
		p.still.Store(0)
		for range 3 { // recorded one after the other
			events := make([]feedtest.Event, 60)
			for i := range events {
				events[i] = c.Event(r)
			}
			p.Send(t, p.ws, events...)
		}
		rules := anyRules(r)
		p.keep(rules...)
		o := c.World.Look(t)
		mine := o.Find(func(row feedtest.Row) bool { return row.WorkspaceID == p.ws.ID })
		var holds []models.Hold
		for range r.IntN(3) {
			holds = append(holds, p.anyHold(r, mine))
		}
		p.drained()
		// As if a row in the middle were a day old. What is recorded from now on is younger.
		cut := p.recordedAt()[feedtest.Pick(r, mine...).Seq]
		p.still.Store(cut.Add(24*time.Hour).UnixMicro() + int64(r.IntN(2)))
		was := []int64{}
		check := func(spared func(feedtest.Row) bool) {
			t.Helper()
			now, o := p.now(), c.World.Look(t)
			var goes, held []feedtest.Row
			archived := int64(0)
			for at, rows := range p.old(o, rules, now) {
				for _, row := range rows {
					if spared(row) {
						held = append(held, row)
						continue
					}
					goes = append(goes, row)
					if rules[at].Archive {
						archived++
					}
				}
			}
			for _, which := range [][]models.RetentionRule{nil, rules} {
				if seen := p.preview(which); seen.Rows != int64(len(goes)) || seen.Held != int64(len(held)) || !seen.Complete() {
					t.Fatalf("%d, %v: the preview is %+v, not %d and %d held", round, texts(rules), seen, len(goes), len(held))
				}
			}
			gone := p.run()
			byType := map[string]int64{}
			for _, row := range goes {
				byType[row.EntityType]++
			}
			if gone.State != models.PurgeDone || gone.Purged != int64(len(goes)) || texts(gone.ByType) != texts(byType) || sum(gone.ByMonth) != gone.Purged || sum(gone.ByRule) != gone.Purged {
				t.Fatalf("%d, %v: %+v, not %d of %v", round, texts(rules), gone, len(goes), byType)
			}
			var stones []string
			if err := p.DB.Gorm.Raw(`SELECT uuid::text FROM tombstones WHERE purge_id = ? ORDER BY 1`, gone.ID).Scan(&stones).Error; err != nil || !slices.Equal(stones, uuids(goes)) {
				t.Fatalf("%d, %v: what is gone is not what was to go (%v)", round, texts(rules), err)
			}
			if (gone.Archive != nil) != (archived > 0) || archived > 0 && ask[int64](p, `SELECT rows FROM archives WHERE id = $1`, *gone.Archive) != archived {
				t.Fatalf("%d, %v: %v is archived, not %d", round, texts(rules), gone.Archive, archived)
			}
			was = append(was, gone.Held)
			p.sound()
		}
		check(func(row feedtest.Row) bool { return underAny(o, holds, row) })
		for _, h := range holds {
			p.lift(h)
		}
		p.drained()
		check(func(feedtest.Row) bool { return false })
		if was[1] != 0 {
			t.Errorf("%d are held by nothing", was[1])
		}
	}
}

// drained waits until everything is posted, so that nothing is recorded between a look and a run.
func (p *place) drained() {
	p.Helper()
	if err := p.Journal.Drain(p.Context()); err != nil {
		p.Fatal(err)
	}
}

// TestTheFirstRuleThatFitsDecides: what no rule fits is kept, and so is what a rule keeps for ever, whatever the rules behind it say.
func TestTheFirstRuleThatFitsDecides(t *testing.T) {
	p := newPlace(t)
	yes := true
	p.Send(p, p.ws,
		feedtest.Event{"actor": feedtest.Event{"id": "a"}, "action": "paid", "resource": feedtest.Event{"type": "invoice", "id": "1"}},
		feedtest.Event{"actor": feedtest.Event{"id": "a"}, "action": "viewed", "resource": feedtest.Event{"type": "invoice", "id": "1"}},
		feedtest.Event{"actor": feedtest.Event{"id": "a"}, "action": "viewed", "resource": feedtest.Event{"type": "task", "id": "1"}},
		feedtest.Event{"actor": feedtest.Event{"id": "a"}, "action": "viewed", "outcome": "denied"},
		feedtest.Event{"actor": feedtest.Event{"id": "a"}, "action": "synced", "system": true},
	)
	p.keep(
		models.RetentionRule{Actions: []string{"paid"}, Types: []string{"invoice"}},
		models.RetentionRule{KeepDays: days(30), Types: []string{"invoice"}},
		models.RetentionRule{KeepDays: days(400), Outcomes: []models.Outcome{models.Denied}},
		models.RetentionRule{KeepDays: days(7), System: &yes},
	)
	p.ahead.Store(int64(31 * 24 * time.Hour))
	done := p.run()
	var left []string
	if err := p.DB.Gorm.Raw(`SELECT concat_ws(' ', action, entity_type, outcome) FROM activities WHERE action IN ('paid', 'viewed', 'synced') ORDER BY seq`).Scan(&left).Error; err != nil {
		t.Fatal(err)
	}
	if want := []string{"paid invoice success", "viewed task success", "viewed  denied"}; !slices.Equal(left, want) {
		t.Errorf("%q is left", left)
	}
	if done.ByRule["1"] != 1 || done.ByRule["3"] < 1 || len(done.ByRule) != 2 {
		t.Error(done.ByRule)
	}
	p.sound()
}

// TestNights: rules are carried out at their hour of the workspace's clock, a night that was missed once it can be, and what is done is not looked at again.
func TestNights(t *testing.T) {
	p := newPlace(t)
	p.files(30)
	saved := p.nightly(models.RetentionRule{KeepDays: days(10), Types: []string{"file"}})
	zone, err := time.LoadLocation(p.ws.TimeZone)
	if err != nil {
		t.Fatal(err)
	}
	if at := saved.NextRun.In(zone); at.Hour() != 2 || at.Minute() != 0 || time.Until(at) > 25*time.Hour || time.Until(at) < 0 {
		t.Error("the first night is", at)
	}
	last := func() (int64, time.Time) {
		r, err := p.privacy.Retention(t.Context(), doer(p.owner))
		if err != nil {
			t.Fatal(err)
		}
		if r.LastRun == nil {
			return ask[int64](p, `SELECT min(done_seq) FROM retention_rules`), time.Time{}
		}
		return ask[int64](p, `SELECT min(done_seq) FROM retention_rules`), *r.LastRun
	}
	night := func(n int, runs int) {
		t.Helper()
		_, before := last()
		p.ahead.Store(int64(time.Duration(n) * 24 * time.Hour))
		p.Journal.Wake()
		p.eventually("the night is over", func() bool {
			_, at := last()
			return at.After(before) && len(p.runs()) == runs && (runs == 0 || !p.runs()[0].UnderWay())
		})
		r, err := p.privacy.Retention(t.Context(), doer(p.owner))
		if err != nil || !r.NextRun.After(p.now()) || r.NextRun.Sub(p.now()) > 25*time.Hour {
			t.Error("the next night is", r.NextRun, err)
		}
	}
	night(5, 0) // five nights were missed, and nothing is old enough: that leaves no trace
	night(12, 1)
	if done, _ := last(); done < 30 || p.runs()[0].Purged != 15 || p.runs()[0].AskedBy != models.Itself {
		t.Error(done, p.runs()[0])
	}
	p.drained()
	recorded := ask[int](p, `SELECT count(*) FROM activities WHERE action = 'purged' AND actor_name = 'Daybook'`)
	night(13, 2) // it looks at what was recorded meanwhile, and at no more: of that nothing goes
	if first := p.runs()[0].FirstSeq; first < 30 || recorded != 1 || ask[int](p, `SELECT count(*) FROM activities WHERE action = 'purged'`) != 1 {
		t.Error(first, recorded)
	}
	p.sound()
}

// TestRetentionRefuses what is no rule; nothing of it is saved.
func TestRetentionRefuses(t *testing.T) {
	p := newPlace(t)
	save := func(o privacy.RetentionOrder) error {
		_, err := p.privacy.SaveRetention(t.Context(), doer(p.owner), o)
		return err
	}
	fine := models.RetentionRule{KeepDays: days(5), Types: []string{"file"}}
	for field, rules := range map[string][]models.RetentionRule{
		"rules[0].keep_days": {{KeepDays: days(0)}},
		"rules[1].keep_days": {fine, {KeepDays: days(36_501)}},
		"rules[0].types":     {{KeepDays: days(5), Types: []string{"File!"}}},
		"rules[0].actions":   {{KeepDays: days(5), Actions: []string{"a", "a"}}},
		"rules[0].outcomes":  {{KeepDays: days(5), Outcomes: []models.Outcome{"red"}}},
		"rules[0].archive":   {{Types: []string{"file"}, Archive: true}},
		"rules":              slices.Repeat([]models.RetentionRule{fine}, 21),
	} {
		err := save(privacy.RetentionOrder{Hour: 2, Rules: rules, Confirm: "acme"})
		if models.KindOf(err) != models.Invalid || !names(err, field) {
			t.Errorf("%s: %v", field, err)
		}
		if _, err := p.privacy.PreviewRetention(t.Context(), doer(p.owner), rules); !names(err, field) {
			t.Errorf("the preview of %s: %v", field, err)
		}
	}
	if err := save(privacy.RetentionOrder{Hour: 2, Rules: []models.RetentionRule{{KeepDays: days(5)}, fine}, Confirm: "acme"}); !names(err, "rules[0].types") {
		t.Error("a rule that hides the next:", err)
	}
	if err := save(privacy.RetentionOrder{Hour: 24, Rules: []models.RetentionRule{fine}, Confirm: "no"}); !names(err, "hour") || !names(err, "confirm") {
		t.Error(err)
	}
	if err := p.privacy.RunNow(t.Context(), doer(p.owner)); models.KindOf(err) != models.Conflict {
		t.Error("a run without rules:", err)
	}
	if n := ask[int](p, `SELECT count(*) FROM retentions`) + ask[int](p, `SELECT count(*) FROM retention_rules`); n != 0 {
		t.Errorf("%d are saved", n)
	}
	p.keep(fine)
	if err := save(privacy.RetentionOrder{Hour: 2, Rules: nil, Confirm: "acme"}); models.KindOf(err) != models.Conflict || !names(err, "version") {
		t.Error("an old version:", err)
	}
	d := doer(p.owner)
	d.Role--
	for what, err := range map[string]error{
		"save": second(p.privacy.SaveRetention(t.Context(), d, privacy.RetentionOrder{})), "read": second(p.privacy.Retention(t.Context(), d)), "run": p.privacy.RunNow(t.Context(), d),
		"preview": second(p.privacy.PreviewRetention(t.Context(), d, nil)), "runs": second(p.privacy.Runs(t.Context(), d, 0)),
		"hold": second(p.privacy.PlaceHold(t.Context(), d, privacy.HoldOrder{})), "holds": second(p.privacy.Holds(t.Context(), d)),
	} {
		if models.KindOf(err) != models.Forbidden {
			t.Errorf("an admin may %s: %v", what, err)
		}
	}
}

func second[V any](_ V, err error) error { return err }

// TestOtherRulesEndARun: a run by rules that are no more ends where it is.
func TestOtherRulesEndARun(t *testing.T) {
	p := newPlace(t)
	p.files(12_000)
	p.keep(models.RetentionRule{KeepDays: days(1)})
	p.ahead.Store(int64(48 * time.Hour))
	if err := p.privacy.RunNow(t.Context(), doer(p.owner)); err != nil {
		t.Fatal(err)
	}
	p.eventually("some are gone", func() bool { return len(p.runs()) > 0 && p.runs()[0].Purged > 0 })
	if err := p.privacy.RunNow(t.Context(), doer(p.owner)); models.KindOf(err) != models.Conflict {
		t.Error("two runs:", err)
	}
	p.keep(models.RetentionRule{Types: []string{"file"}}, models.RetentionRule{KeepDays: days(1)})
	left := ask[int](p, `SELECT count(*) FROM activities WHERE entity_type = 'file'`)
	ended := p.ended(p.runs()[0].ID)
	if ended.State != models.PurgeCancelled || left == 0 {
		t.Errorf("%+v, %d are left", ended, left)
	}
	done := p.run()
	if now := ask[int](p, `SELECT count(*) FROM activities WHERE entity_type = 'file'`); now != left || done.State != models.PurgeDone {
		t.Errorf("%d files of %d are left: %+v", now, left, done)
	}
	if n := ask[int](p, `SELECT count(*) FROM activities WHERE entity_type = 'task'`); n != 0 {
		t.Errorf("%d tasks are left", n)
	}
	p.sound()
}
