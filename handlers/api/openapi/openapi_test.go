package openapi_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v3"

	"daybook/handlers/api/openapi"
)

// What is served is OpenAPI by another reader's judgement too; that holds the examples against their schemas.
func TestTheDescriptionIsOpenAPI(t *testing.T) {
	for name, text := range map[string][]byte{"YAML": openapi.The().YAML, "JSON": openapi.The().JSON} {
		doc, err := openapi3.NewLoader().LoadFromData(text)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := doc.Validate(t.Context(), openapi3.EnableSchemaPatternValidation()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if n := doc.Paths.Len(); n < 80 {
			t.Errorf("%s: %d paths", name, n)
		}
	}
}

// The short form says the same in every part: what is written in one key stands written out in the document.
func TestTheShortFormIsWrittenOut(t *testing.T) {
	text := string(openapi.The().JSON)
	for _, has := range []string{
		// strict: all keys, and no others
		`"AccessChange":{"type":"object","description":"What came of a change of access.","additionalProperties":false,"required":["added","removed"],"properties":{"added":{"type":"integer","format":"int64"},`,
		// "?": may be null, and words among which null is
		`"role":{"type":"string","enum":["owner","admin","member",null],"nullable":true,"example":"member"}`,
		// an object that may be null is a twin of the other
		`"FiguresOrNull":{"type":"object","description":"Figures of a range.",`,
		// bounds
		`{"name":"limit","in":"query","required":false,"description":"Rows of a page; 50 when not given","example":50,"schema":{"type":"integer","format":"int64","minimum":1,"maximum":200}}`,
		// what goes without saying
		`"204":{"description":"No Content"},"400":{"$ref":"#/components/responses/Status400"},"401":{"$ref":"#/components/responses/Status401"},"403":`,
		// merged
		`"operationId":"anonymiseActor","summary":"Anonymise an actor","description":"For good.`,
	} {
		if !strings.Contains(text, has) {
			t.Errorf("%s is not in it", has)
		}
	}
	for _, lacks := range []string{`"<<"`, "x-gives", `"description":""`} {
		if strings.Contains(text, lacks) {
			t.Errorf("%s is in it", lacks)
		}
	}
}

// YAML and JSON say the same, in the same order.
func TestYAMLAndJSONAreOne(t *testing.T) {
	var fromYAML, fromJSON any
	if err := yaml.Unmarshal(openapi.The().YAML, &fromYAML); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(openapi.The().JSON, &fromJSON); err != nil {
		t.Fatal(err)
	}
	one, err := json.Marshal(fromYAML)
	if err != nil {
		t.Fatal(err)
	}
	other, err := json.Marshal(fromJSON)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(one, other) {
		t.Error("they differ")
	}
}

// Every body and answer of JSON has an example, and no text in it is empty for want of one.
func TestEverythingHasAnExample(t *testing.T) {
	for _, path := range openapi.The().Paths {
		for _, o := range path.Value.Operations() {
			if b := o.Value.Body; b != nil {
				checkExamples(t, o.Value.ID, b.Content)
			}
			for _, a := range o.Value.Responses {
				checkExamples(t, o.Value.ID, a.Value.Content)
			}
		}
	}
}

func checkExamples(t *testing.T, id string, content openapi.Map[openapi.Media]) {
	t.Helper()
	for _, m := range content {
		if m.Value.Schema.Format != "binary" && m.Value.Example.Kind == 0 {
			t.Errorf("%s has no example of %s", id, m.Key)
		}
	}
}
