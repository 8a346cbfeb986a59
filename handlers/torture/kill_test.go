package torture

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"daybook/services/database/dbtest"
)

// One installation goes through everything that kills: batches that contend for the same ids, SIGKILL to the server, to an import and to
// PostgreSQL under 32 senders, a second serve, SIGTERM under load.
func TestTortureKills(t *testing.T) {
	t.Parallel()
	data := dbtest.Folder(t)
	i := newInstall(t, "DAYBOOK_DATA="+data)
	s := i.server()
	t.Cleanup(func() { quit(s, data) })
	s.start()
	s.ready()
	url := i.builtIn(data)
	busy, contended := i.workspace("busy"), i.workspace("contended")
	t.Run("the same ids in opposite order", func(t *testing.T) { i.on(t).contend(s, contended) })
	i.on(t).check(url, contended)
	t.Run("kills", func(t *testing.T) { i.on(t).kill(s, data, busy) })
	i.on(t).check(url, busy, contended)
	t.Run("a second serve", func(t *testing.T) { i.on(t).serveTwice() })
	t.Run("SIGTERM", func(t *testing.T) { i.on(t).terminate(s, data, busy) })
	i.on(t).check(url, busy, contended)
	s.stop(syscall.SIGTERM)
}

// on is the installation within another test.
func (i *install) on(t *testing.T) *install {
	other := *i
	other.T = t
	return &other
}

// contend sends the same events from several senders at once, each in another order. Each event is accepted once, and nobody sees an error.
func (i *install) contend(at *server, to *workspace) {
	s := &senders{install: i, ledger: to.ledger, token: to.token, client: &http.Client{}, url: []string{"http://" + at.address + "/api/v1/workspaces/" + to.slug + "/activity"}}
	g := newGenerator("contention", rand.Uint64())
	for range rounds {
		var texts [][]byte
		all := batch{}
		for range 300 {
			var text bytes.Buffer
			all.ids = append(all.ids, g.event(&text))
			texts = append(texts, text.Bytes())
		}
		var sending sync.WaitGroup
		for turn := range 6 {
			order := slices.Clone(texts)
			switch turn % 3 {
			case 1:
				slices.Reverse(order)
			case 2:
				rand.Shuffle(len(order), func(a, b int) { order[a], order[b] = order[b], order[a] })
			}
			b := batch{kind: "application/json", ids: all.ids, body: slices.Concat([]byte("["), bytes.Join(order, []byte(",")), []byte("]"))}
			if turn%2 == 1 {
				b.kind, b.body = "application/x-ndjson", bytes.Join(order, []byte("\n"))
			}
			sending.Go(func() { s.deliver(b, 0) })
		}
		sending.Wait()
	}
	if i.Failed() {
		i.FailNow()
	}
}

// kill kills what it likes while everybody sends.
func (i *install) kill(s *server, data string, to *workspace) {
	sending := i.send(to, s)
	importing := i.startImport(to)
	random := rand.New(rand.NewPCG(rand.Uint64(), 1))
	for k := range kills {
		sending.progress(100 + random.Int64N(1500))
		switch k % 3 {
		case 1:
			p := postmaster(data)
			if p == nil {
				i.Fatal("PostgreSQL is not there to be killed")
			}
			_ = p.Kill()
			killed := time.Now()
			i.eventually("another PostgreSQL runs", func() bool { next := postmaster(data); return next != nil && next.Pid != p.Pid })
			sending.progress(1)
			i.Logf("events were taken again %s after PostgreSQL was killed", time.Since(killed).Round(time.Millisecond))
			continue
		case 2:
			importing.kill() // it may be the journal's writer
		}
		s.stop(syscall.SIGKILL)
		s.start()
	}
	sending.progress(500)
	sending.finish()
	importing.wait()
}

// importer runs an import until it comes to its end.
type importer struct {
	*install
	mu      sync.Mutex
	process *os.Process
	done    chan struct{}
}

func (i *install) startImport(to *workspace) *importer {
	i.Helper()
	file := filepath.Join(i.TempDir(), "events.ndjson")
	all := newGenerator("import", rand.Uint64()).lines(importLines)
	if err := os.WriteFile(file, all.body, 0o600); err != nil {
		i.Fatal(err)
	}
	m := &importer{install: i, done: make(chan struct{})}
	go func() {
		defer close(m.done)
		for tries := 1; !i.Failed(); tries++ {
			if m.once(to, file) {
				to.ledger.acknowledge(all.ids)
				i.Logf("imported at the %d. try", tries)
				return
			}
		}
	}()
	i.Cleanup(func() { // only a test that failed has left one
		m.kill()
		<-m.done
	})
	return m
}

// once runs the command, and tells whether it took everything.
func (m *importer) once(to *workspace, file string) bool {
	c, said := m.command("import", "--workspace", to.slug, file)
	m.mu.Lock()
	err := c.Start()
	m.process = c.Process
	m.mu.Unlock()
	if err != nil {
		m.Error(err)
		return false
	}
	if err := c.Wait(); err != nil {
		return false
	}
	var accepted, duplicates, rejected int
	_, err = fmt.Sscanf(said.String()[max(0, strings.Index(said.String(), "accepted")):], "accepted %d, duplicates %d, rejected %d", &accepted, &duplicates, &rejected)
	if err != nil || accepted+duplicates != importLines || rejected != 0 {
		m.Errorf("the import said %s", said)
	}
	return true
}

func (m *importer) kill() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.process != nil {
		_ = m.process.Kill()
	}
}

func (m *importer) wait() {
	m.Helper()
	m.eventually("the import has ended", func() bool {
		select {
		case <-m.done:
			return true
		default:
			return false
		}
	})
}

// serveTwice tries to serve a data folder that is being served.
func (i *install) serveTwice() {
	second := i.server()
	second.start()
	select {
	case <-second.ended:
	case <-second.Context().Done():
	}
	if second.state == nil || second.state.ExitCode() == 0 || !strings.Contains(second.said.String(), "being served") {
		i.Errorf("the second serve: %s\n%s", second.state, second.said)
	}
}

// terminate ends serving while everybody sends.
func (i *install) terminate(s *server, data string, to *workspace) {
	for range 1 + kills/10 {
		sending := i.send(to, s)
		sending.progress(500)
		server := postmaster(data)
		s.stop(syscall.SIGTERM)
		if code := s.state.ExitCode(); code != 0 {
			i.Errorf("serve ended with %d\n%s", code, s.said)
		}
		if left := postmaster(data); server == nil || left != nil {
			i.Errorf("PostgreSQL before: %v; and still: %v", server, left)
		}
		s.start()
		sending.progress(100)
		sending.finish()
	}
}

// quit ends what a test that failed left running: PostgreSQL would go on without its folder.
func quit(s *server, data string) {
	s.signal(syscall.SIGKILL)
	if p := postmaster(data); p != nil {
		_ = p.Signal(syscall.SIGQUIT)
	}
}
