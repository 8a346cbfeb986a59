package auth

import (
	"context"

	"daybook/models"
)

// Credential says by what somebody asked: a session, by its public id, a token, and who they are. What they did not ask by is missing.
type Credential struct {
	Session string
	Token   *int64
	User    *int64
}

// Live reads anew by what somebody asked, for answers that take long: it may be taken away meanwhile. ok is false when the session has ended, the
// token is revoked or has expired, or the user is deactivated.
func (s *Service) Live(ctx context.Context, c Credential) (token *models.Token, user *models.User, ok bool, err error) {
	if c.Session != "" {
		if live, err := s.LiveSession(ctx, c.Session); err != nil || !live {
			return nil, nil, false, err
		}
	}
	if c.Token != nil {
		if token, err = s.LiveToken(ctx, *c.Token); err != nil || token == nil {
			return nil, nil, false, err
		}
	}
	if c.User != nil {
		if user, err = s.ActiveUser(ctx, *c.User); err != nil || user == nil {
			return nil, nil, false, err
		}
	}
	return token, user, true, nil
}
