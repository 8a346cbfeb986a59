package feed

import (
	"strconv"
	"strings"
	"time"
	"unicode"

	"daybook/models"
)

// Line prints the filter as the line of a search box, in one order always, so that ParseLine gives it back; but for ActorIDs, which no line can say,
// and as long as the line has no more than MaxLineBytes.
func (f Filter) Line() string {
	var l linePrinter
	l.criteria("", f.Criteria)
	l.time(f.From, f.To)
	if f.System {
		l.add("is:system")
	}
	l.criteria("-", f.Not)
	l.words("", f.Words)
	l.words("-", f.Not.Words)
	return strings.Join(l.tokens, " ")
}

type linePrinter struct{ tokens []string }

func (l *linePrinter) add(token string) { l.tokens = append(l.tokens, token) }

// criteria prints all but words, which come last in a line.
func (l *linePrinter) criteria(sign string, c Criteria) {
	each := func(name string, values []string) {
		for _, v := range values {
			l.add(sign + name + ":" + quoteValue(v))
		}
	}
	together := func(name string, values []string) {
		if len(values) > 0 {
			l.add(sign + name + ":" + strings.Join(values, ","))
		}
	}
	each("actor", c.ActorNames)
	each("actor_id", c.Actors)
	together("action", c.Actions)
	together("type", c.Types)
	each("id", c.EntityIDs)
	each("project", c.ProjectNames)
	each("project_id", c.Projects)
	together("outcome", plainTexts[models.Outcome](c.Outcomes))
	each("field", c.Fields)
	together("has", plainTexts[Part](c.Has))
	together("weekday", runs(c.Weekdays, 7, func(d time.Weekday) string { return strings.ToLower(d.String()[:3]) }))
	together("hour", runs(c.Hours, 24, strconv.Itoa))
}

func plainTexts[T ~string](values []T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}

// runs prints three and more that follow each other as a range.
func runs[T ~int](values []T, around int, name func(T) string) []string {
	var out []string
	for i := 0; i < len(values); {
		n := 1
		for i+n < len(values) && int(values[i+n]) == (int(values[i+n-1])+1)%around {
			n++
		}
		if n >= 3 {
			out = append(out, name(values[i])+".."+name(values[i+n-1]))
			i += n
		} else {
			out = append(out, name(values[i]))
			i++
		}
	}
	return out
}

func (l *linePrinter) time(from, to Bound) {
	first, last := quoteValue(from.Text), quoteValue(to.Text)
	switch {
	case daysPattern.MatchString(from.Text) && to.Text == "today", from.IsSet() && from.Text == to.Text && !daysPattern.MatchString(to.Text):
		l.add("created:" + first)
	case from.IsSet() && to.IsSet():
		l.add("created:" + first + ".." + last)
	case from.IsSet():
		l.add("created:>=" + first)
	case to.IsSet():
		l.add("created:<=" + last)
	}
}

func (l *linePrinter) words(sign string, words []Word) {
	for _, w := range words {
		if w.Phrase {
			l.add(sign + quote(w.Text))
		} else {
			l.add(sign + escapeWord(w.Text))
		}
	}
}

// quoteValue puts quotation marks around a value that needs them.
func quoteValue(v string) string {
	if v == "" || strings.HasPrefix(v, "//") || strings.ContainsAny(v, `"\`) || strings.ContainsFunc(v, unicode.IsSpace) {
		return quote(v)
	}
	return v
}

var quoting = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`)

func quote(v string) string { return `"` + quoting.Replace(v) + `"` }

// escapeWord puts backslashes into a word where it would read as something else.
func escapeWord(text string) string {
	colon := len(qualifierOf(text)) // where it is, if it makes a qualifier
	var b strings.Builder
	for i, r := range text {
		if r == '\\' || unicode.IsSpace(r) || i == 0 && (r == '-' || r == '"') || i > 0 && i == colon {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
