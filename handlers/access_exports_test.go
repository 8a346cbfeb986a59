package handlers_test

import "maps"

// What each kind of viewer gets of exports: everybody exports what they may read. What may be done gets no further than a form without fields, a body
// that is no such request, or an id that is nobody's.
func init() { //nolint:gochecknoinits // the expectations are one table in several files
	const json = " /api/v1/workspaces/:ws"
	maps.Copy(expectations, map[string][]int{
		"GET /w/:ws/export":      {303, 404, 200, 200, 200, 200, 403, 403, 303, 401},
		"GET" + json + "/export": {401, 404, 200, 200, 200, 200, 403, 404, 401, 401},

		"GET /w/:ws/exports":             {303, 404, 200, 200, 200, 200, 403, 403, 303, 401},
		"POST /w/:ws/exports":            {401, 404, 422, 422, 422, 422, 403, 403, 401, 401},
		"GET /w/:ws/exports/:id/file":    {303, 404, 404, 404, 404, 404, 403, 403, 303, 401},
		"POST /w/:ws/exports/:id/remove": {401, 404, 303, 303, 303, 303, 403, 403, 401, 401}, // none of theirs: told on the next page
		"POST /w/:ws/exports/:id/again":  {401, 404, 303, 303, 303, 303, 403, 403, 401, 401},

		"GET" + json + "/exports":          {401, 404, 200, 200, 200, 200, 403, 404, 401, 401},
		"POST" + json + "/exports":         {401, 404, 400, 400, 400, 400, 403, 404, 401, 401},
		"GET" + json + "/exports/:id":      {401, 404, 404, 404, 404, 404, 403, 404, 401, 401},
		"DELETE" + json + "/exports/:id":   {401, 404, 404, 404, 404, 404, 403, 404, 401, 401},
		"GET" + json + "/exports/:id/file": {401, 404, 404, 404, 404, 404, 403, 404, 401, 401},
	})
}
