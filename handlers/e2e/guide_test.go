//go:build e2e

package e2e

import "testing"

// theGuide is read by an admin on their way from the page about sending, and by somebody who is not signed in.
func theGuide(t *testing.T, w *world) {
	b := w.as(t, "ingrid").open("/w/tidewell/sending").follow("a[href='/docs?workspace=tidewell']")
	b.want("document.querySelector('#setup-shell')?.innerText.includes(\"DAYBOOK_WORKSPACE='tidewell'\")", "the examples are for the workspace one comes from").check("guide")
	b.hold(desktop, "light")
	b.want("document.querySelector('#first-shell').offsetParent !== null && document.querySelector('#first-go').offsetParent === null", "curl is shown first")
	b.want("document.querySelector('#follow-python').offsetParent !== null && document.querySelector('#follow-shell').offsetParent === null", "but Python where curl would not follow")
	b.want("document.querySelector('[data-copy=\"#token-command\"]').offsetParent !== null", "a command can be copied")
	b.click("label[for=first-go-tab]")
	b.want("document.querySelector('[data-copy=\"#first-go-get\"]').offsetParent !== null && document.querySelector('[data-copy=\"#first-go\"]').offsetParent !== null", "each of a program's steps, too")
	b.want("document.querySelector('#first-go').offsetParent !== null && document.querySelector('#first-shell').offsetParent === null", "Go takes its place")
	b.want("document.querySelector('#follow-go').offsetParent !== null && document.querySelector('#retry-shell').offsetParent !== null", "and in all that have it")
	w.tab(t).open("/docs").check("guide-of-nobody")
}
