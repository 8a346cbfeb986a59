package handlers_test

import "maps"

// What each kind of viewer gets of anonymising: previews of Bob and of an actor of nobody's, forms and bodies that are none, erasures that are none.
func init() { //nolint:gochecknoinits // the expectations are one table in several files
	const json, instance = " /api/v1/workspaces/:ws", " /api/v1/instance"
	page, form := []int{303, 404, 403, 200, 200, 200, 403, 403, 303, 401}, []int{401, 404, 403, 422, 422, 422, 403, 403, 401, 401}
	nonePage, noneForm := []int{303, 404, 403, 404, 404, 404, 403, 403, 303, 401}, []int{401, 404, 403, 404, 404, 404, 403, 403, 401, 401}
	none, body := []int{401, 404, 403, 404, 404, 404, 403, 404, 401, 401}, []int{401, 404, 403, 400, 400, 400, 403, 404, 401, 401}
	operatorNonePage, operatorNoneForm := []int{303, 403, 403, 403, 403, 404, 403, 403, 303, 401}, []int{401, 403, 403, 403, 403, 404, 403, 403, 401, 401}
	stewardNone, stewardBody := []int{401, 403, 403, 403, 403, 404, 403, 403, 401, 401}, []int{401, 403, 403, 403, 403, 400, 403, 403, 401, 401}
	maps.Copy(expectations, map[string][]int{
		"GET /w/:ws/privacy":                page,
		"GET /w/:ws/users/:id/anonymise":    page,
		"POST /w/:ws/users/:id/anonymise":   form,
		"GET /w/:ws/actors/:id/anonymise":   page,
		"POST /w/:ws/actors/:id/anonymise":  form,
		"GET /w/:ws/erasures/:id":           nonePage,
		"POST /w/:ws/erasures/:id/decide":   noneForm,
		"GET /instance/users/:id/anonymise": operatorNonePage, "POST /instance/users/:id/anonymise": operatorNoneForm,
		"GET /instance/erasures":             {303, 403, 403, 403, 403, 200, 403, 403, 303, 401},
		"GET /instance/erasures/:id":         operatorNonePage,
		"POST /instance/erasures/:id/decide": operatorNoneForm,

		"GET" + json + "/users/:id/anonymise":         none,
		"POST" + json + "/users/:id/anonymise":        body,
		"GET" + json + "/actors/:id/anonymise":        none,
		"POST" + json + "/actors/:id/anonymise":       body,
		"GET" + json + "/erasures":                    {401, 404, 403, 200, 200, 200, 403, 404, 401, 401},
		"GET" + json + "/erasures/:id":                none,
		"GET" + json + "/erasures/:id/doubts":         none,
		"POST" + json + "/erasures/:id/decisions":     body,
		"GET" + instance + "/users/:id/anonymise":     stewardNone,
		"POST" + instance + "/users/:id/anonymise":    stewardBody,
		"GET" + instance + "/erasures":                {401, 403, 403, 403, 403, 200, 403, 403, 401, 401},
		"GET" + instance + "/erasures/:id":            stewardNone,
		"GET" + instance + "/erasures/:id/doubts":     stewardNone,
		"POST" + instance + "/erasures/:id/decisions": stewardBody,
	})
}
