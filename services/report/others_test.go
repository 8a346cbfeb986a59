package report_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/account"
	"daybook/services/database"
	"daybook/services/feed/feedtest"
	"daybook/services/ingest"
)

// What was done on somebody's behalf is told to who may not read it any more without those who did it.
func TestReportOfWhoIsNoMemberAnyMore(t *testing.T) {
	h := newHouse(t)
	h.Send(t, h.acme,
		feedtest.Event{"actor": carla.actor(), "on_behalf_of": amara.actor(), "action": "created", "project": map[string]any{"id": "secret"}, "description": "Carla Diaz did it for Amara Okafor"},
		feedtest.Event{"actor": amara.actor(), "action": "created", "description": "Told Carla Diaz"})
	if _, err := h.DB.Pool.Exec(t.Context(), `DELETE FROM memberships WHERE user_id = $1`, h.amara.ID); err != nil {
		t.Fatal(err)
	}
	made, err := h.reports.Own(t.Context(), h.amara)
	if err != nil {
		t.Fatal(err)
	}
	var descriptions []string
	for _, row := range read[[]map[string]any](t, files(t, made)["activities.json"]) {
		if row["workspace"] != "acme" {
			continue
		}
		descriptions = append(descriptions, row["description"].(string))
		if text := fmt.Sprint(row); row["about"].([]any)[0] == "on_behalf_of" && (strings.Contains(text, "Carla") || strings.Contains(text, carla.id)) {
			t.Errorf("she is told who it was: %s", text)
		}
	}
	if !slices.Equal(descriptions, []string{"a colleague did it for Amara Okafor", "Told Carla Diaz"}) {
		t.Errorf("%q", descriptions)
	}
}

// What Daybook recorded of somebody's record is about them alone, and not about whom an application calls by the same number.
func TestReportOfSomebodyWhoseIDIsAnothersNumber(t *testing.T) {
	h := newHouse(t)
	number := fmt.Sprint(h.bola.ID)
	act := ingest.Act{Workspace: h.acme.ID, Part: "account", Event: models.Event{Actor: models.CommandLine, Action: "role_changed", Entity: &models.EntityRef{Type: "workspace_member", ID: &number, Name: &bola.name}}}
	if err := pgx.BeginFunc(t.Context(), h.DB.Pool, func(tx pgx.Tx) error { return h.Ingest.Record(t.Context(), database.PgxTx(tx), act) }); err != nil {
		t.Fatal(err)
	}
	h.Send(t, h.acme, feedtest.Event{"actor": map[string]any{"id": number, "name": "Dora Demir"}, "action": "created"},
		feedtest.Event{"actor": carla.actor(), "action": "updated", "resource": map[string]any{"type": "workspace_member", "id": number}})
	for name, want := range map[string][]string{number: {"created", "updated"}, bola.id: {"role_changed"}} {
		made, err := h.reports.Called(t.Context(), account.CommandLine(&h.acme), name)
		if err != nil {
			t.Fatal(err)
		}
		actions := []string{}
		for _, row := range read[[]map[string]any](t, files(t, made)["activities.json"]) {
			if row["workspace"] == "acme" && row["action"] != "report_made" {
				actions = append(actions, row["action"].(string))
			}
		}
		slices.Sort(actions)
		if !slices.Equal(actions, want) {
			t.Errorf("the report of %s has %v", name, actions)
		}
	}
}
