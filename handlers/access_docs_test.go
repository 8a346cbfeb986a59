package handlers_test

import (
	"maps"

	"daybook/clients"
)

// What is for developers is for everybody.
func init() { //nolint:gochecknoinits // the expectations are one table in several files
	expectations["GET /docs"] = []int{200, 200, 200, 200, 200, 200, 200, 200, 200, 200}
	for _, file := range clients.Files {
		maps.Copy(expectations, map[string][]int{"GET /docs/clients/" + file.Name: {200, 200, 200, 200, 200, 200, 200, 200, 200, 200}})
	}
}
