package manage

import (
	"github.com/gofiber/fiber/v2"

	"daybook/handlers/params"
	"daybook/models"
	"daybook/services/account"
)

type projectLine struct {
	ID         int64             `json:"id"`
	ExternalID string            `json:"external_id"`
	Name       string            `json:"name"`
	Visibility models.Visibility `json:"visibility"`
	ArchivedAt *string           `json:"archived_at"`
	Version    int64             `json:"version"`
	Members    int64             `json:"members"`
	Activities int64             `json:"activities"`
	LastActive *string           `json:"last_active"`
}

func projectLineOf(p account.ProjectLine) projectLine {
	return projectLine{p.ID, p.ExternalID, p.Name, p.Visibility, at(p.ArchivedAt), p.Version, p.Members, p.Activities, day(p.LastActive)}
}

// Projects lists them.
func (m *Manage) Projects() fiber.Handler {
	return show(m, func(a ask[none]) (any, error) {
		q, err := params.Of(a.c)
		if err != nil {
			return nil, err
		}
		f := account.ProjectFilter{Search: q.Get("q"), State: q.Get("state"), Cursor: q.Get("cursor")}
		if f.Limit, err = params.Number(q, "limit", 50, 1, 200); err != nil {
			return nil, err
		}
		page, err := m.account.ProjectsOf(a, a.by, f)
		lines := make([]projectLine, 0, len(page.Projects))
		for _, p := range page.Projects {
			lines = append(lines, projectLineOf(p))
		}
		return fiber.Map{"projects": lines, "next_cursor": ifAny(page.Next)}, err
	})
}

// Project shows one.
func (m *Manage) Project() fiber.Handler {
	return show(m, func(a ask[none]) (any, error) {
		p, err := m.account.ProjectOf(a, a.by, a.id)
		if err != nil {
			return nil, err
		}
		return projectLineOf(*p), nil
	})
}

// CreateProject makes one before its first event.
func (m *Manage) CreateProject() fiber.Handler {
	type body struct {
		ExternalID string `json:"external_id" needs:"as the application sends it"`
		Name       string
		Visibility models.Visibility
	}
	return change(m, func(a ask[body]) (any, error) {
		if a.body.Visibility == "" {
			a.body.Visibility = models.VisibleToMembers
		}
		p, err := m.account.CreateProject(a, a.by, account.NewProject(a.body))
		if err != nil {
			return nil, err
		}
		return projectLineOf(account.ProjectLine{Project: *p}), nil
	})
}

// EditProject renames, opens, closes or archives one: what is given changes.
func (m *Manage) EditProject() fiber.Handler {
	type body struct {
		Name       *string
		Visibility *models.Visibility
		Archived   *bool
		Version    int64 `needs:"the one that was read"`
	}
	return change(m, func(a ask[body]) (any, error) {
		if err := needsVersion(a.body.Version); err != nil {
			return nil, err
		}
		return nil, m.account.EditProject(a, a.by, a.id, account.ProjectEdit(a.body))
	})
}

// ProjectAccess lists who has access to a project of their own, or, with granted=false, who could be given it.
func (m *Manage) ProjectAccess() fiber.Handler {
	type line struct {
		UserID      *int64       `json:"user_id"`
		ActorID     *int64       `json:"actor_id"`
		Name        string       `json:"name"`
		Email       string       `json:"email"`
		Role        *models.Role `json:"role"`
		Deactivated bool         `json:"deactivated"`
		Known       string       `json:"known_as"`
		GrantedAt   *string      `json:"granted_at"`
	}
	return show(m, func(a ask[none]) (any, error) {
		q, err := params.Of(a.c)
		if err != nil {
			return nil, err
		}
		f := account.ProjectPeopleFilter{Project: a.id, Granted: true, Search: q.Get("q"), Cursor: q.Get("cursor")}
		if q.Get("granted") != "" {
			if f.Granted, err = params.Flag(q, "granted"); err != nil {
				return nil, err
			}
		}
		if f.Limit, err = params.Number(q, "limit", 50, 1, 200); err != nil {
			return nil, err
		}
		if _, err := m.account.ProjectOf(a, a.by, a.id); err != nil {
			return nil, err
		}
		list, next, err := m.account.ProjectPeople(a, a.by, f)
		lines := make([]line, 0, len(list))
		for _, p := range list {
			l := line{UserID: unlessZero(p.UserID), ActorID: unlessZero(p.ActorID), Name: p.Name, Email: p.Email, Deactivated: p.Deactivated, Known: p.Known, GrantedAt: at(p.Granted)}
			if p.Role != "" {
				l.Role = &p.Role
			}
			lines = append(lines, l)
		}
		return fiber.Map{"people": lines, "next_cursor": ifAny(next)}, err
	})
}

func unlessZero(id int64) *int64 {
	if id == 0 {
		return nil
	}
	return &id
}

// ChangeAccess gives access to a project to some and takes it from others. "named" are e-mail addresses, usernames or external ids.
func (m *Manage) ChangeAccess() fiber.Handler {
	type body struct {
		Grant, Revoke []int64
		GrantUsers    []int64  `json:"grant_users"`
		RevokeUsers   []int64  `json:"revoke_users"`
		Named         []string `json:"grant_named"`
		Version       int64
	}
	return change(m, func(a ask[body]) (any, error) {
		c := account.AccessChange{Grant: a.body.Grant, Revoke: a.body.Revoke, GrantUsers: a.body.GrantUsers, RevokeUsers: a.body.RevokeUsers, Named: a.body.Named, Version: a.body.Version}
		done, err := m.account.ChangeAccess(a, a.by, a.id, c)
		err = called(err, "named", "grant_named")
		return fiber.Map{"added": done.Added, "removed": done.Removed}, err
	})
}

// SyncMembers sets the members of a project of the sending application's.
func (m *Manage) SyncMembers() fiber.Handler {
	type body struct {
		ActorIDs []string `json:"actor_ids" needs:"the whole list; an empty one is nobody"`
	}
	return change(m, func(a ask[body]) (any, error) {
		done, err := m.account.SyncMembers(a, a.by, a.name, a.body.ActorIDs)
		return fiber.Map{"added": done.Added, "removed": done.Removed}, err
	})
}
