package ingest

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"daybook/models"
	"daybook/services/database"
)

// Act is something Daybook itself did or that was done to it: an activity of ours, recorded in the transaction of the change.
type Act struct {
	Workspace uuid.UUID // models.BuiltInWorkspace when it concerns no other
	Part      string    // which part of Daybook records it: auth, account, journal, demo …
	UUID      uuid.UUID // its id, where somebody has to know it before; otherwise one is made
	Event     models.Event
}

// ordinary lists our own acts that are no system rows: what a workspace's admins did to it (design.md §2).
var ordinary = map[string]bool{"member_added": true, "member_removed": true, "role_changed": true, "settings_updated": true}

// Record puts an act of ours into the inbox, in the caller's transaction: it is durable exactly when the change is. The event's UUID and
// System are set here. What people typed or sent may be in it as it is; of names longer than
// an event can hold (models.MaxNameBytes) the beginning is kept. Nobody is woken, for nobody knows when the caller commits: the
// journal finds the act when it looks next.
func (s *Service) Record(ctx context.Context, tx database.Tx, act Act) error {
	ev := act.Event
	if ev.Actor.ID == "" || !actionPattern.MatchString(ev.Action) {
		return fmt.Errorf("an act of %s needs an actor and an action: %q, %q", act.Part, ev.Actor.ID, ev.Action)
	}
	source, err := sourceWithin(ctx, tx, OwnSource(act.Part))
	if err != nil {
		return err
	}
	if ev.UUID = act.UUID; ev.UUID == uuid.Nil {
		ev.UUID = uuid.Must(uuid.NewV7())
	}
	ev.System = act.Workspace == models.BuiltInWorkspace || !ordinary[ev.Action]
	if ev.Outcome == "" {
		ev.Outcome = models.Success
	}
	fitNames(&ev)
	if ev.Description == "" {
		ev.Description = models.Describe(&ev)
	}
	tidyOrigin(&ev)
	if ev.IP != nil || ev.UserAgent != nil {
		rule, err := originRule(ctx, tx, act.Workspace)
		if err != nil {
			return err
		}
		ev.IP, ev.UserAgent = rule.Address(ev.IP), rule.Agent(ev.UserAgent)
	}
	text, err := encode(ev)
	if err != nil {
		return err
	}
	text = withoutNUL(text)
	// Nobody else knows its id, so its content is never compared and needs no canonical form.
	_, err = put(ctx, tx, placement{lane: laneFirst, workspace: act.Workspace, source: source}, []draft{{id: ev.UUID, index: -1, event: text, content: text}})
	return err
}

// fitNames cuts names that are too long. What the event points to is the caller's, and stays as it is.
func fitNames(ev *models.Event) {
	ev.Actor.Name = models.FitName(ev.Actor.Name)
	if of := ev.OnBehalfOf; of != nil {
		on := *of
		on.Name, ev.OnBehalfOf = models.FitName(on.Name), &on
	}
	if of := ev.Entity; of != nil && of.Name != nil {
		entity, name := *of, models.FitName(*of.Name)
		entity.Name, ev.Entity = &name, &entity
	}
	if of := ev.Project; of != nil {
		project := *of
		project.Name, ev.Project = models.FitName(project.Name), &project
	}
}
