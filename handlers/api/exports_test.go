package api_test

import (
	"net/http"
	"strings"
	"testing"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
)

const exportsPath = "/api/v1/workspaces/acme/exports"

// asked asks for an export and gives the path of its address.
func asked(w *World, as, body string) string {
	w.T.Helper()
	a := w.Do(Request{As: as, Method: "POST", Path: exportsPath, Body: body}).Expect(w.T, 202)
	at, ok := strings.CutPrefix(a.Header.Get("Location"), "http://daybook.test/")
	if !ok {
		w.T.Errorf("it is at %q", a.Header.Get("Location"))
	}
	return "/" + at
}

func TestAnExportOverJSON(t *testing.T) {
	w := New(t)
	for range 3 {
		w.Send(`{"actor": {"id": "x"}, "action": "created", "project": {"id": "p1"}}`)
	}
	w.Send(`{"actor": {"id": "x"}, "action": "deleted"}`)
	w.Recorded()
	at := asked(w, "bob", `{"format": "csv", "columns": ["actor", "action"], "filter": {"action": ["created", "deleted"], "include_system": false}, "name": "Bob’s"}`)
	w.Do(Request{As: "bob", Path: at}).Expect(t, 200, `"state":"waiting"`, `"expected":3`, `"sha256":null`, `"file":null`, `"name":"Bob’s"`)
	w.Do(Request{As: "bob", Path: at + "/file"}).Expect(t, 409)
	w.MakeFiles()
	w.Do(Request{As: "bob", Path: at}).Expect(t, 200, `"state":"done"`, `"rows":3`, at+"/file")
	whole := w.Do(Request{As: "bob", Path: at + "/file"}).Expect(t, 200, "actor,action\r\nx,created\r\nx,created\r\nx,created\r\n")
	tag := whole.Header.Get("ETag")
	for name, c := range map[string]struct {
		header map[string]string
		status int
		body   string
	}{
		"the end":                {map[string]string{"Range": "bytes=14-"}, 206, whole.Body[14:]},
		"the last":               {map[string]string{"Range": "bytes=-5"}, 206, whole.Body[len(whole.Body)-5:]},
		"the middle":             {map[string]string{"Range": "bytes=2-4", "If-Range": tag}, 206, whole.Body[2:5]},
		"of another file":        {map[string]string{"Range": "bytes=2-4", "If-Range": `"other"`}, 200, whole.Body},
		"too far":                {map[string]string{"Range": "bytes=1000-"}, 416, ""},
		"two parts":              {map[string]string{"Range": "bytes=0-1,3-4"}, 200, whole.Body},
		"no range":               {map[string]string{"Range": "bytes=5-2"}, 200, whole.Body},
		"what is known":          {map[string]string{"If-None-Match": tag}, 304, ""},
		"beyond the end, partly": {map[string]string{"Range": "bytes=0-100000"}, 206, whole.Body},
	} {
		got := w.Do(Request{As: "bob", Path: at + "/file", Header: c.header})
		if got.Status != c.status || got.Status < 400 && got.Body != c.body {
			t.Errorf("%s: %d %q", name, got.Status, got.Body)
		}
	}
	if head := w.Do(Request{As: "bob", Method: http.MethodHead, Path: at + "/file"}); head.Status != 200 || head.Header.Get("Content-Length") == "0" || head.Body != "" {
		t.Errorf("HEAD: %+v", head)
	}
	if d := whole.Header.Get("Content-Disposition"); !strings.Contains(d, `filename="Bob_s-`) || !strings.Contains(d, "filename*=UTF-8''Bob%E2%80%99s-") {
		t.Error(d)
	}
	if got := strings.Join(w.Recorded(), "; "); !strings.Contains(got, "bob exported") || !strings.Contains(got, "bob downloaded") {
		t.Error("recorded:", got)
	}
}

