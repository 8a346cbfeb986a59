package handlers

import (
	"daybook/handlers/api"
	"daybook/handlers/web"
)

// statistics is the part of the table about counts and charts. Members see those of their own scope, unless an admin has switched that off.
func statistics(w *web.Web, a *api.API) []route {
	return []route{
		{"GET", "/w/:ws/stats", people, w.Statistics},
		{"GET", "/api/v1/workspaces/:ws/stats", readers, a.Statistics},
	}
}
