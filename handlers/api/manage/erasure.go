package manage

import (
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"daybook/handlers/params"
	"daybook/models"
	"daybook/services/erasure"
)

// Erasures answers about people who are anonymised: those of a workspace, or users wherever they are known.
type Erasures struct {
	manage   *Manage
	erasures *erasure.Service
	by       who
}

// Erasures gives the handlers of anonymising in a workspace.
func (m *Manage) Erasures(s *erasure.Service) Erasures {
	return Erasures{manage: m, erasures: s, by: m.ofWorkspace}
}

// Anywhere gives those for users, wherever they are known.
func (e Erasures) Anywhere() Erasures {
	e.by = ofInstance
	return e
}

// PreviewUser says what anonymising a user would do. It changes nothing.
func (e Erasures) PreviewUser() fiber.Handler { return e.preview(aUser) }

// PreviewActor says it of an actor.
func (e Erasures) PreviewActor() fiber.Handler { return e.preview(anActor) }

// AnonymiseUser has a user anonymised. It answers before that is done: the erasure tells how far it is.
func (e Erasures) AnonymiseUser() fiber.Handler { return e.anonymise(aUser) }

// AnonymiseActor does so with an actor.
func (e Erasures) AnonymiseActor() fiber.Handler { return e.anonymise(anActor) }

// target finds out who is meant by an id of the path; what is no number is nobody's id.
type target func(id int64) (erasure.Target, error)

func aUser(id int64) (t erasure.Target, err error) {
	t.User = id
	return t, somebody(id)
}

func anActor(id int64) (t erasure.Target, err error) {
	t.Actor = id
	return t, somebody(id)
}

func somebody(id int64) error {
	if id < 1 {
		return models.Errorf(models.NotFound, "There is no such person here.")
	}
	return nil
}

type sampleLine struct {
	WorkspaceID uuid.UUID `json:"workspace_id"`
	ActivityID  uuid.UUID `json:"activity_id"`
	Seq         int64     `json:"seq"`
	OccurredAt  *string   `json:"occurred_at"`
	Place       string    `json:"place"` // a JSON pointer
	Lead        string    `json:"lead"`
	Was         string    `json:"was"`
	Is          string    `json:"is"`
	Tail        string    `json:"tail"`
	Certain     bool      `json:"certain"`
}

func sampleOf(s models.MentionSample) sampleLine {
	l := sampleLine{WorkspaceID: s.WorkspaceID, ActivityID: s.UUID, Seq: s.Seq, Place: s.Place, Lead: s.Lead, Was: s.Was, Is: s.Is, Tail: s.Tail, Certain: s.Certain}
	if !s.OccurredAt.IsZero() {
		l.OccurredAt = at(&s.OccurredAt)
	}
	return l
}

func (e Erasures) preview(whom target) fiber.Handler {
	return reading(showBy(e.by, func(a ask[none]) (any, error) {
		t, err := whom(a.id)
		if err != nil {
			return nil, err
		}
		p, err := e.erasures.Preview(a, a.by, t)
		if err != nil {
			return nil, err
		}
		samples := make([]sampleLine, 0, len(p.Samples))
		for _, s := range p.Samples {
			samples = append(samples, sampleOf(s))
		}
		return fiber.Map{
			"name": p.Name, "actor_ids": append([]int64{}, p.ActorIDs...), "user_id": p.UserID, "workspaces": append([]string{}, p.Workspaces...), "activities": p.Activities,
			"mentions": p.Mentions, "doubts": p.Doubts, "looked_at": p.Looked, "of": p.Of, "held": p.Held, "holds": append([]string{}, p.Holds...), "samples": samples,
			"sessions": p.Sessions, "tokens": p.Tokens, "exports": p.Exports, "archives": p.Archives, "views": p.Views,
		}, nil
	}))
}

func (e Erasures) anonymise(whom target) fiber.Handler {
	type body struct {
		Confirm  string `needs:"the name that the preview gives"`
		KeepHeld bool   `json:"keep_held"`
	}
	return changeBy(e.by, func(a ask[body]) (any, error) {
		t, err := whom(a.id)
		if err != nil {
			return nil, err
		}
		made, err := e.erasures.Anonymise(a, a.by, erasure.Order{Target: t, Confirm: a.body.Confirm, KeepHeld: a.body.KeepHeld})
		if err != nil {
			return nil, err
		}
		a.c.Status(fiber.StatusAccepted)
		where := []string{"api/v1/instance/erasures", made.ID.String()}
		if made.WorkspaceID != nil {
			where = []string{"api/v1/workspaces", made.WorkspaceID.String(), "erasures", made.ID.String()}
		}
		a.c.Set(fiber.HeaderLocation, e.manage.link(where...))
		return erasureOf(made), nil
	})
}

