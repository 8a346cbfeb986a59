package export_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/account"
	"daybook/services/export"
	"daybook/services/feed"
	"daybook/services/feed/feedtest"
	"daybook/services/stats"
)

// The ids of CSV, JSON, lines of JSON and the pages of the feed are the same, in the same order, for whatever filter and reader; and where the rollups
// can answer the filter, they count as many.
func TestWhatIsExportedIsWhatIsShown(t *testing.T) {
	random := feedtest.Random(t)
	cast := feedtest.NewCast(t, random, 300)
	w, principals := cast.World, cast.Principals()
	counts := stats.New(w.DB, w.Feed)
	files, people := filesOf(t, w)
	makeKnown(t, cast, files, people)
	rows, counted, done := 0, 0, 0
	for i := 0; done < 200; i++ {
		v, err := w.Access.Enter(t.Context(), feedtest.Pick(random, principals...), feedtest.Pick(random, cast.Workspaces...).Slug)
		if err != nil && models.KindOf(err) == models.Internal || i > 20_000 {
			t.Fatal(i, done, err) // and not asked for ever
		}
		if err != nil || v.Token != nil { // the tokens of a cast are not in the database
			continue
		}
		f := cast.Filter(random)
		if i%3 == 0 {
			f = cast.AnyFilter(random)
		}
		if f.System = f.System && v.ReadsAll(); f.System && !f.To.IsSet() { // or each export has one row more, that of the one before
			f.To = feed.Bound{Text: "2025-01-01T00:00:00Z", At: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)}
		}
		done++
		d, err := people.Doer(t.Context(), v)
		if err != nil {
			t.Fatal(err)
		}
		want := idsOfPages(t, w.Feed, v.Scope(f.System), f)
		rows += len(want)
		layouts := []export.Layout{{}, {Format: export.JSON}, {Format: export.NDJSON}}
		if done%4 == 0 {
			layouts = append(layouts, feedtest.Pick(random, export.Layout{Columns: []string{"sentence", "id", "metadata"}}, export.Layout{Format: export.JSON, Columns: []string{"id"}},
				export.Layout{Format: export.NDJSON, Form: export.EventForm}))
		}
		for _, l := range layouts {
			s, err := files.Stream(t.Context(), d, v, export.Order{Filter: f, Layout: l})
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(s)
			if err != nil || s.Close() != nil {
				t.Fatal(err)
			}
			if got := idsIn(t, l.Format, text); !slices.Equal(got, want) || s.Rows != int64(len(want)) || s.Bytes != int64(len(text)) {
				t.Fatalf("%s %+v of %s: %d rows, the pages have %d", l.Format, l, f, len(got), len(want))
			}
		}
		total, err := counts.Total(t.Context(), v.Scope(f.System), f)
		if err != nil || total != nil && *total != int64(len(want)) {
			t.Fatalf("%s is counted as %v and not as %d %v", f, tallied(total), len(want), err)
		}
		if total != nil {
			counted++
		}
	}
	if rows < 1000 || counted < 50 {
		t.Errorf("%d rows; %d filters were counted", rows, counted)
	}
}

// makeKnown has every user export from every workspace once: what that records names them to the workspace, and from then on no name changes any more
// while answers are compared.
func makeKnown(t testing.TB, cast *feedtest.Cast, files *export.Files, people *account.Service) {
	t.Helper()
	for _, u := range cast.Users {
		for _, ws := range cast.Workspaces {
			v, err := cast.World.Access.Enter(t.Context(), access.Principal{User: u}, ws.Slug)
			if models.KindOf(err) == models.NotFound {
				continue
			}
			d, err := people.Doer(t.Context(), v)
			if err != nil {
				t.Fatal(err)
			}
			s, err := files.Stream(t.Context(), d, v, export.Order{})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, s); err != nil || s.Close() != nil {
				t.Fatal(err)
			}
		}
	}
	if err := cast.World.Journal.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func idsOfPages(t testing.TB, s *feed.Service, scope access.Scope, f feed.Filter) []string {
	t.Helper()
	ids := []string{}
	for cursor := ""; ; {
		p, err := s.Page(t.Context(), scope, feed.Ask{Filter: f, Limit: 100, Cursor: cursor})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range p.Entries {
			ids = append(ids, e.UUID.String())
		}
		if cursor = p.Older; cursor == "" {
			return ids
		}
		if len(p.Entries) == 0 {
			t.Fatalf("%s: a page has nothing, and goes on after %d rows", f, len(ids))
		}
	}
}

