package handlers

// Lines gives the table of routes as "METHOD path".
func (s *Server) Lines() []string {
	var lines []string
	for _, r := range s.routes {
		lines = append(lines, r.method+" "+r.path)
	}
	return lines
}

// Attempt says in words what somebody tried who asked for a route.
var Attempt = attempt

// Audiences says who may use each line of the table, in the words of openapi.yaml.
func (s *Server) Audiences() map[string]string {
	words := map[audience]string{
		open: "open", anybody: "anybody", people: "people", managers: "managers", operators: "operators", readers: "readers", senders: "senders", admins: "admins",
		syncers: "syncers", stewards: "stewards", selves: "selves", monitors: "monitors",
	}
	all := map[string]string{}
	for _, r := range s.routes {
		all[r.method+" "+r.path] = words[r.who]
	}
	return all
}
