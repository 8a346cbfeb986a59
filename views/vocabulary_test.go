package views_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"daybook/models"
	"daybook/views"
	"daybook/views/component"
	"daybook/views/layout"
)

const hostile = `"><script>alert(1)</script>{actor}`

// wordPages are the pages of the vocabulary and of purging, with hostile content wherever it can come from outside.
func wordPages() map[string]templ.Component {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	list := layout.Shell{Title: hostile, Theme: models.SystemTheme, Here: "/"}
	shell := list
	shell.Crumbs = []layout.Crumb{{Label: hostile, Href: "/x"}, {Label: hostile}} // such a page has its own heading
	hue := 3
	e := &models.Entry{Actor: models.Actor{ID: 1, Name: hostile, Type: models.ActorUser}}
	e.Action, e.EntityType, e.EntityID, e.EntityName, e.Outcome, e.OccurredAt = "shipped", "parcel", ref(hostile), ref(hostile), models.Success, now
	e.Vocabulary = models.NewVocabulary([]models.Term{
		{Kind: models.ActionTerm, Name: "shipped", Label: hostile, Sentence: "{actor} <b>shipped</b> {name}", Icon: "sent", Hue: &hue},
		{Kind: models.TypeTerm, Name: "parcel", Label: hostile, URL: "https://app.example/{id}"},
	})
	row := views.FeedRow{Entry: e, Href: "/x", ActorHref: "/a"}
	term := views.TermPage{
		Shell: shell, Now: now, Kind: models.ActionTerm, Name: "shipped", Title: "Shipped", Icon: "dot", Action: "/x", Reset: "/x/reset", Cancel: "/x", Version: 1,
		Typed: views.TypedTerm{Label: hostile, Sentence: hostile, Icon: "sent", Hue: "3", URL: hostile}, Examples: []views.FeedRow{row}, Keys: []string{"{metadata.<b>}"},
	}
	refused := term
	refused.Kind, refused.Examples = models.TypeTerm, nil
	refused.Errors = []models.FieldError{{Field: "label", Message: "is long"}, {Field: "url", Message: "is none"}, {Field: "icon", Message: "is none"}, {Field: "hue", Message: "is none"}, {Field: "version", Message: hostile}}
	running := models.Purge{
		ID: 7, State: models.PurgeRunning, To: now, LastSeq: 10, DoneSeq: 5, Purged: 3, CreatedAt: now, ByType: map[string]int64{"x": 3}, ByMonth: map[string]int64{"2026-01": 3},
		AskedBy: models.ActorRef{Name: hostile},
	}
	failed := running
	failed.State, failed.Problem, failed.EndedAt, failed.From = models.PurgeFailed, hostile, &now, &now
	facts := []views.FilterFact{{Label: "Search", Values: []string{hostile}, Search: true}}
	return map[string]templ.Component{
		"words": views.VocabularyList(views.VocabularyPage{Shell: list, Kind: models.ActionTerm, More: 3, Search: component.Search{Value: hostile, Label: "Search words"}, Terms: []views.TermLine{
			{Name: "shipped", Title: hostile, Icon: "sent", Hue: 3, Sentence: hostile, Count: 1200, Changed: true, Href: "/x", Feed: "/y"}, {Name: "x", Icon: "dot", Hue: -1, Href: "/x"},
		}}),
		"no words": views.VocabularyList(views.VocabularyPage{Shell: list, Kind: models.TypeTerm, All: "/x", Search: component.Search{Label: "Search words"}}),
		"a word":   views.Term(term), "a word that is refused": views.Term(refused),
		"purge": views.Purge(views.PurgePage{Shell: shell, Now: now, Preview: "/x", Typed: views.TypedPurge{From: hostile, To: hostile, Search: hostile}, Before: []views.PurgeLine{{Purge: failed, Href: "/x"}},
			Errors: []models.FieldError{{Field: "end_date", Message: "is required"}, {Field: "outcome", Message: hostile}}}),
		"what would go": views.PurgePreview(views.PurgePreviewPage{
			Shell: shell, Now: now, Rows: 3, First: &now, Last: &now, Stays: 1, Workspace: hostile, Slug: "acme", Action: "/x", Back: "/y", Facts: facts, Samples: []views.FeedRow{row},
			Types: []views.PurgeCount{{Label: hostile, Count: 3}}, Months: []views.PurgeMonth{{Label: "January 2026", Counts: []int64{3}, All: 3}},
			Hidden: []component.Hidden{{Name: "q", Value: hostile}}, Errors: []models.FieldError{{Field: "confirm", Message: hostile}},
		}),
		"nothing would go":    views.PurgePreview(views.PurgePreviewPage{Shell: shell, Now: now, Back: "/y"}),
		"a purge":             views.PurgeState(views.PurgeStatePage{Shell: shell, Now: now, Purge: running, Facts: facts, Self: "/x", Look: "/x", Cancel: "/x/cancel", List: "/y"}),
		"a purge that failed": views.PurgeState(views.PurgeStatePage{Shell: shell, Now: now, Purge: failed, Types: []views.PurgeCount{{Label: hostile, Count: 3}}, Self: "/x", List: "/y"}),
	}
}

func ref(s string) *string { return &s }

func TestPagesOfWordsAndPurging(t *testing.T) {
	for name, page := range wordPages() {
		t.Run(name, func(t *testing.T) {
			doc, html := render(t, page)
			checkInert(t, doc)
			checkHeadings(t, doc)
			checkFields(t, doc)
			checkIDs(t, doc)
			if strings.Contains(html, "<script>alert") || strings.Contains(html, "<b>shipped") {
				t.Error("stored content became markup")
			}
		})
	}
}

// TestEveryIconOfATermIsInTheSprite looks the names up that can be chosen.
func TestEveryIconOfATermIsInTheSprite(t *testing.T) {
	sprite, err := os.ReadFile("../static/icons.svg")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range models.TermIcons {
		if !strings.Contains(string(sprite), `id="i-`+name+`"`) {
			t.Errorf("there is no icon %s", name)
		}
	}
}
