//go:build e2e

package e2e

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
)

// lists and menus of the filter: the parameter, and what stands above.
var (
	filterLists = []struct{ name, label string }{{"actions", "Action"}, {"resource_types", "Type"}}
	filterMenus = []struct{ name, label string }{{"actor_id", "Who"}, {"project_id", "Project"}, {"outcome", "Outcome"}}
)

func filtering(t *testing.T, w *world) {
	b := w.as(t, "ingrid").open("/w/tidewell")
	everyChoice(b)
	b.open("/w/tidewell").panel().check("filter-panel")
	b.hold(desktop, "light")

	// Long lists can be searched, and Enter there sends nothing
	b.fill("#find-actions", "comm").press(kb.Enter)
	b.want("[...document.querySelectorAll('.filter-list:first-child .check')].filter(o => o.offsetParent).every(o => /comm/i.test(o.innerText))", "only what matches is left")
	b.click(".head h1").want("!document.querySelector('.tools .menu[open]')", "a click elsewhere closes it")
	b.click("[title=Period]").want("document.querySelectorAll('.tools .menu[open]').length === 1", "one menu is open at a time")
	b.checkOn("menu-period", desktop)
	b.swap(b.mark(saying(".menu[open] .menu-item", "30 days")))
	if b.query().Get("start_date") != "30d" || b.text("[title=Period]") != "30 days" {
		t.Errorf("30 days are %s, %s", b.where(), b.text("[title=Period]"))
	}
	combined(b)
}

func filteringWithoutScripts(t *testing.T, w *world) {
	b := w.as(t, "ingrid").withoutScripts().open("/w/tidewell")
	b.want("matchMedia('(scripting: none)').matches", "no script runs")
	b.check("feed-without-scripts")
	b.hold(desktop, "light")
	everyChoice(b)
	combined(b)
	b.open("/w/tidewell").click("#q").press("type:invoice sent").arriveBy(kb.Enter, 200)
	if b.query().Get("q") != "type:invoice sent" || b.count(".entry") == 0 {
		t.Errorf("a search leads to %s with %d rows", b.where(), b.count(".entry"))
	}
}

// everyChoice chooses from each list and each menu, one after the other, and takes it back by its chip.
func everyChoice(b *tab) {
	b.t.Helper()
	all := total(b.open("/w/tidewell"))
	for _, l := range filterLists {
		b.open("/w/tidewell").panel()
		at := "document.querySelectorAll('[name=" + l.name + "]')[1]"
		value, n := eval[string](b, at+".value"), number(eval[string](b, at+".parentElement.querySelector('.count').textContent"))
		b.click(b.mark(at)).apply()
		b.narrowed(l.name, value, l.label, all)
		if total(b) != n {
			b.t.Errorf("%s %s: %d, the panel said %d", l.label, value, total(b), n)
		}
		b.takenBack(all)
	}
	for _, m := range filterMenus {
		b.open("/w/tidewell").panel()
		value := eval[string](b, "(s => { s.selectedIndex = 2; return s.value })(document.querySelector('#choose-"+m.name+"'))")
		b.apply()
		b.narrowed(m.name, value, m.label, all)
		b.takenBack(all)
	}
}

func (b *tab) narrowed(name, value, label string, all int) {
	b.t.Helper()
	if got := b.query()[name]; !slices.Equal(got, []string{value}) {
		b.t.Errorf("%s: the address has %q, want %s", label, got, value)
	}
	if n := total(b); n == 0 || n >= all {
		b.t.Errorf("%s %s: %d of %d", label, value, n, all)
	}
	if chips := b.texts(".chip"); len(chips) != 1 || !strings.Contains(chips[0], label) {
		b.t.Errorf("%s: the chips are %q", label, chips)
	}
	b.want("document.querySelector('.filter-menu > summary .count-mark')", "the button says that something is on")
}

func (b *tab) takenBack(all int) {
	b.t.Helper()
	b.swap(".chip-x")
	if b.count(".chip") != 0 || len(b.query()) != 0 || total(b) != all {
		b.t.Errorf("without the chip: %s, %d", b.where(), total(b))
	}
	if b.scripts {
		b.want("document.activeElement.id === 'total'", "the focus goes to what there is now")
	}
}

// combined narrows by several things at once, dates included, and clears them.
func combined(b *tab) {
	b.t.Helper()
	from, to := time.Now().AddDate(0, 0, -40).Format(time.DateOnly), time.Now().AddDate(0, 0, -10).Format(time.DateOnly)
	b.open("/w/tidewell").panel()
	for _, i := range []string{"0", "1"} {
		b.click(b.mark("document.querySelectorAll('[name=resource_types]')[" + i + "]"))
	}
	two := total(b.apply())
	if got := b.query()["resource_types"]; len(got) != 2 {
		b.t.Errorf("two types: %q", got)
	}
	b.click("[title=Period]")
	eval[bool](b, "(document.querySelector('[name=start_date]').value = "+quote(from)+", document.querySelector('[name=end_date]').value = "+quote(to)+", true)")
	b.swap(".menu[open] .menu-foot button")
	if b.query().Get("start_date") != from || b.query().Get("end_date") != to || total(b) >= two {
		b.t.Errorf("in a period: %s, %d of %d", b.where(), total(b), two)
	}
	b.want("[...document.querySelectorAll('.entry time')].every(t => t.dateTime >= "+quote(dayBefore(from))+")", "nothing is older")
	if b.count(".chip") != 3 {
		b.t.Errorf("the chips: %q", b.texts(".chip"))
	}
	b.check("feed-filtered")
	b.hold(desktop, "light")
	b.swap(b.mark(saying(".chip", "Period") + ".querySelector('a')"))
	if b.query().Has("start_date") || b.query().Has("end_date") || b.count(".chip") != 2 {
		b.t.Errorf("without the chip: %s", b.where())
	}
	b.swap(".clear")
	if len(b.query()) != 0 {
		b.t.Errorf("cleared: %s", b.where())
	}
}

