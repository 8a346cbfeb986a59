package service_test

import (
	"errors"
	"fmt"
	"net/url"
	"testing"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
)

// activity is what that product's client makes of a row: everything may be missing, but nothing of another type.
type activity struct {
	ID          string         `json:"id"`
	UserID      *string        `json:"user_id"`
	Module      *string        `json:"module"`
	APICall     *string        `json:"apicall"`
	Action      *string        `json:"action"`
	CreatedAt   *string        `json:"created_at"`
	Type        string         `json:"type"`
	Timestamp   string         `json:"timestamp"`
	Details     map[string]any `json:"details"`
	WorkspaceID string         `json:"workspace_id"`
	Outcome     string         `json:"outcome"`
}

// client is a stand-in for that product's client, whose base address ends in /api.
type client struct{ *Strict }

func (c client) signIn(username, password string) error {
	var token struct {
		AccessToken string `json:"access_token"`
		TokenType   string `json:"token_type"`
		ExpiresIn   int    `json:"expires_in"`
	}
	if err := c.PostForm("/auth/token", url.Values{"grant_type": {"password"}, "username": {username}, "password": {password}}, &token); err != nil {
		return err
	}
	if token.TokenType != "bearer" || token.ExpiresIn <= 0 {
		return fmt.Errorf("%+v", token)
	}
	c.Token = token.AccessToken
	return nil
}

func (c client) recentActivity(query map[string]any) ([]activity, error) {
	var rows []activity
	err := c.Get("/activity/activities/", query, &rows)
	return rows, err
}

// TestSnippets is named after the seed's headings.
func TestSnippets(t *testing.T) {
	w := newStory(t)
	c := client{w.StrictClient(t, "/api", "a-stale-one")}
	var pong map[string]string
	if err := c.Get("/ping", nil, &pong); err != nil || pong["status"] != "pong" {
		t.Fatal(err, pong)
	}
	if err := c.signIn("ada", Password); err != nil {
		t.Fatal(err)
	}
	t.Run("Available Methods", func(t *testing.T) {
		activities, err := c.recentActivity(map[string]any{"limit": 10, "skip": 0})
		if err != nil || len(activities) != 3+4 { // and four members were added
			t.Fatalf("%v, %d", err, len(activities))
		}
		for _, a := range activities {
			if a.Type == "" || a.UserID == nil || a.Timestamp == "" || a.Details == nil {
				t.Errorf("%+v", a)
			}
		}
		rest, err := c.recentActivity(map[string]any{"limit": 10, "skip": 5})
		if err != nil || len(rest) != 2 || rest[0].ID != activities[5].ID {
			t.Errorf("%v %+v", err, rest)
		}
	})
	t.Run("Integration with Other Services", func(t *testing.T) {
		var me map[string]any
		if err := c.Get("/auth/users/me", nil, &me); err != nil || me["username"] != "ada" {
			t.Error(err, me)
		}
	})
	t.Run("Error Handling", func(t *testing.T) {
		if _, err := c.recentActivity(nil); err != nil {
			t.Error(err)
		}
		for _, status := range []struct {
			token string
			want  int
		}{{w.BearerOf("bob-write"), 403}, {"", 401}, {"dbs_x.y", 401}} {
			refused := client{w.StrictClient(t, "/api", status.token)}
			_, err := refused.recentActivity(nil)
			var failed *StatusError
			if !errors.As(err, &failed) || failed.Status != status.want || failed.Body["detail"] == "" {
				t.Errorf("%q: %v", status.token, err)
			}
		}
	})
}
