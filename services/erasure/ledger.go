package erasure

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
)

// Ledger is a file outside the database that says who was forgotten, by hashes: what a restore brings back is erased again from it. A line is a JSON
// object; lines are only ever added.
type Ledger struct {
	file string
	mu   sync.Mutex
}

// Hash is an HMAC-SHA-256 with a key that is neither in the database nor in the ledger; in JSON it is hex.
type Hash []byte

// MarshalText writes it in hex.
func (h Hash) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, h), nil }

// UnmarshalText reads it.
func (h *Hash) UnmarshalText(text []byte) (err error) {
	*h, err = hex.AppendDecode(nil, text)
	return err
}

// Entry is a line of the ledger. The first one of an erasure says who, a later one what was decided, or that it was not done after all.
type Entry struct {
	At         time.Time            `json:"time"`
	Erasure    uuid.UUID            `json:"erasure"`
	Workspaces map[uuid.UUID][]Hash `json:"workspaces,omitempty"` // the external ids and addresses that each knew
	Stays      []Hash               `json:"records,omitempty"`    // the records that they were, which never become somebody else's
	Decisions  map[string]bool      `json:"decisions,omitempty"`  // places by hash (doubtHash): whether they were replaced
	Kinds      map[string]bool      `json:"kinds,omitempty"`      // kinds that were decided all together
	Undone     bool                 `json:"undone,omitempty"`     // it ended before it had begun: nobody was anonymised
}

// Write adds a line, and returns when it is on the disk.
func (l *Ledger) Write(e Entry) error {
	line, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("write the ledger: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := os.MkdirAll(filepath.Dir(l.file), 0o700); err != nil {
		return fmt.Errorf("write the ledger: %w", err)
	}
	f, err := os.OpenFile(l.file, os.O_APPEND|os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("write the ledger: %w", err)
	}
	err = endLine(f)
	if err == nil {
		_, err = f.Write(append(line, '\n'))
	}
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write the ledger: %w", err)
	}
	return nil
}

// endLine ends a line that a full disk or a crash has left unfinished.
func endLine(f *os.File) error {
	at, err := f.Seek(0, io.SeekEnd)
	if err != nil || at == 0 {
		return err
	}
	last := make([]byte, 1)
	if _, err := f.ReadAt(last, at-1); err != nil || last[0] == '\n' {
		return err
	}
	_, err = f.Write([]byte("\n"))
	return err
}

// ReadLedger reads the entries of a ledger, with all that is said of an erasure put together, in the order in which they begin. Lines that were not
// written whole are counted and passed over.
func ReadLedger(from io.Reader) (entries []Entry, broken int, err error) {
	places := map[uuid.UUID]int{}
	lines := bufio.NewReaderSize(from, 1<<20)
	for {
		line, readErr := lines.ReadBytes('\n')
		if len(line) > 1 {
			var e Entry
			if json.Unmarshal(line, &e) != nil || e.Erasure == uuid.Nil {
				broken++
			} else {
				entries = together(entries, places, e)
			}
		}
		if errors.Is(readErr, io.EOF) {
			return slices.DeleteFunc(entries, func(e Entry) bool { return e.Undone }), broken, nil
		} else if readErr != nil {
			return nil, 0, fmt.Errorf("read the ledger: %w", readErr)
		}
	}
}

func together(entries []Entry, places map[uuid.UUID]int, e Entry) []Entry {
	at, there := places[e.Erasure]
	if !there {
		places[e.Erasure] = len(entries)
		return append(entries, e)
	}
	one := &entries[at]
	one.Undone, one.Stays = e.Undone, withHashes(one.Stays, e.Stays)
	for workspace, hashes := range e.Workspaces { // of one that was done again, what a backup still knew may be less
		if one.Workspaces == nil {
			one.Workspaces = map[uuid.UUID][]Hash{}
		}
		one.Workspaces[workspace] = withHashes(one.Workspaces[workspace], hashes)
	}
	if e.Decisions != nil || e.Kinds != nil {
		one.Decisions, one.Kinds = e.Decisions, e.Kinds
	}
	return entries
}

// CreateLedger writes a ledger into a file that is not there yet.
func CreateLedger(file string, entries []Entry) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("write the ledger: %w", err)
	}
	out := json.NewEncoder(f)
	for _, e := range entries {
		if len(e.Workspaces) == 0 {
			continue // it has not begun
		}
		err = errors.Join(err, out.Encode(e))
	}
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write the ledger: %w", err)
	}
	return nil
}
