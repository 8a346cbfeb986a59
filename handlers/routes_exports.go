package handlers

import (
	"daybook/handlers/api"
	"daybook/handlers/web"
)

// exports is the part of the table about taking activities out. Everybody exports what they may read, and sees their own exports; whoever administers
// the workspace sees everybody's (services/export).
func exports(w *web.Web, a *api.API) []route {
	const page, json = "/w/:ws/exports", "/api/v1/workspaces/:ws/exports"
	return []route{
		{"GET", "/w/:ws/export", people, w.ExportNow},
		{"GET", "/api/v1/workspaces/:ws/export", readers, a.Export},
		{"GET", page, people, w.ExportsPage},
		{"POST", page, people, w.MakeExport},
		{"GET", page + "/:id/file", people, w.ExportedFile},
		{"POST", page + "/:id/remove", people, w.RemoveExport},
		{"POST", page + "/:id/again", people, w.RepeatExport},
		{"GET", json, readers, a.ListExports},
		{"POST", json, readers, a.MakeExport},
		{"GET", json + "/:id", readers, a.ShowExport},
		{"DELETE", json + "/:id", readers, a.RemoveExport},
		{"GET", json + "/:id/file", readers, a.ExportedFile},
	}
}
