package auth

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"daybook/models"
)

// mostTokens bounds a list of tokens.
const mostTokens = 500

// TokensOf names some tokens: the service tokens of a workspace, or the personal ones of a user.
type TokensOf struct {
	Workspace *uuid.UUID
	User      *int64
}

func (o TokensOf) narrow(db *gorm.DB) *gorm.DB {
	if o.User != nil {
		return db.Where("user_id = ?", *o.User)
	}
	return db.Where("user_id IS NULL AND workspace_id = ?", *o.Workspace)
}

// Tokens lists tokens, those that are good first and the latest first, without their hashes. Revoked and expired ones are among them.
func (s *Service) Tokens(ctx context.Context, of TokensOf) ([]models.Token, error) {
	var tokens []models.Token
	err := of.narrow(s.db.WithContext(ctx)).Order(clause.OrderBy{Expression: gorm.Expr("revoked_at IS NOT NULL OR coalesce(expires_at <= ?, false), id DESC", s.now())}).
		Limit(mostTokens).Omit("hash").Find(&tokens).Error
	if err != nil {
		return nil, fmt.Errorf("list tokens: %w", err)
	}
	for _, t := range tokens {
		if t.LastUsedIP != nil {
			*t.LastUsedIP = strings.TrimSuffix(strings.TrimSuffix(*t.LastUsedIP, "/32"), "/128")
		}
	}
	return tokens, nil
}

// RevokeToken ends one of some tokens at once. One that is not among them does not exist.
func (s *Service) RevokeToken(ctx context.Context, of TokensOf, id int64, by models.ActorRef) error {
	return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		var row models.Token
		err := of.narrow(tx).Where("id = ? AND revoked_at IS NULL", id).Take(&row).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return models.Errorf(models.NotFound, "There is no such token here, or it was revoked already.")
		} else if err != nil {
			return fmt.Errorf("find a token: %w", err)
		}
		at := s.now().UTC()
		r := tx.Model(&models.Token{}).Where("id = ? AND revoked_at IS NULL", id).Update("revoked_at", at)
		if r.Error != nil {
			return fmt.Errorf("revoke a token: %w", r.Error)
		}
		if r.RowsAffected == 0 {
			return models.Errorf(models.NotFound, "There is no such token here, or it was revoked already.")
		}
		name := fmt.Sprint(id)
		return s.actIn(ctx, tx, row.WorkspaceID, models.Event{
			Actor: by, Action: "revoked", Entity: &models.EntityRef{Type: "token", ID: &name, Name: &row.Name},
			Changes: []models.Change{{Field: "revoked_at", Before: []byte("null"), After: fmt.Appendf(nil, "%q", at.Format("2006-01-02T15:04:05.000000Z07:00"))}},
		})
	})
}
