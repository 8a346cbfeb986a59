package web

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"daybook/services/feed"
	"daybook/views"
)

// bar is what stands above the timeline.
func (f *feedPage) bar(chips []views.FilterChip) views.FeedBar {
	b := views.FeedBar{User: f.viewer.User.ID, Action: f.path, Clear: f.clear(), Filter: f.panelAddress(), Period: f.period()}
	var beside url.Values
	b.Line, beside = f.line()
	b.Hidden = hiddenOf(f.shownAlike(beside))
	for _, e := range f.wrong {
		b.Wrong = append(b.Wrong, views.LineMistake{From: e.From, To: e.To, Message: e.Message})
	}
	for _, h := range feed.Help {
		b.Help = append(b.Help, views.LineExample{Example: h.Example, Meaning: h.Meaning, Href: f.address(url.Values{"q": {h.Example}})})
	}
	for _, chip := range chips {
		if !chip.Way && !chip.Bad && chip.Label != "Period" { // that has a button of its own
			b.Count++
		}
	}
	return b
}

// line is what stands in the box, and what goes beside it. It is the whole filter; what was typed, where that has a mistake to be mended;
// and what no parameter can say, where the whole is too long to be read again.
func (f *feedPage) line() (line string, beside url.Values) {
	if f.isBad("q") {
		rest := url.Values{}
		for name, values := range f.query {
			if name != "q" {
				rest[name] = values
			}
		}
		readable, _ := feed.Parse(rest, f.web.config.Now().In(f.zone)) // what is wrong is told already
		return f.query.Get("q"), readable.Values()
	}
	if line = f.filter.Line(); len(line) <= feed.MaxLineBytes {
		return line, nil
	}
	beside = f.filter.Values()
	line = beside.Get("q")
	beside.Del("q")
	return line, beside
}

// hiddenOf carries parameters along in a form.
func hiddenOf(q url.Values) []views.FilterHidden {
	var hidden []views.FilterHidden
	for _, name := range slices.Sorted(maps.Keys(q)) {
		for _, value := range q[name] {
			hidden = append(hidden, views.FilterHidden{Name: name, Value: value})
		}
	}
	return hidden
}

// period is the menu of times.
func (f *feedPage) period() views.FeedPeriod {
	now := f.web.config.Now().In(f.zone)
	month := now.Format("2006-01")
	p := views.FeedPeriod{Label: periodWords(f.filter.From, f.filter.To, now)}
	for _, each := range []struct{ label, from, to string }{
		{"Any time", "", ""}, {"Today", "today", "today"}, {"Yesterday", "yesterday", "yesterday"}, {"7 days", "7d", ""}, {"30 days", "30d", ""}, {"90 days", "90d", ""},
		{"365 days", "365d", ""}, {"This month", month, month},
	} {
		q := f.withoutPeriod()
		set(q, "start_date", each.from)
		set(q, "end_date", each.to)
		on := f.filter.From.Text == each.from && (f.filter.To.Text == each.to || each.to == "" && f.filter.To.Text == "today" && each.from != "")
		p.Presets = append(p.Presets, views.PeriodPreset{Label: each.label, Href: f.address(q), On: on})
	}
	p.Hidden = hiddenOf(f.shownAlike(f.withoutPeriod()))
	p.From = views.FilterDate{Name: "start_date", Value: f.dateOf("start_date", f.filter.From), Error: f.messageOf("start_date")}
	p.To = views.FilterDate{Name: "end_date", Value: f.dateOf("end_date", f.filter.To), Error: f.messageOf("end_date")}
	return p
}

func set(q url.Values, name, value string) {
	if value != "" {
		q.Set(name, value)
	}
}

func (f *feedPage) withoutPeriod() url.Values {
	q := f.filter.Values()
	q.Del("start_date")
	q.Del("end_date")
	return q
}

// dateOf is what the form shows of an end of the range: its day, and what was given where that cannot be read.
func (f *feedPage) dateOf(name string, b feed.Bound) string {
	if f.messageOf(name) != "" {
		return f.query.Get(name)
	}
	if !b.IsSet() {
		return ""
	}
	return b.At.In(f.zone).Format(time.DateOnly)
}

