//go:build torture

package torture

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"daybook/services/database/dbtest"
)

// A million rows are imported while serve posts them. What serve needs for that does not depend on how many they are.
func TestTortureMemory(t *testing.T) {
	const million, most = 1_000_000, 150 << 10 // rows; kB
	data := dbtest.Folder(t)
	i := newInstall(t, "DAYBOOK_DATA="+data)
	s := i.server()
	t.Cleanup(func() { quit(s, data) })
	s.start()
	s.ready()
	url, to := i.builtIn(data), i.workspace("large")
	c, said := i.command("import", "--workspace", to.slug, "-")
	in, out := io.Pipe()
	c.Stdin = in
	c.WaitDelay = 0
	go func() {
		g := newGenerator("memory", 1)
		for range million / 1000 {
			b := g.lines(1000)
			to.ledger.acknowledge(b.ids)
			if _, err := io.Copy(out, bytes.NewReader(b.body)); err != nil {
				return
			}
		}
		_ = out.Close()
	}()
	began := time.Now()
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	done, importing := make(chan error, 1), int64(0)
	go func() { done <- c.Wait() }()
	for running := true; running; {
		select {
		case err := <-done:
			if running = false; err != nil {
				t.Fatalf("%v\n%s", err, said)
			}
		case <-time.After(100 * time.Millisecond):
			importing = max(importing, peak(c.Process.Pid))
		}
	}
	took := time.Since(began)
	t.Logf("%s in %s, %.0f a second; at most %d MB serve, %d MB import", strings.TrimSpace(said.String()), took.Round(time.Second),
		million/took.Seconds(), peak(s.process.Pid)>>10, importing>>10)
	if kB := peak(s.process.Pid); kB == 0 || kB > most {
		t.Errorf("serve had %d kB", kB)
	}
	i.check(url, to)
	s.stop(syscall.SIGTERM)
}

// peak is the most memory that a process ever had, in kB.
func peak(pid int) (kB int64) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	if _, rest, found := strings.Cut(string(text), "VmHWM:"); found {
		_, _ = fmt.Sscan(rest, &kB)
	}
	return kB
}
