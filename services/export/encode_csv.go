package export

import (
	"fmt"
	"unicode"
	"unicode/utf8"

	"daybook/models"
	"daybook/services/feed"
)

// CSV as RFC 4180 has it: lines end with CR LF, what needs them has quotation marks. A cell that a spreadsheet would take for a formula gets an
// apostrophe in front (OWASP, "CSV Injection"), unless raw is asked for; so has a part of one behind a separator (, ; tab, line break), for a list whose
// separator is the semicolon is read that way with commas in vain. Numbers, times and ids of ours are never touched. A list of changes or metadata
// that is empty is an empty cell.

// cell writes one cell of a row.
type cell func(dst []byte, p *feed.Piece, row int) []byte

const byteOrderMark = "\ufeff"

func (e *Encoder) openCells(names []string) error {
	for _, name := range names {
		write, err := e.cellOf(canonical(name))
		if err != nil {
			return err
		}
		e.cells = append(e.cells, write)
	}
	return nil
}

func (e *Encoder) heading(dst []byte) []byte {
	if e.layout.BOM {
		dst = append(dst, byteOrderMark...)
	}
	for i, name := range e.layout.chosen() {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, name...)
	}
	return append(dst, '\r', '\n')
}

func (e *Encoder) line(dst []byte, p *feed.Piece, row int) ([]byte, error) {
	for i, write := range e.cells {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = write(dst, p, row)
	}
	return append(dst, '\r', '\n'), nil
}

// cellOf gives what writes a column.
func (e *Encoder) cellOf(name string) (cell, error) {
	at := -1
	if from := sources[name]; len(from) == 1 {
		if at = e.walk.Column(from[0]); at < 0 {
			return nil, fmt.Errorf("the column %s is not read", from[0])
		}
	}
	switch name {
	case "timestamp", "created_at":
		return func(dst []byte, p *feed.Piece, row int) []byte { return e.times.append(dst, p.Place(row).At) }, nil
	case "recorded_at":
		other := clock{zone: e.times.zone}
		return func(dst []byte, p *feed.Piece, row int) []byte {
			return other.append(dst, feed.Microseconds(p.Value(row, at)))
		}, nil
	case "id", "workspace_id":
		return func(dst []byte, p *feed.Piece, row int) []byte { return uuidText(dst, p.Value(row, at)) }, nil
	case "seq":
		return func(dst []byte, p *feed.Piece, row int) []byte { return number(dst, feed.Bigint(p.Value(row, at))) }, nil
	case "system":
		return func(dst []byte, p *feed.Piece, row int) []byte {
			return fmt.Appendf(dst, "%t", p.Value(row, at)[0] == 1)
		}, nil
	case "changes", "metadata":
		return func(dst []byte, p *feed.Piece, row int) []byte {
			if text := feed.JSON(p.Value(row, at)); len(text) > 2 { // not [] or {}
				return e.text(dst, text)
			}
			return dst
		}, nil
	case "ip_address":
		return func(dst []byte, p *feed.Piece, row int) []byte {
			if addr, ok := feed.Address(p.Value(row, at)); ok && e.walk.ShowsAddresses() {
				return addr.AppendTo(dst)
			}
			return dst
		}, nil
	case "user_agent":
		return func(dst []byte, p *feed.Piece, row int) []byte {
			if !e.walk.ShowsAddresses() {
				return dst
			}
			return e.text(dst, p.Value(row, at))
		}, nil
	case "sentence":
		return e.sentence()
	}
	if pointed := e.pointed(name); pointed != nil {
		return func(dst []byte, p *feed.Piece, row int) []byte {
			if raw := p.Value(row, at); raw != nil {
				return textCell(dst, pointed(feed.Bigint(raw)), e.layout.Raw)
			}
			return dst
		}, nil
	}
	return func(dst []byte, p *feed.Piece, row int) []byte { return e.text(dst, p.Value(row, at)) }, nil
}

// pointed gives what a column says of that which an id points to; nil: the column is none of these.
func (e *Encoder) pointed(name string) func(id int64) string {
	actor, project := e.walk.Actor, e.walk.Project
	switch name {
	case "actor.id", "on_behalf_of.id":
		return func(id int64) string { return actor(id).ExternalID }
	case "actor.type":
		return func(id int64) string { return string(actor(id).Type) }
	case "on_behalf_of.name":
		return func(id int64) string { return actor(id).Name }
	case "project.id":
		return func(id int64) string { return project(id).ExternalID }
	case "project.name":
		return func(id int64) string { return project(id).Name }
	}
	return nil
}

