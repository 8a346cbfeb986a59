package handlers_test

import "maps"

// What each kind of viewer gets from the pages and the JSON of projects, tokens and sending, in the order of viewers.
func init() {
	maps.Copy(expectations, map[string][]int{
		"GET /w/:ws/projects":                    {303, 404, 403, 200, 200, 200, 403, 403, 303, 401},
		"GET /w/:ws/projects/new":                {303, 404, 403, 200, 200, 200, 403, 403, 303, 401},
		"GET /w/:ws/projects/:id/edit":           {303, 404, 403, 200, 200, 200, 403, 403, 303, 401},
		"GET /w/:ws/projects/:id/access":         {303, 404, 403, 200, 200, 200, 403, 403, 303, 401},
		"GET /w/:ws/tokens":                      {303, 404, 403, 200, 200, 200, 403, 403, 303, 401},
		"GET /w/:ws/tokens/new":                  {303, 404, 403, 200, 200, 200, 403, 403, 303, 401},
		"GET /w/:ws/sending":                     {303, 404, 403, 200, 200, 200, 403, 403, 303, 401},
		"GET /w/:ws/sending/arrival":             {303, 404, 403, 200, 200, 200, 403, 403, 303, 401},
		"GET /w/:ws/rejected":                    {303, 404, 403, 200, 200, 200, 403, 403, 303, 401},
		"POST /w/:ws/projects":                   {401, 404, 403, 422, 422, 422, 403, 403, 401, 401}, // an empty form
		"POST /w/:ws/projects/:id/edit":          {401, 404, 403, 422, 422, 422, 403, 403, 401, 401},
		"POST /w/:ws/projects/:id/archive":       {401, 404, 403, 303, 303, 303, 403, 403, 401, 401}, // the same, told on the next page
		"POST /w/:ws/projects/:id/access/grant":  {401, 404, 403, 422, 422, 422, 403, 403, 401, 401},
		"POST /w/:ws/projects/:id/access/revoke": {401, 404, 403, 422, 422, 422, 403, 403, 401, 401},
		"POST /w/:ws/tokens":                     {401, 404, 403, 422, 422, 422, 403, 403, 401, 401},
		"POST /w/:ws/tokens/:id/revoke":          {401, 404, 403, 303, 303, 303, 403, 403, 401, 401}, // none of theirs: told on the next page
		"POST /w/:ws/rejected/retry":             {401, 404, 403, 303, 303, 303, 403, 403, 401, 401},
		"POST /w/:ws/rejected/dismiss":           {401, 404, 403, 303, 303, 303, 403, 403, 401, 401},

		"POST /api/v1/workspaces/:ws/projects":           {401, 404, 403, 400, 400, 400, 403, 404, 401, 401},
		"GET /api/v1/workspaces/:ws/projects/:id":        {401, 404, 403, 200, 200, 200, 403, 404, 401, 401},
		"GET /api/v1/workspaces/:ws/projects/:id/access": {401, 404, 403, 200, 200, 200, 403, 404, 401, 401},
		"POST /api/v1/workspaces/:ws/rejected/retry":     {401, 404, 403, 400, 400, 400, 403, 404, 401, 401},
		"POST /api/v1/workspaces/:ws/rejected/dismiss":   {401, 404, 403, 400, 400, 400, 403, 404, 401, 401},
	})
}
