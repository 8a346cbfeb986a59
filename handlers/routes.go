package handlers

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/api"
	"daybook/handlers/api/manage"
	"daybook/handlers/api/widget"
	"daybook/handlers/visit"
	"daybook/handlers/web"
)

// audience says who may use a route. The gate holds it; a test walks the table with every kind of viewer.
type audience int

const (
	open      audience = iota // whoever it is, nobody looks: works while the database is away
	anybody                   // no sign-in asked for; who is signed in is known
	people                    // somebody signed in by session; in the workspace of :ws, if the path has one
	managers                  // the same, who administers the workspace of :ws
	operators                 // the same, who is an instance admin
	readers                   // a session, or a token with activity:read; in the workspace of :ws, if the path has one
	senders                   // a session, or a token with activity:write, in the workspace of :ws
	admins                    // a session, or a token with the scope admin, of somebody who administers the workspace of :ws
	syncers                   // a service token with access:write, or whoever administers the workspace of :ws
	stewards                  // an instance admin: by session, or by a token with the scope admin that is bound to no workspace
	selves                    // somebody: by session, or by such a token of theirs
	monitors                  // loopback without proxy headers, or an instance admin
)

// route is a line of the table.
type route struct {
	method string
	path   string
	who    audience
	handle fiber.Handler
}

// table is every route there is. A GET answers HEAD too, and each path says under OPTIONS what it takes.
func (s *Server) table(a *api.API, wd *widget.Widget, w *web.Web) []route {
	return []route{
		// Health
		{"GET", "/healthz", open, s.healthz},
		{"GET", "/readyz", open, s.readyz},
		{"GET", "/metrics", monitors, s.metrics.handle},

		// Sending and reading over JSON (design.md §7.1, §7.2)
		{"POST", "/api/v1/workspaces/:ws/activity", senders, a.Send},
		{"GET", "/api/v1/workspaces/:ws/activity", readers, a.List},
		{"GET", "/api/v1/workspaces/:ws/activity/:id", readers, a.Show},

		// The activity feed widget's dialect (§7.3)
		{"GET", "/api/activities", readers, wd.List},
		{"GET", "/api/activities/stats", readers, wd.Statistics},

		// Pages
		{"GET", "/static/*", open, web.Static},
		{"GET", "/favicon.ico", open, web.Favicon},
		{"GET", "/sign-in", anybody, w.SignInPage},
		{"POST", "/sign-in", anybody, w.SignIn},
		{"POST", "/sign-out", people, w.SignOut},
		{"GET", "/setup/:secret", anybody, w.SetupPage},
		{"POST", "/setup/:secret", anybody, w.SetUp},
		{"GET", "/account", people, w.AccountPage},
		{"POST", "/account/password", people, w.ChangePassword},
		{"POST", "/account/preferences", people, w.SavePreferences},
		{"POST", "/account/theme", people, w.SetTheme},
		{"POST", "/account/sessions/end-others", people, w.EndOtherSessions},
		{"POST", "/account/sessions/end-all", people, w.EndAllSessions},
		{"POST", "/account/sessions/:id/end", people, w.EndSession},
		{"GET", "/", people, w.Home},
		{"GET", "/w/:ws", people, w.Feed},
		{"GET", "/w/:ws/filter", people, w.FeedFilter},
		{"GET", "/w/:ws/run", people, w.Run},
		{"GET", "/w/:ws/views", people, w.ViewsPage},
		{"POST", "/w/:ws/views", people, w.CreateView},
		{"GET", "/w/:ws/views/new", people, w.NewViewPage},
		{"GET", "/w/:ws/views/:id", people, w.OpenView},
		{"POST", "/w/:ws/views/:id/rename", people, w.RenameView},
		{"POST", "/w/:ws/views/:id/move", people, w.MoveView},
		{"POST", "/w/:ws/views/:id/share", people, w.ShareView},
		{"POST", "/w/:ws/views/:id/default", people, w.SetDefaultView},
		{"POST", "/w/:ws/views/:id/delete", people, w.DeleteView},
		{"GET", "/w/:ws/activities/:id", people, w.Activity},
		{"GET", "/w/:ws/activities/:id/inside", people, w.ActivityInside},
		{"GET", "/w/:ws/entity", people, w.Entity},
		{"GET", "/w/:ws/people/:id", people, w.Person},
		{"GET", "/w/:ws/projects/:id", people, w.Project},

		{"GET", "/instance/health", operators, w.HealthPage},
		{"GET", "/api/v1/instance/health", stewards, s.instanceHealth},
	}
}

