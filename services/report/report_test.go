package report_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"daybook/models"
	"daybook/services/account"
	"daybook/services/auth"
	"daybook/services/feed/feedtest"
	"daybook/services/report"
)

// house is a workspace with Amara, whom reports are of, and others.
type house struct {
	*feedtest.World
	reports     *report.Service
	acme        models.Workspace
	amara, bola *models.User
}

// person is how an application tells of somebody.
type person struct{ id, name, email string }

var (
	amara = person{"ab12cd34ef", "Amara Okafor", "amara@example.com"}
	bola  = person{"bo98xy76zz", "Bola Obi", "bola@example.com"}
	carla = person{"ca55rl66aa", "Carla Diaz", "carla@elsewhere.example"}
)

func (p person) actor() map[string]any {
	return map[string]any{"id": p.id, "name": p.name, "email": p.email, "type": "user"}
}

// newHouse makes it: Amara and Bola are members; project open is everybody's, project secret is Bola's.
func newHouse(t *testing.T) *house {
	h := &house{World: feedtest.New(t)}
	h.acme = h.Workspace(t, "acme", "Europe/Amsterdam")
	users := auth.New(h.DB, h.Ingest, auth.NewKeys([]byte("a secret of thirty-two characters")), time.Now)
	accounts := account.New(h.DB, h.Ingest, users, time.Now)
	h.reports = report.New(h.DB, report.Parts{Access: h.Access, Account: accounts, Ingest: h.Ingest}, time.Now)
	h.amara, h.bola = h.member(t, "amara", amara), h.member(t, "bola", bola)
	h.Project(t, h.acme, "open", models.VisibleToWorkspace)
	h.Project(t, h.acme, "secret", models.VisibleToMembers)
	return h
}

func (h *house) member(t *testing.T, login string, p person) *models.User {
	u := h.User(t, login, false)
	u.Name = p.name
	if err := h.DB.Gorm.Model(u).Updates(map[string]any{"name": p.name, "username": login}).Error; err != nil {
		t.Fatal(err)
	}
	h.Member(t, h.acme, u, models.Member)
	h.Actor(t, h.acme, p.id, u)
	return u
}

// files reads a report.
func files(t *testing.T, r *report.Report) map[string]string {
	t.Helper()
	var out bytes.Buffer
	if err := r.Write(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	archive, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, f := range archive.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		found[f.Name] = string(text)
	}
	return found
}

func read[T any](t *testing.T, text string) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return v
}

// sent is an event, and what a plain reader knows of it.
type sent struct {
	event          map[string]any
	about, mayRead bool
}

// random makes an event in which Amara may be, in any of the ways.
func random(r *rand.Rand, n int) sent {
	var s sent
	actor := feedtest.Pick(r, amara, bola, carla)
	s.event = map[string]any{
		"id": fmt.Sprintf("00000000-0000-4000-8000-%012d", n), "actor": actor.actor(), "action": "updated", "occurred_at": time.Unix(1_700_000_000+int64(n), 0).UTC().Format(time.RFC3339),
		"ip_address": "203.0.113.9", "user_agent": "Secret/1.0",
	}
	own, named := actor == amara, false
	if r.IntN(4) == 0 {
		on := feedtest.Pick(r, amara, bola)
		s.event["on_behalf_of"] = map[string]any{"id": on.id, "name": on.name, "type": "user"}
		own = own || on == amara
	}
	s.about = own
	resource := map[string]any{"type": "invoice", "id": fmt.Sprint(n), "name": "=1+1"}
	if r.IntN(4) == 0 {
		whose := feedtest.Pick(r, amara, bola, carla)
		resource = map[string]any{"type": "employee", "id": whose.id, "name": whose.name}
		s.about = s.about || whose == amara
	}
	s.event["resource"] = resource
	whom := feedtest.Pick(r, amara, bola, carla)
	switch r.IntN(8) {
	case 0:
		s.event["description"] = "Told " + strings.ToUpper(whom.name) + " (5 files)"
		named = whom == amara
	case 1:
		s.event["metadata"] = map[string]any{"notified": []any{whom.id, 5}, "note": `she said "hm"`}
		s.about = s.about || whom == amara
	case 2:
		s.event["changes"] = []any{map[string]any{"field": "contact", "before": "nobody", "after": whom.email}}
		s.about = s.about || whom == amara
	case 3:
		s.event["metadata"] = map[string]any{"team": "amara", "count": 5} // doubtful, so it is not about her
	}
	switch r.IntN(3) {
	case 0:
		s.event["project"], s.mayRead = map[string]any{"id": "open"}, true
	case 1:
		s.event["project"] = map[string]any{"id": "secret"}
	}
	if r.IntN(5) == 0 {
		s.event["system"], s.mayRead = true, false
	}
	s.mayRead = actor == amara || s.mayRead || own && s.event["system"] == nil // a member reads what was done on her behalf
	s.about = s.about || named && s.mayRead                                    // a name is hers to choose, so it tells her of nothing that she may not read
	return s
}

