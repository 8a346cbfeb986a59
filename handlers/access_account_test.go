package handlers_test

import "maps"

// accountExpectations are those of routes_account.go, in the order of viewers. What may be done gets no further than a form without fields, or an id
// that is nobody's.
var accountExpectations = map[string][]int{
	// Links open by their secret alone; the one of this test is none.
	"GET /invitation/:secret":                 {404, 404, 404, 404, 404, 404, 404, 404, 404, 404},
	"POST /invitation/:secret":                {404, 404, 404, 404, 404, 404, 404, 404, 404, 404},
	"GET /password/:secret":                   {404, 404, 404, 404, 404, 404, 404, 404, 404, 404},
	"POST /password/:secret":                  {404, 404, 404, 404, 404, 404, 404, 404, 404, 404},
	"GET /api/v1/invitations/:secret":         {404, 404, 404, 404, 404, 404, 404, 404, 404, 404},
	"POST /api/v1/invitations/:secret/accept": {400, 400, 400, 400, 400, 400, 400, 400, 400, 400}, // a body that is no such request
	"POST /api/v1/password-links/:secret":     {400, 400, 400, 400, 400, 400, 400, 400, 400, 400},

	"GET /account/tokens":                {303, 200, 200, 200, 200, 200, 403, 403, 303, 401},
	"POST /account/tokens":               {401, 422, 422, 422, 422, 422, 403, 403, 401, 401},
	"POST /account/tokens/:id/revoke":    {401, 303, 303, 303, 303, 303, 403, 403, 401, 401}, // none of theirs: told on the next page
	"GET /api/v1/users/me/tokens":        {401, 200, 200, 200, 200, 200, 403, 403, 401, 401},
	"POST /api/v1/users/me/tokens":       {401, 400, 400, 400, 400, 400, 403, 403, 401, 401},
	"DELETE /api/v1/users/me/tokens/:id": {401, 404, 404, 404, 404, 404, 403, 403, 401, 401},

	"GET /w/:ws/invitations":             {303, 404, 403, 200, 200, 200, 403, 403, 303, 401},
	"POST /w/:ws/invitations/:id/revoke": {401, 404, 403, 303, 303, 303, 403, 403, 401, 401}, // none of these: told on the next page
	"GET /w/:ws/invitations/new":         {303, 404, 403, 200, 200, 200, 403, 403, 303, 401},
	"POST /w/:ws/invitations/new":        {401, 404, 403, 422, 422, 422, 403, 403, 401, 401},
	"GET /w/:ws/members/add":             {303, 404, 403, 200, 200, 200, 403, 403, 303, 401},
	"POST /w/:ws/members/add":            {401, 404, 403, 422, 422, 422, 403, 403, 401, 401},
	"GET /w/:ws/members/new":             {303, 404, 403, 200, 200, 200, 403, 403, 303, 401},
	"POST /w/:ws/members/new":            {401, 404, 403, 422, 422, 422, 403, 403, 401, 401},
	"GET /w/:ws/settings":                {303, 404, 403, 200, 200, 200, 403, 403, 303, 401},
	"POST /w/:ws/settings":               {401, 404, 403, 422, 422, 422, 403, 403, 401, 401},
	"POST /w/:ws/archive":                {401, 404, 403, 403, 303, 303, 403, 403, 401, 401}, // for owners; a form that says nothing: told on the next page

	"GET /instance/workspaces":                {303, 403, 403, 403, 403, 200, 403, 403, 303, 401},
	"POST /instance/workspaces":               {401, 403, 403, 403, 403, 422, 403, 403, 401, 401},
	"GET /instance/workspaces/new":            {303, 403, 403, 403, 403, 200, 403, 403, 303, 401},
	"GET /instance/users":                     {303, 403, 403, 403, 403, 200, 403, 403, 303, 401},
	"GET /instance/users/:id":                 {303, 403, 403, 403, 403, 404, 403, 403, 303, 401}, // nobody
	"POST /instance/users/:id/edit":           {401, 403, 403, 403, 403, 404, 403, 403, 401, 401},
	"POST /instance/users/:id/deactivate":     {401, 403, 403, 403, 403, 404, 403, 403, 401, 401},
	"POST /instance/users/:id/reactivate":     {401, 403, 403, 403, 403, 404, 403, 403, 401, 401},
	"POST /instance/users/:id/instance-admin": {401, 403, 403, 403, 403, 404, 403, 403, 401, 401},
	"POST /instance/users/:id/sign-out":       {401, 403, 403, 403, 403, 404, 403, 403, 401, 401},
	"POST /instance/users/:id/password-link":  {401, 403, 403, 403, 403, 404, 403, 403, 401, 401},

	"GET /api/v1/instance/workspaces":               {401, 403, 403, 403, 403, 200, 403, 403, 401, 401},
	"POST /api/v1/instance/workspaces":              {401, 403, 403, 403, 403, 400, 403, 403, 401, 401},
	"GET /api/v1/instance/users":                    {401, 403, 403, 403, 403, 200, 403, 403, 401, 401},
	"GET /api/v1/instance/users/:id":                {401, 403, 403, 403, 403, 404, 403, 403, 401, 401},
	"PATCH /api/v1/instance/users/:id":              {401, 403, 403, 403, 403, 400, 403, 403, 401, 401},
	"POST /api/v1/instance/users/:id/deactivate":    {401, 403, 403, 403, 403, 400, 403, 403, 401, 401},
	"POST /api/v1/instance/users/:id/reactivate":    {401, 403, 403, 403, 403, 400, 403, 403, 401, 401},
	"POST /api/v1/instance/users/:id/sign-out":      {401, 403, 403, 403, 403, 404, 403, 403, 401, 401},
	"POST /api/v1/instance/users/:id/password-link": {401, 403, 403, 403, 403, 404, 403, 403, 401, 401},
	"PUT /api/v1/instance/users/:id/instance-admin": {401, 403, 403, 403, 403, 400, 403, 403, 401, 401},
}

func init() { maps.Copy(expectations, accountExpectations) }
