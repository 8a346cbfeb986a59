package main

import (
	"strconv"

	"go.yaml.in/yaml/v3"
)

// tree is a value that is looked at later; of null it has no node.
type tree struct{ *yaml.Node }

// UnmarshalYAML keeps it.
func (t *tree) UnmarshalYAML(n *yaml.Node) error {
	t.Node = n
	return nil
}

// flat gives a value without references: what an anchor names stands where it was named, and what is merged stands where it was merged. Keys that are
// there already are left.
func flat(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return flat(n.Alias)
	}
	out := *n
	out.Anchor, out.Content, out.HeadComment, out.LineComment, out.FootComment = "", nil, "", "", ""
	for i := 0; i < len(n.Content); i++ {
		if n.Kind != yaml.MappingNode {
			out.Content = append(out.Content, flat(n.Content[i]))
			continue
		}
		key, value := n.Content[i], flat(n.Content[i+1])
		i++
		switch {
		case key.Tag != "!!merge":
			remove(&out, key.Value)
			out.Content = append(out.Content, key, value)
		default:
			out.Content = append(out.Content, value.Content...)
		}
	}
	return &out
}

// An object of YAML from keys and values in turn; nil values are left out.
func object(pairs ...any) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	for i := 0; i < len(pairs); i += 2 {
		put(n, pairs[i].(string), pairs[i+1])
	}
	return n
}

func list(items ...*yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Content: items}
}

func null() *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"} }

// put adds a key to an object.
func put(n *yaml.Node, key string, value any) {
	if v := node(value); v != nil {
		n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: key, Style: styleOf(key)}, v)
	}
}

// A key that is a number is a text all the same.
func styleOf(text string) yaml.Style {
	if _, err := strconv.ParseFloat(text, 64); err == nil {
		return yaml.DoubleQuotedStyle
	}
	return 0
}

// node makes a value one of YAML. Empty texts and nil are none.
func node(value any) *yaml.Node {
	switch v := value.(type) {
	case *yaml.Node:
		return v
	case string:
		if v == "" {
			return nil
		}
		n := &yaml.Node{}
		n.SetString(v)
		if n.Style == 0 {
			n.Style = styleOf(v)
		}
		return n
	case nil:
		return nil
	}
	n := &yaml.Node{}
	if err := n.Encode(value); err != nil {
		panic(err) // only what YAML has is given
	}
	return n
}

// at gives the value of a key of an object, or nil.
func at(n *yaml.Node, keys ...string) *yaml.Node {
	for _, key := range keys {
		found := (*yaml.Node)(nil)
		for i := 0; n != nil && n.Kind == yaml.MappingNode && i < len(n.Content); i += 2 {
			if n.Content[i].Value == key {
				found = n.Content[i+1]
			}
		}
		n = found
	}
	return n
}
