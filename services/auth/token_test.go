package auth_test

import (
	"strings"
	"testing"
	"time"

	"daybook/models"
	"daybook/services/auth"
)

// token makes a token, which must work.
func (p *place) token(change func(*auth.NewToken)) string {
	p.t.Helper()
	n := auth.NewToken{Name: "importer", Scopes: []string{models.ScopeWrite}, By: models.CommandLine}
	change(&n)
	text, err := p.auth.MakeToken(p.t.Context(), n)
	if err != nil {
		p.t.Fatal(err)
	}
	return text
}

func (p *place) owner(text string) (*models.Token, *models.User, models.Kind) {
	token, user, err := p.auth.TokenOwner(p.t.Context(), text, "192.0.2.1")
	if err != nil {
		return nil, nil, models.KindOf(err)
	}
	return token, user, -1
}

func TestATokenIsShownOnceAndKeptAsAHash(t *testing.T) {
	p := newPlace(t)
	w := p.workspace("acme")
	amara := p.user("amara", func(u *models.User) { u.InstanceAdmin = true })
	service := p.token(func(n *auth.NewToken) {
		n.Workspace, n.Scopes = &w.ID, []string{models.ScopeWrite, models.ScopeRead, models.ScopeWrite}
	})
	personal := p.token(func(n *auth.NewToken) { n.User, n.Scopes = amara, []string{models.ScopeAdmin} })
	for _, text := range []string{service, personal} {
		if !strings.HasPrefix(text, "dbk_") || len(text) != 4+43 || strings.Contains(p.everything(), text[4:]) {
			t.Errorf("%s is short, or in the database", text)
		}
	}
	token, user, _ := p.owner(service)
	if user != nil || *token.WorkspaceID != w.ID || !token.Has(models.ScopeRead) || !token.Has(models.ScopeWrite) || token.Has(models.ScopeAdmin) || token.Has("") || token.Scopes != "activity:read activity:write" {
		t.Errorf("%+v, %+v", token, user)
	}
	token, user, _ = p.owner(personal)
	if user == nil || user.ID != amara.ID || token.WorkspaceID != nil || !token.Has(models.ScopeAdmin) {
		t.Errorf("%+v, %+v", token, user)
	}
	acts := p.acts()
	if len(acts) != 2 || acts[0].Workspace != w.ID || acts[1].Workspace != models.BuiltInWorkspace {
		t.Fatalf("%+v", acts)
	}
	a := acts[0]
	if a.Action != "created" || a.Entity.Type != "token" || *a.Entity.Name != "importer" || a.Actor.ID != models.CommandLine.ID || !a.System ||
		string(a.Changes[0].After) != `"activity:read activity:write"` || string(a.Changes[0].Before) != "null" {
		t.Errorf("%+v", a)
	}
}

func TestTokensThatAreNotMade(t *testing.T) {
	p := newPlace(t)
	w := p.workspace("acme")
	amara := p.user("amara", nil)
	for field, n := range map[string]auth.NewToken{
		"name":       {Workspace: &w.ID, Scopes: []string{models.ScopeRead}},
		"workspace":  {Name: "x", Scopes: []string{models.ScopeRead}},
		"scope":      {Name: "x", Workspace: &w.ID},
		"scope ":     {Name: "x", Workspace: &w.ID, Scopes: []string{"everything"}},
		"scope  ":    {Name: "x", Workspace: &w.ID, Scopes: []string{models.ScopeAdmin}},
		"scope   ":   {Name: "x", User: amara, Scopes: []string{models.ScopeRead, ""}},
		"expires":    {Name: "x", User: amara, Scopes: []string{models.ScopeRead}, Expires: -time.Second},
		"scope    ":  {Name: "x", User: amara, Scopes: []string{models.ScopeAdmin}},                  // who administers nothing
		"workspace ": {Name: "x", User: amara, Workspace: &w.ID, Scopes: []string{models.ScopeRead}}, // where they are no member
		"name ":      {Name: "a\x00b", User: amara, Scopes: []string{models.ScopeRead}},
		"name  ":     {Name: "a\xff", User: amara, Scopes: []string{models.ScopeRead}},
	} {
		n.By = models.CommandLine
		text, err := p.auth.MakeToken(t.Context(), n)
		var e *models.Error
		if !asError(err, &e) || e.Kind != models.Invalid || e.Fields[0].Field != strings.TrimSpace(field) || text != "" {
			t.Errorf("%s: %q, %v", field, text, err)
		}
	}
	if p.actions() != "map[]" || ask[int](p, `SELECT count(*) FROM tokens`) != 0 {
		t.Error("something was made")
	}
}