func dayBefore(day string) string {
	at, _ := time.Parse(time.DateOnly, day)
	return at.AddDate(0, 0, -1).Format(time.DateOnly)
}

// olderAndNewer goes two pages back and returns to the beginning.
func olderAndNewer(t *testing.T, w *world) {
	b := w.as(t, "amara").open("/w/tidewell?outcome=success")
	b.want("document.querySelector('.pager [aria-disabled]').innerText.includes('Newer')", "there is nothing newer")
	first := b.rows()
	second := b.swap("a[rel=next]").rows()
	b.check("feed-page-two")
	b.hold(desktop, "light")
	b.want("document.activeElement.id === 'total' && scrollY === 0", "the page begins at its top")
	third := b.swap("a[rel=next]").rows()
	seen := map[string]bool{}
	for _, r := range slices.Concat(first, second, third) {
		if seen[r] {
			t.Errorf("twice: %s", r)
		}
		seen[r] = true
	}
	if b.query().Get("outcome") != "success" {
		t.Error("the filter is lost on the way")
	}
	var back []string // a page of runs is not always as full as the one that it leads back to, so there may be another one before it
	for pages := 0; b.count("a[rel=prev]") > 0; pages++ {
		if pages == 5 {
			t.Fatal("there is always something newer")
		}
		back = slices.Concat(b.swap("a[rel=prev]").rows(), back)
	}
	if !slices.Equal(back, slices.Concat(first, second)) {
		t.Errorf("the newer pages are not those that one came from:\n%q\n%q", back, slices.Concat(first, second))
	}
}

// rows tells the rows of the page apart.
func (b *tab) rows() []string {
	b.t.Helper()
	return eval[[]string](b, "[...document.querySelectorAll('.entry')].map(e => e.querySelector('time').dateTime + ' ' + e.querySelector('.sentence').textContent)")
}

// aMistakeInTheAddress is answered with the page, what is wrong, and the rest of the filter as it was.
func aMistakeInTheAddress(t *testing.T, w *world) {
	b := w.as(t, "ingrid").open("/w/tidewell?actions=created")
	right := total(b)
	b.openAs("/w/tidewell?actions=created&start_date=someday&outcome=maybe", 400)
	if total(b) != right {
		t.Errorf("%d rows, want %d: the rest of the filter still holds", total(b), right)
	}
	b.want("document.querySelectorAll('[role=alert] .error').length === 2", "both mistakes are told")
	if told := b.text("[role=alert]"); !strings.Contains(told, "From: must be a da") || !strings.Contains(told, "Outcome") {
		t.Errorf("it says %q", told)
	}
	if bad := b.texts(".chip-bad"); len(bad) != 2 {
		t.Errorf("the bad chips: %q", bad)
	}
	b.check("feed-mistake")
	b.hold(desktop, "light")
	b.click("[title=Period]").checkOn("feed-mistake-menu", desktop)
	b.swap(b.mark(saying(".chip-bad", "someday") + ".querySelector('a')"))
	if b.query().Has("start_date") || b.query().Get("actions") != "created" {
		t.Errorf("without the mistake: %s", b.where())
	}
	b.open("/w/tidewell?actions=never.happened").want("document.querySelector('.empty').innerText.includes('Nothing matches')", "nothing matches, and it says so")
	b.check("feed-nothing-matches")
}

// sharingALink: the address is the state, and who opens it sees what they may.
func sharingALink(t *testing.T, w *world) {
	b := w.as(t, "ingrid").open("/w/tidewell")
	m := w.as(t, "priya").open("/w/tidewell")
	b.panel()
	m.panel()
	names := "[...document.querySelectorAll('#choose-project_id option')].filter(o => o.value).map(o => o.value + '\\n' + o.textContent)"
	theirs := eval[[]string](m, names)
	hidden := slices.DeleteFunc(eval[[]string](b, names), func(p string) bool { return slices.Contains(theirs, p) })
	if len(hidden) == 0 || len(theirs) == 0 {
		t.Fatalf("Priya may see %d projects, and %d are hidden from her", len(theirs), len(hidden))
	}
	id, name, _ := strings.Cut(hidden[0], "\n")
	b.open("/w/tidewell?project_id=" + id)
	m.open(b.where())
	if all, hers := total(b), total(m); all == 0 || hers >= all {
		t.Errorf("of the %d activities of a project that is not hers, Priya sees %d", all, hers)
	}
	if hers := m.text("main"); strings.Contains(hers, name) && m.count(".entry") == 0 {
		t.Errorf("the page tells Priya that there is a project %q", name)
	}
	m.check("feed-shared-nothing")
	m.hold(desktop, "light")

	b.open("/w/tidewell?actions=commented&start_date=" + time.Now().AddDate(0, 0, -30).Format(time.DateOnly))
	m.open(b.where())
	if all, hers := total(b), total(m); hers == 0 || hers >= all {
		t.Errorf("Priya sees %d of %d comments", hers, all)
	}
	if b.texts(".chip")[0] != m.texts(".chip")[0] {
		t.Error("the filter is another one")
	}
}
