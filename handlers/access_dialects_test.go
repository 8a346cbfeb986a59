package handlers_test

import "maps"

// What each kind of viewer gets of the dialects: lists of what they may see, and sign-ins, which look at no token that comes along, of a body that
// holds no password.
func init() { //nolint:gochecknoinits // the expectations are one table in several files
	const v1, ws = " /api/v1", " /api/v1/workspaces/:ws"
	across := []int{401, 200, 200, 200, 200, 200, 403, 200, 401, 401}
	ofPeople := []int{401, 200, 200, 200, 200, 200, 403, 403, 401, 401} // a service token is nobody's
	within := []int{401, 404, 200, 200, 200, 200, 403, 404, 401, 401}
	maps.Copy(expectations, map[string][]int{
		"POST" + v1 + "/auth/login":                  {422, 422, 422, 422, 422, 422, 422, 422, 422, 422},
		"GET" + v1 + "/auth/me":                      ofPeople,
		"GET" + v1 + "/workspaces":                   across,
		"GET" + v1 + "/users/me/activity":            ofPeople,
		"GET" + v1 + "/issues/:id/activity":          across,
		"GET" + v1 + "/resources/:type/:id/activity": across,
		"GET" + ws + "/issues/:id/activity":          within,
		"GET" + ws + "/resources/:type/:id/activity": within,

		"GET /api/ping":                {200, 200, 200, 200, 200, 200, 200, 200, 200, 200},
		"POST /api/auth/token":         {415, 415, 415, 415, 415, 415, 415, 415, 415, 415}, // JSON is no form
		"GET /api/auth/users/me":       ofPeople,
		"GET /api/activity/activities": across,
	})
}
