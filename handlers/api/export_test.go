package api_test

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
)

const exportPath = "/api/v1/workspaces/acme/export"

func TestAnExportIsTheList(t *testing.T) {
	w := newStory(t)
	for _, as := range []string{"service", "bob", "bob-read", "ada", "ada-read", "ina"} {
		for _, query := range []string{"", "?actor_id=carol", "?resource_types=issue,invoice", "?q=-action%3Aupdated", "?start_date=2026-01-03", "?project_id=nowhere"} {
			list := w.Do(Request{As: as, Path: "/api/v1/workspaces/acme/activity" + query}).Expect(t, 200)
			want := w.Do(Request{As: as, Path: exportPath + join(query, "format=json")}).Expect(t, 200)
			if compact(t, want.Body) != compact(t, list.Body) {
				t.Errorf("%s %s:\n%s\nis not the list\n%s", as, query, want.Body, list.Body)
			}
			lines := w.Do(Request{As: as, Path: exportPath + join(query, "format=ndjson")}).Expect(t, 200)
			if got := "[" + strings.ReplaceAll(strings.TrimSuffix(lines.Body, "\n"), "\n", ",") + "]"; got != compact(t, list.Body) {
				t.Errorf("%s %s: the lines are\n%s", as, query, lines.Body)
			}
			table := w.Do(Request{As: as, Path: exportPath + join(query, "columns=id")}).Expect(t, 200)
			var rows []struct{ ID string }
			list.Read(t, &rows)
			ids := "id\r\n"
			for _, r := range rows {
				ids += r.ID + "\r\n"
			}
			if table.Body != ids {
				t.Errorf("%s %s: the table has %q, not %q", as, query, table.Body, ids)
			}
		}
	}
}

func join(query, more string) string {
	if query == "" {
		return "?" + more
	}
	return query + "&" + more
}

func compact(t testing.TB, text string) string {
	t.Helper()
	var rows []json.RawMessage
	if err := json.Unmarshal([]byte(text), &rows); err != nil {
		t.Fatal(err, text)
	}
	out, err := json.Marshal(rows)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestTheDefaultTable(t *testing.T) {
	w := newStory(t)
	a := w.Do(Request{As: "service", Path: exportPath + "?zone=America/New_York&bom=true&include_system=false"}).Expect(t, 200)
	body, marked := strings.CutPrefix(a.Body, "\ufeff")
	rows, err := csv.NewReader(strings.NewReader(body)).ReadAll()
	if err != nil || !marked || len(rows) < 5 {
		t.Fatal(marked, err, a.Body)
	}
	if head := strings.Join(rows[0], ","); !strings.HasPrefix(head, "timestamp,actor,action,resource_type,resource_id,description,") || !strings.HasSuffix(head, ",id,seq") {
		t.Error(head)
	}
	first := rows[len(rows)-1]
	if first[0] != "2026-01-01T05:00:00.000000-05:00" || first[1] != "Carol" || first[2] != "created" || first[3] != "issue" || first[4] != "7" || first[7] != "Seven" || first[8] != "One" {
		t.Errorf("%q", first)
	}
	if kind := a.Header.Get("Content-Type"); !strings.HasPrefix(kind, "text/csv; charset=utf-8") {
		t.Error(kind)
	}
	if name := a.Header.Get("Content-Disposition"); !strings.Contains(name, "attachment") || !strings.Contains(name, "acme-") || !strings.Contains(name, ".csv") {
		t.Error(name)
	}
	if a.Header.Get("Content-Encoding") != "" || a.Header.Get("Cache-Control") != "no-store" {
		t.Error(a.Header)
	}
	packed := w.Do(Request{As: "service", Path: exportPath + "?zone=America/New_York&bom=true&gzip=true"}).Expect(t, 200)
	if packed.Header.Get("Content-Type") != "application/gzip" || !strings.Contains(packed.Header.Get("Content-Disposition"), ".csv.gz") || Unzip(t, packed.Body) != a.Body {
		t.Error("packed it is another table", packed.Header)
	}
}

func TestColumnsOfAnExport(t *testing.T) {
	w := newStory(t)
	a := w.Do(Request{As: "service", Path: exportPath + "?format=ndjson&actor_id=carol&columns=entity_id,actor&columns=sentence,changes,system,seq,timestamp,ip_address,project"}).Expect(t, 200)
	line, _, _ := strings.Cut(a.Body, "\n")
	var got struct {
		EntityID string `json:"entity_id"`
		Actor    struct {
			ID, Name, Type string
			Role           *string
		}
		Sentence  string
		Changes   []any
		System    *bool
		Seq       int64
		Timestamp string
		IP        *string `json:"ip_address"`
		Project   string
	}
	decoder := json.NewDecoder(strings.NewReader(line))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&got); err != nil {
		t.Fatal(err, line)
	}
	if got.EntityID != "8" || got.Actor.Name != "Carol" || !strings.HasPrefix(got.Sentence, "Carol ") || got.Changes == nil || got.System == nil || got.Seq == 0 || got.IP != nil || got.Project != "p2" {
		t.Errorf("%s", line)
	}
	if !strings.HasPrefix(line, `{"entity_id":`) || !strings.Contains(line, `"project":`) {
		t.Errorf("the keys are not those that were asked for, in their order: %s", line)
	}
	for _, as := range []string{"service", "ada"} {
		a := w.Do(Request{As: as, Path: exportPath + "?actor_id=carol&resource_id=7&columns=ip_address,user_agent"}).Expect(t, 200)
		if a.Body != "ip_address,user_agent\r\n192.0.2.1,x\r\n" {
			t.Errorf("%s is shown %q", as, a.Body)
		}
	}
	w.Do(Request{As: "bob", Path: exportPath + "?columns=id,ip_address,user_agent"}).Expect(t, 403, "ip_address is for", "user_agent is for").ExpectFields(t, "columns", "columns")
	w.Do(Request{As: "bob", Method: "POST", Path: exportsPath, Body: `{"columns": ["user_agent"]}`}).Expect(t, 403).ExpectFields(t, "columns")
	if n := Ask[int](w, `SELECT count(*) FROM exports WHERE 'user_agent' = ANY (columns) AND asked_by->>'id' = 'bob'`); n != 0 {
		t.Errorf("%d exports of addresses for a member", n)
	}
}

