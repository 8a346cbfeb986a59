package cli

import (
	"context"
	"io"
)

// interruptible gives a reader that ends with ctx, also while it waits for somebody to type or for a pipe: closing does not wake those.
func interruptible(ctx context.Context, in io.Reader) io.Reader {
	return &interruptibleReader{ctx: ctx, in: in}
}

type interruptibleReader struct {
	ctx  context.Context
	in   io.Reader
	mine []byte // what a read that is given up may still write into is not the caller's
}

type readResult struct {
	n   int
	err error
}

// Read gives what comes first: data, or the end of the context.
func (r *interruptibleReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	if len(r.mine) < len(p) {
		r.mine = make([]byte, len(p))
	}
	into, done := r.mine[:len(p)], make(chan readResult, 1)
	go func() {
		n, err := r.in.Read(into)
		done <- readResult{n, err}
	}()
	select {
	case read := <-done:
		return copy(p, into[:read.n]), read.err
	case <-r.ctx.Done():
		r.mine = nil
		return 0, r.ctx.Err()
	}
}
