//go:build e2e

package e2e

import (
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// links are the addresses that pages of the stories led to, by who saw them.
type links struct {
	mu   sync.Mutex
	seen map[string]map[string]bool
}

func newLinks() *links { return &links{seen: map[string]map[string]bool{}} }

func (l *links) add(who string, addresses []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.seen[who] == nil {
		l.seen[who] = map[string]bool{}
	}
	for _, a := range addresses {
		address, _, _ := strings.Cut(a, "#")
		l.seen[who][address] = true
	}
}

// How many addresses of one shape (path and names of parameters) are visited, and how many in all: links of a feed have no end.
const (
	ofOneShape = 6
	inAll      = 250
)

// everyLink goes on from every page that the stories came to, as nobody, as a member and as an admin. What a page offers, its reader
// may open; what another's page offers may be refused, and never breaks.
func everyLink(t *testing.T, w *world) {
	var all []string
	for _, who := range slices.Sorted(maps.Keys(w.links.seen)) {
		all = append(all, slices.Sorted(maps.Keys(w.links.seen[who]))...)
	}
	for _, who := range []string{"nobody", "priya", "ingrid"} {
		c := crawl{w: w, t: t, who: who, client: w.client(t, who), shapes: map[string]int{}, done: map[string]bool{}, files: map[string]bool{}}
		for _, address := range append([]string{w.base + "/", w.base + "/account", w.base + "/sign-in"}, slices.Sorted(maps.Keys(w.links.seen[who]))...) {
			c.visit(address, true)
		}
		for len(c.queue) > 0 {
			next := c.queue[0]
			c.queue = c.queue[1:]
			c.visit(next, true)
		}
		own := len(c.done)
		c.shapes = map[string]int{}
		for _, address := range all {
			c.visit(address, false)
		}
		if own < 3 || who != "nobody" && own < 30 {
			t.Errorf("%s came to %d pages: that cannot be all", who, own)
		}
		t.Logf("%s: %d pages, %d of them from links of others, %d files", who, len(c.done), len(c.done)-own, len(c.files))
	}
}

// crawl is one reader's way through all links.
type crawl struct {
	w      *world
	t      *testing.T
	who    string
	client *client
	queue  []string
	shapes map[string]int
	done   map[string]bool
	files  map[string]bool // style sheets, scripts and icons, fragments included
}

// visit opens an address. A link that one's own page offered works; another's may be answered with 404 or lead to the sign-in page.
// What a story has removed meanwhile is gone for everybody (410).
func (c *crawl) visit(address string, offered bool) {
	u, err := url.Parse(address)
	if err != nil || c.done[address] || len(c.done) >= inAll || c.shapes[shape(u)] >= ofOneShape {
		return
	}
	c.done[address] = true
	c.shapes[shape(u)]++
	status, _, body := c.client.get(c.t, address)
	signedOut := status == 401 && strings.HasPrefix(u.Path, "/api/") // JSON says so and leads nowhere
	if status != 200 && status != 410 && (offered || status != 404 && status != 400 && status != 403 && !signedOut) {
		c.t.Errorf("%s: %d at %s", c.who, status, address)
	}
	page, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	page.Find("link[href], script[src], use[href]").Each(func(_ int, s *goquery.Selection) {
		c.file(s.AttrOr("href", "") + s.AttrOr("src", ""))
	})
	if !offered {
		return
	}
	page.Find("a[href]").Each(func(_ int, s *goquery.Selection) {
		to, err := u.Parse(s.AttrOr("href", ""))
		if err == nil && to.Scheme+"://"+to.Host == c.w.base {
			to.Fragment = ""
			c.queue = append(c.queue, to.String())
		}
	})
}

// file fetches a file of a page, and finds the icon that a fragment names.
func (c *crawl) file(path string) {
	if c.files[path] {
		return
	}
	c.files[path] = true
	name, fragment, _ := strings.Cut(path, "#")
	status, _, body := c.client.get(c.t, c.w.base+name)
	if status != 200 || fragment != "" && !strings.Contains(body, `id="`+fragment+`"`) {
		c.t.Errorf("%s: %d for %s, or no such icon", c.who, status, path)
	}
}

// ids are what differs between the pages of things of one sort.
var ids = regexp.MustCompile(`/([0-9]+|[0-9a-f]{8}-[0-9a-f-]{27})(/|$)`)

func shape(u *url.URL) string {
	return ids.ReplaceAllString(u.Path, "/:id$2") + "?" + strings.Join(slices.Sorted(maps.Keys(u.Query())), "&")
}
