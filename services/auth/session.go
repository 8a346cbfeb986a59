package auth

import (
	"bytes"
	"crypto/subtle"
	"encoding/gob"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/gorilla/sessions"
	"gorm.io/gorm"

	"daybook/models"
)

// How long a session lasts after it was last used, and how exactly that is noted.
const (
	sessionLife   = 30 * 24 * time.Hour
	seenPrecision = time.Minute
)

// userKey is the session value that holds the id of the user who signed in.
const userKey = "user"

// passwordKey holds, between Rotate and Save, the hash of the password that its user had. It is never stored.
const passwordKey = "password"

// Sessions is the store behind gorilla/sessions: a row for each session, a cookie with the row's id and a secret of which the row has
// only the hash.
type Sessions struct {
	db     *gorm.DB
	now    func() time.Time
	secure bool // the site is served over https: cookies are Secure and bound to the host
}

var _ sessions.Store = (*Sessions)(nil)

// NewSessions makes the store.
func NewSessions(s *Service, secure bool) *Sessions {
	return &Sessions{db: s.db, now: s.now, secure: secure}
}

// CookieName is the name of the session's cookie.
func (s *Sessions) CookieName() string {
	if s.secure {
		return "__Host-daybook"
	}
	return "daybook"
}

// Get gives the request's session, the same one each time.
func (s *Sessions) Get(r *http.Request, name string) (*sessions.Session, error) {
	return sessions.GetRegistry(r).Get(s, name)
}

// New reads the session that the request's cookie names, or begins one that is not stored before Save.
func (s *Sessions) New(r *http.Request, name string) (*sessions.Session, error) {
	session := sessions.NewSession(s, name)
	session.IsNew = true
	session.Options = &sessions.Options{Path: "/", HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteLaxMode, MaxAge: int(sessionLife.Seconds())}
	cookies := r.CookiesNamed(name)
	if len(cookies) == 0 {
		return session, nil
	}
	row, due, err := s.find(r, cookies[0].Value)
	if err != nil || row == nil {
		return session, err
	}
	values, ok := decode(row.Values)
	if !ok {
		return session, nil
	}
	value := cookies[0].Value
	if row.Rotate {
		if value, ok, err = s.rotate(r, row); err != nil || !ok {
			return session, err
		}
		due = true
	}
	session.ID, session.IsNew, session.Values = value, false, values
	if row.UserID != nil {
		session.Values[userKey] = *row.UserID
	}
	if due {
		session.Values[cookieDueKey] = true
	}
	return session, nil
}

// decode reads the values of a session. Those of another version of Daybook may not be readable: then the session begins anew, with nothing of
// what was half read.
func decode(text []byte) (values map[any]any, ok bool) {
	values = map[any]any{}
	err := gob.NewDecoder(bytes.NewReader(text)).Decode(&values)
	return values, err == nil
}

// find reads the row behind a cookie's value "id.secret", if it is still good, and tells whether its cookie is due to be sent again.
func (s *Sessions) find(r *http.Request, value string) (row *models.Session, due bool, err error) {
	id, secret, _ := strings.Cut(value, ".")
	row = &models.Session{}
	err = s.db.WithContext(r.Context()).Where("id = ? AND NOT bearer", id).Take(row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, false, nil
	} else if err != nil {
		return nil, false, fmt.Errorf("read a session: %w", err)
	}
	if !isGood(row, secret, s.now()) {
		return nil, false, nil
	}
	due, err = s.touch(r, row)
	return row, due, err
}

func isGood(row *models.Session, secret string, now time.Time) bool {
	return subtle.ConstantTimeCompare(row.SecretHash, hashOf(secret)) == 1 && row.ExpiresAt.After(now)
}

// touch notes that a session is in use. Of requests at once one is told that the cookie is due.
func (s *Sessions) touch(r *http.Request, row *models.Session) (due bool, err error) {
	now := s.now()
	use := map[string]any{"last_seen_at": now, "expires_at": now.Add(sessionLife)}
	change := s.db.WithContext(r.Context()).Model(&models.Session{}).Where("id = ?", row.ID)
	due = now.Sub(row.CookieSentAt) >= cookieEvery
	switch {
	case due:
		use["cookie_sent_at"] = now
		change = change.Where("cookie_sent_at <= ?", now.Add(-cookieEvery))
	case now.Sub(row.LastSeenAt) <= seenPrecision:
		return false, nil
	}
	if change = change.Updates(use); change.Error != nil {
		return false, fmt.Errorf("note that a session is in use: %w", change.Error)
	}
	return due && change.RowsAffected > 0, nil
}

