package account

import (
	"context"
	"fmt"

	"daybook/models"
	"daybook/services/access"
)

// MakersOf gives the names of who made some tokens of the doer's workspace, by user id. Made on the command line is made by nobody.
func (s *Service) MakersOf(ctx context.Context, d Doer, tokens []models.Token) (map[int64]string, error) {
	if err := d.needs(access.Admin); err != nil {
		return nil, err
	}
	var ids []int64
	for _, t := range tokens {
		if t.CreatedBy != nil {
			ids = append(ids, *t.CreatedBy)
		}
	}
	names := map[int64]string{}
	if len(ids) == 0 {
		return names, nil
	}
	var users []models.User
	if err := s.db.WithContext(ctx).Select("id", "name").Where("id IN ?", ids).Find(&users).Error; err != nil {
		return nil, fmt.Errorf("find who made tokens: %w", err)
	}
	for _, u := range users {
		names[u.ID] = u.Name
	}
	return names, nil
}
