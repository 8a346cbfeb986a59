package web_test

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
)

// bar is one of a histogram, as somebody reads it.
type bar struct {
	label, href string
	count       int
	shown       bool
}

var labelled = regexp.MustCompile(`^(.+): (?:(no activities)|([\d,]+) (?:activity|activities))(?:, [\d,]+ failed or denied)?(?:\. On this page(?:, in full or in part)?)?$`)

func barsOf(t *testing.T, d *goquery.Document) []bar {
	t.Helper()
	var bars []bar
	d.Find(".histo-plot > a").Each(func(_ int, s *goquery.Selection) {
		label := s.Find("title").Text()
		m := labelled.FindStringSubmatch(label)
		if m == nil {
			t.Fatalf("a bar is called %q", label)
		}
		n, _ := strconv.Atoi(strings.ReplaceAll(m[3], ",", ""))
		bars = append(bars, bar{label: label, href: s.AttrOr("href", ""), count: n, shown: s.HasClass("on")})
	})
	return bars
}

// spread sends events at times: every so often from one to another, of several people, things and outcomes.
func spread(w *World, from, to time.Time, every time.Duration) {
	w.T.Helper()
	var b strings.Builder
	for i := 0; from.Before(to); i++ {
		fmt.Fprintf(&b, `{"actor": {"id": %q}, "action": %q, "resource": {"type": %q, "id": "%d", "name": "Thing %d"}, "project": {"id": "p%d"}, "outcome": %q, "system": %t, "occurred_at": %q}`+"\n",
			[]string{"bob", "amara", "priya"}[i%3], []string{"created", "updated"}[i%2], []string{"task", "invoice"}[i/2%2], i%7, i%7, i%4, []string{"success", "success", "failure", "denied", "success"}[i%5], i%11 == 0,
			from.Format(time.RFC3339Nano))
		from = from.Add(every)
	}
	w.Do(Request{As: "service", Method: "POST", Path: "/api/v1/workspaces/acme/activity", Body: b.String(), Type: "application/x-ndjson"}).Expect(w.T, 201)
	w.Drain()
}

func totalOf(t *testing.T, w *World, as, path string) int {
	t.Helper()
	text := document(t, w.Do(Request{As: as, Path: path}).Expect(t, 200)).Find("#total").Text()
	n, err := strconv.Atoi(strings.ReplaceAll(strings.Replace(strings.Fields(text)[0], "No", "0", 1), ",", ""))
	if err != nil {
		t.Fatalf("%s: %s", path, text)
	}
	return n
}

// keepTheirWord follows bars, and wants each to lead to as many activities as it says; no two bars count the same one.
func keepTheirWord(t *testing.T, w *World, as, path string, each int) (sum int) {
	t.Helper()
	d := document(t, w.Do(Request{As: as, Path: path}).Expect(t, 200))
	bars := barsOf(t, d)
	if len(bars) == 0 && d.Find(".entry").Length() > 0 {
		t.Errorf("%s: %s has no histogram", as, path)
	}
	for i, b := range bars {
		sum += b.count
		if i%each != 0 && i != len(bars)-1 && !strings.Contains(b.label, "in part") {
			continue
		}
		if n := totalOf(t, w, as, b.href); n != b.count {
			t.Errorf("%s, %s: %q leads to %d, at %s", as, path, b.label, n, b.href)
		}
	}
	for _, step := range []string{"Earlier", "Later"} {
		if href := d.Find(`.histo-step[aria-label^="`+step+`"]`).AttrOr("href", ""); href != "" {
			w.Do(Request{As: as, Path: href}).Expect(t, 200)
		}
	}
	return sum
}

