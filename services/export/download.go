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
	end := sync.OnceFunc(func() { x.files.downloads.end(by) })
	return &fileReader{ctx: ctx, file: x, at: from, left: bytes, permit: x.files.permit(x.session, x.reader), end: end}, nil
}

// mayGoOn asks whether the file is still there for whoever reads it.
func (r *fileReader) mayGoOn() error {
	f := r.file.files
	if f.streams.areOver() {
		return errStopped
	}
	return r.permit.mayGoOn(r.ctx, func(ctx context.Context) error {
		var offered bool
		err := f.pool.QueryRow(ctx, `SELECT EXISTS (SELECT FROM exports WHERE id = $1 AND state = 'done' AND (expires_at IS NULL OR expires_at > $2))`, r.file.ID, f.now()).Scan(&offered)
		if err == nil && !offered {
			return errFileGone
		}
		return err
	})
}
