package torture

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/uuid"

	"daybook/services/database"
	"daybook/services/database/dbtest"
)

// Whom nobody may find any more, and what is said of them.
const (
	zephyrine  = "Zephyrine Quillfeather"
	zephyrines = "zq-90f31b7"
	herEmail   = "zephyrine.q@example.org"
	herAddress = "198.51.100.77"
)

// traces are what may be left nowhere.
var traces = []string{"zephyrine", "quillfeather", zephyrines, herAddress, "quillbrowser"}

// Somebody is anonymised while they and 31 others send, and the process that does it is killed again and again: they are gone in the end, nothing that was
// acknowledged is, and everything is proved.
func TestTortureErasure(t *testing.T) {
	t.Parallel()
	url := dbtest.New(t).URL()
	i := newInstall(t, "DATABASE_URL="+url, "DAYBOOK_SECRET=a secret of more than thirty-two characters", "DAYBOOK_DATA="+t.TempDir())
	to := i.workspace("forgotten")
	db, err := database.Open(t.Context(), database.Config{URL: url, MaxConns: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	i.importHistory(to)
	s := i.server()
	s.start()
	s.ready()
	sending := i.sendSuch((*generator).hers, to, s)
	sending.progress(200)
	i.orderErasure(db, to)
	progress := func() (done int64, state string) {
		if err := db.Pool.QueryRow(context.Background(), `SELECT (SELECT sum(done_seq + own_done) FROM erasure_workspaces)::bigint, state FROM erasures`).Scan(&done, &state); err != nil {
			t.Fatal(err)
		}
		return done, state
	}
	killed := 0
	for done, state := progress(); killed < kills && state != "done"; killed++ {
		until := done + rand.Int64N(1500)
		i.eventually("the erasure gets on", func() bool { done, state = progress(); return done > until || state != "running" && state != "waiting" })
		s.stop(syscall.SIGKILL)
		done, state = progress()
		t.Logf("killed at %d, %s", done, state)
		s.start()
		s.ready()
	}
	sending.progress(200)
	sending.finish()
	for done, state := progress(); state != "done"; {
		from, was := done, state
		i.eventually("the erasure gets on to its end", func() bool { done, state = progress(); return done > from || state != was })
	}
	if killed == 0 {
		t.Error("it was never killed")
	}
	i.check(url, to)
	i.checkForgotten(db, to)
	s.stop(syscall.SIGTERM)
}

// importHistory imports events of hers, and of others that mention her.
func (i *install) importHistory(to *workspace) {
	i.Helper()
	g := newGenerator("history", rand.Uint64())
	var text bytes.Buffer
	var ids []uuid.UUID
	for n := range importLines {
		switch {
		case n%20 == 0:
			ids = append(ids, g.her(&text))
		case n%10 == 1:
			ids = append(ids, g.mention(&text))
		default:
			ids = append(ids, g.event(&text))
		}
		text.WriteByte('\n')
	}
	file := filepath.Join(i.TempDir(), "history.ndjson")
	if err := os.WriteFile(file, text.Bytes(), 0o600); err != nil {
		i.Fatal(err)
	}
	i.run("import", "--workspace", to.slug, file)
	to.ledger.acknowledge(ids)
}

// orderErasure orders it by command. Whoever asked need not stay until it is done.
func (i *install) orderErasure(db *database.Database, to *workspace) {
	i.Helper()
	c, said := i.command("user", "anonymise", "--workspace", to.slug, "--actor", zephyrines, "--yes")
	if err := c.Start(); err != nil {
		i.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	i.eventually("the erasure is ordered", func() bool {
		select {
		case err := <-ended:
			if err != nil {
				i.Fatalf("%v: %s", err, said)
			}
			return true
		default:
		}
		var n int
		return db.Pool.QueryRow(context.Background(), `SELECT count(*) FROM erasures`).Scan(&n) == nil && n == 1
	})
	_ = c.Process.Kill()
}

// hers is an array in which some events are hers.
func (g *generator) hers() batch {
	b := batch{kind: "application/json"}
	var text bytes.Buffer
	for n := range 1 + g.random.IntN(mostLines/20) {
		text.WriteByte("[,"[min(n, 1)])
		if g.random.IntN(4) == 0 {
			b.ids = append(b.ids, g.her(&text))
		} else {
			b.ids = append(b.ids, g.event(&text))
		}
	}
	text.WriteByte(']')
	b.body = text.Bytes()
	return b
}

// her writes an event of hers, which says in several places who she is.
func (g *generator) her(to *bytes.Buffer) uuid.UUID {
	id := g.id()
	fmt.Fprintf(to, `{"id":"%s","actor":{"id":"%s","name":"%s","email":"%s","role":"lead"},"action":"updated",`, id, zephyrines, zephyrine, herEmail)
	fmt.Fprintf(to, `"resource":{"type":"file","id":"%d","name":"Plan of %s"},"description":"%s updated a plan",`, g.random.IntN(900), zephyrine, strings.ToUpper(zephyrine))
	fmt.Fprintf(to, `"metadata":{"by":"%s","mail":"%s","n":%d},"ip_address":"%s","user_agent":"Quillbrowser/3"}`, zephyrines, herEmail, g.random.IntN(900), herAddress)
	return id
}

// mention writes an event of somebody else that names her.
func (g *generator) mention(to *bytes.Buffer) uuid.UUID {
	id := g.id()
	fmt.Fprintf(to, `{"id":"%s","actor":{"id":"user-%d","name":"Somebody"},"action":"assigned","resource":{"type":"task","id":"%d","name":"Call %s"},"metadata":{"assignee":"%s","cc":["%s"]}}`,
		id, g.random.IntN(90), g.random.IntN(900), zephyrine, zephyrines, herEmail)
	return id
}

// checkForgotten looks through every table.
func (i *install) checkForgotten(db *database.Database, to *workspace) {
	i.Helper()
	var tables []string
	if err := db.Gorm.Raw(`SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = 'public'`).Scan(&tables).Error; err != nil {
		i.Fatal(err)
	}
	for _, table := range tables {
		for _, trace := range traces {
			var n int
			if err := db.Pool.QueryRow(context.Background(), `SELECT count(*) FROM `+table+` AS t WHERE position($1 IN lower(t::text)) > 0`, trace).Scan(&n); err != nil {
				i.Fatal(err)
			}
			if n > 0 {
				i.Errorf("%d rows of %s say %s", n, table, trace)
			}
		}
	}
	var own, others, wrong int
	err := db.Pool.QueryRow(context.Background(), `SELECT count(*) FILTER (WHERE actor_name = 'Deleted User' AND entity_name = 'Plan of Deleted User' AND user_agent IS NULL), count(*) FILTER (WHERE entity_name = 'Call Deleted User'),
		count(*) FILTER (WHERE actor_name = 'Deleted User' AND description <> 'Deleted User updated a plan' OR actor_name = 'Somebody' AND entity_name <> 'Call Deleted User') FROM activities WHERE NOT system`).Scan(&own, &others, &wrong)
	if err != nil || own < importLines/20 || others < importLines/20 || wrong > 0 {
		i.Errorf("%d activities of hers, %d of others that mentioned her, %d that are wrong (%v)", own, others, wrong, err)
	}
	i.Logf("%s: %d activities of hers, %d of others that mentioned her", to.slug, own, others)
}
