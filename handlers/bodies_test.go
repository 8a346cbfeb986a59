package handlers_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"daybook/handlers/api/openapi"
	"daybook/handlers/handlerstest"
)

// taking is a call that takes a JSON object.
type taking struct {
	*openapi.Operation
	handlerstest.Request
	schema  *openapi.Schema
	example map[string]json.RawMessage
}

// allTaking gives all of them but sending, which has several forms and tests of its own. What the path names need not exist: a body is looked at first.
func allTaking(t *testing.T) (calls []taking) {
	t.Helper()
	doc := openapi.The()
	for _, path := range doc.Paths {
		for _, o := range path.Value.Operations() {
			if o.Value.Body == nil {
				continue
			}
			media, ok := o.Value.Body.Content.Get("application/json")
			if !ok || len(doc.Find(media.Schema).Properties) == 0 {
				continue
			}
			call := taking{Operation: o.Value, schema: doc.Find(media.Schema)}
			call.Request = handlerstest.Request{Method: o.Key, Path: strings.ReplaceAll(pathParameters.Replace(path.Key), "{ws}", "acme")}
			switch o.Value.Who {
			case "anybody":
			case "stewards":
				call.As = "ina"
			default:
				call.As = "alice"
			}
			if err := json.Unmarshal([]byte(openapi.Indented(&media.Example)), &call.example); err != nil {
				t.Fatalf("%s: %v", o.Value.ID, err)
			}
			calls = append(calls, call)
		}
	}
	return calls
}

var pathParameters = strings.NewReplacer("{user}", "4711", "{actor}", "4711", "{project}", "4711", "{external_id}", "p1", "{erasure}", "019a0000-0000-7000-8000-000000000001",
	"{action}", "created", "{type}", "issue", "{secret}", "c2VjcmV0")

// with gives the body with another value of a key; none leaves it out.
func (c taking) with(key, value string) handlerstest.Request {
	body := maps.Clone(c.example)
	delete(body, key)
	if value != "" {
		body[key] = json.RawMessage(value)
	}
	text, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	r := c.Request
	r.Body = string(text)
	return r
}

// wrong is a value of no kind that a schema has.
func wrong(s *openapi.Schema) string {
	if s = openapi.The().Find(s); s.Type == "object" {
		return "7"
	}
	return "{}"
}

// What a body lacks, and what is none of the kind that belongs there, is told by the name that it has there.
func TestBodiesAreRefusedByTheNamesOfTheirKeys(t *testing.T) {
	w, required, all := handlerstest.New(t), 0, 0
	for _, call := range allTaking(t) {
		t.Run(call.ID, func(t *testing.T) {
			w := w.In(t)
			for _, p := range call.schema.Properties {
				all++
				w.Exec(`DELETE FROM sign_in_attempts`)
				w.Do(call.with(p.Key, wrong(p.Value))).Expect(t, 422).ExpectFields(t, p.Key)
				if !slices.Contains(call.schema.Required, p.Key) {
					continue
				}
				required++
				w.Do(call.with(p.Key, "")).Expect(t, 422).ExpectFields(t, p.Key)
				w.Do(call.with(p.Key, "null")).Expect(t, 422).ExpectFields(t, p.Key)
			}
			nothing := call.Request
			nothing.Body = `{}`
			if len(call.schema.Required) > 0 { // all of it is told at once
				w.Do(nothing).Expect(t, 422).ExpectFields(t, call.schema.Required...)
			}
		})
	}
	if required < 50 || all < 100 {
		t.Errorf("only %d of %d keys are required", required, all)
	}
}

// A body that is no object is none, and of a key that is there twice nobody can tell which value was meant.
func TestBodiesAreObjectsOfKeysThatStandThereOnce(t *testing.T) {
	w := handlerstest.New(t)
	for _, call := range allTaking(t) {
		t.Run(call.ID, func(t *testing.T) {
			w := w.In(t)
			for _, body := range []string{`null`, ` null `, `[]`, `"x"`, `7`, `true`, `{} {}`, `{}null`, `{`, ``} {
				r := call.Request
				r.Body = body
				w.Exec(`DELETE FROM sign_in_attempts`)
				w.Do(r).Expect(t, 400).ExpectFields(t, "body")
			}
			for key, value := range call.example {
				r := call.with(key, string(value))
				r.Body = `{"` + key + `": ` + string(value) + `, ` + strings.TrimPrefix(r.Body, "{")
				w.Do(r).Expect(t, 422).ExpectFields(t, key)
			}
		})
	}
}
