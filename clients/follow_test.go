package clients_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"daybook/clients/daybook"
	"daybook/handlers/handlerstest"
)

func readerFor(w *handlerstest.World, address string) *daybook.Reader {
	token := strings.TrimPrefix(w.Credentials("service").Get("Authorization"), "Bearer ")
	return &daybook.Reader{URL: address, Workspace: "acme", Token: token, Pause: 20 * time.Millisecond, LongestPause: 100 * time.Millisecond}
}

var errEnough = errors.New("enough")

// follow reads so many activities after a position.
func follow(t *testing.T, r *daybook.Reader, after string, n int) (found []daybook.Activity, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	err = r.Follow(ctx, after, func(a daybook.Activity) error {
		if found = append(found, a); len(found) == n {
			return errEnough
		}
		return nil
	})
	return found, err
}

// sent sends events by the client, and gives their ids.
func sent(t *testing.T, w *handlerstest.World, n int) (ids []string) {
	t.Helper()
	token := strings.TrimPrefix(w.Credentials("service").Get("Authorization"), "Bearer ")
	c := daybook.New("http://"+w.Address, "acme", token, daybook.Options{Interval: time.Millisecond})
	for i := range n {
		ids = append(ids, c.Send(daybook.Event{
			Actor: &daybook.Actor{ID: "user-1", Name: "Amara"}, Action: "updated", Resource: &daybook.Resource{Type: "project", ID: "42"}, Project: &daybook.Project{ID: "p1"},
			Changes: []daybook.Change{{Field: "n", Before: nil, After: i}}, Metadata: map[string]any{"n": i}, OccurredAt: time.Date(2026, 1, 31, 9, 0, i%60, 0, time.UTC),
		}))
	}
	if err := c.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.Drain()
	return ids
}

func idsOf(found []daybook.Activity) (ids []string) {
	for _, a := range found {
		ids = append(ids, a.ID)
	}
	return ids
}

// Every row comes once and in order: what is there, over several pages, and then what comes; beside outages.
func TestFollow(t *testing.T) {
	w := handlerstest.New(t)
	ids := sent(t, w, 450)
	var n atomic.Int64
	bad := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		switch n.Add(1) % 3 {
		case 1:
			rw.WriteHeader(http.StatusServiceUnavailable)
		case 2:
			panic(http.ErrAbortHandler)
		default:
			fmt.Fprint(rw, "<html>")
		}
	}))
	t.Cleanup(bad.Close)
	r := readerFor(w, "http://"+w.Address)
	r.Filter = url.Values{"actor_id": {"user-1"}}
	var problems []daybook.Problem
	r.OnError = func(p daybook.Problem) { problems = append(problems, p) }
	r.Transport = roundTripper(func(q *http.Request) (*http.Response, error) {
		if n.Load()%5 < 3 {
			q = q.Clone(q.Context())
			q.URL.Host = strings.TrimPrefix(bad.URL, "http://")
		} else {
			n.Add(1)
		}
		return http.DefaultTransport.RoundTrip(q)
	})
	later := make(chan []string, 1)
	found, err := follow(t, r, "0", 450)
	if !errors.Is(err, errEnough) || !slices.Equal(idsOf(found), ids) {
		t.Fatalf("%d activities in place of %d, %v", len(found), len(ids), err)
	}
	a := found[7]
	if a.Action != "updated" || a.Actor.Name != "Amara" || a.Resource == nil || *a.Resource.ID != "42" || a.Project.ID != "p1" || a.Changes[0].After != 7.0 || string(a.Metadata) != `{"n":7}` ||
		!a.Timestamp.Equal(time.Date(2026, 1, 31, 9, 0, 7, 0, time.UTC)) || a.Seq < 1 || a.OnBehalfOf != nil || a.Outcome != "success" {
		t.Errorf("%+v", a)
	}
	go func() { later <- sent(t, w, 30) }()
	found, err = follow(t, r, ids[len(ids)-1], 30)
	if want := <-later; !errors.Is(err, errEnough) || !slices.Equal(idsOf(found), want) {
		t.Errorf("%d of the later ones, %v", len(found), err)
	}
	if len(problems) == 0 || problems[0].Reason != daybook.Retrying {
		t.Errorf("%+v", problems)
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (r roundTripper) RoundTrip(q *http.Request) (*http.Response, error) { return r(q) }

// Whoever begins before there is anything misses nothing that comes, and does not ask all the time.
func TestFollowFromNothing(t *testing.T) {
	w := handlerstest.New(t)
	var asked atomic.Int64
	r := readerFor(w, "http://"+w.Address)
	r.Filter = url.Values{"actor_id": {"user-1"}}
	r.Transport = roundTripper(func(q *http.Request) (*http.Response, error) {
		asked.Add(1)
		return http.DefaultTransport.RoundTrip(q)
	})
	ids := make(chan []string, 1)
	time.AfterFunc(300*time.Millisecond, func() { ids <- sent(t, w, 260) })
	found, err := follow(t, r, "", 260)
	if want := <-ids; !errors.Is(err, errEnough) || !slices.Equal(idsOf(found), want) {
		t.Errorf("%d activities, %v", len(found), err)
	}
	if n := asked.Load(); n > 40 {
		t.Errorf("it asked %d times", n)
	}
}

// A server that answers at once, with nothing, is not asked all the time.
func TestFollowPauses(t *testing.T) {
	var asked atomic.Int64
	empty := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		fmt.Fprint(rw, "[]")
	}))
	t.Cleanup(empty.Close)
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	r := &daybook.Reader{URL: empty.URL, Workspace: "acme", Token: "dbk_any", Pause: 50 * time.Millisecond}
	if err := r.Follow(ctx, "0", func(daybook.Activity) error { return nil }); !errors.Is(err, context.DeadlineExceeded) || asked.Load() > 11 || asked.Load() < 2 {
		t.Errorf("it asked %d times: %v", asked.Load(), err)
	}
}