// What is in a report is decided by a plain loop over everything that was sent.
func TestReportHasAllOfOnePersonAndNothingOfOthers(t *testing.T) {
	h, r := newHouse(t), feedtest.Random(t)
	var all []sent
	var events []feedtest.Event
	for n := range 900 {
		s := random(r, n)
		all, events = append(all, s), append(events, s.event)
	}
	h.Send(t, h.acme, events...)
	made, err := h.reports.Own(t.Context(), h.amara)
	if err != nil {
		t.Fatal(err)
	}
	found := files(t, made)
	rows := map[string]map[string]any{}
	for _, row := range read[[]map[string]any](t, found["activities.json"]) {
		if row["workspace"] == "acme" {
			rows[row["id"].(string)] = row
		}
	}
	table, err := csv.NewReader(strings.NewReader(found["activities.csv"])).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	inTable := map[string][]string{}
	for _, cells := range table[1:] {
		inTable[cells[22]] = cells
	}
	for _, s := range all {
		id := s.event["id"].(string)
		row, ok := rows[id]
		if ok != s.about || (inTable[id] != nil) != s.about {
			t.Fatalf("%v in JSON, %v in CSV, instead of %v: %v", ok, inTable[id] != nil, s.about, s.event)
		}
		if ok {
			s.check(t, row, inTable[id])
		}
	}
	if !strings.Contains(found["activities.csv"], ",'=1+1,") || strings.Contains(found["activities.csv"], ",=1") {
		t.Error("the table has formulas")
	}
}

// check looks at an activity of the report.
func (s sent) check(t *testing.T, row map[string]any, cells []string) {
	t.Helper()
	text, err := json.Marshal(row)
	if err != nil {
		t.Fatal(err)
	}
	by := s.event["actor"].(map[string]any)["id"] == amara.id
	if by != strings.Contains(string(text), "203.0.113.9") || by != slices.Contains(cells, "Secret/1.0") {
		t.Errorf("addresses are told of what she did alone: %s", text)
	}
	for _, where := range []string{string(text), strings.Join(cells, "\n")} {
		folded := strings.ToLower(where)
		for _, p := range []person{bola, carla} {
			told := strings.Contains(folded, strings.ToLower(p.name)) || strings.Contains(folded, p.id) || strings.Contains(folded, p.email)
			sentText, _ := json.Marshal(s.event)
			if was := strings.Contains(string(sentText), p.id) || strings.Contains(strings.ToLower(string(sentText)), strings.ToLower(p.name)); s.mayRead && was && !told {
				t.Errorf("%s is left out of what she may read: %s", p.name, where)
			}
			if !s.mayRead && told {
				t.Errorf("%s is told of: %s\n%s", p.name, where, sentText)
			}
		}
	}
	if name := row["actor"].(map[string]any)["name"]; !s.mayRead && !by && name != report.Colleague {
		t.Errorf("the actor is %v", name)
	}
}

