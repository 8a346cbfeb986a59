package feed_test

import (
	"fmt"
	"testing"

	"daybook/models"
	"daybook/services/feed"
	"daybook/services/feed/feedtest"
)

// Whose address it is, is for those who read everything: nobody else learns by asking.
func TestAnAddressIsConfirmedOnlyToThoseWhoSeeIt(t *testing.T) {
	w := feedtest.New(t)
	ws, other := w.Workspace(t, "acme", "UTC"), w.Workspace(t, "other", "UTC")
	admin, member := w.User(t, "admin", false), w.User(t, "member", false)
	w.Member(t, ws, admin, models.Admin)
	w.Member(t, ws, member, models.Member)
	w.Member(t, other, admin, models.Member)
	w.Actor(t, ws, "member", member)
	w.Project(t, ws, "open", models.VisibleToWorkspace)
	w.Project(t, other, "open", models.VisibleToWorkspace)
	event := feedtest.Event{"actor": feedtest.Event{"id": "amara", "name": "Amara Okafor", "email": "Secret@example.com"}, "action": "created", "project": feedtest.Event{"id": "open"}}
	w.Send(t, ws, event)
	w.Send(t, other, event)
	for asked, found := range map[string][3]int{"secret@EXAMPLE.com": {1, 0, 0}, "amara": {1, 1, 1}, "oka": {1, 1, 1}, "secret": {0, 0, 0}} {
		for i, v := range []struct {
			u  *models.User
			ws models.Workspace
		}{{admin, ws}, {member, ws}, {admin, other}} {
			scope := w.Viewer(t, v.u, v.ws).Scope(false)
			f := feed.Filter{Criteria: feed.Criteria{ActorNames: []string{asked}}}
			if got := len(pageOf(t, w, scope, feed.Ask{Filter: f, Limit: 10}).Entries); got != found[i] {
				t.Errorf("%s in %s asks for %s: %d", v.u.Name, v.ws.Slug, asked, got)
			}
			f = feed.Filter{Not: f.Criteria}
			if got := len(pageOf(t, w, scope, feed.Ask{Filter: f, Limit: 10}).Entries); got != 1-found[i] {
				t.Errorf("%s in %s asks for -%s: %d", v.u.Name, v.ws.Slug, asked, got)
			}
		}
	}
}

// Sources have keys that are no numbers, or none of ours; each is found without an error, and nobody is taken for somebody else.
func TestOrigins(t *testing.T) {
	w := feedtest.New(t)
	u := w.User(t, "amara", false)
	for key, name := range map[string]string{
		fmt.Sprint(u.ID): "amara", "0" + fmt.Sprint(u.ID): "", "+1": "", "": "", "x": "", "1 ": "", "1\n2": "", "999999999999999999": "", "99999999999999999999": "", "-1": "", "1e3": "", "٣": "",
	} {
		for _, kind := range []string{"user", "token", "import"} {
			var id int64
			if err := w.DB.Pool.QueryRow(t.Context(), `INSERT INTO sources (kind, key) VALUES ($1, $2) RETURNING id`, kind, key).Scan(&id); err != nil {
				t.Fatal(err)
			}
			want := models.Origin{Kind: kind, Key: key}
			if kind == "user" {
				want.Name = name
			}
			if got, err := w.Feed.Origin(t.Context(), id); err != nil || got != want {
				t.Errorf("%s %q: %+v, %v", kind, key, got, err)
			}
		}
	}
}

// BenchmarkNames looks as many names up as a line may have, among ten thousand people.
func BenchmarkNames(b *testing.B) {
	w := feedtest.New(b)
	ws, admin := w.Workspace(b, "acme", "UTC"), w.User(b, "admin", true)
	if _, err := w.DB.Pool.Exec(b.Context(), `INSERT INTO actors (workspace_id, external_id, type, name, email)
		SELECT $1, 'person-' || n, 'user', 'Person Number ' || n || ' Høráková', 'person' || n || '@example.com' FROM generate_series(1, 10000) AS n`, ws.ID); err != nil {
		b.Fatal(err)
	}
	var f feed.Filter
	for n := range 20 {
		f.ActorNames = append(f.ActorNames, fmt.Sprintf("somebody with name %d", n))
	}
	scope := w.Viewer(b, admin, ws).Scope(false)
	for b.Loop() {
		if _, err := w.Feed.Look(b.Context(), f, scope); err != nil {
			b.Fatal(err)
		}
	}
}
