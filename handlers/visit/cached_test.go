package visit

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"daybook/models"
	"daybook/services/access"
)

// readers are who may ask for the same list. (A token may have the number of a user.)
var readers = map[string]access.Principal{
	"nobody": {}, "a user": {User: &models.User{ID: 7}}, "another user": {User: &models.User{ID: 8}},
	"a token": {Token: &models.Token{ID: 7}}, "another token": {Token: &models.Token{ID: 8}},
}

// newKept answers with the same to everybody; reader, link and total are the query's.
func newKept() *fiber.App {
	app := fiber.New()
	app.Use(func(c *fiber.Ctx) error {
		Of(c).Principal = readers[strings.ReplaceAll(c.Query("reader"), "+", " ")]
		for _, name := range []string{"Link", "X-Total-Count"} {
			if value := c.Query(name); value != "" {
				c.Set(name, value)
			}
		}
		return c.Next()
	})
	app.Get("/body", func(c *fiber.Ctx) error { return SendCached(c, []string{"one"}) })
	app.Get("/rows", func(c *fiber.Ctx) error { return SendRows(c, []string{"one"}, func(s string) string { return s }) })
	return app
}

func keep(t *testing.T, app *fiber.App, target, known string) (status int, tag, said string) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), "GET", target, nil)
	if known != "" {
		r.Header.Set("If-None-Match", known)
	}
	a, err := app.Test(r, -1)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	return a.StatusCode, a.Header.Get("Etag"), fmt.Sprint(a.Header.Get("Cache-Control"), "; ", a.Header.Get("Vary"))
}

// The tag is of the answer and of its reader: what one of them has kept is not taken for what another is to get.
func TestATagIsOfItsReader(t *testing.T) {
	app := newKept()
	for _, path := range []string{"/body", "/rows"} {
		of := map[string]string{}
		for name := range readers {
			target := path + "?reader=" + strings.ReplaceAll(name, " ", "%20")
			status, tag, said := keep(t, app, target, "")
			if status != 200 || !strings.HasPrefix(tag, `W/"`) || said != "private, no-cache; Cookie, Authorization" {
				t.Errorf("%s, %s: %d %s %s", path, name, status, tag, said)
			}
			of[name] = tag
		}
		for name, tag := range of {
			for asker := range readers {
				want := map[bool]int{true: 304, false: 200}[asker == name]
				if status, again, _ := keep(t, app, path+"?reader="+strings.ReplaceAll(asker, " ", "%20"), tag); status != want || again != of[asker] {
					t.Errorf("%s: %s asks with the tag of %s: %d", path, asker, name, status)
				}
			}
		}
	}
}

// A list that goes on elsewhere, or is one of more, is another answer, though its rows are the same.
func TestATagIsOfTheHeadersToo(t *testing.T) {
	app := newKept()
	_, tag, _ := keep(t, app, "/rows?Link=a&X-Total-Count=1", "")
	for query, want := range map[string]int{"?Link=a&X-Total-Count=1": 304, "?Link=b&X-Total-Count=1": 200, "?Link=a&X-Total-Count=2": 200, "?Link=a": 200, "": 200} {
		if status, _, _ := keep(t, app, "/rows"+query, tag); status != want {
			t.Errorf("%s: %d, not %d", query, status, want)
		}
	}
	for known, want := range map[string]int{`"x", ` + tag: 304, strings.TrimPrefix(tag, "W/"): 304, "*": 304, `"x"`: 200, "W/": 200} {
		if status, _, _ := keep(t, app, "/rows?Link=a&X-Total-Count=1", known); status != want {
			t.Errorf("%s: %d, not %d", known, status, want)
		}
	}
}
