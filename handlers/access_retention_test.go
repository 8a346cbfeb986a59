package handlers_test

import "maps"

// What each kind of viewer gets of legal holds and retention, where there are none: forms without fields, ids that are nobody's, and bodies that are no
// such request. They are for owners and instance admins.
func init() { //nolint:gochecknoinits // the expectations are one table in several files
	const json = " /api/v1/workspaces/:ws"
	maps.Copy(expectations, map[string][]int{
		"GET /w/:ws/holds":           {303, 404, 403, 403, 200, 200, 403, 403, 303, 401},
		"POST /w/:ws/holds":          {401, 404, 403, 403, 422, 422, 403, 403, 401, 401},
		"POST /w/:ws/holds/:id/lift": {401, 404, 403, 403, 404, 404, 403, 403, 401, 401},

		"GET" + json + "/holds":           {401, 404, 403, 403, 200, 200, 403, 404, 401, 401},
		"POST" + json + "/holds":          {401, 404, 403, 400, 400, 400, 403, 404, 401, 401},
		"GET" + json + "/holds/:id":       {401, 404, 403, 403, 404, 404, 403, 404, 401, 401},
		"POST" + json + "/holds/:id/lift": {401, 404, 403, 403, 404, 404, 403, 404, 401, 401},

		"GET /w/:ws/retention":                        {303, 404, 403, 403, 200, 200, 403, 403, 303, 401},
		"GET /w/:ws/retention/edit":                   {303, 404, 403, 403, 200, 200, 403, 403, 303, 401},
		"POST /w/:ws/retention/edit":                  {401, 404, 403, 403, 422, 422, 403, 403, 401, 401},
		"GET /w/:ws/retention/preview":                {303, 404, 403, 403, 200, 200, 403, 403, 303, 401},
		"POST /w/:ws/retention/run":                   {401, 404, 403, 403, 303, 303, 403, 403, 401, 401}, // there is no rule: told on the next page
		"GET /w/:ws/retention/archives/:id/file":      {303, 404, 403, 403, 404, 404, 403, 403, 303, 401},
		"GET /w/:ws/retention/archives/:id/manifest":  {303, 404, 403, 403, 404, 404, 403, 403, 303, 401},
		"POST /w/:ws/retention/archives/:id/remove":   {401, 404, 403, 403, 404, 404, 403, 403, 401, 401},
		"GET" + json + "/retention":                   {401, 404, 403, 403, 200, 200, 403, 404, 401, 401},
		"PUT" + json + "/retention":                   {401, 404, 403, 400, 400, 400, 403, 404, 401, 401},
		"POST" + json + "/retention/preview":          {401, 404, 403, 400, 400, 400, 403, 404, 401, 401},
		"POST" + json + "/retention/run":              {401, 404, 403, 403, 409, 409, 403, 404, 401, 401},
		"GET" + json + "/retention/runs":              {401, 404, 403, 403, 200, 200, 403, 404, 401, 401},
		"GET" + json + "/retention/archives":          {401, 404, 403, 403, 200, 200, 403, 404, 401, 401},
		"GET" + json + "/retention/archives/:id":      {401, 404, 403, 403, 404, 404, 403, 404, 401, 401},
		"GET" + json + "/retention/archives/:id/file": {401, 404, 403, 403, 404, 404, 403, 404, 401, 401},
		"DELETE" + json + "/retention/archives/:id":   {401, 404, 403, 403, 404, 404, 403, 404, 401, 401},
	})
}
