package handlers

import (
	"daybook/handlers/api/manage"
	"daybook/handlers/web"
)

// anonymising is the part of the table about people who are forgotten: of a workspace for its admins, of users wherever they are known for instance
// admins. Who may is decided in services/erasure.
func anonymising(w *web.Web, e manage.Erasures) []route {
	const user, actor, anywhere = "/w/:ws/users/:id/anonymise", "/w/:ws/actors/:id/anonymise", "/instance/users/:id/anonymise"
	const page, everywhere = "/w/:ws/erasures/:id", "/instance/erasures"
	const ws, instance = "/api/v1/workspaces/:ws", "/api/v1/instance"
	return []route{
		{"GET", "/w/:ws/privacy", managers, w.PrivacyPage},
		{"GET", user, managers, w.UserAnonymisePage},
		{"POST", user, managers, w.AnonymiseUser},
		{"GET", actor, managers, w.ActorAnonymisePage},
		{"POST", actor, managers, w.AnonymiseActor},
		{"GET", page, managers, w.ErasurePage},
		{"POST", page + "/decide", managers, w.DecideErasure},
		{"GET", anywhere, operators, w.InstanceAnonymisePage},
		{"POST", anywhere, operators, w.AnonymiseAnywhere},
		{"GET", everywhere, operators, w.InstanceErasuresPage},
		{"GET", everywhere + "/:id", operators, w.InstanceErasurePage},
		{"POST", everywhere + "/:id/decide", operators, w.DecideInstanceErasure},

		{"GET", ws + "/users/:id/anonymise", admins, e.PreviewUser()},
		{"POST", ws + "/users/:id/anonymise", admins, e.AnonymiseUser()},
		{"GET", ws + "/actors/:id/anonymise", admins, e.PreviewActor()},
		{"POST", ws + "/actors/:id/anonymise", admins, e.AnonymiseActor()},
		{"GET", ws + "/erasures", admins, e.List()},
		{"GET", ws + "/erasures/:id", admins, e.Show()},
		{"GET", ws + "/erasures/:id/doubts", admins, e.Doubts()},
		{"POST", ws + "/erasures/:id/decisions", admins, e.Decide()},
		{"GET", instance + "/users/:id/anonymise", stewards, e.Anywhere().PreviewUser()},
		{"POST", instance + "/users/:id/anonymise", stewards, e.Anywhere().AnonymiseUser()},
		{"GET", instance + "/erasures", stewards, e.Anywhere().List()},
		{"GET", instance + "/erasures/:id", stewards, e.Anywhere().Show()},
		{"GET", instance + "/erasures/:id/doubts", stewards, e.Anywhere().Doubts()},
		{"POST", instance + "/erasures/:id/decisions", stewards, e.Anywhere().Decide()},
	}
}
