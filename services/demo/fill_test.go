package demo_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/account"
	"daybook/services/auth"
	"daybook/services/database"
	"daybook/services/database/dbtest"
	"daybook/services/demo"
	"daybook/services/feed"
	"daybook/services/ingest"
	"daybook/services/journal"
)

// now is when every demo is told.
var now = time.Date(2025, 11, 20, 13, 34, 0, 0, time.UTC)

// place is a database of its own whose journal posts.
type place struct {
	t        testing.TB
	db       *database.Database
	accounts *account.Service
	filler   demo.Filler
}

func newPlace(t testing.TB) *place {
	t.Helper()
	p := &place{t: t, db: dbtest.New(t)}
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	j := journal.New(p.db, log)
	in := ingest.New(p.db, j.Wake, time.Now, log)
	j.RecordWith(in)
	keys := auth.NewKeys([]byte("a secret of this test"))
	a := auth.New(p.db, in, keys, time.Now)
	p.accounts = account.New(p.db, in, a, time.Now)
	p.filler = demo.Filler{Database: p.db, Auth: a, Ingest: in, Journal: j, Keys: keys}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		j.Run(ctx)
	}()
	t.Cleanup(func() { cancel(); <-done })
	return p
}

// fill fills, which must work. Where several fills end in one state, they are all told now.
func (p *place) fill(at time.Time) []demo.SignIn {
	p.t.Helper()
	signIns, err := p.filler.Fill(p.t.Context(), p.accounts, at)
	if err != nil {
		p.t.Fatal(err)
	}
	return signIns
}

func ask[T any](p *place, sql string) (v T) {
	p.t.Helper()
	if err := p.db.Pool.QueryRow(p.t.Context(), sql).Scan(&v); err != nil {
		p.t.Fatalf("%s: %v", sql, err)
	}
	return v
}

// state is what a filled database says, without what differs from one database to the next: ids, random keys, the time of recording.
func (p *place) state() []string {
	p.t.Helper()
	var lines []string
	for _, sql := range []string{
		`SELECT concat_ws(' ', 'workspace', slug, name, time_zone) FROM workspaces`,
		`SELECT concat_ws(' ', 'user', email, username, name, instance_admin) FROM users`,
		`SELECT concat_ws(' ', 'member', w.slug, u.email, m.role) FROM memberships m JOIN users u ON u.id = m.user_id JOIN workspaces w ON w.id = m.workspace_id`,
		`SELECT concat_ws(' ', 'actor', external_id, type, a.name, a.email, role, u.email) FROM actors a LEFT JOIN users u ON u.id = a.user_id`,
		`SELECT concat_ws(' ', 'project', external_id, name, visibility, archived_at) FROM projects`,
		`SELECT concat_ws(' ', 'access', p.external_id, a.external_id) FROM project_members m JOIN projects p ON p.id = m.project_id JOIN actors a ON a.id = m.actor_id`,
		`SELECT concat_ws(' ', 'setting', key, value) FROM instance_settings`,
		`SELECT concat_ws(' ', 'activity', w.slug, c.external_id, a.actor_name, action, entity_type, CASE WHEN s.kind = 'import' THEN entity_id || ' ' || a.uuid END, entity_name,
		        description, changes, CASE WHEN s.kind = 'import' THEN metadata END, outcome, system, s.kind, occurred_at)
		   FROM activities a JOIN workspaces w ON w.id = a.workspace_id JOIN actors c ON c.id = a.actor_id JOIN sources s ON s.id = a.source_id`,
		`SELECT 'inbox' FROM inbox`, `SELECT 'rejected ' || reason FROM rejected`,
	} {
		rows, err := p.db.Pool.Query(p.t.Context(), sql)
		if err != nil {
			p.t.Fatal(err)
		}
		for rows.Next() {
			var line string
			if err := rows.Scan(&line); err != nil {
				p.t.Fatal(err)
			}
			lines = append(lines, line)
		}
		rows.Close()
	}
	slices.Sort(lines)
	return lines
}

// same compares two states and shows what one has and the other has not.
func same(t *testing.T, got, want []string) {
	t.Helper()
	without := func(lines, others []string) []string {
		return slices.DeleteFunc(slices.Clone(lines), func(line string) bool { _, there := slices.BinarySearch(others, line); return there })
	}
	if surplus, missing := without(got, want), without(want, got); len(surplus)+len(missing) > 0 || len(got) != len(want) {
		t.Errorf("%d and %d lines; %d too many: %q; %d missing: %q", len(got), len(want), len(surplus), surplus[:min(3, len(surplus))], len(missing), missing[:min(3, len(missing))])
	}
}

func TestFillingAnEmptyDatabaseOnce(t *testing.T) {
	p := newPlace(t)
	if is, err := demo.IsDemo(t.Context(), p.accounts); is || err != nil {
		t.Errorf("%v, %v", is, err)
	}
	signIns := p.fill(now)
	story := demo.Tell(now)
	if n := ask[int](p, `SELECT count(*) FROM activities a JOIN sources s ON s.id = a.source_id WHERE s.kind = 'import'`); n != len(story.Events) {
		t.Errorf("%d of %d events were posted", n, len(story.Events))
	}
	if n := ask[int](p, `SELECT (SELECT count(*) FROM inbox) + (SELECT count(*) FROM rejected)`); n != 0 {
		t.Errorf("%d are not posted", n)
	}
	if is, err := demo.IsDemo(t.Context(), p.accounts); !is || err != nil {
		t.Errorf("%v, %v", is, err)
	}
	before := p.state()
	again := p.fill(now.Add(48 * time.Hour)) // the story is told once, however late one starts again
	if !slices.Equal(again, signIns) {
		t.Errorf("%v instead of %v", again, signIns)
	}
	same(t, p.state(), before)
}

