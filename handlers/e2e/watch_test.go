//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
)

// watch collects what a tab should never have to say: messages in the console, reports of the policy and other issues, requests that
// failed, requests that left for elsewhere.
type watch struct {
	base string

	mu       sync.Mutex
	status   int64 // of the page
	pageURL  string
	requests int
	said     []string
}

// see is called with every event of the tab, in order.
func (w *watch) see(event any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		var words []string
		for _, a := range e.Args {
			words = append(words, string(a.Value))
		}
		w.say("console.%s %s", e.Type, strings.Join(words, " "))
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			text += " " + e.ExceptionDetails.Exception.Description
		}
		w.say("exception: %s", text)
	case *log.EventEntryAdded:
		if e.Entry.Source == log.EntrySourceNetwork && e.Entry.URL == w.pageURL {
			return // a page that was answered with an error on purpose; open and follow check the status
		}
		w.say("log, %s: %s (%s)", e.Entry.Source, e.Entry.Text, e.Entry.URL)
	case *audits.EventIssueAdded:
		if g := e.Issue.Details.GenericIssueDetails; g != nil {
			g.ViolatingNodeID = 0 // tells nothing, and makes one issue many
		}
		details, _ := json.Marshal(e.Issue.Details)
		w.say("issue: %s %s", e.Issue.Code, details)
	case *network.EventRequestWillBeSent:
		w.requests++
		if !strings.HasPrefix(e.Request.URL, w.base+"/") && !strings.HasPrefix(e.Request.URL, "about:") && !strings.HasPrefix(e.Request.URL, "data:image/svg+xml;base64,") { // Chromium's own calendar
			w.say("a request to elsewhere: %s", e.Request.URL)
		}
	case *network.EventResponseReceived:
		if e.Type == network.ResourceTypeDocument {
			w.status, w.pageURL = e.Response.Status, e.Response.URL
		} else if e.Response.Status >= 400 {
			w.say("%d for %s", e.Response.Status, e.Response.URL)
		}
	case *network.EventLoadingFailed:
		if !e.Canceled {
			w.say("a request failed: %s %s", e.Type, e.ErrorText)
		}
	}
}

func (w *watch) say(format string, values ...any) {
	text := fmt.Sprintf(format, values...)
	if !slices.Contains(w.said, text) {
		w.said = append(w.said, text)
	}
}

// heard gives what was collected since it was last asked.
func (w *watch) heard() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	said := w.said
	w.said = nil
	return said
}

// quiet fails the story when the tab said anything.
func (b *tab) quiet(when string) {
	b.t.Helper()
	for _, text := range b.watch.heard() {
		b.t.Errorf("%s, at %s: %s", b.who, when, text)
	}
}