type erasureLine struct {
	ID          uuid.UUID           `json:"id"`
	WorkspaceID *uuid.UUID          `json:"workspace_id"` // null: of a user, wherever they are known
	UserID      *int64              `json:"user_id"`
	ActorIDs    []int64             `json:"actor_ids"`
	State       models.ErasureState `json:"state"`
	Percent     int                 `json:"percent"`
	Activities  int64               `json:"activities"`
	Mentions    int64               `json:"mentions"`
	Held        int64               `json:"held"`
	HeldBy      []heldByLine        `json:"held_by"`
	Doubts      int64               `json:"doubts"`
	Elsewhere   map[string]int64    `json:"elsewhere"`
	AskedBy     string              `json:"asked_by"`
	Problem     *string             `json:"problem"`
	CreatedAt   *string             `json:"created_at"`
	StartedAt   *string             `json:"started_at"`
	EndedAt     *string             `json:"ended_at"`
}

// erasureUndone is the state of one that ended before it had begun: nobody takes it for one that was done.
const erasureUndone models.ErasureState = "undone"

// heldByLine is a hold because of which something of it waits.
type heldByLine struct {
	ID          int64     `json:"id"`
	WorkspaceID uuid.UUID `json:"workspace_id"`
	Name        string    `json:"name"`
}

func erasureOf(e models.Erasure) erasureLine {
	state := e.State
	if e.Undone() {
		state = erasureUndone
	}
	l := erasureLine{
		e.ID, e.WorkspaceID, e.UserID, append([]int64{}, e.ActorIDs...), state, e.Percent(), e.Activities, e.Mentions, e.Held, []heldByLine{}, e.Doubts, map[string]int64{}, e.AskedBy.Name,
		ifAny(e.Problem), at(&e.CreatedAt), at(e.StartedAt), at(e.EndedAt),
	}
	for _, h := range e.HeldBy {
		l.HeldBy = append(l.HeldBy, heldByLine{h.ID, h.WorkspaceID, h.Name})
	}
	for kind, n := range e.Elsewhere {
		l.Elsewhere[kind] = n
	}
	return l
}

// List gives the erasures, the latest first.
func (e Erasures) List() fiber.Handler {
	return showBy(e.by, func(a ask[none]) (any, error) {
		q, err := params.Of(a.c)
		if err != nil {
			return nil, err
		}
		var before uuid.UUID
		if text := q.Get("before"); text != "" {
			if before, err = uuid.Parse(text); err != nil {
				return nil, models.FieldErrorf(models.Malformed, "before", "must be the id of an erasure")
			}
		}
		list, err := e.erasures.Erasures(a, a.by, before)
		lines := make([]erasureLine, 0, len(list))
		for _, each := range list {
			lines = append(lines, erasureOf(each))
		}
		return fiber.Map{"erasures": lines}, err
	})
}

// Show gives one.
func (e Erasures) Show() fiber.Handler {
	return showBy(e.by, func(a ask[none]) (any, error) {
		one, err := e.erasures.One(a, a.by, erasureID(a.c))
		if err != nil {
			return nil, err
		}
		return erasureOf(one), nil
	})
}

// erasureID reads the id of the path; what is none is the id of no erasure.
func erasureID(c *fiber.Ctx) uuid.UUID {
	id, err := uuid.Parse(c.Params("id"))
	if err != nil {
		return uuid.Nil
	}
	return id
}

// Doubts lists the places that somebody has to decide.
func (e Erasures) Doubts() fiber.Handler {
	type line struct {
		ID       int64       `json:"id"`
		Target   string      `json:"target"`
		TargetID string      `json:"target_id"`
		Kind     string      `json:"kind"`
		Sample   *sampleLine `json:"sample"` // null: the place has gone meanwhile
	}
	return reading(showBy(e.by, func(a ask[none]) (any, error) {
		q, err := params.Of(a.c)
		if err != nil {
			return nil, err
		}
		after, err := params.Number(q, "after", 0, 0, 1<<53)
		if err != nil {
			return nil, err
		}
		list, err := e.erasures.Doubts(a, a.by, erasureID(a.c), int64(after))
		lines := make([]line, 0, len(list))
		for _, d := range list {
			l := line{ID: d.ID, Target: d.Target, TargetID: d.TargetID, Kind: d.Kind}
			if d.Sample != nil {
				sample := sampleOf(*d.Sample)
				l.Sample = &sample
			}
			lines = append(lines, l)
		}
		return fiber.Map{"doubts": lines}, err
	}))
}

// Decide says of some places, or of all of a kind, whether the person is meant.
func (e Erasures) Decide() fiber.Handler {
	type body struct {
		Doubts  []int64
		Kind    string
		Replace bool `needs:"true or false"`
	}
	return changeBy(e.by, func(a ask[body]) (any, error) {
		switch b := a.body; {
		case b.Kind != "" && len(b.Doubts) > 0:
			return nil, models.FieldErrorf(models.Invalid, "kind", "cannot be given together with doubts")
		case b.Kind != "":
			return nil, e.erasures.DecideAll(a, a.by, erasureID(a.c), b.Kind, b.Replace)
		case len(b.Doubts) == 0:
			return nil, models.FieldErrorf(models.Invalid, "doubts", "is required: the ids of some, or kind for all of a kind")
		default:
			return nil, e.erasures.Decide(a, a.by, erasureID(a.c), b.Doubts, b.Replace)
		}
	})
}
