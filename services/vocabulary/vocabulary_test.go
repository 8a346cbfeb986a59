package vocabulary_test

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/account"
	"daybook/services/feed"
	"daybook/services/feed/feedtest"
	"daybook/services/vocabulary"
)

type place struct {
	*testing.T
	*feedtest.World
	ws    models.Workspace
	owner access.Viewer
	words *vocabulary.Service
}

func newPlace(t *testing.T) *place {
	t.Helper()
	w := feedtest.New(t)
	p := &place{T: t, World: w, ws: w.Workspace(t, "acme", "UTC"), words: vocabulary.New(w.DB, w.Ingest)}
	u := w.User(t, "alice", false)
	w.Member(t, p.ws, u, models.Owner)
	p.owner = w.Viewer(t, u, p.ws)
	return p
}

func doer(v access.Viewer) account.Doer {
	return account.Doer{Workspace: &v.Workspace, Role: v.Role, User: v.User, Ref: models.UserActor(v.User)}
}

func (p *place) save(t models.Term) models.Term {
	p.Helper()
	saved, err := p.words.Save(p.Context(), doer(p.owner), t)
	if err != nil {
		p.Fatal(err)
	}
	return saved
}

// acts are what was recorded of the vocabulary.
func (p *place) acts() (out []string) {
	p.Helper()
	if err := p.Journal.Drain(p.Context()); err != nil {
		p.Fatal(err)
	}
	err := p.DB.Gorm.Raw(`SELECT concat_ws(' ', action, entity_id, system, changes) FROM activities WHERE entity_type = 'vocabulary_term' ORDER BY seq`).Scan(&out).Error
	if err != nil {
		p.Fatal(err)
	}
	return out
}

var (
	shipped = models.Term{Kind: models.ActionTerm, Name: "shipped", Label: "Shipped", Sentence: "{actor} shipped {entity} to {metadata.city}"}
	parcel  = models.Term{Kind: models.TypeTerm, Name: "parcel", Label: "Consignment", URL: "https://app.example/p/{id}"}
)

// TestAWordIsChangedAndSetBack changes words and reads activities, through a reader that knows nothing of the change but what the database says.
func TestAWordIsChangedAndSetBack(t *testing.T) {
	p := newPlace(t)
	p.Send(t, p.ws, feedtest.Event{"actor": feedtest.Event{"id": "u", "name": "Amara"}, "action": "shipped", "resource": feedtest.Event{"type": "parcel", "id": "7"}, "metadata": feedtest.Event{"city": "Berlin"}})
	said := func() string {
		t.Helper()
		page, err := p.Feed.Page(t.Context(), p.owner.Scope(false), feed.Ask{Filter: feed.Filter{Criteria: feed.Criteria{Types: []string{"parcel"}}}, Limit: 5})
		if err != nil || len(page.Entries) != 1 {
			t.Fatal(page, err)
		}
		out := models.Text(models.Sentence(&page.Entries[0]))
		if url := page.Entries[0].OutsideURL(); url != nil {
			out += " " + *url
		}
		return out
	}
	if got := said(); got != "Amara shipped parcel 7" {
		t.Error(got)
	}
	first := p.save(shipped)
	if got := said(); got != "Amara shipped parcel 7 to Berlin" {
		t.Error(got)
	}
	p.save(parcel)
	if got := said(); got != "Amara shipped consignment 7 to Berlin https://app.example/p/7" {
		t.Error(got)
	}
	if again := p.save(first); again.Version != first.Version { // nothing changed
		t.Error(again)
	}
	back, err := p.words.Reset(t.Context(), doer(p.owner), first)
	if err != nil || back.Version != 2 || !back.BuiltIn() {
		t.Error(back, err)
	}
	if got := said(); got != "Amara shipped consignment 7 https://app.example/p/7" {
		t.Error(got)
	}
	want := []string{
		`settings_updated action/shipped f [{"after": "Shipped", "field": "label", "before": null}, {"after": "{actor} shipped {entity} to {metadata.city}", "field": "sentence", "before": null}]`,
		`settings_updated type/parcel f [{"after": "Consignment", "field": "label", "before": null}, {"after": "https://app.example/p/{id}", "field": "url", "before": null}]`,
		`settings_updated action/shipped f [{"after": null, "field": "label", "before": "Shipped"}, {"after": null, "field": "sentence", "before": "{actor} shipped {entity} to {metadata.city}"}]`,
	}
	if got := p.acts(); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	terms, err := p.words.Terms(t.Context(), doer(p.owner))
	if err != nil || len(terms) != 2 {
		t.Error(terms, err)
	}
}

