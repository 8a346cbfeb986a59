package manage

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/params"
	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/account"
)

type personLine struct {
	UserID        *int64                `json:"user_id"`
	Kind          account.PersonKind    `json:"kind"`
	Name          string                `json:"name"`
	Email         string                `json:"email"`
	Username      string                `json:"username"`
	InstanceAdmin bool                  `json:"instance_admin"`
	Deactivated   bool                  `json:"deactivated"`
	Role          *models.Role          `json:"role"`
	MemberVersion int64                 `json:"member_version"`
	UserVersion   int64                 `json:"user_version"`
	Actors        []account.PersonActor `json:"actors"`
	Activities    int64                 `json:"activities"`
	Recent        int64                 `json:"activities_30_days"`
	LastActive    *string               `json:"last_active"`
	LastSeenAt    *string               `json:"last_seen_at"`
	ErasedAt      *string               `json:"erased_at"` // when they were anonymised
}

func lineOf(p account.Person) personLine {
	l := personLine{
		UserID: p.UserID, Kind: p.Kind, Name: p.Name, Email: p.Email, Username: p.Username, Recent: p.Recent, InstanceAdmin: p.InstanceAdmin, Deactivated: p.Deactivated, MemberVersion: p.MemberVersion, UserVersion: p.UserVersion,
		Actors: append([]account.PersonActor{}, p.Actors...), Activities: p.Activities, LastActive: day(p.LastActive), LastSeenAt: at(p.LastSeen), ErasedAt: at(p.ErasedAt),
	}
	if p.Role != "" {
		l.Role = &p.Role
	}
	return l
}

// People lists members and actors.
func (m *Manage) People() fiber.Handler {
	return show(m, func(a ask[none]) (any, error) {
		q, err := params.Of(a.c)
		if err != nil {
			return nil, err
		}
		f := account.PeopleFilter{Search: q.Get("q"), State: q.Get("state"), Cursor: q.Get("cursor"), Role: models.Role(q.Get("role")), Kind: account.PersonKind(q.Get("kind"))}
		if err := knownPeople(q); err != nil {
			return nil, err
		}
		if f.Limit, err = params.Number(q, "limit", 50, 1, 200); err != nil {
			return nil, err
		}
		if q.Get("linked") != "" {
			linked, err := params.Flag(q, "linked")
			if err != nil {
				return nil, err
			}
			f.Linked = &linked
		}
		list, next, err := m.account.People(a, a.by, f)
		lines := make([]personLine, 0, len(list))
		for _, p := range list {
			lines = append(lines, lineOf(p))
		}
		return fiber.Map{"people": lines, "next_cursor": ifAny(next)}, err
	})
}

// knownPeople refuses values that the list of people does not know: a misspelt one must not silently select everybody.
func knownPeople(q url.Values) error {
	values := map[string][]string{
		"state": {"active", "deactivated", "outside"}, "role": {string(models.Owner), string(models.Admin), string(models.Member)}, "kind": nil,
	}
	for _, kind := range account.PersonKinds {
		values["kind"] = append(values["kind"], string(kind))
	}
	var wrong []error
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if value := q.Get(name); value != "" && !slices.Contains(values[name], value) {
			wrong = append(wrong, models.FieldErrorf(models.Malformed, name, "must be one of %s", strings.Join(values[name], ", ")))
		}
	}
	return models.JoinFields(wrong...)
}

