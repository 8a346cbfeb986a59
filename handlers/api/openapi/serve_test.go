package openapi_test

import (
	"net/http/httptest"
	"testing"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/api/openapi"
)

// Whoever has the description is not sent it again, in whatever form they ask.
func TestWhoHasItIsNotSentItAgain(t *testing.T) {
	app := fiber.New()
	app.Get("/yaml", openapi.ServeYAML)
	app.Get("/json", openapi.ServeJSON)
	tags := map[string]bool{}
	for _, path := range []string{"/yaml", "/json"} {
		ask := func(known string) (status int, tag string) {
			t.Helper()
			r := httptest.NewRequestWithContext(t.Context(), "GET", path, nil)
			r.Header.Set("If-None-Match", known)
			a, err := app.Test(r)
			if err != nil {
				t.Fatal(err)
			}
			defer a.Body.Close()
			return a.StatusCode, a.Header.Get("ETag")
		}
		_, tag := ask("")
		tags[tag] = true
		for known, want := range map[string]int{"": 200, `"other"`: 200, tag: 304, tag[2:]: 304, `"other", ` + tag: 304, "*": 304} {
			if status, again := ask(known); status != want || again != tag {
				t.Errorf("%s: %q is answered with %d, %s", path, known, status, again)
			}
		}
	}
	if len(tags) != 2 {
		t.Errorf("%v", tags)
	}
}
