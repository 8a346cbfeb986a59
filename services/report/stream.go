package report

import (
	"context"
	"errors"
	"io"
)

// errLeft ends a report whose reader has gone.
var errLeft = errors.New("the report was not taken to its end")

// Stream is a report that goes straight to whoever asked for it. Whatever goes wrong is an error other than io.EOF, so that nobody takes a part for the
// whole. Whoever has it closes it.
type Stream struct {
	*io.PipeReader
	ctx context.Context
	end context.CancelCauseFunc
}

// Stream begins to write the report. It goes on until it is whole, or closed.
func (r *Report) Stream(ctx context.Context) *Stream {
	out, in := io.Pipe()
	s := &Stream{PipeReader: out}
	s.ctx, s.end = context.WithCancelCause(context.WithoutCancel(ctx))
	go func() { in.CloseWithError(r.Write(s.ctx, in)) }() // nil is io.EOF
	return s
}

// BreakOff ends the stream as an error.
func (s *Stream) BreakOff() {
	s.end(errLeft)
	_ = s.PipeReader.CloseWithError(errLeft)
}

// Close ends the stream, also before its end.
func (s *Stream) Close() error {
	s.end(errLeft)
	return s.PipeReader.Close()
}
