package handlers

import (
	"daybook/handlers/api/manage"
	"daybook/handlers/web"
	"daybook/models"
)

// vocabularies is the part of the table about how a workspace calls its actions and types.
func vocabularies(w *web.Web, v manage.Vocabulary) []route {
	const page, json = "/w/:ws/vocabulary", "/api/v1/workspaces/:ws/vocabulary"
	lines := []route{
		{"GET", page, managers, w.VocabularyPage},
		{"GET", json, admins, v.List()},
	}
	for part, kind := range map[string]models.TermKind{"/actions/:id": models.ActionTerm, "/types/:id": models.TypeTerm} {
		lines = append(lines, []route{
			{"GET", page + part, managers, w.TermPage(kind)},
			{"POST", page + part, managers, w.SaveTerm(kind)},
			{"POST", page + part + "/reset", managers, w.ResetTerm(kind)},
			{"GET", json + part, admins, v.Show(kind)},
			{"PUT", json + part, admins, v.Save(kind)},
			{"DELETE", json + part, admins, v.Reset(kind)},
		}...)
	}
	return lines
}

// purging is the part of the table about deleting activities for good. Of those who administer, owners and instance admins may (services/privacy).
func purging(w *web.Web, p manage.Purges) []route {
	const page, json = "/w/:ws/purge", "/api/v1/workspaces/:ws/purges"
	return []route{
		{"GET", page, managers, w.PurgePage},
		{"GET", page + "/preview", managers, w.PurgePreview},
		{"POST", page, managers, w.BeginPurge},
		{"GET", page + "/:id", managers, w.PurgeState},
		{"POST", page + "/:id/cancel", managers, w.CancelPurge},
		{"GET", json, admins, p.List()},
		{"POST", json, admins, p.Begin()},
		{"POST", json + "/preview", admins, p.Preview()},
		{"GET", json + "/:id", admins, p.Show()},
		{"POST", json + "/:id/cancel", admins, p.Cancel()},
	}
}
