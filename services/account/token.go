package account

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/auth"
)

// TokenWish is what a token is to be.
type TokenWish struct {
	Name    string
	Scopes  []string
	Expires time.Duration // 0: never
}

// MakeServiceToken makes a token of the doer's workspace that is no person's, and gives its text, which is known to nobody afterwards, and its
// record. One that a token makes ends no later than it and has no scope that it has not; yet the scope admin stands for what administering is about.
func (s *Service) MakeServiceToken(ctx context.Context, d Doer, t TokenWish) (string, models.Token, error) {
	if err := d.needs(access.Admin); err != nil {
		return "", models.Token{}, err
	}
	if d.Token != nil {
		may := func(scope string) bool {
			return d.Token.Has(scope) || d.Token.Has(models.ScopeAdmin) && scope != models.ScopeRead && scope != models.ScopeWrite
		}
		if err := t.within(d.Token, may, s.now()); err != nil {
			return "", models.Token{}, err
		}
	}
	return s.auth.MintToken(ctx, auth.NewToken{Name: trimmed(t.Name), Workspace: &d.Workspace.ID, Scopes: t.Scopes, Expires: t.Expires, By: d.Ref, CreatedBy: d.id()})
}

// within refuses a token that is more than the one that asks for it: by a scope that it may not pass on, or by a later end.
func (t TokenWish) within(asking *models.Token, may func(scope string) bool, now time.Time) error {
	if beyond := slices.IndexFunc(t.Scopes, func(scope string) bool { return !may(scope) }); beyond >= 0 {
		return models.FieldErrorf(models.Forbidden, "scopes", "%q is not a scope of the token that asks", t.Scopes[beyond])
	}
	if end := asking.ExpiresAt; end != nil && (t.Expires == 0 || now.Add(t.Expires).After(*end)) {
		return models.FieldErrorf(models.Forbidden, "expires", "must not be later than that of the token that asks")
	}
	return nil
}

// ServiceTokens lists the service tokens of the doer's workspace.
func (s *Service) ServiceTokens(ctx context.Context, d Doer) ([]models.Token, error) {
	if err := d.needs(access.Admin); err != nil {
		return nil, err
	}
	return s.auth.Tokens(ctx, auth.TokensOf{Workspace: &d.Workspace.ID})
}

// RevokeServiceToken ends a service token of the doer's workspace at once.
func (s *Service) RevokeServiceToken(ctx context.Context, d Doer, id int64) error {
	if err := d.needs(access.Admin); err != nil {
		return err
	}
	return s.auth.RevokeToken(ctx, auth.TokensOf{Workspace: &d.Workspace.ID}, id, d.Ref)
}

// MakeOwnToken makes a personal token of the principal's, for one workspace or (nil) for all of theirs, and gives its text and its record. It may
// never do more than whoever makes it may: one that a token makes has no scope and no workspace that this one has not.
func (s *Service) MakeOwnToken(ctx context.Context, p access.Principal, workspace *uuid.UUID, t TokenWish) (string, models.Token, error) {
	var no models.Token
	if p.User == nil {
		return "", no, models.Errorf(models.Forbidden, "Only people have personal tokens.")
	}
	n := auth.NewToken{Name: trimmed(t.Name), Workspace: workspace, User: p.User, Scopes: t.Scopes, Expires: t.Expires, By: models.UserActor(p.User), CreatedBy: &p.User.ID}
	if p.Token == nil {
		return s.auth.MintToken(ctx, n)
	}
	if !p.Token.Has(models.ScopeAdmin) {
		return "", no, models.Errorf(models.Forbidden, "Only a token with the scope admin makes tokens.")
	}
	if bound := p.Token.WorkspaceID; bound != nil && (workspace == nil || *workspace != *bound) {
		return "", no, models.FieldErrorf(models.Forbidden, "workspace", "must be the one that the token that asks is bound to")
	}
	if err := t.within(p.Token, p.Token.Has, s.now()); err != nil {
		return "", no, err
	}
	return s.auth.MintToken(ctx, n)
}

// OwnWorkspace finds a workspace of somebody's by slug or id, for a token of theirs. One that they are not in is as one that does not exist.
func (s *Service) OwnWorkspace(ctx context.Context, u *models.User, address string) (*models.Workspace, error) {
	none := models.FieldErrorf(models.Invalid, "workspace", "is none of yours")
	w, err := s.Workspace(ctx, address)
	if models.KindOf(err) == models.NotFound {
		return nil, none
	} else if err != nil || u.InstanceAdmin {
		return w, err
	}
	m, err := s.Membership(ctx, w, u.ID)
	if err == nil && m == nil {
		err = none
	}
	return w, err
}

// OwnTokens lists somebody's personal tokens.
func (s *Service) OwnTokens(ctx context.Context, u *models.User) ([]models.Token, error) {
	return s.auth.Tokens(ctx, auth.TokensOf{User: &u.ID})
}

// RevokeTokenOf ends one of somebody's personal tokens at once, for an instance admin.
func (s *Service) RevokeTokenOf(ctx context.Context, d Doer, u *models.User, id int64) error {
	if err := d.needs(access.Instance); err != nil {
		return err
	}
	return s.auth.RevokeToken(ctx, auth.TokensOf{User: &u.ID}, id, d.self())
}

// RevokeOwnToken ends one of somebody's personal tokens at once.
func (s *Service) RevokeOwnToken(ctx context.Context, u *models.User, id int64) error {
	return s.auth.RevokeToken(ctx, auth.TokensOf{User: &u.ID}, id, models.UserActor(u))
}
