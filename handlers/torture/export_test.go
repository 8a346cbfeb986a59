//go:build torture

package torture

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"daybook/services/database"
	"daybook/services/database/dbtest"
)

const exportedRows = 60_000

// A process that makes a file is killed, again and again; another start goes on with it, and the file has each row once.
func TestTortureExport(t *testing.T) {
	t.Parallel()
	address := dbtest.New(t).URL()
	i := newInstall(t, "DATABASE_URL="+address, "DAYBOOK_SECRET=a secret of more than thirty-two characters", "DAYBOOK_DATA="+t.TempDir())
	to := i.workspace("exported")
	lines := filepath.Join(t.TempDir(), "lines.ndjson")
	var text strings.Builder
	for n := range exportedRows {
		fmt.Fprintf(&text, `{"actor":{"id":"a-%d"},"action":"created","resource":{"type":"task","id":"%d"},"metadata":{"text":%q}}`+"\n", n%50, n, strings.Repeat("x", 300))
	}
	if err := os.WriteFile(lines, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	i.run("import", "--workspace", to.slug, lines)
	db, err := database.Open(t.Context(), database.Config{URL: address, MaxConns: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	kept := func() (rows int64, state string) {
		if err := db.Pool.QueryRow(context.Background(), `SELECT rows, state FROM exports`).Scan(&rows, &state); err != nil {
			t.Fatal(err)
		}
		return rows, state
	}
	s := i.server()
	s.start()
	s.ready()
	made, _ := i.ask(s, to, call{"POST", "/api/v1/workspaces/exported/exports", `{"format": "ndjson"}`})
	where, err := url.Parse(made.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	at := where.Path
	killed := 0
	for before, state := kept(); state != "done" && killed < 3; killed++ {
		i.eventually("the file grows", func() bool { now, is := kept(); return now > before || is == "done" })
		s.stop(syscall.SIGKILL)
		before, state = kept()
		t.Logf("killed at %d rows", before)
		s.start()
		s.ready()
	}
	i.eventually("the file is done", func() bool { _, is := kept(); return is == "done" })
	_, file := i.ask(s, to, call{"GET", at + "/file", ""})
	ids := map[string]bool{}
	for line := range strings.Lines(file) {
		var row struct {
			Resource struct {
				ID string `json:"id"`
			} `json:"resource"`
		}
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatal(err)
		}
		ids[row.Resource.ID] = true
	}
	_, manifest := i.ask(s, to, call{"GET", at, ""})
	sum := sha256.Sum256([]byte(file))
	if n := strings.Count(file, "\n"); n != exportedRows || len(ids) != exportedRows || !strings.Contains(manifest, hex.EncodeToString(sum[:])) {
		t.Errorf("%d rows, %d different ones; %s", n, len(ids), manifest)
	}
	s.stop(syscall.SIGTERM)
	if s.state.ExitCode() != 0 {
		t.Errorf("serve ended with %s\n%s", s.state, s.said)
	}
}

// call is a request.
type call struct{ method, path, body string }

// ask makes a request as an application does.
func (i *install) ask(of *server, as *workspace, c call) (http.Header, string) {
	i.Helper()
	r, err := http.NewRequest(c.method, "http://"+of.address+c.path, strings.NewReader(c.body))
	if err != nil {
		i.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+as.token)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		i.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode >= 300 {
		i.Fatalf("%s %s: %d %s %v", c.method, c.path, answer.StatusCode, text, err)
	}
	return answer.Header, string(text)
}
