package handlers

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/access"
	"daybook/services/auth"
)

// admit lets through who may use a route, and fills in who that is.
func (s *Server) admit(r route) fiber.Handler {
	return func(c *fiber.Ctx) error {
		v := visit.Of(c)
		v.Route = r.path
		if r.who == open || r.who == monitors && s.isLocal(c) {
			return c.Next()
		}
		if err := s.identify(c, v, r.who); err != nil {
			return err
		}
		if r.who == anybody {
			return c.Next()
		}
		if v.Principal.Nobody() {
			return s.askToSignIn(c, r.who)
		}
		if err := s.checkAudience(v, r.who); err != nil {
			return err
		}
		if ws := c.Params("ws"); ws != "" {
			var err error
			if v.Viewer, err = s.parts.Access.Enter(c.UserContext(), v.Principal, ws); err != nil {
				return err
			}
		}
		if err := checkRole(v.Viewer, r.who); err != nil {
			return err
		}
		return c.Next()
	}
}

// byPage tells whether a route is for people with a browser.
func (who audience) byPage() bool { return who == people || who == managers || who == operators }

// checkRole refuses whoever is in the workspace and is not enough there.
func checkRole(v access.Viewer, who audience) error {
	switch {
	case who == managers && !v.Administers():
		return models.Errorf(models.Forbidden, "Only admins and owners of the workspace may open this.")
	case who == admins && !v.Administers():
		return models.Errorf(models.Forbidden, "Only admins and owners of the workspace may do this; a token of theirs needs the scope admin.")
	case who == syncers && !v.Administers() && (v.Token == nil || v.Role < access.Program):
		return models.Errorf(models.Forbidden, "Only admins and owners of the workspace, and service tokens, may do this.")
	}
	return nil
}

// identify finds out who makes the request: by bearer token, else by session. Where no sign-in is asked for, a bearer is passed over: it may be
// an old one, and the page needs the session to sign in with.
func (s *Server) identify(c *fiber.Ctx, v *visit.Visit, who audience) error {
	if bearer, ok := bearerOf(c); ok && who != anybody {
		var err error
		v.Principal, err = s.ownerOf(c.UserContext(), bearer, v.From.IP)
		return err
	}
	session, err := s.openSession(c)
	if err != nil {
		return err
	}
	v.Session = session
	user, err := s.userOf(c, session)
	if err != nil || user == nil {
		return err
	}
	v.Principal = access.Principal{User: user, SessionID: auth.SessionID(session.ID)}
	return nil
}

// ownerOf gives who a bearer token stands for: a token that was made, or a session that a program began by signing in over JSON.
func (s *Server) ownerOf(ctx context.Context, bearer, ip string) (access.Principal, error) {
	if auth.IsBearerSession(bearer) {
		user, session, err := s.parts.Auth.BearerOwner(ctx, bearer)
		if err != nil {
			return access.Principal{}, err
		}
		return access.Principal{User: user, SessionID: session}, nil
	}
	token, user, err := s.parts.Auth.TokenOwner(ctx, bearer, ip)
	if err != nil {
		return access.Principal{}, err
	}
	return access.Principal{Token: token, User: user}, nil
}

func bearerOf(c *fiber.Ctx) (string, bool) {
	scheme, value, _ := strings.Cut(c.Get(fiber.HeaderAuthorization), " ")
	return strings.TrimSpace(value), strings.EqualFold(scheme, "bearer")
}

