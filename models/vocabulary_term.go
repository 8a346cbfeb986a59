package models

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// TermKind says what a term is a word for.
type TermKind string

// The kinds of term.
const (
	ActionTerm TermKind = "action"
	TypeTerm   TermKind = "type" // of entity
)

// Term is how a workspace calls an action or a type of entity. What is empty is as it is built in.
type Term struct {
	Kind     TermKind
	Name     string // as applications send it
	Label    string // for menus, and, of a type, in sentences: "Parcel"
	Sentence string // of an action: see ParseSentence
	Icon     string // a symbol of the sprite, one of TermIcons
	Hue      *int   // one of the ten hues, from 0
	URL      string // of a type: see CheckURLTemplate
	Version  int64  // counts the edits; 0: nobody has changed it yet
}

// BuiltIn tells whether nothing of the term differs from what is built in.
func (t Term) BuiltIn() bool {
	return t.Label == "" && t.Sentence == "" && t.Icon == "" && t.Hue == nil && t.URL == ""
}

// Hues is how many hues there are.
const Hues = 10

// TermIcons are the symbols of the sprite that an action or a type can have, in the order of a menu.
var TermIcons = []string{
	"created", "updated", "deleted", "started", "stopped", "completed", "assigned", "commented", "status", "sent", "paid", "archived", "unarchived", "renamed",
	"check", "plus", "x", "refresh", "copy", "link", "external", "import", "export", "search", "calendar", "clock", "bookmark", "lock", "key", "shield", "settings",
	"people", "person", "project", "task", "invoice", "client", "agent", "system", "file", "table", "stats", "info", "failed", "denied", "signed-in", "dot",
}

// Bounds of a term's texts, in characters.
const (
	MaxTermLabel    = 60
	MaxTermSentence = 300
)

var termNames = map[TermKind]*regexp.Regexp{
	ActionTerm: regexp.MustCompile(`^[a-z0-9_.]{1,64}$`),
	TypeTerm:   regexp.MustCompile(`^[a-z0-9_.-]{1,64}$`),
}

// CheckTermName tells whether applications can send such an action or type.
func CheckTermName(kind TermKind, name string) error {
	pattern, ok := termNames[kind]
	switch {
	case !ok:
		return FieldErrorf(Invalid, "kind", "must be %s or %s", ActionTerm, TypeTerm)
	case !pattern.MatchString(name):
		return FieldErrorf(Invalid, "name", "must be an action or a type as applications send it: 1 to 64 of a-z, 0-9, _ and .")
	}
	return nil
}

// Check tells what is wrong with a term, each field by its name, or nil.
func (t Term) Check() error {
	errs := []error{CheckTermName(t.Kind, t.Name), t.checkLabel()}
	if t.Sentence != "" {
		_, err := ParseSentence(t.Sentence)
		if t.Kind != ActionTerm {
			err = FieldErrorf(Invalid, "sentence", "is for actions alone")
		}
		errs = append(errs, err)
	}
	if t.Icon != "" && !slices.Contains(TermIcons, t.Icon) {
		errs = append(errs, FieldErrorf(Invalid, "icon", "must be one of the icons that are offered"))
	}
	if t.Hue != nil && (*t.Hue < 0 || *t.Hue >= Hues) {
		errs = append(errs, FieldErrorf(Invalid, "hue", "must be from 0 to %d", Hues-1))
	}
	if t.URL != "" {
		err := CheckURLTemplate(t.URL)
		if t.Kind != TypeTerm {
			err = FieldErrorf(Invalid, "url", "is for types of entity alone")
		}
		errs = append(errs, err)
	}
	return JoinFields(errs...)
}

func (t Term) checkLabel() error {
	const field = "label"
	switch {
	case t.Label == "":
		return nil
	case utf8.RuneCountInString(t.Label) > MaxTermLabel:
		return FieldErrorf(Invalid, field, "must have at most %d characters", MaxTermLabel)
	case !visible(t.Label):
		return FieldErrorf(Invalid, field, "must have a letter, a digit or a sign that can be seen")
	}
	return checkLine(field, t.Label)
}

