//go:build e2e

package e2e

import (
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/chromedp/cdproto/page"
)

//go:embed testdata/axe.min.js
var axeFiles embed.FS

// sight is what a page tells of itself.
type sight struct {
	Wide  []string // what does not fit the screen
	Links []string // where it leads, on this server
}

// look is run in the page. Something sticks out when its box ends beyond the screen and nothing around it clips or scrolls it.
const look = `(() => {
	const width = document.documentElement.clientWidth;
	const held = (e) => { for (let p = e.parentElement; p && p !== document.body; p = p.parentElement) if (getComputedStyle(p).overflowX !== 'visible') return true; return false };
	const wide = [];
	if (document.documentElement.scrollWidth > width) wide.push('the page: ' + document.documentElement.scrollWidth + ' of ' + width);
	for (const e of document.body.querySelectorAll('*')) {
		if (!e.checkVisibility()) continue; // a closed menu has a box too
		const r = e.getBoundingClientRect();
		if (r.width > 1 && r.height > 1 && (r.right > width + 1 || r.left < -1) && !held(e) && wide.length < 5) wide.push(e.tagName + '.' + e.className + ' ' + Math.round(r.left) + '–' + Math.round(r.right) + ' of ' + width + ': ' + e.textContent.slice(0, 60));
	}
	return {Wide: wide, Links: [...document.querySelectorAll('a[href], area[href]')].filter(a => !a.getAttribute('href').startsWith('#') && a.origin === location.origin).map(a => a.href)};
})()`

// stands wants a page that was just loaded to have stood still meanwhile.
func (b *tab) stands() {
	b.t.Helper()
	if !b.scripts {
		return
	}
	moved := eval[[]string](b, `new Promise((resolve) => {
		const moved = [];
		new PerformanceObserver((list) => { for (const s of list.getEntries()) if (s.value > 0.005 && !s.hadRecentInput) moved.push(s.value.toFixed(3) + ': ' + s.sources.map(m => (m.node?.className ?? m.node?.nodeName) + ' ' + m.previousRect.y + '→' + m.currentRect.y).join(', ')) }).observe({type: 'layout-shift', buffered: true});
		requestAnimationFrame(() => setTimeout(() => resolve(moved)));
	})`)
	for _, m := range moved {
		b.t.Errorf("%s, at %s on %s: the page moved while it was loaded: %s", b.who, b.where(), b.screen.name, m)
	}
}

// Rules of axe-core: all that WCAG 2.2 AA and good practice ask for, and those that see colours alone.
const (
	allRules    = `{type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}`
	colourRules = `{type: 'rule', values: ['color-contrast', 'link-in-text-block']}`
)

// check looks at the page that is open in every way there is to look at it. The name is that of the state, for messages and pictures.
func (b *tab) check(name string) *tab {
	b.t.Helper()
	return b.checkOn(name, desktop, phone)
}

// checkOn is check for states that only some screens have; the last one stays.
func (b *tab) checkOn(name string, screens ...screen) *tab {
	b.t.Helper()
	b.quiet(name)
	rows := b.sample()
	for i, s := range screens {
		b.hold(s, "light")
		b.fits(name)
		b.shot(name)
		b.axe(name, rows, allRules)
		b.hold(s, "dark")
		b.shotIn(name, "dark")
		if i == 0 || rows == "document" { // the colours of a theme are those of every screen
			b.axe(name+", dark", rows, colourRules)
		}
	}
	if !b.is("document.querySelector('.nav:popover-open')") { // it is never open where it is a column
		b.atWidths(name)
	}
	b.hold(screens[len(screens)-1], "light")
	b.quiet(name)
	return b
}

// glance looks at a state that differs little from one that was checked: the same parts with other words.
func (b *tab) glance(name string) *tab {
	b.t.Helper()
	b.fits(name)
	b.shot(name)
	b.axe(name, b.sample(), allRules)
	b.atWidths(name)
	b.hold(desktop, "light")
	b.quiet(name)
	return b
}

