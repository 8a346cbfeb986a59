package models_test

import (
	"slices"
	"strings"
	"testing"

	"daybook/models"
)

func TestWordsAreFoundWithoutCaseAndAccents(t *testing.T) {
	for text, want := range map[string][]string{
		"":                             nil,
		" ... ":                        nil,
		"Invoice 42":                   {"invoice", "42"},
		"Zuzana Horáková":              {"zuzana", "horakova"},
		"zuzana HORA\u0301KOVA\u0301":  {"zuzana", "horakova"}, // accents as characters of their own
		"Straße, Ærø, Łódź":            {"strasse", "aero", "lodz"},
		"status_changed pgx/conn.go":   {"status", "changed", "pgx", "conn", "go"},
		"don't €18,400.50":             {"don", "t", "18", "400", "50"},
		"日本語 text":                     {"日", "本", "語", "text"},
		"한국어 문서":                       {"한국어", "문서"},
		"ﬁne ②":                        {"fine", "2"},
		"ΟΔΟΣ οδος":                    {"οδοσ", "οδοσ"},
		"שלום עולם":                    {"שלום", "עולם"},
		strings.Repeat("x", 70) + " y": {strings.Repeat("x", 64), "y"},
	} {
		if got := models.WordsOf(text); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestNamesAreFoundByTheBeginningsOfTheirWords(t *testing.T) {
	for _, c := range []struct {
		wanted string
		want   bool
	}{{"amara", true}, {"AMA oka", true}, {"okafor amara", true}, {"am", true}, {"mara", false}, {"jo", true}, {"jo amar", true}, {"amara x", false}, {"", false}, {"-", false}} {
		for _, asked := range [][]string{{c.wanted}, {"nobody", c.wanted, "-"}} {
			if got := models.MatchNames(asked).Finds("Amara Jo Okafor"); got != c.want {
				t.Errorf("%q: %v", asked, got)
			}
		}
	}
	if models.MatchNames(nil).Finds("Amara") || models.MatchNames([]string{"amara"}).Finds("") {
		t.Error("nothing finds something, or something nothing")
	}
}

func TestTextsOfAnActivity(t *testing.T) {
	id, name := "42", "Invoice 42"
	a := models.Activity{ActorName: "Amara", EntityID: &id, EntityName: &name, Description: "sent it", Changes: []models.Change{
		{Field: "status", Before: []byte(`"draft"`), After: []byte(`["sent", {"by": "mail", "n": 1.50}]`)}, {Field: "x", After: []byte(`null`)}}}
	got := strings.Join(a.Texts(), "|")
	for _, text := range []string{"Invoice 42", "sent it", "Amara", "42", "draft", "sent", "mail", "1.50"} {
		if !slices.Contains(strings.Split(got, "|"), text) {
			t.Errorf("%s lacks %q", got, text)
		}
	}
}
