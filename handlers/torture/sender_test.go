package torture

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
)

// ledger is what senders know: which events were acknowledged. Nothing else counts.
type ledger struct {
	mu           sync.Mutex
	acknowledged map[uuid.UUID]bool
	count        atomic.Int64 // of acknowledged events
	refused      atomic.Int64 // answers that said "later"
	outages      atomic.Int64 // those of them that single events got, which are never told to wait for others
	broken       atomic.Int64 // requests without an answer
}

func newLedger() *ledger { return &ledger{acknowledged: map[uuid.UUID]bool{}} }

func (l *ledger) acknowledge(ids []uuid.UUID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, id := range ids {
		l.acknowledged[id] = true
	}
	l.count.Store(int64(len(l.acknowledged)))
}

func (l *ledger) String() string {
	return fmt.Sprintf("%d events acknowledged, %d answers “later” (%d for an outage to single events), %d requests without an answer",
		l.count.Load(), l.refused.Load(), l.outages.Load(), l.broken.Load())
}

// senders send at once until finish.
type senders struct {
	*install
	ledger   *ledger
	url      []string // of the workspace's activities, at each server; when one fails, the next is tried
	token    string
	client   *http.Client
	stopping atomic.Bool
	running  sync.WaitGroup
}

// The number of senders that the design asks for.
const concurrent = 32

func (i *install) send(to *workspace, at ...*server) *senders {
	return i.sendSuch((*generator).batch, to, at...)
}

// sendSuch sends what a generator is made to make.
func (i *install) sendSuch(next func(*generator) batch, to *workspace, at ...*server) *senders {
	s := &senders{install: i, ledger: to.ledger, token: to.token, client: &http.Client{
		Timeout: 8 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: concurrent, DisableCompression: true},
	}}
	for _, server := range at {
		s.url = append(s.url, "http://"+server.address+"/api/v1/workspaces/"+to.slug+"/activity")
	}
	seed := rand.Uint64()
	i.Logf("the senders' seed is %d", seed)
	for n := range concurrent {
		g := newGenerator(fmt.Sprintf("sender %d", n), seed+uint64(n))
		s.running.Go(func() {
			for !s.stopping.Load() && !s.Failed() {
				b := next(g)
				for again := true; again && !s.Failed(); again = g.random.IntN(40) == 0 { // now and then once more, which must be harmless
					s.deliver(b, n)
				}
			}
		})
	}
	i.Cleanup(func() { // only a test that failed has left any
		s.stopping.Store(true)
		s.running.Wait()
	})
	return s
}

// finish lets every sender deliver what it has in hand.
func (s *senders) finish() {
	s.Helper()
	s.stopping.Store(true)
	done := make(chan struct{})
	go func() { s.running.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(2 * patience): // a request of many lines is taken in steps, each of which may be told to wait
		s.Fatalf("the senders cannot deliver what they have: %s", s.ledger)
	}
	s.client.CloseIdleConnections()
}

// progress waits until so many more events were acknowledged.
func (s *senders) progress(events int64) {
	s.Helper()
	from := s.ledger.count.Load()
	s.eventually(fmt.Sprintf("%d more events acknowledged", events), func() bool { return s.ledger.count.Load() >= from+events || s.Failed() })
	if s.Failed() {
		s.FailNow()
	}
}

// deliver sends a batch until it is acknowledged. Nothing but an acknowledgement, “later” or silence is a right answer to it.
func (s *senders) deliver(b batch, turn int) {
	for ; !s.Failed(); turn++ {
		status, answer, err := s.post(s.url[turn%len(s.url)], b)
		switch {
		case err != nil:
			s.ledger.broken.Add(1)
		case status == http.StatusCreated || status == http.StatusOK:
			if answer.Accepted+answer.Duplicates != len(b.ids) {
				s.Errorf("of %d events %d were accepted and %d duplicates", len(b.ids), answer.Accepted, answer.Duplicates)
			}
			s.ledger.acknowledge(b.ids)
			return
		case status == http.StatusServiceUnavailable || status == http.StatusTooManyRequests:
			s.ledger.refused.Add(1)
			if len(b.ids) == 1 && status == http.StatusServiceUnavailable {
				s.ledger.outages.Add(1)
			}
		default:
			s.Errorf("%d events were answered with %d %s", len(b.ids), status, answer.text)
			return
		}
		<-time.After(20*time.Millisecond + rand.N(60*time.Millisecond)) // a polite sender
	}
}

type answer struct {
	Accepted   int `json:"accepted"`
	Duplicates int `json:"duplicates"`
	text       string
}

func (s *senders) post(url string, b batch) (status int, a answer, err error) {
	r, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(b.body))
	if err != nil {
		return 0, a, err
	}
	r.Header.Set("Authorization", "Bearer "+s.token)
	r.Header.Set("Content-Type", b.kind)
	response, err := s.client.Do(r)
	if err != nil {
		return 0, a, err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, a, err
	}
	a.text = string(text)
	if response.StatusCode < 300 {
		err = json.Unmarshal(text, &a)
	}
	return response.StatusCode, a, err
}
