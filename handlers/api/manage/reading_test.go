package manage_test

import (
	"fmt"
	"strings"
	"testing"

	"daybook/handlers/handlerstest"
	"daybook/models"
	"daybook/services/auth"
)

// A token that administers and does not read shows no activity, nor a part of one.
func TestWhoAdministersMayNotReadByThat(t *testing.T) {
	w := handlerstest.New(t)
	for who, paths := range map[*models.User][]string{
		w.Alice: {
			fmt.Sprintf("/api/v1/workspaces/acme/users/%d/report", w.Bob.ID), fmt.Sprintf("/api/v1/workspaces/acme/users/%d/anonymise", w.Bob.ID), "/api/v1/workspaces/acme/actors/1/report",
			"/api/v1/workspaces/acme/actors/1/anonymise", "/api/v1/workspaces/acme/erasures/01a20642-0000-7000-8000-000000000000/doubts", "/api/v1/workspaces/acme/rejected", "/api/v1/users/me/report",
		},
		w.Ina: {fmt.Sprintf("/api/v1/instance/users/%d/report", w.Bob.ID), fmt.Sprintf("/api/v1/instance/users/%d/anonymise", w.Bob.ID), "/api/v1/instance/erasures/01a20642-0000-7000-8000-000000000000/doubts"},
	} {
		for scopes, refused := range map[string]bool{models.ScopeAdmin: true, models.ScopeAdmin + " " + models.ScopeRead: false} {
			token, err := w.Auth.MakeToken(t.Context(), auth.NewToken{Name: "x", User: who, By: models.CommandLine, Scopes: strings.Fields(scopes)})
			if err != nil {
				t.Fatal(err)
			}
			for _, path := range paths {
				a := w.Do(handlerstest.Request{Path: path, Header: map[string]string{"Authorization": "Bearer " + token}})
				if said := a.Status == 403 && strings.Contains(a.Body, "needs the scope activity:read"); said != refused {
					t.Errorf("%s, by %s: %d %.200s", path, scopes, a.Status, a.Body)
				}
			}
		}
	}
}
