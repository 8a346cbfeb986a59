package component

import (
	"strings"
	"unicode"
)

// Device is Browser with a word for everything: what is no browser is called as it calls itself, and what says nothing is unknown. (What is
// said can be untrue; it is for people to tell their own devices apart.)
func Device(userAgent string) string {
	userAgent = strings.TrimSpace(userAgent)
	if known := Browser(userAgent); known != "" {
		return known
	}
	if strings.HasPrefix(userAgent, "Mozilla/") {
		return "An unknown browser"
	}
	const most = 40
	name, _, _ := strings.Cut(userAgent, "/")
	if name == "" || len(name) > most || strings.ContainsFunc(name, func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsPrint(r) }) {
		return "An unknown device"
	}
	return name
}
