//go:build e2e

package e2e

import (
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// swap clicks something that changes the page's main part and its address; without scripts it leads to another page.
func (b *tab) swap(selector string) *tab {
	b.t.Helper()
	b.swapBy("follow "+selector, chromedp.Click(chromedp.CSS(selector)))
	return b
}

// swapKey is swap by a key.
func (b *tab) swapKey(key string) *tab {
	b.t.Helper()
	b.swapBy("press a key", chromedp.KeyEvent(key))
	return b
}

func (b *tab) swapBy(what string, actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if !b.scripts {
		b.arrive(what, 200, actions...)
		return
	}
	eval[bool](b, `(window.swapped = new Promise((done) => {
		const settled = (event) => { if (event.detail.target?.id === 'main') { document.removeEventListener('htmx:afterSettle', settled); done(true) } };
		document.addEventListener('htmx:afterSettle', settled);
	}), true)`)
	b.do(what, actions...)
	eval[bool](b, "window.swapped")
	b.want("document.querySelectorAll('main').length === 1 && !document.querySelector('main').hasAttribute('aria-busy')", "there is one main part, and it waits for nothing")
}

// soon waits until an expression is true.
func (b *tab) soon(js, why string) *tab {
	b.t.Helper()
	eval[bool](b, `new Promise((done) => {
		const began = performance.now();
		const look = () => { if (`+js+` || performance.now() - began > 5000) done(true); else setTimeout(look, 20) };
		look();
	})`)
	return b.want(js, why)
}

// panelIsThere is true when the filter has arrived, and htmx knows its form: until then it would lead to another page.
const panelIsThere = "document.querySelector('.filter-menu form') && !document.querySelector('.filter-menu :is(.htmx-request, .htmx-added, .htmx-settling, [aria-busy])')"

// panel opens the filter: beside the page, or, without scripts, as a page.
func (b *tab) panel() *tab {
	b.t.Helper()
	b.click(".filter-menu > summary")
	if !b.scripts {
		return b.follow(".filter-wait a")
	}
	return b.soon(panelIsThere, "the filter is fetched when it is opened")
}

// apply shows what was chosen in the panel.
func (b *tab) apply() *tab {
	b.t.Helper()
	return b.swap(".filter-foot .btn-primary")
}

// online cuts the tab off the network, or brings it back.
func (b *tab) online(on bool) {
	b.t.Helper()
	call(b, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
		MatchedNetworkConditions: []*network.Conditions{{Offline: !on, DownloadThroughput: -1, UploadThroughput: -1}},
	})
}
