package auth

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"time"

	"gorm.io/gorm"

	"daybook/models"
	"daybook/services/database"
)

// After this many failures in a row each further one doubles the wait, up to maxDelay. Nothing locks for good: that would let anybody
// lock out anybody. An address, which many people may share, gets four times the patience.
const (
	freeFailures        = 5
	freeAddressFailures = 4 * freeFailures
	maxDelay            = 15 * time.Minute
	forgetAfter         = 24 * time.Hour
)

// attempt is what is known of one account's or one address's failures. Its key is a keyed hash, so the table names nobody.
type attempt struct {
	Key       []byte `gorm:"primaryKey"`
	Failures  int
	RetryAt   time.Time
	UpdatedAt time.Time
}

func (attempt) TableName() string { return "sign_in_attempts" }

// attemptKeys names the account that is meant, and the address it comes from. An account has one key, by whichever of its names somebody signs
// in: else each name had its own tries. A name that is nobody's has a key too, so that it is answered alike.
func (s *Service) attemptKeys(user *models.User, login, address string) [2][]byte {
	account := "name/" + login
	if user != nil {
		account = fmt.Sprintf("user/%d", user.ID)
	}
	var keys [2][]byte
	for i, what := range []string{account, "address/" + address} {
		mac := hmac.New(sha256.New, s.attemptKey)
		mac.Write([]byte(what))
		keys[i] = mac.Sum(nil)
	}
	return keys
}

// reserve counts an attempt as failed before the password is looked at, or refuses it as TooMany while account or address has to wait.
// Counting afterwards would let as many attempts through as are made at once. forgive takes it back when the password was right.
func (s *Service) reserve(ctx context.Context, keys [2][]byte) error {
	return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		for i, free := range [2]int{freeFailures, freeAddressFailures} {
			if err := s.countFailure(ctx, database.GormTx(tx), keys[i], free); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Service) countFailure(ctx context.Context, tx database.Tx, key []byte, free int) error {
	now := s.now()
	var a attempt
	// GORM's own placeholders take a []byte apart when it follows a parenthesis.
	err := tx.QueryRow(ctx, `INSERT INTO sign_in_attempts AS a (key, failures, retry_at, updated_at) VALUES ($1, 0, $2, $2)
		ON CONFLICT (key) DO UPDATE SET failures = a.failures RETURNING failures, retry_at, updated_at`, key, now).Scan(&a.Failures, &a.RetryAt, &a.UpdatedAt)
	if err != nil {
		return fmt.Errorf("read sign-in attempts: %w", err)
	}
	if a.RetryAt.After(now) {
		return tooMany("sign-ins", a.RetryAt.Sub(now))
	}
	if now.Sub(a.UpdatedAt) > forgetAfter {
		a.Failures = 0
	}
	a.Failures++
	_, err = tx.Exec(ctx, `UPDATE sign_in_attempts SET failures = $1, retry_at = $2, updated_at = $3 WHERE key = $4`,
		a.Failures, now.Add(delayAfter(a.Failures, free)), now, key)
	if err != nil {
		return fmt.Errorf("count a failed sign-in: %w", err)
	}
	return nil
}

// delayAfter is how long the next attempt has to wait after so many failures.
func delayAfter(failures, free int) time.Duration {
	beyond := failures - free
	if beyond <= 0 {
		return 0
	}
	return min(time.Second<<min(beyond-1, 20), maxDelay)
}

func tooMany(what string, wait time.Duration) error {
	wait = (wait + time.Second - 1).Truncate(time.Second)
	e := models.Errorf(models.TooMany, "Too many failed %s. Try again in %s.", what, sayWait(wait))
	e.RetryAfter = wait
	return e
}

func sayWait(d time.Duration) string {
	switch {
	case d <= time.Second:
		return "a second"
	case d < 2*time.Minute:
		return fmt.Sprintf("%d seconds", int(d.Seconds()))
	}
	return fmt.Sprintf("%d minutes", int((d + time.Minute - 1).Minutes()))
}

// forgive takes back what reserve counted: all failures of the account, for its owner is here, and of the address this one alone.
func (s *Service) forgive(tx *gorm.DB, keys [2][]byte) error {
	if err := tx.Where("key = ?", keys[0]).Delete(&attempt{}).Error; err != nil {
		return fmt.Errorf("forget failed sign-ins: %w", err)
	}
	return s.forgiveOne(tx, keys[1])
}

// forgiveOne takes back a single failure.
func (s *Service) forgiveOne(tx *gorm.DB, key []byte) error {
	err := tx.Exec(`UPDATE sign_in_attempts SET failures = greatest(failures - 1, 0), retry_at = least(retry_at, ?) WHERE key = ?`, s.now(), key).Error
	if err != nil {
		return fmt.Errorf("forget a failed attempt: %w", err)
	}
	return nil
}
