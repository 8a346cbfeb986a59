package ingest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"time"

	"daybook/models"
)

// Lines are committed this many at a time: enough that a commit's cost disappears, few enough that a sender slowed down by the
// journal notices soon, and that long lines take no more memory than this.
const (
	chunkLines = 500
	chunkBytes = 2 << 20
)

// Stream says how lines are taken.
type Stream struct {
	// Ready is asked before each commit of lines; it waits while the journal is behind, or refuses.
	Ready func(ctx context.Context) error
	// Bad is told of a line that is refused (from 1). It returns nil to go on with the next line, or the error to stop with. Lines
	// before the bad one are committed first.
	Bad func(line int, err error) error
	// Progress is told what was committed so far; may be nil.
	Progress func(Receipt)
}

// SendLines takes newline-delimited JSON of any length, one event a line; blank lines are passed over. What was committed before
// an error stays, and the receipt says how many lines that is.
func (s *Service) SendLines(ctx context.Context, from Sender, body io.Reader, how Stream) (Receipt, error) {
	if err := from.welcome(); err != nil {
		return Receipt{}, err
	}
	lines := bufio.NewReaderSize(body, 256<<10)
	c := chunk{send: s, from: from, stored: from.Workspace, rule: from.Workspace.Minimising(), how: how}
	for {
		text, err := readLine(lines)
		if err != nil && !errors.Is(err, errLineTooLong) {
			if flushErr := c.flush(ctx, c.read); flushErr != nil || err == io.EOF {
				return c.done, flushErr
			}
			return c.done, unreadable(err)
		}
		c.read++
		if err := c.add(ctx, text, err); err != nil {
			return c.done, err
		}
	}
}

func unreadable(err error) error {
	var known *models.Error
	if errors.As(err, &known) {
		return err
	}
	return models.FieldErrorf(models.Malformed, "body", "could not be read to its end").Because(err)
}

var errLineTooLong = errors.New("line too long")

// readLine reads one line without its end. One that is longer than an event may be is consumed and given as errLineTooLong.
func readLine(r *bufio.Reader) ([]byte, error) {
	text, err := r.ReadSlice('\n')
	if err == bufio.ErrBufferFull {
		for err == bufio.ErrBufferFull {
			_, err = r.ReadSlice('\n')
		}
		if err != nil && err != io.EOF {
			return nil, err
		}
		return nil, errLineTooLong
	}
	text = bytes.Trim(text, blanks)
	if err == io.EOF && len(text) > 0 {
		err = nil // the last line has no end
	}
	return text, err
}

// chunk gathers lines until there are enough for a commit.
type chunk struct {
	send   *Service
	from   Sender
	stored models.Workspace  // what it stores, as of the last commit
	rule   models.Minimising // the same
	how    Stream
	drafts []draft
	lines  []int // the line of each draft, from 1
	size   int   // bytes of the drafts
	read   int   // lines read
	done   Receipt
}

// add takes one line, or the error of reading it.
func (c *chunk) add(ctx context.Context, text []byte, err error) error {
	if err == nil && len(text) == 0 {
		return nil
	}
	var d draft
	if err != nil {
		err = models.FieldErrorf(models.TooLarge, "body", "the line is longer than the %d bytes of an event", models.MaxEventBytes)
	} else {
		d, err = parseText(text, reading{from: c.from, rule: c.rule, now: c.send.now(), index: -1})
	}
	if err != nil {
		if err := c.flush(ctx, c.read-1); err != nil {
			return err
		}
		return c.how.Bad(c.read, err)
	}
	c.drafts, c.lines, c.size = append(c.drafts, d), append(c.lines, c.read), c.size+len(d.event)+len(d.content)+len(d.sent)
	if len(c.drafts) >= chunkLines || c.size >= chunkBytes {
		return c.flush(ctx, c.read)
	}
	return nil
}

// flush commits what was gathered, which is everything up to a line.
func (c *chunk) flush(ctx context.Context, line int) error {
	if len(c.drafts) > 0 {
		if err := c.how.Ready(ctx); err != nil {
			return err
		}
		if err := c.send.stillWelcome(ctx, &c.from); err != nil {
			return err
		}
		if err := c.minimise(); err != nil {
			return err
		}
		drafts, lines := c.drafts, c.lines
		c.drafts, c.lines, c.size = nil, nil, 0
		if err := c.seeThrough(ctx, drafts, lines); err != nil {
			return err
		}
	}
	c.done.Lines = line
	if c.how.Progress != nil {
		c.how.Progress(c.done)
	}
	return nil
}

// minimise takes out of the lines what the workspace stores no more since they were read.
func (c *chunk) minimise() error {
	w := c.from.Workspace
	if w.Addresses == c.stored.Addresses && w.Agents == c.stored.Agents && w.DeniedKeys == c.stored.DeniedKeys {
		return nil
	}
	c.stored, c.rule = w, w.Minimising()
	for i := range c.drafts {
		if err := c.drafts[i].minimise(c.rule); err != nil {
			return err
		}
	}
	return nil
}

// How long a commit that has begun may take after its sender gave up: as long as PostgreSQL may work on a statement.
const commitPatience = 30 * time.Second

// seeThrough commits drafts. A sender who gives up is heeded between commits, not within one: whether a commit that was cut off took
// place nobody could say, and the receipt would be wrong.
func (c *chunk) seeThrough(ctx context.Context, drafts []draft, lines []int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	through, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitPatience)
	defer cancel()
	return c.commit(through, drafts, lines)
}

// commit commits drafts. An event whose id was used for other content is found only here: then those before it are committed, and, if the
// caller goes on, those behind it.
func (c *chunk) commit(ctx context.Context, drafts []draft, lines []int) error {
	if len(drafts) == 0 {
		return nil
	}
	r, err := c.send.commit(ctx, laneBulk, c.from, drafts)
	var bad *clash
	if !errors.As(err, &bad) {
		c.done.Accepted += r.Accepted
		c.done.Duplicates += r.Duplicates
		return err
	}
	if err := c.commit(ctx, drafts[:bad.at], lines[:bad.at]); err != nil {
		return err
	}
	c.done.Lines = lines[bad.at] - 1
	if err := c.how.Bad(lines[bad.at], bad.error); err != nil {
		return err
	}
	return c.commit(ctx, drafts[bad.at+1:], lines[bad.at+1:])
}
