package torture

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/services/database"
	"daybook/services/journal"
)

// workspace is what applications send to.
type workspace struct {
	slug, token string
	ledger      *ledger
}

// workspace makes one, with a token, through the commands.
func (i *install) workspace(slug string) *workspace {
	i.Helper()
	i.run("workspace", "create", "--slug", slug, "--name", slug, "--time-zone", "Canada/Newfoundland")
	token := i.run("token", "create", "--service", "torture", "--workspace", slug, "--scope", "activity:write,activity:read")
	return &workspace{slug, token, newLedger()}
}

// check waits until nothing waits to be posted, and then looks at every promise.
func (i *install) check(url string, spaces ...*workspace) {
	i.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	db, err := database.Open(ctx, database.Config{URL: url, MaxConns: 2})
	if err != nil {
		i.Fatal(err)
	}
	defer db.Close()
	ask := func(sql string, args ...any) (n int64) {
		i.Helper()
		if err := db.Pool.QueryRow(ctx, sql, args...).Scan(&n); err != nil {
			i.Fatalf("%s: %v", sql, err)
		}
		return n
	}
	i.eventually("the inbox is empty", func() bool { return ask(`SELECT count(*) FROM inbox`) == 0 })
	for what, sql := range map[string]string{
		"events were rejected":                        `SELECT count(*) FROM rejected`,
		"ids do not ascend with seq":                  `SELECT count(*) FROM (SELECT id <= lag(id) OVER (PARTITION BY workspace_id ORDER BY seq) FROM activities) AS s (falls) WHERE falls`,
		"workspaces have gaps or another head":        `SELECT count(*) FROM workspace_heads h WHERE (h.seq, h.seq) <> (SELECT count(*), coalesce(max(seq), 0) FROM activities a WHERE a.workspace_id = h.workspace_id)`,
		"activities have an id that nobody claimed":   `SELECT count(*) FROM activities a WHERE NOT system AND NOT EXISTS (SELECT FROM event_ids e WHERE (e.workspace_id, e.uuid) = (a.workspace_id, a.uuid))`,
		"claimed ids belong to no activity":           `SELECT count(*) FROM event_ids e WHERE NOT EXISTS (SELECT FROM activities a WHERE (e.workspace_id, e.uuid) = (a.workspace_id, a.uuid))`,
		"activities beyond the head of everything":    `SELECT count(*) FROM activities, journal_head WHERE id > last_id`,
		"ids are shared, or some were never given":    `SELECT max(id) - count(DISTINCT id) FROM activities`,
		"bulk events wait, says the journal, of none": `SELECT count(*) FROM journal_head WHERE lag > '0' AND posted_at < now() - interval '5 s'`,
	} {
		if n := ask(sql); n != 0 {
			i.Errorf("%d %s", n, what)
		}
	}
	for _, w := range spaces {
		i.checkLedger(ctx, db, w)
	}
	differences, err := journal.New(db, slog.New(slog.DiscardHandler)).Recount(ctx)
	if err != nil || len(differences) > 0 {
		i.Errorf("the recount: %v; %d differences, first %v", err, len(differences), fmt.Sprint(differences[:min(3, len(differences))]))
	}
	i.run("verify", "activities")
}

// checkLedger looks whether what was acknowledged is there once, and nothing else.
func (i *install) checkLedger(ctx context.Context, db *database.Database, w *workspace) {
	i.Helper()
	rows, err := db.Pool.Query(ctx, `SELECT a.uuid FROM activities a JOIN workspaces w ON w.id = a.workspace_id WHERE w.slug = $1 AND NOT a.system`, w.slug)
	if err != nil {
		i.Fatal(err)
	}
	seen := map[uuid.UUID]bool{}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		i.Fatal(err)
	}
	twice, unknown, lost := 0, 0, 0
	for _, id := range ids {
		if seen[id] {
			twice++
		}
		seen[id] = true
		if !w.ledger.acknowledged[id] {
			unknown++
		}
	}
	for id := range w.ledger.acknowledged {
		if !seen[id] {
			lost++
		}
	}
	if twice+unknown+lost > 0 {
		i.Errorf("%s: of %d acknowledged events %d are lost and %d there twice; %d nobody knows of", w.slug, len(w.ledger.acknowledged), lost, twice, unknown)
	}
	i.Logf("%s: %d activities; %s", w.slug, len(ids), w.ledger)
}

// address gives the URL of the built-in PostgreSQL of a data folder that is being served.
func (i *install) builtIn(data string) string {
	i.Helper()
	db, err := database.Open(context.Background(), database.Config{Data: data})
	if err != nil {
		i.Fatal(err)
	}
	defer db.Close()
	return db.URL()
}
