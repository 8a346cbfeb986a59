package main

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"daybook/handlers/api/openapi"
)

// part is a file of parts/.
type part struct {
	Head     tree // of the document: what stands before its paths
	Security tree // the ways to sign in
	Area     tree // a tag
	Groups   openapi.Map[openapi.Map[tree]]
	Examples openapi.Map[tree]
	In       openapi.Map[tree] // parameters of paths, by name
	Schemas  openapi.Map[tree]
	Errors   openapi.Map[string] // what a status means
	Paths    openapi.Map[openapi.Map[call]]
}

// call is an operation in its short form (README.md).
type call struct {
	ID       string `yaml:"id"`
	Does     string
	Says     string
	Who      string
	Query    openapi.Map[tree]
	Headers  openapi.Map[tree]
	Takes    tree                // a body of JSON
	Body     tree                // a body of any other kind, as OpenAPI has it
	Gives    openapi.Map[tree]   // what is answered, by status
	Returns  openapi.Map[string] // headers of that
	Also     []int               // statuses of refusals besides those that go without saying
	Lenient  bool                // passes over parameters that it does not know
	Untagged bool                // a GET whose answer has no ETag
	Download string              // what is answered is to be kept in a file of this name
	Shows    []string            // parameters of the query that programs show besides those that have to be there
}

// writer puts parts together.
type writer struct {
	head, security *yaml.Node
	tags, paths    *yaml.Node
	schemas        *yaml.Node
	groups         openapi.Map[openapi.Map[tree]]
	examples       openapi.Map[tree]
	in             openapi.Map[tree]
	errors         openapi.Map[string]
	area           string
	nullable       []string // schemas that are needed with null besides
}

func newWriter() *writer {
	return &writer{tags: list(), paths: object(), schemas: object()}
}

// add takes the next part. What it refers to may come later, but for groups and parameters of paths.
func (w *writer) add(p part) error {
	if p.Head.Node != nil {
		w.head, w.security = p.Head.Node, p.Security.Node
	}
	w.groups, w.examples, w.in, w.errors = append(w.groups, p.Groups...), append(w.examples, p.Examples...), append(w.in, p.In...), append(w.errors, p.Errors...)
	if p.Area.Node != nil {
		w.tags.Content = append(w.tags.Content, p.Area.Node)
		w.area = at(p.Area.Node, "name").Value
	}
	for _, s := range p.Schemas {
		schema, err := w.schema(s.Value.Node, s.Key)
		if err != nil {
			return fmt.Errorf("%s: %w", s.Key, err)
		}
		put(w.schemas, s.Key, schema)
	}
	for _, path := range p.Paths {
		item := at(w.paths, path.Key) // of another part
		if item == nil {
			item = object("parameters", w.pathParameters(path.Key))
			put(w.paths, path.Key, item)
		}
		for _, c := range path.Value {
			operation, err := w.operation(path.Key, c.Key, c.Value)
			if err != nil {
				return fmt.Errorf("%s %s: %w", c.Key, path.Key, err)
			}
			put(item, c.Key, operation)
		}
	}
	return nil
}

// root is the document.
func (w *writer) root() (*yaml.Node, error) {
	responses := object()
	for _, e := range w.errors {
		code, err := strconv.Atoi(e.Key)
		if err != nil {
			return nil, err
		}
		put(responses, "Status"+e.Key, problemResponse(code, e.Value))
	}
	for _, name := range w.nullable {
		schema := at(w.schemas, name)
		if schema == nil {
			return nil, fmt.Errorf("there is no schema %s", name)
		}
		twin := *schema
		twin.Content = append(slices.Clone(schema.Content), node("nullable"), node(true))
		put(w.schemas, name+"OrNull", &twin)
	}
	parameters := object()
	for _, p := range w.in {
		schema, err := w.schema(p.Value.Node, p.Key)
		if err != nil {
			return nil, err
		}
		put(parameters, p.Key, parameter(p.Key, "path", true, schema))
	}
	root := *w.head
	put(&root, "tags", w.tags)
	put(&root, "paths", w.paths)
	put(&root, "components", object("securitySchemes", w.security, "parameters", parameters, "responses", responses, "schemas", w.schemas))
	return &root, nil
}

