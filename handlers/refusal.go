package handlers

import (
	"context"
	"encoding/json"
	"maps"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/access"
	"daybook/services/database"
	"daybook/services/ingest"
)

// refusals remembers whose attempts were recorded within the last minute, so that a program that tries for ever does not fill the log.
type refusals struct {
	mu   sync.Mutex
	last map[refusal]time.Time
}

type refusal struct {
	user  int64
	route string
}

// How often the same person is recorded at the same route, and how many of them are remembered before those of the past are looked for.
const (
	refusalEvery = time.Minute
	refusalsMost = 1000
)

// first tells whether this is the first of its kind within a minute.
func (r *refusals) first(which refusal, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if last, ok := r.last[which]; ok && now.Sub(last) < refusalEvery {
		return false
	}
	if r.last == nil {
		r.last = map[refusal]time.Time{}
	}
	if len(r.last) >= refusalsMost {
		maps.DeleteFunc(r.last, func(_ refusal, last time.Time) bool { return now.Sub(last) >= refusalEvery })
	}
	r.last[which] = now
	return true
}

// recordRefusal records that somebody signed in (or their token) tried what they may not: in the workspace that it concerns, or in the built-in one.
// What another site made their browser send is not their attempt, and nobody has looked who they are. The path's pattern is recorded, and what it
// is for in words, never the address, whose query may hold anything.
func (s *Server) recordRefusal(c *fiber.Ctx, v *visit.Visit) {
	user := v.Principal.User
	if user == nil || !s.refusals.first(refusal{user.ID, c.Method() + " " + routeOf(v)}, s.config.Now()) {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.UserContext()), 5*time.Second)
	defer cancel()
	act := ingest.Act{Workspace: s.concerned(ctx, c, v), Part: "access"}
	err := pgx.BeginFunc(ctx, s.parts.Database.Pool, func(tx pgx.Tx) error {
		var err error
		if act.Event, err = s.refusalEvent(ctx, c, v, act.Workspace); err != nil {
			return err
		}
		return s.parts.Ingest.Record(ctx, database.PgxTx(tx), act)
	})
	if err != nil {
		s.config.Log.Error("a refused attempt could not be recorded", "request_id", v.ID, "route", routeOf(v), "error", err)
		return
	}
	s.parts.Journal.Wake()
}

// concerned gives the workspace of the request, if they may know that there is one.
func (s *Server) concerned(ctx context.Context, c *fiber.Ctx, v *visit.Visit) uuid.UUID {
	if v.Viewer.Role != access.Outsider {
		return v.Viewer.Workspace.ID
	}
	if ws := c.Params("ws"); ws != "" {
		if viewer, err := s.parts.Access.Enter(ctx, v.Principal, ws); err == nil {
			return viewer.Workspace.ID
		}
	}
	return models.BuiltInWorkspace
}

func (s *Server) refusalEvent(ctx context.Context, c *fiber.Ctx, v *visit.Visit, workspace uuid.UUID) (models.Event, error) {
	name := c.Method() + " " + routeOf(v)
	ev := models.Event{Actor: models.UserActor(v.Principal.User), Action: "access_denied", Outcome: models.Denied, Entity: &models.EntityRef{Type: "page", Name: &name}}
	if workspace != models.BuiltInWorkspace {
		var err error
		if ev.Actor, err = s.parts.Account.ActorOf(ctx, workspace, v.Principal.User); err != nil {
			return ev, err
		}
	}
	if v.From.IP != "" {
		ev.IP = &v.From.IP
	}
	if agent := v.From.UserAgent; agent != "" {
		agent = strings.ToValidUTF8(agent[:min(len(agent), models.MaxUserAgentBytes)], "")
		ev.UserAgent = &agent
	}
	details := map[string]any{"request_id": v.ID, "attempt": attempt(c.Method(), routeOf(v))}
	if v.Principal.Token != nil {
		details["token"] = v.Principal.Token.Name
	}
	var err error
	ev.Metadata, err = json.Marshal(details)
	return ev, err
}
