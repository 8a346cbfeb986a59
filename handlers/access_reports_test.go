package handlers_test

import "maps"

// What each kind of viewer gets of personal reports: everybody has their own, and whoever administers has those of nobody, here.
func init() { //nolint:gochecknoinits // the expectations are one table in several files
	maps.Copy(expectations, map[string][]int{
		"POST /account/report":                         {401, 200, 200, 200, 200, 200, 403, 403, 401, 401},
		"POST /w/:ws/users/:id/report":                 {401, 404, 403, 200, 200, 200, 403, 403, 401, 401},
		"POST /w/:ws/actors/:id/report":                {401, 404, 403, 200, 200, 200, 403, 403, 401, 401},
		"POST /instance/users/:id/report":              {401, 403, 403, 403, 403, 404, 403, 403, 401, 401},
		"GET /api/v1/users/me/report":                  {401, 200, 200, 200, 200, 200, 403, 403, 401, 401},
		"GET /api/v1/workspaces/:ws/users/:id/report":  {401, 404, 403, 404, 404, 404, 403, 404, 401, 401},
		"GET /api/v1/workspaces/:ws/actors/:id/report": {401, 404, 403, 404, 404, 404, 403, 404, 401, 401},
		"GET /api/v1/instance/users/:id/report":        {401, 403, 403, 403, 403, 404, 403, 403, 401, 401},
	})
}
