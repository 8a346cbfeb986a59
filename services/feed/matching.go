package feed

import (
	"context"
	"slices"

	"daybook/services/access"
)

// Matching gives a table expression of the rows that a filter selects, found by looking at no more than most: for each that was looked at the
// columns in list, whether it is selected (hit), and whether the search ended with it though there may be more (cut). A row may be there twice.
// The arguments that the expression needs are in the conditions, to which others can be added. It serves whoever adds up what rollups cannot tell.
func (s *Service) Matching(ctx context.Context, scope access.Scope, f Filter, most int, list string) (w *Where, sql string, err error) {
	q, err := s.query(ctx, scope, f)
	if err != nil {
		return nil, "", err
	}
	if err := s.find(ctx, &q, most); err != nil {
		return nil, "", err
	}
	q.limit, q.budget, q.counting = most+1, most, true
	w = &Where{}
	return w, q.union(w, list), nil
}

// Concerns tells whether the filter asks anything of any of these columns of the rollups.
func (s Selection) Concerns(columns ...string) bool {
	concerned := func(d dimension) bool { return slices.Contains(columns, d.column) }
	excludes := func(d dimension) bool { return d.n > 0 && concerned(d) }
	return slices.ContainsFunc(s.only.dimensions(), concerned) || slices.ContainsFunc(s.not.dimensions(), excludes)
}

// OutsideProjects tells whether the filter asks for what is in no project: then there is nothing to look for in one.
func (s Selection) OutsideProjects() bool { return s.only.inNone }
