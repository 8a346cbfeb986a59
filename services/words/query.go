package words

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"daybook/models"
)

// Query says what an activity's words must hold. Its zero value holds of every activity.
type Query struct {
	all, none []func(mark string) string
}

// IsZero tells whether the query holds of everything.
func (q *Query) IsZero() bool { return len(q.all) == 0 && len(q.none) == 0 }

// Selective tells whether the query asks for something to be there, so that the index can find it.
func (q *Query) Selective() bool { return len(q.all) > 0 }

// Text asks for words: all of them, in any place; as a phrase, in this order next to each other. A text without a word asks for nothing.
func (q *Query) Text(text string, phrase bool) { q.all = appendText(q.all, text, phrase) }

// NotText asks that the words, or the phrase, are not there.
func (q *Query) NotText(text string, phrase bool) { q.none = appendText(q.none, text, phrase) }

func appendText(to []func(string) string, text string, phrase bool) []func(string) string {
	words := models.WordsOf(text)
	if len(words) == 0 {
		return to
	}
	return append(to, func(mark string) string {
		terms := make([]string, len(words))
		for i, w := range words {
			terms[i] = term(mark + w)
			if !phrase && models.IsPrefix(w) {
				terms[i] += ":*"
			}
		}
		if phrase {
			return strings.Join(terms, " <-> ")
		}
		return strings.Join(terms, " & ")
	})
}

// Field asks that one of these fields changed.
func (q *Query) Field(names []string) { q.all = appendFields(q.all, names) }

// NotField asks that none of these fields changed.
func (q *Query) NotField(names []string) { q.none = appendFields(q.none, names) }

func appendFields(to []func(string) string, names []string) []func(string) string {
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
		q.all = append(q.all, is)
	} else {
		q.none = append(q.none, is)
	}
}

func term(text string) string { return strings.TrimSpace(lexeme(text)) }

// For gives the text form of the tsquery for workspaces. What must not be there is excluded for all of them at once: "not in one or not in
// another" would be true everywhere.
func (q *Query) For(workspaces []uuid.UUID) string {
	var all, none []string
	for _, ws := range workspaces {
		mark := markOf(ws)
		if len(q.all) > 0 {
			all = append(all, joined(q.all, mark, " & "))
		}
		if len(q.none) > 0 {
			none = append(none, joined(q.none, mark, " | "))
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

func joined(terms []func(string) string, mark, operator string) string {
	each := make([]string, len(terms))
	for i, t := range terms {
		each[i] = "(" + t(mark) + ")"
	}
	return "(" + strings.Join(each, operator) + ")"
}

// mostPlaces is how many activities Find gives at most.
const mostPlaces = 5000

// Find gives the activities of some workspaces of which a query holds, by their numbers, when they are few: then a page is made sooner of all of
// them than by looking through activities in the order they are wanted in, until enough are found. few is false when they are more, or
// PostgreSQL's statistics say so.
func Find(ctx context.Context, pool *pgxpool.Pool, q Query, workspaces []uuid.UUID) (found map[uuid.UUID][]int64, few bool, err error) {
	most, err := worthwhile(ctx, pool, workspaces)
	if err != nil {
		return nil, false, err
	}
	const where = ` FROM activity_words WHERE words @@ $1::tsquery`
	asked := q.For(workspaces)
	expected, err := estimate(ctx, pool, `SELECT`+where, asked)
	if err != nil || expected > float64(most) {
		return nil, false, err
	}
	rows, err := pool.Query(ctx, fmt.Sprintf(`SELECT workspace_id, seq%s AND workspace_id = ANY ($2) LIMIT %d`, where, most+1), asked, workspaces)
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

// worthwhile gives how many activities are few. Of n, m of which are wanted, a page of fifty is found among the first 50·n/m: for fewer than
// the root of 50·n it is better to look at all m.
func worthwhile(ctx context.Context, pool *pgxpool.Pool, workspaces []uuid.UUID) (int, error) {
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
	var plans []struct {
		Plan struct {
			Rows float64 `json:"Plan Rows"`
		}
	}
	if err := json.Unmarshal([]byte(text), &plans); err != nil || len(plans) != 1 {
		return 0, fmt.Errorf("read an estimate: %w", err)
	}
	return plans[0].Plan.Rows, nil
}
