package handlers_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/uuid"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
	"daybook/models"
	"daybook/services/account"
	"daybook/services/auth"
	"daybook/services/demo"
	"daybook/services/erasure"
	"daybook/services/proof"
)

// Who is forgotten: nobody else is called anything like it.
const (
	herName     = "Zélie Quandt"
	herID       = "zq71xk9v"
	herEmail    = "zelie.quandt@mail.example"
	herUsername = "zquandt77"
	herAddress  = "203.0.113.177"
	herAgent    = "Zbrowser/7.1"
)

// left are the words by which she could be found.
var left = []string{herName, "Quandt, Zélie", "ZelieQuandt", "Zelie Quandt", "zelie.quandt", "quandt", herID, herEmail, herUsername, herAddress, "Zbrowser"}

// TestNotOneByteIsLeft anonymises somebody who is everywhere, and looks for her in the database as it is dumped, in the files, in the log, and in whatever
// is answered to anybody. What others did stays as it was.
func TestNotOneByteIsLeft(t *testing.T) {
	w := New(t)
	h := newHer(w)
	h.sprinkle()
	before := h.figures()
	if clean := func() bool { return strings.Contains(dump(t, w), herID) }(); !clean {
		t.Fatal("she is not in the dump before")
	}
	more := h.whileItRuns()
	e, err := w.Erasures.Anonymise(t.Context(), account.CommandLine(&w.Acme), erasure.Order{Target: erasure.Target{User: h.user.ID}, Confirm: herName})
	if err != nil {
		t.Fatal(err)
	}
	more()
	done := h.settled(e.ID)
	if done.State != models.ErasureDone || done.Activities == 0 || done.Mentions == 0 || done.Held != 0 {
		t.Fatalf("%+v", done)
	}
	h.clean("after", 90, "alice", "ina", "bob")
	if after := h.figures(); after != before {
		t.Errorf("the figures were\n%s\nand are\n%s", before, after)
	}
	h.proved()
	w.Send(`{"id": %q, "actor": {"id": %q, "name": %q, "email": %q}, "action": "created", "resource": {"type": "note", "id": "late"}, "description": "Zélie Quandt wrote a note", "ip_address": %q, "user_agent": %q}`,
		uuid.New(), herID, herName, herEmail, herAddress, herAgent)
	w.Send(`{"actor": {"id": "other-app-id", "name": "Z. Q.", "email": "Zelie.Quandt@Mail.example"}, "action": "created", "resource": {"type": "note", "id": "later"}}`)
	w.Exec(`VACUUM (ANALYZE) inbox`)
	for _, id := range []string{"late", "later"} {
		if who := Ask[string](w, `SELECT actor_name || (SELECT ' ' || name FROM actors WHERE id = actor_id) FROM activities WHERE entity_id = $1`, id); who != "Deleted User Deleted User" {
			t.Errorf("what came %s is of %s", id, who)
		}
	}
	h.clean("after she came again", 30, "alice")
	h.proved()
}

// her is who is forgotten, in her world.
type her struct {
	*World
	t     *testing.T
	user  *models.User
	token string
}

func newHer(w *World) *her {
	t := w.T.(*testing.T)
	h := &her{World: w, t: t}
	hash := Ask[string](w, `SELECT password_hash FROM users WHERE id = $1`, w.Bob.ID)
	id := Ask[int64](w, `INSERT INTO users (email, username, name, password_hash) VALUES ($1, $2, 'Zelie Formerly-Quandt', $3) RETURNING id`, herEmail, herUsername, hash)
	u, err := w.Account.UserByID(t.Context(), account.CommandLine(&w.Acme), id)
	h.must(err)
	h.user = u
	h.must(w.Account.AddMember(t.Context(), account.NewMember{Workspace: &w.Acme, User: u, Role: models.Member, Actor: herID}, models.CommandLine))
	h.must(w.Account.EditUser(t.Context(), account.CommandLine(nil), id, account.UserEdit{Name: herName, Email: herEmail, Username: u.Username}))
	h.user.Name = herName
	h.token, err = w.Auth.MakeToken(t.Context(), auth.NewToken{Name: "Laptop of " + herName, User: u, Scopes: []string{models.ScopeRead}, By: models.UserActor(u)})
	h.must(err)
	return h
}

func (h *her) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// lines are events of the invented agency, and, in between, what she did and what others said of her.
func (h *her) lines() string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	for i, ev := range demo.Tell(time.Now()).Events {
		if i >= 3000 {
			break
		}
		line := map[string]any{
			"id": ev.UUID, "actor": ev.Actor, "action": ev.Action, "changes": ev.Changes, "outcome": ev.Outcome, "system": ev.System, "resource": ev.Entity, "project": ev.Project,
			"correlation_id": ev.CorrelationID, "occurred_at": ev.OccurredAt,
		}
		if ev.Metadata != nil {
			line["metadata"] = ev.Metadata
		}
		if ev.Description != "" {
			line["description"] = ev.Description
		}
		if i%10 == 3 {
			h.own(line, i)
		}
		if i%9 == 4 {
			h.mention(line, i)
		}
		h.must(enc.Encode(line))
	}
	return b.String()
}

