package vocabulary

import (
	"context"
	"fmt"
	"sync"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"daybook/models"
)

// Reader gives vocabularies. It reads each once for every change.
type Reader struct {
	pool *pgxpool.Pool
	mu   sync.Mutex
	kept map[uuid.UUID]kept
}

type kept struct {
	version int64
	words   *models.Vocabulary
}

// mostKept bounds the memory: with more workspaces, some are read again.
const mostKept = 1000

// NewReader makes a reader.
func NewReader(pool *pgxpool.Pool) *Reader {
	return &Reader{pool: pool, kept: map[uuid.UUID]kept{}}
}

// Of gives the vocabulary of a workspace in which so many changes were made; nil when there were none.
func (r *Reader) Of(ctx context.Context, workspace uuid.UUID, version int64) (*models.Vocabulary, error) {
	if version == 0 {
		return nil, nil
	}
	r.mu.Lock()
	known, ok := r.kept[workspace]
	r.mu.Unlock()
	if ok && known.version >= version {
		return known.words, nil
	}
	fresh, err := r.read(ctx, workspace)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.kept) >= mostKept {
		clear(r.kept)
	}
	if r.kept[workspace].version <= fresh.version {
		r.kept[workspace] = fresh
	}
	return fresh.words, nil
}

const termColumns = `t.kind, t.name, t.label, t.sentence, t.icon, t.hue, t.url, t.version`

// read reads the number and the terms in one statement, so that they belong together.
func (r *Reader) read(ctx context.Context, workspace uuid.UUID) (kept, error) {
	rows, err := r.pool.Query(ctx, `SELECT w.vocabulary_version, `+termColumns+` FROM workspaces w
		JOIN vocabulary_terms t ON t.workspace_id = w.id WHERE w.id = $1`, workspace)
	if err != nil {
		return kept{}, fmt.Errorf("read a vocabulary: %w", err)
	}
	var k kept
	terms, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (t models.Term, err error) {
		return t, row.Scan(&k.version, &t.Kind, &t.Name, &t.Label, &t.Sentence, &t.Icon, &t.Hue, &t.URL, &t.Version)
	})
	if err != nil {
		return kept{}, fmt.Errorf("read a vocabulary: %w", err)
	}
	k.words = models.NewVocabulary(terms)
	return k, nil
}
