package auth

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"daybook/models"
	"daybook/services/database"
	"daybook/services/ingest"
)

// SetupSecret makes the secret of a new setup link, or "" when there is an instance admin already. Older links end.
func (s *Service) SetupSecret(ctx context.Context) (string, error) {
	done, err := s.SetUp(ctx)
	if err != nil || done {
		return "", err
	}
	secret := randomText(24)
	// GORM's own placeholders take a []byte apart when it follows a parenthesis.
	_, err = database.GormTx(s.db.WithContext(ctx)).Exec(ctx, `INSERT INTO links (kind, hash, expires_at) VALUES ('setup', $1, $2)
		ON CONFLICT (kind) WHERE kind = 'setup' DO UPDATE SET hash = excluded.hash, expires_at = excluded.expires_at`, hashOf(secret), s.now().Add(setupLife))
	if err != nil {
		return "", fmt.Errorf("make a setup link: %w", err)
	}
	return secret, nil
}

// SetUp tells whether the instance has an admin.
func (s *Service) SetUp(ctx context.Context) (done bool, err error) {
	if err := s.db.WithContext(ctx).Raw(`SELECT EXISTS (SELECT FROM users WHERE instance_admin)`).Scan(&done).Error; err != nil {
		return false, fmt.Errorf("look for an admin: %w", err)
	}
	return done, nil
}

// CheckSetup tells whether a setup link is good.
func (s *Service) CheckSetup(ctx context.Context, secret string) error {
	done, err := s.SetUp(ctx)
	if err != nil {
		return err
	}
	if done {
		return BadLink(models.SetupLink)
	}
	_, err = s.FindLink(s.db.WithContext(ctx), models.SetupLink, secret)
	return err
}

// UseSetup spends the setup link in the transaction that makes the first admin. Of two at the same time, one wins. It is worth nothing once
// there is an admin, made by whichever way.
func (s *Service) UseSetup(tx *gorm.DB, secret string) error {
	r := tx.Exec(`DELETE FROM links WHERE kind = 'setup' AND hash = ? AND expires_at > ? AND NOT EXISTS (SELECT FROM users WHERE instance_admin)`, hashOf(secret), s.now())
	if r.Error != nil {
		return fmt.Errorf("use the setup link: %w", r.Error)
	}
	if r.RowsAffected == 0 {
		return BadLink(models.SetupLink)
	}
	return nil
}

// actIn records an act in a workspace, or in the built-in one when it concerns none.
func (s *Service) actIn(ctx context.Context, tx *gorm.DB, workspace *uuid.UUID, ev models.Event) error {
	act := ingest.Act{Workspace: models.BuiltInWorkspace, Part: "auth", Event: ev}
	if workspace != nil {
		act.Workspace = *workspace
	}
	return s.record.Record(ctx, database.GormTx(tx), act)
}
