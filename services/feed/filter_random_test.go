package feed_test

import (
	"math/rand/v2"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"daybook/models"
	"daybook/services/feed"
	"daybook/services/feed/feedtest"
)

func TestBothTextsGiveBackWhatIsPrinted(t *testing.T) {
	r := feedtest.Random(t)
	zones := []string{"UTC", "Canada/Newfoundland", "Asia/Kolkata", "Australia/Lord_Howe", "America/Sao_Paulo"}
	for range 5000 {
		now := noon.In(zoneOf(t, feedtest.Pick(r, zones...)))
		f := randomFilter(t, r, now)
		printed, err := url.ParseQuery(f.String())
		if err != nil {
			t.Fatal(err)
		}
		again, err := feed.Parse(printed, now)
		if err != nil || !reflect.DeepEqual(f, again) {
			t.Fatalf("%q (%v)\n is  %#v\n not %#v", f, err, again, f)
		}
		if f.IsZero() != (len(printed) == 0) || f.IsZero() != (f.Line() == "") {
			t.Fatalf("%q: zero is %v", f, f.IsZero())
		}
		if len(f.Line()) > feed.MaxLineBytes {
			continue
		}
		again, err = feed.ParseLine(f.Line(), now)
		if err != nil || !reflect.DeepEqual(f, again) {
			t.Fatalf("%s (%v)\n is  %#v\n not %#v", f.Line(), err, again, f)
		}
		again, err = feed.Parse(url.Values{"q": {f.Line()}}, now)
		if err != nil || !reflect.DeepEqual(f, again) {
			t.Fatalf("q=%s (%v)\n is  %#v\n not %#v", f.Line(), err, again, f)
		}
	}
}

// nasty are texts that something could mistake for something else.
var nasty = []string{
	"1", "user-123", "a,b", ",", " x ", " ", "é&=+%?#", "日本", "-", "--", "-x", "\t", "a\nb\r", "a:b", "a:", ":", "_:", "http://x", "//x", "actor://", "type:a,b",
	`"`, `""`, `a"b`, `"a b"`, `\`, `\\`, `a\`, `\n`, `C:\temp\new`, "a\u00a0b", "\u2028", "..", "*", ">=", "me", "is:system", "12:30", "\x01", "مرحبا", "🎁", "e\u0301",
	strings.Repeat("i", models.MaxIDBytes),
}

// nastyText is one of those, or several, or made of their characters.
func nastyText(r *rand.Rand) string {
	text := feedtest.Pick(r, nasty...)
	if r.IntN(2) == 0 {
		chars := []rune(strings.Join(nasty[:len(nasty)-1], ""))
		text = ""
		for range 1 + r.IntN(8) {
			text += string(feedtest.Pick(r, chars...))
		}
	}
	return text
}

func nastyTexts(r *rand.Rand) []string {
	var out []string
	if r.IntN(3) == 0 {
		for range 1 + r.IntN(4) {
			if text := nastyText(r); !slices.Contains(out, text) {
				out = append(out, text)
			}
		}
	}
	return out
}

// shuffled gives some of several, in any order.
func shuffled[T any](r *rand.Rand, of ...T) []T {
	if r.IntN(3) > 0 {
		return nil
	}
	of = feedtest.Some(r, 0.5, of...)
	r.Shuffle(len(of), func(i, j int) { of[i], of[j] = of[j], of[i] })
	return of
}

func randomCriteria(r *rand.Rand) feed.Criteria {
	c := feed.Criteria{
		Actors: nastyTexts(r), ActorNames: nastyTexts(r), EntityIDs: nastyTexts(r), Projects: nastyTexts(r), ProjectNames: nastyTexts(r), Fields: nastyTexts(r),
		Types: shuffled(r, "task", "time-entry", "a.b", "_"), Actions: shuffled(r, "created", "a.b", "_"), Outcomes: shuffled(r, models.Outcomes...),
		Has:      shuffled(r, feed.Parts...),
		Weekdays: shuffled(r, time.Sunday, time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday),
	}
	if r.IntN(3) == 0 {
		first := r.IntN(24)
		for n := range 1 + r.IntN(24) {
			if hour := (first + n) % 24; r.IntN(5) > 0 {
				c.Hours = append(c.Hours, hour)
			}
		}
	}
	for _, text := range nastyTexts(r) {
		if len(models.WordsOf(text)) == 0 {
			continue
		}
		c.Words = append(c.Words, feed.Word{Text: text, Phrase: r.IntN(2) == 0})
	}
	return c
}

func randomFilter(t *testing.T, r *rand.Rand, now time.Time) feed.Filter {
	t.Helper()
	var f feed.Filter
	if r.IntN(8) > 0 {
		f = feed.Filter{Criteria: randomCriteria(r), Not: randomCriteria(r), System: r.IntN(2) == 0}
	}
	texts := []string{
		"", "", "2010-11-07", "2024-02-29", "2024-03-01T09:00:00Z", "2024-03-01T09:00:00.123456+05:30", "2024-03-01T09:00", "2024-03-01 09:00:01.5",
		"2024", "2024-02", "3660d", "30d", "1d", "yesterday", "today", "2026-03", "2026",
	}
	read := func(text string, end bool) feed.Bound {
		if text == "" {
			return feed.Bound{}
		}
		at, err := feed.ParseTime(text, now, end)
		if err != nil {
			t.Fatal(err)
		}
		return feed.Bound{Text: text, At: at}
	}
	first, last := feedtest.Pick(r, texts...), feedtest.Pick(r, texts...)
	f.From, f.To = read(first, false), read(last, true)
	if f.From.IsSet() && f.To.IsSet() && f.From.At.After(f.To.At) {
		f.From, f.To = read(last, false), read(first, true)
	}
	return f
}
