package export

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/feed"
)

// keepEvery is how long a chunk is filled at most: so one sees that it goes on, and little is done twice.
const keepEvery = 3 * time.Second

// writing is a piece of the work on a file.
type writing struct {
	files   *Files
	job     job
	draft   *draft
	walk    *feed.Walk
	encoder *Encoder
	line    []byte // memory for a row
	kept    time.Time
	most    int64 // bytes that the file may have
}

// write goes on with a file for a while, and tells whether it is done.
func (f *Files) write(ctx context.Context, j job, scope access.Scope) (done bool, err error) {
	w := writing{files: f, job: j, kept: time.Now()}
	if w.draft, err = newDraft(f.pool, j); err != nil {
		return false, err
	}
	w.draft.most = f.chunk
	if w.most, err = f.room(ctx, j); err != nil {
		return false, err
	}
	layout := layoutOf(j.Export)
	course := feed.Course{Scope: scope, Frozen: j.selection, Newest: j.Newest, Columns: layout.Reads(), Careful: j.attempts > 0}
	if len(j.position) > 0 {
		course.After = &feed.Place{}
		if err := json.Unmarshal(j.position, course.After); err != nil {
			return false, fmt.Errorf("go on with an export: %w", err)
		}
	}
	if w.walk, err = f.feed.Walk(ctx, course); err != nil {
		return false, err
	}
	defer w.walk.Close()
	if w.encoder, err = NewEncoder(layout, w.walk, j.Rows); err != nil {
		return false, err
	}
	return w.rows(ctx)
}

// rows writes until there are no more, or the time is over.
func (w *writing) rows(ctx context.Context) (done bool, err error) {
	until := time.Now().Add(w.files.piece)
	if w.draft.bytes == 0 {
		if err := w.put(w.encoder.Begin(nil)); err != nil {
			return false, err
		}
	}
	for {
		p, err := w.walk.Next()
		if errors.Is(err, io.EOF) {
			return true, w.end(ctx)
		} else if err != nil {
			return false, err
		}
		if err := w.stretch(ctx, p); err != nil {
			return false, err
		}
		at := p.After()
		if at == (feed.Place{}) { // it has looked everywhere
			continue
		}
		if now := time.Now(); now.After(until) || now.Sub(w.kept) > keepEvery {
			if err := w.keep(ctx, at); err != nil || now.After(until) {
				return false, err
			}
		}
	}
}

// stretch writes what the walk has read.
func (w *writing) stretch(ctx context.Context, p *feed.Piece) (err error) {
	for i := range p.Len() {
		if w.line, err = w.encoder.Row(w.line[:0], p, i); err != nil {
			return err
		}
		if err := w.put(w.line); err != nil {
			return err
		}
		if w.draft.full() {
			if err := w.keep(ctx, p.Place(i)); err != nil {
				return err
			}
		}
	}
	return nil
}

// put adds to the file, unless that becomes too large.
func (w *writing) put(text []byte) error {
	switch size := w.draft.size(); {
	case size > w.files.maxBytes:
		return models.Errorf(models.TooLarge, "The file would be larger than %s, the most there may be: export less at once, or have it packed.", inMiB(w.files.maxBytes))
	case size > w.most:
		return models.Errorf(models.TooLarge, "There was no room left beside the other files that are kept. Remove files that you do not need any more, and make it again.")
	}
	if len(text) == 0 {
		return nil
	}
	_, err := w.draft.Write(text)
	return err
}

func inMiB(bytes int64) string { return fmt.Sprintf("%d MiB", bytes>>20) }

func (w *writing) keep(ctx context.Context, at feed.Place) error {
	position, err := json.Marshal(at)
	if err != nil {
		return fmt.Errorf("keep how far an export is: %w", err)
	}
	w.kept = time.Now()
	return w.draft.keep(ctx, progress{rows: w.encoder.Rows(), position: position}, nil)
}

// end writes what stands behind the last row, and offers the file in the same transaction: nothing of it is ever written twice.
func (w *writing) end(ctx context.Context) error {
	if err := w.put(w.encoder.End(nil)); err != nil {
		return err
	}
	w.draft.close()
	return w.draft.keep(ctx, progress{rows: w.encoder.Rows(), position: w.job.position}, func(tx pgx.Tx, sum []byte) error {
		return w.files.finish(ctx, tx, w.job, sum)
	})
}
