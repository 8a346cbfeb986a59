package web_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
)

// The reference is for everybody, and has nothing of anybody's.
func TestTheReference(t *testing.T) {
	w := New(t)
	page := document(t, w.Do(Request{Path: "/docs/api"}).Expect(t, 200, "API reference", "Send events", "http://daybook.test/api/v1/workspaces/acme/activity", "/sign-in?next=%2Fdocs%2Fapi"))
	if page.Find("form, .nav-foot details, [style], [onclick]").Length() > 0 {
		t.Error("nobody signs out here")
	}
	names := map[string]bool{}
	page.Find("[id]").Each(func(_ int, s *goquery.Selection) {
		if id := s.AttrOr("id", ""); names[id] {
			t.Errorf("two things are called %s", id)
		} else {
			names[id] = true
		}
	})
	page.Find("a[href^='#']").Each(func(_ int, s *goquery.Selection) {
		if to := strings.TrimPrefix(s.AttrOr("href", ""), "#"); !names[to] {
			t.Errorf("nothing is called %s", to)
		}
	})
	page.Find("label").Each(func(_ int, s *goquery.Selection) {
		if !names[s.AttrOr("for", "")] {
			t.Errorf("%s is of nothing", s.AttrOr("for", ""))
		}
	})
	if n, programs := page.Find(".call").Length(), page.Find(".program").Length(); n < 100 || programs != 4*n {
		t.Errorf("%d calls have %d programs", n, programs)
	}
	page.Find(".programs").Each(func(_ int, s *goquery.Selection) {
		if s.Find(".tab").Text() != "curlPythonJavaScriptGo" || s.Find("input[checked]").AttrOr("value", "") != "curl" {
			t.Errorf("%s begins with %s", s.Find(".tab").Text(), s.Find("input[checked]").AttrOr("value", ""))
		}
	})
	for _, status := range []string{"400", "405", "408", "501", "503"} {
		if page.Find(".reference-errors #status-"+status+" dd").Length() != 1 {
			t.Errorf("%s is not explained", status)
		}
	}
	signedIn := document(t, w.Do(Request{As: "bob", Path: "/docs/api"}).Expect(t, 200, "Bob Person"))
	if here, _ := signedIn.Find(".nav-link[aria-current]").Attr("href"); here != "/docs" {
		t.Errorf("the navigation is at %q", here)
	}
	w.Do(Request{As: "unknown-token", Path: "/docs/api"}).Expect(t, 200, "Sign in")
	w.Do(Request{As: "ada", Path: "/w/acme/sending"}).Expect(t, 200, `href="/docs/api"`)
}

// A call says what it takes and gives, in words, and who may.
func TestACallOfTheReference(t *testing.T) {
	page := document(t, New(t).Do(Request{Path: "/docs/api"}))
	of := func(id string) string {
		return strings.Join(strings.Fields(page.Find(".call[aria-labelledby='"+id+"']").Text()), " ")
	}
	for id, has := range map[string][]string{
		"sendActivity":   {"POST", "activity:write", "Idempotency-Key", "Event, or a list of these", "Answer 201", "422", `"action": "status_changed"`, "urllib.request", "http.NewRequest", "await fetch"},
		"listActivities": {"GET", "activity:read", "limit whole number 1–200", "list of Activity", "X-Total-Count", "410"},
		"addMember":      {"Admins and owners", "user requiredtext E-mail address or username", "role requiredowner | admin | member", "warning text, or null"},
		"removeMember":   {"Admins and owners", "Answer 204"},
		"purge":          {"Owners of the workspace and instance admins", "Not for admins", "408", `"confirm": "the slug of the workspace, to confirm"`},
		"runRetention":   {"Owners of the workspace and instance admins", "Deletes for good", "there is nothing to confirm"},
		"showHealth":     {"Instance admins", "Answer 200 application/json Health"},
		"ping":           {"For everybody."},
	} {
		for _, part := range has {
			if text := of(id); !strings.Contains(text, part) {
				t.Errorf("%s: %q is not in %s", id, part, text)
			}
		}
	}
}

