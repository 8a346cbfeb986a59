package params_test

import (
	"errors"
	"strings"
	"testing"

	"daybook/handlers/params"
	"daybook/models"
)

type wish struct {
	Name    string `needs:"what it is called"`
	Count   int    `json:"how_many"`
	Rules   []struct{ Days int }
	Tags    []string       `is:"a list of tags"`
	Places  map[string]any `needs:""`
	Version *int64
}

// refused gives the kind of an error and its fields, each with what it says.
func refused(t *testing.T, err error) (models.Kind, string) {
	t.Helper()
	var e *models.Error
	if !errors.As(err, &e) {
		t.Fatalf("%v", err)
	}
	var fields []string
	for _, f := range e.Fields {
		fields = append(fields, f.Field+" "+f.Message)
	}
	return e.Kind, strings.Join(fields, "; ")
}

func TestAnObjectIsRead(t *testing.T) {
	var w wish
	if err := params.Object([]byte(` {"name": "a", "how_many": 2, "rules": [{"days": 1}, {"days": 2}], "tags": null, "places": {"x": {"name": 1}, "X y": [1, 1]}}`+"\n"), &w); err != nil {
		t.Fatal(err)
	}
	if w.Name != "a" || w.Count != 2 || len(w.Rules) != 2 || w.Tags != nil || len(w.Places) != 2 {
		t.Errorf("%+v", w)
	}
	for _, other := range []string{`{"name": "a", "Name": "b", "places": {}}`, `{"NAME": "a", "places": {}}`, "{\"place\u017f\": {}, \"name\": \"b\", \"places\": {}}"} {
		if err := params.LenientObject([]byte(other), &w); models.KindOf(err) != models.Malformed || !strings.Contains(err.Error(), "is not a key of this request") {
			t.Errorf("%s: %v", other, err) // a decoder takes it, the last of several
		}
	}
	if err := params.LenientObject([]byte(`{"name": "b", "places": {}, "name.a": 1, "name.a": 2, "name[0]": 3, "name[0]": 4}`), &w); err != nil {
		t.Error(err)
	}
	if err := params.LenientObject([]byte(`{"name": "b", "places": {}, "more": {"a": 1, "a": 2}, "more": 3}`), &w); err != nil || w.Name != "b" {
		t.Errorf("%s: %v", w.Name, err)
	}
}

func TestObjectsThatAreRefused(t *testing.T) {
	const form = `body must be the JSON object of this request`
	const example = form + `: {"name": "…", "how_many": …, "rules": […], "tags": […], "places": {…}, "version": …}`
	for text, want := range map[string]string{
		``: example, `{`: example, `{"name": "a",}`: example, `null`: form, `[]`: form, `[{"name": "a"}]`: form, `"name"`: form, `7`: form, ` false `: form, `{} {}`: `body must be one JSON object`, `{}]`: `body must be one JSON object`,
		`{"colour": 1, "name": 2}`:                          `colour is not a key of this request`,
		`{"Name": "a", "places": {}}`:                       `Name is not a key of this request`,
		`{"rules": [{"days": 1}, {"DAYS": 1}], "Count": 1}`: `rules[1].DAYS is not a key of this request; Count is not a key of this request`,
		`{"rules": [{"days": 1, "dayſ": 1}]}`:               "rules[0].dayſ is not a key of this request",
		`{"a\u0000b": 1}`:                                   "a\ufffdb is not a key of this request",
		strings.Repeat("[", 20000):                          example,
		`{"` + strings.Repeat("é", 999) + `": 1}`:           strings.Repeat("é", 32) + "… is not a key of this request",
	} {
		if kind, got := refused(t, params.Object([]byte(text), &wish{})); kind != models.Malformed || got != want {
			t.Errorf("%.40s: %d %s", text, kind, got)
		}
	}
	deep := `{"name": "a", "places": {"x": ` + strings.Repeat(`{"a": `, 5000) + `{"b": 1, "b": 2}` + strings.Repeat("}", 5000) + `}}`
	for text, want := range map[string]string{
		`{}`:                             `name is required: what it is called; places is required`,
		`{"name": null, "places": null}`: `name is required: what it is called; places is required`,
		`{"name": "", "places": {}, "name": "b", "places": 1}`:      `places must be an object, between { and }`,
		`{"name": "", "places": {}, "name": "b"}`:                   `name is given twice`,
		`{"how_many": 1, "how_many": 1}`:                            `how_many is given twice; name is required: what it is called; places is required`,
		`{"name": "a", "places": {"b": [{"c": 1, "c": 2}]}}`:        `places.b[0].c is given twice`,
		`{"name": "a", "places": {}, "rules": [{"days": 1}, null]}`: `rules[1] must be an object, between { and }`,
		`{"name": "a", "places": {}, "tags": [null]}`:               `tags[0] must be a text, between quotation marks`,
		`{"name": 1}`:               `name must be a text, between quotation marks`,
		`{"how_many": "1"}`:         `how_many must be a whole number, without quotation marks`,
		`{"how_many": 1.5}`:         `how_many must be a whole number, without quotation marks`,
		`{"tags": {}}`:              `tags must be a list of tags`,
		`{"tags": ["a", 1]}`:        `tags[1] must be a text, between quotation marks`,
		`{"rules": [{"days": []}]}`: `rules[0].days must be a whole number, without quotation marks`,
		deep:                        "places.x" + strings.Repeat(".a", 96) + "… is given twice",
	} {
		if kind, got := refused(t, params.Object([]byte(text), &wish{})); kind != models.Invalid || got != want {
			t.Errorf("%.60s: %d %s", text, kind, got)
		}
	}
}

func TestABodyIsBounded(t *testing.T) {
	if text, err := params.Body(strings.NewReader("12345"), 5); err != nil || string(text) != "12345" {
		t.Errorf("%s %v", text, err)
	}
	if _, err := params.Body(strings.NewReader("123456"), 5); models.KindOf(err) != models.TooLarge {
		t.Error(err)
	}
}
