package handlerstest

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"time"

	"daybook/models"
	"daybook/services/account"
	"daybook/services/auth"
)

// Password is everybody's.
const Password = "correct horse battery"

// Cast is who there is.
type Cast struct {
	Acme, Other                         models.Workspace
	Alice, Ada, Bob, Charlie, Ina, Dora *models.User
	credentials                         map[string]http.Header // by name: what a request of theirs carries
}

// People of the cast; the sessions have the same names. Whoever is not in here is nobody.
var people = []struct {
	name      string
	instance  bool
	workspace string // slug
	role      models.Role
	actor     string
}{
	{"alice", false, "acme", models.Owner, ""},
	{"ada", false, "acme", models.Admin, "ada"},
	{"bob", false, "acme", models.Member, "bob"},
	{"charlie", false, "other", models.Member, "charlie"},
	{"ina", true, "", "", ""},
	{"dora", false, "acme", models.Member, "dora"},
}

// Tokens of the cast, by the name a request is made as.
var tokens = []struct {
	name      string
	user      string // empty: a service token
	workspace string // empty: any of the user's
	scopes    []string
	spoil     string // SQL after which it is worth nothing
}{
	{name: "service", workspace: "acme", scopes: []string{models.ScopeWrite, models.ScopeRead}},
	{name: "service-write", workspace: "acme", scopes: []string{models.ScopeWrite}},
	{name: "service-read", workspace: "acme", scopes: []string{models.ScopeRead}},
	{name: "service-access", workspace: "acme", scopes: []string{models.ScopeAccess}},
	{name: "ada-admin", user: "ada", scopes: []string{models.ScopeAdmin, models.ScopeRead, models.ScopeAccess}},
	{name: "service-neither", workspace: "acme", scopes: []string{models.ScopeViewer}},
	{name: "service-other", workspace: "other", scopes: []string{models.ScopeWrite, models.ScopeRead}},
	{name: "bob-read", user: "bob", scopes: []string{models.ScopeRead}},
	{name: "bob-write", user: "bob", scopes: []string{models.ScopeWrite}},
	// Made when Bob was an admin, which he is no more.
	{name: "bob-access", user: "bob", scopes: []string{models.ScopeRead}, spoil: `UPDATE tokens SET scopes = 'access:write' WHERE name = $1`},
	{name: "bob-viewer", user: "bob", scopes: []string{models.ScopeRead}, spoil: `UPDATE tokens SET scopes = 'viewer:mint' WHERE name = $1`},
	{name: "bob-admin", user: "bob", scopes: []string{models.ScopeRead}, spoil: `UPDATE tokens SET scopes = 'admin' WHERE name = $1`},
	{name: "ada-read", user: "ada", scopes: []string{models.ScopeRead}},
	{name: "ina-admin", user: "ina", scopes: []string{models.ScopeAdmin, models.ScopeRead}},
	{name: "ina-read", user: "ina", scopes: []string{models.ScopeRead}},
	{name: "dora-token", user: "dora", scopes: []string{models.ScopeRead, models.ScopeWrite}},
	{name: "expired", workspace: "acme", scopes: []string{models.ScopeRead, models.ScopeWrite}, spoil: `UPDATE tokens SET expires_at = now() - interval '1 s' WHERE name = $1`},
	{name: "revoked", workspace: "acme", scopes: []string{models.ScopeRead, models.ScopeWrite}, spoil: `UPDATE tokens SET revoked_at = now() WHERE name = $1`},
}

// argon2 is slow on purpose; once is enough.
var passwordHash = sync.OnceValues(func() (string, error) { return auth.HashPassword(context.Background(), Password) })

// strangers are those whom the database need not know.
func strangers() map[string]http.Header {
	return map[string]http.Header{"": {}, "nobody": {}, "unknown-token": bearer("dbk_nobody_has_this_one"), "no-token-at-all": bearer("")}
}

