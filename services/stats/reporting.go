package stats

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/access"
)

// Report counts what the page of statistics shows. A range that makes more than MaxBuckets bars of the unit is refused.
func (s *Service) Report(ctx context.Context, v access.Viewer, ask Ask) (Report, error) {
	q, err := s.ask(ctx, v, ask.Filter)
	if err != nil {
		return Report{}, err
	}
	r := RangeOf(ask.Filter, q.zone)
	if ask.Unit == "" {
		ask.Unit = UnitFor(r)
	}
	rep := Report{Range: r, Before: before(r)}
	of, err := borders(r, ask.Unit, q.weekday)
	if err != nil {
		return Report{}, err
	}
	if ask.Unit == Hour {
		if ask.Unit, of, err = s.byHour(ctx, q, &rep, of, ask); err != nil {
			return Report{}, err
		}
	}
	var lines []line
	err = atOnce(
		func() (err error) { lines, err = s.count(ctx, tallyOf(of, ask), q); return err },
		func() error { return s.compare(ctx, q, &rep, of, ask) },
		func() (err error) { rep.Heat, err = s.heat(ctx, q, r); return err },
		func() (err error) { rep.Quiet, err = s.quiet(ctx, q, r); return err },
	)
	if errors.Is(err, errOver) {
		return Report{Range: r, Before: rep.Before, Over: true}, nil
	}
	if err != nil {
		return Report{}, err
	}
	if ask.Unit != Hour {
		rep.Series = Series{Zone: q.zone, Unit: ask.Unit, Stack: ask.Stack}
		rep.Series.fill(of, lines)
	}
	rep.Now = figuresOf(lines)
	rep.rank(lines, ask)
	if err := s.nameActors(ctx, rep.Actors); err != nil {
		return Report{}, err
	}
	return rep, s.nameProjects(ctx, rep.Projects)
}

