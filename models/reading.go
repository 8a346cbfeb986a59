package models

import (
	"slices"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
)

// Theme is how bright somebody wants their pages.
type Theme string

// The themes.
const (
	SystemTheme Theme = "system" // as the machine has it
	LightTheme  Theme = "light"
	DarkTheme   Theme = "dark"
)

// Themes are those one can choose, in the order of a menu.
var Themes = []Theme{SystemTheme, LightTheme, DarkTheme}

// ParseTheme reads a theme's name.
func ParseTheme(s string) (Theme, error) {
	if t := Theme(s); slices.Contains(Themes, t) {
		return t, nil
	}
	return SystemTheme, FieldErrorf(Invalid, "theme", "must be system, light or dark")
}

// DateFormat is how somebody wants to read dates and times. Its zero value is DateWords.
type DateFormat string

// The formats, with 2:34 in the afternoon of the 20th of November 2025.
const (
	DateWords    DateFormat = "words"    // 20 Nov 2025, 14:34
	DateISO      DateFormat = "iso"      // 2025-11-20 14:34
	DateAmerican DateFormat = "american" // Nov 20, 2025, 2:34 PM
	DateSlashes  DateFormat = "slashes"  // 20/11/2025 14:34
)

// DateFormats are those one can choose, in the order of a menu.
var DateFormats = []DateFormat{DateWords, DateISO, DateAmerican, DateSlashes}

// ParseDateFormat reads a format's name.
func ParseDateFormat(s string) (DateFormat, error) {
	if f := DateFormat(s); slices.Contains(DateFormats, f) {
		return f, nil
	}
	return DateWords, FieldErrorf(Invalid, "date_format", "must be words, iso, american or slashes")
}

// MaxPersonName bounds the name of a person, in characters.
const MaxPersonName = 200

// CheckPersonName tells what is wrong with the name of a user, or nil. It may be longer than that of an event, where a script needs three or
// four bytes for a character; FitName gives what an event can hold.
func CheckPersonName(field, name string) error {
	if utf8.RuneCountInString(name) > MaxPersonName {
		return FieldErrorf(Invalid, field, "must have at most %d characters", MaxPersonName)
	}
	return checkLine(field, name)
}

// SavedView is a filtered feed with a name.
type SavedView struct {
	ID          int64     `gorm:"primaryKey"`
	WorkspaceID uuid.UUID `gorm:"type:uuid"`
	UserID      int64     // whose it is
	Name        string
	Query       string // the canonical text of a filter
	Shared      bool   // every member of the workspace sees it, each with their own rows
	Position    int    // among those of its owner
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// MaxViewName bounds the name of a saved view, in characters.
const MaxViewName = 60

// CheckViewName tells what is wrong with the name of a saved view, or nil. It stands on a tab, so it needs something to be seen.
func CheckViewName(name string) error {
	const field = "name"
	switch {
	case utf8.RuneCountInString(name) > MaxViewName:
		return FieldErrorf(Invalid, field, "must have at most %d characters", MaxViewName)
	case CheckName(field, name) != nil:
		return CheckName(field, name)
	case !visible(name):
		return FieldErrorf(Invalid, field, "must have a letter, a digit or a sign that can be seen")
	}
	return nil
}

// visible tells whether a text has anything to be seen: blanks, joiners and marks of direction alone are nothing.
func visible(s string) bool {
	for _, r := range s {
		if unicode.IsGraphic(r) && !unicode.IsSpace(r) && !unicode.Is(unicode.Cf, r) && r != '\u2800' && r != '\u3164' {
			return true
		}
	}
	return false
}
