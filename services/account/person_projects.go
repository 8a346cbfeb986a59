package account

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"daybook/models"
	"daybook/services/access"
)

// PersonProject is a project of the workspace, and whether a person was given access to it.
type PersonProject struct {
	models.Project `gorm:"embedded"`
	Granted        bool
}

// mostPersonProjects bounds the list of a person's projects, and how many of them change at once.
const mostPersonProjects = 1000

// ProjectsOfPerson lists the projects of the doer's workspace, those first that a person has access to; a search narrows it to a part of the name or
// of the application's id.
func (s *Service) ProjectsOfPerson(ctx context.Context, d Doer, p *Person, search string) ([]PersonProject, error) {
	if err := d.needs(access.Admin); err != nil {
		return nil, err
	}
	var list []PersonProject
	err := s.db.WithContext(ctx).Raw(`
		SELECT * FROM (SELECT p.*, EXISTS (SELECT FROM project_members m WHERE m.workspace_id = p.workspace_id AND m.project_id = p.id AND m.actor_id IN @actors) AS granted
		                 FROM projects p WHERE workspace_id = @ws AND (@search = '' OR strpos(lower(name || ' ' || external_id), lower(@search)) > 0)) AS p
		 ORDER BY granted DESC, archived_at IS NOT NULL, lower(name), id LIMIT @most`,
		map[string]any{"ws": d.Workspace.ID, "actors": append(p.actorIDs(), 0), "search": trimmed(clean(search)), "most": mostPersonProjects}).Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("list the projects of a person: %w", err)
	}
	return list, nil
}

func (p *Person) actorIDs() []int64 {
	ids := make([]int64, 0, len(p.Actors)+1)
	for _, a := range p.Actors {
		ids = append(ids, a.ID)
	}
	return ids
}

// ChangeProjects gives a person access to some projects and takes it from others, by our ids: all of it or nothing. Each project that changes is one
// activity. Of a project where it is so already nothing changes.
func (s *Service) ChangeProjects(ctx context.Context, d Doer, p *Person, grant, revoke []int64) (done MembersChanged, err error) {
	if err := d.needs(access.Admin); err != nil {
		return done, err
	}
	both := slices.DeleteFunc(slices.Clone(grant), func(id int64) bool { return !slices.Contains(revoke, id) })
	switch {
	case len(grant)+len(revoke) > mostPersonProjects:
		return done, models.FieldErrorf(models.TooLarge, "project", "must be %d at most at once", mostPersonProjects)
	case len(both) > 0:
		return done, models.FieldErrorf(models.Invalid, "project", "is to be given and taken at once")
	}
	err = s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := lockWorkspace(tx, d.Workspace.ID); err != nil { // nobody is removed meanwhile, whose access would stay
			return err
		}
		actor, all, err := d.lockPerson(tx, p)
		if err != nil {
			return err
		}
		for _, id := range slices.Compact(slices.Sorted(slices.Values(slices.Concat(grant, revoke)))) { // in order, so that two such changes do not wait for each other
			one, err := s.changeProjectOf(ctx, tx, d, projectChange{project: id, actor: actor, all: all, grant: slices.Contains(grant, id)})
			if err != nil {
				return err
			}
			done.Added, done.Removed = done.Added+one.Added, done.Removed+one.Removed
		}
		return nil
	})
	return done, err
}

// projectChange gives a person access to a project, or takes it.
type projectChange struct {
	project int64
	actor   models.Actor   // that gets it
	all     []models.Actor // that lose it
	grant   bool
}

func (s *Service) changeProjectOf(ctx context.Context, tx *gorm.DB, d Doer, c projectChange) (MembersChanged, error) {
	project, err := lockProject(tx, d, c.project)
	if err != nil {
		return MembersChanged{}, err
	}
	now, err := membersOf(tx, project)
	if err != nil {
		return MembersChanged{}, err
	}
	theirs := slices.DeleteFunc(slices.Clone(now), func(m models.Actor) bool { return !isAmong(c.all, m) })
	if !c.grant {
		return s.replaceMembers(ctx, tx, d, project, [2][]models.Actor{nil, theirs})
	}
	if len(theirs) > 0 {
		return MembersChanged{}, nil
	}
	return s.replaceMembers(ctx, tx, d, project, [2][]models.Actor{{c.actor}, nil})
}

// lockPerson finds the actor that gets access for a person, which is made for a member who has none yet, and all actors that they are.
func (d Doer) lockPerson(tx *gorm.DB, p *Person) (actor models.Actor, all []models.Actor, err error) {
	switch {
	case p.UserID != nil && p.Role != "":
		a := Access{Workspace: d.Workspace, User: &models.User{ID: *p.UserID, Name: p.Name, Email: p.Email}}
		actor, err = a.actor(tx)
	case len(p.Actors) == 0:
		err = noMember()
	default:
		err = tx.Where("workspace_id = ? AND id = ?", d.Workspace.ID, p.Actors[0].ID).Take(&actor).Error
	}
	if err = models.JoinFields(err, refuseErased("actor", actor)); err != nil {
		return actor, nil, err
	}
	all, err = actorsHere(tx, d, "person", append(p.actorIDs(), actor.ID))
	return actor, all, err
}