// periodWords says which time is read: "30 days", "2025-11", "22 Oct 2025 – 20 Nov 2025". Nothing, when it is any time.
func periodWords(from, to feed.Bound, now time.Time) string {
	first, last := boundWords(from, now), boundWords(to, now)
	if isInstant(from.Text) && isInstant(to.Text) {
		return instantsWords(from.At.In(now.Location()), to.At.In(now.Location()), now)
	}
	switch {
	case first == "" && last == "":
		return ""
	case first == last:
		return first
	case isDays(from.Text) && (last == "" || to.Text == "today"):
		return strings.TrimSuffix(from.Text, "d") + " days"
	case last == "":
		return "From " + inSentence(first)
	case first == "":
		return "Until " + inSentence(last)
	}
	return first + " – " + last
}

// inSentence is a word of a time behind another one: "From today".
func inSentence(word string) string {
	if word == "Today" || word == "Yesterday" {
		return strings.ToLower(word)
	}
	return word
}

// isInstant tells whether an end of a range is more exact than a day.
func isInstant(text string) bool { return strings.Contains(text, ":") }

// instantsWords writes a stretch of time that ends before a whole second, or with an instant: "20 Nov 14:00 – 15:00".
func instantsWords(from, to, now time.Time) string {
	clock := "15:04"
	if next := to.Add(time.Microsecond); next.Nanosecond() == 0 {
		to = next
	}
	if from.Second() != 0 || to.Second() != 0 {
		clock = "15:04:05"
	}
	first, last := dayWords(from, now)+" "+from.Format(clock), to.Format(clock)
	if dayWords(to, now) != dayWords(from, now) {
		last = dayWords(to, now) + " " + last
	}
	if to.Equal(from) {
		return first
	}
	return first + " – " + last
}

func isDays(text string) bool { return strings.HasSuffix(text, "d") }

// boundWords writes an end of the range as it was meant: a word, a month, a day, an instant.
func boundWords(b feed.Bound, now time.Time) string {
	at := b.At.In(now.Location())
	_, notDay := time.Parse(time.DateOnly, b.Text)
	_, notMonth := time.Parse("2006-01", b.Text)
	switch {
	case !b.IsSet():
		return ""
	case b.Text == "today", b.Text == "yesterday":
		return strings.ToUpper(b.Text[:1]) + b.Text[1:]
	case notMonth == nil:
		return at.Format("January 2006")
	case notDay == nil, isDays(b.Text):
		return dayWords(at, now)
	case len(b.Text) == len("2006"):
		return b.Text
	}
	return dayWords(at, now) + " " + at.Format("15:04:05")
}

func dayWords(at, now time.Time) string {
	if at.Year() == now.Year() {
		return at.Format("2 Jan")
	}
	return at.Format("2 Jan 2006")
}

// problems are what of the address could not be read and has no place of its own to say so.
func (f *feedPage) problems() []string {
	var out []string
	for _, b := range f.bad {
		if canonicalName(b.Field) == "q" && len(f.wrong) > 0 {
			continue // the box says it
		}
		out = append(out, wordFor(b.Field)+": "+strings.TrimSuffix(inWords(b.Message), ".")+".")
	}
	return out
}

// messageOf says what is wrong with a parameter of the address, under any of its names.
func (f *feedPage) messageOf(name string) string {
	for _, b := range f.bad {
		if canonicalName(b.Field) == name {
			return inWords(b.Message)
		}
	}
	return ""
}

// inWords is a message that names the other end of the range as the page does.
func inWords(message string) string {
	return strings.ReplaceAll(message, "end_date", wordFor("end_date"))
}

func (f *feedPage) isBad(name string) bool { return f.messageOf(name) != "" }

func canonicalName(name string) string {
	for _, p := range feed.Parameters {
		if slices.Contains(p.Names, name) {
			return p.Names[0]
		}
	}
	return name
}

// wordFor is what the page calls a parameter.
func wordFor(name string) string {
	words := map[string]string{
		"actor_id": "Who", "resource_types": "Type", "resource_id": "Id", "actions": "Action", "project_id": "Project", "outcome": "Outcome",
		"start_date": "From", "end_date": "To", "include_system": "System rows", "q": "The search", "address": "The address",
	}
	if word, ok := words[canonicalName(name)]; ok {
		return word
	}
	return name
}