func TestWrongExports(t *testing.T) {
	w := newStory(t)
	for query, fields := range map[string]string{
		"?format=xml": "format", "?columns=id,nothing": "columns", "?columns=id,id": "columns", "?zone=Nowhere/Else": "zone", "?zone=Local": "zone", "?gzip=perhaps": "gzip",
		"?limit=5": "limit", "?cursor=x": "cursor", "?format=csv&format=json": "format", "?form=event": "form", "?format=ndjson&form=other": "form",
		"?format=ndjson&form=event&columns=id": "columns", "?format=json&bom=1": "bom", "?format=json&raw=1": "raw", "?start_date=soon&actions=NO": "actions start_date", "?q=%22": "q",
		"?start_date=2026-01-01&start_date=2026-01-02": "start_date", "?q=has:nothing": "q",
	} {
		w.Do(Request{As: "service", Path: exportPath + query}).Expect(t, 400).ExpectFields(t, strings.Fields(fields)...)
	}
	w.Do(Request{As: "bob", Path: exportPath + "?include_system=true"}).Expect(t, 403).ExpectFields(t, "include_system")
	w.Do(Request{As: "bob", Path: "/w/acme/export?columns=nothing"}).Expect(t, 400)
	w.Do(Request{As: "ada", Method: "HEAD", Path: exportPath}).Expect(t, 200)
	if n := Ask[int](w, `SELECT count(*) FROM exports`); n != 0 {
		t.Errorf("%d exports were made", n)
	}
}

// What was exported can be sent in again, into another workspace.
func TestAnExportIsSentInAgain(t *testing.T) {
	w := newStory(t)
	a := w.Do(Request{As: "ada", Path: exportPath + "?format=ndjson&form=event&include_system=true&end_date=2026-02-01"}).Expect(t, 200)
	n := strings.Count(a.Body, "\n")
	w.Do(Request{As: "service-other", Method: "POST", Path: "/api/v1/workspaces/other/activity", Type: "application/x-ndjson", Body: a.Body}).Expect(t, 201, fmt.Sprintf(`"accepted":%d`, n))
	w.Drain()
	same := func(as, ws string) string {
		return w.Do(Request{As: as, Path: "/api/v1/workspaces/" + ws + "/export?format=ndjson&form=event&include_system=true&end_date=2026-02-01"}).Expect(t, 200).Body
	}
	if there := same("service-other", "other"); there != a.Body || n < 5 {
		t.Errorf("%d rows came out as\n%s\nand not as\n%s", n, there, a.Body)
	}
}