func (w *World) populate() {
	w.T.Helper()
	ctx := context.Background()
	for slug, to := range map[string]*models.Workspace{"acme": &w.Acme, "other": &w.Other} {
		made, err := w.Account.CreateWorkspace(ctx, account.NewWorkspace{Slug: slug, Name: "The " + slug, TimeZone: "America/St_Johns"}, models.CommandLine)
		w.must(err)
		*to = *made
	}
	users := map[string]*models.User{}
	for _, p := range people {
		u := w.person(p.name, p.instance)
		users[p.name] = u
		if p.workspace != "" {
			w.must(w.Account.AddMember(ctx, account.NewMember{Workspace: w.workspace(p.workspace), User: u, Role: p.role, Actor: p.actor}, models.CommandLine))
		}
		w.credentials[p.name] = w.Session(u)
	}
	w.Alice, w.Ada, w.Bob, w.Charlie, w.Ina, w.Dora = users["alice"], users["ada"], users["bob"], users["charlie"], users["ina"], users["dora"]
	w.must(w.Account.Grant(ctx, account.Access{Workspace: &w.Acme, Project: "p1", User: w.Bob}, models.CommandLine))
	for _, t := range tokens {
		n := auth.NewToken{Name: t.name, User: users[t.user], Scopes: t.scopes, By: models.CommandLine}
		if t.workspace != "" {
			n.Workspace = &w.workspace(t.workspace).ID
		}
		text, err := w.Auth.MakeToken(ctx, n)
		w.must(err)
		w.credentials[t.name] = bearer(text)
		if t.spoil != "" {
			w.Exec(t.spoil, t.name)
		}
	}
	w.Exec(`UPDATE users SET deactivated_at = now() WHERE id = $1`, w.Dora.ID)
}

func (w *World) workspace(slug string) *models.Workspace {
	if slug == "acme" {
		return &w.Acme
	}
	return &w.Other
}

// person makes a user called Name Person, whose address is name@example.com.
func (w *World) person(name string, instance bool) *models.User {
	w.T.Helper()
	hash, err := passwordHash()
	w.must(err)
	u := &models.User{Email: name + "@example.com", Username: &name, Name: string(name[0]-'a'+'A') + name[1:] + " Person", PasswordHash: hash, InstanceAdmin: instance}
	u.ID = Ask[int64](w, `INSERT INTO users (email, username, name, password_hash, instance_admin) VALUES ($1, $2, $3, $4, $5) RETURNING id`,
		u.Email, name, u.Name, u.PasswordHash, instance)
	return u
}

// Session signs somebody in, without the page, and gives the headers of their requests.
func (w *World) Session(u *models.User) http.Header {
	w.T.Helper()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	s, err := w.sessions.New(r, w.sessions.CookieName())
	w.must(err)
	w.must(w.sessions.Rotate(r, s, u))
	r.RemoteAddr = "" // as a column it is an address without a port
	w.must(w.sessions.Save(r, httptest.NewRecorder(), s))
	return http.Header{"Cookie": {w.sessions.CookieName() + "=" + s.ID}}
}

// Credentials are the headers of somebody's requests.
func (w *World) Credentials(name string) http.Header {
	w.T.Helper()
	h, ok := w.credentials[name]
	if !ok {
		w.T.Fatalf("nobody is called %q", name)
	}
	return h
}

func bearer(token string) http.Header { return http.Header{"Authorization": {"Bearer " + token}} }

// Send sends an event as the application does, and waits until it is posted.
func (w *World) Send(event string, args ...any) {
	w.T.Helper()
	w.Do(Request{As: "service", Method: "POST", Path: "/api/v1/workspaces/acme/activity", Body: fmt.Sprintf(event, args...)}).Expect(w.T, http.StatusCreated)
	w.Drain()
}

// Drain waits until everything that was accepted is posted.
func (w *World) Drain() {
	w.T.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	w.must(w.Journal.Drain(ctx))
}

// Recorded gives the activities that were posted since it was called last, in order, as "workspace actor action" and, if it is not success,
// the outcome. Actors that Daybook made are called by name.
func (w *World) Recorded() []string {
	w.T.Helper()
	w.Drain()
	rows, err := w.DB.Pool.Query(context.Background(), `
		SELECT a.id, w.slug || ' ' || CASE WHEN p.external_id LIKE 'daybook:%' THEN a.actor_name ELSE p.external_id END || ' ' || a.action || CASE a.outcome WHEN 'success' THEN '' ELSE ' ' || a.outcome END
		  FROM activities a JOIN workspaces w ON w.id = a.workspace_id JOIN actors p ON p.id = a.actor_id WHERE a.id > $1 ORDER BY a.id`, w.seen)
	w.must(err)
	defer rows.Close()
	recorded := []string{}
	for rows.Next() {
		var line string
		w.must(rows.Scan(&w.seen, &line))
		recorded = append(recorded, line)
	}
	w.must(rows.Err())
	return recorded
}
