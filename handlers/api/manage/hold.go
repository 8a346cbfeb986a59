package manage

import (
	"fmt"
	"time"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/params"
	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/privacy"
)

// Holds answers about legal holds: what may be neither deleted nor anonymised for the time being.
type Holds struct {
	manage  *Manage
	privacy *privacy.Service
	now     func() time.Time
}

// Holds gives the handlers of holds.
func (m *Manage) Holds(p *privacy.Service, now func() time.Time) Holds {
	return Holds{manage: m, privacy: p, now: now}
}

type hold struct {
	ID           int64   `json:"id"`
	Name         string  `json:"name"`
	Person       *string `json:"person"` // the ids as the application sends them
	PersonName   *string `json:"person_name"`
	Project      *string `json:"project"`
	ProjectName  *string `json:"project_name"`
	ResourceType *string `json:"resource_type"`
	ResourceID   *string `json:"resource_id"`
	Start        *string `json:"start"`
	End          *string `json:"end"`
	PlacedBy     string  `json:"placed_by"`
	PlacedAt     *string `json:"placed_at"`
	LiftedBy     *string `json:"lifted_by"`
	LiftedAt     *string `json:"lifted_at"`
}

func holdOf(h models.Hold) hold {
	out := hold{
		ID: h.ID, Name: h.Name, Person: ifAny(h.PersonID), PersonName: ifAny(h.ActorName), Project: ifAny(h.ProjectRef), ProjectName: ifAny(h.ProjectName),
		ResourceType: h.EntityType, ResourceID: h.EntityID, Start: at(h.From), End: at(h.To), PlacedBy: h.PlacedBy.Name, PlacedAt: at(&h.PlacedAt), LiftedAt: at(h.LiftedAt),
	}
	if h.LiftedBy != nil {
		out.LiftedBy = &h.LiftedBy.Name
	}
	return out
}

func holdsOf(list []models.Hold) []hold {
	out := make([]hold, 0, len(list))
	for _, h := range list {
		out = append(out, holdOf(h))
	}
	return out
}

// List gives the holds that stand; with lifted=true those that were lifted, the latest first, from before an id on.
func (h Holds) List() fiber.Handler {
	return show(h.manage, func(a ask[none]) (any, error) {
		q, err := params.Of(a.c)
		if err != nil {
			return nil, err
		}
		lifted, err := params.Flag(q, "lifted")
		if err != nil {
			return nil, err
		}
		before, err := params.Number(q, "before", 0, 0, 1<<53)
		if err != nil {
			return nil, err
		}
		var list []models.Hold
		if lifted {
			list, _, err = h.privacy.LiftedHolds(a, a.by, int64(before))
		} else {
			list, err = h.privacy.Holds(a, a.by)
		}
		return fiber.Map{"holds": holdsOf(list)}, err
	})
}

// Place holds activities from now on.
func (h Holds) Place() fiber.Handler {
	type body struct {
		Name         string `needs:"what the matter is called"`
		Person       string
		Project      string
		ResourceType string `json:"resource_type"`
		ResourceID   string `json:"resource_id"`
		StartDate    string `json:"start_date"`
		EndDate      string `json:"end_date"`
	}
	return change(h.manage, func(a ask[body]) (any, error) {
		now := h.now().In(params.Zone(visit.Of(a.c).Viewer))
		from, wrongFrom := params.Instant("start_date", a.body.StartDate, now)
		to, wrongTo := params.Instant("end_date", a.body.EndDate, now)
		if err := models.JoinFields(wrongFrom, wrongTo); err != nil {
			return nil, err
		}
		made, err := h.privacy.PlaceHold(a, a.by, privacy.HoldOrder{
			Name: a.body.Name, Person: a.body.Person, Project: a.body.Project, EntityType: a.body.ResourceType, EntityID: a.body.ResourceID, From: from, To: to,
		})
		if err != nil {
			return nil, err
		}
		a.c.Status(fiber.StatusCreated)
		a.c.Set(fiber.HeaderLocation, fmt.Sprintf("%s/%d", h.manage.link("api/v1/workspaces", a.by.Workspace.Slug, "holds"), made.ID))
		return holdOf(made), nil
	})
}

// Show gives one.
func (h Holds) Show() fiber.Handler {
	return show(h.manage, func(a ask[none]) (any, error) {
		one, err := h.privacy.OneHold(a, a.by, a.id)
		if err != nil {
			return nil, err
		}
		return holdOf(one), nil
	})
}

// Lift ends one. The answer names the holds under which some of the same activities still are.
func (h Holds) Lift() fiber.Handler {
	return change(h.manage, func(a ask[none]) (any, error) {
		lifted, others, err := h.privacy.LiftHold(a, a.by, a.id)
		if err != nil {
			return nil, err
		}
		return fiber.Map{"hold": holdOf(lifted), "still_held_by": holdsOf(others)}, nil
	})
}
