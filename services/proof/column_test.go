package proof_test

import (
	"slices"
	"testing"

	"daybook/services/proof"
)

// Where each column of activities goes: into the fixed part, into a group, or, with the reason, nowhere. A new column fails here until
// somebody has decided.
var (
	inFixed = []string{"workspace_id", "seq", "uuid", "occurred_at", "recorded_at", "action", "entity_type", "project_id", "outcome", "system", "source_id"}
	inGroup = map[proof.Group][]string{
		proof.Who:    {"actor_id", "on_behalf_of_id", "actor_name", "actor_role", "ip", "user_agent"}, // the ids as the external ids they stand for
		proof.Entity: {"entity_id", "entity_name", "entity_url"},
		proof.Text:   {"description"},
		proof.Data:   {"changes", "metadata", "correlation_id"},
	}
	inNone = map[string]string{
		"id":      "follows from the order of posting in the whole database, which says nothing about the workspace; seq is the number that is proved",
		"row_key": "makes the salts, and goes on an erasure",
		"leaf":    "is the result",
	}
)

func TestEveryColumnHasAPlaceOrAReason(t *testing.T) {
	p := newPlace(t)
	count := map[string]int{}
	for _, columns := range inGroup {
		for _, c := range columns {
			count[c]++
		}
	}
	for _, c := range inFixed {
		count[c]++
	}
	for c := range inNone {
		count[c]++
	}
	columns := p.columns()
	for _, c := range columns {
		if count[c] != 1 {
			t.Errorf("activities.%s is in %d places: give it one in services/proof (and its README), or a reason here", c, count[c])
		}
		delete(count, c)
	}
	if len(columns) < 20 || len(count) > 0 {
		t.Errorf("%d columns; these are none: %v", len(columns), count)
	}
	if len(inGroup) != len(proof.Groups) || !slices.Contains(proof.Groups[:], proof.Data) {
		t.Error("a group is missing")
	}
}
