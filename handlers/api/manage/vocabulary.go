package manage

import (
	"encoding/json"

	"github.com/gofiber/fiber/v2"

	"daybook/models"
	"daybook/services/vocabulary"
)

// Vocabulary answers about how a workspace calls its actions and types.
type Vocabulary struct {
	manage *Manage
	words  *vocabulary.Service
}

// Vocabulary gives the handlers of the vocabulary.
func (m *Manage) Vocabulary(words *vocabulary.Service) Vocabulary {
	return Vocabulary{manage: m, words: words}
}

// term is a word as JSON has it; null is what is built in.
type term struct {
	Kind     models.TermKind `json:"kind"`
	Name     string          `json:"name"`
	Label    *string         `json:"label"`
	Sentence *string         `json:"sentence"`
	Icon     *string         `json:"icon"`
	Hue      *int            `json:"hue"`
	URL      *string         `json:"url"`
	Version  int64           `json:"version"`
}

func termOf(t models.Term) term {
	return term{t.Kind, t.Name, ifAny(t.Label), ifAny(t.Sentence), ifAny(t.Icon), t.Hue, ifAny(t.URL), t.Version}
}

// List gives the words that the workspace has changed.
func (v Vocabulary) List() fiber.Handler {
	return show(v.manage, func(a ask[none]) (any, error) {
		terms, err := v.words.Terms(a, a.by)
		list := make([]term, 0, len(terms))
		for _, t := range terms {
			list = append(list, termOf(t))
		}
		return fiber.Map{"terms": list}, err
	})
}

// Show gives a word, whether it was changed or not.
func (v Vocabulary) Show(kind models.TermKind) fiber.Handler {
	return show(v.manage, func(a ask[none]) (any, error) {
		t, err := v.words.Term(a, a.by, kind, a.c.Params("id"))
		return termOf(t), err
	})
}

// Save says what a word is from now on; what is not given is as built in. The version is the one that was read, 0 for a word that nobody has changed.
func (v Vocabulary) Save(kind models.TermKind) fiber.Handler {
	type body struct {
		Label, Sentence, Icon, URL string
		Hue                        *int
		Version                    int64 `needs:"the one that was read, 0 for a word that nobody has changed"`
	}
	return change(v.manage, func(a ask[body]) (any, error) {
		t, err := v.words.Save(a, a.by, models.Term{
			Kind: kind, Name: a.name, Label: a.body.Label, Sentence: a.body.Sentence, Icon: a.body.Icon, Hue: a.body.Hue, URL: a.body.URL, Version: a.body.Version,
		})
		return termOf(t), err
	})
}

// Reset sets a word back to what is built in.
func (v Vocabulary) Reset(kind models.TermKind) fiber.Handler {
	return change(v.manage, func(a ask[none]) (any, error) {
		if err := models.CheckTermName(kind, a.name); err != nil {
			return nil, models.Errorf(models.NotFound, "There is no such word.")
		}
		version := json.Number(a.c.Query("version"))
		n, err := version.Int64()
		if err != nil {
			return nil, models.FieldErrorf(models.Invalid, "version", "is required: the one that was read")
		}
		t, err := v.words.Reset(a, a.by, models.Term{Kind: kind, Name: a.name, Version: n})
		return termOf(t), err
	})
}
