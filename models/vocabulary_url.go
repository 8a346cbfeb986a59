package models

import (
	"net/url"
	"regexp"
	"strings"
)

// URLPlaceholders are what the address of a type of entity can be made of.
var URLPlaceholders = []string{"id", "name", "type"}

var urlPlaceholder = regexp.MustCompile(`\{([^{}]*)\}`)

// CheckURLTemplate tells what is wrong with the template of an address, like https://app.example/invoices/{id}, or nil. It must be one of the web
// whatever is put into it, so that its host is fixed.
func CheckURLTemplate(template string) error {
	const field = "url"
	if len(template) > MaxURLBytes {
		return FieldErrorf(Invalid, field, "must have at most %d bytes", MaxURLBytes)
	}
	if err := checkLine(field, template); err != nil {
		return err
	}
	found := urlPlaceholder.FindAllStringSubmatch(template, -1)
	for _, p := range found {
		if p[1] != "id" && p[1] != "name" && p[1] != "type" {
			return FieldErrorf(Invalid, field, "has %s, which is none of {id}, {name} and {type}", p[0])
		}
	}
	if strings.ContainsAny(urlPlaceholder.ReplaceAllString(template, ""), "{}") {
		return FieldErrorf(Invalid, field, "has a { or } that belongs to no placeholder")
	}
	// What comes before the first placeholder has to hold the host whole.
	fixed, _, _ := strings.Cut(template, "{")
	u, err := url.Parse(urlPlaceholder.ReplaceAllString(template, "x"))
	rest, isWeb := strings.CutPrefix(fixed, "https://")
	if !isWeb {
		rest, isWeb = strings.CutPrefix(fixed, "http://")
	}
	switch {
	case err != nil || !isWeb || u.Hostname() == "" || u.User != nil:
		return FieldErrorf(Invalid, field, "must be an address of the web, like https://app.example/invoices/{id}")
	case len(found) > 0 && !strings.ContainsAny(rest, "/?#"):
		return FieldErrorf(Invalid, field, "must name its host without placeholders")
	}
	return nil
}

// fillURL puts values into the template of an address, escaped for where they stand. It gives false where a value is missing, or would be more than
// a value: the way up.
func fillURL(template string, values map[string]string) (address string, ok bool) {
	if CheckURLTemplate(template) != nil {
		return "", false
	}
	ok = true
	var b strings.Builder
	last := 0
	for _, at := range urlPlaceholder.FindAllStringSubmatchIndex(template, -1) {
		b.WriteString(template[last:at[0]])
		last = at[1]
		value := strings.ToValidUTF8(values[template[at[2]:at[3]]], "\uFFFD")
		if value == "" || value == "." || value == ".." {
			ok = false
		}
		if before := template[:at[0]]; strings.Contains(before, "?") && !strings.Contains(before, "#") {
			b.WriteString(url.QueryEscape(value))
		} else {
			b.WriteString(url.PathEscape(value))
		}
	}
	b.WriteString(template[last:])
	return b.String(), ok && b.Len() <= MaxURLBytes
}
