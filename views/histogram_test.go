package views_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"daybook/models"
	"daybook/views"
)

// bars makes a histogram that ends with a day: so many bars, each some hours, days or months long.
func histogram(zone string, unit views.TimeUnit, n int, last time.Time) views.Histogram {
	h := views.Histogram{Zone: zone, Unit: unit, Week: time.Monday, Whole: true}
	for i := n - 1; i >= 0; i-- {
		from := models.StartOfDay(last, -i)
		to := models.StartOfDay(last, 1-i)
		switch unit {
		case views.Hours:
			from = models.StartOfDay(last, 0).Add(time.Duration(n-1-i) * time.Hour)
			to = from.Add(time.Hour)
		case views.Weeks:
			from, to = models.StartOfDay(last, -7*i-3), models.StartOfDay(last, -7*i+4)
		case views.Months:
			from, to = time.Date(last.Year(), last.Month()-time.Month(i), 1, 0, 0, 0, 0, last.Location()), time.Date(last.Year(), last.Month()-time.Month(i)+1, 1, 0, 0, 0, 0, last.Location())
		}
		h.Bars = append(h.Bars, views.HistogramBar{From: from, To: to, Count: int64(i % 5 * 10), Troubles: int64(i % 5 / 3), Href: "/w/tidewell?start_date=" + from.Format(time.DateOnly), Shown: i < 2})
	}
	return h
}

func withHistogram(h views.Histogram) views.FeedPage {
	p := feedPage()
	p.Zone, p.Histogram = h.Zone, &h
	return p
}

