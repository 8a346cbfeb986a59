package handlers

import (
	"daybook/handlers/api/manage"
	"daybook/handlers/web"
)

// retaining is the part of the table about how long activities are kept, and about legal holds. Of those who administer, owners and instance admins may
// (services/privacy).
func retaining(w *web.Web, r manage.Retention, h manage.Holds) []route {
	const page, json = "/w/:ws", "/api/v1/workspaces/:ws"
	return []route{
		{"GET", page + "/holds", managers, w.HoldsPage},
		{"POST", page + "/holds", managers, w.PlaceHold},
		{"POST", page + "/holds/:id/lift", managers, w.LiftHold},
		{"GET", json + "/holds", admins, h.List()},
		{"POST", json + "/holds", admins, h.Place()},
		{"GET", json + "/holds/:id", admins, h.Show()},
		{"POST", json + "/holds/:id/lift", admins, h.Lift()},

		{"GET", page + "/retention", managers, w.RetentionPage},
		{"GET", page + "/retention/edit", managers, w.EditRetentionPage},
		{"POST", page + "/retention/edit", managers, w.EditRetention},
		{"GET", page + "/retention/preview", managers, w.RetentionPreview},
		{"POST", page + "/retention/run", managers, w.RunRetention},
		{"GET", page + "/retention/archives/:id/file", managers, w.ArchiveFile},
		{"GET", page + "/retention/archives/:id/manifest", managers, w.ArchiveManifest},
		{"POST", page + "/retention/archives/:id/remove", managers, w.RemoveArchive},
		{"GET", json + "/retention", admins, r.Show()},
		{"PUT", json + "/retention", admins, r.Save()},
		{"POST", json + "/retention/preview", admins, r.Preview()},
		{"POST", json + "/retention/run", admins, r.Run()},
		{"GET", json + "/retention/runs", admins, r.Runs()},
		{"GET", json + "/retention/archives", admins, r.Archives()},
		{"GET", json + "/retention/archives/:id", admins, r.Archive()},
		{"GET", json + "/retention/archives/:id/file", admins, r.ArchiveFile},
		{"DELETE", json + "/retention/archives/:id", admins, r.RemoveArchive()},
	}
}
