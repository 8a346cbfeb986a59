package ingest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"daybook/models"
	"daybook/services/database"
)

// Sender is who submits events, and what they may say (design.md §6, "Who may send").
type Sender struct {
	Workspace models.Workspace
	Source    Source
	// Self is the only actor the sender may name; nil for service tokens and imports, which may name any actor, and set system,
	// on_behalf_of, address, agent and time.
	Self *models.ActorRef
	// Projects are the external ids of the projects that a sender with Self may name, as they are called already; nil: any. Otherwise a
	// member could write into projects they cannot see, and rename them for everybody.
	Projects  map[string]bool
	IP        string // of the request; recorded for a sender with Self
	UserAgent string // the same
}

// welcome tells whether the workspace takes activities.
func (s Sender) welcome() error {
	if s.Workspace.ArchivedAt != nil {
		return models.Errorf(models.Conflict, "The workspace %s is archived; it takes no more activities.", s.Workspace.Slug)
	}
	return nil
}

// stillWelcome is welcome for a sender who began a while ago. It also looks what the workspace stores by now.
func (s *Service) stillWelcome(ctx context.Context, from *Sender) error {
	row := database.GormTx(s.db.WithContext(ctx)).QueryRow(ctx, `SELECT archived_at, addresses, agents, denied_keys FROM workspaces WHERE id = $1`, from.Workspace.ID)
	w := &from.Workspace
	if err := row.Scan(&w.ArchivedAt, &w.Addresses, &w.Agents, &w.DeniedKeys); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("look whether a workspace is archived: %w", err)
	}
	return from.welcome()
}

// allows checks what only the sender's kind decides.
func (s Sender) allows(ev *models.Event, out *report) error {
	if s.Self == nil {
		return s.allowsNames(ev, out)
	}
	if ev.Actor.ID != "" && ev.Actor.ID != s.Self.ID {
		out.add("actor.id", "must be your own, %s: only a service token may name another actor", s.Self.ID)
	}
	if ev.Actor.Type != s.Self.Type {
		out.add("actor.type", "must be %s: only a service token may name another actor", s.Self.Type)
	}
	for _, set := range []struct {
		field string
		given bool
	}{
		{"on_behalf_of", ev.OnBehalfOf != nil}, {"system", ev.System}, {"ip_address", ev.IP != nil},
		{"user_agent", ev.UserAgent != nil}, {"occurred_at", ev.OccurredAt != nil},
	} {
		if set.given {
			out.add(set.field, "may be set by service tokens only")
		}
	}
	s.allowsProject(ev.Project, out)
	return out.err(models.Forbidden)
}

func (s Sender) allowsProject(p *models.ProjectRef, out *report) {
	if p == nil || s.Projects == nil {
		return
	}
	if !s.Projects[p.ID] {
		out.add("project.id", "must be a project you have access to")
	}
	if p.Name != "" {
		out.add("project.name", "may be set by service tokens and admins only")
	}
}

// allowsNames checks the actors of a sender who may name any of the application's own. An import may be an export of Daybook's, so it
// may name ours too.
func (s Sender) allowsNames(ev *models.Event, out *report) error {
	reserved := func(field, id string) {
		if s.Source.Kind == "token" && strings.HasPrefix(id, models.OwnActorPrefix) {
			out.add(field, "must not begin with %q: those ids are Daybook's own", models.OwnActorPrefix)
		}
	}
	if ev.Actor.ID == "" {
		out.add("actor.id", "is required: the acting person's or program's id in your application")
	}
	reserved("actor.id", ev.Actor.ID)
	if ev.OnBehalfOf != nil {
		reserved("on_behalf_of.id", ev.OnBehalfOf.ID)
	}
	return out.err(models.Invalid)
}

// said gives an event as its sender means it: a sender with Self means themselves, and what else the text calls them says nothing.
func (s Sender) said(ev models.Event) models.Event {
	if s.Self != nil {
		ev.Actor = models.ActorRef{ID: s.Self.ID, Type: s.Self.Type}
	}
	return ev
}

// complete adds to an event what follows from its sender.
func (s Sender) complete(ev *models.Event) {
	if s.Self == nil {
		ev.LinkByEmail = s.Source.Kind == "token"
	} else {
		ev.Actor = *s.Self
		ev.IP, ev.UserAgent = &s.IP, &s.UserAgent
		tidyOrigin(ev)
	}
}

// tidyOrigin makes address and agent of a request fit to be stored. They come from outside without having been checked, and must not make
// an event fail that is otherwise good.
func tidyOrigin(ev *models.Event) {
	if ev.IP != nil {
		addr, err := netip.ParseAddr(*ev.IP)
		if ev.IP = nil; err == nil {
			ev.IP = spelled(addr)
		}
	}
	if ev.UserAgent != nil {
		agent := strings.ReplaceAll(strings.ToValidUTF8(*ev.UserAgent, "\ufffd"), "\x00", "\ufffd")
		agent = cut(agent, models.MaxUserAgentBytes-len("…"))
		if ev.UserAgent = nil; agent != "" {
			ev.UserAgent = &agent
		}
	}
}