// atWidths looks for what sticks out on screens of other widths: a page magnified four times, a tablet, a small laptop.
func (b *tab) atWidths(name string) {
	b.t.Helper()
	for _, width := range []int{320, 710, 1024} {
		b.hold(screen{name: fmt.Sprint(width), width: width, height: 800, fingers: width < 700}, "light")
		b.fits(name)
	}
}

// fits wants nothing to stick out.
func (b *tab) fits(name string) {
	b.t.Helper()
	if !b.scripts {
		b.want("document.documentElement.scrollWidth <= document.documentElement.clientWidth", "the page is not wider than the screen")
		return
	}
	g := eval[sight](b, look)
	for _, w := range g.Wide {
		b.t.Errorf("%s, %s on %s: too wide: %s", b.who, name, b.screen.name, w)
	}
	b.links.add(b.who, g.Links)
}

// sample is the part of the page that axe-core looks at. Of a long list it is the first rows, but for the first time that its reader
// comes to a page: one row is built like another, and fifty of them take a second each time.
func (b *tab) sample() string {
	b.t.Helper()
	path, _, _ := strings.Cut(b.who+b.where(), "?")
	if known := b.looked[path]; !known || b.count(".entry") < 40 {
		b.looked[path] = true
		return "document"
	}
	return "{include: [document], exclude: ['.entry:nth-child(n+7)', '.timeline > :nth-child(n+3)']}"
}

// axe wants axe-core to find nothing.
func (b *tab) axe(name, part, rules string) {
	b.t.Helper()
	if !b.scripts {
		return // it is one; the same page with scripts is looked at elsewhere
	}
	if !b.is("window.axe") {
		source, err := axeFiles.ReadFile("testdata/axe.min.js")
		if err != nil {
			b.t.Fatal(err)
		}
		eval[bool](b, string(source)+";true")
	}
	for _, found := range eval[[]string](b, `axe.run(`+part+`, {runOnly: `+rules+`, resultTypes: ['violations'], preload: false}).then(r => r.violations.flatMap(v =>
		v.nodes.slice(0, 3).map(n => v.id + ': ' + v.help + ' (' + v.nodes.length + ' times)\n    ' + n.target.join(' ') + '\n    ' + n.failureSummary.replace(/\n/g, ' '))))`) {
		b.t.Errorf("%s, %s on %s: %s", b.who, name, b.screen.name, found)
	}
}

// shotsVariable names the folder that pictures go to.
const shotsVariable = "DAYBOOK_SHOTS"

var unsafeInNames = regexp.MustCompile(`[^a-z0-9.]+`)

// shot takes a picture of the whole page, where pictures are wanted.
func (b *tab) shot(name string) { b.t.Helper(); b.shotIn(name, "light") }

func (b *tab) shotIn(name, theme string) {
	b.t.Helper()
	folder := os.Getenv(shotsVariable)
	if folder == "" {
		return
	}
	name = strings.Trim(unsafeInNames.ReplaceAllString(strings.ToLower(name+"-"+b.screen.name+"-"+theme), "-"), "-")
	var params page.CaptureScreenshotParams
	if size := call(b, page.GetLayoutMetrics, struct{}{}).CSSContentSize; size != nil && b.screen.width > 0 {
		beyond := true
		params.CaptureBeyondViewport = &beyond
		params.Clip = &page.Viewport{Width: float64(b.screen.width), Height: min(max(size.Height, float64(b.screen.height)), 4000), Scale: 1}
	}
	picture := call(b, page.CaptureScreenshot, params)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name+".png"), picture.Data, 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// shotOfScreen takes a picture of what the screen shows, and no more.
func (b *tab) shotOfScreen(name string) {
	b.t.Helper()
	folder := os.Getenv(shotsVariable)
	if folder == "" {
		return
	}
	picture := call(b, page.CaptureScreenshot, page.CaptureScreenshotParams{})
	if err := os.WriteFile(filepath.Join(folder, name+".png"), picture.Data, 0o644); err != nil {
		b.t.Fatal(err)
	}
}