// atOnce does several things at the same time, each with a connection of its own, and gives the error of the first that failed, in their order.
func atOnce(all ...func() error) error {
	errs := make([]error, len(all))
	var under sync.WaitGroup
	for i, do := range all {
		under.Go(func() { errs[i] = do() })
	}
	under.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// byHour fills in the series by hour. Where that cannot be told, the series is to be one by day.
func (s *Service) byHour(ctx context.Context, q question, rep *Report, of []time.Time, ask Ask) (Unit, []time.Time, error) {
	series, known, err := s.series(ctx, q, rep.Range, SeriesAsk{Unit: Hour, Stack: ask.Stack})
	if err != nil || known {
		rep.Series = series
		return Hour, of, err
	}
	of, err = borders(rep.Range, Day, q.weekday)
	return Day, of, err
}

// tallyOf is what of a report one statement counts: everything but hours.
func tallyOf(of []time.Time, ask Ask) tally {
	t := tally{of: of, kinds: []kind{ofType, ofAction, ofOutcome, ofActor, ofProject}, stack: ask.Stack, top: ask.Top, keys: Keys}
	if ask.Unit == Hour {
		t.of = []time.Time{of[0], of[len(of)-1]}
	} else {
		t.kinds = append(t.kinds, inBucket)
	}
	return t
}

func figuresOf(lines []line) (f Figures) {
	for _, l := range lines {
		switch l.kind {
		case ofAction:
			f.Total += l.n
			f.Created += l.created
		case ofOutcome:
			switch models.Outcome(l.word) {
			case models.Failure:
				f.Failed = l.n
			case models.Denied:
				f.Denied = l.n
			}
		case ofActor:
			f.Actors = l.inAll
		case ofProject:
			if f.Projects = l.inAll; l.other { // one of them is none
				f.Projects--
			}
		}
	}
	f.Troubles = f.Failed + f.Denied
	return f
}

// rank makes the rankings, people and projects without their names.
func (rep *Report) rank(lines []line, ask Ask) {
	for _, l := range lines {
		switch l.kind {
		case ofType:
			rep.Types = append(rep.Types, RankedWord{l.word, l.n})
			if l.created > 0 {
				rep.Rankings.Created = append(rep.Rankings.Created, RankedWord{l.word, l.created})
			}
		case ofAction:
			rep.Actions = append(rep.Actions, RankedWord{l.word, l.n})
		case ofActor:
			if rep.ActorsIn = int(l.inAll); ask.People {
				rep.Actors = append(rep.Actors, RankedActor{Actor: models.Actor{ID: l.id}, Count: l.n})
			}
		case ofProject:
			rep.ProjectsIn = int(l.inAll)
			rep.Projects = append(rep.Projects, RankedProject{Project: models.Project{ID: l.id}, Count: l.n})
		}
	}
	for _, words := range []struct {
		ranked *[]RankedWord
		in     *int
	}{{&rep.Types, &rep.TypesIn}, {&rep.Actions, &rep.ActionsIn}, {&rep.Rankings.Created, &rep.CreatedIn}} {
		slices.SortFunc(*words.ranked, func(a, b RankedWord) int { return byCount(a.Count, b.Count, a.Word, b.Word) })
		*words.in = len(*words.ranked)
		*words.ranked = (*words.ranked)[:min(ask.Top, len(*words.ranked))]
	}
	rep.Actors = rep.Actors[:min(ask.Top, len(rep.Actors))]
	rep.Projects = rep.Projects[:min(ask.Top, len(rep.Projects))]
	if ask.People && rep.Actors == nil {
		rep.Actors = []RankedActor{}
	}
}

// compare counts the range before, if that is asked for and can be told.
func (s *Service) compare(ctx context.Context, q question, rep *Report, of []time.Time, ask Ask) error {
	if !ask.Compare {
		return nil
	}
	ask.Stack, ask.Top = ByNothing, 0
	earlier := Series{}
	then := counterparts(rep.Range, rep.Before, of, ask.Unit)
	if ask.Unit == Hour {
		lines, err := s.overTime(ctx, q, then, SeriesAsk{Unit: Hour})
		if errors.Is(err, errOver) {
			return nil
		}
		if err != nil {
			return err
		}
		earlier.fill(then, lines)
	}
	whole := then
	if rep.Before.To.After(then[len(then)-1]) { // days that have no counterpart, as the 29th of the month before February
		whole = append(slices.Clone(then), rep.Before.To)
	}
	lines, err := s.count(ctx, tallyOf(whole, ask), q)
	if errors.Is(err, errOver) {
		return nil
	}
	if err != nil {
		return err
	}
	if ask.Unit != Hour {
		earlier.fill(whole, lines)
	}
	rep.Then, rep.Compared, rep.Previous = figuresOf(lines), true, []int64{}
	for _, b := range earlier.Buckets[:len(of)-1] {
		rep.Previous = append(rep.Previous, b.Count)
	}
	return nil
}

func (s *Service) nameActors(ctx context.Context, ranked []RankedActor) error {
	byID, ids := map[int64]*models.Actor{}, []int64{}
	for i := range ranked {
		byID[ranked[i].ID], ids = &ranked[i].Actor, append(ids, ranked[i].ID)
	}
	if len(ids) == 0 {
		return nil
	}
	rows, err := s.pool.Query(ctx, `SELECT id, external_id, type, name, user_id FROM actors WHERE id = ANY ($1)`, ids)
	if err != nil {
		return fmt.Errorf("find the busiest: %w", err)
	}
	var a models.Actor
	_, err = pgx.ForEachRow(rows, []any{&a.ID, &a.ExternalID, &a.Type, &a.Name, &a.UserID}, func() error {
		*byID[a.ID] = a
		a = models.Actor{}
		return nil
	})
	if err != nil {
		return fmt.Errorf("find the busiest: %w", err)
	}
	slices.SortStableFunc(ranked, func(a, b RankedActor) int { return byCount(a.Count, b.Count, a.Name, b.Name) })
	return nil
}

func (s *Service) nameProjects(ctx context.Context, ranked []RankedProject) error {
	byID, ids := map[int64]*models.Project{}, []int64{}
	for i := range ranked {
		byID[ranked[i].ID], ids = &ranked[i].Project, append(ids, ranked[i].ID)
	}
	if len(ids) == 0 {
		return nil
	}
	rows, err := s.pool.Query(ctx, `SELECT id, external_id, name, visibility FROM projects WHERE id = ANY ($1)`, ids)
	if err != nil {
		return fmt.Errorf("find the busiest projects: %w", err)
	}
	var p models.Project
	_, err = pgx.ForEachRow(rows, []any{&p.ID, &p.ExternalID, &p.Name, &p.Visibility}, func() error {
		*byID[p.ID] = p
		return nil
	})
	if err != nil {
		return fmt.Errorf("find the busiest projects: %w", err)
	}
	slices.SortStableFunc(ranked, func(a, b RankedProject) int { return byCount(a.Count, b.Count, a.Name, b.Name) })
	return nil
}