// manifestOf asks for what is told of an export afterwards.
func manifestOf(t testing.TB, w *World, id string) (m struct {
	Kind, State, SHA256, Problem string
	Rows, Bytes                  int64
}) {
	t.Helper()
	w.Do(Request{As: "ada", Path: "/api/v1/workspaces/acme/exports/" + id}).Expect(t, 200).Read(t, &m)
	return m
}

func TestAnExportIsRecorded(t *testing.T) {
	w := newStory(t)
	a := w.Do(Request{As: "bob", Path: "/w/acme/export?actions=created"}).Expect(t, 200)
	id := a.Header.Get("X-Export-Id")
	if link := a.Header.Get("Link"); link != `</api/v1/workspaces/acme/exports/`+id+`>; rel="describedby"` {
		t.Error(link)
	}
	m := manifestOf(t, w, id)
	if m.Kind != "stream" || m.State != "done" || m.SHA256 != sumOf(a.Body) || m.Rows != 2 || m.Bytes != int64(len(a.Body)) {
		t.Errorf("%+v of %d bytes with %s", m, len(a.Body), sumOf(a.Body))
	}
	w.Drain()
	about := Ask[string](w, `SELECT concat_ws(' ', actor_name, action, entity_type, outcome, system, metadata->>'rows', metadata->>'format', metadata->>'filter', metadata->>'sha256')
		FROM activities WHERE workspace_id = $1 AND action = 'exported'`, w.Acme.ID)
	if about != "Bob Person exported export success t 2 csv actions=created "+m.SHA256 {
		t.Error(about)
	}
}

// many puts so many rows into acme, each with a text of about a thousand bytes.
func many(w *World, rows int) {
	w.Exec(`INSERT INTO activities (id, workspace_id, seq, uuid, actor_id, actor_name, action, entity_type, entity_id, description, outcome, system, source_id, occurred_at, recorded_at, row_key, leaf)
		SELECT h.last_id + n, $1, s.seq + n, gen_random_uuid(), (SELECT min(id) FROM actors WHERE workspace_id = $1), 'Somebody', 'updated', 'task', n::text, repeat('they did it again ', 60),
		       'success', false, 1, timestamptz '2026-01-01' + n * interval '1 second', now(), sha256(''), sha256('')
		  FROM generate_series(1, $2) n, journal_head h, workspace_heads s WHERE s.workspace_id = $1`, w.Acme.ID, rows)
	w.Exec(`UPDATE journal_head SET last_id = last_id + $1`, rows)
	w.Exec(`UPDATE workspace_heads SET seq = seq + $1 WHERE workspace_id = $2`, rows, w.Acme.ID)
}

// slowClient asks for an export over a connection of its own and reads so many bytes of it.
func slowClient(t *testing.T, w *World, as string, first int64) (conn net.Conn, body io.Reader, id string) {
	t.Helper()
	conn, err := net.Dial("tcp", w.Address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.(*net.TCPConn).SetReadBuffer(64 << 10)
	request, err := http.NewRequest(http.MethodGet, "http://"+w.Address+exportPath, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header = w.Credentials(as).Clone()
	if err := request.Write(conn); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), request)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatal(response, err)
	}
	t.Cleanup(func() {
		_ = conn.Close() // or the rest would be read
		_ = response.Body.Close()
	})
	if _, err := io.CopyN(io.Discard, response.Body, first); err != nil {
		t.Fatal(err)
	}
	return conn, response.Body, response.Header.Get("X-Export-Id")
}

// settled waits until an export has ended, and gives its state.
func settled(t testing.TB, w *World, id string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for tick := time.NewTicker(20 * time.Millisecond); ; {
		state := Ask[string](w, `SELECT state || ': ' || problem FROM exports WHERE id = $1`, id)
		if !strings.HasPrefix(state, "running") {
			return state
		}
		select {
		case <-ctx.Done():
			t.Fatal("the export never ends: ", state)
		case <-tick.C:
		}
	}
}