// Save stores the session and sets its cookie. A negative MaxAge ends it. A session that was ended meanwhile stays ended: Save answers
// Unauthenticated.
func (s *Sessions) Save(r *http.Request, w http.ResponseWriter, session *sessions.Session) error {
	db := s.db.WithContext(r.Context())
	if session.Options.MaxAge < 0 {
		id, _, _ := strings.Cut(session.ID, ".")
		if err := db.Where("id = ?", id).Delete(&models.Session{}).Error; err != nil {
			return fmt.Errorf("end a session: %w", err)
		}
		http.SetCookie(w, sessions.NewCookie(session.Name(), "", session.Options))
		return nil
	}
	delete(session.Values, cookieDueKey) // it is sent now
	password, signingIn := session.Values[passwordKey].(string)
	delete(session.Values, passwordKey)
	var values bytes.Buffer
	if err := gob.NewEncoder(&values).Encode(session.Values); err != nil {
		return fmt.Errorf("encode a session: %w", err)
	}
	row := models.Session{Values: values.Bytes(), LastSeenAt: s.now(), ExpiresAt: s.now().Add(sessionLife), CookieSentAt: s.now()}
	if user, ok := session.Values[userKey].(int64); ok {
		row.UserID = &user
	}
	var err error
	switch {
	case session.ID != "":
		err = s.renew(r, session, row)
	case signingIn:
		err = db.Transaction(func(tx *gorm.DB) error {
			if err := unchanged(tx, row.UserID, password); err != nil {
				return err
			}
			return begin(tx, r, session, row)
		})
	default:
		err = begin(db, r, session, row)
	}
	if err != nil {
		return err
	}
	http.SetCookie(w, sessions.NewCookie(session.Name(), session.ID, session.Options))
	return nil
}

// unchanged makes sure that somebody's password is still the one that was looked at when they signed in, until the transaction ends. Otherwise
// a sign-in with the old one, under way while it changed, would outlive it.
func unchanged(tx *gorm.DB, user *int64, hash string) error {
	var now string
	if err := tx.Raw(`SELECT password_hash FROM users WHERE id = ? FOR SHARE`, user).Scan(&now).Error; err != nil {
		return fmt.Errorf("look at a password again: %w", err)
	}
	if now != hash {
		return sessionEnded()
	}
	return nil
}

func sessionEnded() error {
	return models.Errorf(models.Unauthenticated, "Your session has ended. Sign in again.")
}

// begin stores a session for the first time.
func begin(db *gorm.DB, r *http.Request, session *sessions.Session, row models.Session) error {
	id, secret := randomText(16), randomText(32)
	row.ID, row.SecretHash, row.CreatedAt = id, hashOf(secret), row.LastSeenAt
	row.IP, row.UserAgent = address(r.RemoteAddr), agent(r.UserAgent())
	if err := db.Create(&row).Error; err != nil {
		return fmt.Errorf("store a session: %w", err)
	}
	session.ID = id + "." + secret
	return nil
}

// renew stores what changed. It never brings back a session that was ended while the request was under way.
func (s *Sessions) renew(r *http.Request, session *sessions.Session, row models.Session) error {
	id, secret, _ := strings.Cut(session.ID, ".")
	result := s.db.WithContext(r.Context()).Model(&models.Session{}).
		Where("id = ? AND secret_hash = ? AND expires_at > ?", id, hashOf(secret), s.now()).
		Updates(map[string]any{"user_id": row.UserID, "values": row.Values, "last_seen_at": row.LastSeenAt, "expires_at": row.ExpiresAt, "cookie_sent_at": row.CookieSentAt})
	if result.Error != nil {
		return fmt.Errorf("store a session: %w", result.Error)
	}
	if result.RowsAffected == 0 {
		return sessionEnded()
	}
	return nil
}

// UserOf gives the id of the user who signed in with the session.
func UserOf(session *sessions.Session) (int64, bool) {
	id, ok := session.Values[userKey].(int64)
	return id, ok
}

// Rotate gives the session a new id and secret, and makes it the user's: what was known about it before is worth nothing any more. Save answers
// Unauthenticated when the user's password has changed since they were read.
func (s *Sessions) Rotate(r *http.Request, session *sessions.Session, user *models.User) error {
	if id, _, _ := strings.Cut(session.ID, "."); id != "" {
		if err := s.db.WithContext(r.Context()).Where("id = ?", id).Delete(&models.Session{}).Error; err != nil {
			return fmt.Errorf("rotate a session: %w", err)
		}
	}
	session.ID = ""
	session.Values[userKey], session.Values[passwordKey] = user.ID, user.PasswordHash
	return nil
}

// EndAccess ends all sessions and personal tokens of a user, in the transaction of what made them worthless, and tells how many those were.
func (s *Service) EndAccess(tx *gorm.DB, user int64) (sessions, tokens int64, err error) {
	ended := tx.Where("user_id = ? AND expires_at > ?", user, s.now()).Delete(&models.Session{})
	if ended.Error != nil {
		return 0, 0, fmt.Errorf("end sessions: %w", ended.Error)
	}
	revoked := tx.Model(&models.Token{}).Where("user_id = ? AND revoked_at IS NULL", user).Update("revoked_at", s.now())
	if revoked.Error != nil {
		return 0, 0, fmt.Errorf("revoke tokens: %w", revoked.Error)
	}
	return ended.RowsAffected, revoked.RowsAffected, nil
}
