package ingest

import (
	"strconv"
	"strings"
)

// No number that a float64 keeps needs a longer literal or a larger exponent than this, but with zeros that mean nothing. PostgreSQL
// keeps those too (0e-9000 has 9,000 of them), and refuses numbers with more than 16,383 decimals.
const maxNumber = 400

// survivesFloat64 tells whether a JSON number has the same value after it went through a float64, as it does in most clients and
// in the canonical form that the leaf is made of (RFC 8785), and how many bytes it has at most when it is written without an exponent.
func survivesFloat64(literal string) (written int, ok bool) {
	sent, written, ok := readDecimal(literal)
	if !ok {
		return 0, false
	}
	f, err := strconv.ParseFloat(literal, 64)
	if err != nil { // beyond the largest one
		return 0, false
	}
	kept, _, _ := readDecimal(strconv.FormatFloat(f, 'e', -1, 64))
	return written, sent == kept
}

// decimal is the size of a number, 0.digits × 10^exponent, with no zero at either end of the digits. Zero has no digits and no exponent.
type decimal struct {
	digits   string
	exponent int
}

func readDecimal(literal string) (d decimal, written int, ok bool) {
	if len(literal) > maxNumber {
		return decimal{}, 0, false
	}
	mantissa, power := strings.TrimPrefix(literal, "-"), 0
	if e := strings.IndexAny(mantissa, "eE"); e >= 0 {
		var err error
		if power, err = strconv.Atoi(mantissa[e+1:]); err != nil || max(power, -power) > maxNumber {
			return decimal{}, 0, false
		}
		mantissa = mantissa[:e]
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := strings.TrimLeft(whole+fraction, "0")
	d.exponent = len(digits) - len(fraction) + power
	if d.digits = strings.TrimRight(digits, "0"); d.digits == "" {
		d.exponent = 0
	}
	return d, len(literal) + max(power, -power), true
}
