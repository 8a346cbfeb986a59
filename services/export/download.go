package export

import (
	"context"
	"io"
	"sync"

	"daybook/models"
)

// mostDownloads is how many downloads of files somebody may have at once, in a process.
const mostDownloads = 4

// downloads counts those that are going on.
type downloads struct {
	mu sync.Mutex
	of map[int64]int // by asker.key
}

// begin counts one more, unless there are too many.
func (d *downloads) begin(key int64) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.of[key] >= mostDownloads {
		return false
	}
	if d.of == nil {
		d.of = map[int64]int{}
	}
	d.of[key]++
	return true
}

func (d *downloads) end(key int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.of[key]--; d.of[key] <= 0 {
		delete(d.of, key)
	}
}

// Read gives bytes of the file: from one on, so many. The reader ends in an error when the file is deleted meanwhile, when it takes too long, and when
// whoever reads may not any more. Whoever has the reader closes it; only a few may be open at once.
func (x File) Read(ctx context.Context, from, bytes int64) (io.ReadCloser, error) {
	if x.files.streams.areOver() {
		return nil, errStopped
	}
	by := asker{x.reader.UserID, x.reader.TokenID}.key()
	if !x.files.downloads.begin(by) {
		refused := models.Errorf(models.TooMany, "You are downloading %d files already. Wait until one has ended.", mostDownloads)
		refused.RetryAfter = unheard
		return nil, refused
	}
	now := x.files.now()
	return &fileReader{ctx: ctx, file: x, at: from, left: bytes, began: now, checked: now, end: sync.OnceFunc(func() { x.files.downloads.end(by) })}, nil
}

// mayGoOn asks from time to time whether the reader may still have what goes out.
func (r *fileReader) mayGoOn() error {
	f := r.file.files
	if f.streams.areOver() {
		return errStopped
	}
	now := f.now()
	if now.Sub(r.began) > streamTime {
		return errTooLong
	}
	if now.Sub(r.checked) < checkEvery {
		return nil
	}
	r.checked = now
	ctx, cancel := context.WithTimeout(r.ctx, settleTime)
	defer cancel()
	var offered bool
	err := f.pool.QueryRow(ctx, `SELECT EXISTS (SELECT FROM exports WHERE id = $1 AND state = 'done' AND (expires_at IS NULL OR expires_at > $2))`, r.file.ID, now).Scan(&offered)
	if err == nil && !offered {
		return errFileGone
	}
	if err == nil {
		err = f.mayStillRead(ctx, r.file.session, r.file.reader)
	}
	return err
}

// mayStillRead tells whether whoever asked for an export, by a session if there was one, may still read everything that is in it.
func (f *Files) mayStillRead(ctx context.Context, session string, j job) error {
	if session != "" {
		live, err := f.auth.LiveSession(ctx, session)
		if err != nil {
			return err
		}
		if !live {
			return errAccessChanged
		}
	}
	v, err := f.viewer(ctx, j)
	if err != nil {
		return err
	}
	if _, ok := v.Again(j.region, j.addresses); !ok {
		return errAccessChanged
	}
	return nil
}
