package models

import (
	"strings"
)

// PartKind says what a part of a sentence is, so that a page can link a name and a mail can leave the link out.
type PartKind int

// The kinds of part.
const (
	PartText     PartKind = iota // verbs and the small words between names
	PartActor                    // who did it
	PartTag                      // what sort of actor it is ("agent"); nothing for people
	PartOnBehalf                 // the person an agent acts for
	PartEntity                   // what it was done to
	PartValue                    // a value before or after, or somebody or something named by the details
	PartOutcome                  // "Denied" or "Failed"
)

// Part is a stretch of a sentence: plain text on one line, never markup. The blanks between parts are in the texts, so that putting them one after the other gives the sentence.
type Part struct {
	Kind PartKind
	Text string
}

// Sentence says what happened, in English, past tense, actor first. It is the one place that does: page, CSV, mail and webhook use it.
// It is never empty, whatever the sender called things.
func Sentence(e *Entry) []Part {
	w := &writer{deed: deedOf(e)}
	if told, ok := e.Vocabulary.sentenceOf(e); ok {
		w.follow(told, e, nil)
		return w.parts
	}
	w.subject(e)
	w.predicate()
	w.ending()
	return w.parts
}

// subject writes who did it.
func (w *writer) subject(e *Entry) {
	w.put(PartActor, actorName(e))
	if e.Actor.Type == ActorAgent {
		w.text(" ")
		w.put(PartTag, "agent")
	}
	if e.OnBehalfOf != nil {
		w.text(" for ")
		w.put(PartOnBehalf, e.OnBehalfOf.DisplayName())
	}
	w.text(" ")
}

// ending writes what came of it, where that was not what was wanted.
func (w *writer) ending() {
	switch w.outcome {
	case Denied:
		w.text(" ")
		w.put(PartOutcome, "Denied")
	case Failure:
		w.text(" ")
		w.put(PartOutcome, "Failed")
	}
}

// Text joins the parts of a sentence: "Amara Okafor tried to delete Invoice 38 (Denied)". The tag of an agent is left to pages.
func Text(parts []Part) string {
	var b strings.Builder
	for i, p := range parts {
		switch {
		case p.Kind == PartTag:
		case p.Kind == PartOutcome:
			b.WriteString("(" + p.Text + ")")
		case i > 0 && i+1 < len(parts) && p.Text == " " && parts[i+1].Kind == PartTag:
		default:
			b.WriteString(p.Text)
		}
	}
	return b.String()
}

// Describe makes the description of an event whose sender gave none, in the manner of the seeds: `Created project "New Website"`,
// `Updated issue ISS-123: status open → done`. The actor is not in it. It is never empty, valid UTF-8, and at most MaxDescriptionBytes long.
func Describe(ev *Event) string {
	d := deed{
		action: ev.Action, outcome: ev.Outcome, changes: ev.Changes, metadata: ev.Metadata, plain: true,
		actor: oneLine(ev.Actor.Name), bySystem: ev.Actor.Type == ActorSystem,
	}
	if ev.Entity != nil {
		d.entityType, d.entityID, d.entityName = ev.Entity.Type, deref(ev.Entity.ID), deref(ev.Entity.Name)
	}
	return d.describe()
}

// Remark is the description of an activity where it says more than its sentence does: the reason of a refusal, the words of a comment.
// It is empty where Daybook made the description itself, or the sender wrote the same.
func Remark(e *Entry) string {
	description := strings.TrimSpace(e.Description)
	if description == "" {
		return ""
	}
	builtIn := *e
	builtIn.Vocabulary = nil // by which descriptions are made
	d := deedOf(&builtIn)
	d.plain = true
	said, told := Text(Sentence(&builtIn)), Text(Sentence(e))
	for _, known := range []string{d.describe(), said, strings.TrimPrefix(said, actorName(e)+" "), told, strings.TrimPrefix(told, actorName(e)+" "), e.EntityNameOrID()} {
		if letters(known) == letters(description) {
			return ""
		}
	}
	return description
}

// EntityNameOrID is what to call the thing an activity was done to: its name then, else its id, else nothing.
func (a *Activity) EntityNameOrID() string {
	if name := oneLine(deref(a.EntityName)); name != "" {
		return name
	}
	return oneLine(deref(a.EntityID))
}

// actorName is the name as it was then, else as it is now.
func actorName(e *Entry) string {
	if name := oneLine(e.ActorName); name != "" {
		return name
	}
	return e.Actor.DisplayName()
}

func deedOf(e *Entry) deed {
	return deed{
		action: e.Action, outcome: e.Outcome, changes: e.Changes, metadata: e.Metadata,
		actor: actorName(e), bySystem: e.Actor.Type == ActorSystem,
		entityType: e.EntityType, entityID: deref(e.EntityID), entityName: deref(e.EntityName), words: e.Vocabulary,
	}
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
