package savedview_test

import (
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/feed"
	"daybook/services/savedview"
)

func TestSavingAView(t *testing.T) {
	p := newPlace(t)
	bob := p.in("acme", "bob")
	made, err := p.views.Create(t.Context(), bob, savedview.Draft{
		Name: "  Invoices <b>  ", Query: url.Values{"action": {"paid", "created"}, "entity_type": {"invoice"}, "cursor": {"x"}, "start_date": {"2026-01-01"}}, Default: true,
	}, now)
	if err != nil {
		t.Fatal(err)
	}
	views, err := p.views.List(t.Context(), bob)
	if err != nil || len(views) != 1 {
		t.Fatal(views, err)
	}
	v := views[0]
	if v.ID != made.ID || v.Name != "Invoices <b>" || v.Query != "actions=created&actions=paid&resource_types=invoice&start_date=2026-01-01" && v.Query != "actions=paid&actions=created&resource_types=invoice&start_date=2026-01-01" ||
		v.Shared || !v.Own || !v.Default || v.Owner != "Bob" || v.WorkspaceID != bob.Workspace.ID {
		t.Errorf("%+v", v)
	}
	stored, _ := url.ParseQuery(v.Query)
	if filter, err := feed.Parse(stored, now); err != nil || filter.String() != v.Query {
		t.Errorf("the stored text is not canonical: %q, %v", filter.String(), err)
	}
	if p.recorded() != "" {
		t.Errorf("a private view is recorded: %s", p.recorded())
	}
}

func TestViewsThatAreNotSaved(t *testing.T) {
	p := newPlace(t)
	bob := p.in("acme", "bob")
	p.save(bob, "Taken", false)
	good := url.Values{"actions": {"created"}}
	for _, c := range []struct {
		name  string
		query url.Values
		kind  models.Kind
		field string
	}{
		{"", good, models.Invalid, "name"}, {"  ", good, models.Invalid, "name"}, {"a\nb", good, models.Invalid, "name"}, {"\u200b\u202e", good, models.Invalid, "name"},
		{"\xff", good, models.Invalid, "name"}, {strings.Repeat("ä", 61), good, models.Invalid, "name"}, {"TAKEN ", good, models.Conflict, "name"},
		{"x", nil, models.Invalid, "query"}, {"x", url.Values{"cursor": {"x"}}, models.Invalid, "query"}, {"x", url.Values{"start_date": {"yesterday-ish"}}, models.Invalid, "query"},
		{"x", url.Values{"actions": {"<script>"}}, models.Invalid, "query"}, {"x", url.Values{"actor_id": manyIDs()}, models.Invalid, "query"},
	} {
		_, err := p.views.Create(t.Context(), bob, savedview.Draft{Name: c.name, Query: c.query, Shared: true, Default: true}, now)
		wantKind(t, err, c.kind, c.field)
	}
	p.wantList(bob, "Taken")
	if p.recorded() != "" {
		t.Errorf("what was not done is recorded: %s", p.recorded())
	}
	p.save(bob, strings.Repeat("ä", 60), false)
	p.save(p.in("acme", "ben"), "Taken", false)
	p.save(p.in("other", "bob"), "Taken", false)
}

// manyIDs make a filter that no address holds.
func manyIDs() []string {
	var ids []string
	for i := range 90 {
		ids = append(ids, fmt.Sprint(strings.Repeat("x", 60), i))
	}
	return ids
}