// own makes an event hers.
func (h *her) own(line map[string]any, i int) {
	line["actor"] = map[string]any{"id": herID, "name": herName, "email": herEmail, "role": "lead of quandt", "type": "user"}
	line["ip_address"], line["user_agent"] = herAddress, herAgent
	delete(line, "description")
	if i%20 == 3 {
		line["on_behalf_of"], line["actor"] = line["actor"], map[string]any{"id": "helper", "name": "Helper", "type": "agent"}
		delete(line, "ip_address")
		delete(line, "user_agent")
	}
}

// mention names her in an event of somebody else, each time in another way.
func (h *her) mention(line map[string]any, i int) {
	long := url.QueryEscape(herName)
	switch i / 9 % 12 {
	case 0:
		line["description"] = "Talked to ZÉLIE QUANDT about it"
	case 1:
		line["metadata"] = map[string]any{"notified": []string{herEmail, "bob@example.com"}, herEmail: 1}
	case 2:
		line["metadata"] = map[string]any{"assignee_id": herID, "nested": map[string]any{"deep": []any{map[string]any{"user": herUsername}}}}
	case 3:
		line["changes"] = []map[string]any{{"field": "owner", "before": nil, "after": "Quandt, Zélie"}, {"field": "title", "before": "for zelie.quandt", "after": "Zélie\u00a0Quandt's"}}
	case 4:
		line["resource"] = map[string]any{"type": "user", "id": herID, "name": herName, "url": "https://app.example/people/" + herID + "?name=" + long}
	case 5:
		line["resource"] = map[string]any{"type": "document", "id": "doc-1", "name": "CV of ZelieQuandt", "url": "https://app.example/cv?who=" + url.QueryEscape(long)}
	case 6:
		line["description"] = "Wrote to " + strings.ToUpper(herEmail) + ", <b>Z&eacute;lie Quandt</b> &amp; Z&#233;lie&#32;Quandt"
	case 7:
		line["metadata"] = map[string]any{"payload": `{"by": "Z\u00e9lie Quandt", "id": "` + herID + `"}`}
	case 8:
		line["correlation_id"] = "job-" + herID
	case 9:
		line["metadata"] = map[string]any{herName: map[string]any{"hours": 5}, "username": herUsername}
	case 10:
		line["description"] = "@" + herUsername + " please look, says Ze\u0301lie Quandt"
	case 11:
		line["project"] = map[string]any{"id": "home-of-" + herID, "name": "Garden of " + herName}
	}
}

