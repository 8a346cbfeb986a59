package reference

import (
	"fmt"
	"strconv"
	"strings"

	"daybook/handlers/api/openapi"
	"daybook/views"
)

// typeOf says what a value is.
func (r reading) typeOf(s *openapi.Schema) views.ShapeType {
	t := r.bareType(s)
	if of := r.Find(s); of != nil && of.MayBeNull() && t.Words != anything {
		t.After += ", or null"
	}
	return t
}

const anything = "anything"

func (r reading) bareType(s *openapi.Schema) views.ShapeType {
	name := strings.TrimSuffix(strings.TrimPrefix(s.Ref, "#/components/schemas/"), "OrNull")
	of := r.Find(s)
	switch {
	case of == nil:
		return views.ShapeType{Words: anything}
	case name != "" && len(of.Properties) > 0:
		return views.ShapeType{Shape: name}
	case len(of.Enum) > 0:
		return views.ShapeType{Words: wordsOf(of.Enum)}
	case len(of.OneOf) > 0:
		first := r.typeOf(of.OneOf[0])
		return views.ShapeType{Words: first.Words, Shape: first.Shape, After: ", or a list of these"}
	case of.Type == "array" && of.Items != nil:
		inner := r.typeOf(of.Items)
		return views.ShapeType{Words: strings.TrimSpace("list of " + inner.Words), Shape: inner.Shape, After: inner.After}
	case of.Type == "object":
		return views.ShapeType{Words: "object"}
	}
	return views.ShapeType{Words: scalarType(name, of)}
}

// wordsOf lists the words that a value may be.
func wordsOf(enum []any) string {
	var list []string
	for _, word := range enum {
		if text, ok := word.(string); ok {
			list = append(list, text)
		}
	}
	return strings.Join(list, " | ")
}

func scalarType(name string, s *openapi.Schema) string {
	switch {
	case name == "Time":
		return "time"
	case name == "Id":
		return "text or whole number"
	case s.Format == "uuid":
		return "UUID"
	case s.Format == "date":
		return "day"
	}
	switch s.Type {
	case "string":
		return "text" + bounds(s.MinLength, s.MaxLength, " of ", " characters")
	case "integer":
		return "whole number" + bounds(s.Minimum, s.Maximum, " ", "")
	case "number":
		return "number" + bounds(s.Minimum, s.Maximum, " ", "")
	case "boolean":
		return "true | false"
	}
	return anything
}

// bounds says between what a value is.
func bounds(least, most *int64, before, after string) string {
	switch {
	case least != nil && most != nil:
		return fmt.Sprintf("%s%d–%d%s", before, *least, *most, after)
	case least != nil && *least != 0:
		return before + "from " + strconv.FormatInt(*least, 10) + after
	case most != nil:
		return before + "up to " + strconv.FormatInt(*most, 10) + after
	}
	return ""
}
