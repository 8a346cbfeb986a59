package report

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/mention"
)

// Colleague is what somebody else is called in activities that the person may not read.
const Colleague = "a colleague"

// mostStrangers is how many actors of a workspace are looked for in texts.
const mostStrangers = 20_000

// mask takes out of an activity what the person is not told of others.
func (r *Report) mask(ctx context.Context, p *place, e *models.Entry) error {
	by := slices.Contains(p.actors, e.ActorID)
	if !by {
		e.IP, e.UserAgent = nil, nil
	}
	if by || p.scope.Allows(&e.Activity) {
		return nil
	}
	if err := r.findStrangers(ctx, p); err != nil {
		return err
	}
	others := p.others(e)
	each := func(string, mention.Kind) bool { return true }
	var c mention.Context
	if p.theirRecord(&e.Activity) {
		c.Numbers = mention.Daybooks // theirs, whoever else an application calls so
	}
	e.Activity, _ = mention.NewFinderAs(others, Colleague).Activity(e.Activity, c, each)
	e.Activity, _ = p.strangers.Activity(e.Activity, c, nil)
	p.maskPeople(e)
	return nil
}

// others are the people who are part of an activity, but for the person.
func (p *place) others(e *models.Entry) (others mention.Person) {
	add := func(a models.Actor) {
		if a.Type != models.ActorUser || slices.Contains(p.actors, a.ID) {
			return
		}
		others.Names, others.IDs = append(others.Names, mention.Name{Text: a.Name}), append(others.IDs, mention.ID{Text: a.ExternalID, Is: Colleague})
		if a.Email != nil {
			others.Emails = append(others.Emails, *a.Email)
		}
	}
	add(e.Actor)
	if e.Actor.Type == models.ActorUser {
		others.Names = append(others.Names, mention.Name{Text: e.ActorName})
	}
	if e.OnBehalfOf != nil {
		add(*e.OnBehalfOf)
	}
	if p.isOther(&e.Activity) {
		if e.EntityName != nil {
			others.Names = append(others.Names, mention.Name{Text: *e.EntityName})
		}
		if e.EntityID != nil {
			others.IDs = append(others.IDs, mention.ID{Text: *e.EntityID, Is: Colleague})
		}
	}
	return p.without(others)
}

// without takes the person out of others who are called alike.
func (p *place) without(others mention.Person) mention.Person {
	others.Names = slices.DeleteFunc(others.Names, func(n mention.Name) bool {
		return slices.ContainsFunc(p.known.Names, func(k mention.Name) bool { return folded(k.Text) == folded(n.Text) })
	})
	others.IDs = slices.DeleteFunc(others.IDs, func(id mention.ID) bool {
		return slices.ContainsFunc(p.known.IDs, func(k mention.ID) bool { return k.Text == id.Text })
	})
	others.Emails = slices.DeleteFunc(others.Emails, func(e string) bool { return slices.Contains(p.known.Emails, e) })
	return others
}

// isOther tells whether what an activity was done to is somebody else.
func (p *place) isOther(a *models.Activity) bool {
	if !mention.PersonType(a.EntityType) || p.theirRecord(a) {
		return false
	}
	_, found := p.about(a)
	return !slices.Contains(found, "/entity/id")
}

// maskPeople takes the others out of the fields that say who they are.
func (p *place) maskPeople(e *models.Entry) {
	other := p.isOther(&e.Activity)
	if e.Actor.Type == models.ActorUser && !slices.Contains(p.actors, e.ActorID) {
		e.Actor.ExternalID, e.Actor.Name, e.Actor.Email, e.ActorName, e.ActorRole = "", Colleague, nil, Colleague, nil
	}
	if on := e.OnBehalfOf; on != nil && on.Type == models.ActorUser && !slices.Contains(p.actors, on.ID) {
		masked := *on
		masked.ExternalID, masked.Name, masked.Email = "", Colleague, nil
		e.OnBehalfOf = &masked
	}
	if other {
		name := Colleague
		e.EntityID, e.EntityName, e.EntityURL = nil, &name, nil
	}
}

// findStrangers makes the finder for everybody else of a workspace, once it is needed.
func (r *Report) findStrangers(ctx context.Context, p *place) error {
	if p.strangers != nil {
		return nil
	}
	rows, err := r.service.pool.Query(ctx, `SELECT coalesce(recorded_name, name), coalesce(recorded_as, external_id), coalesce(email, '') FROM actors
		WHERE workspace_id = $1 AND type = 'user' AND (erased_at IS NULL OR recorded_as IS NOT NULL) AND id <> ALL ($2) ORDER BY id DESC LIMIT $3`, p.ID, p.actors, mostStrangers)
	if err != nil {
		return fmt.Errorf("look who else there is: %w", err)
	}
	var all mention.Person
	var name, id, email string
	_, err = pgx.ForEachRow(rows, []any{&name, &id, &email}, func() error {
		all.Names, all.IDs = append(all.Names, mention.Name{Text: name}), append(all.IDs, mention.ID{Text: id, Is: Colleague})
		if email != "" {
			all.Emails = append(all.Emails, email)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("look who else there is: %w", err)
	}
	p.strangers = mention.NewFinderAs(p.without(all), Colleague)
	return nil
}