func TestReportTellsWhatIsKept(t *testing.T) {
	h := newHouse(t)
	for _, sql := range []string{
		`INSERT INTO sessions (id, secret_hash, user_id, "values", ip, user_agent, created_at, last_seen_at, expires_at) VALUES ('s-1', 'hush', $1, 'x', '203.0.113.7', 'Browser/1', now(), now(), now() + interval '1 day')`,
		`INSERT INTO tokens (user_id, name, hash, scopes, last_used_ip) VALUES ($1, 'My script', 'hash-of-a-token', 'activity:read', '203.0.113.8')`,
		`INSERT INTO saved_views (workspace_id, user_id, name, query, position) SELECT id, $1, 'Mine <b>', 'action=created', 1 FROM workspaces WHERE slug = 'acme'`,
		`UPDATE users SET password_hash = 'argon-hash' WHERE id = $1`,
	} {
		if _, err := h.DB.Pool.Exec(t.Context(), sql, h.amara.ID); err != nil {
			t.Fatal(err)
		}
	}
	h.Send(t, h.acme, feedtest.Event{"actor": amara.actor(), "action": "created", "resource": map[string]any{"type": "invoice", "name": "<script>alert(1)</script>"}},
		feedtest.Event{"actor": feedtest.Event{"id": "nobody-1", "name": "Nora Nobody"}, "action": "noted", "metadata": map[string]any{"notified": []string{"ab12cd34ef"}}})
	made, err := h.reports.Own(t.Context(), h.amara)
	if err != nil {
		t.Fatal(err)
	}
	found := files(t, made)
	for file, wants := range map[string][]string{
		"record.json":   {`"email": "amara@example.com"`, `"external_id": "ab12cd34ef"`, `"role": "member"`},
		"sessions.json": {`"203.0.113.7"`, `"Browser/1"`},
		"tokens.json":   {`"My script"`, `"203.0.113.8"`, `"activity:read"`},
		"views.json":    {`"Mine <b>"`, `"action=created"`},
		"exports.json":  {`[]`},
		"index.html":    {"Amara Okafor", "&lt;script&gt;", "Mine &lt;b&gt;", "Browser/1", "created", "<li>A colleague noted", "<code>{&#34;notified&#34;: [&#34;ab12cd34ef&#34;]}</code>"},
	} {
		for _, want := range wants {
			if !strings.Contains(found[file], want) {
				t.Errorf("%s has no %s:\n%s", file, want, found[file])
			}
		}
	}
	for name, text := range found {
		for _, secret := range []string{"hush", "hash-of-a-token", "argon-hash", "s-1"} {
			if strings.Contains(text, secret) {
				t.Errorf("%s has %s", name, secret)
			}
		}
	}
	if html := found["index.html"]; strings.Contains(html, "<script") || strings.Contains(html, "src=") || strings.Contains(html, "url(") {
		t.Error("the page has something to run or to fetch")
	}
	checkManifest(t, found)
	if n := recorded(t, h); n != 1 {
		t.Errorf("%d reports are recorded", n)
	}
}

// checkManifest holds the files against the manifest.
func checkManifest(t *testing.T, found map[string]string) {
	t.Helper()
	manifest := read[struct {
		Files []struct {
			Name, SHA256 string
			Bytes        int
			Rows         *int
		}
	}](t, found["manifest.json"])
	if len(manifest.Files) != len(found)-1 {
		t.Errorf("the manifest has %d files of %d", len(manifest.Files), len(found))
	}
	for _, f := range manifest.Files {
		sum := sha256.Sum256([]byte(found[f.Name]))
		if f.Bytes != len(found[f.Name]) || f.SHA256 != hex.EncodeToString(sum[:]) {
			t.Errorf("the manifest is wrong of %s", f.Name)
		}
		if f.Name == "activities.json" && *f.Rows != len(read[[]any](t, found[f.Name])) {
			t.Errorf("the manifest says %d rows", *f.Rows)
		}
	}
}

