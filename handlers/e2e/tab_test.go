//go:build e2e

package e2e

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"

	"github.com/chromedp/chromedp"
)

// do runs actions, or ends the story.
func (b *tab) do(what string, actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		b.t.Fatalf("%s, %s, at %s: %v", b.who, what, b.where(), err)
	}
}

// eval asks the page.
func eval[T any](b *tab, js string) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](js, chromedp.EvalAwaitPromise))
	if err != nil {
		if len(js) > 300 {
			js = js[:300] + " …"
		}
		b.t.Fatalf("%s, at %s: %v in %s", b.who, b.where(), err, js)
	}
	return value
}

// open goes to a path and wants the page to be answered with 200.
func (b *tab) open(path string) *tab {
	b.t.Helper()
	return b.openAs(path, 200)
}

func (b *tab) openAs(path string, status int64) *tab {
	b.t.Helper()
	b.arrive("open "+path, status, chromedp.Navigate(b.base+path))
	b.stands()
	return b
}

// follow clicks something that leads to another page.
func (b *tab) follow(selector string) *tab {
	b.t.Helper()
	return b.followAs(selector, 200)
}

func (b *tab) followAs(selector string, status int64) *tab {
	b.t.Helper()
	b.arrive("follow "+selector, status, chromedp.Click(chromedp.CSS(selector)))
	return b
}

// enter presses keys that lead to another page.
func (b *tab) enter(keys string) *tab {
	b.t.Helper()
	b.arrive("press a key", 200, chromedp.KeyEvent(keys))
	return b
}

// arrive waits for the page that actions lead to. Errors of the page before are told under its own address.
func (b *tab) arrive(what string, status int64, actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	response, err := chromedp.RunResponse(ctx, actions...)
	if err != nil {
		b.t.Fatalf("%s, %s, at %s: %v", b.who, what, b.where(), err)
	}
	if response.Status != status {
		b.t.Fatalf("%s, %s: %d, want %d", b.who, what, response.Status, status)
	}
}

func (b *tab) click(selector string) *tab {
	b.t.Helper()
	b.do("click "+selector, chromedp.Click(chromedp.CSS(selector)))
	return b
}

func (b *tab) fill(selector, text string) *tab {
	b.t.Helper()
	b.do("fill "+selector, chromedp.Clear(chromedp.CSS(selector)), chromedp.SendKeys(chromedp.CSS(selector), text))
	return b
}

// press sends keys to whatever has the focus.
func (b *tab) press(keys ...string) *tab {
	b.t.Helper()
	for _, k := range keys {
		b.do("press", chromedp.KeyEvent(k))
	}
	return b
}

// where is the path and query of the page.
func (b *tab) where() string {
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	at, err := chromedp.Run(ctx, chromedp.Location())
	if err != nil {
		return err.Error()
	}
	return strings.TrimPrefix(at, b.base)
}

// query is the query of the page's address.
func (b *tab) query() url.Values {
	b.t.Helper()
	u, err := url.Parse(b.where())
	if err != nil {
		b.t.Fatal(err)
	}
	return u.Query()
}

// is tells whether an expression is true in the page.
func (b *tab) is(js string) bool {
	b.t.Helper()
	return eval[bool](b, "!!("+js+")")
}

// want fails the story when an expression is not true.
func (b *tab) want(js, why string) *tab {
	b.t.Helper()
	if !b.is(js) {
		b.t.Errorf("%s, at %s: %s; not so: %s", b.who, b.where(), why, js)
	}
	return b
}

// texts are the texts of all that a selector finds, as one reads them.
func (b *tab) texts(selector string) []string {
	b.t.Helper()
	return eval[[]string](b, "[...document.querySelectorAll("+quote(selector)+")].map(e => e.innerText.replace(/\\s+/g, ' ').trim())")
}

// text is that of the first.
func (b *tab) text(selector string) string {
	b.t.Helper()
	all := b.texts(selector)
	if len(all) == 0 {
		b.t.Fatalf("%s, at %s: there is no %s", b.who, b.where(), selector)
	}
	return all[0]
}

func (b *tab) count(selector string) int {
	b.t.Helper()
	return eval[int](b, "document.querySelectorAll("+quote(selector)+").length")
}

// saying is a selector's element whose text contains something, as an expression.
func saying(selector, text string) string {
	return "[...document.querySelectorAll(" + quote(selector) + ")].find(e => e.innerText.includes(" + quote(text) + "))"
}

// mark gives an element that an expression finds a name for the next step, and that name as a selector.
func (b *tab) mark(js string) string {
	b.t.Helper()
	b.want(js, "there is such an element")
	eval[bool](b, "(() => { for (const e of document.querySelectorAll('[data-e2e]')) e.removeAttribute('data-e2e'); const e = "+js+"; if (!e) return false; e.setAttribute('data-e2e', ''); return true })()")
	return "[data-e2e]"
}

func quote(s string) string {
	text, _ := json.Marshal(s)
	return string(text)
}

// arriveBy presses a key and wants the next page to be answered with a status.
func (b *tab) arriveBy(key string, status int64) *tab {
	b.t.Helper()
	b.arrive("press a key", status, chromedp.KeyEvent(key))
	return b
}
