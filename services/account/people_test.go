package account_test

import (
	"fmt"
	"strings"
	"testing"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/account"
)

// as gives a user as somebody who changes acme, with the role they have there.
func (p *place) as(u *models.User) account.Doer {
	p.t.Helper()
	return p.within(p.acme, u)
}

func (p *place) within(w *models.Workspace, u *models.User) account.Doer {
	p.t.Helper()
	fresh := *u
	if err := p.db.Gorm.Take(&fresh, u.ID).Error; err != nil {
		p.t.Fatal(err)
	}
	v, err := access.New(p.db).Enter(p.t.Context(), access.Principal{User: &fresh}, w.Slug)
	if err != nil {
		p.t.Fatal(err)
	}
	d, err := p.accounts.Doer(p.t.Context(), v)
	if err != nil {
		p.t.Fatal(err)
	}
	return d
}

func (p *place) madeActor(external string, u *models.User) models.Actor {
	p.t.Helper()
	a := models.Actor{WorkspaceID: p.acme.ID, ExternalID: external, Type: models.ActorUser, Name: strings.ToUpper(external)}
	if u != nil {
		a.UserID = &u.ID
	}
	p.create(&a)
	return a
}

// names gives a list of people in a line.
func names(list []account.Person) string {
	var out []string
	for _, l := range list {
		var actors []string
		for _, a := range l.Actors {
			actors = append(actors, a.ExternalID)
		}
		out = append(out, fmt.Sprintf("%s:%s[%s]%d", l.Name, l.Role, strings.Join(actors, " "), l.Activities))
	}
	return strings.Join(out, ", ")
}

func TestMembersAndActorsAreOneList(t *testing.T) {
	p := newPlace(t)
	u2 := p.madeActor("u-2", p.bob)
	old := p.madeActor("old-2", nil)
	nobody := p.madeActor("zoe", nil)
	p.madeActor("left", p.charlie) // no member (any more)
	p.exec(`UPDATE actors SET merged_into = $1 WHERE id = $2`, u2.ID, old.ID)
	p.exec(`UPDATE actors SET email = 'zoe@elsewhere.example' WHERE id = $1`, nobody.ID)
	p.exec(`UPDATE users SET deactivated_at = now() WHERE id = $1`, p.charlie.ID)
	p.exec(`INSERT INTO daily_counts SELECT $1, day, 0, actor, 0, '', 'created', 'success', system, n
		FROM (VALUES ('2026-01-01'::date, $2::bigint, false, 3), ('2026-01-05', $3, false, 4), ('2026-01-09', $2, true, 100), ('2026-01-02', $4, false, 1)) AS v (day, actor, system, n)`, p.acme.ID, u2.ID, old.ID, nobody.ID)
	p.exec(`INSERT INTO sessions (id, secret_hash, user_id, "values", created_at, last_seen_at, expires_at) VALUES ('s', '', $1, '', now(), '2026-01-30', now())`, p.bob.ID)
	other := p.workspace("globex")
	p.create(&models.Actor{WorkspaceID: other.ID, ExternalID: "elsewhere", Type: models.ActorUser, Name: "Elsewhere"})
	yes, no := true, false
	for _, c := range []struct {
		f    account.PeopleFilter
		want string
	}{
		{account.PeopleFilter{}, "Amara:owner[]0, Bob:member[u-2 old-2]7, LEFT:[left]0, ZOE:[zoe]1"},
		{account.PeopleFilter{Search: "OLD-2"}, "Bob:member[u-2 old-2]7"},
		{account.PeopleFilter{Search: "elsewhere.ex"}, "ZOE:[zoe]1"},
		{account.PeopleFilter{Search: " amara@EXAMPLE "}, "Amara:owner[]0"},
		{account.PeopleFilter{Search: "%"}, ""},
		{account.PeopleFilter{Search: "\x00\xff"}, ""},
		{account.PeopleFilter{Role: models.Owner}, "Amara:owner[]0"},
		{account.PeopleFilter{Linked: &yes}, "Bob:member[u-2 old-2]7, LEFT:[left]0"},
		{account.PeopleFilter{Linked: &no}, "Amara:owner[]0, ZOE:[zoe]1"},
		{account.PeopleFilter{State: "deactivated"}, ""}, // that Charlie is, is not known here
		{account.PeopleFilter{State: "outside"}, "LEFT:[left]0, ZOE:[zoe]1"},
		{account.PeopleFilter{State: "active"}, "Amara:owner[]0, Bob:member[u-2 old-2]7"},
		{account.PeopleFilter{Actor: old.ID}, "Bob:member[u-2 old-2]7"},
		{account.PeopleFilter{User: p.amara.ID}, "Amara:owner[]0"},
		{account.PeopleFilter{User: 1 << 50}, ""},
	} {
		list, next, err := p.accounts.People(t.Context(), p.as(p.amara), c.f)
		if err != nil || names(list) != c.want || next != "" {
			t.Errorf("%+v: %s, %q, %v\nwant %s", c.f, names(list), next, err, c.want)
		}
	}
	one, err := p.accounts.PersonOf(t.Context(), p.as(p.amara), old.ID, 0)
	if err != nil || one.LastActive.Format("2006-01-02") != "2026-01-05" || one.LastSeen.UTC().Format("2006-01-02") != "2026-01-30" || one.Email != "bob@example.com" || one.MemberVersion != 1 {
		t.Errorf("%+v, %v", one, err)
	}
	elsewhere := ask[int64](p, `SELECT id FROM actors WHERE external_id = 'elsewhere'`)
	_, err = p.accounts.PersonOf(t.Context(), p.as(p.amara), elsewhere, 0)
	refused(t, err, models.NotFound)
	_, _, err = p.accounts.People(t.Context(), p.as(p.bob), account.PeopleFilter{})
	refused(t, err, models.Forbidden)
}

func TestPagesOfPeople(t *testing.T) {
	p := newPlace(t)
	for i := range 23 {
		p.madeActor(fmt.Sprintf("same-%d", i), nil)
	}
	p.exec(`UPDATE actors SET name = 'Same' WHERE id % 3 = 0`) // names are not unique
	all, _, err := p.accounts.People(t.Context(), p.as(p.amara), account.PeopleFilter{})
	if err != nil || len(all) != 25 {
		t.Fatal(len(all), err)
	}
	for limit := 1; limit < 27; limit += 4 {
		var got []account.Person
		for cursor := ""; ; {
			page, next, err := p.accounts.People(t.Context(), p.as(p.amara), account.PeopleFilter{Limit: limit, Cursor: cursor})
			if err != nil || len(page) > limit {
				t.Fatal(len(page), err)
			}
			got = append(got, page...)
			if cursor = next; cursor == "" {
				break
			}
		}
		if names(got) != names(all) {
			t.Errorf("by %d: %s\nwant %s", limit, names(got), names(all))
		}
	}
	_, next, err := p.accounts.People(t.Context(), p.as(p.amara), account.PeopleFilter{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	other := p.workspace("globex")
	p.member(other, p.amara, models.Owner)
	for _, cursor := range []string{"x", "!", "AAAA", next + "x"} {
		if _, _, err := p.accounts.People(t.Context(), p.as(p.amara), account.PeopleFilter{Cursor: cursor}); models.KindOf(err) != models.Malformed {
			t.Errorf("%q: %v", cursor, err)
		}
	}
	_, _, err = p.accounts.People(t.Context(), p.within(other, p.amara), account.PeopleFilter{Cursor: next})
	refused(t, err, models.Malformed, "cursor")
}