func TestAnExportThatBreaksOff(t *testing.T) {
	const rows = 15_000 // much more than the buffers of a connection hold
	for name, c := range map[string]struct {
		as     string
		happen func(t *testing.T, w *World, conn net.Conn)
		state  string
	}{
		"the client leaves": {"ada", func(_ *testing.T, _ *World, conn net.Conn) { _ = conn.Close() }, "failed: The download was broken off before its end."},
		"the member is removed": {"bob", func(_ *testing.T, w *World, _ net.Conn) {
			w.Exec(`DELETE FROM memberships WHERE user_id = $1`, w.Bob.ID)
		}, "failed: What the asker may read has changed since."},
		"an admin becomes a member": {"ada", func(_ *testing.T, w *World, _ net.Conn) {
			w.Exec(`UPDATE memberships SET role = 'member' WHERE user_id = $1`, w.Ada.ID)
		}, "failed: What the asker may read has changed since."},
		"the session is ended": {"ada", func(_ *testing.T, w *World, _ net.Conn) { w.Exec(`DELETE FROM sessions WHERE user_id = $1`, w.Ada.ID) },
			"failed: What the asker may read has changed since."},
		"the token is revoked": {"service", func(_ *testing.T, w *World, _ net.Conn) {
			w.Exec(`UPDATE tokens SET revoked_at = now() WHERE name = 'service'`)
		},
			"failed: What the asker may read has changed since."},
		"the database fails": {"ada", func(_ *testing.T, w *World, _ net.Conn) { w.Exec(`ALTER TABLE activities RENAME TO elsewhere`) },
			"failed: Something went wrong on our side; the log of the server says what."},
		"the server stops": {"ada", func(_ *testing.T, w *World, _ net.Conn) { w.Exports.EndStreams() }, "failed: Daybook was ended while it went out."},
	} {
		t.Run(name, func(t *testing.T) {
			w := New(t)
			many(w, rows)
			if c.as == "bob" {
				w.Exec(`ALTER TABLE activities DISABLE TRIGGER ALL`)
				w.Exec(`UPDATE activities SET project_id = (SELECT id FROM projects WHERE external_id = 'p1') WHERE workspace_id = $1`, w.Acme.ID)
			}
			conn, body, id := slowClient(t, w, c.as, 100_000)
			c.happen(t, w, conn)
			w.Clock.Forward(time.Second) // so that it is asked again
			if _, err := io.Copy(io.Discard, body); err == nil {
				t.Error("the answer came to a clean end")
			}
			if state := settled(t, w, id); state != c.state {
				t.Error(state)
			}
			if sent := Ask[int64](w, `SELECT rows FROM exports WHERE id = $1`, id); sent <= 0 || sent >= rows {
				t.Errorf("%d of %d rows are said to have gone out", sent, rows)
			}
			if n := Ask[int](w, `SELECT count(*) FROM inbox WHERE event->>'action' = 'exported' AND event->>'outcome' = 'failure'`); name == "the database fails" && n == 0 {
				t.Error("it is not recorded")
			}
			if name != "the database fails" {
				w.Drain()
				if n := Ask[int](w, `SELECT count(*) FROM activities WHERE action = 'exported' AND outcome = 'failure'`); n != 1 {
					t.Errorf("it is recorded %d times", n)
				}
			}
			if held := w.DB.Pool.Stat().AcquiredConns(); held > 2 { // the journal's look, perhaps
				t.Errorf("%d connections are held", held)
			}
		})
	}
}

// Of the two exports that somebody may take at once, each makes room when it has ended.
func TestTwoExportsAtOnce(t *testing.T) {
	w := New(t)
	many(w, 15_000)
	before := runtime.NumGoroutine()
	_, first, id := slowClient(t, w, "ada", 1000)
	conn, _, _ := slowClient(t, w, "ada-read", 1000) // the same person
	refused := w.Do(Request{As: "ada", Path: exportPath}).Expect(t, 429, "You are downloading 2 exports already")
	if refused.Header.Get("Retry-After") == "" {
		t.Error("it does not say when")
	}
	w.Do(Request{As: "alice", Path: exportPath + "?columns=seq"}).Expect(t, 200)
	_ = conn.Close()
	if n, err := io.Copy(io.Discard, first); err != nil || n < 1<<20 {
		t.Error(n, err)
	}
	if state := settled(t, w, id); state != "done: " {
		t.Error(state)
	}
	w.Do(Request{As: "ada", Path: exportPath + "?columns=seq"}).Expect(t, 200)
	for tick := time.NewTicker(20 * time.Millisecond); runtime.NumGoroutine() > before+10; <-tick.C { // connections that are kept for the next request
		if t.Context().Err() != nil {
			t.Fatal("goroutines are left over")
		}
	}
	if errors.Is(t.Context().Err(), context.Canceled) {
		t.Error("it took too long")
	}
}

func sumOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
