// Package params reads the query parameters of JSON requests. Every error is a 400 that names the parameter. One that is there and empty
// counts as absent, but for those that select (RefuseEmpty).
package params

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/feed"
)

// Of reads the query part of the address. A name or value that is not UTF-8 or holds a NUL is nobody's.
func Of(c *fiber.Ctx) (url.Values, error) {
	q, err := url.ParseQuery(string(c.Context().URI().QueryString()))
	if err != nil {
		return nil, models.FieldErrorf(models.Malformed, "query", "has an escape or a semicolon that is not right; %%3B is a semicolon").Because(err)
	}
	for name, values := range q {
		for _, text := range append([]string{name}, values...) {
			if strings.ContainsRune(text, 0) || strings.ToValidUTF8(text, "") != text {
				return nil, models.FieldErrorf(models.Malformed, Clean(name), "must be UTF-8 text without NUL")
			}
		}
	}
	return q, nil
}

// Clean makes a name that somebody sent fit for an answer.
func Clean(name string) string {
	const most = 64
	name = strings.ReplaceAll(strings.ToValidUTF8(name, "\ufffd"), "\x00", "\ufffd")
	if len(name) > most {
		name = strings.ToValidUTF8(name[:most], "") + "…"
	}
	return name
}

// RefuseUnknown refuses names that a filter does not have: a misspelt one must not silently select everything. also are names besides those of the
// filter. (Below /api/v1 package handlers does so for every call.)
func RefuseUnknown(q url.Values, also ...string) error {
	return Only(q, append(FilterNames(), also...)...)
}

// Only refuses names other than these.
func Only(q url.Values, names ...string) error {
	var unknown []string
	for name := range q {
		if !slices.Contains(names, name) {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	var errs []error
	for _, name := range unknown {
		errs = append(errs, models.FieldErrorf(models.Malformed, Clean(name), "is not a parameter of this request"))
	}
	return models.JoinFields(errs...)
}

// Once refuses parameters that mean one thing and are given twice with different values: which one was meant cannot be told.
func Once(q url.Values, names ...string) error {
	var errs []error
	for _, name := range names {
		if len(slices.Compact(slices.Clone(q[name]))) > 1 {
			errs = append(errs, models.FieldErrorf(models.Malformed, name, "is given more than once"))
		}
	}
	return models.JoinFields(errs...)
}

// Number reads a whole number within bounds.
func Number(q url.Values, name string, fallback, least, most int) (int, error) {
	text := q.Get(name)
	if text == "" {
		return fallback, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		return fallback, models.FieldErrorf(models.Malformed, name, "must be a whole number from %d to %d", least, most)
	}
	return n, nil
}

// Offset reads a position by number, which is capped.
func Offset(q url.Values) (int, error) {
	n, err := Number(q, "offset", 0, 0, feed.MaxOffset)
	if err != nil {
		return 0, models.FieldErrorf(models.Malformed, "offset", "must be a whole number from 0 to %d; use cursor to go deeper", feed.MaxOffset)
	}
	return n, nil
}

// Flag reads true or false.
func Flag(q url.Values, name string) (bool, error) {
	switch strings.ToLower(q.Get(name)) {
	case "", "false", "0":
		return false, nil
	case "true", "1":
		return true, nil
	}
	return false, models.FieldErrorf(models.Malformed, name, "must be true or false")
}

// Zone gives the time zone of dates without a time: the viewer's, for a token the workspace's.
func Zone(v access.Viewer) *time.Location {
	names := []string{v.Workspace.TimeZone}
	if v.Token == nil && v.User != nil {
		names = append([]string{v.User.TimeZone}, names...)
	}
	for _, name := range names {
		if zone, err := time.LoadLocation(name); err == nil && name != "" {
			return zone
		}
	}
	return time.UTC
}

// ZoneOf gives the time zone of dates without a time in a list of several workspaces: as Zone says of the first of them that people work in.
func ZoneOf(viewers []access.Viewer) *time.Location {
	own := slices.DeleteFunc(slices.Clone(viewers), func(v access.Viewer) bool { return len(viewers) > 1 && v.Workspace.ID == models.BuiltInWorkspace })
	if len(own) == 0 {
		return time.UTC
	}
	return Zone(own[0])
}
