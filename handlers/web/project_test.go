package web_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
)

// filled is a form whose fields may come several times.
func filled(as, path string, pairs ...string) Request {
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return Request{As: as, Method: "POST", Path: path, Form: form}
}

func TestTheListOfProjects(t *testing.T) {
	w := New(t)
	w.Send(`{"actor": {"id": "bob"}, "action": "created", "project": {"id": "crm/7", "name": "CRM <b>"}}`)
	w.Recorded()
	list := func(query string) Request { return Request{As: "ada", Path: "/w/acme/projects" + query} }
	w.Run(t, []Scenario{
		{Name: "with what goes on", Request: list(""), Status: 200, Has: []string{"CRM &lt;b&gt;", "crm/7", "Its members", `<td class="num" data-label="Activities"><a href="/w/acme?project_id=crm%2F7">1</a>`}, Lacks: []string{"CRM <b>"}},
		{Name: "searched", Request: list("?q=crm"), Status: 200, Has: []string{"CRM"}, Lacks: []string{">p1<"}},
		{Name: "nothing found", Request: list("?q=nothing+like+that"), Status: 200, Has: []string{"No project like that", `value="nothing like that"`}},
		{Name: "none archived", Request: list("?state=archived"), Status: 200, Has: []string{"No project is archived"}},
		{Name: "another state", Request: list("?state=both"), Status: 400, Has: []string{"state"}},
		{Name: "a cursor of another list", Request: list("?after=x"), Status: 400},
		{Name: "a member", Request: Request{As: "bob", Path: "/w/acme/projects"}, Status: 403, Records: []string{"acme bob access_denied denied"}},
	})
	for i := range 60 {
		w.Exec(`INSERT INTO projects (workspace_id, external_id, name) VALUES ($1, $2, $2)`, w.Acme.ID, fmt.Sprintf("x-%02d", i))
	}
	first := document(t, w.Do(list("?q=x-")).Expect(t, 200, "x-49"))
	next, _ := first.Find(`a[rel="next"]`).Attr("href")
	behind := w.Do(Request{As: "ada", Path: next}).Expect(t, 200, "x-50", "x-59")
	behind.Lacks(t, "x-49")
	second := document(t, behind)
	back, _ := second.Find(`a[rel="prev"]`).Attr("href")
	w.Do(Request{As: "ada", Path: back}).Expect(t, 200, "x-00", "x-49").Lacks(t, "x-50")
}

func TestAProjectIsMadeEditedAndArchived(t *testing.T) {
	w := New(t)
	p1 := projectOf(w, "p1")
	version := func() string { return Ask[string](w, `SELECT version::text FROM projects WHERE external_id = 'p1'`) }
	w.Run(t, []Scenario{
		{Name: "the form", Request: Request{As: "ada", Path: "/w/acme/projects/new"}, Status: 200, Has: []string{`name="external_id"`, `value="members" checked`}},
		{Name: "made", Request: filled("ada", "/w/acme/projects", "external_id", " crm/7 ", "name", "CRM", "visibility", "workspace"), Status: 303, Records: []string{"acme ada created"}},
		{Name: "an id that is taken", Request: filled("ada", "/w/acme/projects", "external_id", "p1", "name", "Mine <i>", "visibility", "members"), Status: 409,
			Has: []string{`id="external_id-error"`, "There is a project p1 already.", `value="Mine &lt;i&gt;"`, `value="p1"`}},
		{Name: "nothing typed", Request: filled("ada", "/w/acme/projects"), Status: 422, Has: []string{`id="external_id-error"`, `id="visibility-error"`}},
		{Name: "a field too many", Request: filled("ada", "/w/acme/projects", "external_id", "x", "visibility", "members", "workspace_id", "other"), Status: 422, Has: []string{"is no field of this form", `value="x"`}},
		{Name: "edited", Request: filled("ada", p1+"/edit", "name", "One", "visibility", "workspace", "version", version()), Status: 303, Records: []string{"acme ada updated"}},
		{Name: "it is said", Request: Request{As: "ada", Path: p1 + "/edit"}, Status: 200, Has: []string{"The project is saved.", `value="One"`, `value="workspace" checked`}},
		{Name: "outdated", Request: filled("ada", p1+"/edit", "name", "Two <i>", "visibility", "members", "version", "1"), Status: 409,
			Has: []string{"Somebody else changed this meanwhile: it is called One, active, visible to the whole workspace.", `value="Two &lt;i&gt;"`, `name="version" value="2"`}},
		{Name: "no version", Request: filled("ada", p1+"/edit", "name", "Two", "visibility", "members"), Status: 422, Has: []string{"open the page again"}},
		{Name: "no name", Request: filled("ada", p1+"/edit", "name", " ", "visibility", "members", "version", "2"), Status: 422, Has: []string{`id="name-error"`}},
		{Name: "archived", Request: filled("ada", p1+"/archive", "archived", "true", "version", "2"), Status: 303, Records: []string{"acme ada updated"}},
		{Name: "said and shown", Request: Request{As: "ada", Path: p1 + "/edit"}, Status: 200, Has: []string{"The project is archived.", "Unarchive project"}},
		{Name: "in the list of those", Request: Request{As: "ada", Path: "/w/acme/projects?state=archived"}, Status: 200, Has: []string{">One<"}},
		{Name: "archived by somebody who has not seen it", Request: filled("ada", p1+"/archive", "archived", "false", "version", "2"), Status: 303},
		{Name: "who is told", Request: Request{As: "ada", Path: p1 + "/edit"}, Status: 200, Has: []string{"somebody else changed this meanwhile"}},
		{Name: "and back", Request: filled("ada", p1+"/archive", "archived", "false", "version", "3"), Status: 303, Records: []string{"acme ada updated"}},
		{Name: "of another workspace", Request: Request{As: "charlie", Path: strings.Replace(p1, "acme", "other", 1) + "/edit"}, Status: 403, Records: []string{"other charlie access_denied denied"}},
		{Name: "of nowhere", Request: Request{As: "ada", Path: "/w/acme/projects/4711/edit"}, Status: 404},
		{Name: "a word for an id", Request: Request{As: "ada", Path: "/w/acme/projects/x/access"}, Status: 404},
	})
	w.Do(Request{As: "ada", Path: "/w/acme?include_system=true&resource_types=project&fold=no"}).Expect(t, 200, "archived project", "unarchived project")
}

