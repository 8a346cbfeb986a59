package manage_test

import (
	"archive/zip"
	"fmt"
	"io"
	"net/url"
	"strings"
	"testing"
	"time"

	"daybook/handlers/handlerstest"
)

// filesOf opens a report.
func filesOf(t *testing.T, a handlerstest.Answer) map[string]string {
	t.Helper()
	if got := a.Header.Get("Content-Type"); got != "application/zip" || !strings.HasPrefix(a.Header.Get("Content-Disposition"), "attachment") || a.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("it is sent as %v", a.Header)
	}
	archive, err := zip.NewReader(strings.NewReader(a.Body), int64(len(a.Body)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range archive.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name] = string(text)
	}
	return files
}

func TestPersonalReports(t *testing.T) {
	w := handlerstest.New(t)
	w.Send(`{"actor": {"id": "bob", "name": "Bob"}, "action": "created", "resource": {"type": "invoice", "id": "7", "name": "Invoice 7"}}`)
	w.Send(`{"actor": {"id": "zora", "name": "Zora Quill"}, "action": "created", "resource": {"type": "invoice", "id": "8"}}`)
	w.Recorded()
	zora := handlerstest.Ask[int64](w, `SELECT id FROM actors WHERE external_id = 'zora'`)
	for _, test := range []struct {
		name string
		r    handlerstest.Request
		has  string
	}{
		{"one's own", handlerstest.Request{As: "bob", Path: "/api/v1/users/me/report"}, "Invoice 7"},
		{"one's own, from the page", handlerstest.Request{As: "bob", Method: "POST", Path: "/account/report", Form: url.Values{}}, "Invoice 7"},
		{"a member's, for an admin", handlerstest.Request{As: "ada", Path: fmt.Sprintf("/api/v1/workspaces/acme/users/%d/report", w.Bob.ID)}, "Invoice 7"},
		{"a member's, from the page", handlerstest.Request{As: "ada", Method: "POST", Path: fmt.Sprintf("/w/acme/users/%d/report", w.Bob.ID), Form: url.Values{}}, "Invoice 7"},
		{"of nobody's actor", handlerstest.Request{As: "ada-admin", Path: fmt.Sprintf("/api/v1/workspaces/acme/actors/%d/report", zora)}, "Zora Quill"},
		{"of nobody's actor, from the page", handlerstest.Request{As: "alice", Method: "POST", Path: fmt.Sprintf("/w/acme/actors/%d/report", zora), Form: url.Values{}}, "Zora Quill"},
		{"anywhere, for an instance admin", handlerstest.Request{As: "ina", Path: fmt.Sprintf("/api/v1/instance/users/%d/report", w.Bob.ID)}, "Invoice 7"},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := w.In(t).Do(test.r)
			a.Expect(t, 200)
			files := filesOf(t, a)
			for _, name := range []string{"index.html", "activities.json", "activities.csv"} {
				if !strings.Contains(files[name], test.has) {
					t.Errorf("%s has no %s", name, test.has)
				}
			}
			if lines := w.Recorded(); len(lines) != 1 || !strings.HasSuffix(lines[0], " report_made") {
				t.Errorf("what is recorded is %q", lines)
			}
		})
	}
}

func TestReportsThatAreRefused(t *testing.T) {
	w := handlerstest.New(t)
	owner := fmt.Sprintf("/api/v1/workspaces/acme/users/%d/report", w.Alice.ID)
	w.Do(handlerstest.Request{As: "ada", Path: owner}).Expect(t, 403) // an admin manages no owner
	w.Do(handlerstest.Request{As: "bob", Path: "/api/v1/users/me/report", Header: map[string]string{"Sec-Fetch-Site": "cross-site"}}).Expect(t, 403)
	w.Do(handlerstest.Request{As: "ada", Path: fmt.Sprintf("/api/v1/workspaces/acme/users/%d/report", w.Charlie.ID)}).Expect(t, 404) // of another workspace
	w.Exec(`UPDATE users SET erased_at = now() WHERE id = $1`, w.Dora.ID)
	w.Exec(`UPDATE actors SET erased_at = now() WHERE user_id = $1`, w.Dora.ID)
	w.Do(handlerstest.Request{As: "ada", Path: fmt.Sprintf("/api/v1/workspaces/acme/users/%d/report", w.Dora.ID)}).Expect(t, 410)
	w.Do(handlerstest.Request{As: "ada", Method: "POST", Path: fmt.Sprintf("/w/acme/users/%d/report", w.Dora.ID), Form: url.Values{}}).Expect(t, 410)
	for _, line := range w.Recorded() {
		if strings.HasSuffix(line, "report_made") {
			t.Errorf("it is recorded as made: %s", line)
		}
	}
}

// A report that fails on the way is an error of the connection, not a short file.
func TestReportsThatBreakOff(t *testing.T) {
	w := handlerstest.New(t)
	w.Exec(`ALTER TABLE default_views RENAME TO hidden`)
	if a, err := w.Try(handlerstest.Request{As: "bob", Path: "/api/v1/users/me/report"}); err == nil {
		t.Errorf("it was answered with %d and %d bytes", a.Status, len(a.Body))
	}
}

// While one is made for somebody, another one is refused before a byte of it goes out, and is not recorded.
func TestOneReportAtATime(t *testing.T) {
	w := handlerstest.New(t)
	w.Recorded()
	tx, err := w.DB.Pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(t.Context()) }()
	if _, err := tx.Exec(t.Context(), `LOCK TABLE default_views IN ACCESS EXCLUSIVE MODE`); err != nil { // which a report reads
		t.Fatal(err)
	}
	first := make(chan error, 1)
	go func() {
		a, err := w.Try(handlerstest.Request{As: "bob", Path: "/api/v1/users/me/report"})
		if err == nil && a.Status != 200 {
			err = fmt.Errorf("it was answered with %d", a.Status)
		}
		first <- err
	}()
	for waits := false; !waits; {
		waits = handlerstest.Ask[bool](w, `SELECT EXISTS (SELECT FROM pg_locks WHERE relation = 'default_views'::regclass AND NOT granted)`)
		select {
		case err := <-first:
			t.Fatalf("it did not wait: %v", err)
		case <-time.After(5 * time.Millisecond):
		}
	}
	if a := w.Do(handlerstest.Request{As: "bob", Path: "/api/v1/users/me/report"}).Expect(t, 429); a.Header.Get("Retry-After") == "" || a.Header.Get("Content-Disposition") != "" {
		t.Errorf("it is refused with %v", a.Header)
	}
	again := w.Do(handlerstest.Request{As: "bob", Method: "POST", Path: "/account/report", Form: url.Values{}}).Expect(t, 303) // the page it was asked from says it
	if again.Header.Get("Location") != "/account" || again.Header.Get("Content-Disposition") != "" {
		t.Errorf("the button leads to %v", again.Header)
	}
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-first; err != nil {
		t.Error(err)
	}
	w.Do(handlerstest.Request{As: "bob", Path: "/account"}).Expect(t, 200, "A report is being made for you already.")
	if lines := w.Recorded(); len(lines) != 1 {
		t.Errorf("recorded is %q", lines)
	}
	w.Do(handlerstest.Request{As: "bob", Path: "/api/v1/users/me/report"}).Expect(t, 200)
}
