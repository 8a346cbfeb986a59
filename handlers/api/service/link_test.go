package service_test

import (
	"net/url"
	"strings"
	"testing"
)

// Who sees several workspaces and asks for one of them is led on in that one.
func TestTheLinkStaysInTheWorkspace(t *testing.T) {
	w := newStory(t)
	for slug, id := range map[string]string{"acme": w.Acme.ID.String(), "other": w.Other.ID.String()} {
		all, _ := get(t, w, "ina", "?limit=1000&workspace_id="+slug)
		pages, rows := 0, 0
		for query, linked := "?limit=1&workspace_id="+slug, true; linked; pages++ {
			page, a := get(t, w, "ina", query)
			for _, r := range page {
				if r["workspace_id"] != id || r["id"] != all[rows]["id"] {
					t.Fatalf("%s: %v is not %v", slug, r, all[rows])
				}
				rows++
			}
			var next string
			if next, _, linked = strings.Cut(a.Header.Get("Link"), "; "); !linked {
				continue
			}
			at, err := url.Parse(strings.Trim(next, "<>"))
			if err != nil || at.Query().Get("workspace_id") != slug || at.Query().Get("limit") != "1" {
				t.Fatal(slug, next, err)
			}
			query = "?" + at.RawQuery
		}
		if rows != len(all) || rows < 2 || pages < rows {
			t.Errorf("%s: %d rows of %d on %d pages", slug, rows, len(all), pages)
		}
	}
	if _, a := get(t, w, "ina", "?limit=1"); strings.Contains(a.Header.Get("Link"), "workspace_id") {
		t.Error("a workspace that nobody asked for:", a.Header.Get("Link"))
	}
}
