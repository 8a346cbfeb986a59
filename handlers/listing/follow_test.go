package listing_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
)

// keepTasks has retention delete files that were recorded ten days ago, which is in a moment, and has the clock say so: each run deletes whatever
// files were posted before it began.
func keepTasks(w *World) {
	w.T.Helper()
	const path = "/api/v1/workspaces/acme/retention"
	w.Do(Request{As: "alice", Method: "PUT", Path: path, Body: `{"version": 0, "confirm": "acme", "rules": [{"keep_days": 10, "types": ["file"]}]}`}).Expect(w.T, 200)
	w.Exec(`UPDATE retentions SET next_run_at = next_run_at + interval '60 days'`) // no night comes before the runs that are asked for
	w.Clock.Forward(11 * 24 * time.Hour)
}

// deleteFiles runs retention and waits until it has run.
func deleteFiles(w *World, as Request) error {
	as.Method, as.Path, as.Body = "POST", "/api/v1/workspaces/acme/retention/run", "{}"
	a, err := w.Try(as)
	if err != nil || a.Status != http.StatusAccepted {
		return fmt.Errorf("a run is answered with %d, %w", a.Status, err)
	}
	for deadline := time.Now().Add(time.Minute); ; <-time.After(5 * time.Millisecond) {
		var busy bool
		err := w.DB.Pool.QueryRow(context.Background(), `SELECT EXISTS (SELECT FROM retentions WHERE asked_by IS NOT NULL) OR EXISTS (SELECT FROM purges WHERE state NOT IN ('done', 'failed', 'cancelled'))`).Scan(&busy)
		switch {
		case err != nil:
			return err
		case !busy:
			return nil
		case time.Now().After(deadline):
			return fmt.Errorf("the run does not come to its end")
		}
	}
}

// seen is what these tests look at of a row.
type seen struct {
	ID       string
	Seq      int64
	EntityID *string `json:"entity_id"`
}

// follower reads on from the last id of each answer, and from where a 410 says, until it has read a row about the end.
type follower struct {
	w     *World
	as    string
	query string
	rest  func() // between what was read and asking for more; nil: at once

	read []seen
	gone int // positions that were purged
}

func (f *follower) follow(ctx context.Context) error {
	next := path + "?after_id=0&" + f.query
	for ctx.Err() == nil {
		a, err := f.w.Try(Request{As: f.as, Path: next})
		if err != nil {
			return err
		}
		after := ""
		switch a.Status {
		case http.StatusGone:
			f.gone++
			link, rel, _ := strings.Cut(a.Header.Get("Link"), "; ")
			if rel != `rel="next"` {
				return fmt.Errorf("no way on: %v", a.Header)
			}
			if next = strings.Trim(link, "<>"); !strings.HasPrefix(next, path+"?") {
				return fmt.Errorf("the way on is %s", next)
			}
			continue
		case http.StatusOK:
			var rows []seen
			a.Read(f.w.T, &rows)
			for _, r := range rows {
				f.read, after = append(f.read, r), r.ID
				if r.EntityID != nil && *r.EntityID == "end" {
					return nil
				}
			}
		default:
			return fmt.Errorf("%s: %d %s", next, a.Status, a.Body)
		}
		if f.rest != nil {
			f.rest()
		}
		if after != "" {
			next = path + "?after_id=" + url.QueryEscape(after) + "&" + f.query
		}
	}
	return ctx.Err()
}

// compare holds what was read against what is there at last, and what was acknowledged.
func (f *follower) compare(t *testing.T, kept, acknowledged []string) {
	t.Helper()
	once := map[string]bool{}
	for i, r := range f.read {
		if once[r.ID] {
			t.Errorf("%s: %s was read twice", f.query, r.ID)
		}
		once[r.ID] = true
		if i > 0 && r.Seq <= f.read[i-1].Seq {
			t.Errorf("%s: %d came after %d", f.query, r.Seq, f.read[i-1].Seq)
		}
		if !slices.Contains(acknowledged, r.ID) {
			t.Errorf("%s: nobody sent %s", f.query, r.ID)
		}
	}
	for _, id := range kept {
		if !once[id] {
			t.Errorf("%s: %s was missed", f.query, id)
		}
	}
}

// writer sends events of both types, alone and many at once, and gives their ids.
func write(w *World, n int) ([]string, error) {
	var all []string
	for i := range 15 {
		events, ids := []string{}, []string{}
		for j := range 1 + (i*7+n)%12 {
			id := uuid.Must(uuid.NewV7()).String()
			kind := []string{"file", "task"}[(i+j+n)%2]
			events, ids = append(events, fmt.Sprintf(`{"id": %q, "actor": {"id": "writer-%d"}, "action": "created", "resource": {"type": %q, "id": "%d"}}`, id, n, kind, j)), append(ids, id)
		}
		a, err := w.Try(Request{As: "service", Method: "POST", Path: path, Body: "[" + strings.Join(events, ",") + "]"})
		if err != nil || a.Status != http.StatusCreated {
			return nil, fmt.Errorf("sending is answered with %d, %w", a.Status, err)
		}
		all = append(all, ids...)
	}
	return all, nil
}

