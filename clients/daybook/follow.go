package daybook

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Activity is what happened, as Daybook tells it. Times are UTC. What is not known is nil.
type Activity struct {
	ID            string          `json:"id"`
	Seq           int64           `json:"seq"` // its place in the workspace's order; filters and access leave gaps
	WorkspaceID   string          `json:"workspace_id"`
	Timestamp     time.Time       `json:"timestamp"`   // when it happened
	RecordedAt    time.Time       `json:"recorded_at"` // when it came to Daybook
	Actor         ActorThen       `json:"actor"`
	OnBehalfOf    *ActorThen      `json:"on_behalf_of"`
	Action        string          `json:"action"`
	Resource      *ResourceThen   `json:"resource"`
	Project       *Project        `json:"project"`
	Description   string          `json:"description"`
	Changes       []Change        `json:"changes"`
	Metadata      json.RawMessage `json:"metadata"` // an object
	Outcome       string          `json:"outcome"`
	System        bool            `json:"system"`
	CorrelationID *string         `json:"correlation_id"`
	IPAddress     *string         `json:"ip_address"` // for those who may read everything
	UserAgent     *string         `json:"user_agent"`
}

// ActorThen is who did it, named as then.
type ActorThen struct {
	ID   string  `json:"id"`
	Name string  `json:"name"`
	Type string  `json:"type"`
	Role *string `json:"role"`
}

// ResourceThen is what it was done to, named as then.
type ResourceThen struct {
	Type string  `json:"type"`
	ID   *string `json:"id"`
	Name *string `json:"name"`
	URL  *string `json:"url"`
}

// Reader reads the activities of one workspace: a token with the scope activity:read, or a person's. follow.go needs daybook.go beside it, and Go 1.23.
type Reader struct {
	URL, Workspace, Token string
	Filter                url.Values    // as the list takes it: actor_id, actions, q, …; may be nil
	Pause, LongestPause   time.Duration // between attempts of Follow; 1 s and 1 min, when they are zero
	OnError               func(Problem) // what Follow goes on after; may be nil
	Transport             http.RoundTripper
}

// ReadError is an answer that trying again does not change.
type ReadError struct {
	Status int
	Detail string
}

func (e *ReadError) Error() string { return fmt.Sprintf("daybook: %d: %s", e.Status, e.Detail) }

// GoneError says that the position is an activity that was purged, and rows behind it may have been, too. Follow again from After to go on with
// what is kept; what was purged nobody can tell you.
type GoneError struct {
	After  string // "" when the answer names none
	Detail string
}

func (e *GoneError) Error() string { return "daybook: 410: " + e.Detail }

const (
	longestWait = 4 // seconds that the server holds a request for a row to come
	pageSize    = 200

	maxPage       = 64 << 20 // bytes of an answer that are read
	mostConflicts = 10       // attempts with a position that is ahead of the log
)