func tidewellZone(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func axis(doc *goquery.Document) string {
	return strings.Join(doc.Find(".histo-plot > text").Map(func(_ int, s *goquery.Selection) string { return s.Text() }), "|")
}

// The axis has as many words as there is room for on a phone, and tells months and years where they begin.
func TestHistogramAxis(t *testing.T) {
	last := now.In(tidewellZone(t))
	for _, c := range []struct {
		unit views.TimeUnit
		n    int
		last time.Time
		want string
	}{
		{views.Days, 30, last, "22 Oct|27|3 Nov|10|17|Today"},
		{views.Days, 7, last, "14 Nov|15|16|17|18|19|Today"},
		{views.Days, 1, last, "20 Nov"},
		{views.Days, 2, last, "19 Nov|Today"},
		{views.Days, 3, last, "18 Nov|19|Today"},
		{views.Days, 4, last.AddDate(0, 0, -4), "13 Nov|14|15|16 Nov"},
		{views.Days, 9, last, "12 Nov|13|14|15|16|17|18|19|Today"},
		{views.Days, 9, last.AddDate(-1, 0, -18), "25 Oct 2024|27|28|29|30|31|1 Nov|2 Nov"},
		{views.Months, 3, last, "Sep 2025|Oct|Now"},
		{views.Days, 30, last.AddDate(-1, 0, 0), "22 Oct 2024|4 Nov|11|20 Nov"},
		{views.Hours, 24, last, "20 Nov|06:00|12:00|18:00"},
		{views.Weeks, 53, last, "18 Nov 2024|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Now"},
		{views.Months, 12, last, "Dec 2024|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Now"},
		{views.Months, 300, last, "Dec 2000|2006|2008|2010|2012|2014|2016|2018|2020|2022|Now"},
	} {
		doc, _ := render(t, views.Feed(withHistogram(histogram("Europe/Berlin", c.unit, c.n, c.last))))
		if got := axis(doc); got != c.want {
			t.Errorf("%d bars of one %s: %s, want %s", c.n, c.unit, got, c.want)
		}
	}
	for format, want := range map[models.DateFormat]string{models.DateISO: "10-22|27|11-03|10|17|Today", models.DateAmerican: "Oct 22|27|Nov 3|10|17|Today", models.DateSlashes: "22/10|27|03/11|10|17|Today"} {
		p := withHistogram(histogram("Europe/Berlin", views.Days, 30, last))
		p.DateFormat = format
		doc, _ := render(t, views.Feed(p))
		if got := axis(doc); got != want {
			t.Errorf("%s: %s, want %s", format, got, want)
		}
	}
}

// A bar is a link with a sentence; what stands on the page is dark, what failed is its foot, and nothing is drawn where nothing happened.
func TestHistogramBars(t *testing.T) {
	last := now.In(tidewellZone(t))
	h := histogram("Europe/Berlin", views.Days, 30, last)
	h.Bars[26].Count, h.Bars[26].Troubles = 1_000_000, 1
	h.Bars[27].Count, h.Bars[27].Troubles = 1, 1
	h.Bars[0].From = h.Bars[0].From.Add(90 * time.Minute)
	h.Earlier = views.HistogramStep{From: models.StartOfDay(last, -59), To: models.StartOfDay(last, -29), Href: "/w/tidewell?end_date=2025-10-21"}
	doc, _ := render(t, views.Feed(withHistogram(h)))
	bars := doc.Find(".histo-plot > a")
	for i, want := range map[int]string{
		0: "Wednesday 22 October, in part: 40 activities, 1 failed or denied", 25: "Sunday 16 November: 40 activities, 1 failed or denied", 26: "Monday 17 November: 1,000,000 activities, 1 failed or denied",
		27: "Tuesday 18 November: 1 activity, 1 failed or denied", 29: "Thursday 20 November: no activities",
	} {
		if got := bars.Eq(i).Find("title").Text(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	rects := func(i int) string {
		return strings.Join(bars.Eq(i).Find("rect").Map(func(_ int, s *goquery.Selection) string { return s.AttrOr("y", "") + "+" + s.AttrOr("height", "") }), " ")
	}
	if rects(26) != "+ 2+30 32+2" || rects(27) != "+ 32+0 32+2" || rects(29) != "+" || rects(28) != "+ 33+1" {
		t.Errorf("%s; %s; %s; %s", rects(26), rects(27), rects(28), rects(29))
	}
	if doc.Find(".histo-plot > a.on").Length() != 2 || bars.Eq(1).AttrOr("href", "") != "/w/tidewell?start_date=2025-10-23" {
		t.Error("what is shown, and where it leads")
	}
	for i, want := range map[int]string{ // why some have another colour
		0: ": 40 activities, 1 failed or denied. On this page, in full or in part", 1: ": 30 activities. On this page, in full or in part", 2: ": 1 activity. On this page", 3: ": no activities",
	} {
		shown := histogram("Europe/Berlin", views.Days, 4, last)
		for n, b := range []views.HistogramBar{{Count: 40, Troubles: 1}, {Count: 30}, {Count: 1}, {}} {
			shown.Bars[n].Count, shown.Bars[n].Troubles, shown.Bars[n].Shown = b.Count, b.Troubles, true
		}
		page, _ := render(t, views.Feed(withHistogram(shown)))
		if got := page.Find(".histo-plot title").Eq(i).Text(); !strings.HasSuffix(got, want) {
			t.Errorf("%q does not end with %q", got, want)
		}
	}
	if step := doc.Find("a.histo-step"); step.Length() != 1 || step.AttrOr("aria-label", "") != "Earlier: 22 Sep – 21 Oct" || doc.Find("span.histo-step[aria-disabled]").Length() != 1 {
		t.Errorf("the step before is called %s", step.AttrOr("aria-label", ""))
	}
	if got := doc.Find(".histo-plot").AttrOr("aria-label", ""); got != "Activities per day, 22 Oct 01:30 – 21 Nov 00:00" {
		t.Error(got)
	}
}

// The hour that comes twice is two bars, and each says which it is.
func TestHistogramOfHours(t *testing.T) {
	doc, _ := render(t, views.Feed(withHistogram(histogram("Europe/Berlin", views.Hours, 25, time.Date(2025, 10, 26, 12, 0, 0, 0, tidewellZone(t))))))
	var names []string
	doc.Find(".histo-plot title").Each(func(_ int, s *goquery.Selection) { names = append(names, strings.SplitN(s.Text(), ", ", 2)[1]) })
	if got := strings.Join(names[1:4], "|"); !strings.HasPrefix(got, "01:00 to 02:00: ") || !strings.Contains(got, "|02:00 to 02:00: ") || !strings.Contains(got, "|02:00 to 03:00: ") {
		t.Error(got)
	}
}

// Headings of days say how many activities these have, when the bars know, and only then.
func TestDayCounts(t *testing.T) {
	counts := func(h views.Histogram, change func(*views.FeedPage)) string {
		p := withHistogram(h)
		change(&p)
		doc, _ := render(t, views.Feed(p))
		return strings.Join(doc.Find(".day-count").Map(func(_ int, s *goquery.Selection) string { return s.Text() }), "|")
	}
	same := func(*views.FeedPage) {}
	h := histogram("Europe/Berlin", views.Days, 30, now.In(tidewellZone(t)))
	h.Bars[29].Count, h.Bars[28].Count = 24, 1
	if got := counts(h, same); got != "24 activities|1 activity" {
		t.Error(got)
	}
	hours := histogram("Europe/Berlin", views.Hours, 24, now.In(tidewellZone(t)))
	if got := counts(hours, same); got != "460 activities" {
		t.Error(got)
	}
	foreign, part, weeks := h, h, h
	foreign.Foreign, part.Whole, weeks.Unit = true, false, views.Weeks
	for name, other := range map[string]views.Histogram{"foreign": foreign, "part": part, "weeks": weeks} {
		if got := counts(other, same); got != "" {
			t.Errorf("%s: %s", name, got)
		}
	}
	doc, _ := render(t, views.Feed(withHistogram(foreign)))
	if got := text(doc.Find(".histo-note")); got != "Days of Europe/Berlin, the workspace’s time zone." {
		t.Error(got)
	}
}

// Where the addresses are left to the script, bars are no links until it has run.
func TestHistogramWithoutAddresses(t *testing.T) {
	h := histogram("Moon/Tranquillity", views.Days, 3, now)
	h.Feed = `/w/tidewell?q=">`
	for i := range h.Bars {
		h.Bars[i].Href, h.Bars[i].Start, h.Bars[i].End = "", "2025-11-18", `"><script>`
	}
	doc, _ := render(t, views.Feed(withHistogram(h)))
	if doc.Find(".histo-plot a[href]").Length() != 0 || doc.Find(".histo-plot").AttrOr("data-feed", "") != h.Feed || doc.Find(".histo-plot a").Last().AttrOr("data-end", "") != `"><script>` {
		t.Error("what the script needs is there, as it is")
	}
	checkInert(t, doc)
	checkHeadings(t, doc)
	checkIDs(t, doc)
	empty, _ := render(t, views.Feed(withHistogram(views.Histogram{})))
	if empty.Find(".histo").Length() != 0 {
		t.Error("no bars, no place for them")
	}
}

func TestPaper(t *testing.T) {
	doc, _ := render(t, views.Feed(feedPage()))
	if got := text(doc.Find(".on-paper")); got != "16 Oct 2024 15:36 – 20 Nov 14:34. As of Thursday 20 November 2025, 14:36:00 (UTC+1), for Ingrid Solheim, Tidewell Studio." {
		t.Error(got)
	}
}

// Whatever the number of bars, no label of the axis touches the next one, on a phone either.
func TestHistogramLabelsAreApart(t *testing.T) {
	const ofCharacter = 1.7 // percent of the width of a phone
	last := now.In(tidewellZone(t))
	for _, unit := range []views.TimeUnit{views.Days, views.Weeks, views.Months} {
		for n := 2; n <= 40; n++ {
			for _, end := range []time.Time{last, last.AddDate(0, 0, -12), last.AddDate(-1, 0, -18)} {
				doc, _ := render(t, views.Feed(withHistogram(histogram("Europe/Berlin", unit, n, end))))
				after := 0.0
				doc.Find(".histo-plot > text").Each(func(_ int, s *goquery.Selection) {
					at, err := strconv.ParseFloat(strings.TrimSuffix(s.AttrOr("x", ""), "%"), 64)
					width := ofCharacter * float64(len(s.Text()))
					left := at - map[string]float64{"start": 0, "middle": width / 2, "end": width}[s.AttrOr("text-anchor", "")]
					if err != nil || left < after {
						t.Errorf("%d bars of one %s, up to %s: %s begins at %.1f, the one before ends at %.1f", n, unit, end.Format(time.DateOnly), s.Text(), left, after)
					}
					after = left + width + ofCharacter/2 - 0.01
				})
			}
		}
	}
}
