package mention

import (
	"net/netip"
	"strings"
)

// addresses are those that somebody had in the network: whether others had them, too. All forms of one are the same.
type addresses map[netip.Addr]bool

// addressesOf leaves out what says of nobody where they were.
func addressesOf(p Person) addresses {
	var all addresses
	for _, a := range p.Addresses {
		addr, err := netip.ParseAddr(a.Text)
		if addr = addr.Unmap().WithZone(""); err != nil || addr.IsLoopback() || addr.IsUnspecified() || addr.IsMulticast() {
			continue
		}
		if all == nil {
			all = addresses{}
		}
		all[addr] = a.Shared
	}
	return all
}

// matchAddresses adds the addresses that one look finds. One that others had, too, is nobody's but in the person's own activity, and there it is theirs.
func (f *Finder) matchAddresses(found []hit, l look) []hit {
	plain := make([]byte, len(l.cells))
	for i, c := range l.cells {
		if plain[i] = 'z'; c.r < 128 { // a letter of another script ends a number as any does
			plain[i] = byte(c.r)
		} else if !wordly(c.r) {
			plain[i] = ' '
		}
	}
	for i := range plain {
		from, to, shared := f.sieve.addresses.begin(plain, i)
		if to > 0 && (l.c.Own || !shared) {
			found = append(found, hit{from: l.cells[from].from, to: l.cells[to-1].to, kind: Address, is: deleted, certain: true})
		}
	}
	return found
}

// begin finds an address where one may begin. to is 0 where there is none of these.
func (a addresses) begin(text []byte, at int) (from, to int, shared bool) {
	switch b := text[at]; {
	case '0' <= b && b <= '9':
		if from, to, shared = find4(a, text, at); to > 0 {
			return from, to, shared
		}
	case b != ':' && !('a' <= b && b <= 'f'):
		return 0, 0, false
	}
	if at > 0 && inAddress(text[at-1]) {
		return 0, 0, false
	}
	return find6(a, text, at)
}

// around tells whether one of the addresses stands around a mark that parts numbers: "." or ":". It is quick, and asks a little more often than it has to.
func around[T ~string | ~[]byte](a addresses, text T, mark int) bool {
	at := mark
	if text[mark] == '.' {
		for at > 0 && mark-at < 3 && digit(text[at-1]) {
			at--
		}
		_, to, _ := find4(a, text, at)
		return to > 0
	}
	for at > 0 && mark-at < longestAddress && inAddress(lower[text[at-1]]) {
		if at--; text[at] == ':' && at > 0 && inAddress(lower[text[at-1]]) && text[at-1] != '.' {
			return false // which was asked about the same
		}
	}
	_, to, _ := find6(a, text, at)
	return to > 0
}

func digit(b byte) bool { return '0' <= b && b <= '9' }

func inAddress(b byte) bool { return digit(b) || 'a' <= b && b <= 'f' || b == ':' || b == '.' }

// find4 finds an address of four numbers that begins at a place, and is no part of a longer row of numbers.
func find4[T ~string | ~[]byte](a addresses, text T, at int) (from, to int, shared bool) {
	if at > 0 && (wordly(rune(text[at-1])) || text[at-1] == '.' && at > 1 && digit(text[at-2])) {
		return 0, 0, false
	}
	var numbers [4]byte
	to = at
	for n := range numbers {
		if n > 0 {
			if to >= len(text) || text[to] != '.' {
				return 0, 0, false
			}
			to++
		}
		number, first := 0, to
		for to < len(text) && to-first < 3 && digit(text[to]) {
			number = number*10 + int(text[to]-'0')
			to++
		}
		if to == first || number > 255 || text[first] == '0' && to-first > 1 {
			return 0, 0, false
		}
		numbers[n] = byte(number)
	}
	if to < len(text) && (wordly(rune(text[to])) || text[to] == '.' && to+1 < len(text) && digit(text[to+1])) {
		return 0, 0, false
	}
	shared, is := a[netip.AddrFrom4(numbers)]
	if !is {
		return 0, 0, false
	}
	return at, to, shared
}

// longestAddress is how many characters the longest form of an address has, with some more around it.
const longestAddress = 64

// find6 finds an address with colons in the run of its characters that begins at a place.
func find6[T ~string | ~[]byte](a addresses, text T, at int) (from, to int, shared bool) {
	to = at
	colons, dots, double := 0, 0, false
	for to < len(text) && to-at < longestAddress && inAddress(lower[text[to]]) {
		switch {
		case text[to] == '.':
			dots++
		case text[to] == ':':
			colons++
			double = double || to > at && text[to-1] == ':'
		}
		to++
	}
	if colons < 2 || !double && colons < 7 && (colons < 6 || dots < 3) || to < len(text) && wordly(rune(text[to])) {
		return 0, 0, false
	}
	var run [longestAddress]byte
	for i := at; i < to; i++ {
		run[i-at] = lower[text[i]]
	}
	start, end, shared := inRun(a, string(run[:to-at]), at > 0 && wordly(rune(text[at-1])))
	if end == 0 {
		return 0, 0, false
	}
	return at + start, at + end, shared
}

// inRun finds an address in a run of its characters: the whole of it, but for what a sentence puts behind it, or what a key puts before it. One that is part of
// another address is not found.
func inRun(a addresses, run string, inWord bool) (from, to int, shared bool) {
	to = len(run)
	for to > 0 && (run[to-1] == '.' || run[to-1] == ':' && !strings.HasSuffix(run[:to], "::")) {
		to--
	}
	for range 3 {
		if inWord {
			colon := strings.IndexByte(run[from:to], ':')
			if colon < 0 {
				return 0, 0, false
			}
			if from += colon; !strings.HasPrefix(run[from:to], "::") {
				from++
			}
		}
		if addr, err := netip.ParseAddr(run[from:to]); err == nil {
			shared, is := a[addr.Unmap()]
			if !is {
				return 0, 0, false
			}
			return from, to, shared
		}
		inWord = true // the next element may be the first of it
	}
	return 0, 0, false
}