// Follow gives each activity posted after the one with this id, oldest first, each once, as it comes, until the context ends or the function gives
// an error, which is then Follow's. After "0" comes the first one there is, after "" the latest page. The function keeps the id of what it has
// done with; from there another Follow goes on. Outages are waited for, and for a while an activity that is accepted and not posted yet. A *GoneError,
// or a *ReadError, ends it.
func (r *Reader) Follow(ctx context.Context, after string, do func(Activity) error) error {
	failures, conflicts := 0, 0
	for {
		began := time.Now()
		found, err := r.page(ctx, after)
		if wait, ok := err.(retryError); ok { //nolint:errorlint // page gives it as it is
			failures++
			if wait.Status == http.StatusConflict {
				conflicts++
			}
			if conflicts == mostConflicts { // a log that was restored may never come to it
				return &ReadError{Status: wait.Status, Detail: wait.Detail}
			}
			if err := r.pause(ctx, r.tell(wait, failures)); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		failures, conflicts = 0, 0
		for _, a := range found {
			if err := do(a); err != nil {
				return err
			}
			after = a.ID
		}
		if after == "" {
			after = "0" // there is nothing yet, so that whatever comes comes after the beginning
			continue
		}
		if rest := cmp.Or(r.Pause, time.Second) - time.Since(began); len(found) == 0 && rest > 0 { // a server that is busy answers without waiting
			if err := r.pause(ctx, rest); err != nil {
				return err
			}
		}
	}
}

// retryError is an answer after which trying again makes sense.
type retryError struct{ answer }

func (e retryError) Error() string { return e.Detail }

// page asks for what comes after a position.
func (r *Reader) page(ctx context.Context, after string) ([]Activity, error) {
	q := maps.Clone(r.Filter)
	if q == nil {
		q = url.Values{}
	}
	q.Set("after_id", after)
	q.Set("limit", strconv.Itoa(pageSize))
	if after != "" { // the latest page is of what there is; waiting for the first row could pass over some that come together
		q.Set("wait", strconv.Itoa(longestWait))
	}
	found, _, err := r.get(ctx, r.address()+"?"+q.Encode())
	return found, err
}

// Activities gives all activities there are, newest first. An error ends it.
func (r *Reader) Activities(ctx context.Context) iter.Seq2[Activity, error] {
	return func(yield func(Activity, error) bool) {
		next := r.address() + "?" + r.Filter.Encode()
		for next != "" {
			found, link, err := r.get(ctx, next)
			if err != nil {
				yield(Activity{}, err)
				return
			}
			for _, a := range found {
				if !yield(a, nil) {
					return
				}
			}
			if next, err = r.onward(link); err != nil {
				yield(Activity{}, err)
				return
			}
		}
	}
}

func (r *Reader) address() string {
	return strings.TrimRight(r.URL, "/") + "/api/v1/workspaces/" + url.PathEscape(r.Workspace) + "/activity"
}

// onward is the address that a link names, on the server that was asked: nobody else gets the token, and a link has the path as the server sees it. Without
// a link there is none.
func (r *Reader) onward(link string) (string, error) {
	if link == "" {
		return "", nil
	}
	server, err := url.Parse(r.URL)
	if err != nil {
		return "", fmt.Errorf("daybook: %w", errAddress)
	}
	there, err := url.Parse(link)
	if err != nil {
		return "", errors.New("daybook: the link to the next page is no address")
	}
	return server.Scheme + "://" + server.Host + there.RequestURI(), nil
}

var (
	nextLink = regexp.MustCompile(`<([^>]*)>; *rel="next"`)
	restart  = regexp.MustCompile(`after_id=([0-9a-f-]+)`)
)

// get asks for a page. Its error is a *GoneError, a *ReadError, a retryError, or the context's.
func (r *Reader) get(ctx context.Context, address string) (found []Activity, next string, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, "", fmt.Errorf("daybook: %w", errAddress)
	}
	request.Header = http.Header{"Accept": {"application/json"}, "User-Agent": {"daybook-go/1"}, "Authorization": {"Bearer " + strings.TrimSpace(r.Token)}}
	a := ask(&http.Client{
		Timeout: longestWait*time.Second + 30*time.Second, Transport: r.Transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, request, maxPage)
	switch {
	case ctx.Err() != nil:
		return nil, "", ctx.Err()
	case a.Status == http.StatusOK && json.Unmarshal(a.Body, &found) == nil && found != nil:
		if m := nextLink.FindStringSubmatch(a.Link); m != nil {
			next = m[1]
		}
		return found, next, nil
	case a.Status == http.StatusGone:
		gone := &GoneError{Detail: a.Detail}
		if m := restart.FindStringSubmatch(a.Link + " " + a.Detail); m != nil {
			gone.After = m[1]
		}
		return nil, "", gone
	case a.needsSomebody() && a.Status != http.StatusConflict:
		return nil, "", &ReadError{Status: a.Status, Detail: a.Detail}
	}
	return nil, "", retryError{a}
}

// tell says why Follow pauses, and gives how long.
func (r *Reader) tell(e retryError, failures int) time.Duration {
	pause := max(e.RetryAfter, backOff(cmp.Or(r.Pause, time.Second), cmp.Or(r.LongestPause, time.Minute), failures))
	if r.OnError != nil {
		r.OnError(Problem{Reason: Retrying, Message: nextAttempt(e.Detail, pause), Status: e.Status})
	}
	return pause
}

func (r *Reader) pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
