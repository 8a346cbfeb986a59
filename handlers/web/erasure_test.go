package web_test

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"daybook/handlers/handlerstest"
)

// erased follows an erasure until a state, or one of some, and gives its page. Whoever waits for the end has what was replaced cleared away, as a job does.
func erased(t *testing.T, w *handlerstest.World, path, as, state string) handlerstest.Answer {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; {
		if err := w.Erasures.Tidy(context.Background()); err != nil {
			t.Fatal(err)
		}
		is := handlerstest.Ask[string](w, `SELECT state FROM erasures WHERE id = $1`, path[strings.LastIndexByte(path, '/')+1:])
		if strings.Contains(state, is) {
			return w.Do(handlerstest.Request{As: as, Path: path}).Expect(t, 200)
		}
		if time.Now().After(deadline) {
			t.Fatalf("it is %s, not %s: %s", is, state, handlerstest.Ask[string](w, `SELECT string_agg(problem, ' ') FROM erasures`))
		}
		w.Drain()
	}
}

// pageOf reads an answer as a page.
func pageOf(t *testing.T, a handlerstest.Answer) *goquery.Document {
	t.Helper()
	page, err := goquery.NewDocumentFromReader(strings.NewReader(a.Body))
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func userPage(id int64) string { return fmt.Sprintf("/w/acme/users/%d", id) }

// An admin anonymises a member, without a script: is asked, follows it, decides, and sees that nobody is there any more.
func TestAMemberIsAnonymised(t *testing.T) {
	w := handlerstest.New(t)
	w.Send(`{"actor": {"id": "bob", "name": "Bob Person"}, "action": "created", "resource": {"type": "file", "id": "1", "name": "Notes"}, "project": {"id": "p1"}}`)
	w.Send(`{"actor": {"id": "ada", "name": "Ada Person"}, "action": "commented", "resource": {"type": "file", "id": "1", "name": "Notes"}, "description": "Bob Person has them; ask bob."}`)
	bob, as := userPage(w.Bob.ID), "ada"
	w.Do(handlerstest.Request{As: as, Path: bob}).Expect(t, 200, bob+"/anonymise")
	w.Do(handlerstest.Request{As: as, Path: "/w/acme/people"}).Expect(t, 200, bob+"/anonymise")

	asked := w.Do(handlerstest.Request{As: as, Path: bob + "/anonymise"}).Expect(t, 200, "<del>Bob Person</del><ins>Deleted User</ins>", "daybook erasure replay", "Type Bob Person to confirm", "This cannot be undone")
	if says := pageOf(t, asked).Find(".erase-list").Text(); !strings.Contains(says, "that may mean them wait") {
		t.Errorf("it does not tell of the doubt: %s", says)
	}
	wrong := w.Do(handlerstest.Request{As: as, Method: "POST", Path: bob + "/anonymise", Form: url.Values{"confirm": {"Bob Parson"}}}).Expect(t, 422, `id="confirm-error"`, `value="Bob Parson"`)
	if !strings.Contains(pageOf(t, wrong).Find("#confirm-error").Text(), "Bob Person") {
		t.Error("the error says what is to be typed")
	}
	w.Do(handlerstest.Request{As: as, Method: "POST", Path: bob + "/anonymise", Form: url.Values{"confirm": {"Bob Person"}, "force": {"1"}}}).Expect(t, 422, "Force is no field of this form")
	w.Do(handlerstest.Request{As: as, Method: "POST", Path: bob + "/anonymise", Form: url.Values{"confirm": {"Bob Person"}, "keep_held": {"no"}}}).Expect(t, 422, "must be true, or left out")
	if n := handlerstest.Ask[int64](w, `SELECT count(*) FROM erasures`); n != 0 {
		t.Fatalf("%d erasures were begun by forms that were refused", n)
	}

	begun := w.Do(handlerstest.Request{As: as, Method: "POST", Path: bob + "/anonymise", Form: url.Values{"confirm": {"Bob Person"}}}).Expect(t, 303)
	path := begun.Header.Get("Location")
	if !strings.HasPrefix(path, "/w/acme/erasures/") {
		t.Fatalf("it leads to %s", path)
	}
	open := erased(t, w, path, as, "open").Expect(t, 200, "It has begun.", "Waits for decisions", "<del>bob</del>", "where you may not read", "membership ended").Lacks(t, "Bob Person", "bob@example.com")
	doubt := pageOf(t, open).Find(".doubts li").FilterFunction(func(_ int, s *goquery.Selection) bool {
		return strings.Contains(s.Text(), "Person has them; ask bob") || s.Find("del").Text() == "bob"
	}).First()
	piece := handlerstest.Request{As: as, Path: path + "?state=open", Header: map[string]string{"HX-Request": "true"}}
	if got := w.Do(piece).Expect(t, 200, "Waits for decisions").Lacks(t, "<html", "<form"); got.Header.Get("HX-Refresh") != "" {
		t.Error("nothing has changed, and the page is fetched anew")
	}
	decide := url.Values{"doubt": {doubt.Find("[name=doubt]").AttrOr("value", "")}, "replace": {"true"}}
	w.Do(handlerstest.Request{As: as, Method: "POST", Path: path + "/decide", Form: decide}).Expect(t, 303)
	everywhere := "/instance/erasures/" + path[strings.LastIndexByte(path, '/')+1:] // what is recorded of users, instance admins decide
	for _, kind := range []string{"username", "id"} {
		w.Do(handlerstest.Request{As: "ina", Method: "POST", Path: everywhere + "/decide", Form: url.Values{"kind": {kind}, "replace": {"true"}}}).Expect(t, 303)
	}
	erased(t, w, path, as, "done").Expect(t, 200, "Nothing shows the person any more", "deleted-").Lacks(t, "hx-get", "To decide", "Bob Person")
	if got := w.Do(piece).Expect(t, 200, "Done"); got.Header.Get("HX-Refresh") != "true" {
		t.Error("it has ended: the rest of the page is another one")
	}
	nobodyLeft(t, w, bob, path)
}

// nobodyLeft looks at every page that had shown Bob.
func nobodyLeft(t *testing.T, w *handlerstest.World, bob, path string) {
	t.Helper()
	const as = "ada"
	gone := []string{"Bob Person", "bob@example.com", "ask bob", ">bob<"}
	actor := handlerstest.Ask[int64](w, `SELECT min(id) FROM actors WHERE erased_at IS NOT NULL AND workspace_id = $1`, w.Acme.ID)
	feed := w.Do(handlerstest.Request{As: as, Path: "/w/acme"}).Expect(t, 200, "av-deleted", `class="who is-deleted"`, "Deleted User has them; ask deleted").Lacks(t, gone...)
	if link := pageOf(t, feed).Find("a.who.is-deleted").AttrOr("href", ""); link != fmt.Sprintf("/w/acme/people/%d", actor) {
		t.Errorf("the name in the feed leads to %q", link)
	}
	w.Do(handlerstest.Request{As: as, Path: fmt.Sprintf("/w/acme?actor_id=deleted-%d", actor)}).Expect(t, 200, "Notes", "Deleted User").Lacks(t, gone...)
	person := w.Do(handlerstest.Request{As: as, Path: fmt.Sprintf("/w/acme/people/%d", actor)}).Expect(t, 200, "This person was anonymised on", "av-deleted", "Notes").Lacks(t, gone...)
	person.Lacks(t, "/anonymise", "Signs in")
	w.Do(handlerstest.Request{As: as, Path: "/w/acme/people?kind=anonymised"}).Expect(t, 200, "Deleted User", "Anonymised").Lacks(t, append(gone, "/merge", "/link", "/anonymise", "Change role")...)
	list := pageOf(t, w.Do(handlerstest.Request{As: as, Path: "/w/acme/people"}).Expect(t, 200).Lacks(t, gone...))
	if last := list.Find(".people tbody tr").Last(); !strings.Contains(last.Text(), "Deleted User") {
		t.Errorf("who is gone stands last: %s", last.Text())
	}
	if manage := w.Do(handlerstest.Request{As: as, Path: bob}); manage.Status == 200 {
		manage.Expect(t, 200, "was anonymised on").Lacks(t, append(gone, "<form method=\"post\" action=\"/w/acme/users")...)
	}
	w.Do(handlerstest.Request{As: as, Path: "/w/acme/privacy"}).Expect(t, 200, path, "Done", "Ada Person").Lacks(t, gone...)
	w.Do(handlerstest.Request{As: "bob", Path: "/w/acme"}).Expect(t, 303)
	w.Do(handlerstest.Request{As: as, Path: fmt.Sprintf("/w/acme/actors/%d/anonymise", actor)}).Expect(t, 303)
	again := w.Do(handlerstest.Request{As: as, Method: "POST", Path: fmt.Sprintf("/w/acme/actors/%d/anonymise", actor), Form: url.Values{"confirm": {"Deleted User"}}}).Expect(t, 303)
	if again.Header.Get("Location") != path {
		t.Errorf("twice leads to %s, not to the one there is", again.Header.Get("Location"))
	}
	w.Do(handlerstest.Request{As: as, Path: path}).Expect(t, 200, "They were anonymised before")
}

// What is refused names the reason, and nothing is begun.
func TestWhoIsNotAnonymised(t *testing.T) {
	w := handlerstest.New(t)
	w.Send(`{"actor": {"id": "robot", "name": "Robot", "type": "agent"}, "action": "created"}`)
	w.Send(`{"actor": {"id": "kim", "name": "Kim Lee"}, "action": "created"}`)
	robot := handlerstest.Ask[int64](w, `SELECT id FROM actors WHERE external_id = 'robot'`)
	kim := handlerstest.Ask[int64](w, `SELECT id FROM actors WHERE external_id = 'kim'`)
	w.Exec(`INSERT INTO memberships (workspace_id, user_id, role) VALUES ($1, $2, 'member')`, w.Acme.ID, w.Charlie.ID)
	w.Exec(`INSERT INTO holds (workspace_id, name, actor_id, placed_by) VALUES ($1, 'Lee v. Acme', $2, '{"id": "x", "name": "x"}')`, w.Acme.ID, kim)
	actors := func(id int64) string { return fmt.Sprintf("/w/acme/actors/%d", id) }
	for _, each := range []struct {
		name, as, path, confirm string
		status                  int
		has                     string
	}{
		{"oneself", "ada", userPage(w.Ada.ID), "Ada Person", 409, "Nobody anonymises themselves"},
		{"oneself, of the instance", "ina", fmt.Sprintf("/instance/users/%d", w.Ina.ID), "Ina Person", 409, "Nobody anonymises themselves"},
		{"the last owner", "ina", userPage(w.Alice.ID), "Alice Person", 409, "last owner"},
		{"the last owner, of the instance", "ina", fmt.Sprintf("/instance/users/%d", w.Alice.ID), "Alice Person", 409, "last owner"},
		{"an owner, as an admin", "ada", userPage(w.Alice.ID), "Alice Person", 403, ""},
		{"as a member", "bob", userPage(w.Ada.ID), "Ada Person", 403, ""},
		{"as an outsider", "charlie", "/w/other/users/" + fmt.Sprint(w.Bob.ID), "Bob Person", 403, ""},
		{"somebody of another workspace too", "ada", userPage(w.Charlie.ID), "Charlie Person", 403, ""},
		{"unknown", "ada", userPage(999999), "Nobody", 404, ""},
		{"unknown actor", "ada", actors(999999), "Nobody", 404, ""},
		{"unknown user", "ina", "/instance/users/999999", "Nobody", 404, ""},
		{"software", "ada", actors(robot), "Robot", 422, "is no person"},
		{"held", "ada", actors(kim), "Kim Lee", 409, "Lee v. Acme"},
	} {
		t.Run(each.name, func(t *testing.T) {
			w := w.In(t)
			w.Do(handlerstest.Request{As: each.as, Method: "POST", Path: each.path + "/anonymise", Form: url.Values{"confirm": {each.confirm}}}).Expect(t, each.status, each.has)
			shown := w.Do(handlerstest.Request{As: each.as, Path: each.path + "/anonymise"})
			if want := each.status; each.name == "held" {
				shown.Expect(t, 200, "Lee v. Acme", `name="keep_held"`)
			} else {
				shown.Expect(t, want, each.has).Lacks(t, "Anonymise for good")
			}
			if n := handlerstest.Ask[int64](w, `SELECT count(*) FROM erasures`); n != 0 {
				t.Errorf("%d erasures were begun", n)
			}
		})
	}
	w.Do(handlerstest.Request{As: "ada", Path: userPage(w.Ada.ID)}).Expect(t, 200).Lacks(t, "/anonymise")
	w.Do(handlerstest.Request{As: "ada", Path: actors(robot)}).Expect(t, 200).Lacks(t, "/anonymise")
	w.Do(handlerstest.Request{As: "ada", Path: userPage(w.Charlie.ID)}).Expect(t, 200).Lacks(t, "/anonymise")
}

// What is held stays until the hold is lifted; the rest goes.
func TestWhatIsHeldWaits(t *testing.T) {
	w := handlerstest.New(t)
	w.Send(`{"actor": {"id": "kim", "name": "Kim Lee"}, "action": "created", "resource": {"type": "file", "id": "free"}}`)
	w.Send(`{"actor": {"id": "kim", "name": "Kim Lee"}, "action": "created", "resource": {"type": "invoice", "id": "held"}}`)
	kim := handlerstest.Ask[int64](w, `SELECT id FROM actors WHERE external_id = 'kim'`)
	w.Exec(`INSERT INTO holds (workspace_id, name, entity_type, placed_by) VALUES ($1, 'Audit', 'invoice', '{"id": "x", "name": "x"}')`, w.Acme.ID)
	page := fmt.Sprintf("/w/acme/actors/%d/anonymise", kim)
	refused := w.Do(handlerstest.Request{As: "ada", Method: "POST", Path: page, Form: url.Values{"confirm": {"Kim Lee"}}}).Expect(t, 409, "Audit", `id="keep_held-error"`, `value="Kim Lee"`)
	if _, on := pageOf(t, refused).Find("[name=keep_held]").Attr("checked"); on {
		t.Error("the box was not checked")
	}
	begun := w.Do(handlerstest.Request{As: "ada", Method: "POST", Path: page, Form: url.Values{"confirm": {"Kim Lee"}, "keep_held": {"true"}}}).Expect(t, 303)
	path := begun.Header.Get("Location")
	erased(t, w, path, "ada", "open").Expect(t, 200, "Waits for a hold", "1 activity is under a legal hold")
	w.Exec(`UPDATE holds SET lifted_at = now(), lifted_by = placed_by`)
	w.Journal.Wake()
	erased(t, w, path, "ada", "done").Lacks(t, "legal hold")
}

// Doubts are shown fifty at a time, and decided all of a kind.
func TestDoubtsArePaged(t *testing.T) {
	w := handlerstest.New(t)
	var many []string
	for range 60 {
		many = append(many, `{"actor": {"id": "ada"}, "action": "commented", "resource": {"type": "file", "id": "1"}, "description": "what did kimlee say"}`)
	}
	w.Send(`{"actor": {"id": "kimlee", "name": "Kim Lee"}, "action": "created"}`)
	w.Do(handlerstest.Request{As: "service", Method: "POST", Path: "/api/v1/workspaces/acme/activity", Body: "[" + strings.Join(many, ",") + "]"}).Expect(t, 201)
	w.Drain()
	kim := handlerstest.Ask[int64](w, `SELECT id FROM actors WHERE external_id = 'kimlee'`)
	begun := w.Do(handlerstest.Request{As: "ada", Method: "POST", Path: fmt.Sprintf("/w/acme/actors/%d/anonymise", kim), Form: url.Values{"confirm": {"Kim Lee"}}}).Expect(t, 303)
	path := begun.Header.Get("Location")
	first := pageOf(t, erased(t, w, path, "ada", "open").Expect(t, 200, "60 places"))
	if n := first.Find(".doubts > li").Length(); n != 50 {
		t.Fatalf("%d doubts on the first page", n)
	}
	next := first.Find(".pager a[rel=next]").AttrOr("href", "")
	second := w.Do(handlerstest.Request{As: "ada", Path: strings.TrimSuffix(next, "#doubts")}).Expect(t, 200)
	if n := pageOf(t, second).Find(".doubts > li").Length(); n != 10 {
		t.Errorf("%d doubts on the second page", n)
	}
	for name, form := range map[string]url.Values{
		"no answer": {"kind": {"id"}}, "no doubt": {"replace": {"true"}}, "a kind that is none": {"kind": {"shoe"}, "replace": {"true"}}, "both": {"kind": {"id"}, "doubt": {"1"}, "replace": {"true"}},
		"a doubt that is none": {"doubt": {"x"}, "replace": {"false"}}, "another field": {"kind": {"id"}, "replace": {"true"}, "all": {"1"}}, "a stranger's": {"doubt": {"999999"}, "replace": {"true"}},
	} {
		w.Do(handlerstest.Request{As: "ada", Method: "POST", Path: path + "/decide", Form: form}).Expect(t, 303)
		w.Do(handlerstest.Request{As: "ada", Path: path}).Expect(t, 200, "notice-danger")
		if n := handlerstest.Ask[int64](w, `SELECT count(*) FROM erasure_doubts WHERE replace IS NOT NULL`); n != 0 {
			t.Fatalf("%s: %d were decided", name, n)
		}
	}
	w.Do(handlerstest.Request{As: "ada", Path: path + "?after=x"}).Expect(t, 400)
	w.Do(handlerstest.Request{As: "ada", Path: path + "?aftr=1"}).Expect(t, 400)
	kind := regexp.MustCompile(`name="kind" value="(\w+)"`).FindStringSubmatch(second.Body)
	w.Do(handlerstest.Request{As: "ada", Method: "POST", Path: path + "/decide", Form: url.Values{"kind": {kind[1]}, "replace": {"false"}}}).Expect(t, 303)
	erased(t, w, path, "ada", "done")
	w.Do(handlerstest.Request{As: "ada", Path: "/w/acme"}).Expect(t, 200, "what did kimlee say")
}

// An instance admin anonymises a user wherever they are known; admins of one of these workspaces see that they are gone, and not the record of it.
func TestAUserIsAnonymisedEverywhere(t *testing.T) {
	w := handlerstest.New(t)
	w.Exec(`INSERT INTO memberships (workspace_id, user_id, role) VALUES ($1, $2, 'member')`, w.Acme.ID, w.Charlie.ID)
	page := fmt.Sprintf("/instance/users/%d", w.Charlie.ID)
	w.Do(handlerstest.Request{As: "ina", Path: page}).Expect(t, 200, page+"/anonymise")
	w.Do(handlerstest.Request{As: "ina", Path: page + "/anonymise"}).Expect(t, 200, "It goes through all workspaces", "The acme", "The other")
	begun := w.Do(handlerstest.Request{As: "ina", Method: "POST", Path: page + "/anonymise", Form: url.Values{"confirm": {"Charlie Person"}}}).Expect(t, 303)
	path := begun.Header.Get("Location")
	if !strings.HasPrefix(path, "/instance/erasures/") {
		t.Fatalf("it leads to %s", path)
	}
	if erased(t, w, path, "ina", "open done"); handlerstest.Ask[string](w, `SELECT state FROM erasures`) == "open" {
		for _, kind := range []string{"username", "id"} {
			w.Do(handlerstest.Request{As: "ina", Method: "POST", Path: path + "/decide", Form: url.Values{"kind": {kind}, "replace": {"true"}}}).Expect(t, 303)
		}
	}
	erased(t, w, path, "ina", "done")
	w.Do(handlerstest.Request{As: "ina", Path: "/instance/erasures"}).Expect(t, 200, path, "Ina Person")
	w.Do(handlerstest.Request{As: "ina", Path: page}).Expect(t, 200, "This user was anonymised on").Lacks(t, "Charlie", "charlie@", "<form class=\"form-narrow", "/anonymise")
	w.Do(handlerstest.Request{As: "ina", Path: "/instance/users?state=anonymised"}).Expect(t, 200, "Deleted User").Lacks(t, "Charlie", "deleted.invalid")
	w.Do(handlerstest.Request{As: "ina", Path: page + "/anonymise"}).Expect(t, 303)
	w.Do(handlerstest.Request{As: "ada", Path: strings.Replace(path, "/instance", "/w/acme", 1)}).Expect(t, 404)
	for _, act := range []string{"reactivate", "edit", "password-link", "instance-admin", "sign-out"} {
		w.Do(handlerstest.Request{As: "ina", Method: "POST", Path: page + "/" + act, Form: url.Values{"version": {"1"}, "admin": {"true"}, "name": {"C"}, "email": {"c@example.com"}}})
	}
	if back := handlerstest.Ask[string](w, `SELECT name || coalesce(deactivated_at::text, ' back') || instance_admin FROM users WHERE id = $1`, w.Charlie.ID); strings.Contains(back, "back") ||
		!strings.HasPrefix(back, "Deleted User") || strings.HasSuffix(back, "true") {
		t.Errorf("they are back: %s", back)
	}
}
