package models

import (
	"encoding/json"
	"strings"
	"unicode"
)

// deed is what an Entry and an Event have in common: what was done to what, and what came of it.
type deed struct {
	action                           string
	outcome                          Outcome
	entityType, entityID, entityName string
	changes                          []Change
	metadata                         json.RawMessage
	actor                            string // who did it, to tell when it was done to themselves
	bySystem                         bool
	plain                            bool        // a description: names in quotes, changes listed behind it and not woven in
	words                            *Vocabulary // how the workspace calls it; nil: as built in
}

// writer collects the parts of a sentence about a deed.
type writer struct {
	deed
	parts []Part
	told  string // the field whose change the words tell already, so that a description need not list it
}

func (w *writer) put(kind PartKind, text string) {
	w.parts = append(w.parts, Part{Kind: kind, Text: text})
}

// text adds running words; neighbours become one part.
func (w *writer) text(s string) {
	if last := len(w.parts) - 1; last >= 0 && w.parts[last].Kind == PartText {
		w.parts[last].Text += s
		return
	}
	w.put(PartText, s)
}

// does writes the verb: done, tried, or not managed.
func (w *writer) does(past, base string) {
	switch w.outcome {
	case Denied:
		w.text("tried to " + base)
	case Failure:
		w.text("could not " + base)
	default:
		w.text(past)
	}
}

// predicate writes everything behind the actor.
func (w *writer) predicate() {
	action := normalAction(w.action)
	if frame, ok := frames[action]; ok && frame(w) {
		return
	}
	v := w.verb()
	w.does(v.past, v.base)
	switch {
	case w.hasEntity():
		if v.alone {
			w.text(" of")
		}
		w.text(" ")
		w.entity()
	case !v.alone:
		w.text(" something")
	}
	w.fromTo(w.changeOf("name", "title", "path"), action == "renamed")
}

// verb finds how the action reads. One that is nothing but its name has the workspace's word for it.
func (w *writer) verb() verb {
	v := verbFor(w.action, w.entityType)
	t := w.words.Term(ActionTerm, w.action)
	if t.Label == "" || !strings.HasPrefix(v.base, `perform "`) {
		return v
	}
	v.base = `perform "` + oneLine(t.Label) + `" on`
	if strings.HasPrefix(v.past, `performed "`) {
		v.past = `performed "` + oneLine(t.Label) + `" on`
	}
	return v
}

func (w *writer) hasEntity() bool {
	return w.entityType != "" || oneLine(w.entityName) != "" || oneLine(w.entityID) != ""
}

// entity writes the thing, with its type before a name that does not say it.
func (w *writer) entity() {
	label := w.words.Label(TypeTerm, w.entityType)
	name := oneLine(w.entityName)
	quoted := w.plain && name != ""
	if name == "" {
		name = oneLine(w.entityID)
	}
	switch {
	case name == "" && label == "":
		w.text("something")
		return
	case name == "":
		w.text(article(label) + " " + label)
		return
	case label != "" && !says(name, label):
		w.text(label + " ")
	}
	if quoted {
		name = `"` + name + `"`
	}
	w.put(PartEntity, name)
}

// bareEntity writes the thing without its type: for people, whose type is never said.
func (w *writer) bareEntity() {
	saved := w.entityType
	if oneLine(w.entityName) != "" || oneLine(w.entityID) != "" {
		w.entityType = ""
	}
	w.entity()
	w.entityType = saved
}

// says tells whether a name holds the type's words already: "Invoice 42" is an invoice.
func says(name, label string) bool {
	padded := " " + strings.Join(strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}), " ") + " "
	return strings.Contains(padded, " "+strings.ToLower(label)+" ")
}

func article(label string) string {
	if strings.ContainsRune("aeioAEIO", rune(label[0])) {
		return "an"
	}
	return "a"
}

// normalAction is the key of an action in the vocabulary.
func normalAction(action string) string {
	action = strings.ToLower(strings.NewReplacer(".", "_", "-", "_").Replace(action))
	if same, ok := synonyms[action]; ok {
		return same
	}
	return action
}

// verbFor finds how an action reads. Names it does not know are taken apart: "invoice.created" on an invoice is "created",
// "review_requested" is "requested review on", "frobnicated" stands for itself, and "sync" becomes `performed "sync" on`.
func verbFor(action, entityType string) verb {
	key := normalAction(action)
	if v, ok := knownVerb(key); ok {
		return v
	}
	words := strings.Fields(strings.ReplaceAll(key, "_", " "))
	if len(words) == 0 {
		return verb{past: "did something to", base: "do something to", icon: "dot"}
	}
	last := words[len(words)-1]
	rest := strings.Join(words[:len(words)-1], " ")
	if v, ok := verbs[last]; ok {
		if rest == "" || strings.EqualFold(rest, Label(entityType)) {
			return v
		}
		v.past, v.base = firstWord(v.past)+" "+Label(rest)+" on", firstWord(v.base)+" "+Label(rest)+" on"
		return v
	}
	said := Label(strings.Join(words, " "))
	v := verb{past: `performed "` + said + `" on`, base: `perform "` + said + `" on`, icon: "dot"}
	if strings.HasSuffix(last, "ed") && len(last) > 3 {
		v.past = last
		if rest != "" {
			v.past = last + " " + Label(rest) + " on"
		}
	}
	return v
}

// knownVerb finds a verb of the vocabulary, or one of Daybook's own acts.
func knownVerb(key string) (verb, bool) {
	if v, ok := verbs[key]; ok {
		return v, true
	}
	v, ok := ownVerbs[key]
	return v, ok
}

func firstWord(s string) string {
	word, _, _ := strings.Cut(s, " ")
	return word
}
