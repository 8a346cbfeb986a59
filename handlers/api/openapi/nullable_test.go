package openapi_test

import (
	"encoding/json"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"daybook/handlers/api/openapi"
)

// Nullable widens a type: where there is none beside it, it says nothing (OpenAPI 3.0.3), and some readers forbid null then.
func TestNullableStandsBesideAType(t *testing.T) {
	var doc any
	if err := json.Unmarshal(openapi.The().JSON, &doc); err != nil {
		t.Fatal(err)
	}
	found := 0
	walk("", doc, func(path string, o map[string]any) {
		if _, ok := o["nullable"].(bool); ok {
			found++
			if _, ok := o["type"].(string); !ok {
				t.Errorf("%s is nullable without a type", path)
			}
		}
	})
	if found < 100 {
		t.Errorf("only %d schemas are nullable", found)
	}
}

func walk(path string, value any, see func(string, map[string]any)) {
	switch of := value.(type) {
	case map[string]any:
		see(path, of)
		for key, inner := range of {
			walk(path+"/"+key, inner, see)
		}
	case []any:
		for _, inner := range of {
			walk(path, inner, see)
		}
	}
}

// What may be null is taken as that by another reader.
func TestNullIsAllowedWhereItIsAnswered(t *testing.T) {
	doc, err := openapi3.NewLoader().LoadFromData(openapi.The().JSON)
	if err != nil {
		t.Fatal(err)
	}
	schemas := doc.Components.Schemas
	for name, schema := range map[string]*openapi3.SchemaRef{
		"Id": schemas["Id"], "Anything": schemas["Anything"], "entity_id": schemas["WidgetActivity"].Value.Properties["entity_id"],
		"before": schemas["SentChange"].Value.Properties["before"], "after": schemas["SentChange"].Value.Properties["after"],
	} {
		if err := schema.Value.VisitJSON(nil); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := schemas["WidgetActivity"].Value.Properties["created_at"].Value.VisitJSON(nil); err == nil {
		t.Error("null is allowed everywhere")
	}
}
