package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"daybook/handlers/api/openapi"
	"daybook/handlers/handlerstest"
)

// ownersOnly is what admins are told of what is for owners.
const ownersOnly = "Only owners"

// What the description says is for owners is refused to admins in these words, and what it says is for admins is not. Each call is made as its example has
// it, of people and projects that there are.
func TestWhatIsForOwners(t *testing.T) {
	counted, shared := map[string]int{}, worldWithSomebody(t)
	for _, path := range openapi.The().Paths {
		for _, o := range path.Value.Operations() {
			if who := o.Value.Who; who != "owners" && who != "admins" {
				continue
			}
			counted[o.Value.Who]++
			t.Run(o.Value.ID, func(t *testing.T) {
				w := shared.In(t)
				if o.Key != http.MethodGet { // what it changes is nothing to the others
					w = worldWithSomebody(t)
				}
				r := exampleRequest(w, o.Key, path.Key, o.Value)
				r.As = "ada"
				a := w.Do(r)
				if o.Value.Who == "admins" {
					if strings.Contains(a.Body, ownersOnly) || a.Status == 401 || a.Status == 403 {
						t.Errorf("%s %s is said to be for admins: %d %s", r.Method, r.Path, a.Status, a.Body)
					}
					return
				}
				a.Expect(t, 403, ownersOnly)
				r.As = "alice"
				if a = w.Do(r); a.Status == 401 || a.Status == 403 {
					t.Errorf("%s %s is said to be for owners: %d %s", r.Method, r.Path, a.Status, a.Body)
				}
			})
		}
	}
	if counted["owners"] < 19 || counted["admins"] < 50 {
		t.Errorf("only %v were asked", counted)
	}
}

// What deletes much asks for a confirmation, and the examples do not give it: whoever is in charge pastes them as they stand, and is refused.
func TestExamplesDeleteNothing(t *testing.T) {
	confirmed := 0
	for _, path := range openapi.The().Paths {
		for _, o := range path.Value.Operations() {
			if o.Value.Body == nil || !strings.Contains(openapi.Indented(&o.Value.Body.Content[0].Value.Example), `"confirm"`) {
				continue
			}
			confirmed++
			t.Run(o.Value.ID, func(t *testing.T) {
				w := worldWithSomebody(t)
				r := exampleRequest(w, o.Key, path.Key, o.Value)
				r.As = "ina"
				w.Do(r).Expect(t, 422, `"field":"confirm"`)
			})
		}
	}
	if confirmed != 5 {
		t.Errorf("%d calls are confirmed", confirmed)
	}
}

// worldWithSomebody has an actor of nobody's, and a project.
func worldWithSomebody(t *testing.T) *handlerstest.World {
	t.Helper()
	w := handlerstest.New(t)
	w.Send(`{"actor": {"id": "somebody"}, "action": "created", "project": {"id": "p1"}}`)
	return w
}

// exampleRequest makes a request of a call's examples: its body, the parameters that have to be there, and the path, of what there is in the world.
func exampleRequest(w *handlerstest.World, method, path string, o *openapi.Operation) handlerstest.Request {
	of := func(sql string) string { return handlerstest.Ask[string](w, sql, w.Acme.ID) }
	pairs := []string{
		"{ws}", "acme", "{user}", fmt.Sprint(w.Bob.ID), "{actor}", of(`SELECT id::text FROM actors WHERE workspace_id = $1 AND external_id = 'somebody'`),
		"{project}", of(`SELECT id::text FROM projects WHERE workspace_id = $1 AND external_id = 'p1'`),
	}
	for _, p := range openapi.The().Components.Parameters {
		value := p.Value.Example.Value
		if value == "" {
			value = "01a20642-616f-74c8-a07e-a9377e289832"
		}
		pairs = append(pairs, "{"+p.Key+"}", value)
	}
	r := handlerstest.Request{Method: method, Path: strings.NewReplacer(pairs...).Replace(path)}
	q := url.Values{}
	for _, p := range o.Parameters {
		if p.In == "query" && p.Required {
			q.Set(p.Name, p.Example.Value)
		}
	}
	if len(q) > 0 {
		r.Path += "?" + q.Encode()
	}
	if o.Body != nil {
		body := o.Body.Content[0].Value.Example
		r.Body = openapi.Indented(&body)
	}
	return r
}