// Vocabulary is how a workspace calls its actions and its types of entity. Nil is what is built in.
type Vocabulary struct {
	terms     map[TermKind]map[string]Term
	sentences map[string]SentenceTemplate // by action
}

// NewVocabulary makes a vocabulary of the terms that a workspace has changed. A sentence that cannot be read is passed over.
func NewVocabulary(terms []Term) *Vocabulary {
	v := &Vocabulary{terms: map[TermKind]map[string]Term{ActionTerm: {}, TypeTerm: {}}, sentences: map[string]SentenceTemplate{}}
	for _, t := range terms {
		if t.BuiltIn() || v.terms[t.Kind] == nil {
			continue
		}
		v.terms[t.Kind][t.Name] = t
		if template, err := ParseSentence(t.Sentence); err == nil && t.Sentence != "" && t.Kind == ActionTerm {
			v.sentences[t.Name] = template
		}
	}
	return v
}

// With gives the same vocabulary with another term, to try it.
func (v *Vocabulary) With(t Term) *Vocabulary {
	terms := []Term{t}
	for _, each := range v.all() {
		if each.Kind != t.Kind || each.Name != t.Name {
			terms = append(terms, each)
		}
	}
	return NewVocabulary(terms)
}

func (v *Vocabulary) all() (terms []Term) {
	if v == nil {
		return nil
	}
	for _, of := range v.terms {
		for _, t := range of {
			terms = append(terms, t)
		}
	}
	return terms
}

// Term gives the term for a word; one that nobody has changed is empty.
func (v *Vocabulary) Term(kind TermKind, name string) Term {
	if v != nil {
		if t, ok := v.terms[kind][name]; ok {
			return t
		}
	}
	return Term{Kind: kind, Name: name}
}

// Title is what a word is called in menus and at the heads of tables: "Time entry".
func (v *Vocabulary) Title(kind TermKind, name string) string {
	if label := v.Term(kind, name).Label; label != "" {
		return capitalise(oneLine(label))
	}
	return Title(name)
}

// Label is what a word is called in the middle of a sentence: "time entry".
func (v *Vocabulary) Label(kind TermKind, name string) string {
	if label := v.Term(kind, name).Label; label != "" {
		return inSentence(oneLine(label))
	}
	return Label(name)
}

// inSentence takes the capital from the first word, where that is no abbreviation.
func inSentence(label string) string {
	first, size := utf8.DecodeRuneInString(label)
	if second, _ := utf8.DecodeRuneInString(label[size:]); unicode.IsUpper(second) {
		return label
	}
	return string(unicode.ToLower(first)) + label[size:]
}

// Icon names the symbol that stands for an action: what became of it wins over what it was.
func (v *Vocabulary) Icon(action string, outcome Outcome) string {
	if t := v.Term(ActionTerm, action); t.Icon != "" && outcome != Denied && outcome != Failure {
		return t.Icon
	}
	return Icon(action, outcome)
}

// Hue gives the hue that a workspace chose for an action; what became of it wins.
func (v *Vocabulary) Hue(action string, outcome Outcome) (hue int, chosen bool) {
	if t := v.Term(ActionTerm, action); t.Hue != nil && outcome != Denied && outcome != Failure {
		return *t.Hue, true
	}
	return 0, false
}

// Icon names the symbol that stands for the activity.
func (e *Entry) Icon() string { return e.Vocabulary.Icon(e.Action, e.Outcome) }

// OutsideURL is the entity's own address: the one that was sent with the activity, else what the workspace makes of its type and id; nil: none.
func (e *Entry) OutsideURL() *string {
	if e.EntityURL != nil && strings.TrimSpace(*e.EntityURL) != "" {
		return e.EntityURL
	}
	template := e.Vocabulary.Term(TypeTerm, e.EntityType).URL
	if template == "" {
		return nil
	}
	if address, ok := fillURL(template, map[string]string{"id": deref(e.EntityID), "name": deref(e.EntityName), "type": e.EntityType}); ok {
		return &address
	}
	return nil
}
