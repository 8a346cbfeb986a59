package web

import (
	"context"
	"net/url"
	"strconv"

	"daybook/models"
)

// words is how a workspace calls its actions and types.
func (w *Web) words(ctx context.Context, ws models.Workspace) (*models.Vocabulary, error) {
	return w.Vocabulary.Of(ctx, ws.ID, ws.VocabularyVersion)
}

// vocabularyPath is the list of words.
func vocabularyPath(slug string) string { return feedPath(slug) + "/vocabulary" }

// termPath is where a word is changed.
func termPath(slug string, kind models.TermKind, name string) string {
	return vocabularyPath(slug) + "/" + string(kind) + "s/" + url.PathEscape(name)
}

// termIcon is the icon that a word has.
func termIcon(words *models.Vocabulary, kind models.TermKind, name string) string {
	if kind == models.TypeTerm {
		return typeIcon(words, name)
	}
	return words.Icon(name, models.Success)
}

// hueOf is the class of the colour that a workspace chose for a word, or nothing.
func hueOf(words *models.Vocabulary, kind models.TermKind, name string) string {
	if hue := words.Term(kind, name).Hue; hue != nil {
		return "hue-" + strconv.Itoa(*hue)
	}
	return ""
}
