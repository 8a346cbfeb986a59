package reference

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"daybook/handlers/api/openapi"
	"daybook/views"
)

// calls gives those of an area.
func (r reading) calls(area string) []views.Call {
	var all []views.Call
	for _, path := range r.Paths {
		for _, o := range path.Value.Operations() {
			if slices.Contains(o.Value.Tags, area) {
				all = append(all, r.call(o.Key, path.Key, path.Value, o.Value))
			}
		}
	}
	return all
}

func (r reading) call(method, path string, in openapi.Path, o *openapi.Operation) views.Call {
	c := views.Call{ID: o.ID, Method: method, Path: path, Does: o.Summary, Says: paragraphs(o.Description), Who: audiences[o.Who]}
	all := append(slices.Clone(in.Parameters), o.Parameters...)
	for i, p := range all {
		all[i] = r.parameter(p)
	}
	for _, where := range []struct{ in, title string }{{"path", "In the path"}, {"query", "Parameters"}, {"header", "Headers"}} {
		if list := r.inputs(all, where.in); len(list) > 0 {
			c.Inputs = append(c.Inputs, views.Inputs{Where: where.title, Fields: list})
		}
	}
	if o.Body != nil {
		c.Body = &views.CallBody{}
		for _, m := range o.Body.Content {
			c.Body.Kinds = append(c.Body.Kinds, m.Key)
		}
		c.Body.Of, c.Body.Fields = r.shown(o.Body.Content[0].Value.Schema, sent)
	}
	for _, a := range o.Responses {
		status, _ := strconv.Atoi(a.Key) // the document is held by tests
		if a.Value.Ref == "" {
			c.Answers = append(c.Answers, r.answer(status, a.Value))
		} else if status >= 400 {
			c.Errors = append(c.Errors, views.CallError{Status: status, Title: http.StatusText(status)})
		}
	}
	c.Programs = r.programs(method, path, all, o)
	return c
}

// audiences say who may, in the words of the table of routes.
var audiences = map[string]string{
	"open":     "For everybody.",
	"anybody":  "For everybody, whoever is signed in.",
	"readers":  "A session, or a token with the scope `activity:read`.",
	"senders":  "A session, or a token with the scope `activity:write`.",
	"admins":   "Admins and owners of the workspace, by session or by a token of theirs with the scope `admin`.",
	"owners":   "Owners of the workspace and instance admins, by session or by a token of theirs with the scope `admin`. Not for admins of the workspace.",
	"syncers":  "A service token with the scope `access:write`, or admins and owners of the workspace.",
	"stewards": "Instance admins, by session or by a token with the scope `admin` that is bound to no workspace.",
	"selves":   "Everybody for themselves, by session or by a token with the scope `admin` that is bound to no workspace.",
}

// parameter follows a reference.
func (r reading) parameter(p openapi.Parameter) openapi.Parameter {
	if name, ok := strings.CutPrefix(p.Ref, "#/components/parameters/"); ok {
		p, _ = r.Components.Parameters.Get(name)
	}
	return p
}

func (r reading) inputs(all []openapi.Parameter, where string) []views.ShapeField {
	var list []views.ShapeField
	for _, p := range all {
		if p.In == where {
			list = append(list, views.ShapeField{Name: p.Name, Type: r.typeOf(p.Schema), Mark: sent(p.Required && where != "path"), Says: p.Description})
		}
	}
	return list
}

func (r reading) answer(status int, a openapi.Answer) views.CallAnswer {
	out := views.CallAnswer{Status: status}
	for _, h := range a.Headers {
		if h.Key != "ETag" { // which is said once
			out.Headers = append(out.Headers, views.ShapeField{Name: h.Key, Type: views.ShapeType{Words: "header"}, Says: h.Value.Description})
		}
	}
	for i, m := range a.Content {
		out.Kinds = append(out.Kinds, m.Key)
		if i == 0 {
			out.Of, out.Fields = r.shown(m.Value.Schema, given)
			out.Example = exampleText(m.Key, m.Value)
		}
	}
	return out
}

// exampleText is an example as it would be answered, with line breaks where JSON may have them.
func exampleText(kind string, m openapi.Media) string {
	switch {
	case m.Example.Kind == 0:
		return ""
	case kind != "application/json":
		return m.Example.Value
	}
	return openapi.Indented(&m.Example)
}

// A mark says of something that has to be there, or has not, what is not the rule.
type mark func(required bool) string

// sent is of what programs send: most of it need not be.
func sent(required bool) string {
	if required {
		return "required"
	}
	return ""
}

// marks says how the keys of a shape are marked: that goes without saying which most of them are.
func marks(s *openapi.Schema) mark {
	if 2*len(s.Required) < len(s.Properties) {
		return sent
	}
	return given
}

// given is of what they get: most of it is always there.
func given(required bool) string {
	if required {
		return ""
	}
	return "may be left out"
}

// shown gives the type of a body, and its keys where it is an object of its own.
func (r reading) shown(s *openapi.Schema, mark mark) (views.ShapeType, []views.ShapeField) {
	if s == nil {
		return views.ShapeType{}, nil
	}
	return r.typeOf(s), r.fields(s, 0, mark)
}

// fields gives the keys of an object, and of objects in it that have no name of their own.
func (r reading) fields(s *openapi.Schema, depth int, mark mark) []views.ShapeField {
	var list []views.ShapeField
	for _, p := range s.Properties {
		list = append(list, views.ShapeField{Name: p.Key, Depth: depth, Type: r.typeOf(p.Value), Mark: mark(slices.Contains(s.Required, p.Key)), Says: p.Value.Description})
		if p.Value.Ref == "" {
			list = append(list, r.fields(p.Value, depth+1, mark)...)
		}
	}
	return list
}
