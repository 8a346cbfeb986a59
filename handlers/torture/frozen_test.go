package torture

import (
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"daybook/services/database/dbtest"
)

// Two processes serve one PostgreSQL. The one that posts is frozen: the other takes over within seconds, and the old one, thawed, cannot
// commit what it had begun.
func TestTortureFrozenWriter(t *testing.T) {
	t.Parallel()
	url := dbtest.New(t).URL()
	i := newInstall(t, "DATABASE_URL="+url, "DAYBOOK_SECRET=a secret of more than thirty-two characters", "DAYBOOK_DATA="+t.TempDir())
	to := i.workspace("shared")
	pair := [2]*server{i.server(), i.server()}
	for _, s := range pair {
		s.start()
	}
	for _, s := range pair {
		s.ready()
	}
	sending := i.send(to, pair[0], pair[1])
	for range 1 + kills/25 {
		sending.progress(300 + rand.Int64N(1000))
		writer, other := pair[0], pair[1]
		i.eventually("one of the two is the writer", func() bool {
			if other.writing() {
				writer, other = other, writer
			}
			return writer.writing()
		})
		frozen := time.Now()
		writer.signal(syscall.SIGSTOP)
		i.eventually("the other has taken over", other.writing)
		took := time.Since(frozen)
		t.Logf("the other process took over %s after the writer was frozen", took.Round(time.Millisecond))
		if took > 20*time.Second {
			t.Errorf("taking over took %s", took)
		}
		sending.progress(300)
		i.eventually("it was frozen long enough", func() bool { return time.Since(frozen) >= frozenFor })
		writer.signal(syscall.SIGCONT)
		i.eventually("the old writer knows", func() bool { status, _ := writer.get("/metrics"); return status == 200 && !writer.writing() })
		sending.progress(300)
		if !other.writing() || writer.writing() {
			t.Error("the old writer is the writer again, or nobody is")
		}
		other.stop(syscall.SIGKILL)
		began := time.Now()
		i.eventually("the old writer takes over again", writer.writing)
		t.Logf("the first process took over %s after the second was killed", time.Since(began).Round(time.Millisecond))
		other.start()
	}
	sending.finish()
	i.check(url, to)
	for _, s := range pair {
		s.ready()
		s.stop(syscall.SIGTERM)
		if s.state.ExitCode() != 0 {
			t.Errorf("serve ended with %s\n%s", s.state, s.said)
		}
	}
}
