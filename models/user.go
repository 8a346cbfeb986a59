package models

import (
	"net/mail"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
)

// User is somebody who can sign in. What they may see hangs on memberships and on the actors linked to them.
type User struct {
	ID            int64  `gorm:"primaryKey"`
	Email         string // as NormaliseEmail gives it; unique
	Username      *string
	Name          string
	PasswordHash  string
	InstanceAdmin bool
	TimeZone      string     // IANA name, or empty: the workspace's
	Theme         Theme      `gorm:"default:system"`
	DateFormat    DateFormat `gorm:"default:words"`
	DeactivatedAt *time.Time
	CreatedAt     time.Time
	UpdatedAt     time.Time
	Version       int64      `gorm:"default:1"` // counts the edits
	ErasedAt      *time.Time // when they were anonymised
}

// NormaliseEmail lower-cases and trims an address, the form in which addresses are stored and compared, and checks that it is one.
func NormaliseEmail(given string) (string, error) {
	s := strings.ToLower(strings.TrimSpace(given))
	parsed, err := mail.ParseAddress(s)
	if err != nil || parsed.Address != s || len(s) > 254 || !utf8.ValidString(given) { // lower case repairs what is no UTF-8
		return "", FieldErrorf(Invalid, "email", "must be an e-mail address, like amara@example.com")
	}
	return s, nil
}

// Shortest password accepted, in characters, and longest, in bytes. There are no rules about characters: length is what helps
// (NIST SP 800-63B).
const (
	MinPassword = 10
	MaxPassword = 1024
)

// CheckPassword tells what is wrong with a new password, or nil.
func CheckPassword(field, password string) error {
	switch {
	case utf8.RuneCountInString(password) < MinPassword:
		return FieldErrorf(Invalid, field, "must have at least %d characters", MinPassword)
	case len(password) > MaxPassword:
		return FieldErrorf(Invalid, field, "must have at most %d bytes", MaxPassword)
	}
	return nil
}

// CheckName tells what is wrong with the name of a thing, or nil. Those of users: CheckPersonName.
func CheckName(field, name string) error {
	if len(name) > MaxNameBytes {
		return FieldErrorf(Invalid, field, "must have at most %d bytes", MaxNameBytes)
	}
	return checkLine(field, name)
}

// checkLine tells what is wrong with a text that has to be a line, or nil.
func checkLine(field, name string) error {
	switch {
	case strings.TrimSpace(name) == "":
		return FieldErrorf(Invalid, field, "must not be empty")
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		return FieldErrorf(Invalid, field, "must be one line of text in UTF-8")
	}
	return nil
}

// CheckID tells what is wrong with an id that a sending application gave to something, or nil.
func CheckID(field, id string) error {
	if id == "" || len(id) > MaxIDBytes || !utf8.ValidString(id) || strings.ContainsRune(id, 0) {
		return FieldErrorf(Invalid, field, "must be 1 to %d bytes of text in UTF-8", MaxIDBytes)
	}
	return nil
}

// Session is one signed-in browser, or one bearer token from the sign-in call. Only the hash of its secret is stored.
type Session struct {
	ID         string `gorm:"primaryKey"`
	SecretHash []byte
	UserID     *int64 // nil until somebody signs in
	Values     []byte
	IP         *string
	UserAgent  string
	CreatedAt  time.Time
	LastSeenAt time.Time
	ExpiresAt  time.Time

	CookieSentAt time.Time // when the browser was last given the cookie, for its full life
	Rotate       bool      // its next request gets a new secret: what its user may do has changed
	Bearer       bool      // begun over JSON: its secret is a bearer token, and it ends when it was to end, however much it is used
}

// Scope of a token: what it may be used for.
const (
	ScopeWrite  = "activity:write" // send activities
	ScopeRead   = "activity:read"  // read them
	ScopeAccess = "access:write"   // set the members of projects
	ScopeViewer = "viewer:mint"    // make viewer tokens for widgets
	ScopeAdmin  = "admin"          // administer
)

// Scopes lists every scope a token can have.
var Scopes = []string{ScopeWrite, ScopeRead, ScopeAccess, ScopeViewer, ScopeAdmin}

// Token is a bearer credential of a program. A service token (UserID nil) is owned by no person and bound to one workspace; a
// personal token acts as its user. Only the hash is stored.
type Token struct {
	ID          int64      `gorm:"primaryKey"`
	WorkspaceID *uuid.UUID `gorm:"type:uuid"`
	UserID      *int64
	Name        string
	Hash        []byte
	Scopes      string // separated by blanks
	CreatedBy   *int64
	CreatedAt   time.Time
	ExpiresAt   *time.Time
	LastUsedAt  *time.Time
	LastUsedIP  *string
	RevokedAt   *time.Time
}

// Has tells whether the token carries a scope.
func (t Token) Has(scope string) bool {
	for _, s := range strings.Fields(t.Scopes) {
		if s == scope {
			return true
		}
	}
	return false
}
