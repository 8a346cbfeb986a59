package export

import (
	"compress/gzip"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"sync"
	"sync/atomic"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/account"
	"daybook/services/feed"
)

// mostStreams is how many exports may go out to one person, or service token, at once.
const mostStreams = 2

// What ends a stream, or the work on a file, before its end. These are sentences for people: they are kept as the export's problem.
var (
	errAccessChanged = models.Errorf(models.Forbidden, "What the asker may read has changed since.")
	errLeft          = models.Errorf(models.Internal, "The download was broken off before its end.")
	errStopped       = models.Errorf(models.Unavailable, "Daybook was ended while it went out.")
	errTooLong       = models.Errorf(models.Internal, "It was not taken within %d hours.", int(streamTime.Hours()))
)

// errWhole ends a stream that is whole.
var errWhole = errors.New("the stream is whole")

// Stream is an export that goes straight to whoever asked for it. Its bytes end with io.EOF when all of them were given out and that is recorded;
// whatever goes wrong before is another error, so that nobody takes a part for the whole. Whoever has it closes it.
type Stream struct {
	models.Export
	files  *Files
	job    job
	permit permit

	ctx    context.Context // ends with the stream, whatever ends it
	end    context.CancelCauseFunc
	beaten chan struct{} // closed when nobody says any more that it goes on

	walk    *feed.Walk
	encoder *Encoder
	packer  *gzip.Writer
	buffer  []byte // encoded rows; the reader has taken those before at
	out     sink   // what is ready to be taken
	at      int
	sum     hash.Hash
	rows    atomic.Int64 // given out, about
	bytes   atomic.Int64
	last    bool // everything is in the buffer
	once    sync.Once
	ended   error // why no more can be read
}

// sink collects what the packer gives.
type sink struct{ data []byte }

func (s *sink) Write(p []byte) (int, error) {
	s.data = append(s.data, p...)
	return len(p), nil
}

// Stream begins an export that goes straight out: of what the filter selects now for the viewer. Until it is closed it counts as one of the two that
// somebody may have at once.
func (f *Files) Stream(ctx context.Context, d account.Doer, v access.Viewer, o Order) (*Stream, error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	if f.streams.areOver() {
		return nil, errStopped
	}
	if err := f.mayStream(ctx, f.pool, askerOf(v)); err != nil { // before anything is looked up
		return nil, err
	}
	j, err := f.prepare(ctx, d, v, o)
	if err != nil {
		return nil, err
	}
	j.Kind, j.State = models.ExportStream, models.ExportRunning
	s := &Stream{Export: j.Export, files: f, job: j, permit: f.permit(v.SessionID, j), sum: sha256.New(), beaten: make(chan struct{})}
	s.ctx, s.end = context.WithCancelCause(context.Background())
	if err := s.open(v); err != nil {
		s.end(err)
		return nil, err
	}
	if err := f.beginStream(ctx, j); err != nil {
		s.end(err)
		s.walk.Close()
		return nil, err
	}
	go s.beat()
	if !f.streams.add(s) {
		return nil, s.breakOff(errStopped)
	}
	return s, nil
}

// open begins to read.
func (s *Stream) open(v access.Viewer) error {
	scope, ok := v.Again(s.job.region, s.job.addresses)
	if !ok {
		return errAccessChanged
	}
	layout := layoutOf(s.Export)
	var err error
	s.walk, err = s.files.feed.Walk(s.ctx, feed.Course{Scope: scope, Frozen: s.job.selection, Newest: s.Newest, Columns: layout.Reads()})
	if err != nil {
		return err
	}
	if s.encoder, err = NewEncoder(layout, s.walk, 0); err != nil {
		s.walk.Close()
		return err
	}
	if s.GZIP {
		s.packer, _ = gzip.NewWriterLevel(&s.out, gzip.BestSpeed) // the level is a valid one
	}
	s.buffer = s.encoder.Begin(nil)
	return s.pack()
}

// WhenBrokenOff has something done as soon as the stream is broken off, also while its reader does not read. It is not done of a stream that is whole.
func (s *Stream) WhenBrokenOff(do func()) {
	context.AfterFunc(s.ctx, func() {
		if !errors.Is(context.Cause(s.ctx), errWhole) {
			do()
		}
	})
}

// Read gives what comes next.
func (s *Stream) Read(p []byte) (int, error) {
	if s.ended != nil {
		return 0, s.ended
	}
	for {
		if err := s.mayGoOn(); err != nil {
			return 0, s.breakOff(err)
		}
		if s.at < len(s.out.data) {
			break
		}
		s.out.data, s.at = s.out.data[:0], 0
		if s.last {
			return 0, s.finish()
		}
		if err := s.fill(); err != nil {
			return 0, s.breakOff(err)
		}
	}
	n := copy(p, s.out.data[s.at:])
	s.at += n
	s.bytes.Add(int64(n))
	s.sum.Write(p[:n])
	return n, nil
}

// mayGoOn asks whether the reader may still have what goes out.
func (s *Stream) mayGoOn() error {
	if s.ctx.Err() != nil {
		return context.Cause(s.ctx)
	}
	return s.permit.mayGoOn(s.ctx, nil)
}

// fill encodes the next rows.
func (s *Stream) fill() error {
	piece, err := s.walk.Next()
	switch {
	case errors.Is(err, io.EOF):
		s.buffer, s.last = s.encoder.End(s.buffer), true
		return s.pack()
	case err != nil:
		return err
	}
	for i := range piece.Len() {
		if s.buffer, err = s.encoder.Row(s.buffer, piece, i); err != nil {
			return err
		}
	}
	s.rows.Add(int64(piece.Len()))
	return s.pack()
}

// pack makes what was encoded ready to be taken.
func (s *Stream) pack() error {
	if s.packer == nil {
		s.out.data, s.buffer = s.buffer, s.out.data[:0]
		return nil
	}
	_, err := s.packer.Write(s.buffer)
	s.buffer = s.buffer[:0]
	if err == nil && s.last {
		err = s.packer.Close()
	}
	if err != nil {
		return fmt.Errorf("pack an export: %w", err)
	}
	return nil
}

// finish records that everything went out. If that fails, the reader does not learn that it was everything.
func (s *Stream) finish() error {
	if err := s.settle(nil); err != nil {
		return s.breakOff(err)
	}
	s.ended = io.EOF
	return io.EOF
}

// breakOff ends the stream with an error, and gives that.
func (s *Stream) breakOff(err error) error {
	if cause := context.Cause(s.ctx); cause != nil {
		err = cause
	}
	s.ended = err
	if settled := s.settle(err); settled != nil {
		s.files.log.Error("an export that broke off was not recorded", "export", s.ID, "error", settled)
	}
	return err
}

// Close ends the stream. Before its end that is somebody who left.
func (s *Stream) Close() error {
	if s.ended == nil {
		_ = s.breakOff(errLeft)
	}
	return nil
}
