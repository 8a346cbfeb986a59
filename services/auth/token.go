package auth

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"daybook/models"
)

// tokenPrefix lets people and secret scanners recognise a token.
const tokenPrefix = "dbk_"

// NewToken says what a token is to be. Without User it is a service token, which needs Workspace.
type NewToken struct {
	Name      string
	Workspace *uuid.UUID
	User      *models.User
	Scopes    []string
	Expires   time.Duration // 0: never
	By        models.ActorRef
	CreatedBy *int64
}

// MakeToken makes a token and gives its text, which is known to nobody afterwards.
func (s *Service) MakeToken(ctx context.Context, n NewToken) (string, error) {
	text, _, err := s.MintToken(ctx, n)
	return text, err
}

// MintToken is MakeToken for who wants the record too, which has no hash in it.
func (s *Service) MintToken(ctx context.Context, n NewToken) (string, models.Token, error) {
	if err := n.check(); err != nil {
		return "", models.Token{}, err
	}
	if err := s.checkUse(ctx, n); err != nil {
		return "", models.Token{}, err
	}
	n.Scopes = slices.Compact(slices.Sorted(slices.Values(n.Scopes)))
	text := tokenPrefix + randomText(32)
	row := models.Token{WorkspaceID: n.Workspace, Name: n.Name, Hash: hashOf(text), Scopes: strings.Join(n.Scopes, " "), CreatedAt: s.now(), CreatedBy: n.CreatedBy}
	if n.User != nil {
		row.UserID = &n.User.ID
	}
	if n.Expires > 0 {
		at := s.now().Add(n.Expires)
		row.ExpiresAt = &at
	}
	err := s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := tx.Create(&row).Error; err != nil {
			return fmt.Errorf("make a token: %w", err)
		}
		return s.recordToken(ctx, tx, n, row)
	})
	if err != nil {
		return "", models.Token{}, err
	}
	row.Hash = nil
	return text, row, nil
}

// checkUse refuses a personal token that would be of no use: for a workspace that its user cannot enter, or with a scope beyond what its user may
// do there.
func (s *Service) checkUse(ctx context.Context, n NewToken) error {
	if n.User == nil || n.User.InstanceAdmin {
		return nil
	}
	find := s.db.WithContext(ctx).Model(&models.Membership{}).Where("user_id = ?", n.User.ID)
	if n.Workspace != nil {
		find = find.Where("workspace_id = ?", *n.Workspace)
	}
	var roles []models.Role
	if err := find.Pluck("role", &roles).Error; err != nil {
		return fmt.Errorf("find memberships: %w", err)
	}
	administers := slices.Contains(roles, models.Owner) || slices.Contains(roles, models.Admin)
	switch {
	case n.Workspace != nil && len(roles) == 0:
		return models.FieldErrorf(models.Invalid, "workspace", "%s is no member of it", n.User.Email)
	case administers:
		return nil
	}
	for _, scope := range []string{models.ScopeAdmin, models.ScopeAccess, models.ScopeViewer} {
		if slices.Contains(n.Scopes, scope) {
			return models.FieldErrorf(models.Invalid, "scope", "%s is for tokens of people who administer; %s does not", scope, n.User.Email)
		}
	}
	return nil
}

func (n NewToken) check() error {
	if err := models.CheckName("name", n.Name); err != nil {
		return err
	}
	if n.User == nil && n.Workspace == nil {
		return models.FieldErrorf(models.Invalid, "workspace", "is required for a service token")
	}
	if n.User == nil && *n.Workspace == models.BuiltInWorkspace {
		return models.FieldErrorf(models.Invalid, "workspace", "%s holds what happens to the instance, and nothing is sent to it", models.BuiltInSlug)
	}
	if len(n.Scopes) == 0 {
		return models.FieldErrorf(models.Invalid, "scope", "is required: some of %s", strings.Join(models.Scopes, ", "))
	}
	for _, scope := range n.Scopes {
		if !slices.Contains(models.Scopes, scope) {
			return models.FieldErrorf(models.Invalid, "scope", "%q is unknown; there are %s", scope, strings.Join(models.Scopes, ", "))
		}
		if scope == models.ScopeAdmin && n.User == nil {
			return models.FieldErrorf(models.Invalid, "scope", "admin is for personal tokens; a service token is no person")
		}
	}
	if n.Expires < 0 {
		return models.FieldErrorf(models.Invalid, "expires", "must lie ahead")
	}
	return nil
}

func (s *Service) recordToken(ctx context.Context, tx *gorm.DB, n NewToken, row models.Token) error {
	id := fmt.Sprint(row.ID)
	expires := []byte("null")
	if row.ExpiresAt != nil {
		expires = fmt.Appendf(nil, "%q", row.ExpiresAt.UTC().Format("2006-01-02T15:04:05.000000Z07:00"))
	}
	quoted := func(v string) []byte { return []byte(fmt.Sprintf("%q", v)) }
	return s.actIn(ctx, tx, n.Workspace, models.Event{
		Actor: n.By, Action: "created", Entity: &models.EntityRef{Type: "token", ID: &id, Name: &n.Name},
		Changes: []models.Change{{Field: "scopes", Before: []byte("null"), After: quoted(row.Scopes)}, {Field: "expires_at", Before: []byte("null"), After: expires}},
	})
}

// TokenOwner finds who a bearer text belongs to: the token, and its user when it is a personal one. Whatever is wrong with it, it is
// Unauthenticated in the same words.
func (s *Service) TokenOwner(ctx context.Context, text, ip string) (*models.Token, *models.User, error) {
	refused := models.Errorf(models.Unauthenticated, "The token is unknown, expired or revoked.")
	if !strings.HasPrefix(text, tokenPrefix) {
		return nil, nil, refused
	}
	var token models.Token
	err := s.db.WithContext(ctx).Where("hash = ? AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?)", hashOf(text), s.now()).Take(&token).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, nil, refused
	} else if err != nil {
		return nil, nil, fmt.Errorf("find a token: %w", err)
	}
	var user *models.User
	if token.UserID != nil {
		if user, err = s.ActiveUser(ctx, *token.UserID); err != nil {
			return nil, nil, err
		}
		if user == nil {
			return nil, nil, refused
		}
	}
	return &token, user, s.noteUse(ctx, &token, ip)
}

// noteUse keeps when and from where a token was last used, to the minute.
func (s *Service) noteUse(ctx context.Context, token *models.Token, ip string) error {
	if token.LastUsedAt != nil && s.now().Sub(*token.LastUsedAt) < seenPrecision {
		return nil
	}
	use := map[string]any{"last_used_at": s.now()}
	if addr := address(ip); addr != nil {
		use["last_used_ip"] = *addr
	}
	// Of many requests at once, one notes it.
	first := s.db.WithContext(ctx).Model(token).Where("last_used_at IS NULL OR last_used_at <= ?", s.now().Add(-seenPrecision))
	if err := first.Updates(use).Error; err != nil {
		return fmt.Errorf("note that a token is in use: %w", err)
	}
	return nil
}

// ActiveUser gives a user who is not deactivated, or nil.
func (s *Service) ActiveUser(ctx context.Context, id int64) (*models.User, error) {
	var u models.User
	err := s.db.WithContext(ctx).Where("id = ? AND deactivated_at IS NULL", id).Take(&u).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, nil
	} else if err != nil {
		return nil, fmt.Errorf("find a user: %w", err)
	}
	return &u, nil
}
