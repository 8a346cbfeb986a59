//go:build e2e

package e2e

import "testing"

// theReference is read by somebody who is not signed in: the page holds every rule, a language that is chosen once is chosen for all, and every link leads somewhere.
func theReference(t *testing.T, w *world) {
	b := w.tab(t).open("/docs/api").check("reference")
	b.hold(desktop, "light")
	b.want("document.querySelector('#sendActivity-curl').offsetParent !== null && document.querySelector('#sendActivity-go').offsetParent === null", "curl is shown first")
	b.click("label[for=sendActivity-python-tab]")
	b.want("document.querySelector('#sendActivity-python').offsetParent !== null && document.querySelector('#sendActivity-curl').offsetParent === null", "Python takes its place")
	b.want("document.querySelector('#listActivities-python').offsetParent !== null && document.querySelector('#listActivities-curl').offsetParent === null", "of every call")
	b.open("/docs")
	b.want("document.querySelector('#first-python').offsetParent !== null && document.querySelector('#follow-python').offsetParent !== null", "and of the next page")
	b.want("document.querySelector('#batch-shell').offsetParent !== null", "what there is in no other language stays")
}
