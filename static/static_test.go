package static_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"daybook/models"
	"daybook/static"
)

func open(t *testing.T, name string) string {
	t.Helper()
	content, contentType, ok := static.Open(static.Path(name))
	if !ok || len(content) == 0 || contentType == "" || contentType == "application/octet-stream" {
		t.Fatalf("%s is not served: %q", name, contentType)
	}
	return string(content)
}

func TestPathsHoldTheHash(t *testing.T) {
	for _, name := range append([]string{"daybook.css", "icons.svg", "favicon.svg", static.Library, static.ChartLibrary, static.ChartScript}, static.Scripts...) {
		open(t, name)
		if !regexp.MustCompile(`^/static/.+\.[0-9a-f]{8}\.(css|js|svg)$`).MatchString(static.Path(name)) {
			t.Errorf("%s is served at %s", name, static.Path(name))
		}
	}
	for _, address := range []string{"", "/static/", "/static/daybook.css", "/static/../static.go", "css/tokens.css", "/static/js"} {
		if _, _, ok := static.Open(address); ok {
			t.Errorf("%q must not be served", address)
		}
	}
}

// Every style sheet in the folder is part of the one that is served, every script is listed, and only tokens.css holds colours.
func TestEveryFileIsUsed(t *testing.T) {
	sheet := open(t, "daybook.css")
	sheets, err := filepath.Glob("css/*.css")
	if err != nil {
		t.Fatal(err)
	}
	rawColour := regexp.MustCompile(`#[0-9a-fA-F]{3,8}\b|\b(rgb|hsl|oklch|lab)a?\(`)
	for _, name := range sheets {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(sheet, string(content)) {
			t.Errorf("%s is not in the style sheet", name)
		}
		if name != "css/tokens.css" && rawColour.Match(content) {
			t.Errorf("%s holds a raw colour: %s", name, rawColour.Find(content))
		}
	}
	scripts, err := filepath.Glob("js/*.js")
	listed := append([]string{static.ChartScript}, static.Scripts...)
	if err != nil || len(scripts) != len(listed) {
		t.Errorf("scripts: %v, listed: %v (%v)", scripts, listed, err)
	}
}

// Tokens that are used are defined; the vocabulary's icons are drawn.
func TestNothingIsMissing(t *testing.T) {
	sheet := open(t, "daybook.css")
	for _, use := range regexp.MustCompile(`var\((--[a-z0-9-]+)\)`).FindAllStringSubmatch(sheet, -1) {
		if !strings.Contains(sheet, use[1]+":") {
			t.Errorf("%s is used and not defined", use[1])
		}
	}
	icons := open(t, "icons.svg")
	actions := append([]string{"signed_in", "signed_out", "linked", "revoked", "access_granted", "access_revoked", "access_denied", "setup_completed",
		"password_changed", "sign_in_failed", "frobnicated", "sync", ""}, models.BuiltInActions...)
	for _, action := range actions {
		for _, outcome := range models.Outcomes {
			if icon := models.Icon(action, outcome); !strings.Contains(icons, `id="i-`+icon+`"`) {
				t.Errorf("%s has the icon %q, which is not in the sprite", action, icon)
			}
		}
	}
}

// A first visit fetches the sheet, the icons and the scripts; with a page of some 15 kB, compressed as they all are, they must stay under 100 kB on
// the wire. The end-to-end test measures what was sent; this one tells before.
func TestFirstLoadIsSmall(t *testing.T) {
	var sent bytes.Buffer
	for _, name := range append([]string{"daybook.css", "icons.svg", "favicon.svg", static.Library}, static.Scripts...) {
		w := gzip.NewWriter(&sent)
		if _, err := io.WriteString(w, open(t, name)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d bytes", sent.Len())
	if sent.Len() > 60<<10 {
		t.Errorf("%d bytes", sent.Len())
	}
}

// What others wrote is served as they published it, and the table beside it says so.
func TestVendoredFilesAreAsPublished(t *testing.T) {
	table, err := os.ReadFile("vendor/README.md")
	if err != nil {
		t.Fatal(err)
	}
	served, err := filepath.Glob("vendor/*.js")
	if err != nil || !slices.Equal(served, []string{static.Library, static.ChartLibrary}) {
		t.Errorf("%v (%v)", served, err)
	}
	for _, name := range served {
		sum := sha256.Sum256([]byte(open(t, name)))
		row := regexp.MustCompile("(?m)^\\| `" + regexp.QuoteMeta(filepath.Base(name)) + "` \\|.*$").FindString(string(table))
		if !strings.Contains(row, hex.EncodeToString(sum[:])) {
			t.Errorf("%s has the checksum %x, the table says %q", name, sum, row)
		}
	}
}
