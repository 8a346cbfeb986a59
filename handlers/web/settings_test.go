package web_test

import (
	"net/url"
	"strings"
	"testing"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
	"daybook/models"
)

// settings is the form as the page shows it at first, with some fields typed anew.
func settings(as string, fields ...string) Request {
	keys := strings.ReplaceAll(models.DefaultDeniedKeys, "\n", "\r\n") // as browsers post lines
	form := url.Values{
		"name": {"The acme"}, "slug": {"acme"}, "time_zone": {"America/St_Johns"}, "week_start": {"1"}, "statistics": {"members"}, "rankings": {"true"}, "version": {"1"},
		"addresses": {"keep"}, "agents": {"keep"}, "denied_keys": {keys}, "was_addresses": {"keep"}, "was_agents": {"keep"}, "was_denied_keys": {keys},
		"was_name": {"The acme"}, "was_slug": {"acme"}, "was_time_zone": {"America/St_Johns"}, "was_week_start": {"1"}, "was_statistics": {"members"}, "was_rankings": {"true"},
	}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return Request{As: as, Method: "POST", Path: "/w/acme/settings", Form: form}
}

func TestSettings(t *testing.T) {
	w := New(t)
	slug := settings("ada", "slug", "acme-studio", "version", "2", "week_start", "7", "was_week_start", "7", "statistics", "admins")
	slug.Form.Del("rankings")
	posting := func(to string, fields ...string) Request {
		r := settings("ada", fields...)
		r.Path = "/w/" + to + "/settings"
		return r
	}
	w.Run(t, []Scenario{
		{Name: "page", Request: Request{As: "ada", Path: "/w/acme/settings"}, Status: 200, Has: []string{`value="The acme"`, w.Acme.ID.String(), "find nothing after a change"}, Lacks: []string{"Archive workspace", "/w/acme/purge"}},
		{Name: "an owner's", Request: Request{As: "alice", Path: "/w/acme/settings"}, Status: 200, Has: []string{"Archive workspace", "/w/acme/purge"}},
		{Name: "all is wrong", Request: settings("ada", "name", " ", "slug", "A b", "time_zone", `Mars"><script>`, "week_start", "8", "statistics", "x"), Status: 422,
			Has: []string{`id="name-error"`, `id="slug-error"`, `id="time_zone-error"`, `id="week_start-error"`, `id="statistics-error"`, `value="A b"`}, Lacks: []string{`"><script>`}},
		{Name: "what cannot be stored", Request: settings("ada", "addresses", "forget", "agents", "truncate", "denied_keys", "fine\r\n<b>*x"), Status: 422,
			Has: []string{`id="addresses-error"`, `id="agents-error"`, `id="denied_keys-error"`, `fine` + "\n" + `&lt;b&gt;*x</textarea>`, "not at an end: &lt;b&gt;*x"}, Lacks: []string{"<b>*x"}},
		{Name: "a taken slug", Request: settings("ada", "slug", "other"), Status: 409, Has: []string{`id="slug-error"`, "here is a workspace other already"}},
		{Name: "our own slug", Request: settings("ada", "slug", "daybook"), Status: 409, Has: []string{`id="slug-error"`}},
		{Name: "no version", Request: settings("ada", "version", ""), Status: 422},
		{Name: "another field", Request: settings("ada", "archived_at", "2020-01-01"), Status: 422},
		{Name: "the id", Request: settings("ada", "workspace_id", w.Other.ID.String()), Status: 422},
		{Name: "a member", Request: settings("bob", "name", "Mine"), Status: 403, Records: []string{"acme bob access_denied denied"}},
		{Name: "a stranger", Request: settings("charlie", "name", "Mine"), Status: 404},
		{Name: "others' by id", Request: Request{As: "alice", Method: "POST", Path: "/w/" + w.Other.ID.String() + "/settings", Form: settings("").Form}, Status: 404},
		{Name: "others' by id, looked at", Request: Request{As: "alice", Path: "/w/" + w.Other.ID.String() + "/settings"}, Status: 404},
		{Name: "somebody deactivated", Request: settings("dora", "name", "Mine"), Status: 401},
		{Name: "by a token", Request: settings("ada-admin", "name", "Mine"), Status: 403, Records: []string{"acme ada access_denied denied"}},
		{Name: "nothing", Request: settings("ada"), Status: 303},
		{Name: "a town", Request: settings("ada", "time_zone", "kathmandu", "week_start", "7"), Status: 303, Headers: map[string]string{"Location": "/w/acme/settings"}, Records: []string{"acme ada settings_updated"}},
		{Name: "slug", Request: slug, Status: 303, Headers: map[string]string{"Location": "/w/acme-studio/settings"}, Records: []string{"acme-studio ada settings_updated"}},
		{Name: "what is stored", Request: posting("acme-studio", "version", "3", "slug", "acme-studio", "addresses", "truncate", "agents", "drop", "denied_keys", " pin\r\n\r\npin\r\n"), Status: 303, Records: []string{"acme-studio ada settings_updated"}},
		{Name: "the old address", Request: Request{As: "ada", Path: "/w/acme"}, Status: 404},
		{Name: "the id stays", Request: Request{As: "ada", Path: "/w/" + w.Acme.ID.String()}, Status: 200},
	})
	if got := Ask[string](w, `SELECT name || week_start || statistics || rankings || version || addresses || agents || denied_keys FROM workspaces WHERE id = $1`, w.Acme.ID); got != "The acme1memberstrue4truncatedroppin" {
		t.Error(got)
	}
}

