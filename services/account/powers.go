package account

import (
	"context"

	"daybook/models"
	"daybook/services/access"
)

// Powers are what a doer may do to somebody who can sign in, so that a page offers that and nothing else. Each change asks again by itself.
type Powers struct {
	Roles    []models.Role // that the doer may give to this member; none: they may not change the membership
	Remove   bool          // end the membership
	Manage   bool          // the user record: edit, password, sessions, deactivate
	WhyNot   string        // why the record is not theirs to manage, in a sentence
	Instance bool          // make or unmake an instance admin
	Actors   bool          // say which actors they are

	Anonymise bool // have them forgotten
}

// PowersOver tells what the doer may do to a person of the list of people.
func (s *Service) PowersOver(ctx context.Context, d Doer, p *Person) (Powers, error) {
	var may Powers
	if p.Kind == Anonymised { // there is nobody left
		return may, nil
	}
	var err error
	if may.Anonymise, err = d.mayAnonymise(s.db.WithContext(ctx), p); err != nil {
		return may, err
	}
	told := d.mayBeTold(s.db.WithContext(ctx), p.UserID)
	if may.Actors = told == nil; !may.Actors && models.KindOf(told) != models.Forbidden {
		return may, told
	}
	if p.UserID == nil {
		return may, nil
	}
	if p.Role != "" && d.mayTouch(p.Role) == nil {
		may.Remove = true
		for _, role := range []models.Role{models.Member, models.Admin, models.Owner} {
			if role == p.Role || d.mayGive(role) == nil {
				may.Roles = append(may.Roles, role)
			}
		}
	}
	may.Instance = d.needs(access.Instance) == nil
	err = d.mayManage(s.db.WithContext(ctx), &models.User{ID: *p.UserID, Name: p.Name, InstanceAdmin: p.InstanceAdmin})
	switch models.KindOf(err) {
	case models.Forbidden:
		may.WhyNot = err.Error()
	case models.NotFound:
		may.WhyNot = p.Name + " is no member of this workspace; only instance admins may change the record."
	default:
		may.Manage = err == nil
		return may, err
	}
	return may, nil
}

// MayChange tells whether the doer may change or end a membership with this role; none is no membership.
func (d Doer) MayChange(role models.Role) bool { return role != "" && d.mayTouch(role) == nil }
