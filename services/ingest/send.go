package ingest

import (
	"bytes"
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"daybook/models"
	"daybook/services/database"
)

// Service takes events in.
type Service struct {
	db      *gorm.DB
	wake    func() // tells the journal, after a commit, that there is something to post
	now     func() time.Time
	log     *slog.Logger
	sources sync.Map // Source → id; sources are never changed or removed
}

// New makes the service. wake is called after each commit that put something into the inbox.
func New(db *database.Database, wake func(), now func() time.Time, log *slog.Logger) *Service {
	return &Service{db: db.Gorm, wake: wake, now: now, log: log}
}

// Receipt says what became of what was sent.
type Receipt struct {
	Accepted   int         // new, and durable now
	Duplicates int         // known already, the same event
	IDs        []uuid.UUID // one for each event sent, in order; not for lines, whose number has no bound
	Lines      int         // lines taken, blank ones included
}

// SendOne takes a single event: a JSON object of design.md §7.1. With an idempotency key in place of an id, the id is made from the
// source and the key.
func (s *Service) SendOne(ctx context.Context, from Sender, text []byte, idempotencyKey string) (Receipt, error) {
	if err := from.welcome(); err != nil {
		return Receipt{}, err
	}
	how := reading{from: from, rule: from.Workspace.Minimising(), now: s.now(), index: -1}
	if idempotencyKey != "" {
		if n := len(idempotencyKey); n > models.MaxIDBytes {
			return Receipt{}, models.FieldErrorf(models.Invalid, "Idempotency-Key", "has %d bytes; at most %d are accepted", n, models.MaxIDBytes)
		}
		how.id = idOfKey(from, idempotencyKey)
	}
	d, err := parseText(bytes.Trim(text, blanks), how)
	if err != nil {
		return Receipt{}, err
	}
	return s.commit(ctx, laneFirst, from, []draft{d})
}

// idOfKey gives the id that an Idempotency-Key stands for: another one for each source in each workspace.
func idOfKey(from Sender, key string) uuid.UUID {
	space := uuid.NewSHA1(from.Workspace.ID, []byte(from.Source.Kind+"/"+from.Source.Key))
	return uuid.NewSHA1(space, []byte(key))
}

// parseText is parse for a text of which nothing is known.
func parseText(text []byte, how reading) (draft, error) {
	if len(text) > models.MaxEventBytes {
		return draft{}, tooLarge(text, how) // whatever it is
	}
	if err := checkSyntax(text); err != nil {
		return draft{}, err
	}
	return parse(text, how)
}

// SendArray takes a JSON array of events: all of them or none.
func (s *Service) SendArray(ctx context.Context, from Sender, text []byte) (Receipt, error) {
	if err := from.welcome(); err != nil {
		return Receipt{}, err
	}
	if len(text) > models.MaxArrayBytes {
		return Receipt{}, models.FieldErrorf(models.TooLarge, "body", "has %d bytes; at most %d are accepted in a list, any number as application/x-ndjson", len(text), models.MaxArrayBytes)
	}
	if err := checkSyntax(text); err != nil {
		return Receipt{}, err
	}
	list, ok := items(text)
	switch {
	case !ok:
		return Receipt{}, models.FieldErrorf(models.Malformed, "body", "must be an event or a list of events, not %s", jsonKind(text))
	case len(list) == 0:
		return Receipt{}, models.FieldErrorf(models.Invalid, "body", "is a list without events")
	case len(list) > models.MaxArrayEvents:
		return Receipt{}, models.FieldErrorf(models.TooLarge, "body", "has %d events; at most %d are accepted in a list, any number as application/x-ndjson", len(list), models.MaxArrayEvents)
	}
	drafts, rule := make([]draft, 0, len(list)), from.Workspace.Minimising()
	for i, item := range list {
		d, err := parse(item, reading{from: from, rule: rule, now: s.now(), index: i})
		if err != nil {
			return Receipt{}, err
		}
		drafts = append(drafts, d)
	}
	return s.commit(ctx, laneBulk, from, drafts)
}

// IsArray tells whether a JSON text is meant as an array.
func IsArray(text []byte) bool { return bytes.HasPrefix(bytes.TrimLeft(text, blanks), []byte("[")) }

// commit makes drafts durable in a transaction of its own.
func (s *Service) commit(ctx context.Context, lane int, from Sender, drafts []draft) (Receipt, error) {
	source, err := s.sourceID(ctx, from.Source)
	if err != nil {
		return Receipt{}, err
	}
	fresh, err := s.putRetrying(ctx, placement{lane: lane, workspace: from.Workspace.ID, source: source}, drafts)
	if err != nil {
		return Receipt{}, err
	}
	r := Receipt{IDs: make([]uuid.UUID, len(drafts))}
	for i, d := range drafts {
		if r.IDs[i] = d.id; fresh[i] {
			r.Accepted++
		} else {
			r.Duplicates++
		}
	}
	if r.Accepted > 0 {
		s.wake()
	}
	return r, nil
}

// How often a transaction that PostgreSQL ended as the victim of a deadlock is tried.
const deadlockTries = 5

func (s *Service) putRetrying(ctx context.Context, to placement, drafts []draft) (fresh []bool, err error) {
	for range deadlockTries {
		err = s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
			fresh, err = put(ctx, database.GormTx(tx), to, drafts)
			return err
		})
		state := database.SQLState(err)
		if state != "40P01" && state != "40001" {
			break
		}
		s.log.InfoContext(ctx, "a batch is tried again", "sqlstate", state, "events", len(drafts))
	}
	return fresh, err
}
