package web

import (
	"net/http"

	"github.com/gofiber/fiber/v2"
	"github.com/gorilla/sessions"

	"daybook/handlers/visit"
)

// request gives gorilla/sessions the *http.Request it wants, with what a session keeps of a request.
func request(c *fiber.Ctx) *http.Request {
	from := visit.Of(c).From
	r := &http.Request{Header: http.Header{}, RemoteAddr: from.IP}
	r.Header.Set(fiber.HeaderUserAgent, from.UserAgent)
	return r.WithContext(c.UserContext())
}

// headers is a http.ResponseWriter that keeps headers alone.
type headers http.Header

func (h headers) Header() http.Header         { return http.Header(h) }
func (h headers) Write(p []byte) (int, error) { return len(p), nil }
func (h headers) WriteHeader(int)             {}

// saveSession stores a session and sets its cookie on the answer.
func (w *Web) saveSession(c *fiber.Ctx, session *sessions.Session) error {
	h := headers{}
	if err := w.Sessions.Save(request(c), h, session); err != nil {
		return err
	}
	c.Response().Header.DelCookie(w.Sessions.CookieName()) // one that was renewed is outdated
	for _, cookie := range http.Header(h).Values(fiber.HeaderSetCookie) {
		c.Response().Header.Add(fiber.HeaderSetCookie, cookie)
	}
	return nil
}
