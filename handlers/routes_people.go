package handlers

import (
	"daybook/handlers/api/manage"
	"daybook/handlers/web"
)

// peoplePages is the part of the table with the pages on which a workspace's people are managed (design.md §6), and with what these do over JSON
// besides management.
func peoplePages(w *web.Web, m *manage.Manage) []route {
	const user, actor = "/w/:ws/users/:id", "/w/:ws/actors/:id"
	const api = "/api/v1/workspaces/:ws"
	return []route{
		{"GET", "/w/:ws/people", managers, w.PeoplePage},
		{"GET", user, managers, w.UserPage},
		{"POST", user + "/edit", managers, w.EditUser},
		{"POST", user + "/role", managers, w.ChangeRole},
		{"POST", user + "/deactivate", managers, w.Deactivate},
		{"POST", user + "/reactivate", managers, w.Reactivate},
		{"POST", user + "/sign-out", managers, w.SignOutUser},
		{"POST", user + "/instance-admin", managers, w.SetInstanceAdmin},
		{"POST", user + "/remove", managers, w.RemoveMember},
		{"POST", user + "/password-link", managers, w.MakePasswordLink},
		{"GET", user + "/sessions", managers, w.UserSessionsPage},
		{"POST", user + "/sessions/:session/end", managers, w.EndUserSession},
		{"POST", user + "/tokens/:token/revoke", managers, w.RevokeUserToken},
		{"GET", user + "/projects", managers, w.UserProjectsPage},
		{"POST", user + "/projects", managers, w.ChangeUserProjects},
		{"GET", user + "/link", managers, w.LinkActorPage},
		{"GET", actor, managers, w.ActorPage},
		{"GET", actor + "/projects", managers, w.ActorProjectsPage},
		{"POST", actor + "/projects", managers, w.ChangeActorProjects},
		{"GET", actor + "/link", managers, w.LinkMemberPage},
		{"POST", actor + "/link", managers, w.LinkActor},
		{"POST", actor + "/unlink", managers, w.UnlinkActor},
		{"GET", actor + "/merge", managers, w.MergePage},
		{"POST", actor + "/merge", managers, w.MergeActor},
		{"POST", actor + "/unmerge", managers, w.UnmergeActor},

		{"GET", api + "/users/:id/sessions", admins, m.Sessions()},
		{"DELETE", api + "/users/:id/sessions/:session", admins, m.EndSession()},
		{"GET", api + "/users/:id/tokens", admins, m.UserTokens()},
		{"DELETE", api + "/users/:id/tokens/:token", admins, m.RevokeUserToken()},
		{"GET", api + "/users/:id/projects", admins, m.UserProjects()},
		{"POST", api + "/users/:id/projects", admins, m.ChangeUserProjects()},
		{"GET", api + "/actors/:id/projects", admins, m.ActorProjects()},
		{"POST", api + "/actors/:id/projects", admins, m.ChangeActorProjects()},
	}
}