// sentence writes what happened, as the feed says it.
func (e *Encoder) sentence() (cell, error) {
	entryOf, err := e.walk.Entries()
	return func(dst []byte, p *feed.Piece, row int) []byte {
		entry, err := entryOf(p, row)
		if err != nil { // changes that are no changes; what is left of the row still has a sentence
			entry.Changes = nil
		}
		return textCell(dst, models.Text(models.Sentence(&entry)), e.layout.Raw)
	}, err
}

func (e *Encoder) text(dst, text []byte) []byte { return textCell(dst, text, e.layout.Raw) }

// What a byte may be in a cell.
const (
	parts byte = 1 << iota // a cell may end there: for programs in other countries, or without the quotation marks
	marks                  // a quotation mark
	signs                  // a formula may begin so
)

// kinds say what bytes are. The full-width forms of the signs begin with 0xef.
var kinds = [256]byte{
	',': parts, ';': parts, '\t': parts, '\r': parts, '\n': parts, '"': marks,
	'=': signs, '+': signs, '-': signs, '@': signs, 0xef: signs,
}

// textCell writes a cell that may say anything. What needs quotation marks by RFC 4180 has them, and so has what others take for the end of a cell.
func textCell[T string | []byte](dst []byte, text T, raw bool) []byte {
	if len(text) == 0 {
		return dst
	}
	var has byte
	for i := range len(text) {
		has |= kinds[text[i]]
	}
	quoted := has&(parts|marks) != 0 || text[0] <= ' ' || text[len(text)-1] <= ' '
	if quoted {
		dst = append(dst, '"')
	}
	if !raw && wouldExecute(text) {
		dst = append(dst, '\'')
	}
	inert := !raw && has&parts != 0 && has&signs != 0
	if inert || has&marks != 0 {
		dst = byByte(dst, text, inert)
	} else {
		dst = append(dst, text...)
	}
	if quoted {
		dst = append(dst, '"')
	}
	return dst
}

// byByte writes the text of a cell with quotation marks twice. When it is to be inert, an apostrophe also stands where the cell ends for who reads the
// table with other separators than ours, or without quotation marks, and the next one would be a formula.
func byByte[T string | []byte](dst []byte, text T, inert bool) []byte {
	for i := range len(text) {
		b := text[i]
		if dst = append(dst, b); kinds[b] == 0 {
			continue
		}
		switch {
		case b == '"':
			dst = append(dst, '"')
		case inert && kinds[b] == parts && partExecutes(text[i+1:]):
			dst = append(dst, '\'')
		}
	}
	return dst
}

// wouldExecute tells whether a spreadsheet might take a cell for a formula: it begins with = + - @, also in full width, a tab or a line break, or it
// does so behind blanks and characters that cannot be seen.
func wouldExecute[T string | []byte](text T) bool {
	switch first := text[0]; {
	case first == '\t', first == '\r', first == '\n':
		return true
	case first > ' ' && first < 0x7f:
		return kinds[first] == signs
	}
	return beginsFormula(text, hidden)
}

// partExecutes tells whether what stands behind a separator within a cell might be taken for a formula, as far as the next separator. Quotation marks
// there may count for nothing.
func partExecutes[T string | []byte](text T) bool {
	if len(text) == 0 {
		return false
	}
	if first := text[0]; first > ' ' && first < 0x7f && first != '"' {
		return kinds[first] == signs
	}
	return beginsFormula(text, func(r rune) bool { return r == '"' || hidden(r) && (r >= utf8.RuneSelf || kinds[r] != parts) })
}

// hidden tells whether a character is a blank or cannot be seen.
func hidden(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r)
}

// beginsFormula tells whether the first character is a sign, of those that are not passed over.
func beginsFormula[T string | []byte](text T, over func(rune) bool) bool {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(string(text[i:min(i+utf8.UTFMax, len(text))]))
		switch {
		case over(r):
			i += size
			continue
		case r == '=', r == '+', r == '-', r == '@', r == '＝', r == '＋', r == '－', r == '＠':
			return true
		}
		return false
	}
	return false
}
