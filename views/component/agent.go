package component

import (
	"regexp"
	"strings"
)

// Browsers by what they say of themselves. Each says it is several of the later ones too, so the first that is found counts.
var browsers = []struct {
	name    string
	pattern *regexp.Regexp
}{
	{"Edge", regexp.MustCompile(`\bEdg(?:e|A|iOS)?/(\d+)`)},
	{"Opera", regexp.MustCompile(`\bOPR/(\d+)`)},
	{"Samsung Internet", regexp.MustCompile(`\bSamsungBrowser/(\d+)`)},
	{"Firefox", regexp.MustCompile(`\b(?:Firefox|FxiOS)/(\d+)`)},
	{"Chrome", regexp.MustCompile(`\b(?:Chrome|CriOS|HeadlessChrome)/(\d+)`)},
	{"Safari", regexp.MustCompile(`\bVersion/(\d+)\S* (?:Mobile/\S+ )?Safari/`)},
	{"curl", regexp.MustCompile(`^curl/(\d+(?:\.\d+)?)`)},
	{"Go program", regexp.MustCompile(`^Go-http-client/()`)},
	{"Python program", regexp.MustCompile(`^(?:python-requests|Python-urllib|python-httpx|aiohttp)/()`)},
}

var systems = []struct{ name, sign string }{
	{"iOS", "iPhone"}, {"iPadOS", "iPad"}, {"Android", "Android"}, {"Windows", "Windows"}, {"macOS", "Macintosh"}, {"ChromeOS", "CrOS"}, {"Linux", "Linux"},
}

// Browser reads what a browser says of itself: "Firefox 145 on macOS". It is empty for what it does not know.
func Browser(userAgent string) string {
	name := ""
	for _, b := range browsers {
		if found := b.pattern.FindStringSubmatch(userAgent); found != nil {
			name = strings.TrimSpace(b.name + " " + found[1])
			break
		}
	}
	if name == "" || !strings.HasPrefix(userAgent, "Mozilla/") {
		return name
	}
	for _, s := range systems {
		if strings.Contains(userAgent, s.sign) {
			return name + " on " + s.name
		}
	}
	return name
}
