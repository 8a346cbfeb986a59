//go:build e2e

package e2e

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

// hostile is what applications send that mean harm, or never thought of a page. Each would set window.canary if it ran.
var hostile = []string{
	`<script>window.canary = 1</script>`,
	`"><img src=x onerror="window.canary = 1">`,
	`</script></title></textarea></style><svg onload="window.canary = 1">`,
	`javascript:window.canary=1`,
	`' autofocus onfocus='window.canary = 1`,
	`{{constructor.constructor('window.canary = 1')()}} ${window.canary = 1} <%= 1 %>`,
	strings.Repeat("Unbreakable", 46)[:500],
	strings.Repeat("ship 🚢 ", 55)[:494],
	"\u202egnp.exe\u202c and \u2066isolated\u2069",
	"مشروع الموقع الجديد — עברית, (نص) 42",
	"👩\u200d👩\u200d👧\u200d👦🏳️\u200d🌈 \u200d\u200d\u200d Z̸̢̛a̶l̷g̵o̴ ﷽﷽﷽ ꧁༺༻꧂",
	"new\nline\ttab  blanks &amp; &lt;b&gt; \u0007\u200b",
	"constructor", "__proto__", " ", ".",
}

// addresses of things, none of which but the last may become a link.
var hostileURLs = []string{
	"javascript:window.canary=1", "JaVaScRiPt://%0awindow.canary=1", "data:text/html,<script>window.canary=1</script>", "vbscript:x", "//evil.example/x", "https://good.example@evil.example/",
	"https://example.com/\"><script>window.canary=1</script>",
}

// events puts every hostile text into every place that takes it.
func hostileEvents() []map[string]any {
	var events []map[string]any
	actions := []string{"created", "commented", "status_changed", "deleted", "shared", "never.heard_of"}
	for i, text := range hostile {
		outcome := []string{"success", "failure", "denied"}[i%3]
		id := asID(text)
		event := map[string]any{
			"actor":  map[string]any{"id": asActorID(text), "name": text, "type": []string{"user", "agent"}[i%2]},
			"action": actions[i%len(actions)], "resource": map[string]any{"type": "task", "id": id, "name": text, "url": hostileURLs[i%len(hostileURLs)]},
			"project": map[string]any{"id": id, "name": text}, "description": text + "\n" + text, "outcome": outcome, "correlation_id": id,
			"changes":  []map[string]any{{"field": "status", "before": text, "after": text + text}, {"field": "empty", "before": nil, "after": map[string]any{text + "?": []any{text, 1, nil}}}},
			"metadata": map[string]any{"key " + text: text, "nested": map[string]any{"<b>": []any{text, text}}}, "user_agent": text,
		}
		if i%2 == 1 {
			event["on_behalf_of"] = map[string]any{"id": asActorID(hostile[(i+1)%len(hostile)]), "name": text}
		}
		events = append(events, event)
	}
	return events
}

// asID cuts a text to what an id may be.
func asID(text string) string {
	const most = 255
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "")
	}
	return text
}

// asActorID is asID for actors, who need something to be seen.
func asActorID(text string) string {
	if strings.TrimSpace(text) == "" {
		return "blank"
	}
	return asID(text)
}

// hostileContent: nothing becomes markup, nothing runs, nothing sticks out.
func hostileContent(t *testing.T, w *world) {
	w.run(t, "", "workspace", "create", "--slug", "wild", "--name", hostile[0]+strings.Repeat("Wide", 12))
	token := w.run(t, "", "token", "create", "--service", "Harm", "--workspace", "wild", "--scope", "activity:write")
	for _, event := range hostileEvents() {
		w.send(t, "wild", token, event)
	}
	w.run(t, "hostile password\n", "user", "create", "--email", "wild@wild.example", "--name", hostile[1]+hostile[9], "--password-stdin")
	w.run(t, "", "member", "add", "--workspace", "wild", "--user", "wild@wild.example", "--role", "admin")
	w.people["wild"] = account{email: "wild@wild.example", password: "hostile password"}

	b := w.as(t, "wild").open("/w/wild")
	b.waitForRows(len(hostile))
	b.inert("hostile")
	b.check("hostile")
	b.hold(desktop, "light")
	openAll(b)
	b.inert("hostile-open")
	b.check("hostile-open")
	b.hold(desktop, "light")
	b.open("/w/wild").panel().inert("hostile-filter")
	b.glance("hostile-filter")
	b.open("/account").inert("hostile-account")
	b.check("hostile-account")
	b.hold(desktop, "light")
	followAll(b)
}

// followAll follows every name of every hostile row: each finds its row again.
func followAll(b *tab) {
	b.t.Helper()
	links := eval[[]string](b.open("/w/wild"), "[...new Set([...document.querySelectorAll('.entry a[href]')].filter(a => a.origin === location.origin).map(a => a.getAttribute('href')))]")
	if len(links) < 3*len(hostile)-6 {
		b.t.Errorf("only %d names are links", len(links))
	}
	c := b.client(b.t, "wild")
	for i, link := range links {
		status, _, body := c.get(b.t, b.base+link)
		if status != 200 || !strings.Contains(body, `class="entry`) && !strings.Contains(body, `class="lead`) {
			b.t.Errorf("%d, and neither a row nor a page of its own, for %s", status, link)
		}
		if i%12 == 0 {
			b.open(link).inert("hostile-link")
		}
	}
	b.openAs("/w/wild?actions=%3Cscript%3Ewindow.canary=1%3C/script%3E&resource_id=%22%3E%3Cimg+src=x+onerror=window.canary=1%3E&start_date=%3Csvg/onload=window.canary=1%3E", 400)
	b.inert("hostile-mistake")
	b.check("hostile-mistake")
}

// inert wants nothing of what was stored to have become part of the page.
func (b *tab) inert(name string) {
	b.t.Helper()
	b.want("!('canary' in window)", name+": nothing ran")
	b.want("document.querySelectorAll('img, iframe, object, embed, base, style, [style], .entry script, .entry svg svg, body script').length === 0", name+": nothing became an element")
	b.want("[...document.querySelectorAll('*')].every(e => [...e.attributes].every(a => !/^on/i.test(a.name)))", name+": nothing became a handler")
	b.want("[...document.querySelectorAll('[href], [action], [src]')].every(e => /^(https?:|$)/.test(new URL(e.getAttribute('href') ?? e.getAttribute('action') ?? e.getAttribute('src'), location.href).protocol))", name+": links lead to the web alone")
	b.want("[...document.querySelectorAll('a[href]')].every(a => { const to = new URL(a.getAttribute('href'), location); return to.origin === location.origin || to.hostname === 'example.com' && a.relList.contains('noreferrer') })", name+": nothing leads where it does not seem to")
}

// waitForRows reloads until the journal has posted what was sent.
func (b *tab) waitForRows(n int) {
	b.t.Helper()
	for range 100 {
		if b.count(".entry") >= n {
			return
		}
		b.open("/w/wild")
	}
	b.t.Fatalf("%d rows, want %d", b.count(".entry"), n)
}

// send posts an event, as an application does.
func (w *world) send(t *testing.T, workspace, token string, event map[string]any) {
	t.Helper()
	body, err := json.Marshal(event)
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.base+"/api/v1/workspaces/"+workspace+"/activity", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if text, _ := io.ReadAll(answer.Body); answer.StatusCode != http.StatusCreated {
		t.Errorf("sending %.80s: %d %s", body, answer.StatusCode, text)
	}
}
