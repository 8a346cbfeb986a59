package report

import (
	"context"
	"time"

	"daybook/models"
)

// mostAtOnce is how many reports a process makes at once.
const mostAtOnce = 4

// waitAtMost is how long a report waits for others to end.
const waitAtMost = 10 * time.Second

// Begin takes a turn, of which everybody has one at a time, and records that the report is made. Write does so by itself; whoever can tell of an error asks for
// it before, and then writes, which ends the turn.
func (r *Report) Begin(ctx context.Context) error {
	if r.end != nil {
		return nil
	}
	end, err := r.service.takeTurn(ctx, r.by.User)
	if err != nil {
		return err
	}
	if err := r.record(ctx); err != nil {
		end()
		return err
	}
	r.end = end
	return nil
}

// takeTurn waits until fewer than mostAtOnce reports are made. Whoever reads theirs slowly, or never, keeps nobody else from one.
func (s *Service) takeTurn(ctx context.Context, by *models.User) (end func(), err error) {
	leave, err := s.comeIn(by)
	if err != nil {
		return nil, err
	}
	tooLong := time.NewTimer(s.waitAtMost)
	defer tooLong.Stop()
	select {
	case s.turns <- struct{}{}:
		return func() {
			<-s.turns
			leave()
		}, nil
	case <-tooLong.C:
		err = tooMany("Others are making reports at the moment. Try again in a minute.")
	case <-ctx.Done():
		err = context.Cause(ctx)
	}
	leave()
	return nil, err
}

// comeIn refuses somebody for whom a report is made already. Commands have a process of their own.
func (s *Service) comeIn(by *models.User) (leave func(), err error) {
	if by == nil {
		return func() {}, nil
	}
	if _, there := s.busy.LoadOrStore(by.ID, true); there {
		return nil, tooMany("A report is being made for you already. Try again when you have it.")
	}
	return func() { s.busy.Delete(by.ID) }, nil
}

func tooMany(why string) error {
	e := models.Errorf(models.TooMany, "%s", why)
	e.RetryAfter = time.Minute
	return e
}