// idsIn reads the ids out of an export.
func idsIn(t testing.TB, format string, text []byte) []string {
	t.Helper()
	ids := []string{}
	var rows []struct{ ID string }
	switch format {
	case export.JSON:
		if err := json.Unmarshal(text, &rows); err != nil {
			t.Fatal(err, string(text))
		}
	case export.NDJSON:
		for line := range bytes.Lines(text) {
			var row struct{ ID string }
			if err := json.Unmarshal(line, &row); err != nil {
				t.Fatal(err, string(line))
			}
			rows = append(rows, row)
		}
	default:
		table, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
		if err != nil {
			t.Fatal(err, string(text))
		}
		at := slices.Index(table[0], "id")
		for _, line := range table[1:] {
			ids = append(ids, line[at])
		}
	}
	for _, r := range rows {
		ids = append(ids, r.ID)
	}
	return ids
}

// Whatever people write, a table has it in one cell, as it is, but for what a spreadsheet would execute.
func TestNastyCells(t *testing.T) {
	w := feedtest.New(t)
	ws := w.Workspace(t, "acme", "UTC")
	v := w.Viewer(t, w.User(t, "root", true), ws)
	nasty := map[string]string{
		"=1+1": "'=1+1", "+49 30 1234": "'+49 30 1234", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t'=1", "  =1": "'  =1", "\u00a0\u200b=1": "'\u00a0\u200b=1", "＝1": "'＝1", "＠x": "'＠x",
		"\n=1": "'\n'=1", "x;=1;y": "x;'=1;y", "a=1": "a=1", "a,b": "a,b", `say "hi"`: `say "hi"`, `"`: `"`, "two\nlines": "two\nlines", "a\r\nb": "a\r\nb", "semi;colon": "semi;colon",
		"🎁 gift 👩‍👩‍👧": "🎁 gift 👩‍👩‍👧", "שלום עולם": "שלום עולם", "مرحبا": "مرحبا", " both ends ": " both ends ", "'quoted": "'quoted", "e\u0301": "e\u0301", "\\N": "\\N", "0123": "0123", "=": "'=",
		"\ufeff=1": "'\ufeff=1", "\u202e=1": "'\u202e=1", "1e5": "1e5", "|calc": "|calc", "%0A=1": "%0A=1",
	}
	var events []feedtest.Event
	for text := range nasty {
		events = append(events, feedtest.Event{"actor": feedtest.Event{"id": "a"}, "action": "created", "resource": feedtest.Event{"type": "task", "id": "1", "name": text}, "description": text})
	}
	w.Send(t, ws, events...)
	for _, raw := range []bool{false, true} {
		s := streamOf(t, w, v, export.Order{Layout: export.Layout{Columns: []string{"description", "resource.name", "seq"}, Raw: raw}})
		text, err := io.ReadAll(s)
		if err != nil {
			t.Fatal(err)
		}
		table, err := csv.NewReader(bytes.NewReader(text)).ReadAll() // it gives \n for \r\n
		if err != nil || len(table) != len(nasty)+1 {
			t.Fatal(len(table), err, string(text))
		}
		back := map[string]bool{}
		for _, line := range table[1:] {
			if line[0] != line[1] {
				t.Errorf("%q and %q were the same", line[0], line[1])
			}
			back[line[0]] = true
		}
		for was, inert := range nasty {
			if raw {
				inert = was
			}
			if inert = strings.ReplaceAll(inert, "\r\n", "\n"); !back[inert] {
				t.Errorf("raw %v: %q is not there as %q", raw, was, inert)
			}
		}
	}
}

func tallied(n *int64) any {
	if n == nil {
		return "unknown"
	}
	return *n
}
