package words

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/models"
)

// Append indexes activities in the transaction that appends them.
func Append(ctx context.Context, tx pgx.Tx, activities []models.Activity) error {
	workspaces, seqs, documents := make([]uuid.UUID, len(activities)), make([]int64, len(activities)), make([]string, len(activities))
	for i := range activities {
		a := &activities[i]
		workspaces[i], seqs[i], documents[i] = a.WorkspaceID, a.Seq, document(a)
	}
	_, err := tx.Exec(ctx, `INSERT INTO activity_words (workspace_id, seq, words) SELECT w, s, d::tsvector FROM unnest($1::uuid[], $2::bigint[], $3::text[]) AS row (w, s, d)`,
		workspaces, seqs, documents)
	if err != nil {
		return fmt.Errorf("index words: %w", err)
	}
	return nil
}

// The parts of an activity that can be asked for, beside words: no word begins with an equals sign, so that no beginning of a word finds them.
const (
	markField    = "=field:"
	markChanges  = "=changes"
	markMetadata = "=metadata"
)

// Bounds of PostgreSQL's tsvector.
const (
	maxPosition      = 16_383
	maxPerWord       = 255
	gapBetweenTexts  = 16 // no phrase reaches from one text into the next
	maxDocumentBytes = 1 << 19
)

// document is the text form of an activity's tsvector.
func document(a *models.Activity) string {
	mark := markOf(a.WorkspaceID)
	positions := map[string][]int{}
	at := 0
	for _, text := range a.Texts() {
		for _, word := range models.WordsOf(text) {
			at++
			if p := positions[word]; len(p) < maxPerWord {
				positions[word] = append(p, min(at, maxPosition))
			}
		}
		at += gapBetweenTexts
	}
	var b strings.Builder
	for word, places := range positions {
		if b.Len() > maxDocumentBytes {
			break
		}
		b.WriteString("'" + mark + word + "':")
		for i, place := range slices.Compact(places) {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(strconv.Itoa(place))
		}
		b.WriteByte(' ')
	}
	for _, c := range a.Changes {
		b.WriteString(lexeme(mark + markField + c.Field))
	}
	if len(a.Changes) > 0 {
		b.WriteString(lexeme(mark + markChanges))
	}
	if len(a.Metadata) > len("{}") {
		b.WriteString(lexeme(mark + markMetadata))
	}
	return b.String()
}

// lexeme quotes a lexeme that may contain anything.
func lexeme(text string) string {
	return "'" + quoted.Replace(text) + "' "
}

var quoted = strings.NewReplacer(`'`, `''`, `\`, `\\`)

// markOf is what the words of a workspace begin with. Two workspaces with the same mark would only be slower: every question also names the
// workspace.
func markOf(workspace uuid.UUID) string {
	return base64.RawURLEncoding.EncodeToString(workspace[10:]) + ":"
}
