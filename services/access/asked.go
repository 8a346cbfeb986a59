package access

import "context"

// EnterAsked gives the principal's view of each workspace that a list is asked of: the named one, or, without a name, all that they may see.
func (s *Service) EnterAsked(ctx context.Context, p Principal, workspace string) ([]Viewer, error) {
	if workspace == "" {
		return s.EnterAll(ctx, p)
	}
	v, err := s.Enter(ctx, p, workspace)
	return []Viewer{v}, err
}
