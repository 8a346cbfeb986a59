package handlers

import (
	"daybook/handlers/api/platform"
	"daybook/handlers/api/service"
)

// dialects is the part of the table that clients of the platform activity log and of the activity service ask for (design.md §7.2, §7.4), besides
// what is our own form. Whoever signs in is nobody yet, whatever token comes along.
func dialects(p *platform.Platform, s *service.Service) []route {
	const v1, ws = "/api/v1", "/api/v1/workspaces/:ws"
	return []route{
		{"POST", v1 + "/auth/login", anybody, p.SignIn},
		{"GET", v1 + "/auth/me", readers, p.Me},
		{"GET", v1 + "/workspaces", readers, p.Workspaces},
		{"GET", v1 + "/users/me/activity", readers, p.Own},
		{"GET", v1 + "/issues/:id/activity", readers, p.History("issue")},
		{"GET", v1 + "/resources/:type/:id/activity", readers, p.History("")},
		{"GET", ws + "/issues/:id/activity", readers, p.History("issue")},
		{"GET", ws + "/resources/:type/:id/activity", readers, p.History("")},

		{"GET", "/api/ping", open, s.Ping},
		{"POST", "/api/auth/token", anybody, s.SignIn},
		{"GET", "/api/auth/users/me", readers, s.Me},
		{"GET", "/api/activity/activities", readers, s.List},
	}
}
