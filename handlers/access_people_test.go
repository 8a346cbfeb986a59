package handlers_test

import (
	"maps"
	"strings"

	"daybook/handlers/handlerstest"
)

// What each kind of viewer gets of the pages about people: of Bob, who is a member, and of an actor of nobody's. What may be done gets no further
// than a form without fields; ending all sessions needs none but the version.
func init() {
	page, form := []int{303, 404, 403, 200, 200, 200, 403, 403, 303, 401}, []int{401, 404, 403, 422, 422, 422, 403, 403, 401, 401}
	told := []int{401, 404, 403, 303, 303, 303, 403, 403, 401, 401}   // on the next page
	nobody := []int{401, 404, 403, 404, 404, 404, 403, 404, 401, 401} // of that id
	body := []int{401, 404, 403, 400, 400, 400, 403, 404, 401, 401}   // that is no such request
	maps.Copy(expectations, map[string][]int{
		"GET /api/v1/workspaces/:ws/users/:id/sessions":             nobody,
		"DELETE /api/v1/workspaces/:ws/users/:id/sessions/:session": nobody,
		"GET /api/v1/workspaces/:ws/users/:id/tokens":               nobody,
		"DELETE /api/v1/workspaces/:ws/users/:id/tokens/:token":     nobody,
		"GET /api/v1/workspaces/:ws/users/:id/projects":             nobody,
		"POST /api/v1/workspaces/:ws/users/:id/projects":            body,
		"GET /api/v1/workspaces/:ws/actors/:id/projects":            nobody,
		"POST /api/v1/workspaces/:ws/actors/:id/projects":           body,

		"GET /w/:ws/people":                           page,
		"GET /w/:ws/users/:id":                        page,
		"POST /w/:ws/users/:id/edit":                  form,
		"POST /w/:ws/users/:id/role":                  form,
		"POST /w/:ws/users/:id/deactivate":            form,
		"POST /w/:ws/users/:id/reactivate":            form,
		"POST /w/:ws/users/:id/sign-out":              form,
		"POST /w/:ws/users/:id/instance-admin":        form,
		"POST /w/:ws/users/:id/remove":                form,
		"POST /w/:ws/users/:id/password-link":         form,
		"GET /w/:ws/users/:id/sessions":               page,
		"POST /w/:ws/users/:id/sessions/:session/end": told,
		"POST /w/:ws/users/:id/tokens/:token/revoke":  told,
		"GET /w/:ws/users/:id/projects":               page,
		"POST /w/:ws/users/:id/projects":              told,
		"GET /w/:ws/users/:id/link":                   page,
		"GET /w/:ws/actors/:id":                       page,
		"GET /w/:ws/actors/:id/projects":              page,
		"POST /w/:ws/actors/:id/projects":             told,
		"GET /w/:ws/actors/:id/link":                  page,
		"POST /w/:ws/actors/:id/link":                 form,
		"POST /w/:ws/actors/:id/unlink":               form,
		"GET /w/:ws/actors/:id/merge":                 page,
		"POST /w/:ws/actors/:id/merge":                form,
		"POST /w/:ws/actors/:id/unmerge":              form,
	})
}

// personIn gives the id in the path of a page about a person.
func personIn(w *handlerstest.World, pattern string) (id string, ok bool) {
	switch {
	case strings.HasPrefix(pattern, "/w/:ws/users/"):
		return handlerstest.Ask[string](w, `SELECT id::text FROM users WHERE id = $1`, w.Bob.ID), true
	case strings.HasPrefix(pattern, "/w/:ws/actors/"):
		return handlerstest.Ask[string](w, `SELECT id::text FROM actors WHERE workspace_id = $1 AND external_id = 'somebody'`, w.Acme.ID), true
	}
	return "", false
}
