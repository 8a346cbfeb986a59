package cli

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/mattn/go-isatty"

	"daybook/models"
	"daybook/services/ingest"
)

// Import reads events from a file into a workspace.
type Import struct {
	Workspace string `required:"" help:"Slug or id."`
	File      string `arg:"" help:"NDJSON, plain or gzip; - for standard input."`
}

// Run does it.
func (i Import) Run(ctx context.Context, c Config) error {
	in, size, err := i.open()
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	counting := &countingReader{in: interruptible(ctx, in)}
	lines, err := plain(counting)
	if err != nil {
		return err
	}
	return with(ctx, c, func(a *app) error {
		w, err := a.account.Workspace(ctx, i.Workspace)
		if err != nil {
			return err
		}
		return a.importLines(ctx, w, lines, newProgress(counting, size))
	})
}

// importLines sends the lines, and tells what became of them.
func (a *app) importLines(ctx context.Context, w *models.Workspace, lines io.Reader, p *progress) error {
	rejected := 0
	receipt, err := a.ingest.SendLines(ctx, ingest.Sender{Workspace: *w, Source: ingest.ImportSource(w.ID)}, lines, ingest.Stream{
		Ready: func(ctx context.Context) error { return a.journal.WaitUntilReady(ctx, 24*time.Hour) },
		Bad: func(line int, err error) error {
			if kind := models.KindOf(err); kind == models.Internal || kind == models.Unavailable {
				return err
			}
			rejected++
			p.complain(rejected, line, err)
			return nil
		},
		Progress: p.show,
	})
	p.end()
	if err == nil {
		err = a.journal.Drain(ctx)
	}
	fmt.Printf("accepted %d, duplicates %d, rejected %d\n", receipt.Accepted, receipt.Duplicates, rejected)
	switch {
	case ctx.Err() != nil:
		return models.Errorf(models.Unavailable, "Interrupted after %d lines. Importing again passes over events with an id that are in.", receipt.Lines)
	case err != nil:
		return models.Errorf(models.Unavailable, "Stopped after %d lines: %s. Importing again passes over events with an id that are in.", receipt.Lines, strings.TrimSuffix(err.Error(), "."))
	case rejected > 0:
		return models.Errorf(models.Invalid, "%d of %d lines were rejected%s.", rejected, receipt.Lines, rest(receipt))
	}
	return nil
}

// open gives the file and its size, 0 when that is not known.
func (i Import) open() (io.ReadCloser, int64, error) {
	if i.File == "-" {
		return os.Stdin, 0, nil
	}
	f, err := os.Open(i.File)
	if err != nil {
		return nil, 0, models.FieldErrorf(models.Invalid, "file", "%s cannot be read: %v", i.File, errors.Unwrap(err))
	}
	info, err := f.Stat()
	if err != nil || info.IsDir() {
		_ = f.Close()
		return nil, 0, models.FieldErrorf(models.Invalid, "file", "%s is no file", i.File)
	}
	return f, info.Size(), nil
}

// plain gives the text of a file that may be compressed: gzip is known by its first bytes.
func plain(r io.Reader) (io.Reader, error) {
	b := bufio.NewReaderSize(r, 256<<10)
	if magic, _ := b.Peek(2); len(magic) == 2 && magic[0] == 0x1f && magic[1] == 0x8b {
		text, err := gzip.NewReader(b)
		if err != nil {
			return nil, models.FieldErrorf(models.Invalid, "file", "begins like gzip and is not: %v", err)
		}
		return text, nil
	}
	return b, nil
}

// countingReader knows how much of the file was read.
type countingReader struct {
	in io.Reader
	n  int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.in.Read(p)
	c.n += int64(n)
	return n, err
}

// progress shows on a terminal how far the import is.
type progress struct {
	read     *countingReader
	size     int64
	terminal bool
	begin    time.Time
	shown    time.Time
}

func newProgress(read *countingReader, size int64) *progress {
	return &progress{read: read, size: size, terminal: isatty.IsTerminal(os.Stderr.Fd()), begin: time.Now()}
}

func (p *progress) show(r ingest.Receipt) {
	if !p.terminal || time.Since(p.shown) < 100*time.Millisecond {
		return
	}
	p.shown = time.Now()
	n := r.Accepted + r.Duplicates
	rate := float64(n) / time.Since(p.begin).Seconds()
	bar := ""
	if p.size > 0 {
		const width = 30
		done := int(float64(width) * float64(p.read.n) / float64(p.size))
		bar = fmt.Sprintf("[%-*s] %3d %% ", width, "##############################"[:min(done, width)], 100*p.read.n/p.size)
	}
	fmt.Fprintf(os.Stderr, "\r%s%d events, %.0f/s ", bar, n, rate)
}

// How many bad lines are explained; the rest is counted.
const explained = 20

// complain tells what is wrong with a line.
func (p *progress) complain(nth, line int, err error) {
	switch {
	case nth <= explained:
		p.end()
		fmt.Fprintf(os.Stderr, "line %d: %s\n", line, detail(err))
	case nth == explained+1:
		p.end()
		fmt.Fprintln(os.Stderr, "… more lines are rejected, which are only counted from here on.")
	}
}

// end leaves the line of the bar.
func (p *progress) end() {
	if p.terminal && !p.shown.IsZero() {
		fmt.Fprintln(os.Stderr)
	}
}

// rest says what became of the other lines.
func rest(r ingest.Receipt) string {
	if r.Accepted+r.Duplicates == 0 {
		return "; one event a line is expected, each a JSON object"
	}
	return "; the rest is in"
}
