package handlers

import (
	"daybook/handlers/api/manage"
	"daybook/handlers/web"
)

// accounts is the part of the table about who comes in and by what: invitations, links for passwords, settings, personal tokens, the instance.
func accounts(w *web.Web, m *manage.Manage) []route {
	const instance = "/api/v1/instance"
	return append(accountPages(w), []route{
		{"GET", "/api/v1/invitations/:secret", anybody, m.Invitation()},
		{"POST", "/api/v1/invitations/:secret/accept", anybody, m.AcceptInvitation()},
		{"POST", "/api/v1/password-links/:secret", anybody, m.SetPassword()},
		{"GET", "/api/v1/users/me/tokens", selves, m.OwnTokens()},
		{"POST", "/api/v1/users/me/tokens", selves, m.MakeOwnToken()},
		{"DELETE", "/api/v1/users/me/tokens/:id", selves, m.RevokeOwnToken()},
		{"GET", instance + "/workspaces", stewards, m.InstanceWorkspaces()},
		{"POST", instance + "/workspaces", stewards, m.FoundWorkspace()},
		{"GET", instance + "/users", stewards, m.InstanceUsers()},
		{"GET", instance + "/users/:id", stewards, m.InstanceUser()},
		{"PATCH", instance + "/users/:id", stewards, m.EditInstanceUser()},
		{"POST", instance + "/users/:id/deactivate", stewards, m.DeactivateInstanceUser()},
		{"POST", instance + "/users/:id/reactivate", stewards, m.ReactivateInstanceUser()},
		{"POST", instance + "/users/:id/sign-out", stewards, m.SignOutInstanceUser()},
		{"POST", instance + "/users/:id/password-link", stewards, m.InstancePasswordLink()},
		{"PUT", instance + "/users/:id/instance-admin", stewards, m.SetInstanceAdmin()},
	}...)
}

func accountPages(w *web.Web) []route {
	const user = "/instance/users/:id"
	return []route{
		{"GET", "/invitation/:secret", anybody, w.InvitationPage},
		{"POST", "/invitation/:secret", anybody, w.AcceptInvitation},
		{"GET", "/password/:secret", anybody, w.PasswordLinkPage},
		{"POST", "/password/:secret", anybody, w.SetPassword},
		{"GET", "/account/tokens", people, w.OwnTokensPage},
		{"POST", "/account/tokens", people, w.MakeOwnToken},
		{"POST", "/account/tokens/:id/revoke", people, w.RevokeOwnToken},
		{"GET", "/w/:ws/invitations", managers, w.InvitationsPage},
		{"POST", "/w/:ws/invitations/:id/revoke", managers, w.RevokeInvitation},
		{"GET", "/w/:ws/invitations/new", managers, w.NewInvitationPage},
		{"POST", "/w/:ws/invitations/new", managers, w.CreateInvitation},
		{"GET", "/w/:ws/members/add", managers, w.AddMemberPage},
		{"POST", "/w/:ws/members/add", managers, w.AddMember},
		{"GET", "/w/:ws/members/new", managers, w.NewMemberPage},
		{"POST", "/w/:ws/members/new", managers, w.CreateMember},
		{"GET", "/w/:ws/settings", managers, w.SettingsPage},
		{"POST", "/w/:ws/settings", managers, w.SaveSettings},
		{"POST", "/w/:ws/archive", managers, w.ArchiveWorkspace},
		{"GET", "/instance/workspaces", operators, w.InstanceWorkspacesPage},
		{"POST", "/instance/workspaces", operators, w.CreateWorkspace},
		{"GET", "/instance/workspaces/new", operators, w.NewWorkspacePage},
		{"GET", "/instance/users", operators, w.InstanceUsersPage},
		{"GET", user, operators, w.InstanceUserPage},
		{"POST", user + "/edit", operators, w.EditInstanceUser},
		{"POST", user + "/deactivate", operators, w.DeactivateInstanceUser},
		{"POST", user + "/reactivate", operators, w.ReactivateInstanceUser},
		{"POST", user + "/instance-admin", operators, w.SetAdminOfInstance},
		{"POST", user + "/sign-out", operators, w.SignOutInstanceUser},
		{"POST", user + "/password-link", operators, w.MakeInstancePasswordLink},
	}
}