// register makes the table's routes known to Fiber.
func (s *Server) register() {
	methods := map[string][]string{}
	for _, r := range s.routes {
		handlers := []fiber.Handler{s.admit(r), r.handle}
		if checks := asked(r); checks != nil {
			handlers = slices.Insert(handlers, 1, checks)
		}
		s.app.Add(r.method, r.path, handlers...)
		methods[r.path] = append(methods[r.path], r.method)
		if r.method == fiber.MethodGet {
			s.app.Add(fiber.MethodHead, r.path, handlers...)
			methods[r.path] = append(methods[r.path], fiber.MethodHead)
		}
	}
	for path, taken := range methods {
		allow := strings.Join(append(taken, fiber.MethodOptions), ", ")
		s.app.Add(fiber.MethodOptions, path, func(c *fiber.Ctx) error {
			visit.Of(c).Route = path
			c.Set(fiber.HeaderAllow, allow)
			return c.SendStatus(fiber.StatusNoContent)
		})
	}
}

// management is the part of the table that administers a workspace over JSON (design.md §6).
func management(m *manage.Manage) []route {
	const ws = "/api/v1/workspaces/:ws"
	return []route{
		{"GET", ws + "/people", admins, m.People()},
		{"POST", ws + "/members", admins, m.AddMember()},
		{"PATCH", ws + "/members/:id", admins, m.ChangeMember()},
		{"DELETE", ws + "/members/:id", admins, m.RemoveMember()},
		{"PATCH", ws + "/users/:id", admins, m.EditUser()},
		{"POST", ws + "/users/:id/deactivate", admins, m.Deactivate()},
		{"POST", ws + "/users/:id/reactivate", admins, m.Reactivate()},
		{"POST", ws + "/users/:id/sign-out", admins, m.SignOut()},
		{"POST", ws + "/users/:id/password-link", admins, m.PasswordLink()},
		{"GET", ws + "/invitations", admins, m.Invitations()},
		{"POST", ws + "/invitations", admins, m.Invite()},
		{"DELETE", ws + "/invitations/:id", admins, m.RevokeInvitation()},
		{"POST", ws + "/actors/:id/link", admins, m.LinkActor()},
		{"POST", ws + "/actors/:id/unlink", admins, m.UnlinkActor()},
		{"POST", ws + "/actors/:id/merge", admins, m.MergeActor()},
		{"POST", ws + "/actors/:id/unmerge", admins, m.UnmergeActor()},
		{"GET", ws + "/actors/:id/merge-preview", admins, m.PreviewMerge()},
		{"GET", ws + "/settings", admins, m.Settings()},
		{"PATCH", ws + "/settings", admins, m.SaveSettings()},
		{"POST", ws + "/archive", admins, m.Archive()},
		{"GET", ws + "/projects", admins, m.Projects()},
		{"PATCH", ws + "/projects/:id", admins, m.EditProject()},
		{"POST", ws + "/projects/:id/access", admins, m.ChangeAccess()},
		{"PUT", ws + "/projects/:id/members", syncers, m.SyncMembers()}, // by the application's own id
		{"GET", ws + "/tokens", admins, m.Tokens()},
		{"POST", ws + "/tokens", admins, m.MakeToken()},
		{"DELETE", ws + "/tokens/:id", admins, m.RevokeToken()},
		{"GET", ws + "/rejected", admins, m.Rejected()},
		{"POST", ws + "/rejected/:id/retry", admins, m.Retry()},
		{"POST", ws + "/rejected/:id/dismiss", admins, m.Dismiss()},
	}
}
