package models

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// SentenceTemplate is how a workspace tells an action, as plain text with placeholders; see ParseSentence.
type SentenceTemplate []sentencePiece

// sentencePiece is a stretch of text, or a placeholder.
type sentencePiece struct {
	text  string
	field string // of a placeholder: entity, metadata, …
	key   string // of metadata, before and after
}

// Placeholder is something that a sentence can be made of, and what it stands for.
type Placeholder struct{ Name, Says string }

// SentencePlaceholders are all of them. Of the last three the part behind the point is a name: a key of the metadata, of an object in it with more
// points, or a field that changed.
var SentencePlaceholders = []Placeholder{
	{"{actor}", "who did it, and for whom; a sentence begins with it"},
	{"{entity}", "what it was done to, with its type where the name does not say it"},
	{"{name}", "its name alone, or its id"},
	{"{id}", "its id"},
	{"{type}", "its type"},
	{"{project}", "the project"},
	{"{description}", "the description"},
	{"{metadata.key}", "a value of the metadata, like {metadata.city}"},
	{"{before.field}", "what a field was before, like {before.status}"},
	{"{after.field}", "what it is now"},
}

const mostPieces = 40

var sentenceKey = regexp.MustCompile(`^[\p{L}\p{N}_ .:-]{1,100}$`)

// ParseSentence reads a sentence: text on one line, which begins with {actor} and has any of SentencePlaceholders after it. "{{" and "}}" are braces. What it
// says is never markup. It is for activities that came about: what was denied or failed is told by the sentence that is built in.
func ParseSentence(text string) (SentenceTemplate, error) {
	const field = "sentence"
	if utf8.RuneCountInString(text) > MaxTermSentence {
		return nil, FieldErrorf(Invalid, field, "must have at most %d characters", MaxTermSentence)
	}
	if err := checkLine(field, text); err != nil {
		return nil, err
	}
	var pieces SentenceTemplate
	for rest := text; rest != ""; {
		piece, length, err := nextPiece(rest)
		if err != nil {
			return nil, err
		}
		rest = rest[length:]
		if last := len(pieces) - 1; last >= 0 && piece.field == "" && pieces[last].field == "" {
			pieces[last].text += piece.text
		} else {
			pieces = append(pieces, piece)
		}
	}
	if pieces[0].field != "actor" {
		return nil, FieldErrorf(Invalid, field, "must begin with {actor}")
	}
	for _, p := range pieces[1:] {
		if p.field == "actor" {
			return nil, FieldErrorf(Invalid, field, "has {actor} more than once")
		}
	}
	switch {
	case len(pieces) > mostPieces:
		return nil, FieldErrorf(Invalid, field, "has too many placeholders")
	case len(pieces) == 1:
		return nil, FieldErrorf(Invalid, field, "must say something after {actor}")
	}
	return pieces, nil
}

// nextPiece reads the piece that a text begins with, and tells how long it is.
func nextPiece(text string) (sentencePiece, int, error) {
	const field = "sentence"
	switch {
	case strings.HasPrefix(text, "{{"), strings.HasPrefix(text, "}}"):
		return sentencePiece{text: text[:1]}, 2, nil
	case text[0] == '}':
		return sentencePiece{}, 0, FieldErrorf(Invalid, field, "has a } that closes nothing; }} is the character itself")
	case text[0] != '{':
		length := strings.IndexAny(text, "{}")
		if length < 0 {
			length = len(text)
		}
		return sentencePiece{text: text[:length]}, length, nil
	}
	end := strings.IndexByte(text, '}')
	if end < 0 {
		return sentencePiece{}, 0, FieldErrorf(Invalid, field, "has a { that is not closed; {{ is the character itself")
	}
	name, key, hasKey := strings.Cut(text[1:end], ".")
	known := false
	switch name {
	case "actor", "entity", "name", "id", "type", "project", "description":
		known = !hasKey
	case "metadata", "before", "after":
		known = hasKey && sentenceKey.MatchString(key)
	}
	if !known {
		return sentencePiece{}, 0, FieldErrorf(Invalid, field, "has %s, which is no placeholder; those there are stand below", text[:end+1])
	}
	return sentencePiece{field: name, key: key}, end + 1, nil
}

