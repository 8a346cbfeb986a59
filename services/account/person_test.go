package account_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"daybook/models"
	"daybook/services/account"
)

func (p *place) person(u *models.User) *account.Person {
	p.t.Helper()
	one, err := p.accounts.PersonOf(p.t.Context(), account.CommandLine(p.acme), 0, u.ID)
	p.must(err)
	return one
}

func TestEachPersonIsOfOneKind(t *testing.T) {
	p := newPlace(t)
	p.madeActor("left", p.charlie)
	gone := p.user("gone")
	p.member(p.acme, gone, models.Admin)
	p.exec(`UPDATE users SET deactivated_at = now() WHERE id = $1`, gone.ID)
	p.madeActor("anna-1", nil)
	p.madeActor("anna-2", nil)
	p.exec(`UPDATE actors SET name = CASE external_id WHEN 'anna-1' THEN 'Anna' ELSE 'ANNA' END WHERE external_id LIKE 'anna%'`)
	bot := &models.Actor{WorkspaceID: p.acme.ID, ExternalID: "bot", Type: models.ActorAgent, Name: "Bot"}
	p.create(bot)
	p.create(&models.Actor{WorkspaceID: p.acme.ID, ExternalID: "sys", Type: models.ActorSystem, Name: "System"})
	// The clock stands at noon of 31 January in Newfoundland's zone: the thirtieth day before is 2 January.
	p.exec(`INSERT INTO daily_counts SELECT $1, day, 0, $2, behalf, '', 'created', 'success', false, n
		FROM (VALUES ('2026-01-01'::date, 7::bigint, 100), ('2026-01-02', 8, 3), ('2026-01-31', 8, 4), ('2026-01-31', 0, 1)) AS v (day, behalf, n)`, p.acme.ID, bot.ID)
	want := map[account.PersonKind]string{
		account.CanSignIn: "Amara Bob", account.Agents: "Bot System", account.OnlyRecorded: "Anna ANNA", account.Outside: "LEFT", account.Deactivated: "Gone", "": "Amara Anna ANNA Bob Bot Gone LEFT System",
	}
	d := p.as(p.amara)
	counts, err := p.accounts.CountPeople(t.Context(), d, account.PeopleFilter{Kind: account.Agents})
	p.must(err)
	for _, kind := range append([]account.PersonKind{""}, account.PersonKinds...) {
		list, _, err := p.accounts.People(t.Context(), d, account.PeopleFilter{Kind: kind})
		p.must(err)
		var names []string
		for _, one := range list {
			names = append(names, one.Name)
			if one.Namesake != strings.EqualFold(one.Name, "anna") {
				t.Errorf("%s has a namesake: %t", one.Name, one.Namesake)
			}
			if one.Name == "Bot" && (one.Recent != 8 || one.Activities != 108 || one.Served != 2) {
				t.Errorf("%+v", one)
			}
		}
		if got := strings.Join(names, " "); got != want[kind] || counts[kind] != int64(len(list)) {
			t.Errorf("%q: %s, counted %d", kind, got, counts[kind])
		}
	}
	counts, err = p.accounts.CountPeople(t.Context(), d, account.PeopleFilter{Search: "anna"})
	if err != nil || !maps.Equal(counts, map[account.PersonKind]int64{"": 2, account.OnlyRecorded: 2}) {
		t.Errorf("%v, %v", counts, err)
	}
	_, err = p.accounts.CountPeople(t.Context(), p.as(p.bob), account.PeopleFilter{})
	refused(t, err, models.Forbidden)
}

// TestPowersAreWhatIsNotRefused: what a page would offer works, and what it would not is refused.
func TestPowersAreWhatIsNotRefused(t *testing.T) {
	p := newPlace(t)
	second := p.user("second")
	p.role(second, models.Owner)
	root := p.user("root")
	p.exec(`UPDATE users SET instance_admin = true WHERE id = $1`, root.ID)
	other := p.workspace("globex")
	roles := []models.Role{models.Owner, models.Admin, models.Member}
	for _, does := range append(roles, "root") {
		for _, is := range roles {
			for _, state := range []string{"", "elsewhere too", "instance admin"} {
				reset := func() {
					p.exec(`DELETE FROM memberships WHERE workspace_id = $1`, other.ID)
					p.exec(`UPDATE users SET instance_admin = $2, deactivated_at = NULL WHERE id = $1`, p.bob.ID, state == "instance admin")
					p.role(p.bob, is)
					if state == "elsewhere too" {
						p.member(other, p.bob, models.Member)
					}
				}
				reset()
				d := p.as(root)
				if does != "root" {
					p.role(p.amara, does)
					d = p.as(p.amara)
				}
				what := fmt.Sprintf("%s, of a %s, %s", does, is, state)
				may, err := p.accounts.PowersOver(t.Context(), d, p.person(p.bob))
				p.must(err)
				for _, role := range roles {
					if err := p.accounts.ChangeRole(t.Context(), d, p.bob.ID, role, 0); (err == nil) != slices.Contains(may.Roles, role) {
						t.Errorf("%s: may give %v, %s: %v", what, may.Roles, role, err)
					}
					reset()
				}
				if err := p.accounts.RemoveMember(t.Context(), d, p.bob.ID, 0); (err == nil) != may.Remove {
					t.Errorf("%s: may remove %t: %v", what, may.Remove, err)
				}
				reset()
				if err := p.accounts.Deactivate(t.Context(), d, p.bob.ID, 0); (err == nil) != may.Manage || may.Manage != (may.WhyNot == "") {
					t.Errorf("%s: may manage %t, %q: %v", what, may.Manage, may.WhyNot, err)
				}
				reset()
				if err := p.accounts.SetInstanceAdmin(t.Context(), d, p.bob.ID, state != "instance admin", 0); (err == nil) != may.Instance {
					t.Errorf("%s: may make instance admins %t: %v", what, may.Instance, err)
				}
			}
		}
	}
}

