package openapi_test

import (
	"strings"
	"testing"

	"daybook/handlers/api/openapi"
	"daybook/models"
	"daybook/services/export"
)

// Whatever a call takes is described: by what stands there, or by the schema that is named there.
func TestEveryInputIsDescribed(t *testing.T) {
	doc := &openapi.The().Description
	for _, p := range doc.Components.Parameters {
		if p.Value.Description == "" {
			t.Errorf("%s, of paths, has no description", p.Key)
		}
	}
	inputs := len(doc.Components.Parameters)
	for _, path := range doc.Paths {
		for _, o := range path.Value.Operations() {
			for _, p := range o.Value.Parameters {
				if inputs++; p.Description == "" {
					t.Errorf("%s: the parameter %s has no description", o.Value.ID, p.Name)
				}
			}
			if o.Value.Body == nil {
				continue
			}
			for _, m := range o.Value.Body.Content {
				inputs += checkDescribed(t, doc, o.Value.ID, m.Value.Schema)
			}
		}
	}
	if inputs < 400 {
		t.Errorf("only %d inputs were looked at", inputs)
	}
}

// checkDescribed looks at the keys of a schema, and at those of what stands in it. It tells how many there were.
func checkDescribed(t *testing.T, doc *openapi.Description, of string, s *openapi.Schema) (keys int) {
	t.Helper()
	if s = doc.Find(s); s == nil {
		return 0
	}
	for _, p := range s.Properties {
		name := of + "." + p.Key
		if keys++; p.Value.Description == "" && doc.Find(p.Value).Description == "" {
			t.Errorf("%s has no description", name)
		}
		if doc.Find(p.Value) != s {
			keys += checkDescribed(t, doc, name, p.Value)
		}
	}
	for _, inner := range append(append([]*openapi.Schema{}, s.OneOf...), s.AnyOf...) {
		if doc.Find(inner).Type != "array" { // of the same
			keys += checkDescribed(t, doc, of, inner)
		}
	}
	if s.Items != nil {
		keys += checkDescribed(t, doc, of+"[]", s.Items)
	}
	return keys
}

// What one may choose from is listed whole.
func TestWordsToChooseFromAreListed(t *testing.T) {
	var columns []string
	for _, c := range export.Columns {
		columns = append(columns, c.Name)
	}
	var placeholders []string
	for _, p := range models.SentencePlaceholders {
		placeholders = append(placeholders, p.Name)
	}
	for input, words := range map[string][]string{
		"export columns": columns, "makeExport columns": columns, "saveAction icon": models.TermIcons, "saveType icon": models.TermIcons, "saveAction sentence": placeholders,
	} {
		id, name, _ := strings.Cut(input, " ")
		says := saysOf(id, name)
		for _, word := range words {
			if !strings.Contains(says, "`"+word+"`") {
				t.Errorf("%s does not name %s: %s", input, word, says)
			}
		}
	}
}

// saysOf is the description of a parameter, or of a key of the body.
func saysOf(id, name string) string {
	for _, path := range openapi.The().Paths {
		for _, o := range path.Value.Operations() {
			if o.Value.ID != id {
				continue
			}
			for _, p := range o.Value.Parameters {
				if p.Name == name {
					return p.Description
				}
			}
			if o.Value.Body != nil {
				if key, ok := o.Value.Body.Content[0].Value.Schema.Properties.Get(name); ok {
					return key.Description
				}
			}
		}
	}
	return ""
}