func ifAny(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// AddMember makes somebody who can sign in already a member.
func (m *Manage) AddMember() fiber.Handler {
	type body struct {
		User  string `needs:"the e-mail address or username of somebody who has an account"`
		Role  string `needs:"owner, admin or member"`
		Actor string
	}
	return change(m, func(a ask[body]) (any, error) {
		if err := visit.Given("user", a.body.User); err != nil {
			return nil, err
		}
		if err := m.account.Admit(a, a.by, a.body.User, account.NewMember{Role: models.Role(a.body.Role), Actor: a.body.Actor}); err != nil {
			return nil, err
		}
		warning, err := m.warningOf(a.c, a.body.User)
		return fiber.Map{"warning": warning}, err
	})
}

// warningOf says what follows when somebody has the address of somebody who was anonymised; of all others it is nothing.
func (m *Manage) warningOf(c *fiber.Ctx, email string) (*string, error) {
	if email == "" {
		return nil, nil //nolint:nilnil // an invitation for whoever has it: there is nothing to warn of
	}
	forgotten, err := m.account.WasForgotten(c.UserContext(), visit.Of(c).Viewer.Workspace.ID, email)
	if err != nil || !forgotten {
		return nil, err
	}
	warning := models.ForgottenAddress
	return &warning, nil
}

// ChangeMember gives a member another role.
func (m *Manage) ChangeMember() fiber.Handler {
	type body struct {
		Role    models.Role `needs:"owner, admin or member"`
		Version int64       `needs:"the one that was read"`
	}
	return change(m, func(a ask[body]) (any, error) {
		if err := needsVersion(a.body.Version); err != nil {
			return nil, err
		}
		return nil, m.account.ChangeRole(a, a.by, a.id, a.body.Role, a.body.Version)
	})
}

// RemoveMember ends a membership.
func (m *Manage) RemoveMember() fiber.Handler {
	return change(m, func(a ask[none]) (any, error) {
		version := int64(a.c.QueryInt("version"))
		if err := needsVersion(version); err != nil {
			return nil, err
		}
		return nil, m.account.RemoveMember(a, a.by, a.id, version)
	})
}

// EditUser changes a name and an address.
func (m *Manage) EditUser() fiber.Handler { return change(m, m.editUser) }

type userEdit struct {
	Name     string  `needs:""`
	Email    string  `needs:""`
	Username *string // absent or null: as it is; empty: none
	Version  int64   `needs:"the one that was read"`
}

func (m *Manage) editUser(a ask[userEdit]) (any, error) {
	if err := needsVersion(a.body.Version); err != nil {
		return nil, err
	}
	return nil, m.account.EditUser(a, a.by, a.id, account.UserEdit{Name: a.body.Name, Email: a.body.Email, Username: a.body.Username, Version: a.body.Version})
}

// Deactivate keeps somebody out.
func (m *Manage) Deactivate() fiber.Handler {
	return change(m, seen(m.account.Deactivate))
}

// Reactivate lets them in again.
func (m *Manage) Reactivate() fiber.Handler {
	return change(m, seen(m.account.Reactivate))
}

// version is the body of a request that needs no more than the version that was seen.
type version struct {
	Version int64 `needs:"the one that was read"`
}

// seen makes what changes a record that was seen.
func seen(do func(ctx context.Context, by account.Doer, id, version int64) error) func(ask[version]) (any, error) {
	return func(a ask[version]) (any, error) {
		if err := needsVersion(a.body.Version); err != nil {
			return nil, err
		}
		return nil, do(a, a.by, a.id, a.body.Version)
	}
}

// SignOut ends somebody's sessions and personal tokens.
func (m *Manage) SignOut() fiber.Handler {
	return change(m, func(a ask[none]) (any, error) { return nil, m.account.SignOutEverywhere(a, a.by, a.id) })
}

// PasswordLink makes a link that sets somebody's password. It is shown once.
func (m *Manage) PasswordLink() fiber.Handler { return change(m, m.passwordLink) }

func (m *Manage) passwordLink(a ask[none]) (any, error) {
	secret, err := m.account.PasswordLink(a, a.by, a.id)
	return fiber.Map{"url": m.link("password", secret)}, err
}

// Invitations lists those that can still be used.
func (m *Manage) Invitations() fiber.Handler {
	type line struct {
		ID        int64        `json:"id"`
		Role      *models.Role `json:"role"`
		Email     *string      `json:"email"`
		CreatedBy *int64       `json:"created_by"`
		CreatedAt *string      `json:"created_at"`
		ExpiresAt *string      `json:"expires_at"`
	}
	return show(m, func(a ask[none]) (any, error) {
		list, err := m.account.Invitations(a, a.by)
		lines := make([]line, 0, len(list))
		for _, l := range list {
			lines = append(lines, line{l.ID, l.Role, l.Email, l.CreatedBy, at(&l.CreatedAt), at(&l.ExpiresAt)})
		}
		return fiber.Map{"invitations": lines}, err
	})
}

// Invite makes an invitation. Its link is shown once.
func (m *Manage) Invite() fiber.Handler {
	type body struct {
		Role    models.Role `needs:"owner, admin or member"`
		Email   string
		Seconds int64 `json:"expires_in"`
	}
	return change(m, func(a ask[body]) (any, error) {
		life := time.Duration(min(max(a.body.Seconds, -1), 1<<32)) * time.Second // beyond either is refused, and must not overflow
		secret, l, err := m.account.Invite(a, a.by, account.InvitationWish{Role: a.body.Role, Email: a.body.Email, Life: life})
		if err != nil {
			return nil, err
		}
		warning, err := m.warningOf(a.c, a.body.Email)
		return fiber.Map{"id": l.ID, "url": m.link("invitation", secret), "expires_at": at(&l.ExpiresAt), "warning": warning}, err
	})
}

// RevokeInvitation withdraws one.
func (m *Manage) RevokeInvitation() fiber.Handler {
	return change(m, func(a ask[none]) (any, error) { return nil, m.account.RevokeInvitation(a, a.by, a.id) })
}

// LinkActor says that an actor is a member.
func (m *Manage) LinkActor() fiber.Handler {
	type body struct {
		UserID  int64 `json:"user_id" needs:"the number of a member"`
		Version int64 `needs:"the one that was read"`
	}
	return change(m, func(a ask[body]) (any, error) {
		if err := needsVersion(a.body.Version); err != nil {
			return nil, err
		}
		return nil, called(m.account.Link(a, a.by, a.id, a.body.UserID, a.body.Version), "user", "user_id")
	})
}

// UnlinkActor says that it is none.
func (m *Manage) UnlinkActor() fiber.Handler {
	return change(m, seen(m.account.Unlink))
}

// MergeActor says that two actors are one person.
func (m *Manage) MergeActor() fiber.Handler {
	type body struct {
		Into        int64 `needs:"the number of the actor that stays"`
		IntoVersion int64 `json:"into_version" needs:"the one that was read"`
		Version     int64 `needs:"the one that was read"`
	}
	return change(m, func(a ask[body]) (any, error) {
		if err := models.JoinFields(needsVersion(a.body.Version), needsVersionIn("into_version", a.body.IntoVersion)); err != nil {
			return nil, err
		}
		return nil, m.account.Merge(a, a.by, account.Merging{Actor: a.id, Into: a.body.Into, Version: a.body.Version, IntoVersion: a.body.IntoVersion})
	})
}

// UnmergeActor undoes that.
func (m *Manage) UnmergeActor() fiber.Handler {
	return change(m, seen(m.account.Unmerge))
}

// PreviewMerge says what merging would do.
func (m *Manage) PreviewMerge() fiber.Handler {
	return show(m, func(a ask[none]) (any, error) {
		p, err := m.account.PreviewMerge(a, a.by, a.id, int64(a.c.QueryInt("into")))
		if err != nil {
			return nil, err
		}
		return fiber.Map{"actor_id": p.Actor.ID, "into": p.Into.ID, "along": len(p.Along), "activities": p.Activities, "on_behalf": p.OnBehalf, "projects": p.Projects}, nil
	})
}
