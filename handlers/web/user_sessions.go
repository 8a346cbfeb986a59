package web

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/auth"
	"daybook/views"
)

// UserSessionsPage lists where somebody is signed in, and their tokens.
func (w *Web) UserSessionsPage(c *fiber.Ctx) error {
	s, err := w.userOf(c)
	if err != nil {
		return err
	}
	var page views.PersonSessionsPage
	sessions, tokens, err := w.credentialsOf(s)
	if err != nil {
		return err
	}
	if page.PersonFrame, err = w.frame(s, tabSessions); err != nil {
		return err
	}
	here, _, _ := strings.Cut(visit.Of(c).Session.ID, ".")
	for _, one := range sessions {
		page.Sessions = append(page.Sessions, views.AccountSession{
			UserAgent: one.UserAgent, Address: one.IP, SignedInAt: one.CreatedAt, LastSeenAt: one.LastSeenAt, Here: one.ID == here, End: s.path() + "/sessions/" + url.PathEscape(one.ID) + "/end",
		})
	}
	for _, t := range tokens {
		page.Tokens = append(page.Tokens, w.tokenLine(s, t))
	}
	if len(sessions)+len(goodTokens(tokens, w.config.Now())) > 0 {
		page.SignOut, page.Version = s.path()+"/sign-out", s.who.UserVersion
	}
	return send(c, views.PersonSessions(page))
}

// credentialsOf are somebody's sessions and personal tokens.
func (w *Web) credentialsOf(s subject) ([]auth.OwnSession, []models.Token, error) {
	sessions, err := w.Account.UserSessions(s.c.UserContext(), s.doer, *s.who.UserID)
	if err != nil {
		return nil, nil, err
	}
	tokens, err := w.Account.UserTokens(s.c.UserContext(), s.doer, *s.who.UserID)
	return sessions, tokens, err
}

// goodTokens are those that still open something.
func goodTokens(tokens []models.Token, now time.Time) (good []models.Token) {
	for _, t := range tokens {
		if t.RevokedAt == nil && (t.ExpiresAt == nil || t.ExpiresAt.After(now)) {
			good = append(good, t)
		}
	}
	return good
}

func (w *Web) tokenLine(s subject, t models.Token) views.PersonToken {
	line := views.PersonToken{Name: t.Name, Scopes: strings.ReplaceAll(t.Scopes, " ", ", "), MadeAt: t.CreatedAt, ExpiresAt: t.ExpiresAt, UsedAt: t.LastUsedAt}
	if t.LastUsedIP != nil {
		line.Address = *t.LastUsedIP
	}
	if t.WorkspaceID != nil {
		line.Workspace = "Another one"
		if *t.WorkspaceID == s.doer.Workspace.ID {
			line.Workspace = s.doer.Workspace.Name
		}
	}
	switch {
	case t.RevokedAt != nil:
		line.State = views.PersonState{Word: "Revoked", Dot: "dot-ring"}
	case len(goodTokens([]models.Token{t}, w.config.Now())) == 0:
		line.State = views.PersonState{Word: "Expired", Dot: "dot-ring"}
	default:
		line.State, line.Revoke = views.PersonState{Word: "Good", Dot: "dot-ok"}, s.path()+"/tokens/"+strconv.FormatInt(t.ID, 10)+"/revoke"
	}
	return line
}

// EndUserSession ends one of somebody's sessions.
func (w *Web) EndUserSession(c *fiber.Ctx) error {
	return w.endOf(c, "The session has ended.", func(s subject) error {
		return w.Account.EndUserSession(c.UserContext(), s.doer, *s.who.UserID, cleanText(c.Params("session")))
	})
}

// RevokeUserToken ends one of somebody's personal tokens.
func (w *Web) RevokeUserToken(c *fiber.Ctx) error {
	return w.endOf(c, "The token is revoked.", func(s subject) error {
		return w.Account.RevokeUserToken(c.UserContext(), s.doer, *s.who.UserID, idParam(c, "token"))
	})
}

// endOf ends something of somebody's, and leads back to the list of it.
func (w *Web) endOf(c *fiber.Ctx, said string, end func(s subject) error) error {
	sent, err := formOf(c)
	if err != nil {
		return err
	}
	s, err := w.userOf(c)
	if err != nil {
		return err
	}
	to := s.path() + "/sessions"
	if err := onlyFields(sent); err != nil {
		return w.undone(c, to, err)
	}
	if err := end(s); err != nil {
		return w.undone(c, to, err)
	}
	if err := w.done(c, to, said); models.KindOf(err) != models.Unauthenticated {
		return err
	}
	return c.Redirect("/sign-in", fiber.StatusSeeOther) // it was their own, and this one
}
