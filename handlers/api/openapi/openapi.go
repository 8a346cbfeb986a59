// Package openapi holds the description of everything below /api, as OpenAPI 3.0.3, and reads it for the reference that people read. It knows nothing
// of the program but what is in that file: tests compare the two.
package openapi

import (
	_ "embed"
	"fmt"
	"sync"

	"go.yaml.in/yaml/v3"
)

//go:generate go run ./write

//go:embed openapi.yaml
var text []byte

// Document is the description, in both of its forms and read.
type Document struct {
	YAML, JSON []byte
	Description
}

// The is the description of this program.
var The = sync.OnceValue(func() *Document {
	d := &Document{YAML: text}
	var root yaml.Node
	err := yaml.Unmarshal(text, &root)
	if err == nil {
		err = root.Decode(&d.Description)
	}
	if err != nil {
		panic(fmt.Sprintf("openapi.yaml: %v", err)) // it is part of the program; a test reads it
	}
	d.JSON = jsonOf(root.Content[0])
	return d
})