// askToSignIn answers nobody: on a page with the way to sign in, else with 401.
func (s *Server) askToSignIn(c *fiber.Ctx, who audience) error {
	if !who.byPage() || c.Method() != fiber.MethodGet && c.Method() != fiber.MethodHead {
		if who.byPage() && !isAPI(c) {
			return models.Errorf(models.Unauthenticated, "Your session has ended, or it was in another browser. Sign in, and send the form again: nothing of it was done.")
		}
		return models.Errorf(models.Unauthenticated, "Sign in first, or send a token as “Authorization: Bearer …”.")
	}
	to := "/sign-in"
	if here := c.OriginalURL(); here != "/" {
		to += "?next=" + url.QueryEscape(here)
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.Redirect(to, fiber.StatusSeeOther)
}

// checkAudience refuses a token where a session is needed, or one without the scope.
func (s *Server) checkAudience(v *visit.Visit, who audience) error {
	p := v.Principal
	need := map[audience]string{readers: models.ScopeRead, senders: models.ScopeWrite, syncers: models.ScopeAccess}[who]
	switch {
	case who.byPage() && v.Session == nil: // by a bearer token, of whatever kind
		return models.Errorf(models.Forbidden, "This page is for people who are signed in, not for tokens.")
	case who == operators && !p.InstanceAdmin():
		return models.Errorf(models.Forbidden, "Only instance admins may open this.")
	case who == stewards && !p.InstanceAdmin():
		return models.Errorf(models.Forbidden, "Only instance admins may do this; a token of theirs needs the scope admin, and must be bound to no workspace.")
	case who == selves && p.Token != nil && (p.User == nil || !p.Token.Has(models.ScopeAdmin) || p.Token.WorkspaceID != nil):
		return models.Errorf(models.Forbidden, "This is for people: a token of theirs needs the scope admin, and must be bound to no workspace.")
	case need != "" && !p.Has(need):
		return models.Errorf(models.Forbidden, "This token has no scope %s.", need)
	case who == monitors && !p.InstanceAdmin():
		return models.Errorf(models.Forbidden, "Metrics are for this machine, or for an instance admin's token with the scope admin.")
	}
	return nil
}

// crossOrigin refuses writes that another site makes a browser send with our cookie. Requests that carry a bearer token are no browser's own
// doing: another site can only add one when it is allowed to by us (CORS), which we never do.
func (s *Server) crossOrigin(c *fiber.Ctx) error {
	if _, ok := bearerOf(c); ok {
		return c.Next()
	}
	r := &http.Request{Method: c.Method(), Host: string(c.Context().Host()), Header: http.Header{}, URL: &url.URL{Path: c.Path()}}
	for _, h := range []string{"Sec-Fetch-Site", "Origin"} {
		if value := c.Get(h); value != "" {
			r.Header.Set(h, value)
		}
	}
	if err := s.protection.Check(r); err != nil {
		return models.Errorf(models.Forbidden, "This request came from another site and was refused. Open Daybook itself and try again.").Because(err)
	}
	return c.Next()
}

// ownHost refuses, in a demo, requests that name another host than this machine. A demo signs people in without a password, so a page elsewhere
// whose name is made to point at this machine (DNS rebinding) must not reach it.
func (s *Server) ownHost(c *fiber.Ctx) error {
	name := c.Hostname()
	if host, _, err := net.SplitHostPort(name); err == nil {
		name = host
	}
	name = strings.Trim(name, "[]")
	addr, err := netip.ParseAddr(name)
	if len(s.config.Demo) == 0 || name == "localhost" || name == s.config.BaseURL.Hostname() || err == nil && addr.IsLoopback() {
		return c.Next()
	}
	return models.Errorf(models.Forbidden, "This demo answers on this machine only, at %s.", s.config.BaseURL)
}

// isAPI tells whether a request speaks JSON, however many slashes its path begins with.
func isAPI(c *fiber.Ctx) bool {
	path := strings.TrimLeft(c.Path(), "/")
	return path == "api" || strings.HasPrefix(path, "api/")
}

// wholePath refuses an address below /api in which a part is empty: it is none of ours, whatever Fiber makes of its end. One slash there is passed over.
func wholePath(c *fiber.Ctx) error {
	if isAPI(c) && strings.Contains(c.Path(), "//") {
		return fiber.ErrNotFound
	}
	return c.Next()
}