// sprinkle has her everywhere.
func (h *her) sprinkle() {
	w, t := h.World, h.t
	w.Do(Request{As: "service", Method: "POST", Path: "/api/v1/workspaces/acme/activity", Type: "application/x-ndjson", Body: h.lines()}).Expect(t, http.StatusCreated)
	w.Drain()
	hers := w.Session(h.user)["Cookie"][0]
	browser := map[string]string{"User-Agent": herAgent, "X-Forwarded-For": herAddress}
	w.Do(Request{Path: "/w/acme", Cookie: hers, Header: browser}).Expect(t, 200)
	w.Do(Request{Method: "POST", Path: "/sign-in", Form: url.Values{"login": {herEmail}, "password": {"wrong password"}}, Header: browser})
	w.Do(Request{Method: "POST", Path: "/sign-in", Form: url.Values{"login": {herUsername}, "password": {Password}}, Header: browser})
	w.Exec(`UPDATE sessions SET ip = $2, user_agent = $3 WHERE user_id = $1`, h.user.ID, herAddress, herAgent)
	w.Exec(`UPDATE tokens SET last_used_ip = $2, last_used_at = now() WHERE user_id = $1`, h.user.ID, herAddress)
	query := url.Values{"q": {`actor:"` + herName + `" "` + herName + `"`}, "actor_id": {herID}, "name": {herName}}
	for _, cookie := range []string{hers, w.Credentials("ada")["Cookie"][0]} {
		form := url.Values{"name": {"All of " + herName}, "query": {url.Values{"q": query["q"], "actor_id": {herID}}.Encode()}, "shared": {"true"}}
		w.Do(Request{Method: "POST", Path: "/w/acme/views", Form: form, Cookie: cookie})
	}
	if n := Ask[int](w, `SELECT count(*) FROM saved_views`); n != 2 {
		t.Fatalf("%d views are saved", n)
	}
	w.Do(Request{As: "ada", Method: "POST", Path: "/api/v1/workspaces/acme/exports", Body: fmt.Sprintf(`{"name": "What %s did", "format": "csv", "filter": {"actor_id": %q}}`, herName, herID)})
	w.Do(Request{As: "ada", Path: "/api/v1/workspaces/acme/export?format=csv&actor_id=" + herID}).Expect(t, 200)
	w.MakeFiles()
	w.Exec(`INSERT INTO links (kind, hash, workspace_id, role, email, expires_at) VALUES ('invitation', 'x', $1, 'member', $2, now() + interval '1 day')`, w.Acme.ID, herEmail)
	_, err := w.Auth.MakeToken(t.Context(), auth.NewToken{Name: "Sync for " + herEmail, Workspace: &w.Acme.ID, Scopes: []string{models.ScopeWrite}, By: models.CommandLine})
	h.must(err)
	w.Exec(`INSERT INTO purges (workspace_id, state, query, to_at, selection, last_seq, asked_by) VALUES ($1, 'done', $2, now(), jsonb_build_object('query', $2::text, 'words', true), 1, jsonb_build_object('id', $3::text, 'name', $4::text, 'type', 'user'))`,
		w.Acme.ID, "q="+url.QueryEscape(`"`+herName+`"`), herID, herName)
	w.Exec(`INSERT INTO rejected (workspace_id, uuid, source_id, event, received_at, sqlstate, reason) SELECT $1, gen_random_uuid(), id, jsonb_build_object('actor', jsonb_build_object('id', $2::text, 'name', $3::text, 'type', 'user', 'email', $4::text),
		'action', 'created', 'outcome', 'maybe', 'description', 'By ' || $3::text, 'ip', $5::text), now(), '22023', 'no outcome of ' || $3::text FROM sources WHERE kind = 'daybook' LIMIT 1`, w.Acme.ID, herID, herName, herEmail, herAddress)
	w.Exec(`INSERT INTO vocabulary_terms (workspace_id, kind, name, label) VALUES ($1, 'action', 'zapped', $2)`, w.Acme.ID, "zapped as "+herName)
	w.Drain()
}

// whileItRuns sends on: what waits in the inbox is hers too. The function that is given waits for the end of it.
func (h *her) whileItRuns() func() {
	done := make(chan struct{})
	begun := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 40 {
			line := map[string]any{"action": "zapped", "resource": map[string]any{"type": "batch", "id": fmt.Sprint(i)}, "actor": map[string]any{"id": "sender", "name": "Sender", "type": "system"}}
			if i < 20 { // sent before it begins, so that it counts with what was there
				h.mention(line, 9*i)
			} else {
				h.own(line, 1)
			}
			text, _ := json.Marshal(line)
			_, err := h.Try(Request{As: "service", Method: "POST", Path: "/api/v1/workspaces/acme/activity", Body: string(text)})
			if err != nil {
				h.t.Errorf("sending on: %v", err)
			}
			if i == 19 {
				close(begun)
			}
		}
	}()
	<-begun
	return func() { <-done }
}

