package component_test

import (
	"strings"
	"testing"
	"time"

	"daybook/models"
	"daybook/views/component"
)

func TestDevice(t *testing.T) {
	const webkit = "AppleWebKit/537.36 (KHTML, like Gecko) "
	for agent, want := range map[string]string{
		"Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0":                               "Firefox 145 on Linux",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) " + webkit + "Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0": "Edge 142 on Windows",
		"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)":                             "An unknown browser",
		"curl/8.5.0": "curl 8.5", "PostmanRuntime/7.39.0": "PostmanRuntime", "a browser": "a browser", "  ": "An unknown device", "": "An unknown device",
		"/1.0": "An unknown device", "مشروع/1": "An unknown device", "\u202eelif.exe": "An unknown device", strings.Repeat("x", 41): "An unknown device", "a\x07b": "An unknown device",
	} {
		if got := component.Device(agent); got != want {
			t.Errorf("%s: %q, want %q", agent, got, want)
		}
	}
}

// Every format writes a time in its own way everywhere, and none of them leaves out what another says.
func TestDateFormats(t *testing.T) {
	for format, want := range map[string]string{
		"words":    "20 Nov 2025, 14:34|Thursday 20 November 2025, 14:34:05 (UTC+1)|Thursday 20 November|14:34|14:34:05 UTC+1|19 Nov 14:34 – 20 Nov 14:34",
		"":         "20 Nov 2025, 14:34|Thursday 20 November 2025, 14:34:05 (UTC+1)|Thursday 20 November|14:34|14:34:05 UTC+1|19 Nov 14:34 – 20 Nov 14:34",
		"iso":      "2025-11-20 14:34|Thursday 2025-11-20 14:34:05 (UTC+1)|Thursday 2025-11-20|14:34|14:34:05 UTC+1|2025-11-19 14:34 – 2025-11-20 14:34",
		"american": "Nov 20, 2025, 2:34\u00a0PM|Thursday, November 20, 2025, 2:34:05\u00a0PM (UTC+1)|Thursday, November 20|2:34\u00a0PM|2:34:05\u00a0PM UTC+1|Nov 19 2:34\u00a0PM – Nov 20 2:34\u00a0PM",
		"slashes":  "20/11/2025 14:34|Thursday 20/11/2025 14:34:05 (UTC+1)|Thursday 20/11|14:34|14:34:05 UTC+1|19/11 14:34 – 20/11 14:34",
	} {
		at := time.Date(2025, 11, 20, 13, 34, 5, 0, time.UTC)
		c := component.NewClock(at.AddDate(0, 0, 3), component.Locale{Zone: "Europe/Berlin", DateFormat: models.DateFormat(format)})
		got := strings.Join([]string{c.Minute(at), c.Exact(at), c.DayOf(at).Date, c.Short(at), c.Second(at), c.Span(at.AddDate(0, 0, -1), at)}, "|")
		if got != want {
			t.Errorf("%s:\n%s\nwant\n%s", format, got, want)
		}
	}
}
