package handlers_test

import "maps"

// What each kind of viewer gets of statistics: members those of their own scope.
func init() { //nolint:gochecknoinits // the expectations are one table in several files
	maps.Copy(expectations, map[string][]int{
		"GET /api/v1/workspaces/:ws/stats": {401, 404, 200, 200, 200, 200, 403, 404, 401, 401},

		"GET /w/:ws/stats": {303, 404, 200, 200, 200, 200, 403, 403, 303, 401},
	})
}