func TestWhoSeesAView(t *testing.T) {
	p := newPlace(t)
	bob, ben, ada, ina, charlie := p.in("acme", "bob"), p.in("acme", "ben"), p.in("acme", "ada"), p.in("acme", "ina"), p.in("other", "charlie")
	private := p.save(bob, "private", false)
	p.save(bob, "b shared", true)
	p.save(bob, "A shared", true)
	p.save(ben, "own", false)
	p.save(p.in("other", "bob"), "elsewhere", true)
	p.save(ina, "hers", true)
	p.wantList(bob, "private, b shared+, A shared+, hers+ of Ina")
	p.wantList(ben, "own, A shared+ of Bob, b shared+ of Bob, hers+ of Ina")
	p.wantList(ada, "A shared+ of Bob, b shared+ of Bob, hers+ of Ina")
	p.wantList(charlie, "elsewhere+ of Bob")
	for _, v := range []access.Viewer{ben, ada, ina, charlie} {
		_, err := p.views.One(t.Context(), v, private)
		wantKind(t, err, models.NotFound, "")
		wantKind(t, p.views.SetDefault(t.Context(), v, private), models.NotFound, "")
		wantKind(t, p.views.Delete(t.Context(), v, private), models.NotFound, "")
		wantKind(t, p.views.Rename(t.Context(), v, private, "mine"), models.NotFound, "")
		wantKind(t, p.views.Share(t.Context(), v, private, true), models.NotFound, "")
		wantKind(t, p.views.Move(t.Context(), v, private, true), models.NotFound, "")
	}
	for _, v := range []access.Viewer{{}, {Principal: access.Principal{User: p.users["charlie"]}, Workspace: bob.Workspace}, {Principal: access.Principal{Token: &models.Token{}}, Role: access.Program}} {
		_, err := p.views.List(t.Context(), v)
		wantKind(t, err, models.Forbidden, "")
		_, _, err = p.views.Default(t.Context(), v)
		wantKind(t, err, models.Forbidden, "")
		wantKind(t, p.views.ClearDefault(t.Context(), v, private), models.Forbidden, "")
	}
	p.exec(`UPDATE users SET deactivated_at = now() WHERE id = $1`, p.users["ina"].ID)
	p.wantList(ada, "A shared+ of Bob, b shared+ of Bob")
	p.exec(`DELETE FROM memberships WHERE workspace_id = $1 AND user_id = $2`, bob.Workspace.ID, p.users["bob"].ID)
	p.wantList(ada, "")
}

func TestChangingAView(t *testing.T) {
	p := newPlace(t)
	bob, ben, ada := p.in("acme", "bob"), p.in("acme", "ben"), p.in("acme", "ada")
	one, two := p.save(bob, "one", false), p.save(bob, "two", false)
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
	}
	do(p.views.Rename(t.Context(), bob, one, " uno "))
	do(p.views.Rename(t.Context(), bob, one, "UNO"))
	wantKind(t, p.views.Rename(t.Context(), bob, one, "TWO"), models.Conflict, "name")
	wantKind(t, p.views.Rename(t.Context(), bob, one, strings.Repeat("x", 61)), models.Invalid, "name")
	do(p.views.Share(t.Context(), bob, one, true))
	do(p.views.Share(t.Context(), bob, one, true))
	do(p.views.Rename(t.Context(), bob, one, "eins"))
	wantKind(t, p.views.Rename(t.Context(), ben, one, "mine"), models.Forbidden, "")
	wantKind(t, p.views.Share(t.Context(), ada, one, false), models.Forbidden, "")
	wantKind(t, p.views.Delete(t.Context(), ben, one), models.Forbidden, "")
	do(p.views.Share(t.Context(), bob, one, false))
	do(p.views.Share(t.Context(), bob, two, true))
	do(p.views.SetDefault(t.Context(), ben, two))
	do(p.views.Delete(t.Context(), ada, two))
	do(p.views.Delete(t.Context(), bob, one))
	wantKind(t, p.views.Delete(t.Context(), bob, one), models.NotFound, "")
	p.wantList(bob, "")
	if _, ok, err := p.views.Default(t.Context(), ben); ok || err != nil {
		t.Error("a view that is gone is still the default", err)
	}
	want := "acme Bob shared saved_view UNO\nacme Bob renamed saved_view eins\nacme Bob unshared saved_view eins\nacme Bob shared saved_view two\nacme Ada deleted saved_view two"
	if got := p.recorded(); got != want {
		t.Errorf("recorded\n%s\nwant\n%s", got, want)
	}
}

