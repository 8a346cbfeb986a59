package words

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"daybook/models"
)

// Query says what an activity's words must hold. Its zero value holds of every activity.
type Query struct {
	all, none []termOf
	indexed   []termOf // of all, what the index can find
}

// termOf gives a term of a tsquery for the workspace with a mark.
type termOf func(mark string) string

// IsZero tells whether the query holds of everything.
func (q *Query) IsZero() bool { return len(q.all) == 0 && len(q.none) == 0 }

// Positive tells whether the query asks for something to be there.
func (q *Query) Positive() bool { return len(q.all) > 0 }

// Selective tells whether the index can find what the query asks for.
func (q *Query) Selective() bool { return len(q.indexed) > 0 }

// minIndexed is how many characters the beginning of a word needs to be looked up in the index: shorter ones begin half of all words, and such
// activities are met soon anyway.
const minIndexed = 3

// Text asks for words: all of them, in any place, also as the beginnings of longer ones; as a phrase, in this order next to each other. A text
// without a word asks for nothing.
func (q *Query) Text(text string, phrase bool) {
	words := models.WordsOf(text)
	if len(words) == 0 {
		return
	}
	q.all = append(q.all, textTerm(words, phrase))
	if !phrase {
		words = slices.DeleteFunc(words, func(w string) bool { return utf8.RuneCountInString(w) < minIndexed })
	}
	if len(words) > 0 {
		q.indexed = append(q.indexed, textTerm(words, phrase))
	}
}

// NotText asks that the words, or the phrase, are not there.
func (q *Query) NotText(text string, phrase bool) {
	if words := models.WordsOf(text); len(words) > 0 {
		q.none = append(q.none, textTerm(words, phrase))
	}
}

func textTerm(words []string, phrase bool) termOf {
	words = slices.Clone(words)
	return func(mark string) string {
		terms := make([]string, len(words))
		for i, w := range words {
			terms[i] = term(mark + w)
			if !phrase {
				terms[i] += ":*"
			}
		}
		if phrase {
			return strings.Join(terms, " <-> ")
		}
		return strings.Join(terms, " & ")
	}
}

// Field asks that one of these fields changed.
func (q *Query) Field(names []string) {
	q.all, q.indexed = appendFields(q.all, names), appendFields(q.indexed, names)
}

// NotField asks that none of these fields changed.
func (q *Query) NotField(names []string) { q.none = appendFields(q.none, names) }

func appendFields(to []termOf, names []string) []termOf {
	if len(names) == 0 {
		return to
	}
	return append(to, func(mark string) string {
		terms := make([]string, len(names))
		for i, name := range names {
			terms[i] = term(mark + markField + name)
		}
		return strings.Join(terms, " | ")
	})
}

// Changes asks that there are changes, or none.
func (q *Query) Changes(there bool) { q.part(markChanges, there) }

// Metadata asks that there is metadata, or none.
func (q *Query) Metadata(there bool) { q.part(markMetadata, there) }

func (q *Query) part(name string, there bool) {
	is := func(mark string) string { return term(mark + name) }
	if there {
		q.all, q.indexed = append(q.all, is), append(q.indexed, is)
	} else {
		q.none = append(q.none, is)
	}
}

func term(text string) string { return strings.TrimSpace(lexeme(text)) }

// For gives the text form of the tsquery for workspaces. What must not be there is excluded for all of them at once: "not in one or not in
// another" would be true everywhere.
func (q *Query) For(workspaces []uuid.UUID) string { return written(q.all, q.none, workspaces) }

func written(must, mustNot []termOf, workspaces []uuid.UUID) string {
	var all, none []string
	for _, ws := range workspaces {
		mark := markOf(ws)
		if len(must) > 0 {
			all = append(all, joined(must, mark, " & "))
		}
		if len(mustNot) > 0 {
			none = append(none, joined(mustNot, mark, " | "))
		}
	}
	var parts []string
	if len(all) > 0 {
		parts = append(parts, "("+strings.Join(all, " | ")+")")
	}
	if len(none) > 0 {
		parts = append(parts, "!("+strings.Join(none, " | ")+")")
	}
	return strings.Join(parts, " & ")
}

