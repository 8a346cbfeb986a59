package feed

import (
	"errors"
	"strings"
)

// created reads a range of time: from what is written, up to it, between two, or within one.
func (p *reading) created(t token) {
	if p.negated(t) {
		return
	}
	text := strings.TrimSpace(t.text)
	for _, op := range []struct {
		sign string
		read func(t token, text string)
	}{{">=", p.from}, {">", p.later}, {"<=", p.to}, {"<", p.earlier}} {
		if rest, ok := strings.CutPrefix(text, op.sign); ok {
			op.read(t, rest)
			return
		}
	}
	first, last, isRange := strings.Cut(text, "..")
	switch {
	case !isRange && daysPattern.MatchString(text):
		first, last = text, "today" // the last so many days, not just the first of them
	case !isRange:
		first, last = text, text
	case isOpen(first) && isOpen(last):
		p.badAt(t.span, "a range needs an end, as in 2026-01-01..2026-01-31 or 2026-01-01..*")
		return
	}
	if !isOpen(first) {
		p.from(t, first)
	}
	if !isOpen(last) {
		p.to(t, last)
	}
}

func isOpen(end string) bool { return end == "" || end == "*" }

func (p *reading) after(t token) {
	if !p.negated(t) {
		p.from(t, t.text)
	}
}

func (p *reading) before(t token) {
	if !p.negated(t) {
		p.earlier(t, t.text)
	}
}

func (p *reading) negated(t token) bool {
	if t.not {
		p.badAt(t.span, t.name+": cannot be negated; write before: or after: instead")
	}
	return t.not
}

// from and to set an end of the range that belongs to it.
func (p *reading) from(t token, text string) { p.end(t, text, &p.filter.From) }
func (p *reading) to(t token, text string)   { p.end(t, text, &p.filter.To) }

// later and earlier set an end next to what is written, which does not belong to the range.
func (p *reading) later(t token, text string) {
	p.beside(t, text, &p.filter.From, func(p period) string { return p.after })
}

func (p *reading) earlier(t token, text string) {
	p.beside(t, text, &p.filter.To, func(p period) string { return p.before })
}

func (p *reading) beside(t token, text string, end *Bound, neighbour func(period) string) {
	given, err := readPeriod(strings.TrimSpace(text), p.now)
	if err == nil && neighbour(given) == "" {
		err = errors.New("must be between the years 1 and 9999, in UTC")
	}
	if err != nil {
		p.badAt(t.span, "the time "+err.Error())
		return
	}
	p.end(t, neighbour(given), end)
}

func (p *reading) end(t token, text string, end *Bound) {
	text = strings.TrimSpace(text)
	at, err := ParseTime(text, p.now, end == &p.filter.To)
	switch {
	case err != nil:
		p.badAt(t.span, "the time "+err.Error())
	case !end.IsSet():
		*end = Bound{Text: timeText(text), At: at}
		p.time = &t.span
	case !end.At.Equal(at):
		which := "a beginning"
		if end == &p.filter.To {
			which = "an end"
		}
		p.badAt(t.span, which+" of the time is given already, and is another one")
	}
}
