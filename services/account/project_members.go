package account

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"daybook/models"
	"daybook/services/access"
)

// Bounds of changes of many members at once: of how many are changed, and of how many the record names.
const (
	mostMembers = 5000
	mostNamed   = 1000
)

// MembersChanged says how many persons got access to a project, and how many lost it.
type MembersChanged struct{ Added, Removed int }

// ChangeAccess gives access to a project to some and takes it from others, in one change that is recorded once.
func (s *Service) ChangeAccess(ctx context.Context, d Doer, project int64, c AccessChange) (done MembersChanged, err error) {
	if err := d.needs(access.Admin); err != nil {
		return done, err
	}
	if c.size() > mostMembers {
		return done, models.FieldErrorf(models.TooLarge, "grant", "has more than %d people", mostMembers)
	}
	err = s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := lockWorkspace(tx, d.Workspace.ID); err != nil { // nobody is merged or removed meanwhile
			return err
		}
		add, err := c.comers(tx, d)
		if err != nil {
			return err
		}
		remove, err := c.leavers(tx, d)
		if err != nil {
			return err
		}
		for _, a := range add {
			if isAmong(remove, a) {
				return models.FieldErrorf(models.Invalid, "revoke", "has %s, who is to be given access too", a.Name)
			}
		}
		p, err := lockProject(tx, d, project)
		if err != nil {
			return err
		}
		if err := outdated(c.Version, p.Version, "%s; or others have access to it", describeProject(p)); err != nil {
			return err
		}
		now, err := membersOf(tx, p)
		if err != nil {
			return err
		}
		leave := slices.DeleteFunc(slices.Clone(now), func(m models.Actor) bool { return !isAmong(remove, m) })
		done, err = s.replaceMembers(ctx, tx, d, p, [2][]models.Actor{without(add, now), leave})
		return err
	})
	return done, err
}

// SyncMembers makes the actors with these external ids, and nobody else, have access to a project of the sending application's; actors and the
// project are made when they are new. The change is recorded once, with who came and who went.
func (s *Service) SyncMembers(ctx context.Context, d Doer, project string, actors []string) (done MembersChanged, err error) {
	if err := d.needs(access.Program); err != nil {
		return done, err
	}
	if err := checkActorIDs(actors); err != nil {
		return done, err
	}
	actors = slices.Compact(slices.Sorted(slices.Values(actors)))
	err = s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := lockWorkspace(tx, d.Workspace.ID); err != nil { // nobody is removed meanwhile, whose access would stay
			return err
		}
		actors, err := s.withoutForgotten(ctx, tx, d.Workspace.ID, actors)
		if err != nil {
			return err
		}
		wanted, err := makeHere(tx, d, actors) // before the project, as the journal does: else the two could wait for each other
		if err != nil {
			return err
		}
		if err := refuseErased("actor_ids", wanted...); err != nil {
			return err
		}
		p, err := Access{Workspace: d.Workspace, Project: project}.project(tx)
		if err != nil {
			return err
		}
		now, err := membersOf(tx, p)
		if err != nil {
			return err
		}
		done, err = s.replaceMembers(ctx, tx, d, p, [2][]models.Actor{without(wanted, now), slices.DeleteFunc(slices.Clone(now), func(m models.Actor) bool { return isAmong(wanted, m) })})
		return err
	})
	return done, err
}

func checkActorIDs(ids []string) error {
	if len(ids) > mostMembers {
		return models.FieldErrorf(models.TooLarge, "actor_ids", "has %d ids; at most %d are accepted", len(ids), mostMembers)
	}
	var wrong []error
	for i, id := range ids {
		field := fmt.Sprintf("actor_ids[%d]", i)
		if strings.HasPrefix(id, models.OwnActorPrefix) {
			wrong = append(wrong, models.FieldErrorf(models.Invalid, field, "must not begin with %q: those ids are Daybook's own", models.OwnActorPrefix))
		} else {
			wrong = append(wrong, models.CheckID(field, id))
		}
	}
	return models.JoinFields(wrong...)
}

// makeHere finds the actors with these external ids, and makes those that are new.
func makeHere(tx *gorm.DB, d Doer, ids []string) (actors []models.Actor, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	for some := range slices.Chunk(ids, 1000) {
		made := make([]models.Actor, 0, len(some))
		for _, id := range some {
			made = append(made, models.Actor{WorkspaceID: d.Workspace.ID, ExternalID: id, Type: models.ActorUser, Name: id})
		}
		if err := tx.Clauses(onConflictDoNothing).Create(&made).Error; err != nil {
			return nil, fmt.Errorf("make actors: %w", err)
		}
		var found []models.Actor
		if err := tx.Where("workspace_id = ? AND external_id IN ?", d.Workspace.ID, some).Find(&found).Error; err != nil {
			return nil, fmt.Errorf("find actors: %w", err)
		}
		actors = append(actors, found...)
	}
	return actors, nil
}

