package report_test

import (
	"slices"
	"testing"

	"daybook/services/account"
	"daybook/services/feed/feedtest"
)

// TestWhatSomebodyCallsThemselvesTellsThemNothing: whoever accepts an invitation chooses a name, and may choose that of a matter they cannot see. What others call
// somebody, by an id or the address that they sign in with, is theirs.
func TestWhatSomebodyCallsThemselvesTellsThemNothing(t *testing.T) {
	h := newHouse(t)
	secret := map[string]any{"id": "secret"}
	h.Send(t, h.acme,
		feedtest.Event{"actor": bola.actor(), "action": "noted", "project": secret, "resource": map[string]any{"type": "deal", "id": "d-9", "name": "Project Falcon"}, "description": "Project Falcon: we pay 5 M"},
		feedtest.Event{"actor": bola.actor(), "action": "noted", "project": secret, "resource": map[string]any{"type": "employee", "name": "Project Falcon"}, "description": "One"},
		feedtest.Event{"actor": bola.actor(), "action": "noted", "project": secret, "description": "Two", "metadata": map[string]any{"assignee": "falcon"}},
		feedtest.Event{"actor": bola.actor(), "action": "noted", "project": map[string]any{"id": "open"}, "description": "Project Falcon may read this"},
		feedtest.Event{"actor": bola.actor(), "action": "noted", "project": secret, "description": "mallory@example.com, called Project Falcon"},
		feedtest.Event{"actor": bola.actor(), "action": "noted", "project": secret, "description": "Of mal44ory55, Project Falcon"})
	mallory := h.member(t, "mallory", person{"mal44ory55", "Project Falcon", "mallory@example.com"})
	if err := h.DB.Gorm.Model(mallory).Updates(map[string]any{"username": "falcon"}).Error; err != nil {
		t.Fatal(err)
	}
	own, err := h.reports.Own(t.Context(), mallory)
	if err != nil {
		t.Fatal(err)
	}
	of, err := h.reports.Called(t.Context(), account.CommandLine(&h.acme), "mal44ory55")
	if err != nil {
		t.Fatal(err)
	}
	for made, file := range map[string]map[string]string{"of oneself": files(t, own), "by an admin": files(t, of)} {
		var told []string
		for _, row := range read[[]map[string]any](t, file["activities.json"]) {
			if row["action"] == "noted" {
				told = append(told, row["description"].(string))
			}
		}
		want := []string{"Project Falcon may read this", "mallory@example.com, called Project Falcon", "Of mal44ory55, Project Falcon"}
		if !slices.Equal(told, want) {
			t.Errorf("%s: %q", made, told)
		}
	}
}
