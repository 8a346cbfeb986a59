package openapi

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Description is the document as a reference needs it: references stand as they are written, everything else in the order of the files.
type Description struct {
	Info       struct{ Description string }
	Tags       []Tag
	Paths      Map[Path]
	Components struct {
		Parameters Map[Parameter]
		Responses  Map[Answer]
		Schemas    Map[*Schema]
	}
}

// Tag is an area.
type Tag struct {
	Name        string
	Title       string `yaml:"x-title"`
	Description string
}

// Path is what one can do at an address.
type Path struct {
	Parameters []Parameter
	Get        *Operation
	Post       *Operation
	Put        *Operation
	Patch      *Operation
	Delete     *Operation
}

// Operations gives them by method, in the order in which people look for them.
func (p Path) Operations() Map[*Operation] {
	all := Map[*Operation]{{"GET", p.Get}, {"POST", p.Post}, {"PUT", p.Put}, {"PATCH", p.Patch}, {"DELETE", p.Delete}}
	return slices.DeleteFunc(all, func(e Entry[*Operation]) bool { return e.Value == nil })
}

// Schema is one of OpenAPI, as far as ours have it.
type Schema struct {
	Ref         string `yaml:"$ref"`
	Type        string
	Format      string
	Nullable    bool
	Enum        []any
	Minimum     *int64
	Maximum     *int64
	MinLength   *int64 `yaml:"minLength"`
	MaxLength   *int64 `yaml:"maxLength"`
	Pattern     string
	Description string
	Example     yaml.Node
	Properties  Map[*Schema]
	Required    []string
	Items       *Schema
	OneOf       []*Schema `yaml:"oneOf"`
	AnyOf       []*Schema `yaml:"anyOf"`
	Others      yaml.Node `yaml:"additionalProperties"`
}

// Parameter is one of the path, the query, or a header.
type Parameter struct {
	Ref         string `yaml:"$ref"`
	Name        string
	In          string
	Required    bool
	Description string
	Example     yaml.Node
	Schema      *Schema
}

// Answer is what a status says.
type Answer struct {
	Ref         string `yaml:"$ref"`
	Description string
	Headers     Map[Header]
	Content     Map[Media]
}

// Header is one of an answer.
type Header struct{ Description string }

// Body is what a call takes.
type Body struct {
	Required bool
	Content  Map[Media]
}

// Media is a body of a kind.
type Media struct {
	Schema  *Schema
	Example yaml.Node
}

// Operation is a call.
type Operation struct {
	ID          string `yaml:"operationId"`
	Tags        []string
	Summary     string
	Description string
	Who         string   `yaml:"x-who"`
	Download    string   `yaml:"x-download"`
	Shows       []string `yaml:"x-shows"`
	Lenient     bool     `yaml:"x-lenient"`
	Parameters  []Parameter
	Body        *Body `yaml:"requestBody"`
	Responses   Map[Answer]
}

// MayBeNull tells whether null is a value of a schema. Beside "anyOf" a schema cannot say so itself, for want of a type: one of the alternatives does.
func (s *Schema) MayBeNull() bool {
	return s.Nullable || slices.ContainsFunc(s.AnyOf, (*Schema).MayBeNull)
}

// Find follows a reference.
func (d *Description) Find(s *Schema) *Schema {
	if name, ok := strings.CutPrefix(s.Ref, "#/components/schemas/"); ok {
		found, _ := d.Components.Schemas.Get(name)
		return found
	}
	return s
}