// Each bar is the activities behind its link: for an admin, a member, and somebody who reads times elsewhere, whatever is filtered.
func TestBarsAreWhatTheyLeadTo(t *testing.T) {
	w := New(t)
	now := w.Clock.Now()
	spread(w, now.AddDate(0, 0, -40), now, 7*time.Hour)
	w.Exec(`UPDATE users SET time_zone = 'Asia/Kolkata' WHERE id = $1`, w.Alice.ID)
	day := now.AddDate(0, 0, -9).Format(time.DateOnly)
	for i, query := range []string{
		"", "?resource_types=task", "?actions=created&outcome=failure,denied", "?actor_id=bob&actor_id=amara", "?project_id=p1", "?include_system=true", "?q=thing", "?resource_id=3",
		"?q=-action:updated+-project:p2", "?q=weekday:mon,tue+hour:8,9,10,11", "?q=actor:amara+type:task", "?fold=no&outcome=denied",
		"?start_date=90d", "?start_date=365d&resource_types=invoice", "?start_date=7d&q=thing", "?start_date=2d", "?start_date=" + day + "&end_date=" + day, "?end_date=" + day, "?start_date=2020",
		"?start_date=" + day + "T10:11:12.5Z", "?start_date=" + day + "T10:11:12Z&end_date=" + day + "T18:00:00.25Z",
	} {
		readers := []string{"ada", "bob", "alice"}
		if i > 0 {
			readers = readers[i%3 : i%3+1]
		}
		for _, as := range readers {
			keepTheirWord(t, w, as, "/w/acme"+query, 9)
		}
	}
}

// Bars fill a period, over changes of clocks and in zones that are half an hour off.
func TestBarsWhereClocksChange(t *testing.T) {
	for zone, changes := range map[string][]string{
		"Canada/Newfoundland": {"2025-03-09", "2025-11-02", "2010-11-07"}, "Australia/Lord_Howe": {"2025-04-06", "2025-10-05"}, "Asia/Kolkata": {"2025-06-01"},
	} {
		t.Run(zone, func(t *testing.T) {
			w := New(t)
			w.Exec(`UPDATE workspaces SET time_zone = $1`, zone)
			w.Exec(`UPDATE users SET time_zone = 'Europe/Berlin' WHERE id = $1`, w.Alice.ID)
			for i, change := range changes {
				at, _ := time.Parse(time.DateOnly, change)
				spread(w, at.AddDate(0, 0, -4), at.AddDate(0, 0, 4), 50*time.Minute)
				for j, period := range []string{
					"start_date=" + change + "&end_date=" + change, "start_date=" + at.AddDate(0, 0, -3).Format(time.DateOnly) + "&end_date=" + at.AddDate(0, 0, 3).Format(time.DateOnly),
					"start_date=" + at.AddDate(0, 0, -1).Format(time.DateOnly) + "&end_date=" + change + "T11:22:33Z",
				} {
					as, path := []string{"ada", "bob", "alice"}[(i+j)%3], "/w/acme?"+period
					if sum, all := keepTheirWord(t, w, as, path, 5), totalOf(t, w, as, path); sum != all || all == 0 {
						t.Errorf("%s, %s: the bars are %d of %d", as, path, sum, all)
					}
				}
			}
		})
	}
}

// The window goes where the page is, and so do the steps beside it.
func TestWindowOfTheHistogram(t *testing.T) {
	w := New(t)
	now := w.Clock.Now()
	spread(w, now.AddDate(0, 0, -100), now, 8*time.Hour)
	here := func(path string) *goquery.Document {
		return document(t, w.Do(Request{As: "ada", Path: path}).Expect(t, 200))
	}
	d := here("/w/acme?fold=no")
	bars := barsOf(t, d)
	if text := d.Find(".histo-plot text.on").Text(); len(bars) != 30 || text != "Today" || d.Find(`.histo-step[aria-label="Later"]`).AttrOr("aria-disabled", "") != "true" {
		t.Errorf("%d bars up to %q", len(bars), text)
	}
	if !bars[len(bars)-1].shown || bars[0].shown {
		t.Error("dark are the days on the page")
	}
	third := here(here(d.Find(`a[rel=next]`).AttrOr("href", "")).Find(`a[rel=next]`).AttrOr("href", ""))
	moved := barsOf(t, third)
	if len(moved) != 30 || !moved[29].shown || moved[29].count == 0 || moved[29].label == bars[29].label || !strings.HasPrefix(moved[29].label, strings.TrimSpace(third.Find(".day").First().Contents().First().Text())) {
		t.Errorf("further back the last bar is %+v, above %s", moved[len(moved)-1], third.Find(".day").First().Text())
	}
	for steps, path := 0, d.Find(`.histo-step`).First().AttrOr("href", ""); steps < 3; steps++ {
		before := here(path)
		if n := len(barsOf(t, before)); n != 30 {
			t.Errorf("%s has %d bars", path, n)
		}
		path = before.Find(`.histo-step`).First().AttrOr("href", "")
	}
	for query, unit := range map[string]string{"?start_date=2d": "hour", "?start_date=90d": "day", "?start_date=365d": "week", "?start_date=2021": "month", "?end_date=2d": "day", "?start_date=0001": "day"} {
		if label := here("/w/acme?"+query[1:]).Find(".histo-plot").AttrOr("aria-label", ""); !strings.HasPrefix(label, "Activities per "+unit+", ") {
			t.Errorf("%s: %s", query, label)
		}
	}
}

