package component_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"

	"daybook/models"
	"daybook/views/component"
)

var berlin = component.NewClock(time.Date(2025, 11, 20, 13, 36, 0, 0, time.UTC), component.Locale{Zone: "Europe/Berlin"})

func drawn(t testing.TB, c templ.Component) *goquery.Document {
	t.Helper()
	var b strings.Builder
	if err := c.Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	d, err := goquery.NewDocumentFromReader(strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestRead(t *testing.T) {
	for _, c := range []struct {
		field, raw string
		kind       component.Kind
		text       string
	}{
		{"a", "", component.Unset, "not set"}, {"a", " null ", component.Unset, "not set"}, {"a", `""`, component.Empty, "empty"}, {"a", `" \n"`, component.Empty, "empty"},
		{"a", `"null"`, component.Text, "null"}, {"a", "true", component.Answer, "Yes"}, {"a", "false", component.Answer, "No"}, {"a", `"true"`, component.Text, "true"},
		{"budget", "18400.00", component.Number, "18,400.00"}, {"budget", "1400.5", component.Number, "1,400.5"}, {"n", "2026", component.Number, "2026"}, {"n", "-1234567", component.Number, "-1,234,567"},
		{"n", "0.5", component.Number, "0.5"}, {"n", "1e30", component.Text, "1e30"}, {"n", "123456", component.Number, "123,456"}, {"n", "-123456", component.Number, "-123,456"},
		{"client_id", "1234567", component.Number, "1234567"}, {"id", "1234567", component.Number, "1234567"}, {"invoiceNumber", "20250001", component.Number, "20250001"}, {"paid", "1234567", component.Number, "1,234,567"},
		{"a", `"2025-12-12"`, component.Date, "2025-12-12"}, {"a", `"2025-13-12"`, component.Text, "2025-13-12"}, {"a", `"2025-12-12T10:00:00Z"`, component.Moment, "2025-12-12T10:00:00Z"},
		{"a", `"2025-12-12 10:00:00.5+05:30"`, component.Moment, "2025-12-12 10:00:00.5+05:30"}, {"a", `"2025-12-12T10:00:00"`, component.Text, "2025-12-12T10:00:00"},
		{"a", `"<b>"`, component.Text, "<b>"}, {"a", `["a", 1, null, true]`, component.List, "a, 1, not set, Yes"}, {"a", `[]`, component.JSON, "[]"}, {"a", `["a, b"]`, component.JSON, `["a, b"]`},
		{"a", `[["a"]]`, component.JSON, `[["a"]]`}, {"a", `{"b": 1}`, component.JSON, "{\n  \"b\": 1\n}"}, {"a", `{"a`, component.JSON, `{"a`}, {"a", "\xff", component.Text, "\uFFFD"}, {"a", "tru", component.Text, "tru"},
	} {
		got := component.Read(c.field, json.RawMessage(c.raw))
		if got.Kind != c.kind || got.Text != c.text {
			t.Errorf("%s %q: %d %q, want %d %q", c.field, c.raw, got.Kind, got.Text, c.kind, c.text)
		}
	}
}

func change(field, before, after string) models.Change {
	return models.Change{Field: field, Before: json.RawMessage(before), After: json.RawMessage(after)}
}

func TestContrast(t *testing.T) {
	d := drawn(t, component.Contrast([]models.Change{
		change("budget", "18400.00", "21600.00"), change("due_date", `"2025-11-28"`, `"2025-12-12"`), change("owner", "null", `"Mateo Quispe"`),
		change("tags", `["checkout", "desktop"]`, `["checkout", "phone", "tickets"]`),
		change("summary", `"Review the checkout on desktop, from the timetable to the ticket."`, `"Review the checkout on desktop and phone, from the timetable to the ticket."`),
		change("starts", `"2025-11-20T09:00:00Z"`, `"2025-11-20T10:00:00+01:00"`), change("billable", "true", "false"),
		change("text", `"`+strings.Repeat("alpha ", 20)+`"`, `"`+strings.Repeat("omega ", 20)+`"`), change("labels", `["a"]`, `["b"]`), change("labels", `["a"]`, `[]`),
		change("", `"a"`, `""`), change("list", `["a"]`, "null"), change("<i>", `"<script>alert(1)</script>"`, `"\"><img src=x>"`),
	}, component.Reading{Clock: berlin, Whole: true}))
	if n := d.Find("script, img, i").Length(); n != 0 {
		t.Errorf("%d stored elements became markup", n)
	}
	d.Find(".unseen").Remove()
	for i, want := range []string{
		"Budget|18,400.00|21,600.00", "Due date|28 Nov 2025|12 Dec 2025", "Owner|not set|Mateo Quispe", "Tags|checkout, [-desktop-]|checkout, {+phone+}, {+tickets+}",
		"Summary|Review the checkout on desktop{+ and phone+}, from the timetable to the ticket.", "Starts|20 Nov 2025, 10:00|20 Nov 2025, 10:00", "Billable|Yes|No",
		"Text|" + strings.Repeat("alpha ", 20) + "|" + strings.Repeat("omega ", 20), "Labels|a|b", "Labels|a|[]", "Unnamed|a|empty", "List|a|not set", `<i>|<script>alert(1)</script>|"><img src=x>`,
	} {
		var cells []string
		d.Find("tbody tr").Eq(i).Children().Each(func(_ int, s *goquery.Selection) {
			s.Find("del").Each(func(_ int, e *goquery.Selection) { e.SetText("[-" + e.Text() + "-]") })
			s.Find("ins").Each(func(_ int, e *goquery.Selection) { e.SetText("{+" + e.Text() + "+}") })
			cells = append(cells, s.Text())
		})
		if got := strings.Join(cells, "|"); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := d.Find("time").Last().AttrOr("datetime", ""); got != "2025-11-20T09:00:00.000000Z" {
		t.Errorf("a time is %s for machines", got)
	}
}

// TestContrastSaysWhatChanged: with ears alone one knows what is gone and what is new.
func TestContrastSaysWhatChanged(t *testing.T) {
	d := drawn(t, component.Contrast([]models.Change{change("tags", `["a", "b"]`, `["a", "c"]`)}, component.Reading{Clock: berlin}))
	if got := d.Find("td").Text(); got != "a, removed b, a, added c, " {
		t.Errorf("%q is read", got)
	}
}

// TestContrastIsShortened where not everything is wanted, and says so.
func TestContrastIsShortened(t *testing.T) {
	same := strings.Repeat("nothing to see here ", 100)
	changes := []models.Change{change("a", `"one `+same+`two"`, `"1 `+same+`2"`), change("b", "null", `"`+strings.Repeat("x", 5000)+`"`)}
	short := drawn(t, component.Contrast(changes, component.Reading{Clock: berlin})).Text()
	if !strings.Contains(short, "characters as before") || !strings.Contains(short, "(shortened)") || len(short) > 3500 {
		t.Errorf("%d bytes: %s", len(short), short)
	}
	if whole := drawn(t, component.Contrast(changes, component.Reading{Clock: berlin, Whole: true})).Text(); !strings.Contains(whole, same) || strings.Contains(whole, "shortened") {
		t.Error("the whole is not there")
	}
}

// TestContrastIsQuick with as much as events can hold, and more.
func TestContrastIsQuick(t *testing.T) {
	var changes []models.Change
	for i := range 200 {
		changes = append(changes, change(fmt.Sprint("field_", i), `"`+strings.Repeat("the ferry leaves at nine ", 6)+`"`, `"`+strings.Repeat("the boat sails at ten ", 6)+`"`))
	}
	huge := []models.Change{change("body", `"`+strings.Repeat("a b c d ", 4000)+`"`, `"`+strings.Repeat("e f g h ", 4000)+`"`), change("body", `"`+strings.Repeat("a b c d ", 4000)+`"`, `"x `+strings.Repeat("a b c d ", 4000)+`y"`)}
	for name, c := range map[string][]models.Change{"many": changes, "huge": huge} {
		began := time.Now()
		drawn(t, component.Contrast(c, component.Reading{Clock: berlin, Whole: true}))
		if took := time.Since(began); took > time.Second {
			t.Errorf("%s take %v", name, took)
		} else {
			t.Logf("%s: %v", name, took)
		}
	}
}

func TestLaid(t *testing.T) {
	d := drawn(t, component.Metadata("metadata", json.RawMessage(`{"client_id":31,"currency":"EUR","notified":["mateo.quispe","noor.el-amin"],"rate":1.50,
		"source":{"form":"project/edit","version":14},"none":{},"deep":{"list":[{"a":"`+strings.Repeat("long ", 20)+`"},[]]},"<b>":"</pre><script>","turn":"\u202egnp.exe"}`)))
	want := `{
  "client_id": 31,
  "currency": "EUR",
  "notified": ["mateo.quispe", "noor.el-amin"],
  "rate": 1.50,
  "source": { "form": "project/edit", "version": 14 },
  "none": {},
  "deep": {
    "list": [
      {
        "a": "` + strings.Repeat("long ", 20) + `"
      },
      []
    ]
  },
  "<b>": "</pre><script>",
  "turn": "\u202egnp.exe"
}`
	if got := d.Find("pre#metadata").Text(); got != want {
		t.Errorf("%s", got)
	}
	if got := d.Find("b").First().Text() + d.Find("i").First().Text(); got != `"client_id"31` {
		t.Error(got)
	}
	for raw, want := range map[string]string{"": "", "nonsense": "nonsense", "{} {}": "{} {}", `{"a":`: `{"a":`, "\xff": "\uFFFD", "[]": "[]", "3": "3", `"é<&"`: `"é<&"`} {
		if got := component.Laid(json.RawMessage(raw)); got != want {
			t.Errorf("%q: %q, want %q", raw, got, want)
		}
	}
}

func TestMetadataInARowIsShortened(t *testing.T) {
	if got := drawn(t, component.MetadataInRow(json.RawMessage(`{"a":1}`))).Find("pre").Text(); got != "{\n  \"a\": 1\n}" {
		t.Error(got)
	}
	got := drawn(t, component.MetadataInRow(json.RawMessage(`{"a":"`+strings.Repeat("ä<", 9000)+`"}`))).Find("pre").Text()
	if len(got) > 9000 || !utf8.ValidString(got) || !strings.HasSuffix(got, "(shortened)") {
		t.Errorf("%d bytes", len(got))
	}
}

func TestBrowser(t *testing.T) {
	for agent, want := range map[string]string{
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:145.0) Gecko/20100101 Firefox/145.0":                                                    "Firefox 145 on macOS",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0":           "Edge 142 on Windows",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1": "Safari 18 on iOS",
		"Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36":                            "Chrome 142 on Android",
		"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36":                                   "Chrome 141 on Linux",
		"curl/8.5.0": "curl 8.5", "Go-http-client/1.1": "Go program", "python-requests/2.31": "Python program", "": "", "<script>": "", "Mozilla/5.0": "", "\xff": "",
	} {
		if got := component.Browser(agent); got != want {
			t.Errorf("%q is %q, want %q", agent, got, want)
		}
	}
}

func TestMoments(t *testing.T) {
	now := time.Date(2025, 11, 20, 13, 36, 0, 0, time.UTC)
	at := time.Date(2025, 11, 20, 13, 21, 7, 218455000, time.UTC)
	american := component.NewClock(now, component.Locale{Zone: "Europe/Berlin", DateFormat: models.DateAmerican})
	for got, want := range map[string]string{
		berlin.Moment(at): "Today 14:21", berlin.Moment(at.AddDate(0, 0, -1)): "Yesterday 14:21", berlin.Moment(at.AddDate(0, -1, 0)): "20 Oct 15:21",
		berlin.Precise(at): "20 Nov 2025, 14:21:07.218455", berlin.Precise(at.Truncate(time.Second)): "20 Nov 2025, 14:21:07", american.Precise(at): "Nov 20, 2025, 2:21:07.218455\u00a0PM",
		berlin.Headline(at): "Thursday 20 November 2025, 14:21:07", berlin.ZoneName(at): "Europe/Berlin (UTC+1)", component.NewClock(now, component.Locale{}).ZoneName(at): "UTC",
		berlin.Ago(at): "14 minutes ago", berlin.Ago(now): "just now", berlin.Ago(now.AddDate(0, 0, -3)): "3 days ago", berlin.Ago(now.Add(time.Hour)): "in 1 hour", berlin.Ago(now.AddDate(-2, 0, -3)): "2 years ago",
		component.Delay(0): "at once", component.Delay(400 * time.Millisecond): "0.4 s later", component.Delay(72 * time.Hour): "3 days later", component.Delay(-time.Hour): "1 hour earlier", component.Delay(40 * time.Millisecond): "40 ms later",
		berlin.OnDay(time.Date(2024, 9, 10, 23, 0, 0, 0, time.UTC)): "11 Sep 2024", berlin.Calendar(time.Date(2024, 9, 10, 0, 0, 0, 0, time.UTC)): "10 Sep 2024",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
