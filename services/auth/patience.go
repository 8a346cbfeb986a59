package auth

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"daybook/models"
	"daybook/services/database"
)

// TryLink runs what a link opens. Each try from an address that finds nothing, or tells that somebody is here, counts as a failed sign-in does:
// secrets cannot be guessed, but nobody should be able to go on asking.
func (s *Service) TryLink(ctx context.Context, from From, open func() error) error {
	return s.try(ctx, "link/"+from.IP, "tries", open)
}

// TryAddress runs what tells somebody who administers a workspace whether an e-mail address or a username is anybody's. Each that is nobody's where
// somebody was looked for counts, and each that is somebody's where it was to be free.
func (s *Service) TryAddress(ctx context.Context, user *models.User, find func() error) error {
	if user == nil || user.InstanceAdmin { // the command line, and who may list everybody
		return find()
	}
	return s.try(ctx, fmt.Sprintf("address of user/%d", user.ID), "tries", find)
}

// try counts a failure before it is known to be one, as reserve does, and takes it back when it is none.
func (s *Service) try(ctx context.Context, who, what string, do func() error) error {
	mac := hmac.New(sha256.New, s.attemptKey)
	mac.Write([]byte(who))
	key := mac.Sum(nil)
	err := s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		return s.countFailure(ctx, database.GormTx(tx), key, freeAddressFailures)
	})
	var waits *models.Error
	if errors.As(err, &waits) && waits.Kind == models.TooMany {
		return tooMany(what, waits.RetryAfter)
	} else if err != nil {
		return err
	}
	err = do()
	if kind := models.KindOf(err); err != nil && (kind == models.NotFound || kind == models.Conflict) {
		return err
	}
	if failed := s.forgiveOne(s.db.WithContext(ctx), key); failed != nil && err == nil {
		return failed
	}
	return err
}