// problemResponse is the answer of an error. 304 is none, and says nothing.
func problemResponse(code int, says string) *yaml.Node {
	r := object("description", says)
	switch code {
	case http.StatusNotModified:
		put(r, "headers", object("ETag", header("Of that answer."), "Link", header("Of that answer, where it had one."), "X-Total-Count", header("Of that answer, where it had one.")))
		return r
	case http.StatusUnauthorized:
		put(r, "headers", object("WWW-Authenticate", header("`Bearer`: a token is what is missing.")))
	case http.StatusMethodNotAllowed:
		put(r, "headers", object("Allow", header("The methods that it takes.")))
	case http.StatusConflict, http.StatusTooManyRequests, http.StatusServiceUnavailable:
		put(r, "headers", object("Retry-After", object("description", "Seconds to wait, where they can be told.", "schema", object("type", "integer"))))
	case http.StatusGone:
		put(r, "headers", object("Link", header("Where to go on, as `rel=\"next\"`, where there is such a place.")))
	case http.StatusRequestedRangeNotSatisfiable:
		put(r, "headers", object("Content-Range", header("How long the file is, as `bytes */3695`.")))
	}
	put(r, "content", object("application/problem+json", object("schema", reference("Problem"))))
	return r
}

// header is one whose value is a text.
func header(says string) *yaml.Node {
	return object("description", says, "schema", object("type", "string"))
}

var inPath = regexp.MustCompile(`\{(\w+)\}`)

func (w *writer) pathParameters(path string) *yaml.Node {
	var names []*yaml.Node
	for _, found := range inPath.FindAllStringSubmatch(path, -1) {
		names = append(names, object("$ref", "#/components/parameters/"+found[1]))
	}
	if names == nil {
		return nil
	}
	return list(names...)
}

// operation writes out a call.
func (w *writer) operation(path, method string, c call) (*yaml.Node, error) {
	o := object("tags", list(node(w.area)), "operationId", c.ID, "summary", c.Does, "description", c.Says, "x-who", c.Who)
	if c.Who == "anybody" || c.Who == "open" {
		put(o, "security", list())
	}
	if c.Lenient {
		put(o, "x-lenient", true)
	}
	put(o, "x-download", c.Download)
	if c.Shows != nil {
		put(o, "x-shows", c.Shows)
	}
	parameters, err := w.parameters(c)
	if err != nil {
		return nil, err
	}
	put(o, "parameters", parameters)
	body, err := w.body(c)
	if err != nil {
		return nil, err
	}
	put(o, "requestBody", body)
	responses, err := w.responses(c, method)
	if err != nil {
		return nil, err
	}
	for _, code := range refusals(path, method, c) {
		put(responses, strconv.Itoa(code), object("$ref", "#/components/responses/Status"+strconv.Itoa(code)))
	}
	put(o, "responses", responses)
	return o, nil
}

// parameters are those of the query, and headers.
func (w *writer) parameters(c call) (*yaml.Node, error) {
	query, err := w.query(c)
	if err != nil {
		return nil, err
	}
	out := list()
	for _, in := range []struct {
		where string
		of    openapi.Map[tree]
	}{{"query", query}, {"header", c.Headers}} {
		for _, p := range in.of {
			name, optional := strings.CutSuffix(p.Key, "?")
			schema, err := w.schema(p.Value.Node, name)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			out.Content = append(out.Content, parameter(name, in.where, !optional, schema))
		}
	}
	if len(out.Content) == 0 {
		return nil, nil
	}
	return out, nil
}

// query gives the parameters of the query, those of groups among them. What a call says itself of one goes before what its group says.
func (w *writer) query(c call) (openapi.Map[tree], error) {
	var all openapi.Map[tree]
	for _, p := range c.Query {
		name, ok := strings.CutPrefix(p.Key, "..")
		if !ok {
			all = append(all, p)
			continue
		}
		group, ok := w.groups.Get(name)
		if !ok {
			return nil, fmt.Errorf("there is no group %s", name)
		}
		for _, of := range group {
			if !slices.ContainsFunc(c.Query, func(own openapi.Entry[tree]) bool { return bare(own.Key) == bare(of.Key) }) {
				all = append(all, of)
			}
		}
	}
	return all, nil
}

