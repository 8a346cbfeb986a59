package journal

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// foreign are the reasons that a program wrote: PostgreSQL, or Go's reader of JSON. They name columns, types and lines of code.
var foreign = regexp.MustCompile(`SQLSTATE|ERROR:|json:|cannot unmarshal|parsing time|not an event|invalid character`)

// meanings say what a class of SQLSTATE, or one alone, says about an event.
var meanings = map[string]string{
	"22003": "A number in it is too large or too small to be kept as it is. Send it as a text.",
	"22007": "A date or time in it cannot be read.",
	"22008": "A date or time in it lies outside of the years that can be kept.",
	"22021": "A text in it is no valid UTF-8.",
	"22023": "It does not have the form of an event.",
	"22P02": "A value in it does not have the form that its field needs.",
	"22P05": "A text in it has a character that cannot be kept.",
	"23502": "Something is missing that every activity has.",
	"23503": "It refers to something that is not there, or no longer.",
	"23505": "An event with the same id was posted before.",
	"23514": "A value in it is none of those that its field allows.",
	"54000": "Something in it is longer than can be kept.",
	"22":    "A value in it cannot be kept in that form.",
	"23":    "It contradicts what is recorded already.",
	"54":    "Something in it is larger than can be kept.",
}

// Why says in a sentence why an event was rejected: our own words, and never those of the database.
func (r Rejected) Why() string {
	reason := strings.Join(strings.Fields(r.Reason), " ")
	if reason == "" || foreign.MatchString(reason) {
		for _, known := range []string{r.SQLState, r.SQLState[:min(2, len(r.SQLState))]} {
			if meaning, ok := meanings[known]; ok {
				return meaning
			}
		}
		return "It could not be recorded as it is."
	}
	first, size := utf8.DecodeRuneInString(reason)
	return string(unicode.ToUpper(first)) + reason[size:] + "."
}
