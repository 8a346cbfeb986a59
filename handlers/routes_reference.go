package handlers

import (
	"daybook/handlers/api/openapi"
	"daybook/handlers/web"
)

// reference is the part of the table that tells of all calls of the API: to programs, and to people.
func reference(w *web.Web) []route {
	return []route{
		{"GET", "/api/openapi.yaml", open, openapi.ServeYAML},
		{"GET", "/api/openapi.json", open, openapi.ServeJSON},
		{"GET", "/docs/api", anybody, w.ReferencePage},
	}
}
