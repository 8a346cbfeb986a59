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
