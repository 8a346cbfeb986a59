package handlers

import (
	"daybook/handlers/api/manage"
	"daybook/handlers/web"
)

// reports is the part of the table about personal reports: of oneself, and of others for whoever may manage them (services/report).
func reports(w *web.Web, r manage.Reports) []route {
	return []route{
		{"POST", "/account/report", people, w.OwnReport},
		{"POST", "/w/:ws/users/:id/report", managers, w.UserReport},
		{"POST", "/w/:ws/actors/:id/report", managers, w.ActorReport},
		{"POST", "/instance/users/:id/report", operators, w.InstanceReport},

		{"GET", "/api/v1/users/me/report", selves, r.Own()},
		{"GET", "/api/v1/workspaces/:ws/users/:id/report", admins, r.OfUser()},
		{"GET", "/api/v1/workspaces/:ws/actors/:id/report", admins, r.OfActor()},
		{"GET", "/api/v1/instance/users/:id/report", stewards, r.Anywhere()},
	}
}