// settled waits for the end.
func (h *her) settled(id uuid.UUID) models.Erasure {
	h.t.Helper()
	for ends := time.Now().Add(time.Minute); ; {
		e, err := h.Erasures.One(h.t.Context(), account.CommandLine(nil), id)
		h.must(err)
		switch {
		case e.State == models.ErasureOpen:
			doubts, err := h.Erasures.Doubts(h.t.Context(), account.CommandLine(nil), id, 0)
			h.must(err)
			for _, d := range doubts {
				h.t.Errorf("a doubt: %+v, %+v", d, d.Sample)
			}
			return e
		case e.State == models.ErasureTidying:
			h.must(h.Erasures.Tidy(h.t.Context()))
		case e.State == models.ErasureDone:
			h.Drain()
			h.Exec(`VACUUM (ANALYZE) inbox`)
			return e
		case time.Now().After(ends):
			h.t.Fatalf("it does not end: %+v\n%.3000s", e, h.Log.String())
		}
		select {
		case <-h.t.Context().Done():
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// figures are what must not change: how many there are, of what, when, and in which order.
func (h *her) figures() string {
	h.t.Helper()
	return Ask[string](h.World, `SELECT concat_ws(' ', count(*), md5(string_agg(concat_ws('|', seq, id, uuid, actor_id, on_behalf_of_id, action, entity_type, project_id, outcome, system, occurred_at, recorded_at, source_id, leaf), ',' ORDER BY seq)))
		FROM activities WHERE workspace_id = $1 AND action NOT IN ('erased', 'zapped', 'anonymise_started', 'anonymised') AND NOT (system AND recorded_at > (SELECT coalesce(min(created_at), now()) FROM erasures))`, h.Acme.ID) +
		Ask[string](h.World, `SELECT md5(coalesce(string_agg(c::text, ',' ORDER BY c::text), '')) FROM daily_counts c WHERE workspace_id = $1 AND NOT system AND action <> 'zapped'`, h.Acme.ID)
}

// proved checks that everything recorded can still be proved.
func (h *her) proved() {
	h.t.Helper()
	for _, id := range []uuid.UUID{h.Acme.ID, models.BuiltInWorkspace} {
		v, err := proof.VerifyWorkspace(h.t.Context(), h.DB.Pool, id)
		if err != nil || !v.OK() || v.Erased == 0 {
			h.t.Errorf("%s is not as it was recorded: %+v, %v", id, v, err)
		}
	}
	if differ, err := h.Journal.Recount(h.t.Context()); err != nil || len(differ) > 0 {
		h.t.Errorf("the counts differ: %v %v", differ, err)
	}
}

// clean searches everything, and so many pages as each of these people sees them.
func (h *her) clean(when string, pages int, people ...string) {
	h.t.Helper()
	forms := spellings(left...)
	for n, line := range strings.Split(dump(h.t, h.World), "\n") {
		if !searched(h.t, forms, fmt.Sprintf("line %d of the dump %s", n, when), line) {
			break
		}
	}
	searched(h.t, forms, "the log "+when, h.Log.String())
	h.must(filepath.WalkDir(filepath.Dir(h.Ledger), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		searched(h.t, forms, filepath.Base(path)+" "+when, string(text))
		return err
	}))
	for _, as := range people {
		for path, body := range h.everything(as, pages) {
			if !searched(h.t, forms, path+", "+when+", for "+as, body) {
				return
			}
		}
	}
}

// everything follows the links of the pages, and asks for all lists.
func (h *her) everything(as string, pages int) map[string]string {
	h.t.Helper()
	seen := map[string]string{}
	next := []string{
		"/w/acme", "/w/acme?include_system=true", "/w/acme/people", "/w/acme/privacy", "/w/acme/views", "/w/acme/exports", "/w/acme/rejected", "/w/acme/settings", "/w/acme/stats", "/w/acme/projects", "/w/acme/tokens",
		"/w/acme/vocabulary", "/w/acme/purge", "/instance/users", "/w/daybook?include_system=true", "/api/activities?limit=100", "/api/activity/activities/?limit=1000",
		"/api/v1/workspaces/acme/export?format=ndjson&include_system=true", "/api/v1/workspaces/acme/export?format=csv", "/api/v1/workspaces/acme/stats?group_by=actor", "/api/v1/workspaces/acme/exports",
		"/api/v1/workspaces/acme/rejected", "/api/v1/workspaces/acme/people", "/api/v1/workspaces/acme/members", "/api/v1/workspaces/acme/tokens", "/api/v1/workspaces/acme/purges",
		"/api/v1/workspaces/acme/export?format=json&q=" + url.QueryEscape("deleted"), "/api/v1/workspaces/daybook/export?format=ndjson&include_system=true",
	}
	kinds := map[string]int{}
	for len(next) > 0 && len(seen) < pages {
		path := next[0]
		next = next[1:]
		if _, known := seen[path]; known {
			continue
		}
		a := h.Do(Request{As: as, Path: path})
		seen[path] = a.Body + fmt.Sprint(a.Header)
		if !strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") {
			continue
		}
		page, err := goquery.NewDocumentFromReader(strings.NewReader(a.Body))
		h.must(err)
		page.Find("a[href]").Each(func(_ int, link *goquery.Selection) {
			to, _ := link.Attr("href")
			kind := strings.Trim(strings.Map(func(r rune) rune {
				if r >= '0' && r <= '9' {
					return -1
				}
				return r
			}, strings.Split(to, "?")[0]), "-/abcdef")
			if strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "//") && !strings.Contains(to, "/static/") && kinds[kind] < 3 {
				kinds[kind]++
				next = append(next, to)
			}
		})
	}
	return seen
}

// dump is what pg_dump writes of the database.
func dump(t *testing.T, w *World) string {
	t.Helper()
	program, err := exec.LookPath("pg_dump")
	if err != nil {
		found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/pg_dump")
		if len(found) == 0 {
			t.Fatal("pg_dump is needed: it comes with PostgreSQL's programs")
		}
		slices.Sort(found)
		program = found[len(found)-1]
	}
	out, err := exec.Command(program, "--dbname="+w.DB.URL()).Output()
	if err != nil {
		t.Fatalf("pg_dump: %v", err)
	}
	return string(out)
}