func joined(terms []termOf, mark, operator string) string {
	each := make([]string, len(terms))
	for i, t := range terms {
		each[i] = "(" + t(mark) + ")"
	}
	return "(" + strings.Join(each, operator) + ")"
}

// In says where words are looked for: in what was posted in some workspaces behind a place of their orders.
type In struct {
	Workspaces []uuid.UUID
	After      int64
}

// Find gives the activities in which the index finds what a query asks for, by their numbers, when they are no more than
// most. few is false when they are more, or PostgreSQL's statistics say so. What the index cannot find of the query is still to be checked.
func Find(ctx context.Context, pool *pgxpool.Pool, q Query, in In, most int) (found map[uuid.UUID][]int64, few bool, err error) {
	const where = ` FROM activity_words WHERE words @@ $1::tsquery`
	asked := written(q.indexed, q.none, in.Workspaces)
	expected, err := estimate(ctx, pool, `SELECT`+where, asked)
	if err != nil || expected > float64(most) {
		return nil, false, err
	}
	rows, err := pool.Query(ctx, fmt.Sprintf(`SELECT workspace_id, seq%s AND workspace_id = ANY ($2) AND seq > $3 LIMIT %d`, where, most+1), asked, in.Workspaces, in.After)
	if err != nil {
		return nil, false, fmt.Errorf("find words: %w", err)
	}
	defer rows.Close()
	found = map[uuid.UUID][]int64{}
	n := 0
	for ; rows.Next(); n++ {
		var workspace uuid.UUID
		var seq int64
		if err := rows.Scan(&workspace, &seq); err != nil {
			return nil, false, fmt.Errorf("find words: %w", err)
		}
		found[workspace] = append(found[workspace], seq)
	}
	if err := rows.Err(); err != nil {
		return nil, false, fmt.Errorf("find words: %w", err)
	}
	return found, n <= most, nil
}

// mostPlaces is how many activities are looked at at once, rather than the feed walked.
const mostPlaces = 5000

// Worthwhile gives how many places are few. Of n activities, m of which are wanted, a page of fifty is found among the first 50·n/m: for fewer
// than the root of 50·n it is better to look at all m.
func Worthwhile(ctx context.Context, pool *pgxpool.Pool, workspaces []uuid.UUID) (int, error) {
	var n float64
	if err := pool.QueryRow(ctx, `SELECT coalesce(sum(seq), 0)::float8 FROM workspace_heads WHERE workspace_id = ANY ($1)`, workspaces).Scan(&n); err != nil {
		return 0, fmt.Errorf("count activities: %w", err)
	}
	return min(mostPlaces, int(math.Sqrt(50*n))+1), nil
}

// estimate asks PostgreSQL how many rows it expects of a statement.
func estimate(ctx context.Context, pool *pgxpool.Pool, sql string, args ...any) (float64, error) {
	var text string
	if err := pool.QueryRow(ctx, "EXPLAIN (FORMAT JSON) "+sql, args...).Scan(&text); err != nil {
		return 0, fmt.Errorf("estimate: %w", err)
	}
	return expectedRows(text)
}

// expectedRows reads how many rows the plan of a statement gives, from EXPLAIN's JSON.
func expectedRows(text string) (float64, error) {
	var plans []struct {
		Plan struct {
			Rows float64 `json:"Plan Rows"`
		}
	}
	if err := json.Unmarshal([]byte(text), &plans); err != nil {
		return 0, fmt.Errorf("read an estimate: %w", err)
	}
	if len(plans) != 1 {
		return 0, fmt.Errorf("read an estimate: %d plans", len(plans))
	}
	return plans[0].Plan.Rows, nil
}
