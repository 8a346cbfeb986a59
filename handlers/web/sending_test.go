package web_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
)

func TestWaitingForTheFirstEvent(t *testing.T) {
	w := New(t)
	page := document(t, w.Do(Request{As: "ada", Path: "/w/acme/sending"}).Expect(t, 200, "Waiting for your first event…", "http://daybook.test/api/v1/workspaces/acme/activity", "YOUR_TOKEN", "Look again"))
	look, _ := page.Find(".is-waiting").Attr("hx-get")
	if every, _ := page.Find(".is-waiting").Attr("hx-trigger"); look != "/w/acme/sending/arrival" || every != "every 2s" {
		t.Error(look, every)
	}
	w.Do(Request{As: "ada", Path: look}).Expect(t, 200, "is-waiting").Lacks(t, "<html")
	spoil(w, 1)
	w.Do(Request{As: "ada", Path: look}).Expect(t, 200, "is-waiting", "One event came and was rejected.", "/w/acme/rejected")
	w.Send(`{"actor": {"id": "amara", "name": "Amara <b>"}, "action": "created", "resource": {"type": "project", "name": "New Website"}}`)
	part := w.Do(Request{As: "ada", Path: look}).Expect(t, 200, "is-here", "Events arrive.", "Amara &lt;b&gt; created project New Website", "from service token service", "/w/acme/activities/")
	part.Lacks(t, "hx-trigger", "is-waiting") // it looks no more
	if part.Header.Get("Cache-Control") != "no-store" {
		t.Error(part.Header)
	}
	w.Do(Request{As: "ada", Path: "/w/acme/sending"}).Expect(t, 200, "is-here").Lacks(t, "hx-trigger")
	w.Exec(`UPDATE workspaces SET archived_at = now() WHERE id = $1`, w.Acme.ID)
	w.Do(Request{As: "ada", Path: "/w/acme/sending"}).Expect(t, 200, "Sending is closed.").Lacks(t, "snippet", "YOUR_TOKEN")
}

func TestAnEmptyFeedLeadsToSending(t *testing.T) {
	w := New(t)
	w.Do(Request{As: "ada", Path: "/w/acme?resource_types=nothing"}).Expect(t, 200).Lacks(t, "How to send events")
	w.Exec(`INSERT INTO workspaces (id, slug, name, time_zone) VALUES (gen_random_uuid(), 'fresh', 'Fresh', 'UTC')`)
	w.Do(Request{As: "ina", Path: "/w/fresh"}).Expect(t, 200, `href="/w/fresh/sending"`, "How to send events")
}

// What the page tells people to copy is run as it stands there, with the token and the address of this test. Go runs wherever the tests do; of the
// other programs those that are there.
func TestSnippetsRun(t *testing.T) {
	w := New(t)
	token, a := mintToken(w, "scopes", "activity:write")
	d := document(t, a)
	runs := map[string]struct {
		file    string
		command []string
	}{
		"snippet-curl":       {"send.sh", []string{"sh", "send.sh"}},
		"snippet-go":         {"send.go", []string{"go", "run", "send.go"}},
		"snippet-python":     {"send.py", []string{"python3", "send.py"}},
		"snippet-javascript": {"send.mjs", []string{"node", "send.mjs"}},
	}
	if n := d.Find(".snippet pre").Length(); n != len(runs) {
		t.Fatalf("%d snippets", n)
	}
	for id, run := range runs {
		t.Run(id, func(t *testing.T) {
			code := d.Find("#" + id).Text()
			if strings.Count(code, "http://daybook.test/api/v1/workspaces/acme/activity") != 1 || strings.Count(code, "Bearer "+token) != 1 || strings.Contains(code, "YOUR_TOKEN") {
				t.Fatal(code)
			}
			needed := run.command[0]
			if needed == "sh" {
				needed = "curl"
			}
			if _, err := exec.LookPath(needed); err != nil && needed != "go" {
				t.Logf("%s is not on this machine, so its snippet was read and not run", needed)
				return
			}
			sendWith(t, w, run.file, strings.Replace(code, "http://daybook.test", "http://"+w.Address, 1), run.command)
		})
	}
}

func sendWith(t *testing.T, w *World, file, code string, command []string) {
	t.Helper()
	const sent = `SELECT count(*) FROM activities WHERE entity_name = 'New Website' AND actor_name = 'Amara Okafor' AND entity_id = '42'`
	before := Ask[int](w, sent)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, file), []byte(code), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	run := exec.CommandContext(ctx, command[0], command[1:]...)
	run.Dir = dir
	run.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off")
	var out bytes.Buffer
	run.Stdout, run.Stderr = &out, &out
	if err := run.Run(); err != nil {
		t.Fatalf("%v: %s", err, out.String())
	}
	w.Drain()
	if Ask[int](w, sent) != before+1 || !strings.Contains(out.String(), `"accepted":1`) {
		t.Errorf("nothing arrived; it said %s", out.String())
	}
}
