package handlers_test

import "maps"

// What tells of the API is for everybody; a token that is worth nothing does not keep anybody from reading.
func init() { //nolint:gochecknoinits // the expectations are one table in several files
	for _, path := range []string{"/api/openapi.yaml", "/api/openapi.json", "/docs/api"} {
		maps.Copy(expectations, map[string][]int{"GET " + path: {200, 200, 200, 200, 200, 200, 200, 200, 200, 200}})
	}
}
