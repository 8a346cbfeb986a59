package export

import (
	"errors"
	"strconv"
	"time"

	"daybook/services/feed"
)

// Encoder writes the rows of a walk. It appends to what it is given, so that the same memory can be used again and again.
type Encoder struct {
	layout  Layout
	walk    *feed.Walk
	cells   []cell
	objects func(dst []byte, p *feed.Piece, row int) ([]byte, error) // of JSON
	times   clock
	rows    int64 // written so far
}

// NewEncoder makes an encoder for a walk over layout.Reads(). rows is how many were written before, by another encoder: then it goes on.
func NewEncoder(l Layout, w *feed.Walk, rows int64) (*Encoder, error) {
	if l.Format == "" {
		l.Format = CSV
	}
	zone, err := loadZone(l.Zone)
	if err != nil {
		return nil, err
	}
	e := &Encoder{layout: l, walk: w, rows: rows, times: clock{zone: zone}}
	if l.Format == CSV {
		return e, e.openCells(l.chosen())
	}
	return e, e.openObjects()
}

// Rows is how many rows have been written, those before included.
func (e *Encoder) Rows() int64 { return e.rows }

// Begin writes what stands before the first row.
func (e *Encoder) Begin(dst []byte) []byte {
	switch e.layout.Format {
	case CSV:
		return e.heading(dst)
	case JSON:
		return append(dst, '[')
	}
	return dst
}

// Row writes a row of a piece.
func (e *Encoder) Row(dst []byte, p *feed.Piece, row int) ([]byte, error) {
	e.rows++
	if e.layout.Format == CSV {
		return e.line(dst, p, row)
	}
	if e.layout.Format == JSON {
		if e.rows > 1 {
			dst = append(dst, ',')
		}
		dst = append(dst, '\n')
	}
	dst, err := e.objects(dst, p, row)
	if e.layout.Format == NDJSON {
		dst = append(dst, '\n')
	}
	return dst, err
}

// End writes what stands behind the last row.
func (e *Encoder) End(dst []byte) []byte {
	if e.layout.Format == JSON {
		return append(dst, "\n]\n"...)
	}
	return dst
}

func loadZone(name string) (*time.Location, error) {
	if name == "" {
		return time.UTC, nil
	}
	if name == "Local" { // of this machine, which is nobody else's business; its own name depends on TZ
		return nil, errors.New("no time zone")
	}
	return time.LoadLocation(name)
}

// clock writes times: RFC 3339 with six digits, in a zone.
type clock struct {
	zone *time.Location
	day  int64 // whose date is kept, in days since 1970
	date []byte
}

// append writes an instant, in microseconds since 1970.
func (c *clock) append(dst []byte, micros int64) []byte {
	offset := 0
	if c.zone != time.UTC {
		_, offset = time.UnixMicro(micros).In(c.zone).Zone()
	}
	const perDay = 86_400_000_000
	local := micros + int64(offset)*1_000_000
	day, of := local/perDay, local%perDay
	if of < 0 {
		day, of = day-1, of+perDay
	}
	if c.date == nil || day != c.day {
		c.day, c.date = day, time.Unix(day*86_400, 0).UTC().AppendFormat(c.date[:0], time.DateOnly)
	}
	dst = append(append(dst, c.date...), 'T')
	dst = append(digits(dst, of/3_600_000_000, 2), ':')
	dst = append(digits(dst, of/60_000_000%60, 2), ':')
	dst = append(digits(dst, of/1_000_000%60, 2), '.')
	dst = digits(dst, of%1_000_000, 6)
	if c.zone == time.UTC {
		return append(dst, 'Z')
	}
	sign := byte('+')
	if offset < 0 {
		sign, offset = '-', -offset
	}
	dst = append(digits(append(dst, sign), int64(offset/3600), 2), ':')
	return digits(dst, int64(offset/60%60), 2)
}

// digits writes a number with leading zeros.
func digits(dst []byte, n int64, width int) []byte {
	for range width {
		dst = append(dst, '0')
	}
	for i := len(dst) - 1; n > 0; i-- {
		dst[i] = byte('0' + n%10)
		n /= 10
	}
	return dst
}

func number(dst []byte, n int64) []byte { return strconv.AppendInt(dst, n, 10) }

// uuidText writes an id as it is written everywhere.
func uuidText(dst, raw []byte) []byte {
	const hex = "0123456789abcdef"
	for i, b := range raw {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			dst = append(dst, '-')
		}
		dst = append(dst, hex[b>>4], hex[b&15])
	}
	return dst
}
