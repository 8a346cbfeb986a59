package models_test

import (
	"strings"
	"testing"

	"daybook/models"
)

func TestNamesOfViews(t *testing.T) {
	for _, good := range []string{"Invoices", "فواتير — 42", "🚢", "<b>", strings.Repeat("ä", 60), "-"} {
		if err := models.CheckViewName(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{"", " ", "\u00a0", "\u200b\u200f", "\u2800", "a\nb", "a\x00", "\xff", strings.Repeat("ä", 61)} {
		if err := models.CheckViewName(bad); models.KindOf(err) != models.Invalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestNamesOfPeople(t *testing.T) {
	for name, good := range map[string]bool{"Bob": true, strings.Repeat("ä", 200): true, strings.Repeat("ä", 201): false, "": false, "\t": false, "a\u202eb": true} {
		if err := models.CheckPersonName("name", name); err == nil != good {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestThemesAndFormats(t *testing.T) {
	for _, theme := range models.Themes {
		if got, err := models.ParseTheme(string(theme)); got != theme || err != nil {
			t.Errorf("%s: %v", theme, err)
		}
	}
	for _, format := range models.DateFormats {
		if got, err := models.ParseDateFormat(string(format)); got != format || err != nil {
			t.Errorf("%s: %v", format, err)
		}
	}
	for _, bad := range []string{"", "Dark", "sepia", "words "} {
		if _, err := models.ParseTheme(bad); models.KindOf(err) != models.Invalid {
			t.Errorf("%q: %v", bad, err)
		}
		if _, err := models.ParseDateFormat(bad); models.KindOf(err) != models.Invalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// What people do about their views and sessions reads as a sentence.
func TestSentencesOfReading(t *testing.T) {
	name := "Failed and denied"
	for action, want := range map[string]string{
		"shared": "Bob shared saved view Failed and denied", "unshared": "Bob stopped sharing saved view Failed and denied", "deleted": "Bob deleted saved view Failed and denied",
		"sessions_ended": "Bob ended sessions",
	} {
		e := &models.Entry{Actor: models.Actor{Type: models.ActorUser, Name: "Bob"}}
		e.ActorName, e.Action, e.Outcome = "Bob", action, models.Success
		if action != "sessions_ended" {
			e.EntityType, e.EntityName = "saved_view", &name
		}
		if got := models.Text(models.Sentence(e)); got != want {
			t.Errorf("%s: %s", action, got)
		}
	}
}