// TestOfTwoEditorsOneLearnsOfTheOther: also of those who both begin with a word that nobody has changed, and of one that was set back meanwhile.
func TestOfTwoEditorsOneLearnsOfTheOther(t *testing.T) {
	p := newPlace(t)
	var saved, beaten atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			switch _, err := p.words.Save(t.Context(), doer(p.owner), shipped); {
			case err == nil:
				saved.Add(1)
			case models.KindOf(err) == models.Conflict && strings.HasPrefix(err.Error(), "version:") && strings.Contains(err.Error(), "label is Shipped"):
				beaten.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	all.Wait()
	if saved.Load() != 1 || beaten.Load() != 7 || len(p.acts()) != 1 {
		t.Errorf("%d saved, %d beaten", saved.Load(), beaten.Load())
	}
	seen := p.save(models.Term{Kind: shipped.Kind, Name: shipped.Name, Label: "Sent off", Version: 1})
	if _, err := p.words.Reset(t.Context(), doer(p.owner), seen); err != nil {
		t.Fatal(err)
	}
	if _, err := p.words.Save(t.Context(), doer(p.owner), seen); models.KindOf(err) != models.Conflict {
		t.Errorf("it was set back meanwhile: %v", err)
	}
}

func TestWhoMayNotAndWhatIsWrong(t *testing.T) {
	p := newPlace(t)
	bob := p.User(t, "bob", false)
	p.Member(t, p.ws, bob, models.Member)
	member := doer(p.Viewer(t, bob, p.ws))
	if _, err := p.words.Save(t.Context(), member, shipped); models.KindOf(err) != models.Forbidden {
		t.Error(err)
	}
	if _, err := p.words.Terms(t.Context(), member); models.KindOf(err) != models.Forbidden {
		t.Error(err)
	}
	if _, err := p.words.Term(t.Context(), member, models.ActionTerm, "created"); models.KindOf(err) != models.Forbidden {
		t.Error(err)
	}
	bad := shipped
	bad.Sentence, bad.Icon, bad.Hue = "{actor} {who}", "none", new(int)
	*bad.Hue = 99
	_, err := p.words.Save(t.Context(), doer(p.owner), bad)
	for _, field := range []string{"sentence", "icon", "hue"} {
		if err == nil || !strings.Contains(fieldsOf(err), field) {
			t.Errorf("%s is not named: %v", field, err)
		}
	}
	if _, err := p.words.Term(t.Context(), doer(p.owner), models.TypeTerm, "No Such Word"); models.KindOf(err) != models.NotFound {
		t.Error(err)
	}
	if got := p.acts(); len(got) != 0 {
		t.Errorf("%q", got)
	}
}

func fieldsOf(err error) string {
	var names []string
	if ours, ok := err.(*models.Error); ok { //nolint:errorlint // it is not wrapped here
		for _, f := range ours.Fields {
			names = append(names, f.Field)
		}
	}
	return strings.Join(names, " ")
}

// TestAVocabularyIsReadOnceForEachChange counts what reaches the database.
func TestAVocabularyIsReadOnceForEachChange(t *testing.T) {
	p := newPlace(t)
	db, sent := p.Traced(t)
	reader := vocabulary.NewReader(db.Pool)
	of := func(version int64) *models.Vocabulary {
		t.Helper()
		v, err := reader.Of(t.Context(), p.ws.ID, version)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	if of(0) != nil || len(sent.About("vocabulary_terms")) != 0 {
		t.Error("a workspace that changed nothing costs nothing")
	}
	p.save(shipped)
	for range 5 {
		if of(1).Title(models.ActionTerm, "shipped") != "Shipped" {
			t.Error("the label is not there")
		}
	}
	if n := len(sent.About("vocabulary_terms")); n != 1 {
		t.Errorf("%d reads", n)
	}
	p.save(parcel)
	if of(2).Title(models.TypeTerm, "parcel") != "Consignment" || len(sent.About("vocabulary_terms")) != 1 {
		t.Error("a change is read once")
	}
}