func TestTokensThatAreWorthNothing(t *testing.T) {
	p := newPlace(t)
	w := p.workspace("acme")
	forWorkspace := func(n *auth.NewToken) { n.Workspace = &w.ID }
	good := p.token(forWorkspace)
	revoked := p.token(forWorkspace)
	if _, err := p.db.Pool.Exec(t.Context(), `UPDATE tokens SET revoked_at = $1 WHERE id = 2`, p.now); err != nil {
		t.Fatal(err)
	}
	short := p.token(func(n *auth.NewToken) { n.Workspace, n.Expires = &w.ID, 90*24*time.Hour })
	gone := p.token(func(n *auth.NewToken) { n.User = p.user("gone", deactivated) })
	var words []string
	for _, text := range []string{revoked, gone, "", "dbk_", "dbk_x", good[4:], strings.ToUpper(good), good + "x", good[:len(good)-1], " " + good, "dbk_\x00", "dbk_\xff", strings.Repeat("dbk_", 5000)} {
		if _, _, kind := p.owner(text); kind != models.Unauthenticated {
			t.Errorf("%.50q: %d", text, kind)
		}
		_, _, err := p.auth.TokenOwner(t.Context(), text, "")
		words = append(words, err.Error())
	}
	p.wait(90*24*time.Hour - time.Second)
	if _, _, kind := p.owner(short); kind != -1 {
		t.Errorf("it ended early: %d", kind)
	}
	p.wait(time.Second)
	_, _, err := p.auth.TokenOwner(t.Context(), short, "")
	for _, w := range append(words, err.Error()) {
		if w != words[0] {
			t.Errorf("%q differs from %q", w, words[0])
		}
	}
	if _, _, kind := p.owner(good); kind != -1 {
		t.Error("the good one does not work")
	}
	if n := ask[int](p, `SELECT count(*) FROM tokens WHERE last_used_at IS NOT NULL`); n != 2 {
		t.Errorf("%d tokens count as used", n)
	}
}

func TestTheLastUseIsNotedToTheMinute(t *testing.T) {
	p := newPlace(t)
	w := p.workspace("acme")
	text := p.token(func(n *auth.NewToken) { n.Workspace = &w.ID })
	used := func(ip string) (time.Time, string) {
		t.Helper()
		if _, _, err := p.auth.TokenOwner(t.Context(), text, ip); err != nil {
			t.Fatal(err)
		}
		return ask[time.Time](p, `SELECT last_used_at FROM tokens`), ask[string](p, `SELECT coalesce(host(last_used_ip), '') FROM tokens`)
	}
	first := p.now
	for _, c := range []struct {
		wait   time.Duration
		ip     string
		at     time.Duration
		wantIP string
	}{
		{0, "192.0.2.1", 0, "192.0.2.1"},
		{59 * time.Second, "192.0.2.2", 0, "192.0.2.1"},
		{time.Second, "192.0.2.2", time.Minute, "192.0.2.2"},
		{time.Hour, "fe80::1%eth0", time.Hour + time.Minute, "fe80::1"},
		{time.Hour, "unknown", 2*time.Hour + time.Minute, "fe80::1"},
		{time.Hour, "", 3*time.Hour + time.Minute, "fe80::1"},
	} {
		p.wait(c.wait)
		if at, ip := used(c.ip); !at.Equal(first.Add(c.at)) || ip != c.wantIP {
			t.Errorf("%+v: %s, %s", c, at, ip)
		}
	}
	p.wait(time.Hour)
	before := ask[string](p, `SELECT xmin::text FROM tokens`)
	together(20, func(int) { used("192.0.2.1") })
	if after := ask[string](p, `SELECT xmin::text FROM tokens`); after == before {
		t.Error("the use was not noted")
	}
}

func TestActiveUsers(t *testing.T) {
	p := newPlace(t)
	amara, gone := p.user("amara", nil), p.user("gone", deactivated)
	for id, want := range map[int64]bool{amara.ID: true, gone.ID: false, 4711: false, 0: false} {
		u, err := p.auth.ActiveUser(t.Context(), id)
		if err != nil || (u != nil) != want {
			t.Errorf("%d: %v, %v", id, u, err)
		}
	}
}

func TestKeys(t *testing.T) {
	a, b := auth.NewKeys([]byte("one secret")), auth.NewKeys([]byte("another"))
	same := auth.NewKeys([]byte("one secret"))
	if len(a.For("x")) != 32 || string(a.For("x")) != string(same.For("x")) || string(a.For("x")) == string(a.For("y")) || string(a.For("x")) == string(b.For("x")) {
		t.Error("keys are not one for each secret and purpose")
	}
}