// actorsHere finds actors of the doer's workspace by our ids: all of them, or an error at the field.
func actorsHere(tx *gorm.DB, d Doer, field string, ids []int64) (actors []models.Actor, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	if err := tx.Where("workspace_id = ? AND id IN ?", d.Workspace.ID, ids).Order("id").Find(&actors).Error; err != nil {
		return nil, fmt.Errorf("find actors: %w", err)
	}
	for i, id := range ids {
		if i >= len(actors) || actors[i].ID != id {
			return nil, models.FieldErrorf(models.NotFound, field, "has %d, which is nobody here", id)
		}
	}
	return actors, nil
}

// membersOf gives the actors that have access to a project.
func membersOf(tx *gorm.DB, p models.Project) (actors []models.Actor, err error) {
	err = tx.Where("id IN (?)", tx.Model(&models.ProjectMember{}).Select("actor_id").Where("workspace_id = ? AND project_id = ?", p.WorkspaceID, p.ID)).Order("id").Find(&actors).Error
	if err != nil {
		return nil, fmt.Errorf("find members: %w", err)
	}
	return actors, nil
}

var onConflictDoNothing = clause.OnConflict{DoNothing: true}

// root is the actor that stands for the person that an actor is.
func root(a models.Actor) int64 {
	if a.MergedInto != nil {
		return *a.MergedInto
	}
	return a.ID
}

// isAmong tells whether an actor is the same person as one of some.
func isAmong(some []models.Actor, a models.Actor) bool {
	return slices.ContainsFunc(some, func(b models.Actor) bool { return root(a) == root(b) })
}

// without gives the persons of some who are not among others, once each.
func without(some, others []models.Actor) (rest []models.Actor) {
	seen := map[int64]bool{}
	for _, o := range others {
		seen[root(o)] = true
	}
	for _, a := range some {
		if !seen[root(a)] {
			seen[root(a)] = true
			rest = append(rest, a)
		}
	}
	return rest
}

// replaceMembers adds the first and removes the second of two lists, and records that.
func (s *Service) replaceMembers(ctx context.Context, tx *gorm.DB, d Doer, p models.Project, lists [2][]models.Actor) (done MembersChanged, err error) {
	come, leave := lists[0], lists[1]
	if len(come) > 0 && p.ArchivedAt != nil {
		return done, archived(p)
	}
	if len(come)+len(leave) == 0 {
		return done, nil
	}
	members := make([]models.ProjectMember, 0, len(come))
	for _, a := range come {
		members = append(members, models.ProjectMember{WorkspaceID: p.WorkspaceID, ProjectID: p.ID, ActorID: a.ID, CreatedAt: s.now()})
	}
	if len(members) > 0 {
		if err := tx.Clauses(onConflictDoNothing).CreateInBatches(&members, 1000).Error; err != nil {
			return done, fmt.Errorf("grant access: %w", err)
		}
	}
	for some := range slices.Chunk(leave, 1000) {
		var ids []int64
		for _, a := range some {
			ids = append(ids, a.ID)
		}
		if err := tx.Where("workspace_id = ? AND project_id = ? AND actor_id IN ?", p.WorkspaceID, p.ID, ids).Delete(&models.ProjectMember{}).Error; err != nil {
			return done, fmt.Errorf("revoke access: %w", err)
		}
	}
	if err := tx.Model(&models.Project{}).Where("id = ?", p.ID).Updates(map[string]any{"version": p.Version + 1, "updated_at": s.now()}).Error; err != nil {
		return done, fmt.Errorf("count a change of access: %w", err)
	}
	gone := without(leave, nil)
	done = MembersChanged{Added: len(come), Removed: len(gone)}
	var changes []models.Change
	if len(come) > 0 {
		changes = append(changes, change("added", nil, named(come)))
	}
	if len(leave) > 0 {
		changes = append(changes, change("removed", named(leave), nil))
	}
	ev := projectEvent("access_changed", p, d, changes)
	details := map[string]any{"added": done.Added, "removed": done.Removed}
	nameFew(details, "added_names", come)
	nameFew(details, "removed_names", gone)
	ev.Metadata = jsonOf(details)
	return done, s.act(ctx, tx, p.WorkspaceID, ev)
}

// nameFew keeps the names of some people where they are so few that a sentence has room for each.
func nameFew(details map[string]any, key string, people []models.Actor) {
	const most = 3
	if len(people) == 0 || len(people) > most {
		return
	}
	names := make([]string, 0, len(people))
	for _, a := range people {
		names = append(names, a.DisplayName())
	}
	details[key] = names
}

// named gives the external ids of actors for a record, as many as it has room for.
func named(actors []models.Actor) (ids []string) {
	for _, a := range actors[:min(len(actors), mostNamed)] {
		ids = append(ids, a.ExternalID)
	}
	return ids
}
