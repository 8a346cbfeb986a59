package api_test

import (
	"testing"
	"time"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
)

// Numbers of a filter are the digits that were sent; what says nothing is refused, so that it does not select everything.
func TestTheFilterOfAnExport(t *testing.T) {
	w := New(t)
	w.Send(`{"actor": {"id": "1234567"}, "action": "created", "resource": {"type": "task", "id": "90071992547409931234"}}`)
	w.Recorded()
	asked(w, "ada", `{"filter": {"actor_id": 1234567, "resource_id": [90071992547409931234], "include_system": false}}`)
	if query := Ask[string](w, `SELECT query FROM exports`); query != "actor_id=1234567&resource_id=90071992547409931234" {
		t.Error(query)
	}
	for filter, field := range map[string]string{
		`"actor_id": null`: "filter.actor_id", `"actor_id": []`: "filter.actor_id", `"actor_id": ""`: "filter.actor_id", `"actions": ["created", ""]`: "filter.actions",
		`"actions": [null]`: "filter.actions", `"actor_id": [["a"]]`: "filter.actor_id", `"actor_id": "a\u0000b"`: "filter.actor_id",
		`"start_date": ["2026-01-01", "2026-01-02"]`: "start_date", `"include_system": [true, false]`: "include_system", `"colour": []`: "filter.colour", `"include_system": "perhaps"`: "include_system",
	} {
		w.Do(Request{As: "ada", Method: "POST", Path: exportsPath, Body: `{"filter": {` + filter + `}}`}).Expect(t, 400).ExpectFields(t, field)
	}
	if n := Ask[int](w, `SELECT count(*) FROM exports`); n != 1 {
		t.Errorf("%d exports", n)
	}
}

// However a file is taken, that is recorded: once an hour, for one who takes it in parts takes it once.
func TestADownloadIsRecorded(t *testing.T) {
	w := newStory(t)
	at := asked(w, "ada", `{}`)
	w.MakeFiles()
	take := func(wantRecords int, method string, header map[string]string, status int) {
		t.Helper()
		a := w.Do(Request{As: "ada", Method: method, Path: at + "/file", Header: header}).Expect(t, status)
		if cached := a.Header.Get("Cache-Control"); status < 400 && cached != "no-store" {
			t.Errorf("Cache-Control: %s", cached)
		}
		w.Drain()
		if n := Ask[int](w, `SELECT count(*) FROM activities WHERE action = 'downloaded'`); n != wantRecords {
			t.Errorf("%s %v: recorded %d times, not %d", method, header, n, wantRecords)
		}
	}
	tag := `"` + Ask[string](w, `SELECT encode(sha256, 'hex') FROM exports`) + `"`
	take(0, "HEAD", nil, 200)
	take(0, "GET", map[string]string{"If-None-Match": tag}, 304)
	take(0, "GET", map[string]string{"Range": "bytes=100000-"}, 416)
	take(1, "GET", map[string]string{"Range": "bytes=1-"}, 206)
	take(1, "GET", map[string]string{"Range": "bytes=0-"}, 206)
	take(1, "GET", nil, 200)
	w.Clock.Forward(61 * time.Minute)
	take(2, "GET", map[string]string{"Range": "bytes=5-6"}, 206)
}

// Another site can lead a browser to an address of ours. Nothing is taken out by that: pages lead on to where one asks for it.
func TestNoOtherSiteTakesAnExport(t *testing.T) {
	w := newStory(t)
	at := asked(w, "ada", `{}`)
	w.MakeFiles()
	w.Drain()
	page := at[len("/api/v1/workspaces"):]
	for _, site := range []string{"cross-site", "same-site"} {
		from := map[string]string{"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate"}
		for path, to := range map[string]string{
			"/w/acme/export?format=json&columns=id&actions=created&actions=deleted&colour=red": "/w/acme/exports?actions=created&actions=deleted",
			"/w/acme/export":      "/w/acme/exports",
			"/w" + page + "/file": "/w/acme/exports",
		} {
			a := w.Do(Request{As: "ada", Path: path, Header: from}).Expect(t, 303)
			if a.Header.Get("Location") != to {
				t.Errorf("%s leads to %s", path, a.Header.Get("Location"))
			}
		}
		w.Do(Request{As: "ada", Path: exportPath, Header: from}).Expect(t, 403)
		w.Do(Request{As: "ada", Path: at + "/file", Header: from}).Expect(t, 403)
		w.Do(Request{As: "ada-read", Path: exportPath, Header: from}).Expect(t, 200) // no browser adds a token by itself
	}
	w.Drain()
	if n := Ask[int](w, `SELECT count(*) FROM activities WHERE action = 'downloaded'`); n != 0 {
		t.Errorf("%d downloads are recorded", n)
	}
	for _, site := range []string{"same-origin", "none"} {
		w.Do(Request{As: "ada", Path: "/w" + page + "/file", Header: map[string]string{"Sec-Fetch-Site": site}}).Expect(t, 200)
		w.Do(Request{As: "ada", Path: "/w/acme/export", Header: map[string]string{"Sec-Fetch-Site": site}}).Expect(t, 200)
	}
}

// A token that reads takes back what was made by it, and nothing else of its owner's.
func TestWhichExportsATokenRemoves(t *testing.T) {
	w := New(t)
	bySession, byToken, service := asked(w, "ada", `{}`), asked(w, "ada-read", `{}`), asked(w, "service-read", `{}`)
	remove := func(as, at string, status int) {
		t.Helper()
		w.Do(Request{As: as, Method: "DELETE", Path: at}).Expect(t, status)
	}
	remove("ada-read", bySession, 403)
	remove("ada-read", service, 404)
	remove("service-read", byToken, 404)
	if state := Ask[string](w, `SELECT string_agg(DISTINCT state, ' ') FROM exports`); state != "waiting" {
		t.Error(state)
	}
	remove("ada-read", byToken, 200)
	remove("service-read", service, 200)
	remove("ada", bySession, 200)
	again := asked(w, "bob", `{}`)
	remove("ada-read", again, 404)
	w.Exec(`UPDATE tokens SET scopes = 'activity:read admin' WHERE name = 'ada-read'`)
	remove("ada-read", again, 200)
}
