package feed

import (
	"errors"
	"fmt"
	"strconv"
	"time"
)

// MaxLineBytes is how long the line of a search box may be.
const MaxLineBytes = 4096

// LineError is a mistake in a line, and where it is: from one byte of it to before another.
type LineError struct {
	From, To int
	Message  string // what would be right
}

func (e *LineError) Error() string {
	return fmt.Sprintf("bytes %d to %d: %s", e.From, e.To, e.Message)
}

// LineErrors are all mistakes in a line, in its order. errors.As finds the first one in what Parse and ParseLine return, LineErrorsIn finds all.
type LineErrors []*LineError

func (e LineErrors) Error() string { return errors.Join(e.Unwrap()...).Error() }

// Unwrap gives the mistakes.
func (e LineErrors) Unwrap() []error {
	errs := make([]error, len(e))
	for i, each := range e {
		errs[i] = each
	}
	return errs
}

// LineErrorsIn gives the mistakes in the line that an error of Parse or ParseLine is about.
func LineErrorsIn(err error) LineErrors {
	var all LineErrors
	errors.As(err, &all)
	return all
}

// ParseLine reads a filter from the line of a search box (doc.go has its grammar). The days of now, and their names, are those of its zone. On an
// error the filter holds everything that could be read; the error is Malformed, about the field q, and a LineError in it tells where.
func ParseLine(line string, now time.Time) (Filter, error) {
	p := reading{now: now}
	p.line(line)
	p.inOrder()
	p.fits(p.filter)
	return p.filter, p.err()
}

// line reads a line into the filter.
func (p *reading) line(line string) {
	p.text = line
	if len(line) > MaxLineBytes {
		p.badAt(span{0, len(line)}, tooLong)
		return
	}
	s := scanner{line: line}
	for {
		t, ok := s.next()
		if !ok {
			return
		}
		p.token(t)
	}
}

var tooLong = "a search has at most " + strconv.Itoa(MaxLineBytes) + " bytes"

// fits refuses a line whose canonical form, which may need a few bytes more, could not be read again.
func (p *reading) fits(f Filter) {
	if len(f.Line()) > MaxLineBytes && len(p.text) <= MaxLineBytes {
		p.badAt(span{0, len(p.text)}, tooLong)
	}
}

// Help explains the line to whoever types it.
var Help = []struct{ Example, Meaning string }{
	{`actor:amara`, `by whoever bears this name; actor:me is you`},
	{`action:sent,paid`, `one of these actions`},
	{`type:invoice`, `what it was done to; id:42 is one of them`},
	{`project:"New Website"`, `in one project`},
	{`-has:project`, `in no project; has:resource is what is about something`},
	{`changed:budget`, `where this field changed; has:changes is any field`},
	{`after:2026-01-01`, `from that day on; also before: and on:`},
	{`created:2026-01..2026-03`, `within these months; also today, yesterday, 7d`},
	{`weekday:mon..fri hour:9..17`, `on these days, at these hours of the workspace`},
	{`is:failed`, `or is:denied; is:system shows system rows, too`},
	{`-action:started`, `a minus leaves out what follows`},
	{`ferry time`, `these words, or longer ones that begin so`},
	{`"ferry timetable"`, `these words, in this order`},
}