// follow writes a sentence as the workspace has it. Of a run, run writes the things it was done to, and what differs from one to the next is left
// out, as is what an activity does not have: with the words before it once the thing was named, else as "…".
func (w *writer) follow(template SentenceTemplate, e *Entry, run func()) {
	w.subject(e)
	w.withoutBlank()
	named := false
	words := "" // those before the next placeholder
	for _, p := range template[1:] {
		if p.field == "" {
			words = p.text
			continue
		}
		thing := p.field == "entity" || p.field == "name" || p.field == "id"
		kind, value := w.piece(p, e, run != nil)
		switch {
		case thing && run != nil:
			w.text(words)
			run()
		case p.field == "entity":
			w.text(words)
			w.entity()
		case value != "":
			w.text(words)
			w.put(kind, value)
		case !named:
			w.text(words + "…")
		}
		words, named = "", named || thing
	}
	w.text(words)
}

// withoutBlank takes the blank back that stands behind the subject: the sentence says what follows.
func (w *writer) withoutBlank() {
	last := &w.parts[len(w.parts)-1]
	if last.Text = strings.TrimSuffix(last.Text, " "); last.Text == "" {
		w.parts = w.parts[:len(w.parts)-1]
	}
}

// piece gives what a placeholder stands for; empty: there is no such thing.
func (w *writer) piece(p sentencePiece, e *Entry, run bool) (PartKind, string) {
	switch p.field {
	case "type":
		return PartText, w.words.Label(TypeTerm, w.entityType)
	case "project":
		if e.Project == nil {
			return PartValue, ""
		}
		return PartValue, projectName(e.Project)
	}
	if run {
		return PartValue, ""
	}
	switch p.field {
	case "name":
		if name := oneLine(w.entityName); name != "" {
			return PartEntity, name
		}
		return PartEntity, oneLine(w.entityID)
	case "id":
		return PartEntity, oneLine(w.entityID)
	case "description":
		return PartValue, cutLine(e.Description)
	case "metadata":
		return PartValue, valueText(within(w.metadata, p.key))
	}
	for _, c := range w.changes {
		if c.Field == p.key && p.field == "before" {
			return PartValue, valueText(c.Before)
		} else if c.Field == p.key {
			return PartValue, valueText(c.After)
		}
	}
	return PartValue, ""
}

// within finds a value by its key; with points, in objects of objects. A key that has points itself wins.
func within(object json.RawMessage, key string) json.RawMessage {
	var fields map[string]json.RawMessage
	if json.Unmarshal(object, &fields) != nil {
		return nil
	}
	if value, ok := fields[key]; ok {
		return value
	}
	for at := 0; at < len(key); at++ {
		if key[at] != '.' {
			continue
		}
		if inner, ok := fields[key[:at]]; ok {
			return within(inner, key[at+1:])
		}
	}
	return nil
}

// valueText is a value in a sentence; nothing, of what is not there.
func valueText(value json.RawMessage) string {
	if len(value) == 0 || isNull(value) {
		return ""
	}
	return cutLine(long(value))
}

// cutLine keeps a sentence from becoming a page.
func cutLine(text string) string {
	const most = 120
	text = oneLine(text)
	if runes := []rune(text); len(runes) > most {
		return strings.TrimSpace(string(runes[:most])) + "…"
	}
	return text
}

// sentenceOf gives the workspace's own sentence for an activity that came about.
func (v *Vocabulary) sentenceOf(e *Entry) (SentenceTemplate, bool) {
	if v == nil || e.Outcome == Denied || e.Outcome == Failure {
		return nil, false
	}
	template, ok := v.sentences[e.Action]
	return template, ok
}

// namesThing tells whether a sentence says what was done to something.
func (t SentenceTemplate) namesThing() bool {
	return slices.ContainsFunc(t, func(p sentencePiece) bool { return p.field == "entity" || p.field == "name" || p.field == "id" })
}
