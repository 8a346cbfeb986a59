package handlers_test

import "maps"

// What each kind of viewer gets of the vocabulary and of purging: words that are none, a purge that is none, forms without fields, and bodies that
// are no such request. A purge is for owners and instance admins.
func init() { //nolint:gochecknoinits // the expectations are one table in several files
	const json = " /api/v1/workspaces/:ws"
	maps.Copy(expectations, map[string][]int{
		"GET /w/:ws/vocabulary":                     {303, 404, 403, 200, 200, 200, 403, 403, 303, 401},
		"GET /w/:ws/vocabulary/actions/:id":         {303, 404, 403, 404, 404, 404, 403, 403, 303, 401},
		"POST /w/:ws/vocabulary/actions/:id":        {401, 404, 403, 404, 404, 404, 403, 403, 401, 401},
		"POST /w/:ws/vocabulary/actions/:id/reset":  {401, 404, 403, 404, 404, 404, 403, 403, 401, 401},
		"GET /w/:ws/vocabulary/types/:id":           {303, 404, 403, 200, 200, 200, 403, 403, 303, 401},
		"POST /w/:ws/vocabulary/types/:id":          {401, 404, 403, 422, 422, 422, 403, 403, 401, 401},
		"POST /w/:ws/vocabulary/types/:id/reset":    {401, 404, 403, 422, 422, 422, 403, 403, 401, 401},
		"GET" + json + "/vocabulary":                {401, 404, 403, 200, 200, 200, 403, 404, 401, 401},
		"GET" + json + "/vocabulary/actions/:id":    {401, 404, 403, 404, 404, 404, 403, 404, 401, 401},
		"PUT" + json + "/vocabulary/actions/:id":    {401, 404, 403, 400, 400, 400, 403, 404, 401, 401},
		"DELETE" + json + "/vocabulary/actions/:id": {401, 404, 403, 404, 404, 404, 403, 404, 401, 401},
		"GET" + json + "/vocabulary/types/:id":      {401, 404, 403, 200, 200, 200, 403, 404, 401, 401},
		"PUT" + json + "/vocabulary/types/:id":      {401, 404, 403, 400, 400, 400, 403, 404, 401, 401},
		"DELETE" + json + "/vocabulary/types/:id":   {401, 404, 403, 422, 422, 422, 403, 404, 401, 401},

		"GET /w/:ws/purge":                   {303, 404, 403, 403, 200, 200, 403, 403, 303, 401},
		"GET /w/:ws/purge/preview":           {303, 404, 403, 403, 422, 422, 403, 403, 303, 401}, // without an end
		"POST /w/:ws/purge":                  {401, 404, 403, 403, 422, 422, 403, 403, 401, 401},
		"GET /w/:ws/purge/:id":               {303, 404, 403, 403, 404, 404, 403, 403, 303, 401},
		"POST /w/:ws/purge/:id/cancel":       {401, 404, 403, 403, 404, 404, 403, 403, 401, 401},
		"GET" + json + "/purges":             {401, 404, 403, 403, 200, 200, 403, 404, 401, 401},
		"POST" + json + "/purges":            {401, 404, 403, 400, 400, 400, 403, 404, 401, 401},
		"POST" + json + "/purges/preview":    {401, 404, 403, 403, 422, 422, 403, 404, 401, 401},
		"GET" + json + "/purges/:id":         {401, 404, 403, 403, 404, 404, 403, 404, 401, 401},
		"POST" + json + "/purges/:id/cancel": {401, 404, 403, 403, 404, 404, 403, 404, 401, 401},
	})
}