func TestAFillThatIsInterruptedIsGoneOnWith(t *testing.T) {
	whole := newPlace(t)
	whole.fill(now)
	want := whole.state()
	for name, reached := range map[string]string{
		"marked":    `SELECT EXISTS (SELECT FROM instance_settings)`,
		"workspace": `SELECT count(*) > 1 FROM workspaces`,
		"a user":    `SELECT count(*) > 1 FROM users`,
		"projects":  `SELECT count(*) > 3 FROM project_members`,
		"events":    `SELECT count(*) > 700 FROM event_ids`,
		"posted":    `SELECT count(*) > 1500 FROM activities`,
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() {
				_, err := p.filler.Fill(ctx, p.accounts, now)
				done <- err
			}()
			for !ask[bool](p, reached) {
				select {
				case err := <-done:
					t.Fatalf("it ended before: %v", err)
				default:
				}
			}
			cancel()
			if err := <-done; err == nil {
				t.Log("it was done already") // still: a second Fill changes nothing
			}
			p.fill(now.Add(time.Hour))
			same(t, p.state(), want)
		})
	}
}

func TestADatabaseInUseIsNoDemo(t *testing.T) {
	for name, use := range map[string]string{
		"a user":      `INSERT INTO users (email, name, password_hash) VALUES ('amara@example.com', 'Amara', '')`,
		"a workspace": `INSERT INTO workspaces (id, slug, name) VALUES (gen_random_uuid(), 'acme', 'Acme')`,
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			if _, err := p.db.Pool.Exec(t.Context(), use); err != nil {
				t.Fatal(err)
			}
			before := p.state()
			if _, err := p.filler.Fill(t.Context(), p.accounts, now); models.KindOf(err) != models.Conflict || !strings.Contains(err.Error(), "DAYBOOK_DATA") {
				t.Errorf("%v", err)
			}
			same(t, p.state(), before)
			if is, err := demo.IsDemo(t.Context(), p.accounts); is || err != nil {
				t.Errorf("%v, %v", is, err)
			}
		})
	}
}

func TestTheSignInsWorkAndSeeDifferentFeeds(t *testing.T) {
	p := newPlace(t)
	signIns := p.fill(now)
	if len(signIns) != 3 {
		t.Fatalf("%d sign-ins", len(signIns))
	}
	story := demo.Tell(now)
	newest := slices.MaxFunc(story.Events, func(a, b models.Event) int { return a.OccurredAt.Compare(*b.OccurredAt) })
	entering, reading := access.New(p.db), feed.New(p.db, make([]byte, 32))
	seen, feeds := map[string]bool{}, map[string]bool{}
	for i, s := range signIns {
		if len(s.Password) < models.MinPassword || s.Hint == "" {
			t.Errorf("%+v", s)
		}
		user, err := p.filler.Auth.SignIn(t.Context(), s.Email, s.Password, auth.From{IP: "127.0.0.1"})
		if err != nil || user.Name != s.Name {
			t.Fatalf("%+v: %v", s, err)
		}
		v, err := entering.Enter(t.Context(), access.Principal{User: user}, story.Workspace.Slug)
		if err != nil {
			t.Fatal(err)
		}
		page, err := reading.Page(t.Context(), v.Scope(false), feed.Ask{Limit: 50})
		if err != nil || len(page.Entries) != 50 {
			t.Fatalf("%d rows, %v", len(page.Entries), err)
		}
		total := fmt.Sprint(v.Role, len(v.Projects()), v.ReadsAll())
		ids := ""
		for _, e := range page.Entries {
			ids += e.UUID.String()
		}
		if seen[total] || i == len(signIns)-1 && feeds[ids] {
			t.Errorf("%s sees what somebody else sees", s.Name)
		}
		seen[total], feeds[ids] = true, true
		if first := page.Entries[0]; v.ReadsAll() && (first.UUID != newest.UUID || !first.OccurredAt.Equal(*newest.OccurredAt)) {
			t.Errorf("the newest row is %s of %s", first.Description, first.OccurredAt)
		}
		if age := now.Sub(page.Entries[0].OccurredAt); age < 0 || age > 24*time.Hour {
			t.Errorf("the newest row of %s is %s old", s.Name, age)
		}
	}
	if n := ask[int](p, `SELECT count(*) FROM users WHERE instance_admin`); n != 1 {
		t.Errorf("%d instance admins", n)
	}
	other := newPlace(t)
	other.filler.Keys = auth.NewKeys([]byte("another data folder"))
	for i, s := range other.fill(now) {
		if s.Password == signIns[i].Password {
			t.Error("two data folders have the same passwords")
		}
	}
}
