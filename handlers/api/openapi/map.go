package openapi

import (
	"fmt"

	"go.yaml.in/yaml/v3"
)

// Map is an object whose keys have the order in which they are written.
type Map[T any] []Entry[T]

// Entry is a key of one.
type Entry[T any] struct {
	Key   string
	Value T
}

// UnmarshalYAML reads one.
func (m *Map[T]) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind != yaml.MappingNode {
		return fmt.Errorf("line %d: is no object", n.Line)
	}
	for i := 0; i < len(n.Content); i += 2 {
		e := Entry[T]{Key: n.Content[i].Value}
		if err := n.Content[i+1].Decode(&e.Value); err != nil {
			return err
		}
		*m = append(*m, e)
	}
	return nil
}

// Get gives the value of a key.
func (m Map[T]) Get(key string) (value T, ok bool) {
	for _, e := range m {
		if e.Key == key {
			return e.Value, true
		}
	}
	return value, false
}
