package manage

import (
	"context"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/params"
	"daybook/services/account"
)

// Sessions lists where somebody is signed in.
func (m *Manage) Sessions() fiber.Handler {
	type line struct {
		ID         string  `json:"id"`
		IP         string  `json:"ip_address"`
		UserAgent  string  `json:"user_agent"`
		CreatedAt  *string `json:"created_at"`
		LastSeenAt *string `json:"last_seen_at"`
	}
	return show(m, func(a ask[none]) (any, error) {
		list, err := m.account.UserSessions(a, a.by, a.id)
		lines := make([]line, 0, len(list))
		for _, s := range list {
			lines = append(lines, line{s.ID, s.IP, s.UserAgent, at(&s.CreatedAt), at(&s.LastSeenAt)})
		}
		return fiber.Map{"sessions": lines}, err
	})
}

// EndSession ends one of somebody's sessions.
func (m *Manage) EndSession() fiber.Handler {
	return change(m, func(a ask[none]) (any, error) {
		return nil, m.account.EndUserSession(a, a.by, a.id, strings.ReplaceAll(strings.ToValidUTF8(a.c.Params("session"), ""), "\x00", ""))
	})
}

// UserTokens lists somebody's personal tokens.
func (m *Manage) UserTokens() fiber.Handler {
	type line struct {
		ID         int64    `json:"id"`
		Name       string   `json:"name"`
		Workspace  any      `json:"workspace_id"`
		Scopes     []string `json:"scopes"`
		CreatedAt  *string  `json:"created_at"`
		ExpiresAt  *string  `json:"expires_at"`
		LastUsedAt *string  `json:"last_used_at"`
		LastUsedIP *string  `json:"last_used_ip"`
		RevokedAt  *string  `json:"revoked_at"`
	}
	return show(m, func(a ask[none]) (any, error) {
		list, err := m.account.UserTokens(a, a.by, a.id)
		lines := make([]line, 0, len(list))
		for _, t := range list {
			lines = append(lines, line{t.ID, t.Name, t.WorkspaceID, strings.Fields(t.Scopes), at(&t.CreatedAt), at(t.ExpiresAt), at(t.LastUsedAt), t.LastUsedIP, at(t.RevokedAt)})
		}
		return fiber.Map{"tokens": lines}, err
	})
}

// RevokeUserToken ends one of somebody's personal tokens.
func (m *Manage) RevokeUserToken() fiber.Handler {
	return change(m, func(a ask[none]) (any, error) {
		token, _ := strconv.ParseInt(a.c.Params("token"), 10, 64) // what is no number is nobody's id
		return nil, m.account.RevokeUserToken(a, a.by, a.id, token)
	})
}

// UserProjects lists the projects of the workspace, and which of them a user has access to.
func (m *Manage) UserProjects() fiber.Handler { return m.projectsOf(m.user) }

// ActorProjects does so for an actor of nobody's.
func (m *Manage) ActorProjects() fiber.Handler { return m.projectsOf(m.actor) }

// ChangeUserProjects gives and takes access to many projects at once.
func (m *Manage) ChangeUserProjects() fiber.Handler { return m.changeProjectsOf(m.user) }

// ChangeActorProjects does so for an actor of nobody's.
func (m *Manage) ChangeActorProjects() fiber.Handler { return m.changeProjectsOf(m.actor) }

// finding is a way to find a person by an id of the path.
type finding func(ctx context.Context, d account.Doer, id int64) (*account.Person, error)

func (m *Manage) user(ctx context.Context, d account.Doer, id int64) (*account.Person, error) {
	return m.account.PersonOf(ctx, d, 0, id)
}

func (m *Manage) actor(ctx context.Context, d account.Doer, id int64) (*account.Person, error) {
	return m.account.PersonOf(ctx, d, id, 0)
}

func (m *Manage) projectsOf(find finding) fiber.Handler {
	type line struct {
		ID         int64  `json:"id"`
		ExternalID string `json:"external_id"`
		Name       string `json:"name"`
		Visibility string `json:"visibility"`
		Archived   bool   `json:"archived"`
		Granted    bool   `json:"granted"`
	}
	return show(m, func(a ask[none]) (any, error) {
		q, err := params.Of(a.c)
		if err != nil {
			return nil, err
		}
		who, err := find(a, a.by, a.id)
		if err != nil {
			return nil, err
		}
		list, err := m.account.ProjectsOfPerson(a, a.by, who, q.Get("q"))
		lines := make([]line, 0, len(list))
		for _, p := range list {
			lines = append(lines, line{p.ID, p.ExternalID, p.Name, string(p.Visibility), p.ArchivedAt != nil, p.Granted})
		}
		return fiber.Map{"projects": lines}, err
	})
}

func (m *Manage) changeProjectsOf(find finding) fiber.Handler {
	type body struct{ Grant, Revoke []int64 }
	return change(m, func(a ask[body]) (any, error) {
		who, err := find(a, a.by, a.id)
		if err != nil {
			return nil, err
		}
		done, err := m.account.ChangeProjects(a, a.by, who, a.body.Grant, a.body.Revoke)
		return fiber.Map{"granted": done.Added, "revoked": done.Removed}, err
	})
}
