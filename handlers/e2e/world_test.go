//go:build e2e

package e2e

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// world is what all stories happen in: a demo that is served, and a browser.
type world struct {
	*server
	binary  string
	browser context.Context
	people  map[string]account
	links   *links
	looked  map[string]bool // pages that axe-core saw whole

	mu      sync.Mutex
	clients map[string]*client
}

// TestStories tells all of them, in the order in which a person would meet them. They share one server, one browser and two cores.
func TestStories(t *testing.T) {
	chromium, binary := findBrowser(t), build(t)
	w := &world{server: serve(t, binary, "--demo"), binary: binary, browser: openBrowser(t, chromium), links: newLinks(), looked: map[string]bool{}, clients: map[string]*client{}}
	w.people = w.accounts(t)
	for _, story := range []struct {
		name string
		tell func(*testing.T, *world)
	}{
		{"signing in", signingIn},
		{"the feed", theFeed},
		{"filtering", filtering},
		{"searching", searching},
		{"a mistake in the line", aMistakeInTheLine},
		{"opening a run", openingARun},
		{"the connection is lost", connectionLost},
		{"filtering without scripts", filteringWithoutScripts},
		{"older and newer", olderAndNewer},
		{"a mistake in the address", aMistakeInTheAddress},
		{"sharing a link", sharingALink},
		{"opening a row", openingARow},
		{"the histogram", theHistogram},
		{"keys", keys},
		{"a phone", aPhone},
		{"an empty workspace", anEmptyWorkspace},
		{"hostile content", hostileContent},
		{"errors", errorPages},
		{"setting up, and another password", settingUp},
		{"one's own account", ownAccount},
		{"coming in", comingIn},
		{"the people", thePeople},
		{"sending", sending},
		{"a page that sends", aPageThatSends},
		{"the guide", theGuide},
		{"the reference", theReference},
		{"saved views", savedViews},
		{"one activity", anActivity},
		{"histories", histories},
		{"hostile histories", hostileHistories},
		{"statistics", statistics},
		{"exports", exports},
		{"being forgotten", beingForgotten},
		{"every link", everyLink},
		{"upkeep", upkeep}, // what it deletes, links led to
	} {
		t.Run(story.name, func(t *testing.T) { story.tell(t, w) })
	}
}

// client is somebody who uses Daybook by plain HTTP, with a session.
type client struct {
	http http.Client
	base string
}

// client gives the one of a person of the demo, signed in once; "nobody" is not.
func (w *world) client(t *testing.T, who string) *client {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if c := w.clients[who]; c != nil {
		return c
	}
	jar, _ := cookiejar.New(nil)
	c := &client{http: http.Client{Jar: jar, Timeout: patience}, base: w.base}
	w.clients[who] = c
	if person, ok := w.people[who]; ok {
		c.signIn(t, person.email, person.password)
	} else if who != "nobody" {
		t.Fatalf("%s is nobody of the demo", who)
	}
	return c
}

func (c *client) signIn(t *testing.T, login, password string) {
	t.Helper()
	answer, err := c.http.PostForm(c.base+"/sign-in", url.Values{"login": {login}, "password": {password}})
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != 200 || strings.HasPrefix(answer.Request.URL.Path, "/sign-in") {
		t.Fatalf("signing in as %s: %d at %s", login, answer.StatusCode, answer.Request.URL.Path)
	}
}

// cookie is that of the session.
func (c *client) cookie(t *testing.T) *http.Cookie {
	t.Helper()
	at, _ := url.Parse(c.base)
	cookies := c.http.Jar.Cookies(at)
	if len(cookies) != 1 {
		t.Fatalf("%d cookies, want that of the session", len(cookies))
	}
	return cookies[0]
}

// get fetches a page, following redirects, and gives where it ended.
func (c *client) get(t *testing.T, address string) (status int, path, body string) {
	t.Helper()
	answer, err := c.http.Get(address)
	if err != nil {
		t.Fatalf("%s: %v", address, err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatalf("%s: %v", address, err)
	}
	return answer.StatusCode, answer.Request.URL.Path, string(text)
}
