package main

import (
	"go.yaml.in/yaml/v3"

	"daybook/handlers/api/openapi"
)

// exampler finds examples.
type exampler struct {
	*openapi.Description
	byKey openapi.Map[tree] // those that a part gives for all keys of a name
}

// fillExamples writes an example beside each schema of a body or an answer that has none.
func (d exampler) fillExamples(root *yaml.Node) {
	paths := at(root, "paths")
	for i := 1; paths != nil && i < len(paths.Content); i += 2 {
		item := paths.Content[i]
		for j := 1; j < len(item.Content); j += 2 {
			d.fillContent(at(item.Content[j], "requestBody", "content"))
			responses := at(item.Content[j], "responses")
			for k := 1; responses != nil && k < len(responses.Content); k += 2 {
				d.fillContent(at(responses.Content[k], "content"))
			}
		}
	}
}

// otherwise is the key beside a schema of what its example says otherwise than usual. It is not in the document.
const otherwise = "x-but"

// instead gives an example with other values; in a list they are those of its only item.
func instead(example, values *yaml.Node) *yaml.Node {
	if values == nil {
		return example
	}
	if example.Kind == yaml.SequenceNode {
		return list(instead(example.Content[0], values))
	}
	out := object()
	for i := 0; i < len(example.Content); i += 2 {
		key, value := example.Content[i].Value, example.Content[i+1]
		if other := at(values, key); other != nil {
			value = other
		}
		put(out, key, value)
	}
	return out
}

func (d exampler) fillContent(content *yaml.Node) {
	for i := 1; content != nil && i < len(content.Content); i += 2 {
		of := content.Content[i]
		schema := at(of, "schema")
		if schema == nil || at(of, "example") != nil {
			continue
		}
		var s openapi.Schema
		if err := schema.Decode(&s); err != nil {
			continue // the whole was read before
		}
		if example := d.exampleOf(&s, 0); example != nil {
			put(of, "example", instead(example, at(of, otherwise)))
		}
		remove(of, otherwise)
	}
}

// What a text of a kind looks like.
var formats = map[string]string{"uuid": "01a20642-616f-74c8-a07e-a9377e289832", "date": "2026-01-31", "date-time": "2026-01-31T09:00:00.000000Z"}

// exampleOf makes an example: the schema's own, or one of its parts. Of keys that may be left out, those are in it that have an example.
func (d exampler) exampleOf(s *openapi.Schema, depth int) *yaml.Node {
	const deepest = 12
	if s = d.Find(s); s == nil || depth > deepest {
		return nil
	}
	switch {
	case s.Example.Kind != 0:
		example := s.Example
		return &example
	case s.MayBeNull():
		return null()
	case len(s.Enum) > 0:
		return node(s.Enum[0])
	case len(s.OneOf) > 0:
		return d.exampleOf(s.OneOf[0], depth+1)
	}
	switch s.Type {
	case "object":
		return d.exampleObject(s, depth)
	case "array":
		if item := d.exampleOf(s.Items, depth+1); item != nil {
			return list(item)
		}
		return list()
	case "integer":
		if s.Minimum != nil && *s.Minimum > 1 {
			return node(*s.Minimum)
		}
		return node(1)
	case "boolean":
		return node(false)
	case "string":
		return node(formats[s.Format])
	}
	return nil
}

func (d exampler) exampleObject(s *openapi.Schema, depth int) *yaml.Node {
	required := map[string]bool{}
	for _, name := range s.Required {
		required[name] = true
	}
	out := object()
	for _, p := range s.Properties {
		of := d.Find(p.Value)
		if of == nil || !required[p.Key] && of.Example.Kind == 0 {
			continue
		}
		example := d.exampleOf(p.Value, depth+1)
		if known, ok := d.byKey.Get(p.Key); ok && p.Value.Ref != "" && of.MayBeNull() {
			if example = known.Node; example == nil { // nothing can stand beside a reference
				example = null()
			}
		}
		if example != nil {
			put(out, p.Key, example)
		}
	}
	return out
}
