package component_test

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"daybook/views/component"
)

func chartOf(t *testing.T, c component.Chart) *goquery.Document {
	t.Helper()
	var b strings.Builder
	if err := component.Bars(c).Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	d, err := goquery.NewDocumentFromReader(strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func bars(counts ...int64) component.Chart {
	c := component.Chart{Label: "Activities per day", Keys: []component.ChartKey{{Label: "Activities", Class: "k-1"}}}
	for i, n := range counts {
		c.Bars = append(c.Bars, component.ChartBar{Href: fmt.Sprint("/w/acme?day=", i), Label: fmt.Sprint("day ", i), Says: fmt.Sprint(n), Count: n, Parts: []int64{n}})
	}
	return c
}

func TestTheScaleIsRound(t *testing.T) {
	for most, want := range map[int64]string{
		0: "1", 1: "1", 3: "1 2 3", 4: "1 2 3 4", 5: "2 4 6", 8: "2 4 6 8", 9: "5 10", 33: "10 20 30 40", 81: "25 50 75 100", 101: "50 100 150", 1316: "500 1,000 1,500", 4000: "1,000 2,000 3,000 4,000",
		36_000: "10k 20k 30k 40k", 9_999: "2,500 5,000 7,500 10k", 5_100_000: "2M 4M 6M", 7_400_000_000: "2G 4G 6G 8G",
	} {
		got := strings.Join(chartOf(t, bars(most)).Find(`text[dx]`).Map(func(_ int, s *goquery.Selection) string { return s.Text() }), " ")
		if got != want {
			t.Errorf("up to %d: %s, want %s", most, got, want)
		}
	}
}

func number(s *goquery.Selection, name string) float64 {
	v, _ := strconv.ParseFloat(strings.TrimSuffix(s.AttrOr(name, ""), "%"), 64)
	return v
}

// Parts stand upon each other, a pixel apart, each in sight, and none leaves the chart.
func TestPartsStandUponEachOther(t *testing.T) {
	c := bars(100, 100, 0, 3)
	c.Keys = []component.ChartKey{{Class: "k-1"}, {Class: "k-2"}, {Class: "k-3"}}
	c.Bars[0].Parts, c.Bars[1].Parts, c.Bars[2].Parts, c.Bars[3].Parts = []int64{50, 25, 25}, []int64{99, 0, 1}, []int64{0, 0, 0}, []int64{1, 1, 1}
	d := chartOf(t, c)
	for i, heights := range []string{"90 45 44", "179 1", "", "1 1 1"} {
		var got []string
		foot := 190.0
		d.Find(".chart > a").Eq(i).Find("rect:not(.hit)").Each(func(_ int, s *goquery.Selection) {
			y, h := number(s, "y"), number(s, "height")
			if y+h != foot-1 || y < 0 {
				t.Errorf("bar %d: from %v, %v high, above %v", i, y, h, foot)
			}
			foot = y
			got = append(got, fmt.Sprint(h))
		})
		if strings.Join(got, " ") != heights {
			t.Errorf("bar %d has the heights %v, want %s", i, got, heights)
		}
	}
	if s := d.Find(".chart > a").Eq(1); s.AttrOr("data-parts", "") != "99 0 1" || s.AttrOr("data-count", "") != "100" || d.Find("[data-chart]").AttrOr("data-keys", "") != "k-1 k-2 k-3" {
		t.Error("a script is told something else")
	}
}

// Words under the chart do not touch on the narrowest screen, and there are more of them on a wide one.
func TestWordsUnderTheChartDoNotTouch(t *testing.T) {
	for _, n := range []int{1, 2, 7, 30, 31, 84, 93, 366} {
		c := bars(make([]int64, n)...)
		c.Now = "Today"
		first := time.Date(2025, 10, 22, 0, 0, 0, 0, time.UTC)
		for i := range c.Bars {
			if day := first.AddDate(0, 0, i); i == 0 || n < 9 || day.Weekday() == time.Monday {
				c.Bars[i].Tick = component.ChartTick{Long: day.Format("2 Jan"), Short: day.Format("2"), Group: day.Format("2006-01")}
			}
		}
		d := chartOf(t, c)
		for _, width := range []float64{250, 600} {
			end, words := -10.0, 0
			d.Find("text[text-anchor]").Each(func(_ int, s *goquery.Selection) {
				if width < 600 && s.HasClass("tick-wide") {
					return
				}
				words++
				length := 6.5 * float64(len(s.Text()))
				left := width * number(s, "x") / 100
				if s.AttrOr("text-anchor", "") == "middle" {
					left -= length / 2
				}
				if left < end+9.9 || left < 0 {
					t.Errorf("%d bars, %v wide: %q begins at %v, what stands before it ends at %v", n, width, s.Text(), math.Round(left), math.Round(end))
				}
				end = left + length
			})
			if words == 0 || words > 15 || n >= 30 && words < 3 {
				t.Errorf("%d bars, %v wide: %d words", n, width, words)
			}
		}
		if got := d.Find("text[text-anchor]").Last().Text(); got != "Today" {
			t.Errorf("%d bars: the last is %s", n, got)
		}
	}
}

func TestWhatIsComparedHasATick(t *testing.T) {
	c := bars(10, 20)
	if d := chartOf(t, c); d.Find(".prev, .legend").Length() != 0 {
		t.Error("nothing is compared, and one colour needs no legend")
	}
	c.Other, c.Bars[0].Before, c.Bars[1].Before = "30 days before", 40, 0
	d := chartOf(t, c)
	if d.Find(".prev").Length() != 1 || d.Find(".halo").AttrOr("y1", "") != d.Find(".prev").AttrOr("y1", "x") || !strings.Contains(d.Find(".legend").Text(), "30 days before") {
		t.Error("the period before is not drawn")
	}
	if y := number(d.Find(".prev"), "y1"); y != 8 {
		t.Errorf("the highest stands at %v", y)
	}
}
