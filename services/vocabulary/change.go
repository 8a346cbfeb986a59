package vocabulary

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/account"
	"daybook/services/database"
	"daybook/services/ingest"
)

// Service changes vocabularies, and gives them. Each change is recorded as an activity in its own transaction.
type Service struct {
	*Reader
	record *ingest.Service
}

// New makes the service.
func New(db *database.Database, record *ingest.Service) *Service {
	return &Service{Reader: NewReader(db.Pool), record: record}
}

// Terms lists the terms that the doer's workspace has changed, actions first, by name.
func (s *Service) Terms(ctx context.Context, d account.Doer) ([]models.Term, error) {
	if err := d.Administers(); err != nil {
		return nil, err
	}
	rows, err := s.pool.Query(ctx, `SELECT `+termColumns+` FROM vocabulary_terms t WHERE t.workspace_id = $1 ORDER BY t.kind, t.name`, d.Workspace.ID)
	if err != nil {
		return nil, fmt.Errorf("list terms: %w", err)
	}
	terms, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (models.Term, error) { return scanTerm(row) })
	if err != nil {
		return nil, fmt.Errorf("list terms: %w", err)
	}
	return terms, nil
}

func scanTerm(row pgx.Row) (t models.Term, err error) {
	return t, row.Scan(&t.Kind, &t.Name, &t.Label, &t.Sentence, &t.Icon, &t.Hue, &t.URL, &t.Version)
}

// Term gives a term of the doer's workspace. One that nobody has changed is as it is built in, of version 0.
func (s *Service) Term(ctx context.Context, d account.Doer, kind models.TermKind, name string) (models.Term, error) {
	if err := d.Administers(); err != nil {
		return models.Term{}, err
	}
	if err := models.CheckTermName(kind, name); err != nil {
		return models.Term{}, models.Errorf(models.NotFound, "There is no such word: an action or a type has 1 to 64 of a-z, 0-9, _ and .")
	}
	return orBuiltIn(s.pool.QueryRow(ctx, termSQL, d.Workspace.ID, kind, name), models.Term{Kind: kind, Name: name})
}

const termSQL = `SELECT ` + termColumns + ` FROM vocabulary_terms t WHERE t.workspace_id = $1 AND t.kind = $2 AND t.name = $3`

// orBuiltIn gives a term that was found, or as it is when nobody has changed it.
func orBuiltIn(row pgx.Row, of models.Term) (models.Term, error) {
	t, err := scanTerm(row)
	if errors.Is(err, pgx.ErrNoRows) {
		return models.Term{Kind: of.Kind, Name: of.Name}, nil
	} else if err != nil {
		return t, fmt.Errorf("find a term: %w", err)
	}
	return t, nil
}

// Save changes a term of the doer's workspace, all of it or nothing, and gives it as it is then. Its version is the one that the doer saw.
func (s *Service) Save(ctx context.Context, d account.Doer, want models.Term) (models.Term, error) {
	want.Label, want.Sentence, want.URL = strings.TrimSpace(want.Label), strings.TrimSpace(want.Sentence), strings.TrimSpace(want.URL)
	if err := d.Administers(); err != nil {
		return want, err
	}
	if err := want.Check(); err != nil {
		return want, err
	}
	var saved models.Term
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) (err error) {
		saved, err = s.save(ctx, tx, d, want)
		return err
	})
	return saved, err
}

// Reset sets a term back to what is built in.
func (s *Service) Reset(ctx context.Context, d account.Doer, of models.Term) (models.Term, error) {
	return s.Save(ctx, d, models.Term{Kind: of.Kind, Name: of.Name, Version: of.Version})
}

func (s *Service) save(ctx context.Context, tx pgx.Tx, d account.Doer, want models.Term) (models.Term, error) {
	// One change of a vocabulary after the other: two editors of the same word both find it unchanged otherwise.
	if _, err := tx.Exec(ctx, `SELECT FROM workspaces WHERE id = $1 FOR NO KEY UPDATE`, d.Workspace.ID); err != nil {
		return want, fmt.Errorf("lock a vocabulary: %w", err)
	}
	is, err := orBuiltIn(tx.QueryRow(ctx, termSQL, d.Workspace.ID, want.Kind, want.Name), want)
	if err != nil {
		return want, err
	}
	if is.Version != want.Version {
		return is, models.FieldErrorf(models.Conflict, "version", "somebody else changed this word meanwhile: %s", describe(is))
	}
	changes := changesOf(is, want)
	if len(changes) == 0 {
		return is, nil
	}
	want.Version++
	_, err = tx.Exec(ctx, `
		INSERT INTO vocabulary_terms AS t (workspace_id, kind, name, label, sentence, icon, hue, url, version, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, now())
		ON CONFLICT (workspace_id, kind, name) DO UPDATE SET label = excluded.label, sentence = excluded.sentence, icon = excluded.icon, hue = excluded.hue,
		       url = excluded.url, version = excluded.version, updated_at = excluded.updated_at`,
		d.Workspace.ID, want.Kind, want.Name, want.Label, want.Sentence, want.Icon, want.Hue, want.URL, want.Version)
	if err != nil {
		return want, fmt.Errorf("save a term: %w", err)
	}
	if _, err := tx.Exec(ctx, `UPDATE workspaces SET vocabulary_version = vocabulary_version + 1 WHERE id = $1`, d.Workspace.ID); err != nil {
		return want, fmt.Errorf("count a change of a vocabulary: %w", err)
	}
	id, name := string(want.Kind)+"/"+want.Name, want.Name
	return want, s.record.Record(ctx, database.PgxTx(tx), ingest.Act{Workspace: d.Workspace.ID, Part: "vocabulary", Event: models.Event{
		Actor: d.Ref, Action: "settings_updated", Entity: &models.EntityRef{Type: "vocabulary_term", ID: &id, Name: &name}, Changes: changes,
	}})
}

// describe says what a term is at the moment.
func describe(t models.Term) string {
	if t.BuiltIn() {
		return "it is as built in"
	}
	var parts []string
	for _, f := range fieldsOf(t) {
		if f.value != nil {
			parts = append(parts, fmt.Sprintf("%s is %v", f.name, f.value))
		}
	}
	return strings.Join(parts, ", ")
}

type field struct {
	name  string
	value any // nil: as built in
}

func fieldsOf(t models.Term) []field {
	text := func(s string) any {
		if s == "" {
			return nil
		}
		return s
	}
	fields := []field{{"label", text(t.Label)}, {"sentence", text(t.Sentence)}, {"icon", text(t.Icon)}, {"hue", nil}, {"url", text(t.URL)}}
	if t.Hue != nil {
		fields[3].value = *t.Hue
	}
	return fields
}

func changesOf(is, want models.Term) (changes []models.Change) {
	before, after := fieldsOf(is), fieldsOf(want)
	for i := range before {
		if before[i].value != after[i].value {
			changes = append(changes, models.Change{Field: before[i].name, Before: jsonOf(before[i].value), After: jsonOf(after[i].value)})
		}
	}
	return changes
}

func jsonOf(v any) json.RawMessage {
	text, err := json.Marshal(v)
	if err != nil {
		return json.RawMessage("null")
	}
	return text
}
