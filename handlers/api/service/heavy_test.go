//go:build !race

package service_test

import (
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
)

// A list of the longest rows there are is about what is read and what is written, and not many times that. (Not with the race detector, which
// allocates itself and lets pools forget.)
func TestAHeavyListIsWrittenOnce(t *testing.T) {
	w := New(t)
	const rows, batch = 200, 50
	long := strings.Repeat("x", 60<<10)
	for range rows / batch {
		events := make([]string, batch)
		for i := range events {
			events[i] = fmt.Sprintf(`{"actor": {"id": "x"}, "action": "created", "metadata": {"apicall": "deploy", "long": %q}}`, long)
		}
		w.Send("[%s]", strings.Join(events, ","))
	}
	var before, after runtime.MemStats
	r, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+w.Address+path+"?limit="+fmt.Sprint(rows), nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header = w.Credentials("service")
	r.Header.Set("Accept-Encoding", "identity")
	runtime.GC()
	runtime.ReadMemStats(&before)
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	n, err := io.Copy(io.Discard, a.Body)
	runtime.ReadMemStats(&after)
	if err != nil || n < rows*60<<10 || n != a.ContentLength {
		t.Fatal(n, err)
	}
	times := float64(after.TotalAlloc-before.TotalAlloc) / float64(n)
	t.Logf("%d MiB, %.1f times that was allocated", n>>20, times)
	if times > 5.2 {
		t.Errorf("%.1f times the answer was allocated", times)
	}
}
