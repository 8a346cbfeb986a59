package auth

import (
	"fmt"
	"net/http"
	"strings"

	"gorm.io/gorm"

	"daybook/models"
)

// RotateSessionsOf makes each session of a user change its secret with its next request, in the transaction that changes what they may
// do. Nobody is signed out by it. It makes a cookie worthless that was copied earlier and is used after its owner came back, as one out of a log or
// a backup. It does not turn out a thief who is quicker: of two who hold the same cookie, whose request comes first gets the new one, and the other
// is signed out. An owner who is signed out like that signs in again and ends the session that is not theirs on the page of their account; whoever
// suspects a theft ends all sessions of the user before raising them. A program cannot be given a new bearer token, so those begun over JSON stay as
// they are, as personal tokens do: else whoever administers any workspace could end those of anybody, by adding them to it. EndPrograms ends them.
func RotateSessionsOf(tx *gorm.DB, user int64) error {
	if err := tx.Model(&models.Session{}).Where("user_id = ? AND NOT bearer", user).Update("rotate", true).Error; err != nil {
		return fmt.Errorf("rotate the sessions of a user: %w", err)
	}
	return nil
}

// EndPrograms ends the sessions of a user that were begun over JSON, in the transaction that makes them an instance admin, or no longer one: a token
// that was copied earlier is not to be worth that.
func EndPrograms(tx *gorm.DB, user int64) error {
	if err := tx.Where("user_id = ? AND bearer", user).Delete(&models.Session{}).Error; err != nil {
		return fmt.Errorf("end the sessions of a user's programs: %w", err)
	}
	return nil
}

// rotate gives a session that is in use a new secret, and tells its new cookie; the old one opens nothing from then on. Of requests at once one gets
// the new cookie; the others come too late, whether they are of the same browser or of somebody who copied the cookie. Its id stays, so that answers
// under way, which look now and then whether their session is still good, go on.
func (s *Sessions) rotate(r *http.Request, row *models.Session) (cookie string, ok bool, err error) {
	secret := randomText(32)
	changed := s.db.WithContext(r.Context()).Model(&models.Session{}).Where("id = ? AND secret_hash = ? AND rotate", row.ID, row.SecretHash).
		Updates(map[string]any{"secret_hash": hashOf(secret), "rotate": false, "cookie_sent_at": s.now()})
	if changed.Error != nil {
		return "", false, fmt.Errorf("rotate a session: %w", changed.Error)
	}
	if changed.RowsAffected == 0 {
		return "", false, nil
	}
	return strings.Join([]string{row.ID, secret}, "."), true, nil
}
