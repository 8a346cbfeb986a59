package export

import (
	"context"
	"time"
)

// streamTime is how long an export may take to go out, whoever takes it how slowly.
const streamTime = 12 * time.Hour

// checkEvery is how often it is asked whether the reader may still have what goes out.
const checkEvery = 250 * time.Millisecond

// permit is what lets an export go out to somebody, for as long as they may have what is in it.
type permit struct {
	files   *Files
	session string // by which it was asked for, if any
	job     job    // that of whoever reads
	began   time.Time
	checked time.Time
}

func (f *Files) permit(session string, j job) permit {
	now := f.now()
	return permit{files: f, session: session, job: j, began: now, checked: now}
}

// mayGoOn asks from time to time whether the reader may still have what goes out, and whatever else is to be asked first.
func (p *permit) mayGoOn(ctx context.Context, first func(context.Context) error) error {
	now := p.files.now()
	if now.Sub(p.began) > streamTime {
		return errTooLong
	}
	if now.Sub(p.checked) < checkEvery {
		return nil
	}
	p.checked = now
	ctx, cancel := context.WithTimeout(ctx, settleTime)
	defer cancel()
	if first != nil {
		if err := first(ctx); err != nil {
			return err
		}
	}
	return p.mayStillRead(ctx)
}

// mayStillRead tells whether whoever asked for the export, by a session if there was one, may still read everything that is in it.
func (p *permit) mayStillRead(ctx context.Context) error {
	v, err := p.files.viewer(ctx, p.job, p.session)
	if err != nil {
		return err
	}
	if _, ok := v.Again(p.job.region, p.job.addresses); !ok {
		return errAccessChanged
	}
	return nil
}
