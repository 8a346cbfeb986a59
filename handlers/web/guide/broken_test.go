package guide_test

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
)

// getsBrokenAnswers has the first answers to the reader's programs end before they are whole, as something between may: with and without a length that was told before, and
// as JSON that somebody has cut.
func (r *reader) getsBrokenAnswers() {
	r.t.Helper()
	address := "http://" + r.Address
	whole := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: r.Address})
	var asked atomic.Int32
	between := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, q *http.Request) {
		if !strings.HasSuffix(q.URL.Path, "/activity") {
			whole.ServeHTTP(rw, q)
			return
		}
		n := asked.Add(1)
		switch n {
		case 1:
			rw.Header().Set("Content-Length", "100")
		case 2: // in chunks, and no last one
		case 3:
			_, _ = rw.Write([]byte(`[{"id": "`))
			return
		default:
			whole.ServeHTTP(rw, q)
			return
		}
		_, _ = rw.Write([]byte(`[{"id": "`))
		_ = http.NewResponseController(rw).Flush()
		panic(http.ErrAbortHandler)
	}))
	r.t.Cleanup(func() {
		between.CloseClientConnections()
		between.Close()
		if asked.Load() < 4 {
			r.t.Errorf("it asked %d times, and got whole answers only", asked.Load())
		}
	})
	r.setup = strings.Replace(r.setup, address, between.URL, 1)
}