// A redirect is no outage, and no place for a token.
func TestFollowIsNotRedirected(t *testing.T) {
	w := handlerstest.New(t)
	elsewhere := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		http.Redirect(rw, r, "http://"+w.Address+r.URL.RequestURI(), http.StatusFound)
	}))
	t.Cleanup(elsewhere.Close)
	var read *daybook.ReadError
	if _, err := follow(t, readerFor(w, elsewhere.URL), "0", 1); !errors.As(err, &read) || read.Status != http.StatusFound {
		t.Errorf("%v", err)
	}
}

func TestFollowEnds(t *testing.T) {
	w := handlerstest.New(t)
	ids := sent(t, w, 5)
	r := readerFor(w, "http://"+w.Address)
	var read *daybook.ReadError
	if _, err := follow(t, r, uuid.NewString(), 1); !errors.As(err, &read) || read.Status != http.StatusNotFound || read.Detail == "" {
		t.Errorf("an id that is nobody's: %v", err)
	}
	stranger := *r
	stranger.Token = "dbk_nobody_has_this_one"
	if _, err := follow(t, &stranger, "0", 1); !errors.As(err, &read) || read.Status != http.StatusUnauthorized {
		t.Errorf("a token that is nobody's: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if err := r.Follow(ctx, ids[4], func(daybook.Activity) error { return nil }); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("when the context ends: %v", err)
	}
}

// Whose position was purged is told so, and goes on from there with all that is kept.
func TestFollowWhatWasPurged(t *testing.T) {
	w := handlerstest.New(t)
	ids := sent(t, w, 9)
	purge := fmt.Sprintf(`{"confirm": "acme", "time_zone": %q}`, w.Acme.TimeZone)
	query := "?" + url.Values{"start_date": {"2026-01-31T09:00:02Z"}, "end_date": {"2026-01-31T09:00:05Z"}}.Encode()
	w.Do(handlerstest.Request{As: "alice", Method: "POST", Path: "/api/v1/workspaces/acme/purges" + query, Body: purge}).Expect(t, http.StatusAccepted)
	for deadline := time.Now().Add(time.Minute); handlerstest.Ask[string](w, `SELECT state FROM purges`) != "done"; {
		if time.Now().After(deadline) {
			t.Fatal("the purge is not done")
		}
	}
	r := readerFor(w, "http://"+w.Address)
	r.Filter = url.Values{"actor_id": {"user-1"}}
	_, err := follow(t, r, ids[4], 1)
	var gone *daybook.GoneError
	if !errors.As(err, &gone) || gone.After != ids[1] || gone.Detail == "" {
		t.Fatalf("%v", err)
	}
	found, err := follow(t, r, gone.After, 3)
	if !errors.Is(err, errEnough) || !slices.Equal(idsOf(found), ids[6:]) {
		t.Errorf("%v, %v", idsOf(found), err)
	}
}

func TestActivities(t *testing.T) {
	w := handlerstest.New(t)
	ids := sent(t, w, 130)
	r := readerFor(w, "http://"+w.Address+"/")
	r.Filter = url.Values{"actor_id": {"user-1"}, "limit": {"50"}}
	var found []string
	for a, err := range r.Activities(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, a.ID)
	}
	slices.Sort(found)
	if want := slices.Sorted(slices.Values(ids)); !slices.Equal(found, want) {
		t.Errorf("%d of %d activities", len(found), len(want))
	}
	n := 0
	for _, err := range r.Activities(t.Context()) {
		if n++; n == 60 || err != nil {
			break
		}
	}
	if n != 60 {
		t.Errorf("it ended after %d", n)
	}
	r.Filter = url.Values{"colour": {"red"}}
	for _, err := range r.Activities(t.Context()) {
		var read *daybook.ReadError
		if !errors.As(err, &read) || read.Status != http.StatusBadRequest {
			t.Errorf("%v", err)
		}
	}
}

