package visit

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// SendCached answers with JSON that the client may keep and ask about. The tag is of the answer itself, of the headers that belong to it, and
// of who asked, so it changes whenever the answer does, by whatever cause. It is a weak one: the answer may go out compressed or not.
func SendCached(c *fiber.Ctx, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("encode an answer: %w", err)
	}
	h := sha256.New()
	v := Of(c)
	if v.Principal.User != nil {
		fmt.Fprintln(h, "user", v.Principal.User.ID)
	} else if v.Principal.Token != nil {
		fmt.Fprintln(h, "token", v.Principal.Token.ID)
	}
	for _, name := range []string{fiber.HeaderLink, "X-Total-Count"} {
		fmt.Fprintln(h, c.GetRespHeader(name))
	}
	h.Write(text)
	tag := `W/"` + base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:16]) + `"`
	c.Set(fiber.HeaderETag, tag)
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	c.Vary("Cookie", "Authorization")
	if matches(c.Get(fiber.HeaderIfNoneMatch), tag) {
		c.Status(fiber.StatusNotModified)
		return nil
	}
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	return c.Send(text)
}

// matches is the weak comparison of RFC 9110, 13.1.2. Our tags hold no comma.
func matches(ifNoneMatch, tag string) bool {
	opaque := func(s string) string { return strings.TrimPrefix(strings.TrimSpace(s), "W/") }
	return strings.TrimSpace(ifNoneMatch) == "*" ||
		slices.ContainsFunc(strings.Split(ifNoneMatch, ","), func(known string) bool { return opaque(known) == opaque(tag) })
}
