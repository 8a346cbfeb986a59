package feed

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"daybook/models"
)

// At most this many alternatives of one field.
const maxAlternatives = 100

// maxNames is how many names are looked for at once: each is compared with everybody's.
const maxNames = 20

func tooMany(most int) string { return "has more than " + strconv.Itoa(most) + " values" }

// rule is what a value has to be.
type rule struct {
	pattern *regexp.Regexp // of a word of the vocabulary; nil: any text
	says    string         // what the pattern asks for
	bytes   int            // at most
	most    int            // alternatives; 0: maxAlternatives
}

var (
	idRule      = rule{bytes: models.MaxIDBytes}
	textRule    = rule{bytes: models.MaxNameBytes}
	nameRule    = rule{bytes: models.MaxNameBytes, most: maxNames}
	typeRule    = rule{pattern: regexp.MustCompile(`^[a-z0-9_.-]{1,64}$`), says: "a type has 1 to 64 of a-z, 0-9, _, . and -", bytes: models.MaxIDBytes}
	actionRule  = rule{pattern: regexp.MustCompile(`^[a-z0-9_.]{1,64}$`), says: "an action has 1 to 64 of a-z, 0-9, _ and .", bytes: models.MaxIDBytes}
	outcomeRule = rule{pattern: regexp.MustCompile(`^(success|failure|denied)$`), says: "an outcome is success, failure or denied", bytes: models.MaxIDBytes}
)

// broken says what is wrong with a value, if anything.
func (r rule) broken(v string) string {
	switch {
	case len(v) > r.bytes:
		return "has more than " + strconv.Itoa(r.bytes) + " bytes"
	case !utf8.ValidString(v) || strings.ContainsRune(v, 0):
		return "must be UTF-8 text without NUL"
	case r.pattern != nil && !r.pattern.MatchString(v):
		return r.says
	}
	return ""
}

// reading is a filter being read, from a URL's query or from a line, and what was wrong with it so far.
type reading struct {
	query  url.Values
	now    time.Time
	filter Filter
	fields []models.FieldError
	text   string     // the line
	places LineErrors // in the line
	time   *span      // in the line, of the latest end of a range of time
}

func (p *reading) bad(field, message string) {
	p.fields = append(p.fields, models.FieldError{Index: -1, Field: field, Message: message})
}

// maxLineErrors keeps an answer short.
const maxLineErrors = 20

// badAt notes a mistake in the line.
func (p *reading) badAt(at span, message string) {
	wrong := LineError{From: at.from, To: at.to, Message: message}
	if n := len(p.places); n == maxLineErrors || n > 0 && *p.places[n-1] == wrong { // as both ends of a range
		return
	}
	p.places = append(p.places, &wrong)
	p.bad("q", "at “"+shorten(p.text[at.from:at.to])+"”: "+message)
}

// shorten keeps a message short that quotes what was given.
func shorten(text string) string {
	const most = 60
	text = strings.ToValidUTF8(strings.ReplaceAll(text, "\x00", "\ufffd"), "\ufffd")
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}

// inOrder refuses a range that ends before it begins, where its later end was written.
func (p *reading) inOrder() {
	f := p.filter
	switch {
	case !f.From.IsSet() || !f.To.IsSet() || !f.From.At.After(f.To.At):
	case p.time != nil:
		p.badAt(*p.time, "the time ends before it begins")
	default:
		p.bad("start_date", "must not be after end_date")
	}
}

func (p *reading) err() error {
	if len(p.fields) == 0 {
		return nil
	}
	e := models.Errorf(models.Malformed, "%s: %s", p.fields[0].Field, p.fields[0].Message)
	e.Fields = p.fields
	if len(p.places) > 0 {
		return e.Because(p.places)
	}
	return e
}

// addTo adds an alternative that is not there yet.
func addTo[T comparable](p *reading, list *[]T, v T, at span) {
	addUpTo(p, maxAlternatives, list, v, at)
}

func addUpTo[T comparable](p *reading, most int, list *[]T, v T, at span) {
	switch {
	case slices.Contains(*list, v):
	case len(*list) >= most:
		p.badAt(at, tooMany(most))
	default:
		*list = append(*list, v)
	}
}
