package web_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
)

// A period that ends before it begins is refused where it was given, in the words of the page, and the usual period is shown.
func TestStatisticsOfAPeriodThatEndsBeforeItBegins(t *testing.T) {
	w := New(t)
	w.Send(`{"actor": {"id": "bob"}, "action": "created"}`)
	for query, says := range map[string]string{
		"start_date=2026-11-30&end_date=2026-11-01": "From: must not be after To.", "q=created:2026-11-30..2026-11-01": "The search: the time ends before it begins.",
		"start_date=2026-11-30&q=before:2026-11-01": "The search: the time ends before it begins.",
	} {
		for _, who := range []string{"ada", "bob"} {
			d := document(t, w.Do(Request{As: who, Path: "/w/acme/stats?" + query}).Expect(t, 400).Lacks(t, "end_date,", "after end_date"))
			if got := d.Find(".filter-errors").Text(); !strings.Contains(got, says) {
				t.Errorf("%s: %s", query, got)
			}
			if d.Find(".chart > a").Length() != 30 || strings.Contains(d.Find(".stats-feed").AttrOr("href", ""), "2026-11-30") {
				t.Errorf("%s, %s: the usual period is not shown", who, query)
			}
		}
	}
	d := document(t, w.Do(Request{As: "ada", Path: "/w/acme/stats?start_date=2026-11-30&end_date=2026-11-01"}))
	if from, to := d.Find(`[name="start_date"]`).AttrOr("value", ""), d.Find(`[name="end_date"]`).AttrOr("value", ""); from != "2026-11-30" || to != "2026-11-01" {
		t.Errorf("the form has %s and %s", from, to)
	}
}

// Where time ends there is nothing to count, neither on the page of statistics nor above the feed; what they lead to can be opened.
func TestTheEndsOfTime(t *testing.T) {
	w := New(t)
	w.Send(`{"actor": {"id": "bob"}, "action": "created"}`)
	for query, status := range map[string]int{
		"end_date=9999-12-31": 400, "end_date=9999-12-30": 200, "start_date=9999-12-30": 200, "start_date=0001-01-02&end_date=9999-12-30": 400, "start_date=0001-01-02&end_date=0001-02-01": 200, "end_date=0001-01-03": 200,
		"start_date=9998-12-30&end_date=9999-01-02": 200, "start_date=0001-12-31&end_date=0002-01-02": 200, "q=created:9999": 400, "start_date=9999-12-01&end_date=9999-12-30&interval=month": 200,
		"start_date=0001-12&end_date=0002-01&interval=week&compare=no": 200,
	} {
		for _, who := range []string{"ada", "bob"} {
			page := w.Do(Request{As: who, Path: "/w/acme/stats?" + query})
			feed := w.Do(Request{As: who, Path: "/w/acme?" + query})
			if page.Status >= 500 || feed.Status >= 500 || page.Status != status {
				t.Errorf("%s, %s: statistics %d, want %d; the feed %d", who, query, page.Status, status, feed.Status)
				continue
			}
			if status != 200 {
				continue
			}
			page.Expect(t, 200, "Nothing happened in this period")
			d, timeline := document(t, page), document(t, feed)
			for _, s := range []*goquery.Selection{d.Find(".stats-feed"), d.Find(`.head-end > a.btn`), timeline.Find(".histo-plot > a").First(), timeline.Find(".histo-plot > a").Last(), timeline.Find("a.histo-step").First(), timeline.Find("a.histo-step").Last()} {
				href := s.AttrOr("href", "")
				if a := w.Do(Request{As: who, Path: href}); href != "" && a.Status != 200 {
					t.Errorf("%s, %s: %s leads to %s: %d", who, query, strings.TrimSpace(s.Text()), href, a.Status)
				}
			}
		}
	}
}

// Weeks begin when the workspace says so: bars, the tab of twelve weeks, and the lines of the heat map.
func TestWeeksBeginAsTheWorkspaceSays(t *testing.T) {
	w := New(t)
	lively(w, "Asia/Kolkata")
	for day, want := range map[int][3]string{ // 1 March 2025 is a Saturday
		1: {"1 Mar 2025 – 2 Mar 2025", "3 Mar 2025 – 9 Mar 2025", "Mon"}, 6: {"1 Mar 2025 – 7 Mar 2025", "8 Mar 2025 – 14 Mar 2025", "Sat"}, 7: {"1 Mar 2025", "2 Mar 2025 – 8 Mar 2025", "Sun"},
	} {
		w.Exec(`UPDATE workspaces SET week_start = $1`, day)
		d := document(t, w.Do(Request{As: "ada", Path: "/w/acme/stats?start_date=2025-03-01&end_date=2025-04-10&interval=week"}).Expect(t, 200))
		for i := range 2 {
			if got := d.Find(".chart > a").Eq(i).Find("title").Text(); !strings.HasPrefix(got, want[i]) {
				t.Errorf("weeks from day %d: %s, want %s", day, got, want[i])
			}
		}
		if got := d.Find(".heat tbody th").First().Text(); got != want[2] {
			t.Errorf("weeks from day %d: the heat map begins with %s", day, got)
		}
		weeks := ""
		d.Find(".stats-periods .tab").Each(func(_ int, s *goquery.Selection) {
			if strings.Contains(s.Text(), "12 weeks") {
				weeks = s.AttrOr("href", "")
			}
		})
		d = document(t, w.Do(Request{As: "ada", Path: weeks}).Expect(t, 200))
		if current := strings.TrimSpace(d.Find(`.stats-periods .tab[aria-current]`).Text()); current != "12 weeks" {
			t.Errorf("weeks from day %d: %s is on", day, current)
		}
		from := valueOf(weeks, "start_date")
		if got := dayOf(t, from).Weekday().String()[:3]; got != want[2] {
			t.Errorf("weeks from day %d: twelve of them begin on %s, a %s", day, from, got)
		}
	}
}

// A print says whose statistics these are, of when.
func TestPrintedStatistics(t *testing.T) {
	w := New(t)
	lively(w, "Asia/Kolkata")
	d := document(t, w.Do(Request{As: "ada", Path: "/w/acme/stats?start_date=2025-03-01&end_date=2025-04-10"}).Expect(t, 200))
	if got := strings.Join(strings.Fields(d.Find(".on-paper").Text()), " "); !strings.HasPrefix(got, "As of ") || !strings.Contains(got, "(UTC+5:30), for ") || !strings.HasSuffix(got, ", "+w.Acme.Name+".") {
		t.Error(got)
	}
}

// Whoever only opened a page is not told that nothing was changed.
func TestStatisticsThatAreSwitchedOff(t *testing.T) {
	w := New(t)
	w.Exec(`UPDATE workspaces SET statistics = 'admins'`)
	w.Do(Request{As: "bob", Path: "/w/acme/stats"}).Expect(t, 403, "The attempt was recorded.").Lacks(t, "Nothing was changed")
}

func valueOf(href, name string) string {
	u, err := url.Parse(href)
	if err != nil {
		return ""
	}
	return u.Query().Get(name)
}

func dayOf(t *testing.T, text string) time.Time {
	t.Helper()
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		t.Fatal(err)
	}
	return day
}
