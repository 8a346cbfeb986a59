//go:build e2e

package e2e

import (
	"context"
	"os"
	"os/exec"
	"testing"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// browserNames are looked for in this order; the Makefile has the same list.
var browserNames = []string{"headless_shell", "headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}

// findBrowser gives the path of Chromium. A machine without one fails the stories: a skipped story looks like one that ended well.
func findBrowser(t *testing.T) string {
	t.Helper()
	for _, name := range browserNames {
		if found, err := exec.LookPath(name); err == nil {
			return found
		}
	}
	t.Fatal("The browser stories need Chromium: apt-get install chromium")
	return ""
}

// openBrowser starts the one Chromium of all stories.
func openBrowser(t *testing.T, path string) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.WindowSize(desktop.width, desktop.height))
	for _, name := range []string{"disable-quic", "disable-background-networking", "disable-component-update", "disable-sync"} {
		options = append(options, chromedp.Flag(name, true))
	}
	// Without a mouse at the machine Chromium believes that nobody has one
	options = append(options, chromedp.Flag("blink-settings", "primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4"))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium refuses root otherwise
	}
	allocator, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	browser, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	if err := chromedp.Do(browser); err != nil {
		t.Fatalf("starting %s: %v", path, err)
	}
	return browser
}

// screen is what somebody looks at Daybook with.
type screen struct {
	name          string
	width, height int
	fingers       bool
}

var (
	desktop = screen{name: "desktop", width: 1360, height: 900}
	phone   = screen{name: "phone", width: 390, height: 844, fingers: true}
)

// tab is a window of somebody's own session: no cookie is shared with another tab.
type tab struct {
	*world
	t       *testing.T
	ctx     context.Context
	who     string // for messages and pictures: "nobody", "ingrid" …
	watch   *watch
	screen  screen
	scripts bool
}

// tab opens an empty one. Whatever went wrong in it fails the story when that ends.
func (w *world) tab(t *testing.T) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(w.browser, chromedp.WithNewBrowserContext())
	b := &tab{world: w, t: t, ctx: ctx, who: "nobody", watch: &watch{base: w.base}, scripts: true}
	t.Cleanup(cancel)
	t.Cleanup(func() {
		if t.Failed() {
			b.shot("failed-" + b.where())
		}
		b.quiet("the end")
	})
	if err := chromedp.Listen(ctx, b.watch.see); err != nil {
		t.Fatal(err)
	}
	call(b, network.Enable, network.EnableParams{})
	call(b, audits.Enable, cdp.Empty{})
	call(b, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	b.hold(desktop, "light")
	return b
}

// call sends a command of the protocol to the tab.
func call[P, R any](b *tab, command cdp.Command[P, R], params P) R {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	result, err := chromedp.Call(ctx, command, params)
	if err != nil {
		b.t.Fatalf("%s: %v", command.Method, err)
	}
	return result
}

// hold looks at the page with another screen and theme. Nothing moves while it changes: what is half faded has no contrast to measure.
func (b *tab) hold(s screen, theme string) {
	b.t.Helper()
	b.screen = s
	call(b, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: int64(s.width), Height: int64(s.height), DeviceScaleFactor: 1, Mobile: s.fingers})
	call(b, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: s.fingers, MaxTouchPoints: 5})
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: theme}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}})
}

// withoutScripts switches scripts of pages off from the next page on.
func (b *tab) withoutScripts() *tab {
	b.t.Helper()
	b.scripts = false
	call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	return b
}

// as opens a tab of somebody who is signed in. The session comes from the sign-in form, by HTTP; a story of its own fills that form in.
func (w *world) as(t *testing.T, first string) *tab {
	t.Helper()
	b := w.tab(t)
	b.who = first
	cookie := w.client(t, first).cookie(t)
	call(b, network.SetCookie, network.SetCookieParams{Name: cookie.Name, Value: cookie.Value, URL: w.base, HTTPOnly: new(true), SameSite: network.CookieSameSiteLax})
	return b
}
