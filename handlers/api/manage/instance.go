package manage

import (
	"github.com/gofiber/fiber/v2"

	"daybook/handlers/params"
	"daybook/models"
	"daybook/services/account"
)

// listFilter reads the parameters of a list of the whole instance.
func listFilter(c *fiber.Ctx, states ...string) (f account.ListFilter, err error) {
	q, err := params.Of(c)
	if err != nil {
		return f, err
	}
	f = account.ListFilter{Search: q.Get("q"), State: q.Get("state"), Cursor: q.Get("cursor")}
	if f.Limit, err = params.Number(q, "limit", 50, 1, 200); err != nil {
		return f, err
	}
	for _, state := range append(states, "") {
		if f.State == state {
			return f, nil
		}
	}
	return f, models.FieldErrorf(models.Malformed, "state", "must be one of %q, or absent", states)
}

// InstanceWorkspaces lists all workspaces.
func (m *Manage) InstanceWorkspaces() fiber.Handler {
	type line struct {
		ID         string  `json:"id"`
		Slug       string  `json:"slug"`
		Name       string  `json:"name"`
		TimeZone   string  `json:"time_zone"`
		Members    int64   `json:"members"`
		Recorded   int64   `json:"recorded"`
		LastActive *string `json:"last_active_at"`
		ArchivedAt *string `json:"archived_at"`
		Version    int64   `json:"version"`
	}
	return showBy(ofInstance, func(a ask[none]) (any, error) {
		f, err := listFilter(a.c, "open", "archived")
		if err != nil {
			return nil, err
		}
		list, next, err := m.account.WorkspaceLines(a, a.by, f)
		lines := make([]line, 0, len(list))
		for _, w := range list {
			lines = append(lines, line{w.ID.String(), w.Slug, w.Name, w.TimeZone, w.Members, w.Recorded, at(w.LastActive), at(w.ArchivedAt), w.Version})
		}
		return fiber.Map{"workspaces": lines, "next_cursor": ifAny(next)}, err
	})
}

// FoundWorkspace makes a workspace.
func (m *Manage) FoundWorkspace() fiber.Handler {
	type body struct {
		Name     string `needs:""`
		Slug     string `needs:""`
		TimeZone string `json:"time_zone"`
		Owner    string // e-mail address or username; empty: nobody
	}
	return changeBy(ofInstance, func(a ask[body]) (any, error) {
		w, err := m.account.FoundWorkspaceOf(a, a.by, account.NewWorkspace{Name: a.body.Name, Slug: a.body.Slug, TimeZone: a.body.TimeZone}, a.body.Owner)
		if err != nil {
			return nil, err
		}
		return fiber.Map{"id": w.ID, "slug": w.Slug, "name": w.Name, "time_zone": w.TimeZone}, nil
	})
}

type userLine struct {
	ID            int64        `json:"id"`
	Name          string       `json:"name"`
	Email         string       `json:"email"`
	Username      *string      `json:"username"`
	InstanceAdmin bool         `json:"instance_admin"`
	DeactivatedAt *string      `json:"deactivated_at"`
	HasPassword   bool         `json:"has_password"`
	LastSeenAt    *string      `json:"last_seen_at"`
	CreatedAt     *string      `json:"created_at"`
	ErasedAt      *string      `json:"erased_at"` // when they were anonymised
	Workspaces    []membership `json:"workspaces"`
	Version       int64        `json:"version"`
}

type membership struct {
	Slug string      `json:"slug"`
	Name string      `json:"name"`
	Role models.Role `json:"role"`
}

func userLineOf(u account.UserLine) userLine {
	l := userLine{
		ID: u.ID, Name: u.Name, Email: u.Email, Username: u.Username, InstanceAdmin: u.InstanceAdmin, DeactivatedAt: at(u.DeactivatedAt), HasPassword: !u.HasNoKey,
		LastSeenAt: at(u.LastSeen), CreatedAt: at(&u.CreatedAt), ErasedAt: at(u.ErasedAt), Workspaces: []membership{}, Version: u.Version,
	}
	for _, in := range u.In {
		l.Workspaces = append(l.Workspaces, membership(in))
	}
	return l
}

// InstanceUsers lists everybody who can sign in, or could.
func (m *Manage) InstanceUsers() fiber.Handler {
	return showBy(ofInstance, func(a ask[none]) (any, error) {
		f, err := listFilter(a.c, "active", "deactivated", "admins", "nowhere", "anonymised")
		if err != nil {
			return nil, err
		}
		list, next, err := m.account.UserLines(a, a.by, f)
		lines := make([]userLine, 0, len(list))
		for _, u := range list {
			lines = append(lines, userLineOf(u))
		}
		return fiber.Map{"users": lines, "next_cursor": ifAny(next)}, err
	})
}

// InstanceUser shows one of them.
func (m *Manage) InstanceUser() fiber.Handler {
	return showBy(ofInstance, func(a ask[none]) (any, error) {
		u, err := m.account.UserLine(a, a.by, a.id)
		if err != nil {
			return nil, err
		}
		return userLineOf(*u), nil
	})
}

// EditInstanceUser changes a name and an address.
func (m *Manage) EditInstanceUser() fiber.Handler { return changeBy(ofInstance, m.editUser) }

// DeactivateInstanceUser keeps somebody out.
func (m *Manage) DeactivateInstanceUser() fiber.Handler {
	return changeBy(ofInstance, seen(m.account.Deactivate))
}

// ReactivateInstanceUser lets them in again.
func (m *Manage) ReactivateInstanceUser() fiber.Handler {
	return changeBy(ofInstance, seen(m.account.Reactivate))
}

// SignOutInstanceUser ends somebody's sessions and personal tokens.
func (m *Manage) SignOutInstanceUser() fiber.Handler {
	return changeBy(ofInstance, func(a ask[none]) (any, error) { return nil, m.account.SignOutEverywhere(a, a.by, a.id) })
}

// InstancePasswordLink makes a link that sets somebody's password. It is shown once.
func (m *Manage) InstancePasswordLink() fiber.Handler { return changeBy(ofInstance, m.passwordLink) }

// SetInstanceAdmin makes somebody an instance admin, or takes that from them.
func (m *Manage) SetInstanceAdmin() fiber.Handler {
	type body struct {
		InstanceAdmin bool  `json:"instance_admin" needs:"true or false"`
		Version       int64 `needs:"the one that was read"`
	}
	return changeBy(ofInstance, func(a ask[body]) (any, error) {
		if err := needsVersion(a.body.Version); err != nil {
			return nil, err
		}
		return nil, m.account.SetInstanceAdmin(a, a.by, a.id, a.body.InstanceAdmin, a.body.Version)
	})
}