// bare is a name without the mark of what may be left out.
func bare(name string) string { return strings.TrimSuffix(name, "?") }

// parameter writes a parameter. Its description and example are its own, not those of its schema.
func parameter(name, where string, required bool, schema *yaml.Node) *yaml.Node {
	p := object("name", name, "in", where, "required", required)
	for _, key := range []string{"description", "example"} {
		if v := at(schema, key); v != nil {
			put(p, key, v)
			remove(schema, key)
		}
	}
	put(p, "schema", schema)
	return p
}

func remove(n *yaml.Node, key string) {
	for i := 0; i < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			n.Content = slices.Delete(n.Content, i, i+2)
			return
		}
	}
}

func (w *writer) body(c call) (*yaml.Node, error) {
	if c.Body.Node != nil || c.Takes.Node == nil {
		return c.Body.Node, nil
	}
	schema, err := w.schema(c.Takes.Node, "")
	if err != nil {
		return nil, err
	}
	return object("required", true, "content", object("application/json", object("schema", schema))), nil
}

// responses are those of success.
func (w *writer) responses(c call, method string) (*yaml.Node, error) {
	out := object()
	for _, g := range c.Gives {
		code, err := strconv.Atoi(g.Key)
		if err != nil {
			return nil, err
		}
		r := object("description", http.StatusText(code))
		if headers := c.headers(method, code); len(headers.Content) > 0 {
			put(r, "headers", headers)
		}
		content, err := w.content(g.Value.Node)
		if err != nil {
			return nil, err
		}
		put(r, "content", content)
		put(out, g.Key, r)
	}
	return out, nil
}

// headers are those of an answer of success.
func (c call) headers(method string, code int) *yaml.Node {
	out := object()
	for _, h := range c.Returns {
		put(out, h.Key, header(h.Value))
	}
	if c.tagged(method) {
		put(out, "ETag", header("Of this answer; send it as If-None-Match."))
	}
	if code == http.StatusPartialContent {
		put(out, "Content-Range", header("Which part it is, of how many bytes."))
	}
	return out
}

// tagged tells whether the answers of a call have a tag: what is read by GET has one, but for downloads, which say so themselves.
func (c call) tagged(method string) bool {
	return method == "get" && c.Download == "" && !c.Untagged
}

// content is what an answer holds: nothing, as OpenAPI has it, or JSON of a schema, which may be shown with other values than usual.
func (w *writer) content(n *yaml.Node) (*yaml.Node, error) {
	if n == nil {
		return nil, nil //nolint:nilnil // put leaves it out
	}
	if content := at(n, "content"); content != nil {
		return content, nil
	}
	shown := at(n, "but")
	if is := at(n, "is"); is != nil {
		n = is
	}
	schema, err := w.schema(n, "")
	if err != nil {
		return nil, err
	}
	return object("application/json", object("schema", schema, otherwise, shown)), nil
}

// refusals are the statuses of errors that a call may answer. Those that go without saying: of any call, of one that asks who it is, that reads
// something of what it is sent, or that looks for something.
func refusals(path, method string, c call) []int {
	codes := append([]int{403, 431, 500, 503}, c.Also...)
	if c.Who != "anybody" && c.Who != "open" {
		codes = append(codes, 401)
	}
	if strings.HasPrefix(path, "/api/v1/") || c.Query != nil || c.Takes.Node != nil || c.Body.Node != nil {
		codes = append(codes, 400)
	}
	if c.Takes.Node != nil || c.Body.Node != nil {
		codes = append(codes, 408, 413, 422)
	}
	if strings.Contains(path, "{") {
		codes = append(codes, 404)
	}
	if c.tagged(method) {
		codes = append(codes, 304)
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}
