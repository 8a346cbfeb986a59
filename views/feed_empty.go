package views

import "strings"

// example shows how an event is sent, ready to be copied into a shell. What comes from outside is quoted for one.
func (s SendingHint) example() string {
	return "DAYBOOK_TOKEN=$(daybook token create --service 'My application' --workspace " + quoted(s.Workspace) + " --scope activity:write)\n\n" +
		"curl " + quoted(s.URL) + " \\\n" +
		"  -H \"Authorization: Bearer $DAYBOOK_TOKEN\" \\\n" +
		"  -H 'Content-Type: application/json' \\\n" +
		"  -d '{\n" +
		"    \"actor\": {\"id\": \"user-123\", \"name\": \"Amara Okafor\"},\n" +
		"    \"action\": \"created\",\n" +
		"    \"resource\": {\"type\": \"project\", \"id\": \"42\", \"name\": \"New Website\"}\n" +
		"  }'"
}

func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

func allFilters(n int) string {
	switch n {
	case 1:
		return "this filter's value"
	case 2:
		return "both filters' values"
	}
	return "all these filters' values"
}

func thatFilter(n int) string {
	if n == 1 {
		return "it"
	}
	return "them"
}

func areThere(t Total) string {
	if t.Count == 1 && !t.Over {
		return "is 1"
	}
	if t.Count == 0 && !t.Over {
		return "are none either"
	}
	return "are " + strings.TrimSuffix(t.String(), " activities")
}
