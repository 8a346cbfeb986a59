package handlers

import (
	"daybook/clients"
	"daybook/handlers/web"
)

// documentation is the part of the table for developers: what they read, and the files that they take with them. There is no data in it, so it
// is for whoever it is.
func documentation(w *web.Web) []route {
	lines := []route{{"GET", "/docs", anybody, w.GuidePage}}
	for _, file := range clients.Files {
		lines = append(lines, route{"GET", "/docs/clients/" + file.Name, open, web.ClientFile(file)})
	}
	return lines
}
