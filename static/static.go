// Package static holds the files that browsers fetch: one style sheet, small scripts, the icons. They are part of the program. Every
// file is served under a name that holds a hash of its content, so a browser may keep it for ever and a new release is seen at once.
package static

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"path"
	"strings"
)

//go:embed css/*.css js/*.js vendor/*.js icons.svg favicon.svg
var files embed.FS

// Prefix is where the files are served.
const Prefix = "/static/"

// styles are the parts of daybook.css, in the order of their layers: tokens.css names the layers, so it comes first.
var styles = []string{
	"tokens", "base", "button", "field", "menu", "mark", "notice", "table", "data", "diff", "layout", "gate", "filter", "histogram", "feed", "account", "saved", "activity", "history", "people", "projects", "charts", "servicetokens", "sending", "settings", "instance", "vocabulary", "purge", "retention", "erasure", "exports", "reference", "guide", "phone", "print",
}

// Scripts are the modules of a page. None of them imports another, so each is fetched at once and none is waited for.
var Scripts = []string{"js/feed.js", "js/keys.js", "js/menus.js", "js/rows.js", "js/searched.js", "js/times.js", "js/copy.js", "js/exports.js", "js/histogram.js", "js/language.js"}

// Library is the script of others that pages use; vendor/README.md says where it is from.
const Library = "vendor/htmx-2.0.10.min.js"

// The page of statistics fetches these besides: the library that draws its chart, and what uses it.
const (
	ChartLibrary = "vendor/uPlot-1.6.32.iife.min.js"
	ChartScript  = "js/stats.js"
)

type file struct {
	content     []byte
	contentType string
}

var (
	paths  = map[string]string{} // by plain name: where it is served
	hashed = map[string]file{}   // by name with hash: what is served
)

func init() {
	var css bytes.Buffer
	for _, name := range styles {
		css.Write(embedded("css/" + name + ".css"))
	}
	publish("daybook.css", css.Bytes())
	for _, name := range append([]string{"icons.svg", "favicon.svg", Library, ChartLibrary, ChartScript}, Scripts...) {
		publish(name, embedded(name))
	}
}

// Path is the address of a file by its plain name, like "daybook.css" or "js/keys.js".
func Path(name string) string {
	if p, ok := paths[name]; ok {
		return p
	}
	return Prefix + name
}

// Open finds what is served at an address, as Path gives it, with or without Prefix. Whatever it finds never changes: send it with
// "Cache-Control: public, max-age=31536000, immutable". The content must not be written to.
func Open(address string) (content []byte, contentType string, ok bool) {
	f, ok := hashed[strings.TrimPrefix(address, Prefix)]
	return f.content, f.contentType, ok
}

// publish serves a file under its name with the hash before the extension.
func publish(name string, content []byte) {
	sum := sha256.Sum256(content)
	extension := path.Ext(name)
	address := strings.TrimSuffix(name, extension) + "." + hex.EncodeToString(sum[:4]) + extension
	paths[name] = Prefix + address
	hashed[address] = file{content: content, contentType: contentTypeOf(extension)}
}

// contentTypeOf does not ask the machine's own table of types, which differs from one to the next.
func contentTypeOf(extension string) string {
	switch extension {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	return "application/octet-stream"
}

// embedded reads a file of the program. One that is missing is a mistake of ours, found by the first test that starts.
func embedded(name string) []byte {
	content, err := files.ReadFile(name)
	if err != nil {
		panic(err)
	}
	return content
}
