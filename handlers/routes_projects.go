package handlers

import (
	"daybook/handlers/api/manage"
	"daybook/handlers/web"
)

// projectsAndSending is the part of the table about what applications need: projects and who has access, tokens, sending, what was rejected. It
// stands before the rest, where /projects/:id would take /projects/new.
func projectsAndSending(w *web.Web, m *manage.Manage) []route {
	const ws, json = "/w/:ws", "/api/v1/workspaces/:ws"
	return []route{
		{"GET", ws + "/projects", managers, w.ProjectsPage},
		{"POST", ws + "/projects", managers, w.CreateProject},
		{"GET", ws + "/projects/new", managers, w.NewProjectPage},
		{"GET", ws + "/projects/:id/edit", managers, w.ProjectEditPage},
		{"POST", ws + "/projects/:id/edit", managers, w.EditProject},
		{"POST", ws + "/projects/:id/archive", managers, w.ArchiveProject},
		{"GET", ws + "/projects/:id/access", managers, w.ProjectAccessPage},
		{"POST", ws + "/projects/:id/access/grant", managers, w.GrantAccess},
		{"POST", ws + "/projects/:id/access/revoke", managers, w.RevokeAccess},
		{"GET", ws + "/tokens", managers, w.TokensPage},
		{"POST", ws + "/tokens", managers, w.MakeToken},
		{"GET", ws + "/tokens/new", managers, w.NewTokenPage},
		{"POST", ws + "/tokens/:id/revoke", managers, w.RevokeToken},
		{"GET", ws + "/sending", managers, w.SendingPage},
		{"GET", ws + "/sending/arrival", managers, w.SendingArrival},
		{"GET", ws + "/rejected", managers, w.RejectedPage},
		{"POST", ws + "/rejected/retry", managers, w.RetryRejected},
		{"POST", ws + "/rejected/dismiss", managers, w.DismissRejected},

		{"POST", json + "/projects", admins, m.CreateProject()},
		{"GET", json + "/projects/:id", admins, m.Project()},
		{"GET", json + "/projects/:id/access", admins, m.ProjectAccess()},
		{"POST", json + "/rejected/retry", admins, m.RetryAll()},
		{"POST", json + "/rejected/dismiss", admins, m.DismissAll()},
	}
}