// A position that is accepted and not posted yet is waited for; one that a restored log never comes to is not, for ever.
func TestFollowAheadOfTheLog(t *testing.T) {
	w := handlerstest.New(t)
	ids := sent(t, w, 3)
	conflict := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		rw.WriteHeader(http.StatusConflict)
		fmt.Fprint(rw, `{"status": 409, "detail": "It is ahead of the log.", "errors": []}`)
	}))
	t.Cleanup(conflict.Close)
	asked, ahead := 0, 3
	r := readerFor(w, "http://"+w.Address)
	r.Transport = roundTripper(func(q *http.Request) (*http.Response, error) {
		if asked++; asked <= ahead {
			q = q.Clone(q.Context())
			q.URL.Host = strings.TrimPrefix(conflict.URL, "http://")
		}
		return http.DefaultTransport.RoundTrip(q)
	})
	if found, err := follow(t, r, ids[0], 2); !errors.Is(err, errEnough) || !slices.Equal(idsOf(found), ids[1:]) {
		t.Errorf("a short while: %v, %v", idsOf(found), err)
	}
	asked, ahead = 0, 1000
	var read *daybook.ReadError
	if _, err := follow(t, r, ids[0], 2); !errors.As(err, &read) || read.Status != http.StatusConflict || read.Detail != "It is ahead of the log." || asked != 10 {
		t.Errorf("after %d requests: %v", asked, err)
	}
}

// A list whose next page cannot be found has not been read to its end.
func TestActivitiesBehindALinkThatIsNone(t *testing.T) {
	odd := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Link", `<http://%zz/?cursor=a>; rel="next"`)
		fmt.Fprint(rw, "[]")
	}))
	t.Cleanup(odd.Close)
	r := &daybook.Reader{URL: odd.URL, Workspace: "acme", Token: "dbk_any"}
	for _, err := range r.Activities(t.Context()) {
		if err == nil {
			t.Error("an activity")
		}
		return
	}
	t.Error("it says that this was all")
}
