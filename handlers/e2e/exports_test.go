//go:build e2e

package e2e

import (
	"strings"
	"testing"
)

// exports: somebody takes out what the feed shows: chooses columns and their order, sees that the file is made, and downloads it.
func exports(t *testing.T, w *world) {
	b := w.as(t, "ingrid")
	b.open("/w/tidewell/exports?actions=created&resource_types=invoice").check("exports")
	b.hold(desktop, "light")
	b.is("document.querySelector('.columns-order').open = true")
	up := b.mark("[...document.querySelectorAll('[name=up]')].find(e => e.value === 'actor')")
	b.click(up).want("document.querySelector('[name=order]').value.startsWith('actor,timestamp,')", "a column goes up in place")
	b.click(b.mark("document.querySelector('[name=columns][value=sentence]')"))
	b.want("document.querySelector('[name=order]').value.endsWith(',sentence')", "a column that is chosen comes last")
	b.is("document.querySelector('#name').value = 'Invoices of the demo'")
	b.follow(b.mark(saying(".panel-foot .btn-primary", "Make export")))
	for range 100 { // until somebody has made it
		if b.open("/w/tidewell/exports").is("document.querySelector('.export-table').innerText.includes('Done')") {
			break
		}
	}
	b.want("document.querySelector('.export-table').innerText.includes('Invoices of the demo')", "it is listed by its name")
	b.want("document.querySelector('[name=order]').value.startsWith('actor,timestamp,')", "the next form begins with what was chosen")
	b.check("exports-made")
	b.hold(desktop, "light")
	file := b.fetched("document.querySelector('.line-buttons a').href")
	rows := strings.Split(strings.TrimSuffix(file, "\r\n"), "\r\n")
	if len(rows) < 3 || !strings.HasPrefix(rows[0], "actor,timestamp,action,resource_type") || !strings.HasSuffix(rows[0], ",sentence") {
		t.Fatalf("the file begins with %q", rows[0])
	}
	for _, row := range rows[1:] {
		if !strings.Contains(row, ",created,invoice,") {
			t.Errorf("a row that was not asked for: %q", row)
		}
	}
	b.follow(b.mark("document.querySelector('.line-buttons form button')"))
	b.want("document.querySelector('.flash').innerText.includes('The file is deleted.') && document.querySelector('.export-table').innerText.includes('Removed')", "it is told")

	b = w.as(t, "ingrid").withoutScripts()
	b.open("/w/tidewell/exports?actions=created")
	b.fill("#name", "Without scripts").follow(b.mark(saying(".panel-foot .btn-primary", "Make export")))
	b.open("/w/tidewell/exports")
	if !strings.Contains(b.text("main"), "Without scripts") {
		t.Error("without scripts nothing is made")
	}
}

// fetched reads what an address of the page gives, as its browser does.
func (b *tab) fetched(address string) string {
	b.t.Helper()
	b.is("(() => { window.fetchedText = null; fetch(" + address + ").then(r => r.text()).then(t => { window.fetchedText = t }); return true })()")
	b.soon("window.fetchedText !== null", "the file comes")
	return eval[string](b, "window.fetchedText")
}
