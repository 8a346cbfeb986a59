package account

import (
	"context"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"daybook/models"
	"daybook/services/access"
)

// Link says that an actor is a member. What "own" means follows at once. version is the actor's that the doer saw.
func (s *Service) Link(ctx context.Context, d Doer, actor, user, version int64) error {
	return s.changeActor(ctx, d, actor, version, func(tx *gorm.DB, g group) (*models.Event, error) {
		var u models.User
		find := tx.Where("id = ? AND id IN (?)", user, tx.Model(&models.Membership{}).Select("user_id").Where("workspace_id = ?", d.Workspace.ID))
		if err := find.Limit(1).Find(&u).Error; err != nil {
			return nil, fmt.Errorf("find a member: %w", err)
		}
		if u.ID == 0 {
			return nil, models.FieldErrorf(models.Invalid, "user", "must be a member of %s", d.Workspace.Slug)
		}
		if err := d.mayBeTold(tx, &u.ID); err != nil {
			return nil, err
		}
		for _, id := range g.externalIDs() {
			if err := refuseOurs(id, &u); err != nil {
				return nil, err
			}
		}
		fresh, err := g.linkTo(tx, "actor", &u)
		if err != nil || !fresh {
			return nil, err
		}
		return &models.Event{Action: "linked", Changes: []models.Change{change("user_id", nil, u.ID)}, Metadata: jsonOf(map[string]any{"user_id": u.ID, "user_name": u.Name, "by": "hand"})}, nil
	})
}

// Unlink says that an actor is no member after all, nor is any that is merged with it.
func (s *Service) Unlink(ctx context.Context, d Doer, actor, version int64) error {
	return s.changeActor(ctx, d, actor, version, func(tx *gorm.DB, g group) (*models.Event, error) {
		user := g.user()
		switch {
		case user == nil:
			return nil, nil
		case g.ours():
			return nil, models.FieldErrorf(models.Conflict, "actor", "one of them is Daybook's own name for the user; undo its merge instead")
		}
		if err := keepFormer(tx, user, g.ids()); err != nil {
			return nil, err
		}
		set := map[string]any{"user_id": nil, "version": gorm.Expr("version + 1")}
		if err := tx.Model(&models.Actor{}).Where("id IN ? AND user_id IS NOT NULL", g.ids()).Updates(set).Error; err != nil {
			return nil, fmt.Errorf("unlink an actor: %w", err)
		}
		return &models.Event{Action: "unlinked", Changes: []models.Change{change("user_id", user, nil)}}, nil
	})
}

// changeActor changes the person that an actor is, and records what change says was done. No event is no change.
func (s *Service) changeActor(ctx context.Context, d Doer, actor, version int64, change func(*gorm.DB, group) (*models.Event, error)) error {
	if err := d.needs(access.Admin); err != nil {
		return err
	}
	return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := lockWorkspace(tx, d.Workspace.ID); err != nil {
			return err
		}
		g, err := groupOf(tx, d.Workspace.ID, "actor", actor)
		if err != nil {
			return err
		}
		if err := models.JoinFields(d.mayBeTold(tx, g.user()), refuseErased("actor", g.all()...), refuseErasing(tx, "actor", g.user(), g.ids()...)); err != nil {
			return err
		}
		a := g.actor(actor)
		if err := outdated(version, a.Version, "%s", g.says(a)); err != nil {
			return err
		}
		ev, err := change(tx, g)
		if err != nil || ev == nil {
			return err
		}
		ev.Actor, ev.Entity = d.Ref, &models.EntityRef{Type: "actor", ID: &a.ExternalID, Name: &a.Name}
		return s.act(ctx, tx, d.Workspace.ID, *ev)
	})
}

// Merging says which actor is the same person as which other one, with the versions of both that the doer saw.
type Merging struct {
	Actor, Into          int64
	Version, IntoVersion int64 // 0: whatever there is
}

// Merge says that an actor is the same person as another one, which stands for both from then on; into one that is merged itself, it goes to
// that one's target, and those merged into the actor come along. Not one activity changes.
func (s *Service) Merge(ctx context.Context, d Doer, m Merging) error {
	return s.changeActor(ctx, d, m.Actor, m.Version, func(tx *gorm.DB, g group) (*models.Event, error) {
		target, err := s.mergeable(tx, d, g.actor(m.Actor), g, m.Into)
		if err != nil {
			return nil, err
		}
		other := target.actor(m.Into)
		if err := outdated(m.IntoVersion, other.Version, "%s", target.says(other)); err != nil {
			return nil, err
		}
		set := map[string]any{"merged_into": target.root.ID, "version": gorm.Expr("version + 1")}
		if err := tx.Model(&models.Actor{}).Where("id IN ?", g.ids()).Updates(set).Error; err != nil {
			return nil, fmt.Errorf("merge actors: %w", err)
		}
		ev := &models.Event{Action: "merged", Changes: []models.Change{change("merged_into", nil, target.root.ExternalID)}}
		if len(g.merged) > 0 {
			ev.Metadata = jsonOf(map[string]any{"together_with": g.externalIDs()[1:]})
		}
		return ev, nil
	})
}

