package feed_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/feed"
	"daybook/services/feed/feedtest"
)

// search asks for the plans of lists that no index in feed order answers alone: words of every frequency, combined filters, exclusions. They may
// look at rows that are not of the list, but at a bounded number, and never at whole tables.
func (c costs) search(t *testing.T) {
	ws := c.b.Workspaces[0]
	scopes := map[string]access.Scope{"admin": c.b.Viewer(t, c.b.Root, ws).Scope(false), "member": c.b.Viewer(t, c.b.Member, ws).Scope(false)}
	for name, f := range map[string]feed.Filter{
		"in every row":      wordsIn("always").Filter,
		"in one of ten":     wordsIn("often").Filter,
		"seldom":            wordsIn("seldom").Filter,
		"rare":              wordsIn("rare").Filter,
		"long ago":          wordsIn("bygone").Filter,
		"none":              wordsIn("unheard").Filter,
		"a beginning":       wordsIn("alwa").Filter,
		"two words":         wordsIn("often", "seldom").Filter,
		"excluded":          {Not: feed.Criteria{Words: []feed.Word{{Text: "always"}}}},
		"a word of a type":  {Criteria: feed.Criteria{Words: []feed.Word{{Text: "often"}}, Types: []string{"invoice"}}},
		"two columns":       {Criteria: feed.Criteria{Types: []string{"comment"}, Outcomes: []models.Outcome{models.Denied}}},
		"an action not":     {Not: feed.Criteria{Actions: []string{"created", "updated", "viewed", "deleted"}}},
		"an hour":           {Criteria: feed.Criteria{Hours: []int{3}, Weekdays: []time.Weekday{time.Monday}}},
		"a field, never":    {Criteria: feed.Criteria{Fields: []string{"status"}}},
		"in no project":     feed.Filter{}.Lacking(feed.HasProject),
		"in some project":   {Criteria: feed.Criteria{Has: []feed.Part{feed.HasProject}}},
		"about nothing":     feed.Filter{}.Lacking(feed.HasResource),
		"about something":   {Criteria: feed.Criteria{Has: []feed.Part{feed.HasResource}}},
		"denied, nowhere":   feed.Filter{Criteria: feed.Criteria{Outcomes: []models.Outcome{models.Denied}}}.Lacking(feed.HasProject),
		"everybody, almost": {Criteria: feed.Criteria{ActorNames: []string{"actor"}}},
	} {
		for who, scope := range scopes {
			for _, fold := range []*time.Location{nil, time.UTC} {
				t.Run(name+", "+who, func(t *testing.T) {
					c.bounded(t, func() error {
						_, err := c.feed.Page(t.Context(), scope, feed.Ask{Filter: f, Limit: pageLimit, Hasty: true, Fold: fold})
						return err
					})
				})
			}
			t.Run(name+", counted, "+who, func(t *testing.T) {
				c.bounded(t, func() error {
					_, _, err := c.feed.Count(t.Context(), scope, f, 10_000)
					return err
				})
			})
		}
	}
}

// bounded asks for the plans of what an action reads.
func (c costs) bounded(t *testing.T, act func() error) {
	t.Helper()
	c.tracer.About("activi")
	if err := act(); err != nil {
		t.Fatal(err)
	}
	for _, s := range c.tracer.About("activi") {
		if strings.HasPrefix(s.SQL, "EXPLAIN") {
			continue // an estimate is not carried out
		}
		plan, text := c.b.Explain(t, s)
		plan.Walk(func(n feedtest.Node) {
			if complaint := tooMuch(n); complaint != "" {
				t.Errorf("%s: %s", complaint, text)
			}
		})
	}
}

// tooMuch tells whether a step of a plan reads more than patience allows.
func tooMuch(n feedtest.Node) string {
	if n.Relation != "activities" && n.Relation != "activity_words" {
		return ""
	}
	looked := (n.Rows + n.Removed + n.Recheck) * n.Loops
	switch {
	case n.Type != "Index Scan" && n.Type != "Index Only Scan" && n.Type != "Bitmap Heap Scan":
		return "a " + n.Type
	case n.Type == "Bitmap Heap Scan" && n.Relation == "activities":
		return "a bitmap of activities"
	case looked > feed.Patience+5000:
		return fmt.Sprintf("%.0f rows looked at", looked)
	}
	return ""
}
