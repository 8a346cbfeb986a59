package params

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"daybook/models"
	"daybook/services/feed"
)

// RefuseEmpty refuses parameters that select and say nothing: a script whose variable is not set must not get, or delete, everything. Whoever means
// everything leaves the parameter out. names are those that are looked at: parameters of the filter, and others that are nothing when they are empty.
func RefuseEmpty(q url.Values, names ...string) error {
	var errs []error
	for _, name := range names {
		if slices.ContainsFunc(q[name], func(value string) bool { return saysNothing(name, value) }) {
			errs = append(errs, models.FieldErrorf(models.Malformed, name, "is empty; leave it out to mean everything"))
		}
	}
	return models.JoinFields(errs...)
}

// saysNothing tells of a value that is there and leaves the filter as it would be without it: empty, or blanks and commas where these mean nothing.
func saysNothing(name, value string) bool {
	if strings.TrimSpace(value) == "" {
		return value == "" || !isID(name)
	}
	f, err := feed.Parse(url.Values{name: {value}}, time.Unix(0, 0).UTC())
	return err == nil && f.IsZero() && slices.Contains(FilterNames(), name) && name != systemName
}

// systemName is the parameter of which one value means what leaving it out means.
const systemName = "include_system"

// isID tells of parameters whose values are taken as they are, blanks too.
func isID(name string) bool { return strings.HasSuffix(name, "_id") }

// FilterNames are all names of the parameters of the filter.
func FilterNames() (names []string) {
	for _, p := range feed.Parameters {
		names = append(names, p.Names...)
	}
	return names
}
