package openapi

import (
	"bytes"
	"encoding/json"

	"go.yaml.in/yaml/v3"
)

// jsonOf writes a value of YAML as JSON, its keys in their order.
func jsonOf(n *yaml.Node) []byte {
	var b bytes.Buffer
	writeJSON(&b, n)
	return b.Bytes()
}

func writeJSON(b *bytes.Buffer, n *yaml.Node) {
	switch n.Kind {
	case yaml.MappingNode:
		b.WriteByte('{')
		for i := 0; i < len(n.Content); i += 2 {
			if i > 0 {
				b.WriteByte(',')
			}
			writeScalar(b, n.Content[i].Value)
			b.WriteByte(':')
			writeJSON(b, n.Content[i+1])
		}
		b.WriteByte('}')
	case yaml.SequenceNode:
		b.WriteByte('[')
		for i, item := range n.Content {
			if i > 0 {
				b.WriteByte(',')
			}
			writeJSON(b, item)
		}
		b.WriteByte(']')
	default:
		var value any
		if err := n.Decode(&value); err != nil || n.Tag == "!!str" || n.Tag == "!!timestamp" {
			value = n.Value
		}
		writeScalar(b, value)
	}
}

func writeScalar(b *bytes.Buffer, value any) {
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		panic(err) // what YAML has as a scalar, JSON has
	}
	b.Truncate(b.Len() - 1) // its line break
}

// Indented writes a value as JSON for people to read.
func Indented(n *yaml.Node) string {
	var b bytes.Buffer
	if err := json.Indent(&b, jsonOf(n), "", "  "); err != nil {
		return ""
	}
	return b.String()
}
