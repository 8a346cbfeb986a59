package privacy_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/feed/feedtest"
	"daybook/services/privacy"
)

func (p *place) hold(o privacy.HoldOrder) models.Hold {
	p.Helper()
	h, err := p.privacy.PlaceHold(p.Context(), doer(p.owner), o)
	if err != nil {
		p.Fatal(err)
	}
	return h
}

func (p *place) lift(h models.Hold) []models.Hold {
	p.Helper()
	_, others, err := p.privacy.LiftHold(p.Context(), doer(p.owner), h.ID)
	if err != nil {
		p.Fatal(err)
	}
	return others
}

// anyHold places a random hold on something that there is.
func (p *place) anyHold(r *rand.Rand, rows []feedtest.Row) models.Hold {
	p.Helper()
	row := feedtest.Pick(r, rows...)
	o := privacy.HoldOrder{Name: fmt.Sprint("Matter ", r.IntN(1000))}
	for o.Person == "" && o.Project == "" && o.EntityType == "" && o.From == nil && o.To == nil {
		if r.IntN(3) == 0 {
			o.Person = row.Actor
		}
		if r.IntN(4) == 0 {
			o.Project = row.Project
		}
		if r.IntN(3) == 0 {
			if o.EntityType = row.EntityType; row.EntityType != "" && row.EntityID != nil && strings.TrimSpace(*row.EntityID) == *row.EntityID && r.IntN(2) == 0 {
				o.EntityID = *row.EntityID
			}
		}
		if r.IntN(4) == 0 {
			o.From = &row.OccurredAt
		}
		if r.IntN(4) == 0 && o.From == nil {
			o.To = &row.OccurredAt
		}
	}
	return p.hold(o)
}

// under tells by a plain look whether a row is under a hold.
func under(o *feedtest.Oracle, h models.Hold, r feedtest.Row) bool {
	return r.WorkspaceID == h.WorkspaceID &&
		(h.ActorID == nil || isSame(o, *h.ActorID, r.ActorID) || r.OnBehalfOf != 0 && isSame(o, *h.ActorID, r.OnBehalfOf)) &&
		(h.ProjectID == nil || *h.ProjectID == r.ProjectID) && (h.EntityType == nil || *h.EntityType == r.EntityType) &&
		(h.EntityID == nil || r.EntityID != nil && *h.EntityID == *r.EntityID) &&
		(h.From == nil || !r.OccurredAt.Before(*h.From)) && (h.To == nil || !r.OccurredAt.After(*h.To))
}

func underAny(o *feedtest.Oracle, holds []models.Hold, r feedtest.Row) bool {
	return slices.ContainsFunc(holds, func(h models.Hold) bool { return under(o, h, r) })
}

// isSame tells whether two actors are one person: merged, or the same user.
func isSame(o *feedtest.Oracle, a, b int64) bool {
	if o.Person(a) == o.Person(b) {
		return true
	}
	user := func(actor int64) int64 {
		for _, each := range o.Actors {
			if each.UserID != nil && o.Person(each.ID) == o.Person(actor) {
				return *each.UserID
			}
		}
		return 0
	}
	return user(a) != 0 && user(a) == user(b)
}

// TestAPurgeLeavesWhatIsHeld purges by random filters under random holds: what is held stays, and is counted before and after; the database's own
// words for it (is_held) say the same.
func TestAPurgeLeavesWhatIsHeld(t *testing.T) {
	r := feedtest.Random(t)
	c := feedtest.NewCast(t, r, 400)
	p := with(t, c.World, c.Workspaces[0])
	p.owner = c.World.Viewer(t, c.Users[1], p.ws)
	for round := range 8 {
		o := c.World.Look(t)
		var holds []models.Hold
		for range r.IntN(4) {
			holds = append(holds, p.anyHold(r, o.Find(func(row feedtest.Row) bool { return row.WorkspaceID == p.ws.ID })))
		}
		p.drained() // that they were placed is recorded, and may be held, too
		o = c.World.Look(t)
		held := o.Find(func(row feedtest.Row) bool { return underAny(o, holds, row) })
		var says []string
		if err := p.DB.Gorm.Raw(`SELECT uuid::text FROM activities a WHERE is_held(a) ORDER BY 1`).Scan(&says).Error; err != nil || !slices.Equal(says, uuids(held)) {
			t.Fatalf("%d: the database says that %d are held, not %d (%v)", round, len(says), len(held), err)
		}
		f := c.AnyFilter(r)
		f.To = c.Bound(r)
		selected := func(row feedtest.Row) bool {
			who := access.Principal{User: c.Users[1]}
			return row.WorkspaceID == p.ws.ID && o.May(who, row, f.System) && feedtest.Selects(f, o.As(who, row))
		}
		spared := int64(len(o.Find(func(row feedtest.Row) bool { return selected(row) && underAny(o, holds, row) })))
		want := o.Find(func(row feedtest.Row) bool { return selected(row) && !underAny(o, holds, row) })
		preview, err := p.privacy.Preview(t.Context(), doer(p.owner), p.owner, f)
		if err != nil || preview.Rows != int64(len(want)) || preview.Held != spared || preview.HeldMore {
			t.Fatalf("%d, %q: the preview is %d rows and %d held (%v), not %d and %d", round, f, preview.Rows, preview.Held, err, len(want), spared)
		}
		gone := p.ended(p.purge(f).ID)
		if gone.State != models.PurgeDone || gone.Purged != int64(len(want)) || gone.Held != spared {
			t.Fatalf("%d, %q: %+v, not %d and %d held", round, f, gone, len(want), spared)
		}
		p.sound()
		for _, h := range holds {
			p.lift(h)
		}
	}
}

