package openapi

import (
	"regexp"
	"strings"
)

// Takes says which parameters the query of a call may have, and whether others are passed over.
type Takes struct {
	Names   []string
	Single  []string // those of them that mean one thing
	Lenient bool
}

// Query gives what the call of a method at the pattern of a path takes, whatever the pattern's own parameters are called. ok: there is such a call.
func (d *Document) Query(method, pattern string) (takes Takes, ok bool) {
	want := nameless(pattern)
	for _, path := range d.Paths {
		if nameless(path.Key) != want {
			continue
		}
		if o, found := path.Value.Operations().Get(method); found {
			takes.Lenient = o.Lenient
			for _, p := range o.Parameters {
				if p.In == "query" {
					takes.Names = append(takes.Names, p.Name)
					if d.Find(p.Schema).Type != "array" {
						takes.Single = append(takes.Single, p.Name)
					}
				}
			}
			return takes, true
		}
	}
	return takes, false
}

var pathParameter = regexp.MustCompile(`^(\{\w+\}|:\w+)$`)

// nameless is a pattern whose parameters have no names.
func nameless(pattern string) string {
	parts := strings.Split(pattern, "/")
	for i, part := range parts {
		if pathParameter.MatchString(part) {
			parts[i] = "*"
		}
	}
	return strings.Join(parts, "/")
}
