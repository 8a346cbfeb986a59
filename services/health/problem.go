package health

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"daybook/models"
)

// Problem is something that needs somebody's attention.
type Problem struct {
	Severity Severity
	Text     string // a sentence
	Advice   string // what to do
}

// Severity says how much a problem matters.
type Severity int

// What matters, the least first.
const (
	Notable Severity = iota // nothing is lost, somebody should look
	Urgent                  // Daybook does not do its work, or soon will not
)

// When something becomes a problem.
const (
	waitsTooLong   = time.Minute
	backupTooOld   = 50 * time.Hour // a nightly one, and one that failed
	littleRoom     = 0.10           // of the disk
	littleBytes    = 2 << 30
	almostNoBytes  = 300 << 20
	rejectedAdvice = "Each workspace lists its rejected events under Sending, with the reason; they can be retried or dismissed there."
)

// problems finds what is wrong in a report, the worst first.
func problems(r *Report) []Problem {
	var found []Problem
	say := func(s Severity, advice, format string, args ...any) {
		found = append(found, Problem{Severity: s, Text: fmt.Sprintf(format, args...), Advice: advice})
	}
	switch {
	case r.Stuck:
		say(Urgent, "Nothing is lost: they are safe in the inbox. The log of the process that is the journal's writer says what keeps it from posting.",
			"Events are accepted and not posted: the last ones appeared %s ago.", roughly(r.At.Sub(r.PostedAt)))
	case r.Lag > waitsTooLong:
		say(Notable, "Senders are slowed meanwhile. A large import is the usual cause, and ends by itself.", "Events wait %s before they appear.", roughly(r.Lag))
	}
	storageProblems(r, say)
	if n, more := totalRejected(r); n > 0 {
		events := models.Thousands(n) + " events"
		if n == 1 {
			events = "1 event"
		}
		if more {
			events = "More than " + events
		}
		say(Notable, rejectedAdvice, "%s could not be posted.", events)
	}
	slices.SortStableFunc(found, func(a, b Problem) int { return cmp.Compare(b.Severity, a.Severity) })
	return found
}

func storageProblems(r *Report, say func(s Severity, advice, format string, args ...any)) {
	st := r.Storage
	if st.Size > 0 {
		const advice = "Make room on the disk of the data folder, or move the folder to a larger one. A full disk refuses events; those that were accepted stay."
		switch {
		case st.Free < almostNoBytes:
			say(Urgent, advice, "The disk is almost full: %s are left.", Bytes(st.Free))
		case st.Free < littleBytes && float64(st.Free) < littleRoom*float64(st.Size):
			say(Notable, advice, "The disk is filling up: %s of %s are left.", Bytes(st.Free), Bytes(st.Size))
		}
	}
	const advice = "The log says why the nightly backup failed. “daybook backup FILE” makes one now."
	switch {
	case !st.BuiltIn || st.Since.IsZero() || r.At.Sub(st.Since) < backupTooOld:
	case st.NewestBackup.IsZero():
		say(Urgent, advice, "There is no backup yet.")
	case r.At.Sub(st.NewestBackup) > backupTooOld:
		say(Urgent, advice, "The newest backup is %s old.", roughly(r.At.Sub(st.NewestBackup)))
	}
}

func totalRejected(r *Report) (n int64, more bool) {
	for _, each := range r.Rejected {
		n, more = n+each.N, more || each.More
	}
	return n, more
}

// roughly writes how long something takes in the unit that fits.
func roughly(d time.Duration) string {
	for _, unit := range []struct {
		one  time.Duration
		name string
	}{{24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}} {
		switch n := int(d / unit.one); {
		case n == 1:
			return "1 " + unit.name
		case n > 1:
			return fmt.Sprintf("%d %ss", n, unit.name)
		}
	}
	return "less than a minute"
}

// Bytes writes a size: "1.4 GB".
func Bytes(n uint64) string {
	const unit = 1000
	if n < unit {
		return fmt.Sprintf("%d bytes", n)
	}
	size, names := float64(n)/unit, []string{"kB", "MB", "GB", "TB", "PB"}
	for size >= unit && len(names) > 1 {
		size, names = size/unit, names[1:]
	}
	return fmt.Sprintf("%.1f %s", size, names[0])
}

// banner keeps what was found last, so that pages need not look each time.
type banner struct {
	looking  sync.Mutex // held by the one who looks
	found    atomic.Pointer[[]Problem]
	lookedAt atomic.Int64 // nanoseconds since 1970
}

// A page shows what was found within bannerLife; looking may take bannerPatience, once, of one of the pages.
const (
	bannerLife     = 20 * time.Second
	bannerPatience = 2 * time.Second
)

// Attention gives what needs attention, as it was found within the last twenty seconds. When looking fails, what was found before stays.
func (s *Service) Attention(ctx context.Context) []Problem {
	b := &s.banner
	if time.Since(time.Unix(0, b.lookedAt.Load())) > bannerLife && b.looking.TryLock() {
		defer b.looking.Unlock()
		ctx, cancel := context.WithTimeout(ctx, bannerPatience)
		defer cancel()
		if r, err := s.Report(ctx); err == nil {
			b.found.Store(&r.Problems)
		}
		b.lookedAt.Store(time.Now().UnixNano())
	}
	if found := b.found.Load(); found != nil {
		return *found
	}
	return nil
}
