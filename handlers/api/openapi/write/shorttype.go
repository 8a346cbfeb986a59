package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// schema writes out a schema: a text in the short form, an object of properties, or one as OpenAPI has it. name is the property that it is of, which may
// have an example.
func (w *writer) schema(n *yaml.Node, name string) (*yaml.Node, error) {
	switch {
	case n.Kind == yaml.ScalarNode:
		return w.shortType(n.Value, name)
	case n.Kind != yaml.MappingNode:
		return nil, fmt.Errorf("line %d: is no schema", n.Line)
	case at(n, "of") != nil:
		return w.strict(n)
	}
	out := object()
	for i := 0; i < len(n.Content); i += 2 {
		key, value := n.Content[i].Value, n.Content[i+1]
		var err error
		switch {
		case key == "items", key == "additionalProperties" && value.Tag != "!!bool":
			value, err = w.schema(value, "")
		case key == "oneOf", key == "anyOf":
			value, err = w.each(value)
		case key == "properties":
			value, err = w.named(value)
		}
		if err != nil {
			return nil, err
		}
		put(out, key, value)
	}
	return out, nil
}

func (w *writer) named(n *yaml.Node) (*yaml.Node, error) {
	out := object()
	for i := 0; i < len(n.Content); i += 2 {
		schema, err := w.schema(n.Content[i+1], n.Content[i].Value)
		if err != nil {
			return nil, err
		}
		put(out, n.Content[i].Value, schema)
	}
	return out, nil
}

func (w *writer) each(n *yaml.Node) (*yaml.Node, error) {
	out := list()
	for _, item := range n.Content {
		schema, err := w.schema(item, "")
		if err != nil {
			return nil, err
		}
		out.Content = append(out.Content, schema)
	}
	return out, nil
}

// strict writes out an object that has the keys of "of" and no others. Each is always there, but for those with a question mark.
func (w *writer) strict(n *yaml.Node) (*yaml.Node, error) {
	out, properties, required := object("type", "object"), object(), list()
	of := at(n, "of")
	for i := 0; i < len(of.Content); i += 2 {
		name, optional := strings.CutSuffix(of.Content[i].Value, "?")
		schema, err := w.schema(of.Content[i+1], name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		put(properties, name, schema)
		if !optional {
			required.Content = append(required.Content, node(name))
		}
	}
	for i := 0; i < len(n.Content); i += 2 {
		if key := n.Content[i].Value; key != "of" {
			put(out, key, n.Content[i+1])
		}
	}
	put(out, "additionalProperties", false)
	if len(required.Content) > 0 {
		put(out, "required", required)
	}
	put(out, "properties", properties)
	return out, nil
}

// shortForm is "type = example — description".
var shortForm = regexp.MustCompile(`(?s)^(\S+(?:\([^)]*\))?\S*)(?: = (.*?))?(?: — (.*))?$`)

// shortType writes out a schema in the short form.
func (w *writer) shortType(text, name string) (*yaml.Node, error) {
	found := shortForm.FindStringSubmatch(text)
	if found == nil {
		return nil, fmt.Errorf("%q is no type", text)
	}
	schema, err := w.bareType(found[1])
	if err != nil {
		return nil, err
	}
	example, err := w.example(found[2], name, schema)
	if err != nil {
		return nil, err
	}
	if at(schema, "$ref") != nil { // has no keys beside it
		return schema, nil
	}
	put(schema, "description", found[3])
	put(schema, "example", example)
	return schema, nil
}

// example reads an example, or finds that of the name. Texts are texts, whatever they look like.
func (w *writer) example(text, name string, schema *yaml.Node) (*yaml.Node, error) {
	if text == "" {
		of, _ := w.examples.Get(name)
		if of.Node == nil || !fits(of.Node, schema) {
			return nil, nil
		}
		return of.Node, nil
	}
	if kind := at(schema, "type"); kind != nil && kind.Value == "string" && text != "null" && text[0] != '"' {
		return node(text), nil
	}
	var n yaml.Node
	if err := yaml.Unmarshal([]byte(text), &n); err != nil {
		return nil, err
	}
	return n.Content[0], nil
}

// fits tells whether an example that is known by name is one of a type.
func fits(example, schema *yaml.Node) bool {
	kind := at(schema, "type")
	if kind == nil || at(schema, "enum") != nil || at(schema, "format") != nil && kind.Value == "string" {
		return false
	}
	tags := map[string]string{"string": "!!str", "integer": "!!int", "boolean": "!!bool", "array": "!!seq", "object": "!!map", "number": "!!float"}
	return tags[kind.Value] == example.Tag || example.Tag == "!!null" && at(schema, "nullable") != nil
}

// Types that have a name of their own in the short form.
var bareTypes = map[string][]any{
	"string": {"type", "string"}, "int": {"type", "integer", "format", "int64"}, "bool": {"type", "boolean"}, "number": {"type", "number"},
	"uuid": {"type", "string", "format", "uuid"}, "day": {"type", "string", "format", "date"}, "object": {"type", "object", "additionalProperties", true},
}

var bounds = regexp.MustCompile(`^(int|number|string)\((-?\d*)\.\.(\d*)\)$`)

// bareType reads a type: a name, "a|b" for words ("a|" for the only one), "T[]" for a list, "T{}" for an object of them by any key, "T?" for one that may be null,
// "int(1..200)", "number(0..4)" and "string(1..64)" for bounds.
func (w *writer) bareType(text string) (*yaml.Node, error) {
	if inner, ok := strings.CutSuffix(text, "?"); ok {
		return w.orNull(inner)
	}
	for suffix, make := range map[string]func(*yaml.Node) *yaml.Node{
		"[]": func(of *yaml.Node) *yaml.Node { return object("type", "array", "items", of) },
		"{}": func(of *yaml.Node) *yaml.Node { return object("type", "object", "additionalProperties", of) },
	} {
		if inner, ok := strings.CutSuffix(text, suffix); ok {
			of, err := w.bareType(inner)
			if err != nil {
				return nil, err
			}
			return make(of), nil
		}
	}
	if strings.Contains(text, "|") {
		return object("type", "string", "enum", strings.Split(strings.TrimSuffix(text, "|"), "|")), nil
	}
	if b := bounds.FindStringSubmatch(text); b != nil {
		return bounded(b[1], b[2], b[3]), nil
	}
	if pairs, ok := bareTypes[text]; ok {
		return object(pairs...), nil
	}
	if text[0] < 'A' || text[0] > 'Z' {
		return nil, fmt.Errorf("there is no type %q", text)
	}
	return reference(text), nil
}

func bounded(kind, least, most string) *yaml.Node {
	keys, schema := [2]string{"minimum", "maximum"}, object("type", "integer", "format", "int64")
	switch kind {
	case "number":
		schema = object("type", "number")
	case "string":
		keys, schema = [2]string{"minLength", "maxLength"}, object("type", "string")
	}
	for i, bound := range []string{least, most} {
		if bound != "" {
			put(schema, keys[i], &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: bound})
		}
	}
	return schema
}

func (w *writer) orNull(text string) (*yaml.Node, error) {
	schema, err := w.bareType(text)
	if err != nil {
		return nil, err
	}
	if at(schema, "$ref") != nil {
		if !slices.Contains(w.nullable, text) {
			w.nullable = append(w.nullable, text)
		}
		return reference(text + "OrNull"), nil
	}
	if words := at(schema, "enum"); words != nil {
		words.Content = append(words.Content, null())
	}
	put(schema, "nullable", true)
	return schema, nil
}

func reference(name string) *yaml.Node { return object("$ref", "#/components/schemas/"+name) }