func TestWhoSeesAnExport(t *testing.T) {
	w := New(t)
	bobs, adas, tokens := asked(w, "bob", `{"format": "csv"}`), asked(w, "ada", `{"format": "ndjson", "gzip": true}`), asked(w, "service-read", `{"format": "json"}`)
	w.MakeFiles()
	w.Recorded()
	w.Run(t, []Scenario{
		{Name: "a member sees their own", Request: Request{As: "bob", Path: exportsPath}, Status: 200, Has: []string{bobs}, Lacks: []string{adas[len(exportsPath)+1:], tokens[len(exportsPath)+1:]}},
		{Name: "an admin sees all", Request: Request{As: "ada", Path: exportsPath}, Status: 200, Has: []string{adas + "/file", `"kind":"file"`}, Lacks: []string{bobs + "/file"}},
		{Name: "a token sees its own", Request: Request{As: "service-read", Path: exportsPath}, Status: 200, Has: []string{tokens}, Lacks: []string{bobs, adas}},
		{Name: "another's file", Request: Request{As: "ada", Path: bobs + "/file"}, Status: 403, Records: []string{"acme ada access_denied denied"}},
		{Name: "another's manifest", Request: Request{As: "bob", Path: adas}, Status: 404},
		{Name: "a member deletes an admin's", Request: Request{As: "bob", Method: "DELETE", Path: adas}, Status: 404},
		{Name: "an admin deletes a member's", Request: Request{As: "ada", Method: "DELETE", Path: bobs}, Status: 200, Has: []string{`"state":"expired"`}, Records: []string{"acme ada export_removed"}},
		{Name: "then it is gone", Request: Request{As: "bob", Path: bobs + "/file"}, Status: 410},
		{Name: "of its record", Request: Request{As: "bob", Path: bobs}, Status: 200, Has: []string{`"removed_at":"20`, `"sha256":"`}},
		{Name: "files alone", Request: Request{As: "bob", Path: exportsPath + "?kind=file"}, Status: 200, Has: []string{bobs[len(exportsPath)+1:]}},
		{Name: "downloads alone", Request: Request{As: "bob", Path: exportsPath + "?kind=stream"}, Status: 200, Lacks: []string{bobs[len(exportsPath)+1:]}},
		{Name: "no such kind", Request: Request{As: "bob", Path: exportsPath + "?kind=print"}, Status: 400, Has: []string{"file or stream"}},
		{Name: "once is enough", Request: Request{As: "bob", Method: "DELETE", Path: bobs}, Status: 409},
		{Name: "no such parameter", Request: Request{As: "bob", Path: exportsPath + "?after=1"}, Status: 400},
		{Name: "no such place", Request: Request{As: "bob", Path: exportsPath + "?before=x"}, Status: 400},
	})
}

func TestExportsThatAreRefused(t *testing.T) {
	w := New(t)
	for body, fields := range map[string]string{
		`{"format": "xls"}`: "format",
		`{"colour": 1}`:     "colour",
		`{"format": 1}`:     "format",
		`{"columns": ["nothing"], "zone": "Mars"}`: "columns zone",
		`{"filter": {"start_date": "soon"}}`:       "start_date",
		`{"filter": {"colour": "red"}}`:            "colour",
		`{"filter": {"actor_id": {"a": 1}}}`:       "filter.actor_id",
		`[]`:                                       "body",
		`{} {}`:                                    "body",
		`null`:                                     "body",
		`{"gzip": true, "gzip": false}`:            "gzip",
		`{"filter": {"action": "a", "action": "b"}}`:         "filter.action",
		`{"name": "` + strings.Repeat("é", 121) + `"}`:       "name",
		`{"format": "json", "bom": true, "form": "nothing"}`: "form bom",
	} {
		a := w.Do(Request{As: "bob", Method: "POST", Path: exportsPath, Body: body})
		if a.Status != 400 && a.Status != 422 {
			t.Errorf("%s: %d", body, a.Status)
			continue
		}
		a.ExpectFields(t, strings.Fields(fields)...)
	}
	for body, want := range map[string]string{
		`{"filter": "start_date=7d"}`: "must be an object of the list's parameters", `{"columns": "id"}`: "must be a list of names", `{"gzip": "yes"}`: "must be true or false",
		`{"name": "two\nlines"}`: "must be one line of text", `{"name": "two\u2028lines"}`: "must be one line of text",
	} {
		if a := w.Do(Request{As: "bob", Method: "POST", Path: exportsPath, Body: body}); a.Status != 400 && a.Status != 422 || !strings.Contains(a.Body, want) {
			t.Errorf("%s: %d %s", body, a.Status, a.Body)
		}
	}
	for range 3 {
		asked(w, "bob", `{}`)
	}
	if a := w.Do(Request{As: "bob", Method: "POST", Path: exportsPath, Body: `{}`}).Expect(t, 429, "under way"); a.Header.Get("Retry-After") == "" {
		t.Error("it does not say when")
	}
	if n := Ask[int](w, `SELECT count(*) FROM exports`); n != 3 {
		t.Errorf("%d exports", n)
	}
}
