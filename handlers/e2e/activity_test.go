//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// known is what the JSON of an activity says that these stories need.
type known struct {
	ID            string
	Actor         struct{ ID string }
	ResourceType  *string `json:"resource_type"`
	ResourceID    *string `json:"resource_id"`
	Project       *struct{ ID string }
	Changes       []struct{ Before, After any }
	IPAddress     *string        `json:"ip_address"`
	Metadata      map[string]any `json:"metadata"`
	CorrelationID *string        `json:"correlation_id"`
}

func (k known) path(workspace string) string { return "/w/" + workspace + "/activities/" + k.ID }

// activities gives the newest of what somebody may see.
func (w *world) activities(t *testing.T, who, workspace, query string) (all []known) {
	t.Helper()
	_, _, body := w.client(t, who).get(t, w.base+"/api/v1/workspaces/"+workspace+"/activity?limit=200"+query)
	if err := json.Unmarshal([]byte(body), &all); err != nil || len(all) == 0 {
		t.Fatalf("%d activities, %v: %.200s", len(all), err, body)
	}
	return all
}

// the first that something holds for.
func first(t *testing.T, all []known, holds func(known) bool) known {
	t.Helper()
	for _, k := range all {
		if holds(k) {
			return k
		}
	}
	t.Fatal("there is no such activity")
	return known{}
}

// anActivity: everything there is to know, on a page of its own.
func anActivity(t *testing.T, w *world) {
	all := w.activities(t, "ingrid", "tidewell", "")
	rich := first(t, all, func(k known) bool { return len(k.Changes) > 3 && k.IPAddress != nil && len(k.Metadata) > 0 })
	b := w.as(t, "ingrid").open(rich.path("tidewell"))
	b.want("document.querySelectorAll('.diff :is(.was, .now, del, ins)').length > 3", "what changed is marked")
	b.want("[...document.querySelectorAll('.section h2, .side h2')].map(h => h.innerText).join() .startsWith('Changes,Facts,Context,Metadata,Proof,History of')", "all its parts are there")
	b.want("document.querySelector('.proof .is-ok')", "it is as it was recorded")
	b.check("activity")
	b.hold(desktop, "light")

	eval[bool](b, "(() => { const write = navigator.clipboard.write.bind(navigator.clipboard); navigator.clipboard.write = async items => { window.copied = await (await items[0].getType('text/plain')).text(); return write(items) }; return true })()")
	for _, c := range []struct{ selector, begins string }{
		{"[data-copy=address]", w.base + rich.path("tidewell")}, {"[data-copy=answer]", "{\n  \"id\": \"" + rich.ID}, {"[data-copy='#metadata']", "{\n"},
	} {
		b.click(c.selector)
		eval[bool](b, "new Promise(done => { const look = () => document.querySelector("+quote(c.selector+"[data-copied=Copied]")+") ? done(true) : setTimeout(look, 20); look() })")
		if got := eval[string](b, "window.copied"); !strings.HasPrefix(got, c.begins) {
			t.Errorf("%s copies %q", c.selector, got)
		}
	}
	b.want("document.querySelector('#status').textContent === 'Copied'", "and says so to those who listen")

	older := b.open(rich.path("tidewell")).follow("a[rel=next]").where()
	b.check("activity-older")
	b.hold(desktop, "light")
	if b.follow("a[rel=prev]").where() != rich.path("tidewell") || older == rich.path("tidewell") {
		t.Error("older and newer do not lead there and back")
	}
	b.follow(".history > li:not(.is-this) > a").want("document.querySelectorAll('.history .is-this').length === 1", "the history goes on from there")
	b.follow(".history-all").want("document.querySelector('.history-feed .entry')", "and leads to all of it")

	m := w.as(t, "priya")
	seen := first(t, w.activities(t, "priya", "tidewell", ""), func(k known) bool { return len(k.Changes) > 0 })
	m.open(seen.path("tidewell")).want("![...document.querySelectorAll('h2')].some(h => h.innerText.startsWith('Context'))", "a member sees no addresses")
	m.check("activity-member")
	hidden := first(t, all, func(k known) bool {
		status, _, _ := w.client(t, "priya").get(t, w.base+k.path("tidewell"))
		return status == 404
	})
	m.openAs(hidden.path("tidewell"), 404)

	n := w.as(t, "ingrid").withoutScripts().open(rich.path("tidewell"))
	n.want("!document.querySelector('button[data-copy]').checkVisibility() && document.querySelector('#metadata').checkVisibility()", "what needs a script is not offered without")
	n.follow("[data-copy=answer]").want("document.body.innerText.includes("+quote(rich.ID)+")", "the JSON is a link")
}

// histories: a person, a project and a thing, with facts, figures, and what happened.
func histories(t *testing.T, w *world) {
	all := w.activities(t, "ingrid", "tidewell", "")
	one := first(t, all, func(k known) bool { return k.Project != nil && k.ResourceID != nil && *k.ResourceType == "task" })
	for _, who := range []string{"ingrid", "priya"} {
		if who == "priya" {
			one = first(t, w.activities(t, who, "tidewell", ""), func(k known) bool { return k.Project != nil && k.ResourceID != nil && *k.ResourceType == "task" })
		}
		b := w.as(t, who)
		for name, link := range map[string]string{"person": ".facts a.person", "project": ".facts a[href*='/projects/']", "thing": ".facts a[href*='/entity?']"} {
			b.hold(desktop, "light")
			b.open(one.path("tidewell")).follow(link)
			b.want("document.querySelectorAll('.history-feed .entry').length > 0 && document.querySelectorAll('.facts dt').length > 1", "it has facts and a feed")
			b.check("history-" + name + "-" + who)
			b.hold(desktop, "light")
			count := eval[string](b, "document.querySelector('.rank').innerText.match(/([\\d,]+)\\s*\\S*$/)?.[1] ?? ''")
			b.follow(".rank").want("document.querySelector('#main').innerText.includes("+quote(strings.TrimSpace(count))+")", "a bar leads to as many rows as it says")
		}
	}
	b := w.as(t, "ingrid").open(one.path("tidewell")).follow(".facts a.person")
	walk(b, 90)
	b.press(kb.Home)
	b.openAs("/w/tidewell/entity?type=task&id=none", 404)
}

// hostileHistories: the pages of all that the hostile application sent.
func hostileHistories(t *testing.T, w *world) {
	b := w.as(t, "wild")
	for i, k := range w.activities(t, "wild", "wild", "") {
		if k.ResourceID == nil || *k.ResourceType != "task" {
			continue
		}
		name := fmt.Sprint("hostile-activity-", i)
		b.open(k.path("wild")).inert(name)
		if i%4 == 0 {
			b.glance(name)
		} else {
			b.fits(name)
			b.hold(phone, "light")
			b.fits(name)
			b.hold(desktop, "light")
		}
		for kind, path := range map[string]string{"person": ".facts a.person", "thing": ".facts a[href*='/entity?']", "project": ".facts a[href*='/projects/']"} {
			b.open(k.path("wild")).follow(path).inert(name + "-" + kind)
			if i%5 == 0 {
				b.glance(name + "-" + kind)
			} else {
				b.fits(name + "-" + kind)
				b.hold(phone, "light")
				b.fits(name + "-" + kind)
				b.hold(desktop, "light")
			}
		}
		b.openAs("/w/wild/entity?"+url.Values{"type": {"task"}, "id": {*k.ResourceID}}.Encode(), 200)
	}
}