// Whatever is written and deleted meanwhile, who follows reads every row that is kept once, in order, or is told by a 410 that some are gone.
func TestFollowingBesideWritersAndRetention(t *testing.T) {
	w := New(t)
	keepTasks(w)
	w.Drain()
	w.Exec(`DELETE FROM sign_in_attempts`)
	alice := w.Session(w.Alice).Get("Cookie")
	ctx, cancel := context.WithTimeoutCause(t.Context(), 2*time.Minute, fmt.Errorf("somebody follows for two minutes"))
	defer cancel()

	var runs atomic.Int64
	var over atomic.Bool
	followers := []*follower{
		{w: w, as: "service", query: "limit=50&wait=4"},
		{w: w, as: "service-read", query: "limit=3&wait=0.5&resource_types=task"},
		{w: w, as: "service", query: "limit=1&wait=4&resource_types=file"},
		{w: w, as: "ada", query: "limit=7"},
		{w: w, as: "ada", query: "limit=5&wait=4&resource_types=file", rest: func() { // while retention runs twice, so that the position is gone
			for n := runs.Load(); runs.Load() < n+2 && !over.Load(); {
				<-time.After(time.Millisecond)
			}
		}},
	}
	var reading, writing sync.WaitGroup
	for _, f := range followers {
		reading.Go(func() {
			if err := f.follow(ctx); err != nil {
				t.Error(f.query, err)
			}
		})
	}
	acknowledged := make([][]string, 8)
	for n := range acknowledged {
		writing.Go(func() {
			var err error
			if acknowledged[n], err = write(w, n); err != nil {
				t.Error(err)
			}
		})
	}
	written := make(chan struct{})
	go func() { writing.Wait(); close(written) }()
	for last := false; !last; {
		select {
		case <-written:
			last = true
		default:
		}
		if err := deleteFiles(w, Request{Cookie: alice}); err != nil {
			t.Fatal(err)
		}
		runs.Add(1)
	}
	over.Store(true)
	w.Drain()
	ids := slices.Concat(acknowledged...)
	last := []string{uuid.NewString(), uuid.NewString()}
	w.Send(`[{"id": %q, "actor": {"id": "x"}, "action": "created", "resource": {"type": "task", "id": "end"}}, {"id": %q, "actor": {"id": "x"}, "action": "created", "resource": {"type": "file", "id": "end"}}]`, last[0], last[1])
	reading.Wait()

	kept := func(kind string) []string {
		return strings.Fields(Ask[string](w, `SELECT coalesce(string_agg(uuid::text, ' '), '') FROM activities WHERE entity_type = $1 AND entity_id <> 'end' AND workspace_id = $2`, kind, w.Acme.ID))
	}
	tasks, files := kept("task"), kept("file")
	gone := Ask[int](w, `SELECT count(*) FROM tombstones WHERE workspace_id = $1`, w.Acme.ID)
	if len(files) != 0 || len(tasks) < 100 || gone < 100 || len(tasks)+gone != len(ids) {
		t.Fatalf("%d tasks and %d files are kept, %d are gone, of %d", len(tasks), len(files), gone, len(ids))
	}
	own := strings.Fields(Ask[string](w, `SELECT string_agg(uuid::text, ' ') FROM activities WHERE workspace_id = $1 AND NOT uuid::text = ANY ($2)`, w.Acme.ID, ids))
	sent := slices.Concat(ids, last, own)
	for _, f := range followers {
		if strings.HasSuffix(f.query, "=file") {
			f.compare(t, nil, sent)
		} else {
			f.compare(t, tasks, sent)
		}
		t.Logf("%s: %d rows, and %d positions that were gone", f.query, len(f.read), f.gone)
	}
	if followers[4].gone == 0 {
		t.Error("nobody came to a position that was gone")
	}
}

// A purged position is an explicit 410, which says where to go on: nothing that is kept is missed, and nothing comes twice.
func TestAPurgedPositionLeadsOn(t *testing.T) {
	w := New(t)
	keepTasks(w)
	alice := Request{Cookie: w.Session(w.Alice).Get("Cookie")}
	ids := make([]string, 5)
	for i, kind := range []string{"file", "task", "file", "file", "task"} {
		ids[i] = uuid.NewString()
		w.Send(`{"id": %q, "actor": {"id": "x"}, "action": "created", "resource": {"type": %q, "id": "%d"}}`, ids[i], kind, i)
	}
	if err := deleteFiles(w, alice); err != nil {
		t.Fatal(err)
	}
	for i, after := range map[int]string{2: ids[1], 3: ids[1]} {
		a := w.Do(Request{As: "service", Path: path + "?resource_types=task&limit=9&wait=4&after_id=" + ids[i]})
		a.Expect(t, 410, "after_id="+after).ExpectFields(t, "after_id")
		link, _, _ := strings.Cut(a.Header.Get("Link"), "; ")
		at, err := url.Parse(strings.Trim(link, "<>"))
		if err != nil || at.Path != path || at.Query().Get("after_id") != after || at.Query().Get("limit") != "9" || at.Query().Get("wait") != "4" {
			t.Errorf("%d: %s %v", i, link, err)
		}
		w.Do(Request{As: "service", Path: at.String()}).Expect(t, 200, ids[4]).Lacks(t, ids[1], ids[2])
	}
	first := w.Do(Request{As: "service", Path: path + "?resource_types=task&after_id=" + ids[0]}).Expect(t, 410)
	link, _, _ := strings.Cut(first.Header.Get("Link"), "; ")
	w.Do(Request{As: "service", Path: strings.Trim(link, "<>")}).Expect(t, 200, ids[1], ids[4])
}