// A day's heading says how many it has, on whatever pages they are; to whoever has other days it says nothing.
func TestDaysSayHowManyTheyHave(t *testing.T) {
	w := New(t)
	spread(w, w.Clock.Now().Add(-50*time.Hour), w.Clock.Now(), 20*time.Minute)
	pages := 0
	for path := "/w/acme?fold=no&resource_types=task"; path != ""; pages++ {
		d := document(t, w.Do(Request{As: "ada", Path: path}).Expect(t, 200))
		bars := map[string]int{}
		for _, b := range barsOf(t, d) {
			bars[labelled.FindStringSubmatch(b.label)[1]] = b.count
		}
		d.Find(".day").Each(func(_ int, s *goquery.Selection) {
			said := s.Find(".day-count").Text()
			date := strings.TrimSpace(s.Clone().Find(".day-count").Remove().End().Text())
			if name := s.Find("span").First(); s.Find("span").Length() == 2 {
				date = name.Text()
			}
			if n := bars[date]; n == 0 || said != fmt.Sprintf("%d activities", n) && n > 1 {
				t.Errorf("under %q stands %q, its bar says %d", date, said, n)
			}
		})
		path = d.Find(`a[rel=next]`).AttrOr("href", "")
	}
	if pages < 2 {
		t.Error("a day has to go over a page")
	}
	w.Exec(`UPDATE users SET time_zone = 'Asia/Kolkata' WHERE id = $1`, w.Ada.ID)
	d := document(t, w.Do(Request{As: "ada", Path: "/w/acme"}).Expect(t, 200, "Days of America/St_Johns"))
	if d.Find(".day-count").Length() != 0 {
		t.Error("other days have other numbers")
	}
	for _, b := range barsOf(t, d) {
		if u, _ := url.Parse(b.href); !strings.Contains(u.Query().Get("start_date"), "T00:00:00-0") {
			t.Fatalf("the address says %s", b.href)
		}
	}
}

func TestWhoGetsNoHistogram(t *testing.T) {
	w := New(t)
	fill(w, 20)
	w.Send(`{"actor": {"id": "bob"}, "action": "created"}`)
	has := func(as, path string, status int) bool {
		return document(t, w.Do(Request{As: as, Path: path}).Expect(t, status)).Find(".histo").Length() > 0
	}
	for _, path := range []string{"/w/acme?start_date=never", "/w/acme?outcome=great&q=foo:bar"} {
		if !has("ada", path, 400) {
			t.Errorf("%s loses the histogram", path)
		}
	}
	if !has("bob", "/w/acme", 200) || !has("ada", "/w/acme?cursor=nonsense", 200) || !has("ada", "/w/acme?start_date=2020&end_date=2020", 200) || has("ada", "/w/acme?q=nothinglikeit", 200) {
		t.Error("there is one where there is a page, or a period")
	}
	w.Exec(`UPDATE workspaces SET statistics = 'admins'`)
	if has("bob", "/w/acme", 200) || !has("ada", "/w/acme", 200) {
		t.Error("numbers are for those who may see statistics")
	}
	d := document(t, w.Do(Request{As: "bob", Path: "/w/acme"}))
	if d.Find(".day-count").Length() != 0 || d.Find(`.head-end a[href="/w/acme/exports"]`).Length() != 1 {
		t.Error("no numbers, but what is read may be taken out")
	}
}

// A filter of many values has an address as long: the page does not repeat it for each bar, the script does.
func TestBarsOfLongFilters(t *testing.T) {
	w := New(t)
	fill(w, 20)
	path := "/w/acme?actor_id=person"
	for i := range 40 {
		path += fmt.Sprintf("&actor_id=person-%03d", i)
	}
	d := document(t, w.Do(Request{As: "ada", Path: path}).Expect(t, 200))
	bars, plot := barsOf(t, d), d.Find(".histo-plot")
	last := plot.ChildrenFiltered("a").Last()
	to := plot.AttrOr("data-feed", "") + "&start_date=" + last.AttrOr("data-start", "") + "&end_date=" + last.AttrOr("data-end", "")
	if len(bars) != 30 || bars[29].href != "" || totalOf(t, w, "ada", to) != bars[29].count || bars[29].count != 20 {
		t.Errorf("%+v, %s", bars[len(bars)-1], to)
	}
}

