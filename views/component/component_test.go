package component_test

import (
	"math"
	"regexp"
	"testing"
	"time"
	"unicode/utf8"

	"daybook/views/component"
)

func TestInitials(t *testing.T) {
	for name, want := range map[string]string{
		"Amara Okafor": "AO", "Maximiliane von Trautenberg-Hoyer": "MT", "system": "S", "": "?", "  ": "?", "!!! ...": "?", "🚢": "?", "🚢 Ferry": "F",
		"émile zola": "ÉZ", "مشروع الموقع": "ما", "\xff\xfe": "?", "42 Ltd": "4L", "(Bob)": "B",
	} {
		if got := component.Initials(name); got != want || !utf8.ValidString(got) {
			t.Errorf("Initials(%q) = %q, want %q", name, got, want)
		}
		if component.Initial(name) == "" {
			t.Errorf("Initial(%q) is empty", name)
		}
	}
}

// TestHue holds that ids in steps of ten, as a database may give them, have many hues.
func TestHue(t *testing.T) {
	hues := map[string]bool{}
	for id := int64(1); id < 400; id += 10 {
		hues[component.Hue(id)] = true
	}
	if len(hues) < 8 {
		t.Errorf("only %d hues", len(hues))
	}
	for _, id := range []int64{0, -1, math.MinInt64, math.MaxInt64} {
		if hue := component.Hue(id); !regexp.MustCompile(`^hue-\d$`).MatchString(hue) {
			t.Errorf("Hue(%d) = %s", id, hue)
		}
	}
}

func TestClock(t *testing.T) {
	now := time.Date(2026, 3, 29, 10, 0, 30, 0, time.UTC) // the day on which Berlin loses an hour
	clock := component.NewClock(now, component.Locale{Zone: "Europe/Berlin"})
	for ago, want := range map[time.Duration]string{
		0: "now", 59 * time.Second: "now", time.Minute: "1\u00a0min", 59*time.Minute + 59*time.Second: "59\u00a0min", time.Hour: "1\u00a0h",
		10 * time.Hour: "10\u00a0h", 12 * time.Hour: "23:00", -time.Minute: "12:01", -30 * time.Hour: "18:00",
	} {
		if got := clock.Short(now.Add(-ago)); got != want {
			t.Errorf("%v ago: %q, want %q", ago, got, want)
		}
	}
	for ago, want := range map[time.Duration]string{0: "Today", 12 * time.Hour: "Yesterday", 48 * time.Hour: "", -24 * time.Hour: "Tomorrow"} {
		if got := clock.DayOf(now.Add(-ago)).Name; got != want {
			t.Errorf("%v ago: %q, want %q", ago, got, want)
		}
	}
	if got := clock.Exact(now); got != "Sunday 29 March 2026, 12:00:30 (UTC+2)" {
		t.Error(got)
	}
	if got := component.NewClock(now, component.Locale{Zone: "Canada/Newfoundland"}).Exact(now); got != "Sunday 29 March 2026, 07:30:30 (UTC−2:30)" {
		t.Error(got)
	}
	if got := component.Machine(now.In(time.FixedZone("", 3600))); got != "2026-03-29T10:00:30.000000Z" {
		t.Error(got)
	}
	if got := clock.Span(now.AddDate(-1, 0, 0), now); got != "29 Mar 2025 11:00 – 29 Mar 12:00" {
		t.Error(got)
	}
	component.NewClock(time.Time{}, component.Locale{Zone: "../../etc/passwd", DateFormat: "none"}).DayOf(time.Time{})
}

func TestWebAddress(t *testing.T) {
	for stored, want := range map[string]string{
		"https://tracker.example/projects/118": "tracker.example", "HTTP://a.example:8080/?q=<b>": "a.example:8080", " https://a.example": "a.example",
		"javascript:alert(1)": "", "JaVaScRiPt://a.example/%0aalert(1)": "", "data:text/html,x": "", "//a.example": "", "/local": "", "https:": "", "": "",
		"https://bank.example@evil.example/": "", "\x01javascript:alert(1)": "", "https://a b/": "",
	} {
		if _, host := component.WebAddress(&stored); host != want {
			t.Errorf("WebAddress(%q) leads to %q, want %q", stored, host, want)
		}
	}
	if address, _ := component.WebAddress(nil); address != "" {
		t.Error("nothing leads nowhere")
	}
}

func TestFullStop(t *testing.T) {
	for message, want := range map[string]string{"": "", "must not be empty": "Must not be empty.", "why?": "Why?", "Done.": "Done.", "é x": "É x."} {
		if got := component.FullStop(message); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