// Shapes stand once, with the keys of objects in them.
func TestAShapeOfTheReference(t *testing.T) {
	page := document(t, New(t).Do(Request{Path: "/docs/api"}))
	shape := strings.Join(strings.Fields(page.Find("[aria-labelledby='shape-Health']").Text()), " ")
	for _, part := range []string{"How this Daybook is.", "journal object", "oldest_waiting time, or null", "problems list of HealthProblem"} {
		if !strings.Contains(shape, part) {
			t.Errorf("%q is not in %s", part, shape)
		}
	}
	if n := page.Find("[id^='shape-'][id$='OrNull']").Length(); n > 0 {
		t.Errorf("%d shapes stand twice", n)
	}
}

// What the page tells people to copy does what it says, as it stands there but for the token and the address.
func TestProgramsOfTheReferenceRun(t *testing.T) {
	w := New(t)
	_, a := mintToken(w, "scopes", "activity:write", "scopes", "activity:read")
	token := document(t, a).Find(".once-secret code").First().Text()
	page := document(t, w.Do(Request{Path: "/docs/api"}))
	for _, language := range []struct{ name, file, program string }{{"curl", "a.sh", "sh"}, {"python", "a.py", "python3"}, {"javascript", "a.mjs", "node"}, {"go", "a.go", "go"}} {
		for _, call := range []struct{ id, says, file string }{
			{"sendActivity", `"ids":["01a20642-616f-74c8-a07e-a9377e289832"]`, ""},
			{"showActivity", `"entity_name":"Invoice 42"`, ""},
			{"export", "", "activities.csv"},
			{"ping", `{"status":"pong"}`, ""},
		} {
			t.Run(call.id+" "+language.name, func(t *testing.T) {
				code := page.Find("#" + call.id + "-" + language.name).Text()
				code = strings.NewReplacer("http://daybook.test", "http://"+w.Address, "YOUR_TOKEN", token).Replace(code)
				out, dir := ran(t, code, language.file, language.program)
				w.Drain()
				if !strings.Contains(out, call.says) {
					t.Errorf("%q is not in %s", call.says, out)
				}
				if call.file == "" {
					return
				}
				if kept, err := os.ReadFile(filepath.Join(dir, call.file)); err != nil || !strings.HasPrefix(string(kept), "timestamp,actor") {
					t.Errorf("%v: %.200s", err, kept)
				}
			})
		}
	}
}

// A program that is refused says why, as the answer does. (What curl keeps in a file it says the status of, and keeps nothing.)
func TestProgramsOfTheReferenceTellErrors(t *testing.T) {
	w := New(t)
	page := document(t, w.Do(Request{Path: "/docs/api"}))
	for _, language := range []struct{ name, file, program string }{{"curl", "a.sh", "sh"}, {"python", "a.py", "python3"}, {"javascript", "a.mjs", "node"}, {"go", "a.go", "go"}} {
		t.Run(language.name, func(t *testing.T) {
			code := strings.ReplaceAll(page.Find("#showActivity-"+language.name).Text(), "http://daybook.test", "http://"+w.Address)
			if out, _ := ran(t, code, language.file, language.program); !strings.Contains(out, `"status":401`) || !strings.Contains(out, `"detail":"The token is unknown`) {
				t.Errorf("it says %s", out)
			}
		})
	}
}

// ran runs a program in a folder of its own.
func ran(t *testing.T, code, file, program string) (out, dir string) {
	t.Helper()
	dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, file), []byte(code), 0o600); err != nil {
		t.Fatal(err)
	}
	command := []string{program, file}
	if program == "go" {
		command = []string{program, "run", file}
	}
	for _, needed := range []string{program, "curl"} {
		if _, err := exec.LookPath(needed); err != nil {
			t.Fatalf("%s is needed: apt-get install curl python3 nodejs", needed)
		}
	}
	c := exec.CommandContext(t.Context(), command[0], command[1:]...)
	c.Dir = dir
	text, err := c.CombinedOutput()
	if err != nil {
		t.Errorf("%v: %s\n%s", err, text, code)
	}
	return string(text), dir
}