func TestTheDefaultView(t *testing.T) {
	p := newPlace(t)
	bob, ben := p.in("acme", "bob"), p.in("acme", "ben")
	own, shared := p.save(bob, "own", false), p.save(bob, "shared", true)
	set := func(v access.Viewer, id int64) {
		t.Helper()
		if err := p.views.SetDefault(t.Context(), v, id); err != nil {
			t.Fatal(err)
		}
	}
	set(bob, own)
	set(bob, shared)
	set(ben, shared)
	p.wantList(bob, "own, shared*+")
	p.wantList(ben, "shared*+ of Bob")
	if v, ok, err := p.views.Default(t.Context(), ben); !ok || err != nil || v.ID != shared || v.Own {
		t.Error(v, ok, err)
	}
	if _, ok, err := p.views.Default(t.Context(), p.in("other", "bob")); ok || err != nil {
		t.Error("it is that of one workspace", err)
	}
	if err := p.views.Share(t.Context(), bob, shared, false); err != nil {
		t.Fatal(err)
	}
	if _, ok, _ := p.views.Default(t.Context(), ben); ok {
		t.Error("what is shared no more opens no more")
	}
	for _, c := range []struct {
		id   int64
		want string
	}{{own, "own, shared*"}, {shared, "own, shared"}, {shared, "own, shared"}} {
		if err := p.views.ClearDefault(t.Context(), bob, c.id); err != nil {
			t.Fatal(err)
		}
		p.wantList(bob, c.want)
	}
	wantKind(t, p.views.ClearDefault(t.Context(), ben, shared), models.NotFound, "")
}

func TestMovingViews(t *testing.T) {
	p := newPlace(t)
	bob := p.in("acme", "bob")
	ids := map[string]int64{}
	for _, name := range []string{"a", "b", "c", "d"} {
		ids[name] = p.save(bob, name, false)
	}
	for _, c := range []struct {
		name string
		up   bool
		want string
	}{
		{"a", true, "a, b, c, d"}, {"d", false, "a, b, c, d"}, {"c", true, "a, c, b, d"}, {"c", true, "c, a, b, d"}, {"a", false, "c, b, a, d"}, {"d", true, "c, b, d, a"},
	} {
		if err := p.views.Move(t.Context(), bob, ids[c.name], c.up); err != nil {
			t.Fatal(err)
		}
		p.wantList(bob, c.want)
	}
	if err := p.views.Delete(t.Context(), bob, ids["b"]); err != nil {
		t.Fatal(err)
	}
	p.save(bob, "e", false)
	p.wantList(bob, "c, d, a, e")
}

// However many requests come at once, nobody has more views than there can be, and no two in one place.
func TestViewsAreLimited(t *testing.T) {
	p := newPlace(t)
	bob := p.in("acme", "bob")
	for i := range savedview.MostViews - 3 {
		p.save(bob, fmt.Sprint("view ", i), false)
	}
	var all sync.WaitGroup
	errs := make([]error, 6)
	for i := range errs {
		all.Go(func() {
			_, errs[i] = p.views.Create(t.Context(), bob, savedview.Draft{Name: fmt.Sprint("late ", i), Query: url.Values{"q": {"x"}, "actions": {"created"}}}, now)
		})
	}
	all.Wait()
	refused := 0
	for _, err := range errs {
		if err != nil {
			refused++
			wantKind(t, err, models.Conflict, "name")
		}
	}
	if n := len(strings.Split(p.list(bob), ", ")); refused != 3 || n != savedview.MostViews {
		t.Errorf("%d were refused, there are %d", refused, n)
	}
	var places int
	if err := p.db.Pool.QueryRow(t.Context(), `SELECT count(DISTINCT position) FROM saved_views`).Scan(&places); err != nil || places != savedview.MostViews {
		t.Error(places, err)
	}
	p.save(p.in("acme", "ben"), "another's", false)
	p.save(p.in("other", "bob"), "elsewhere", false)
}
