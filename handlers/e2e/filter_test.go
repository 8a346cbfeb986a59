//go:build e2e

package e2e

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// menus of the bar: the parameter, and what stands on the button.
var menus = []struct{ name, label string }{
	{"resource_types", "Type"}, {"actions", "Action"}, {"actor_id", "Person"}, {"project_id", "Project"}, {"outcome", "Outcome"},
}

func filteringWithMenus(t *testing.T, w *world) {
	b := w.as(t, "ingrid").open("/w/tidewell")
	everyMenu(b)
	b.open("/w/tidewell")
	for _, m := range menus {
		b.click(b.mark(saying(".tools summary", m.label))).glance("menu-" + m.label)
	}
	b.click(b.mark(saying(".tools summary", "Period"))).want("document.querySelectorAll('.tools .menu[open]').length === 1", "one menu is open at a time")
	b.checkOn("menu-Period", desktop)

	// Long menus can be searched
	b.click(b.mark(saying(".tools summary", "Person"))).fill(".menu[open] .menu-find input", "amara")
	b.want("[...document.querySelectorAll('.menu[open] .check')].filter(o => o.offsetParent).every(o => /amara/i.test(o.innerText))", "only what matches is left")
	b.click("main h1").want("!document.querySelector('.tools .menu[open]')", "a click elsewhere closes it")

	combined(b)
}

func filteringWithoutScripts(t *testing.T, w *world) {
	b := w.as(t, "ingrid").withoutScripts().open("/w/tidewell")
	b.want("matchMedia('(scripting: none)').matches", "no script runs")
	b.check("feed-without-scripts")
	b.hold(desktop, "light")
	everyMenu(b)
	combined(b)
}

// everyMenu chooses the second line of each menu, one menu after the other, and takes it back by its chip.
func everyMenu(b *tab) {
	b.t.Helper()
	for _, m := range menus {
		all := total(b.open("/w/tidewell"))
		option := b.choose(m.label, 1)
		b.follow(".menu[open] .menu-foot button")
		if got := b.query()[m.name]; !slices.Equal(got, []string{option.value}) {
			b.t.Errorf("%s: the address has %q, want %s", m.label, got, option.value)
		}
		if n := total(b); n == 0 || n >= all || option.count >= 0 && n != option.count {
			b.t.Errorf("%s %s: %d of %d, the menu said %d", m.label, option.label, n, all, option.count)
		}
		if chips := b.texts(".chip"); len(chips) != 1 || !strings.Contains(chips[0], option.label) || !strings.Contains(chips[0], m.label) {
			b.t.Errorf("%s: the chips are %q, want %s", m.label, chips, option.label)
		}
		b.want(saying(".tools summary", m.label)+".querySelector('.count-mark')", "the button says that something is chosen")
		b.follow(".chip-x")
		if b.count(".chip") != 0 || len(b.query()) != 0 || total(b) != all {
			b.t.Errorf("%s: without the chip: %s, %d", m.label, b.where(), total(b))
		}
	}
}

// choice is a line of a menu.
type choice struct {
	value, label string
	count        int // -1: none is shown
}

// choose opens a menu and ticks a line of it.
func (b *tab) choose(label string, line int) choice {
	b.t.Helper()
	b.click(b.mark(saying(".tools summary", label)))
	at := "document.querySelectorAll('.menu[open] .check')[" + strconv.Itoa(line) + "]"
	c := choice{value: eval[string](b, at+".querySelector('input').value"), label: eval[string](b, at+".querySelector('.name').innerText"), count: -1}
	if b.is(at + ".querySelector('.count')") {
		c.count = number(eval[string](b, at+".querySelector('.count').innerText"))
	}
	b.click(b.mark(at))
	return c
}

// combined narrows by several things at once, dates included, and clears them.
func combined(b *tab) {
	b.t.Helper()
	from, to := time.Now().AddDate(0, 0, -40).Format(time.DateOnly), time.Now().AddDate(0, 0, -10).Format(time.DateOnly)
	b.open("/w/tidewell")
	b.choose("Type", 0)
	b.click(b.mark("document.querySelectorAll('.menu[open] .check')[1]"))
	b.follow(".menu[open] .menu-foot button")
	two := total(b)
	if got := b.query()["resource_types"]; len(got) != 2 {
		b.t.Errorf("two types: %q", got)
	}
	b.click(b.mark(saying(".tools summary", "Period")))
	eval[bool](b, "(document.querySelector('[name=start_date]').value = "+quote(from)+", document.querySelector('[name=end_date]').value = "+quote(to)+", true)")
	b.follow(".menu[open] .menu-foot button")
	if b.query().Get("start_date") != from || b.query().Get("end_date") != to || total(b) >= two {
		b.t.Errorf("in a period: %s, %d of %d", b.where(), total(b), two)
	}
	b.want("[...document.querySelectorAll('.entry time')].every(t => t.dateTime >= "+quote(dayBefore(from))+")", "nothing is older")
	if b.count(".chip") != 4 {
		b.t.Errorf("the chips: %q", b.texts(".chip"))
	}
	b.check("feed-filtered")
	b.hold(desktop, "light")
	b.follow(b.mark(saying(".chip", "From") + ".querySelector('a')"))
	if b.query().Has("start_date") || b.query().Get("end_date") != to || b.count(".chip") != 3 {
		b.t.Errorf("without the chip: %s", b.where())
	}
	b.follow(".clear")
	if len(b.query()) != 0 {
		b.t.Errorf("cleared: %s", b.where())
	}
}

func dayBefore(day string) string {
	at, _ := time.Parse(time.DateOnly, day)
	return at.AddDate(0, 0, -1).Format(time.DateOnly)
}

// olderAndNewer goes two pages back and returns.
func olderAndNewer(t *testing.T, w *world) {
	b := w.as(t, "amara").open("/w/tidewell?outcome=success")
	b.want("document.querySelector('.pager [aria-disabled]').innerText.includes('Newer')", "there is nothing newer")
	first := b.rows()
	second := b.follow("a[rel=next]").rows()
	b.check("feed-page-two")
	b.hold(desktop, "light")
	third := b.follow("a[rel=next]").rows()
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
	if back := b.follow("a[rel=prev]").rows(); !slices.Equal(back, second) {
		t.Error("one page newer is not the page that one came from")
	}
	if back := b.follow("a[rel=prev]").rows(); !slices.Equal(back, first) {
		t.Error("two pages newer is not where one began")
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
	b.openAs("/w/tidewell?actions=created&start_date=tomorrow&outcome=maybe", 400)
	if total(b) != right {
		t.Errorf("%d rows, want %d: the rest of the filter still holds", total(b), right)
	}
	b.want("document.querySelectorAll('[role=alert] .error').length === 2", "both mistakes are told")
	if told := b.text("[role=alert]"); !strings.Contains(told, "From: Must be a date") || !strings.Contains(told, "Outcome") {
		t.Errorf("it says %q", told)
	}
	if bad := b.texts(".chip-bad"); len(bad) != 2 {
		t.Errorf("the bad chips: %q", bad)
	}
	b.check("feed-mistake")
	b.hold(desktop, "light")
	b.click(b.mark(saying(".tools summary", "Period"))).checkOn("feed-mistake-menu", desktop)
	b.follow(b.mark(saying(".chip-bad", "tomorrow") + ".querySelector('a')"))
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
	names := "[...document.querySelectorAll('[name=project_id]')].map(i => i.value + '\\n' + i.parentElement.querySelector('.name').textContent)"
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
