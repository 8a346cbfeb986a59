package visit

import (
	"bytes"
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
	var text bytes.Buffer
	if err := encoderOf(&text).Encode(body); err != nil {
		return fmt.Errorf("encode an answer: %w", err)
	}
	return sendText(c, bytes.TrimSuffix(text.Bytes(), []byte("\n")))
}

// SendRows answers as SendCached does, with an array of a row of each entry. A long one may be most of the memory there is, so it is written once,
// into one piece, and each entry is let go when its row is written.
func SendRows[Entry, Row any](c *fiber.Ctx, entries []Entry, row func(Entry) Row) error {
	var text bytes.Buffer
	text.WriteByte('[')
	encoder := encoderOf(&text)
	for i, e := range entries {
		if i > 0 {
			text.WriteByte(',')
		}
		before := text.Len()
		if err := encoder.Encode(row(e)); err != nil {
			return fmt.Errorf("encode an answer: %w", err)
		}
		text.Truncate(text.Len() - 1) // the end of the line
		clear(entries[i : i+1])
		if text.Available() < text.Len()-before { // as long as the rows were so far; doubling would need twice as much
			text.Grow(text.Len() / (i + 1) * (len(entries) - i - 1))
		}
	}
	text.WriteByte(']')
	return sendText(c, text.Bytes())
}

// encoderOf writes markup as it stands: nobody takes our JSON for a page, and escaped it would be six times as long.
func encoderOf(text *bytes.Buffer) *json.Encoder {
	e := json.NewEncoder(text)
	e.SetEscapeHTML(false)
	return e
}

func sendText(c *fiber.Ctx, text []byte) error {
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
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	c.Vary("Cookie", "Authorization")
	if KnowsAlready(c, tagOf(h.Sum(nil))) {
		return nil
	}
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	return c.Send(text)
}

// TagOf gives the weak tag of a text.
func TagOf(text []byte) string {
	sum := sha256.Sum256(text)
	return tagOf(sum[:])
}

func tagOf(sum []byte) string { return `W/"` + base64.RawURLEncoding.EncodeToString(sum[:16]) + `"` }

// KnowsAlready sets the tag of an answer, and tells whether the client has what it is of: then nothing more is to be sent.
func KnowsAlready(c *fiber.Ctx, tag string) bool {
	c.Set(fiber.HeaderETag, tag)
	if !matches(c.Get(fiber.HeaderIfNoneMatch), tag) {
		return false
	}
	c.Status(fiber.StatusNotModified)
	return true
}

// matches is the weak comparison of RFC 9110, 13.1.2. Our tags hold no comma.
func matches(ifNoneMatch, tag string) bool {
	opaque := func(s string) string { return strings.TrimPrefix(strings.TrimSpace(s), "W/") }
	return strings.TrimSpace(ifNoneMatch) == "*" ||
		slices.ContainsFunc(strings.Split(ifNoneMatch, ","), func(known string) bool { return opaque(known) == opaque(tag) })
}