func TestPlacingAndLiftingHolds(t *testing.T) {
	p := newPlace(t)
	p.files(20)
	p.Send(p, p.ws, feedtest.Event{"actor": feedtest.Event{"id": "x1", "name": "Amara", "email": "amara@example.com"}, "action": "created", "project": feedtest.Event{"id": "p9", "name": "Nine"}},
		feedtest.Event{"actor": feedtest.Event{"id": "x2", "name": "Amara"}, "action": "created"})
	day := time.Date(2024, 1, 1, 10, 0, 0, 0, time.UTC)
	for field, o := range map[string]privacy.HoldOrder{
		"name":          {EntityType: "task"},
		"person":        {Name: "A"},
		"project":       {Name: "A", Project: "none"},
		"resource_type": {Name: "A", EntityID: "5"},
		"resource_id":   {Name: "A", EntityType: "task", EntityID: strings.Repeat("x", 256)},
		"end_date":      {Name: "A", From: &day, To: &time.Time{}},
	} {
		if _, err := p.privacy.PlaceHold(t.Context(), doer(p.owner), o); models.KindOf(err) != models.Invalid || !names(err, field) {
			t.Errorf("%s: %v", field, err)
		}
	}
	for _, o := range []privacy.HoldOrder{{Name: "A", Person: "Amara"}, {Name: "A", Person: "nobody"}, {Name: strings.Repeat("x", 101), EntityType: "Task!"}} {
		if _, err := p.privacy.PlaceHold(t.Context(), doer(p.owner), o); models.KindOf(err) != models.Invalid {
			t.Errorf("%+v: %v", o, err)
		}
	}
	if n := ask[int](p, `SELECT count(*) FROM holds`); n != 0 {
		t.Fatalf("%d holds", n)
	}
	person, project := p.hold(privacy.HoldOrder{Name: "Person", Person: "AMARA@example.com"}), p.hold(privacy.HoldOrder{Name: "Nine", Project: "nine"})
	tasks, period := p.hold(privacy.HoldOrder{Name: "Tasks", EntityType: "task"}), p.hold(privacy.HoldOrder{Name: "Period", To: &day})
	if person.PersonID != "x1" || project.ProjectRef != "p9" {
		t.Error(person, project)
	}
	seq := ask[int64](p, `SELECT seq FROM activities WHERE project_id IS NOT NULL`)
	on, err := p.privacy.HoldsOn(t.Context(), p.ws.ID, seq)
	if err != nil || len(on) != 2 || on[0].ID != person.ID || on[1].ID != project.ID {
		t.Error(on, err)
	}
	if on, err = p.privacy.HoldsOnPerson(t.Context(), p.ws.ID, []int64{*person.ActorID}); err != nil || len(on) != 1 {
		t.Error(on, err)
	}
	if others := p.lift(tasks); len(others) != 1 || others[0].ID != period.ID {
		t.Error("the others on tasks:", others)
	}
	if others := p.lift(person); len(others) != 1 || others[0].ID != project.ID {
		t.Error("the others on the person:", others)
	}
	if others := p.lift(period); len(others) != 0 {
		t.Error("the others of the period:", others)
	}
	if _, _, err := p.privacy.LiftHold(t.Context(), doer(p.owner), tasks.ID); models.KindOf(err) != models.Conflict {
		t.Error("twice:", err)
	}
	if _, _, err := p.privacy.LiftHold(t.Context(), doer(p.owner), 999); models.KindOf(err) != models.NotFound {
		t.Error("none:", err)
	}
	standing, err := p.privacy.Holds(t.Context(), doer(p.owner))
	lifted, more, err2 := p.privacy.LiftedHolds(t.Context(), doer(p.owner), 0)
	if err != nil || err2 != nil || len(standing) != 1 || standing[0].ID != project.ID || len(lifted) != 3 || more || lifted[0].LiftedBy.Name != "alice" {
		t.Error(standing, lifted, more, err, err2)
	}
	p.eventually("all of it is recorded", func() bool {
		return ask[int](p, `SELECT count(*) FROM activities WHERE action IN ('hold_placed', 'hold_lifted') AND system AND actor_name = 'alice'`) == 7
	})
}