// The feed does not wait for its histogram, and what that costs does not grow.
func TestHistogramCostsLittle(t *testing.T) {
	w := New(t)
	spread(w, w.Clock.Now().AddDate(0, 0, -20), w.Clock.Now(), 3*time.Hour)
	cost := func(path string) int64 {
		least := int64(1 << 30)
		for range 5 { // others use the pool, too
			before := w.DB.Pool.Stat().AcquireCount()
			w.Do(Request{As: "bob", Path: path}).Expect(t, 200)
			least = min(least, w.DB.Pool.Stat().AcquireCount()-before)
		}
		return least
	}
	plain := cost("/w/acme?actions=updated")
	for _, path := range []string{"/w/acme?actions=updated&start_date=90d", "/w/acme?actions=updated&start_date=365d", "/w/acme?actions=updated&start_date=2001"} {
		if n := cost(path); n > plain+1 { // the workspace's zone is looked up where a range cuts days
			t.Errorf("%s costs %d statements, the feed %d", path, n, plain)
		}
	}
	w.Exec(`UPDATE workspaces SET statistics = 'admins'`)
	without := cost("/w/acme?actions=updated")
	w.Exec(`UPDATE workspaces SET statistics = 'members'`)
	t.Logf("%d statements, %d without a histogram", plain, without)
	if plain > without+6 {
		t.Errorf("the feed costs %d statements, without a histogram %d", plain, without)
	}
	tooLate(t, w)
}

// tooLate holds the rollups, as a change of them does.
func tooLate(t *testing.T, w *World) {
	t.Helper()
	tx, err := w.DB.Pool.Begin(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.Background()) }()
	if _, err := tx.Exec(context.Background(), `LOCK TABLE daily_counts, hourly_counts`); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	d := document(t, w.Do(Request{As: "bob", Path: "/w/acme?actor_id=bob&outcome=denied"}).Expect(t, 200))
	if d.Find(".histo").Length() > 0 || !strings.Contains(w.Log.String(), "without its histogram") || time.Since(began) > 20*time.Second {
		t.Errorf("after %s: %s", time.Since(began), w.Log)
	}
	if d.Find(".entry").Length() == 0 {
		t.Error("the feed is there all the same")
	}
}

// The window's title says what is filtered; on paper it stands with the moment and the reader.
func TestTitlesAndPaper(t *testing.T) {
	w := New(t)
	w.Send(`{"actor": {"id": "bob"}, "action": "created", "resource": {"type": "invoice", "id": "1"}, "outcome": "failure"}`)
	for path, want := range map[string]string{
		"/w/acme": "Feed · The acme · Daybook", "/w/acme?resource_types=invoice&outcome=failure": "Invoice, failed · Feed · The acme · Daybook",
		"/w/acme?resource_types=invoice&q=-action:updated+has:changes+thing&include_system=true": "Invoice, with changes and 3 more · Feed · The acme · Daybook",
		"/w/acme?q=-has:project,resource": "Without a project, about nothing in particular · Feed · The acme · Daybook", "/w/acme?q=has:project": "With a project · Feed · The acme · Daybook",
		"/w/acme?q=%3Cscript%3E&fold=no": "<script> · Feed · The acme · Daybook", "/w/acme?outcome=great&q=gift": "",
	} {
		d := document(t, w.Do(Request{As: "ada", Path: path}))
		if got := d.Find("title").First().Text(); got != want && want != "" {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
		if paper := strings.Join(strings.Fields(d.Find(".on-paper").Text()), " "); !strings.Contains(paper, "As of ") || !strings.Contains(paper, "for Ada Person, The acme.") {
			t.Errorf("on paper stands %q", paper)
		}
	}
	d := document(t, w.Do(Request{As: "ada", Path: "/w/acme?resource_types=invoice&start_date=7d&cursor=x"}))
	if got := d.Find(`.head-end a`).Last().AttrOr("href", ""); got != "/w/acme/exports?resource_types=invoice&start_date=7d" {
		t.Errorf("exports are at %s", got)
	}
}
