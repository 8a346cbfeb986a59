//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"daybook/clients"
)

// site is a web application of somebody else, whose pages send by daybook.mjs to an address of its own, which passes them on with the token.
func site(t *testing.T, w *world, token string) *httptest.Server {
	t.Helper()
	const page = `<!doctype html><title>A shop</title><script type="module">
		import { Client } from "/daybook.mjs";
		window.problems = [];
		window.activity = new Client(null, null, null, { endpoint: "/activity", interval: 60_000, onError: (problem) => window.problems.push(problem) });
		window.ids = ["opened", "viewed", "shared"].map((action) => activity.send({ actor: { id: "visitor" }, action }));
	</script>`
	mux := http.NewServeMux()
	mux.HandleFunc("GET /", func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(rw, page)
	})
	mux.HandleFunc("GET /elsewhere", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("GET /daybook.mjs", func(rw http.ResponseWriter, _ *http.Request) {
		i := slices.IndexFunc(clients.Files, func(f clients.File) bool { return f.Name == "daybook.mjs" })
		rw.Header().Set("Content-Type", clients.Files[i].Kind)
		_, _ = rw.Write(clients.Files[i].Content)
	})
	mux.HandleFunc("POST /activity", func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.Header.Get("Authorization") != "" {
			t.Error("the page has a token")
		}
		// Whether the page still waits for the answer or not.
		request, err := http.NewRequestWithContext(context.WithoutCancel(r.Context()), http.MethodPost, w.base+"/api/v1/workspaces/shop/activity", bytes.NewReader(body))
		if err != nil {
			t.Error(err)
			return
		}
		request.Header = http.Header{"Content-Type": {r.Header.Get("Content-Type")}, "Authorization": {"Bearer " + token}}
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Error(err)
			return
		}
		defer answer.Body.Close()
		maps.Copy(rw.Header(), answer.Header)
		rw.WriteHeader(answer.StatusCode)
		_, _ = io.Copy(rw, answer.Body)
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

// aPageThatSends: what a page has in hand when it is left arrives, and what it flushes is counted.
func aPageThatSends(t *testing.T, w *world) {
	w.run(t, "", "workspace", "create", "--slug", "shop", "--name", "Shop")
	token := w.run(t, "", "token", "create", "--service", "shop", "--workspace", "shop", "--scope", "activity:write,activity:read")
	shop := site(t, w, token)
	tab, cancel := chromedp.NewContext(w.browser, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	ctx, cancel := context.WithTimeout(tab, patience)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx, chromedp.Navigate(shop.URL+"/")); err != nil {
		t.Fatal(err)
	}
	const flushed = `(async () => { while (!window.ids) await new Promise((done) => setTimeout(done, 20)); await activity.flush(20_000); return JSON.stringify({ ids, problems, stats: activity.stats() }) })()`
	var first struct {
		IDs      []string
		Problems []any
		Stats    struct{ Sent, Queued int }
	}
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](flushed, chromedp.EvalAwaitPromise))
	if err == nil {
		err = json.Unmarshal([]byte(text), &first)
	}
	if err != nil || first.Stats.Sent != 3 || len(first.Problems) > 0 {
		t.Fatalf("%v: %s", err, text)
	}
	left, err := chromedp.Run(ctx, chromedp.Evaluate[string](`[1, 2, 3].map((n) => activity.send({ actor: { id: "visitor" }, action: "left", metadata: { n } })).join()`))
	if err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(shop.URL+"/elsewhere")); err != nil {
		t.Fatal(err)
	}
	want := slices.Sorted(slices.Values(append(first.IDs, strings.Split(left, ",")...)))
	var found []string
	for deadline := time.Now().Add(patience); !slices.Equal(found, want); {
		if time.Now().After(deadline) {
			t.Fatalf("of %d events %d arrived", len(want), len(found))
		}
		found = sentByVisitor(t, w, token)
	}
}

// sentByVisitor gives the ids of what there is of the shop's visitor.
func sentByVisitor(t *testing.T, w *world, token string) (ids []string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.base+"/api/v1/workspaces/shop/activity?actor_id=visitor", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var rows []struct{ ID string }
	if err := json.NewDecoder(answer.Body).Decode(&rows); err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		ids = append(ids, row.ID)
	}
	slices.Sort(ids)
	return ids
}