// TestNobodyTriesAddressesByHolds: with which address who was a member signs in, owners do not learn. What applications sent of them they know.
func TestNobodyTriesAddressesByHolds(t *testing.T) {
	p := newPlace(t)
	bola := p.User(t, "bola", false)
	p.Member(t, p.ws, bola, models.Member)
	p.Actor(t, p.ws, "bo-1", bola)
	p.Send(p, p.ws, feedtest.Event{"actor": feedtest.Event{"id": "bo-1", "name": "Bola Obi", "email": "bola@work.example"}, "action": "created"})
	p.hold(privacy.HoldOrder{Name: "A member", Person: bola.Email})
	p.do(`DELETE FROM memberships WHERE user_id = $1`, bola.ID)
	refused := func(person string) string {
		_, err := p.privacy.PlaceHold(t.Context(), doer(p.owner), privacy.HoldOrder{Name: "A", Person: person})
		if !names(err, "person") {
			t.Errorf("%s: %v", person, err)
		}
		return fmt.Sprint(err)
	}
	if theirs, nobodys := refused(bola.Email), refused("nobody@example.com"); theirs != nobodys {
		t.Errorf("%s\nand of nobody\n%s", theirs, nobodys)
	}
	for _, known := range []string{"bo-1", "Bola Obi", "Bola@work.example"} {
		p.hold(privacy.HoldOrder{Name: "Who was a member", Person: known})
	}
	instance := doer(p.owner)
	instance.Role = access.Instance
	if _, err := p.privacy.PlaceHold(t.Context(), instance, privacy.HoldOrder{Name: "By an instance admin", Person: bola.Email}); err != nil {
		t.Error(err)
	}
}

// TestAHoldTakesEffectAtOnce places one in the middle of a purge: from the moment it stands nothing that it holds goes.
func TestAHoldTakesEffectAtOnce(t *testing.T) {
	p := newPlace(t)
	p.files(12_000)
	id := p.purge(until(t, "2030-12-31")).ID
	p.eventually("some are gone", func() bool { return p.one(id).Purged > 0 })
	p.hold(privacy.HoldOrder{Name: "Late", EntityType: "file"})
	left := ask[int64](p, `SELECT count(*) FROM activities WHERE entity_type = 'file'`)
	done := p.ended(id)
	if now := ask[int64](p, `SELECT count(*) FROM activities WHERE entity_type = 'file'`); now != left || left == 0 || done.Held != left || done.State != models.PurgeDone {
		t.Errorf("%d are left of %d: %+v", now, left, done)
	}
	p.sound()
}

// TestNothingHeldIsPurgedByHand asks the function of the database to purge what is held.
func TestNothingHeldIsPurgedByHand(t *testing.T) {
	p := newPlace(t)
	p.files(4)
	p.hold(privacy.HoldOrder{Name: "Files", EntityType: "file"})
	p.do(`INSERT INTO purges (workspace_id, state, query, to_at, selection, last_seq, asked_by) VALUES ($1, 'running', '', now(), '{"words": true}', 4, '{}')`, p.ws.ID)
	p.do(`UPDATE workspace_heads SET words_missing = seq WHERE workspace_id = $1`, p.ws.ID) // so that the purge waits
	_, err := p.DB.Pool.Exec(t.Context(), `SELECT purge_activities($1, (SELECT array_agg(seq) FROM activities WHERE workspace_id = $1 AND entity_type = 'file'), max(id)) FROM purges`, p.ws.ID)
	if err == nil {
		t.Error("it is gone")
	}
}

func names(err error, field string) bool {
	var e *models.Error
	return errors.As(err, &e) && slices.ContainsFunc(e.Fields, func(f models.FieldError) bool { return f.Field == field })
}
