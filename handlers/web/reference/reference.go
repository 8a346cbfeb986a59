// Package reference makes the page about the API from its description: what each call takes and answers, in words, and programs that make it. It knows
// nothing of requests.
package reference

import (
	"net/http"
	"strconv"
	"strings"

	"daybook/handlers/api/openapi"
	"daybook/views"
)

// reading makes the reference of the document.
type reading struct {
	*openapi.Description
	base string // of addresses
}

// Of makes the reference of a document, for a Daybook that is reached at an address.
func Of(doc *openapi.Document, base string) views.Reference {
	d := &doc.Description
	r := reading{d, strings.TrimSuffix(base, "/")}
	page := views.Reference{
		Intro: paragraphs(d.Info.Description), Base: r.base,
		Files: []views.ReferenceFile{{Label: "openapi.yaml", Href: "/api/openapi.yaml"}, {Label: "openapi.json", Href: "/api/openapi.json"}},
		SignedIn: []string{
			"A service token, which an application sends with: `Authorization: Bearer dbk_…`. Admins make them under Tokens.",
			"A personal token, which is a person with less: `Authorization: Bearer dbk_…`. Everybody makes their own under Account.",
			"A session: the cookie of a browser, or `Authorization: Bearer dbs_…` with what signing in over JSON gave.",
		},
	}
	for _, e := range d.Components.Responses {
		if status, err := strconv.Atoi(strings.TrimPrefix(e.Key, "Status")); err == nil && status >= 400 {
			page.Errors = append(page.Errors, views.CallError{Status: status, Title: http.StatusText(status), Says: e.Value.Description})
		}
	}
	for _, tag := range d.Tags {
		page.Areas = append(page.Areas, views.ReferenceArea{ID: tag.Name, Title: tag.Title, Says: tag.Description, Calls: r.calls(tag.Name)})
	}
	for _, s := range d.Components.Schemas {
		if s.Value.Type == "object" && len(s.Value.Properties) > 0 && !strings.HasSuffix(s.Key, "OrNull") {
			page.Shapes = append(page.Shapes, views.Shape{Name: s.Key, Says: s.Value.Description, Fields: r.fields(s.Value, 0, marks(s.Value))})
		}
	}
	return page
}

func paragraphs(text string) []string {
	var all []string
	for _, p := range strings.FieldsFunc(text, func(c rune) bool { return c == '\n' }) {
		all = append(all, strings.TrimSpace(p))
	}
	return all
}
