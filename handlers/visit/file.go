package visit

import (
	"fmt"
	"io"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
)

// File is a file to be downloaded. It never changes: Tag is of its bytes.
type File struct {
	Name string // where it is downloaded to
	Type string
	Tag  string // without quotes
	Size int64
	Read func(from, bytes int64) (io.ReadCloser, error)
	// Breaks has something done when downloads are broken off from elsewhere, unless it is forgotten: then a client that does not read is not waited for.
	Breaks func(do func()) (forget func())
}

// SendFile answers with a file, or with the part of it that is asked for, so that a download that broke off goes on (RFC 9110, 14). One that breaks off
// on our side closes the connection before its length is reached.
func SendFile(c *fiber.Ctx, f File) error {
	tag := `"` + f.Tag + `"`
	from, bytes, partly, ok := part(c, tag, f.Size)
	if !ok {
		c.Set(fiber.HeaderContentRange, "bytes */"+strconv.FormatInt(f.Size, 10))
		return fiber.ErrRequestedRangeNotSatisfiable
	}
	c.Set(fiber.HeaderETag, tag)
	c.Set(fiber.HeaderAcceptRanges, "bytes")
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Vary("Cookie", "Authorization")
	if matches(c.Get(fiber.HeaderIfNoneMatch), tag) {
		c.Status(fiber.StatusNotModified)
		return nil
	}
	var body io.ReadCloser
	if c.Method() != fiber.MethodHead {
		var err error
		if body, err = f.Read(from, bytes); err != nil {
			c.Response().Header.Del(fiber.HeaderETag)
			return err
		}
	}
	c.Set(fiber.HeaderContentType, f.Type)
	c.Set(fiber.HeaderContentDisposition, Attachment(f.Name))
	if partly {
		c.Status(fiber.StatusPartialContent)
		c.Set(fiber.HeaderContentRange, fmt.Sprintf("bytes %d-%d/%d", from, from+bytes-1, f.Size))
	}
	if c.Method() == fiber.MethodHead {
		c.Response().SkipBody = true
		c.Response().Header.SetContentLength(int(bytes))
		return nil
	}
	p := &paced{ReadCloser: body, conn: c.Context().Conn(), patience: taken}
	p.closed = f.Breaks(func() { cutOff(p.conn) })
	c.Context().Response.SetBodyStream(p, int(bytes))
	return nil
}

// part gives the bytes that are asked for. More than one part is more than we do: then it is the whole.
func part(c *fiber.Ctx, tag string, size int64) (from, bytes int64, partly, ok bool) {
	asked, isBytes := strings.CutPrefix(c.Get(fiber.HeaderRange), "bytes=")
	if unless := c.Get(fiber.HeaderIfRange); !isBytes || strings.Contains(asked, ",") || unless != "" && unless != tag {
		return 0, size, false, true
	}
	first, last, dash := strings.Cut(strings.TrimSpace(asked), "-")
	a, err := strconv.ParseInt(first, 10, 64)
	b, err2 := strconv.ParseInt(last, 10, 64)
	switch {
	case !dash || first == "" && err2 != nil || first != "" && err != nil || first != "" && last != "" && (err2 != nil || b < a) || a < 0 || b < 0:
		return 0, size, false, true // it cannot be read, so it is not there
	case first == "":
		from = max(0, size-b)
		return from, size - from, true, b > 0 && size > 0
	case last == "":
		b = size - 1
	}
	return a, min(b, size-1) - a + 1, true, a < size
}

// Attachment names a file that is to be kept (RFC 6266): in plain letters for who knows no others, and as it is.
func Attachment(name string) string {
	plain := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '"' || r == '\\' || r == '%' {
			return '_'
		}
		return r
	}, name)
	return `attachment; filename="` + plain + `"; filename*=UTF-8''` + strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
}

// taken is how long a client may take for the next bit of a long answer.
const taken = time.Minute

// paced moves the limit of an answer on as long as the client takes it.
type paced struct {
	io.ReadCloser
	conn     net.Conn
	patience time.Duration // for the next bit
	closed   func()        // or nil
}

// Read gives the next bit.
func (p *paced) Read(b []byte) (int, error) {
	if err := p.conn.SetWriteDeadline(time.Now().Add(p.patience)); err != nil {
		return 0, err
	}
	return p.ReadCloser.Read(b)
}

// Close ends the answer.
func (p *paced) Close() error {
	if p.closed != nil {
		p.closed()
	}
	return p.ReadCloser.Close()
}
