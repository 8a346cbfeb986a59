package daybook

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// Whoever flushes does not wait for events that somebody else's Close gives up.
func TestFlushBesideClose(t *testing.T) {
	busy := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusServiceUnavailable) }))
	t.Cleanup(busy.Close)
	told := make(chan Problem, 10)
	c := New(busy.URL, "acme", "dbk_any", Options{Pause: time.Hour, LongestPause: time.Hour, OnError: func(p Problem) { told <- p }})
	c.Send(Event{Actor: &Actor{ID: "a"}, Action: "created"})
	flushed := make(chan struct{})
	go func() {
		defer close(flushed)
		_ = c.Flush(context.Background())
	}()
	if p := <-told; p.Reason != Retrying {
		t.Fatal(p)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if err := c.Close(ended); err == nil {
		t.Error("it says that everything was sent")
	}
	select {
	case <-flushed:
	case <-time.After(20 * time.Second):
		t.Fatal("somebody still flushes")
	}
}