func TestWhoHasAccessToAProject(t *testing.T) {
	w := New(t)
	p1 := projectOf(w, "p1")
	at := p1 + "/access"
	bob, ada := fmt.Sprint("u", w.Bob.ID), fmt.Sprint("u", w.Ada.ID)
	w.Send(`{"actor": {"id": "v-1", "name": "Visitor <b>", "email": "visitor@example.com"}, "action": "created"}`)
	visitor := fmt.Sprint("a", Ask[int64](w, `SELECT id FROM actors WHERE external_id = 'v-1'`))
	w.Recorded()
	w.Run(t, []Scenario{
		{Name: "who has and who could", Request: Request{As: "ada", Path: at}, Status: 200, Has: []string{"One person has access of their own.", `value="` + bob + `"`, `value="` + visitor + `"`, "Visitor &lt;b&gt;", "visitor@example.com", "Cannot sign in", "Give access"}, Lacks: []string{"<b>V", "Dora"}},
		{Name: "searched", Request: Request{As: "ada", Path: at + "?find=visitor"}, Status: 200, Has: []string{visitor}, Lacks: []string{`"` + ada + `"`}},
		{Name: "given to several", Request: filled("ada", at+"/grant", "version", "1", "person", ada, "person", visitor), Status: 303, Records: []string{"acme ada access_changed"}},
		{Name: "said", Request: Request{As: "ada", Path: at}, Status: 200, Has: []string{"2 people were given access.", "3 people have access of their own."}},
		{Name: "the feed says whom", Request: Request{As: "ada", Path: "/w/acme?include_system=true&actions=access_changed"}, Status: 200, Has: []string{"Ada Person", "Visitor &lt;b&gt;"}},
		{Name: "outdated", Request: filled("ada", at+"/grant", "version", "1", "named", "alice"), Status: 409, Has: []string{"Somebody else changed this meanwhile", "alice</textarea>"}},
		{Name: "pasted", Request: filled("ada", at+"/grant", "version", "2", "named", "Alice@example.com\r\nnobody@example.com, x-9"), Status: 422,
			Has: []string{`id="named-error"`, "Nobody here is known as nobody@example.com, x-9; nobody was given access", "nobody@example.com, x-9</textarea>"}},
		{Name: "pasted well", Request: filled("ada", at+"/grant", "version", "2", "named", "ALICE@example.com"), Status: 303, Records: []string{"acme ada access_changed"}},
		{Name: "nobody chosen", Request: filled("ada", at+"/grant", "version", "3"), Status: 422, Has: []string{`id="grant-error"`, "Choose somebody"}},
		{Name: "nobody to lose it", Request: filled("ada", at+"/revoke", "version", "3"), Status: 422, Has: []string{`id="revoke-error"`}},
		{Name: "somebody of another workspace", Request: filled("ada", at+"/grant", "version", "3", "person", fmt.Sprint("u", w.Charlie.ID)), Status: 422, Has: []string{`id="grant-error"`}},
		{Name: "no handle", Request: filled("ada", at+"/grant", "version", "3", "person", "../x"), Status: 422, Has: []string{`id="grant-error"`}},
		{Name: "taken from several", Request: filled("ada", at+"/revoke", "version", "3", "person", bob, "person", visitor), Status: 303, Records: []string{"acme ada access_changed"}},
		{Name: "who is outside at once", Request: Request{As: "bob", Path: p1}, Status: 404},
		{Name: "an archived project", Before: func(w *World) { w.Exec(`UPDATE projects SET archived_at = now()`) }, Request: filled("ada", at+"/grant", "version", "4", "person", bob), Status: 409, Has: []string{"is archived; nobody gets access"}},
		{Name: "which is told before", Request: Request{As: "ada", Path: at}, Status: 200, Has: []string{"The project is archived, so nobody gets access to it.", "Unarchive it"}, Lacks: []string{"/access/grant"}},
		{Name: "and is still left", Request: filled("ada", at+"/revoke", "version", "4", "person", ada), Status: 303, Records: []string{"acme ada access_changed"}},
	})
	w.Do(Request{As: "ada", Path: p1}).Expect(t, 200, at, p1+"/edit")
	w.Exec(`UPDATE projects SET archived_at = NULL, visibility = 'workspace'`)
	w.Do(Request{As: "bob", Path: p1}).Expect(t, 200).Lacks(t, at, p1+"/edit")
}
