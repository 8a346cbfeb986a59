package reference

import (
	"net/url"
	"slices"
	"strings"

	"daybook/views"
)

// anyWorkspace is the one of the examples, in addresses.
const anyWorkspace = "/workspaces/acme"

// namingKey is that of bodies that names one of the reader's own. What confirms that something is deleted is not filled in: a program that is pasted as it
// stands is refused.
const namingKey = "workspace"

// For gives a reference whose programs ask about a workspace of the reader's.
func For(r views.Reference, slug string) views.Reference {
	own := strings.NewReplacer(anyWorkspace, "/workspaces/"+url.PathEscape(slug), `"`+namingKey+`": "acme"`, `"`+namingKey+`": `+inQuotes(slug))
	r.Areas = slices.Clone(r.Areas)
	for i := range r.Areas {
		calls := slices.Clone(r.Areas[i].Calls)
		for j := range calls {
			calls[j].Programs = slices.Clone(calls[j].Programs)
			for k := range calls[j].Programs {
				calls[j].Programs[k].Code = own.Replace(calls[j].Programs[k].Code)
			}
			calls[j].Answers = slices.Clone(calls[j].Answers)
			for k := range calls[j].Answers {
				calls[j].Answers[k].Example = own.Replace(calls[j].Answers[k].Example)
			}
		}
		r.Areas[i].Calls = calls
	}
	return r
}