// mergeable gives the group that an actor can be merged into, or says why not.
func (s *Service) mergeable(tx *gorm.DB, d Doer, a models.Actor, g group, into int64) (target group, err error) {
	target, err = groupOf(tx, d.Workspace.ID, "into", into)
	if err != nil {
		return target, err
	}
	if err := models.JoinFields(d.mayBeTold(tx, target.user()), refuseErased("into", target.all()...), refuseErasing(tx, "into", target.user(), target.ids()...)); err != nil {
		return target, err
	}
	switch from, to := g.user(), target.user(); {
	case a.MergedInto != nil && g.root.ID != target.root.ID:
		return target, models.FieldErrorf(models.Conflict, "actor", "is merged into %s already; undo that first", g.root.Name)
	case g.root.ID == target.root.ID:
		return target, models.FieldErrorf(models.Invalid, "into", "is the same person already")
	case a.Type != target.root.Type:
		return target, models.FieldErrorf(models.Invalid, "into", "is of another type: %s is %s, %s is %s", a.Name, a.Type, target.root.Name, target.root.Type)
	case isDaybook(g) || isDaybook(target):
		return target, models.FieldErrorf(models.Invalid, "into", "what Daybook does itself is nobody else's")
	case from != nil && to != nil && *from != *to:
		return target, models.FieldErrorf(models.Conflict, "into", "is another person: both of them can sign in")
	}
	return target, nil
}

// isDaybook tells whether an actor of Daybook's own is among them that is no user.
func isDaybook(g group) bool {
	for _, a := range g.all() {
		if strings.HasPrefix(a.ExternalID, models.OwnActorPrefix) && (a.UserID == nil || a.ExternalID != models.UserActor(&models.User{ID: *a.UserID}).ID) {
			return true
		}
	}
	return false
}

// Unmerge undoes a merge: the actor stands for itself again, linked as it was.
func (s *Service) Unmerge(ctx context.Context, d Doer, actor, version int64) error {
	return s.changeActor(ctx, d, actor, version, func(tx *gorm.DB, g group) (*models.Event, error) {
		if g.actor(actor).MergedInto == nil {
			return nil, models.FieldErrorf(models.Conflict, "actor", "is not merged into anybody")
		}
		if err := keepFormer(tx, g.user(), []int64{actor}); err != nil {
			return nil, err
		}
		set := map[string]any{"merged_into": nil, "version": gorm.Expr("version + 1")}
		if err := tx.Model(&models.Actor{}).Where("id = ?", actor).Updates(set).Error; err != nil {
			return nil, fmt.Errorf("undo a merge: %w", err)
		}
		return &models.Event{Action: "merge_undone", Changes: []models.Change{change("merged_into", g.root.ExternalID, nil)}}, nil
	})
}

// MergePreview says what a merge would do.
type MergePreview struct {
	Actor, Into models.Actor   // Into: who would stand for both
	Along       []models.Actor // merged into Actor already, and coming along
	Activities  int64          // of Actor and those along, as rollups count them
	OnBehalf    int64          // done for them by others
	Projects    int64          // that the two together have access to and Into alone has not
	User        *models.User   // whose all of it would be; nil: nobody's
}

// PreviewMerge says what Merge would do, or the error it would answer.
func (s *Service) PreviewMerge(ctx context.Context, d Doer, actor, into int64) (*MergePreview, error) {
	if err := d.needs(access.Admin); err != nil {
		return nil, err
	}
	db := s.db.WithContext(ctx)
	g, err := groupOf(db, d.Workspace.ID, "actor", actor)
	if err != nil {
		return nil, err
	}
	target, err := s.mergeable(db, d, g.actor(actor), g, into)
	if err != nil {
		return nil, err
	}
	p := &MergePreview{Actor: g.actor(actor), Into: target.root, Along: g.merged}
	err = db.Raw(`SELECT (SELECT coalesce(sum(count), 0) FROM daily_counts WHERE workspace_id = @ws AND actor_id IN @ids) AS activities,
		(SELECT coalesce(sum(count), 0) FROM daily_counts WHERE workspace_id = @ws AND on_behalf_of_id IN @ids AND on_behalf_of_id <> 0) AS on_behalf,
		(SELECT count(DISTINCT project_id) FROM project_members WHERE workspace_id = @ws AND actor_id IN @ids AND project_id NOT IN
			(SELECT project_id FROM project_members WHERE workspace_id = @ws AND actor_id IN @theirs)) AS projects`,
		map[string]any{"ws": d.Workspace.ID, "ids": g.ids(), "theirs": target.ids()}).Row().Scan(&p.Activities, &p.OnBehalf, &p.Projects)
	if err != nil {
		return nil, fmt.Errorf("count for a merge: %w", err)
	}
	user := target.user()
	if user == nil {
		user = g.user()
	}
	if user != nil {
		p.User = &models.User{}
		if err := db.Take(p.User, *user).Error; err != nil {
			return nil, fmt.Errorf("find a user: %w", err)
		}
		_, err = asKnownHere(db, d.Role, d.Workspace.ID, p.User, target.root.Name)
	}
	return p, err
}

// MergePair finds the two actors that a merge is about, whether it can be or not; the second is who would stand for both.
func (s *Service) MergePair(ctx context.Context, d Doer, actor, into int64) (pair [2]models.Actor, err error) {
	if err := d.needs(access.Admin); err != nil {
		return pair, err
	}
	db := s.db.WithContext(ctx)
	g, err := groupOf(db, d.Workspace.ID, "actor", actor)
	if err != nil {
		return pair, err
	}
	target, err := groupOf(db, d.Workspace.ID, "into", into)
	return [2]models.Actor{g.actor(actor), target.root}, err
}
