package mention_test

import (
	"strings"
	"testing"

	"daybook/services/mention"
)

// TestATextOfNothingButFinds: all of it is replaced, and not each place of it is told; each kind is.
func TestATextOfNothingButFinds(t *testing.T) {
	text := strings.Repeat("Amara Okafor, ", 5000) + "amara and ao@example.com"
	is, finds := mention.NewFinder(amara).Text("/x", text, mention.Context{}, func(string, mention.Kind) bool { return true })
	if lower := strings.ToLower(is); strings.Contains(lower, "amara") || strings.Contains(lower, "ao@") || strings.Count(is, mention.DeletedName) != 5000 {
		t.Errorf("it is %s", is[len(is)-200:])
	}
	kinds := map[mention.Kind]bool{}
	for _, f := range finds {
		kinds[f.Kind] = true
	}
	if len(finds) > 100 || !kinds[mention.FullName] || !kinds[mention.Username] || !kinds[mention.Email] {
		t.Errorf("%d finds: %v", len(finds), kinds)
	}
}
