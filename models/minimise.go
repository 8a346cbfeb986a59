package models

import (
	"net/netip"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Keeping says what is stored of the addresses, or the agents, that come with events.
type Keeping string

// What can be stored of them. Agents are kept or dropped.
const (
	Keep     Keeping = "keep"
	Truncate Keeping = "truncate" // of addresses: the network, /24 or, of IPv6, /48
	Drop     Keeping = "drop"
)

// Removed stands in place of a value that is not stored.
const Removed = "[removed]"

// Limits of the patterns of keys whose values are not stored.
const (
	MaxDeniedKeys    = 200
	MaxDeniedKeyRune = 64 // characters of one
)

// DefaultDeniedKeys are those of a new workspace, one a line: keys that secrets are sent under by mistake.
const DefaultDeniedKeys = "*password*\npasswd\npwd\npassphrase\n*secret*\ntoken\n*_token\n*authorization*\ncookie\nset-cookie\napi_key\n*apikey\nprivate_key\n*credential*\ncard_number\ncvv"

// Minimising is what a workspace does not store of what it is sent. The zero value stores everything.
type Minimising struct {
	addresses, agents       Keeping
	words                   map[string]bool
	ends, beginnings, parts []string // of keys
}

// NewMinimising makes the rule of a workspace's settings; denied are patterns of keys, one a line. A pattern is a word with a * at either end, or
// both, or none. Keys and patterns are compared in lower case and without _, -, ., blanks, accents and what nobody sees; of a key with dots the last part is compared, too.
func NewMinimising(addresses, agents Keeping, denied string) Minimising {
	m := Minimising{addresses: addresses, agents: agents, words: map[string]bool{}}
	for _, pattern := range strings.Split(denied, "\n") {
		word := foldKey(strings.Trim(strings.TrimSpace(pattern), "*"))
		if word == "" {
			continue
		}
		before, after := strings.HasPrefix(strings.TrimSpace(pattern), "*"), strings.HasSuffix(strings.TrimSpace(pattern), "*")
		switch {
		case before && after:
			m.parts = append(m.parts, word)
		case before:
			m.ends = append(m.ends, word)
		case after:
			m.beginnings = append(m.beginnings, word)
		default:
			m.words[word] = true
		}
	}
	return m
}

// Minimising is the workspace's rule.
func (w Workspace) Minimising() Minimising { return NewMinimising(w.Addresses, w.Agents, w.DeniedKeys) }

// DeniesKeys tells whether there are any keys whose values are not stored.
func (m Minimising) DeniesKeys() bool {
	return len(m.words)+len(m.ends)+len(m.beginnings)+len(m.parts) > 0
}

// Denies tells whether the value under a key is not stored.
func (m Minimising) Denies(key string) bool {
	if m.denies(foldKey(key)) {
		return true
	}
	key = decomposedKey(key)
	dot := strings.LastIndexByte(key, '.')
	return dot >= 0 && m.denies(foldKey(key[dot+1:]))
}

func (m Minimising) denies(folded string) bool {
	return m.words[folded] ||
		slices.ContainsFunc(m.parts, func(part string) bool { return strings.Contains(folded, part) }) ||
		slices.ContainsFunc(m.ends, func(end string) bool { return strings.HasSuffix(folded, end) }) ||
		slices.ContainsFunc(m.beginnings, func(beginning string) bool { return strings.HasPrefix(folded, beginning) })
}

// foldKey makes one of the spellings of a key: apiKey, API_KEY and api-key are the same, and so is what looks the same in other characters: full-width ones,
// and those with something between them that nobody sees. Accents tell no keys apart either.
func foldKey(key string) string {
	var folded strings.Builder
	for _, r := range decomposedKey(key) {
		if r < utf8.RuneSelf {
			if r != '_' && r != '-' && r != '.' && r > ' ' {
				folded.WriteRune(unicode.ToLower(r))
			}
			continue
		}
		if unicode.In(r, beside...) {
			continue
		}
		for _, plain := range PlainLetter(unicode.ToLower(r)) {
			folded.WriteRune(plain)
		}
	}
	return folded.String()
}

// beside are the characters beyond ASCII that tell no keys apart: blanks, dashes, marks, and what nobody sees.
var beside = []*unicode.RangeTable{unicode.Z, unicode.Pd, unicode.Pc, unicode.Mn, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector}

// decomposedKey takes the characters of a key apart, where it has any that are made of others.
func decomposedKey(key string) string {
	if strings.IndexFunc(key, func(r rune) bool { return r >= utf8.RuneSelf }) < 0 {
		return key
	}
	return norm.NFKD.String(key)
}

// Address gives what is stored of an address, in the form in which addresses are kept.
func (m Minimising) Address(address *string) *string {
	if address == nil || m.addresses == Drop {
		return nil
	}
	if m.addresses != Truncate {
		return address
	}
	at, err := netip.ParseAddr(*address)
	if err != nil {
		return nil // it is none, and nobody knows what it is
	}
	network, err := at.WithZone("").Unmap().Prefix(networkBits(at.Unmap()))
	if err != nil {
		return nil
	}
	text := network.Addr().String()
	return &text
}

// networkBits is how much of an address says where it is, and not who: of IPv6 within 6to4 (RFC 3056), which carries an IPv4 address behind its first
// two bytes, as much as of that.
func networkBits(at netip.Addr) int {
	switch {
	case at.Is4():
		return 24
	case netip.PrefixFrom(netip.AddrFrom16([16]byte{0x20, 0x02}), 16).Contains(at.WithZone("")):
		return 16 + 24
	}
	return 48
}

// Agent gives what is stored of an agent.
func (m Minimising) Agent(agent *string) *string {
	if m.agents == Drop {
		return nil
	}
	return agent
}

// CheckMinimising tells what is wrong with the settings that Minimising is made of, or nil. The patterns are as TidyKeys gives them.
func CheckMinimising(addresses, agents Keeping, denied string) error {
	var errs []error
	if addresses != Keep && addresses != Truncate && addresses != Drop {
		errs = append(errs, FieldErrorf(Invalid, "addresses", "must be keep, truncate or drop"))
	}
	if agents != Keep && agents != Drop {
		errs = append(errs, FieldErrorf(Invalid, "agents", "must be keep or drop"))
	}
	return JoinFields(append(errs, checkKeys(denied))...)
}

func checkKeys(denied string) error {
	bad := func(format string, args ...any) error { return FieldErrorf(Invalid, "denied_keys", format, args...) }
	patterns := KeysOf(denied)
	if len(patterns) > MaxDeniedKeys {
		return bad("has %d patterns; at most %d are accepted", len(patterns), MaxDeniedKeys)
	}
	for _, pattern := range patterns {
		inner := strings.TrimSuffix(strings.TrimPrefix(pattern, "*"), "*")
		switch {
		case !utf8.ValidString(pattern) || strings.ContainsFunc(pattern, func(r rune) bool { return unicode.IsControl(r) || r == utf8.RuneError }):
			return bad("has a pattern with a character that no key has: %q", FitName(pattern))
		case utf8.RuneCountInString(pattern) > MaxDeniedKeyRune:
			return bad("has a pattern of more than %d characters: %s", MaxDeniedKeyRune, FitName(pattern))
		case strings.Contains(inner, "*"):
			return bad("has a pattern with a * that is not at an end: %s", pattern)
		case foldKey(inner) == "":
			return bad("has a pattern without a letter or digit: %s", pattern)
		}
	}
	return nil
}

// KeysOf lists the patterns in a text, one a line; never nil.
func KeysOf(denied string) []string {
	patterns := []string{}
	for line := range strings.Lines(denied) {
		if line = strings.TrimSpace(line); line != "" && !slices.Contains(patterns, line) {
			patterns = append(patterns, line)
		}
	}
	return patterns
}

// TidyKeys writes patterns as they are kept: one a line, without blanks around them, and none twice.
func TidyKeys(denied string) string { return strings.Join(KeysOf(denied), "\n") }
