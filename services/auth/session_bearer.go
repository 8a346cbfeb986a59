package auth

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"daybook/models"
)

// Programs that know somebody's password sign in over JSON, and send what they get as a bearer token: a session like those of browsers, listed and
// ended with them. It is not prolonged by being used, as clients expect of such a token, and it never works as a cookie, nor a cookie as it.

// BearerLife is how long a session lasts that was begun over JSON.
const BearerLife = 24 * time.Hour

// bearerPrefix tells people, secret scanners and us such a session's token from others.
const bearerPrefix = "dbs_"

// BeginBearer begins a session of a user who has just signed in, and gives its bearer token. It answers Unauthenticated when their password has
// changed since they were read.
func (s *Service) BeginBearer(ctx context.Context, user *models.User, from From) (token string, ends time.Time, err error) {
	id, secret, now := randomText(16), randomText(32), s.now()
	row := models.Session{
		ID: id, SecretHash: hashOf(secret), UserID: &user.ID, Values: []byte{}, IP: address(from.IP), UserAgent: agent(from.UserAgent),
		CreatedAt: now, LastSeenAt: now, ExpiresAt: now.Add(BearerLife), CookieSentAt: now, Bearer: true,
	}
	err = s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := unchanged(tx, &user.ID, user.PasswordHash); err != nil {
			return err
		}
		if err := tx.Create(&row).Error; err != nil {
			return fmt.Errorf("store a session: %w", err)
		}
		return trimBearers(tx, user.ID)
	})
	return bearerPrefix + id + "." + secret, row.ExpiresAt, err
}

// trimBearers ends the oldest sessions of a program that signs in all the time: somebody must be able to see and end all of their sessions. More
// programs than that under one account sign each other out.
func trimBearers(tx *gorm.DB, user int64) error {
	err := tx.Exec(`DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE user_id = ? AND bearer ORDER BY created_at DESC, id OFFSET ?)`, user, mostSessions/2).Error
	if err != nil {
		return fmt.Errorf("end old sessions: %w", err)
	}
	return nil
}

// IsBearerSession tells whether a bearer token is one of a session, by its looks.
func IsBearerSession(token string) bool { return strings.HasPrefix(token, bearerPrefix) }

// BearerOwner gives the user whose session a bearer token is, and the session's id.
func (s *Service) BearerOwner(ctx context.Context, token string) (user *models.User, session string, err error) {
	refused := models.Errorf(models.Unauthenticated, "This session has ended. Sign in again.")
	id, secret, _ := strings.Cut(strings.TrimPrefix(token, bearerPrefix), ".")
	if !IsBearerSession(token) || strings.ToValidUTF8(id, "") != id || strings.ContainsRune(id, 0) {
		return nil, "", refused
	}
	var row models.Session
	err = s.db.WithContext(ctx).Where("id = ? AND bearer", id).Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, "", refused
	} else if err != nil {
		return nil, "", fmt.Errorf("read a session: %w", err)
	}
	if row.UserID == nil || !isGood(&row, secret, s.now()) {
		return nil, "", refused
	}
	user, err = s.ActiveUser(ctx, *row.UserID)
	if err != nil {
		return nil, "", err
	}
	if user == nil {
		return nil, "", refused
	}
	return user, id, s.noteBearerUse(ctx, &row)
}

// noteBearerUse keeps when it was last used, to the minute.
func (s *Service) noteBearerUse(ctx context.Context, row *models.Session) error {
	now := s.now()
	if now.Sub(row.LastSeenAt) <= seenPrecision {
		return nil
	}
	if err := s.db.WithContext(ctx).Model(&models.Session{}).Where("id = ?", row.ID).Update("last_seen_at", now).Error; err != nil {
		return fmt.Errorf("note that a session is in use: %w", err)
	}
	return nil
}
