package mention

import (
	"regexp"
	"strings"
)

// blanks are those of addresses, and the plus that stands for one, escaped however often.
var blanks = regexp.MustCompile(`(?i)%(25)*2[0b]`)

// query is the query of an address: names with values.
var query = regexp.MustCompile(`^[\w.~\[\]-]+=[^&=]*(&[\w.~\[\]-]+=[^&=]*)*$`)

// written is a text in which something is replaced.
type written struct {
	text         string
	asked, query bool // whether it was found out, and is, the query of an address
}

// fitting gives what stands in the place of a hit: with the blanks that are written there, and without any in an address.
func (w *written) fitting(h hit, s setting) string {
	blank, written := " ", w.text[h.from:h.to]
	switch escaped := blanks.FindString(written); {
	case !strings.Contains(h.is, " "):
	case escaped != "":
		blank = escaped
	case strings.Contains(written, "+") && !strings.Contains(written, " "):
		blank = "+"
	case s.url:
		blank = "%20"
	case !strings.Contains(written, " "):
		blank = w.blankIn(h.from, h.to)
	}
	is := strings.ReplaceAll(h.is, " ", blank)
	if h.tags != nil {
		is += *h.tags
	}
	return is
}

// longestURL bounds how far around a hit is looked whether that is in an address.
const longestURL = 2048

// blankIn gives how a blank is written around a stretch of a text: as such, unless it is in an address or in the query of one.
func (w *written) blankIn(from, to int) string {
	const around = " \t\n\r\"'<>()"
	if w.isQuery() {
		return plusOr20(w.text[max(0, from-longestURL):min(len(w.text), to+longestURL)])
	}
	begin, end := max(0, from-longestURL), min(len(w.text), to+longestURL)
	begin += strings.LastIndexAny(w.text[begin:from], around) + 1
	if n := strings.IndexAny(w.text[to:end], around); n >= 0 {
		end = to + n
	}
	before := w.text[begin:from]
	switch whole := begin == 0 && end == len(w.text); {
	case !strings.Contains(before, "://") && (!whole || !strings.HasPrefix(before, "/")):
		return " "
	case !strings.Contains(before, "?"): // in the path of it
		return "%20"
	}
	return plusOr20(w.text[begin:end])
}

// isQuery tells whether all of the text is the query of an address.
func (w *written) isQuery() bool {
	if !w.asked {
		w.asked = true
		w.query = strings.Contains(w.text, "=") && !strings.ContainsAny(w.text, " \t\n\r") && query.MatchString(strings.TrimPrefix(w.text, "?"))
	}
	return w.query
}

func plusOr20(address string) string {
	if strings.Contains(address, "%20") {
		return "%20"
	}
	return "+"
}
