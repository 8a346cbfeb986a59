package auth

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/gorilla/sessions"
	"gorm.io/gorm"

	"daybook/models"
)

// cookieEvery is how often a session in use gives the browser its cookie anew: a session that lasts as long as it is used would end in the
// browser otherwise, thirty days after the sign-in.
const cookieEvery = 24 * time.Hour

// cookieDueKey marks a session, within one request, whose cookie is to be sent again. It is never stored.
const cookieDueKey = "cookie due"

// mostSessions bounds the list of a person who signs in by program.
const mostSessions = 200

// OwnSession is one of somebody's sessions, without its secret.
type OwnSession struct {
	ID         string // names it, and opens nothing
	IP         string // where it began, or empty
	UserAgent  string
	CreatedAt  time.Time
	LastSeenAt time.Time // to the minute
	Here       bool      // the one that asks
	Program    bool      // begun over JSON, by a program
}

// SessionsOf lists somebody's sessions that are good, the last used one first. here is the cookie's value of the one that asks.
func (s *Service) SessionsOf(ctx context.Context, user int64, here string) ([]OwnSession, error) {
	var rows []models.Session
	err := s.db.WithContext(ctx).Where("user_id = ? AND expires_at > ?", user, s.now()).
		Order("last_seen_at DESC, created_at DESC, id").Limit(mostSessions).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	current := SessionID(here)
	list := make([]OwnSession, 0, len(rows))
	for _, r := range rows {
		one := OwnSession{ID: r.ID, UserAgent: r.UserAgent, CreatedAt: r.CreatedAt, LastSeenAt: r.LastSeenAt, Here: r.ID == current, Program: r.Bearer}
		if r.IP != nil {
			one.IP = strings.TrimSuffix(strings.TrimSuffix(*r.IP, "/32"), "/128")
		}
		list = append(list, one)
	}
	return list, nil
}

// SessionID gives the public part of a cookie's value: it names the session, and opens nothing.
func SessionID(cookie string) string {
	id, _, _ := strings.Cut(cookie, ".")
	return id
}

// EndSession ends one of somebody's sessions, by its public id. Another person's does not exist.
func (s *Service) EndSession(ctx context.Context, user *models.User, id string, from From) error {
	return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		ended := tx.Where("id = ? AND user_id = ?", id, user.ID).Delete(&models.Session{})
		if ended.Error != nil {
			return fmt.Errorf("end a session: %w", ended.Error)
		}
		if ended.RowsAffected == 0 {
			return models.Errorf(models.NotFound, "This session has ended already.")
		}
		return s.sessionsEnded(ctx, tx, user, from, ended.RowsAffected)
	})
}

// EndAllSessions ends somebody's sessions but the one to keep (a cookie's value; empty: not even that), and tells how many those were.
func (s *Service) EndAllSessions(ctx context.Context, user *models.User, keep string, from From) (ended int64, err error) {
	err = s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if ended, err = EndSessions(tx, user.ID, keep); err != nil || ended == 0 {
			return err
		}
		return s.sessionsEnded(ctx, tx, user, from, ended)
	})
	return ended, err
}

// EndSessions ends a user's sessions but the one to keep, if any, in the transaction of what made them worthless, which records it. It tells how
// many those were.
func EndSessions(tx *gorm.DB, user int64, keep string) (ended int64, err error) {
	result := tx.Where("user_id = ? AND id <> ?", user, SessionID(keep)).Delete(&models.Session{})
	if result.Error != nil {
		return 0, fmt.Errorf("end sessions: %w", result.Error)
	}
	return result.RowsAffected, nil
}

// sessionsEnded records that somebody ended sessions of theirs. Which ones is nobody's business; how many is.
func (s *Service) sessionsEnded(ctx context.Context, tx *gorm.DB, user *models.User, from From, n int64) error {
	return s.Act(ctx, tx, models.Event{Actor: models.UserActor(user), Action: "sessions_ended", Metadata: HowMany(n)}, from)
}

// HowMany says in metadata how many sessions ended.
func HowMany(sessions int64) json.RawMessage { return fmt.Appendf(nil, `{"sessions": %d}`, sessions) }

// RenewedCookie gives the cookie of a session in use when the browser should get it anew, at most once a day, or nil.
func (s *Sessions) RenewedCookie(session *sessions.Session) *http.Cookie {
	due, _ := session.Values[cookieDueKey].(bool)
	delete(session.Values, cookieDueKey)
	if !due {
		return nil
	}
	return sessions.NewCookie(session.Name(), session.ID, session.Options)
}