func recorded(t *testing.T, h *house) (n int) {
	t.Helper()
	if err := h.Journal.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := h.DB.Pool.QueryRow(t.Context(), `SELECT count(*) FROM activities WHERE action = 'report_made' AND system`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// A namesake's activities are the namesake's.
func TestReportLeavesNamesakesOut(t *testing.T) {
	h := newHouse(t)
	twin := person{"am77kk88pp", amara.name, "other.amara@example.org"}
	h.Send(t, h.acme,
		feedtest.Event{"actor": twin.actor(), "action": "created", "description": "Amara Okafor did it"},
		feedtest.Event{"actor": amara.actor(), "action": "created", "description": "Amara Okafor did it"},
		feedtest.Event{"actor": bola.actor(), "action": "created", "description": "Amara Okafor was told"}, // which of them, nobody knows
		feedtest.Event{"actor": bola.actor(), "action": "created", "description": "ab12cd34ef was told"})
	made, err := h.reports.Own(t.Context(), h.amara)
	if err != nil {
		t.Fatal(err)
	}
	if rows := read[[]map[string]any](t, files(t, made)["activities.json"]); len(rows) != 2 {
		t.Errorf("%v", rows)
	}
}

func TestReportOfWhoIsNotThere(t *testing.T) {
	h := newHouse(t)
	h.Send(t, h.acme, feedtest.Event{"actor": map[string]any{"id": "bot", "type": "agent"}, "action": "created"}, feedtest.Event{"actor": carla.actor(), "action": "created"})
	cli := account.CommandLine(&h.acme)
	for _, test := range []struct {
		name string
		make func() (*report.Report, error)
		want models.Kind
	}{
		{"nobody", func() (*report.Report, error) { return h.reports.Called(t.Context(), cli, "nobody") }, models.NotFound},
		{"no text", func() (*report.Report, error) { return h.reports.Called(t.Context(), cli, "a\x00") }, models.NotFound},
		{"an agent", func() (*report.Report, error) { return h.reports.Called(t.Context(), cli, "bot") }, models.Invalid},
		{"no user", func() (*report.Report, error) { return h.reports.Of(t.Context(), account.CommandLine(nil), 0, 4711) }, models.NotFound},
		{"somebody of nowhere", func() (*report.Report, error) { return h.reports.Of(t.Context(), account.CommandLine(nil), 0, 0) }, models.NotFound},
	} {
		if _, err := test.make(); err == nil || models.KindOf(err) != test.want {
			t.Errorf("%s: %v", test.name, err)
		}
	}
	if made, err := h.reports.Called(t.Context(), cli, carla.id); err != nil || made.Begin(t.Context()) != nil {
		t.Error(err)
	}
	for _, sql := range []string{`UPDATE users SET erased_at = now() WHERE id = $1`, `UPDATE actors SET erased_at = now() WHERE user_id = $1`} {
		if _, err := h.DB.Pool.Exec(t.Context(), sql, h.amara.ID); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := h.reports.Own(t.Context(), h.amara); models.KindOf(err) != models.Gone {
		t.Errorf("somebody anonymised: %v", err)
	}
	if _, err := h.reports.Called(t.Context(), cli, amara.id); models.KindOf(err) != models.Gone {
		t.Errorf("somebody anonymised: %v", err)
	}
	if n := recorded(t, h); n != 1 {
		t.Errorf("%d reports are recorded", n)
	}
}

// A report that breaks off is an error, never a short file.
func TestStreamBreaksOff(t *testing.T) {
	h := newHouse(t)
	made, err := h.reports.Own(t.Context(), h.amara)
	if err != nil {
		t.Fatal(err)
	}
	s := made.Stream(t.Context())
	if _, err := s.Read(make([]byte, 10)); err != nil {
		t.Fatal(err)
	}
	s.BreakOff()
	if _, err := io.Copy(io.Discard, s); err == nil || errors.Is(err, io.EOF) {
		t.Errorf("it ended with %v", err)
	}
}