// The second of two editors learns what the first did, loses nothing of what they typed, and overwrites nothing unseen.
func TestTwoEditSettings(t *testing.T) {
	w := New(t)
	w.Do(settings("alice", "name", "Acme of Alice", "week_start", "7")).Expect(t, 303)
	w.Recorded()
	late := settings("ada", "name", "Acme of Ada", "statistics", "admins")
	a := w.Do(late).Expect(t, 409, "Somebody else changed the settings while you did.", `value="Acme of Ada"`, `<option value="7" selected`, `name="version" value="2"`, `name="was_name" value="Acme of Alice"`)
	a.Expect(t, 409, "Acme of Alice", "Monday", "Sunday", `value="admins" checked`)
	if got := w.Recorded(); len(got) != 0 || Ask[string](w, `SELECT name FROM workspaces WHERE slug = 'acme'`) != "Acme of Alice" {
		t.Errorf("%q", got)
	}
	w.Do(settings("ada", "name", "Acme of Ada", "statistics", "admins", "week_start", "7", "version", "2", "was_name", "Acme of Alice", "was_week_start", "7")).Expect(t, 303)
	if got := Ask[string](w, `SELECT name || week_start || statistics FROM workspaces WHERE slug = 'acme'`); got != "Acme of Ada7admins" {
		t.Error(got)
	}
	w.Do(settings("alice", "name", "Acme of Ada", "was_name", "Acme of Ada", "statistics", "admins", "was_statistics", "admins", "week_start", "7", "was_week_start", "7", "version", "3", "denied_keys", "a\r\nb")).Expect(t, 303)
	w.Do(settings("ada", "name", "Acme of Ada", "was_name", "Acme of Ada", "statistics", "admins", "was_statistics", "admins", "week_start", "7", "was_week_start", "7", "version", "3", "agents", "drop")).
		Expect(t, 409, "*password*, passwd", "<span class=\"now\">a, b</span>", "a\nb</textarea>", `name="was_denied_keys" value="a`).Lacks(t, "as they are")
	// What was changed and changed back is no reason to be silent.
	w.Exec(`UPDATE workspaces SET version = 9 WHERE slug = 'acme'`)
	w.Do(settings("ada", "name", "Acme of Ada", "was_name", "Acme of Ada", "statistics", "admins", "was_statistics", "admins", "week_start", "7", "was_week_start", "7", "denied_keys", "a\nb", "was_denied_keys", "a\nb", "version", "4")).Expect(t, 409, "changed by somebody else", `name="version" value="9"`)
}

func TestArchivingAWorkspace(t *testing.T) {
	w := New(t)
	archive := func(as, archived, version string) Request {
		return posted(as, "/w/acme/archive", "archived", archived, "version", version)
	}
	send := Request{As: "service", Method: "POST", Path: "/api/v1/workspaces/acme/activity", Body: `{"actor": {"id": "bob"}, "action": "created"}`}
	w.Run(t, []Scenario{
		{Name: "a member", Request: archive("bob", "true", "1"), Status: 403, Records: []string{"acme bob access_denied denied"}},
		{Name: "an admin", Request: archive("ada", "true", "1"), Status: 403, Records: []string{"acme ada access_denied denied"}},
		{Name: "a stranger", Request: archive("charlie", "true", "1"), Status: 404},
		{Name: "another field", Request: posted("alice", "/w/acme/archive", "archived", "true", "version", "1", "name", "x"), Status: 303},
		{Name: "an old version", Request: archive("alice", "true", "7"), Status: 303},
		{Name: "it is told", Request: Request{As: "alice", Path: "/w/acme/settings"}, Status: 200, Has: []string{"notice-danger", "somebody else changed this"}},
		{Name: "an owner", Request: archive("alice", "true", "1"), Status: 303, Records: []string{"acme Alice Person archived"}},
		{Name: "sending", Request: send, Status: 409},
		{Name: "reading", Request: Request{As: "bob", Path: "/w/acme"}, Status: 200, Has: []string{"This workspace is archived.", "<small>Archived</small>"}},
		{Name: "in the switcher", Request: Request{As: "ina", Path: "/w/other"}, Status: 200, Has: []string{`<span class="tag">Archived</span>`}, Lacks: []string{"This workspace is archived."}},
		{Name: "settings", Request: Request{As: "alice", Path: "/w/acme/settings"}, Status: 200, Has: []string{"Open it again"}, Lacks: []string{"Archive workspace"}},
		{Name: "opened", Request: archive("alice", "false", "2"), Status: 303, Records: []string{"acme Alice Person unarchived"}},
		{Name: "sending again", Request: send, Status: 201, Records: []string{"acme bob created"}},
	})
}

func TestSettingsOfDaybooksOwnWorkspace(t *testing.T) {
	w := New(t)
	w.Do(Request{As: "ina", Path: "/w/daybook/settings"}).Expect(t, 200).Lacks(t, "Archive workspace", `id="slug"`)
	r := posted("ina", "/w/daybook/archive", "archived", "true", "version", "1")
	w.Do(r).Expect(t, 303)
	if strings.Contains(w.Do(Request{As: "ina", Path: "/w/daybook/settings"}).Expect(t, 200).Body, "is archived") {
		t.Error("it is archived")
	}
}
