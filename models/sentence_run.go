package models

import (
	"strconv"
	"strings"
)

// RunFacts are what a run of alike activities has in common: one actor, one action, entities of one type.
type RunFacts struct {
	Count     int
	Over      bool // there are more than Count
	OneEntity bool // all were done to the same thing
}

// RunSentence says what happened in a run: "Sven Okafor updated 312 files in pgx", "Dmitri Lind made 12 changes to Website redesign". The entry
// is any activity of it. It is made like Sentence, and is it where the run is of one.
func RunSentence(e *Entry, run RunFacts) []Part {
	if run.Count <= 1 && !run.Over {
		return Sentence(e)
	}
	w := &runWriter{writer: writer{deed: deedOf(e)}, facts: run}
	if told, ok := e.Vocabulary.sentenceOf(e); ok {
		w.follow(told, e, w.thing)
		if !told.namesThing() {
			w.text(" ")
			w.times()
		}
		return w.parts
	}
	w.subject(e)
	w.whatWasDone()
	if e.Project != nil && !run.OneEntity && !w.names(e.Project) {
		w.text(" in ")
		w.put(PartValue, projectName(e.Project))
	}
	w.ending()
	return w.parts
}

type runWriter struct {
	writer
	facts RunFacts
}

// whatWasDone writes everything behind the actor.
func (w *runWriter) whatWasDone() {
	action := normalAction(w.action)
	v := w.verb()
	switch {
	case action == "sign_in_failed" || action == "login_failed":
		w.text("could not sign in ")
		w.times()
	case action == "access_denied" && w.facts.OneEntity && w.meta("attempt") != "":
		w.text("tried to " + w.meta("attempt") + " ")
		w.times()
	case action == "agent_failed", action == "access_denied":
		w.text(map[string]string{"agent_failed": "could not process ", "access_denied": "tried to open "}[action])
		w.thing()
	case (action == "started" || action == "stopped") && (w.entityType == "time_entry" || w.entityType == "timer"):
		w.does(v.past+" the timer ", v.base+" the timer ")
		w.times()
	case action == "updated" && w.facts.OneEntity && w.hasEntity():
		w.does("made ", "make ")
		w.put(PartValue, w.number()+" changes")
		w.text(" to ")
		w.entity()
	case action == "commented" && w.entityType == "comment":
		w.does("wrote ", "write ")
		w.thing()
	case action == "exported" && w.entityType == "export":
		w.does("made ", "make ")
		w.thing()
	case v.alone:
		w.does(v.past+" ", v.base+" ")
		w.times()
	default:
		w.does(v.past+" ", v.base+" ")
		w.thing()
	}
}

// thing writes the one entity and how often, or how many entities.
func (w *runWriter) thing() {
	switch {
	case !w.hasEntity():
		w.text("something ")
		w.times()
	case w.facts.OneEntity:
		w.entity()
		w.text(" ")
		w.times()
	default:
		label := w.words.Label(TypeTerm, w.entityType)
		if label == "" {
			label = "thing"
		}
		w.put(PartValue, w.number()+" "+Plural(label))
	}
}

func (w *runWriter) times() { w.put(PartValue, w.number()+" times") }

// number is the count: "312", "over 5,000".
func (w *runWriter) number() string {
	n := Thousands(int64(w.facts.Count))
	if w.facts.Over {
		return "over " + n
	}
	return n
}

// names tells whether the entity is the project itself.
func (w *runWriter) names(p *Project) bool {
	return w.entityType == "project" && (w.entityID == p.ExternalID || !w.hasEntity())
}

func projectName(p *Project) string {
	for _, name := range []string{p.Name, p.ExternalID} {
		if name = oneLine(name); name != "" {
			return name
		}
	}
	return "a project"
}

// Thousands writes a number with commas: 12,480.
func Thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// irregular are words, and the ends of words, whose plural follows no rule below.
var irregular = map[string]string{
	"person": "people", "child": "children", "man": "men", "woman": "women", "mouse": "mice", "foot": "feet", "tooth": "teeth", "goose": "geese",
	"leaf": "leaves", "half": "halves", "shelf": "shelves", "life": "lives", "knife": "knives", "wife": "wives", "thief": "thieves", "self": "selves",
	"hero": "heroes", "potato": "potatoes", "tomato": "tomatoes", "echo": "echoes", "veto": "vetoes", "quiz": "quizzes", "criterion": "criteria", "phenomenon": "phenomena",
	"index": "indexes", "matrix": "matrices", "vertex": "vertices", "gas": "gases", "bus": "buses", "alias": "aliases", "bias": "biases", "canvas": "canvases", "atlas": "atlases", "lens": "lenses",
}

// unchanging words have no plural of their own.
var unchanging = map[string]bool{
	"information": true, "feedback": true, "equipment": true, "software": true, "hardware": true, "data": true, "metadata": true, "media": true, "news": true, "series": true, "species": true,
	"staff": true, "work": true, "content": true, "inventory": true, "money": true, "time": true, "access": true, "storage": true, "music": true, "research": true, "advice": true, "means": true, "sheep": true, "people": true, "children": true,
}

// Plural makes the plural of an English noun, or of the last word of several: "time entries". A word that is one already stays.
func Plural(label string) string {
	before, word := "", label
	if at := strings.LastIndexByte(label, ' '); at >= 0 {
		before, word = label[:at+1], label[at+1:]
	}
	lower := strings.ToLower(word)
	if unchanging[lower] || word == "" {
		return label
	}
	if many, ok := irregular[lower]; ok {
		return before + many
	}
	return before + regularPlural(word, lower)
}

func regularPlural(word, lower string) string {
	last := lower[len(lower)-1]
	switch {
	case word != lower && word == strings.ToUpper(word):
		return word + "s" // an abbreviation: "APIs", "IDs"
	case endsIn(lower, "sis", "xis"):
		return word[:len(word)-2] + "es" // analysis, axis
	case endsIn(lower, "ss", "us", "x", "z", "ch", "sh"):
		return word + "es"
	case endsIn(lower, "man") && !endsIn(lower, "human"):
		return word[:len(word)-2] + "en"
	case last == 's':
		return word // a plural already, as far as one can see
	case last == 'y' && len(lower) > 1 && !strings.ContainsRune("aeiou", rune(lower[len(lower)-2])):
		return word[:len(word)-1] + "ies"
	}
	return word + "s"
}

func endsIn(word string, ends ...string) bool {
	for _, end := range ends {
		if strings.HasSuffix(word, end) {
			return true
		}
	}
	return false
}