func TestUsernamesAreEdited(t *testing.T) {
	p := newPlace(t)
	d := p.as(p.amara)
	edit := func(username *string) error {
		return p.accounts.EditUser(context.Background(), d, p.bob.ID, account.UserEdit{Name: "Bob", Email: "bob@example.com", Username: username})
	}
	if a := p.theAct(func() error { return edit(ptr(" Bobby.B ")) }); said(a) != `updated, username: "bob" → "bobby.b"` {
		t.Error(said(a))
	}
	p.nothing(func() {
		p.must(edit(nil))
		p.must(edit(ptr("BOBBY.b")))
		refused(t, edit(ptr("charlie")), models.Conflict, "username")
		for _, wrong := range []string{"-x", "a b", "ä", strings.Repeat("x", 65), "x\x00"} {
			refused(t, edit(&wrong), models.Invalid, "username")
		}
	})
	if a := p.theAct(func() error { return edit(ptr("")) }); said(a) != `updated, username: "bobby.b" → null` {
		t.Error(said(a))
	}
}

func TestSessionsAndTokensOfOthers(t *testing.T) {
	p := newPlace(t)
	d := p.as(p.amara)
	p.session("one", p.bob)
	p.session("two", p.bob)
	p.session("amara's", p.amara)
	p.boundToken(p.bob)
	p.token(p.bob)
	p.token(p.amara)
	sessions, err := p.accounts.UserSessions(t.Context(), d, p.bob.ID)
	if err != nil || len(sessions) != 2 {
		t.Fatal(sessions, err)
	}
	tokens, err := p.accounts.UserTokens(t.Context(), d, p.bob.ID)
	if err != nil || len(tokens) != 2 {
		t.Fatal(tokens, err)
	}
	foreign := ask[int64](p, `SELECT id FROM tokens WHERE user_id = $1`, p.amara.ID)
	p.nothing(func() {
		refused(t, p.accounts.EndUserSession(t.Context(), d, p.bob.ID, "amara's"), models.NotFound)
		refused(t, p.accounts.EndUserSession(t.Context(), d, p.charlie.ID, "one"), models.NotFound)
		refused(t, p.accounts.RevokeUserToken(t.Context(), d, p.bob.ID, foreign), models.NotFound)
		refused(t, p.accounts.EndUserSession(t.Context(), p.as(p.bob), p.amara.ID, "amara's"), models.Forbidden)
		refused(t, p.accounts.RevokeUserToken(t.Context(), p.as(p.bob), p.amara.ID, foreign), models.Forbidden)
		_, err := p.accounts.UserSessions(t.Context(), p.as(p.bob), p.amara.ID)
		refused(t, err, models.Forbidden)
	})
	if a := p.theAct(func() error { return p.accounts.EndUserSession(context.Background(), d, p.bob.ID, "one") }); said(a) != "sessions_ended, sessions: 1 → 0" || *a.Entity.Name != "Bob" {
		t.Error(said(a))
	}
	for _, token := range tokens {
		acts := p.acts(func() { p.must(p.accounts.RevokeUserToken(context.Background(), d, p.bob.ID, token.ID)) })
		if len(acts) != 1 || acts[0].Action != "revoked" || acts[0].Actor.Name != "Amara" || (token.WorkspaceID != nil) != (acts[0].Workspace == p.acme.ID) {
			t.Errorf("%+v", acts)
		}
	}
	if n := ask[int](p, `SELECT count(*) FROM tokens WHERE revoked_at IS NULL`); n != 1 {
		t.Errorf("%d tokens are left", n)
	}
	p.role(p.bob, models.Owner)
	p.role(p.amara, models.Admin)
	_, err = p.accounts.UserTokens(t.Context(), p.as(p.amara), p.bob.ID)
	refused(t, err, models.Forbidden) // an owner's
}
