package feedtest

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"daybook/services/database"
)

// Statement is what was sent to PostgreSQL.
type Statement struct {
	SQL  string
	Args []any
}

// Tracer keeps the statements of a pool.
type Tracer struct {
	mu   sync.Mutex
	sent []Statement
}

// TraceQueryStart is pgx's hook.
func (tr *Tracer) TraceQueryStart(ctx context.Context, _ *pgx.Conn, q pgx.TraceQueryStartData) context.Context {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.sent = append(tr.sent, Statement{q.SQL, q.Args})
	return ctx
}

// TraceQueryEnd is pgx's hook.
func (tr *Tracer) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// About gives, and forgets, the statements that name a table.
func (tr *Tracer) About(table string) []Statement {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	var out []Statement
	for _, s := range tr.sent {
		if strings.Contains(s.SQL, table) {
			out = append(out, s)
		}
	}
	tr.sent = nil
	return out
}

// Traced gives the world's database through a pool of its own whose statements are kept.
func (w *World) Traced(t testing.TB) (*database.Database, *Tracer) {
	t.Helper()
	config, tracer := w.DB.Pool.Config(), &Tracer{}
	config.ConnConfig.Tracer = tracer
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return &database.Database{Pool: pool, Gorm: w.DB.Gorm}, tracer
}

// Node is a step of a plan that was carried out.
type Node struct {
	Type     string  `json:"Node Type"`
	Relation string  `json:"Relation Name"`
	Index    string  `json:"Index Name"`
	Rows     float64 `json:"Actual Rows"` // of one loop, on average
	Loops    float64 `json:"Actual Loops"`
	Removed  float64 `json:"Rows Removed by Filter"` // likewise
	Recheck  float64 `json:"Rows Removed by Index Recheck"`
	Hit      int     `json:"Shared Hit Blocks"`
	Read     int     `json:"Shared Read Blocks"`
	Plans    []Node  `json:"Plans"`
}

// Explain carries a statement out and gives its plan, and the plan as text for messages.
func (w *World) Explain(t testing.TB, s Statement) (Node, string) {
	t.Helper()
	var text string
	if err := w.DB.Pool.QueryRow(t.Context(), "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) "+s.SQL, s.Args...).Scan(&text); err != nil {
		t.Fatal(s.SQL, err)
	}
	var plans []struct {
		Plan      Node
		Planning  float64 `json:"Planning Time"`
		Execution float64 `json:"Execution Time"`
	}
	if err := json.Unmarshal([]byte(text), &plans); err != nil {
		t.Fatal(err)
	}
	t.Logf("planned in %.2f ms, carried out in %.2f ms, %d buffers", plans[0].Planning, plans[0].Execution, plans[0].Plan.Buffers())
	return plans[0].Plan, s.SQL + "\n" + text
}

// Walk visits a plan's steps.
func (n Node) Walk(visit func(Node)) {
	visit(n)
	for _, below := range n.Plans {
		below.Walk(visit)
	}
}

// Buffers is how many pages of tables and indexes a plan looked at.
func (n Node) Buffers() int { return n.Hit + n.Read }
