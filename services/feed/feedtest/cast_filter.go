package feedtest

import (
	"math/rand/v2"
	"time"

	"daybook/models"
	"daybook/services/feed"
)

// What a cast's activities tell, and how they are asked for.
var (
	Names  = []string{"Amara Okafor", "Bo Ångström", "Chen 明", "Amar Ekström"}
	Titles = []string{
		"Ferry timetable", "Gift voucher 2026", "Crème brûlée & Straße", "東京タワー", "Новый сайт", "x", "The ferry, the gift and the timetable", "A-1 api v2.1 🎁",
	}
	Changes = []any{
		Event{"field": "status", "before": "open", "after": "in progress"}, Event{"field": "Due date", "before": nil, "after": "2026-03-01"},
		Event{"field": "price", "before": 1250.5, "after": 42}, Event{"field": "tags", "before": []string{"ferry"}, "after": []any{"timetable", Event{"deep": "voucher gift"}}},
		Event{"field": "done", "before": false, "after": true},
	}
	words = []string{
		"ferry", "FERR", "fe", "time-tab", "creme", "BRÛLÉE", "strasse", "東京", "タ", "новый", "x", "a", "42", "1250.5", "v2", "okafor", "progress", "true", "hidden", "reason",
		"voucher gift", "actor", "nowhere",
	}
	phrases = []string{"ferry timetable", "timetable ferry", "the gift", "東京", "京タ", "in prog", "open in", "creme brulee strasse", "1", "2026", "2026 03 01", "timetable voucher"}
)

// Filter makes a random filter: each field is asked for with a chance of one in four.
func (c *Cast) Filter(r *rand.Rand) feed.Filter {
	var f feed.Filter
	asked := func() bool { return r.IntN(4) == 0 }
	if asked() {
		f.Actors = Some(r, 0.3, "actor-0", "actor-1", "actor-2", "actor-3", "nobody", "actor-9")
	}
	if asked() {
		f.Types = Some(r, 0.5, "task", "invoice", "unheard_of")
	}
	if r.IntN(6) == 0 {
		f.EntityIDs = Some(r, 0.4, Entities...)
	}
	if asked() {
		f.Actions = Some(r, 0.5, Actions...)
	}
	if asked() {
		f.Projects = Some(r, 0.4, "project-0", "project-1", "project-2", "nowhere")
	}
	if asked() {
		f.Outcomes = Some(r, 0.5, models.Outcomes...)
	}
	inCube := []feed.Part{feed.HasProject, feed.HasResource}
	if r.IntN(6) == 0 {
		f.Has = Some(r, 0.4, inCube...)
	}
	if r.IntN(6) == 0 {
		f.Not.Has = Some(r, 0.4, inCube...)
	}
	if asked() {
		f.From = c.Bound(r)
	}
	if asked() {
		f.To = c.Bound(r)
	}
	f.System = r.IntN(3) == 0
	return f
}

// AnyFilter makes a random filter that asks for everything that can be asked for, and against it, each with a small chance.
func (c *Cast) AnyFilter(r *rand.Rand) feed.Filter {
	f := c.Filter(r)
	if r.IntN(2) == 0 {
		f = feed.Filter{From: f.From, To: f.To, System: f.System} // or hardly anything is left
	}
	texts(r, &f.Criteria, 0.12)
	texts(r, &f.Not, 0.12)
	asked := func() bool { return r.IntN(8) == 0 }
	if asked() {
		f.Not.Actors = Some(r, 0.3, "actor-0", "actor-1", "actor-2", "nobody")
	}
	if asked() {
		f.Not.Types = Some(r, 0.4, "task", "invoice", "unheard_of")
	}
	if asked() {
		f.Not.EntityIDs = Some(r, 0.4, Entities...)
	}
	if asked() {
		f.Not.Actions = Some(r, 0.4, Actions...)
	}
	if asked() {
		f.Not.Projects = Some(r, 0.3, "project-0", "project-1", "nowhere")
	}
	if asked() {
		f.Not.Outcomes = Some(r, 0.4, models.Outcomes...)
	}
	return f
}

// texts asks for names, words, changes and times, each with this chance.
func texts(r *rand.Rand, c *feed.Criteria, chance float64) {
	asked := func() bool { return r.Float64() < chance }
	if asked() {
		c.ActorNames = Some(r, 0.3, "me", "am", "Okafor Amara", "angstrom", "chen 明", "ACTOR-3@example.com", "actor-3", "actor 4", "nobody")
	}
	if asked() {
		c.ProjectNames = Some(r, 0.3, "ferry", "vouch gift", "project-3", "project 4", "東京", "ново", "nowhere")
	}
	if asked() {
		c.Fields = Some(r, 0.4, "status", "Due date", "tags", "due date", "nothing")
	}
	if asked() {
		c.Has = Some(r, 0.4, feed.Parts...)
	}
	if asked() {
		c.Weekdays = Some(r, 0.5, time.Sunday, time.Monday, time.Wednesday, time.Saturday)
	}
	if asked() {
		c.Hours = Some(r, 0.5, 0, 1, 2, 9, 22, 23)
	}
	for asked() {
		if r.IntN(3) == 0 {
			c.Words = append(c.Words, feed.Word{Text: Pick(r, phrases...), Phrase: true})
		} else {
			c.Words = append(c.Words, feed.Word{Text: Pick(r, words...)})
		}
	}
}

// Bound is an end of a range: at one of the moments at which activities happened, or a little off.
func (c *Cast) Bound(r *rand.Rand) feed.Bound {
	at := Pick(r, c.moments...).Add(Pick(r, 0, 0, time.Microsecond, -time.Microsecond, time.Hour, -26*time.Hour))
	return feed.Bound{Text: at.Format(time.RFC3339Nano), At: at}
}
