package handlers

import (
	"bytes"
	"compress/gzip"
	"strconv"
	"strings"
	"sync"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
)

// compressFrom is the size below which compressing costs more than it saves: what fits into a packet anyway.
const compressFrom = 1400

var gzips = sync.Pool{New: func() any {
	z, _ := gzip.NewWriterLevel(nil, 5) // the level is a valid one
	return z
}}

// leaveRoom gives back what a list took up, when its answer is made and compressed.
func leaveRoom(c *fiber.Ctx) error {
	defer visit.LeaveMade(c)
	return c.Next()
}

// compress sends texts compressed to clients that take it. Tags of answers are weak, so they hold for both forms.
func compress(c *fiber.Ctx) error {
	if err := c.Next(); err != nil {
		return err
	}
	response := c.Response()
	kind := string(response.Header.ContentType())
	if response.IsBodyStream() || !isText(kind) || c.GetRespHeader(fiber.HeaderContentEncoding) != "" {
		return nil
	}
	c.Vary(fiber.HeaderAcceptEncoding)
	if len(response.Body()) < compressFrom || !takesGzip(c.Get(fiber.HeaderAcceptEncoding)) {
		return nil
	}
	var out bytes.Buffer
	z := gzips.Get().(*gzip.Writer)
	defer gzips.Put(z)
	z.Reset(&out)
	if _, err := z.Write(response.Body()); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	response.SetBodyRaw(out.Bytes())
	c.Set(fiber.HeaderContentEncoding, "gzip")
	return nil
}

func isText(kind string) bool {
	kind, _, _ = strings.Cut(kind, ";")
	return strings.HasPrefix(kind, "text/") || strings.HasSuffix(kind, "json") || kind == "application/yaml" || kind == "image/svg+xml"
}

// takesGzip reads Accept-Encoding (RFC 9110, 12.5.3). Without the header a client gets what it understands for certain.
func takesGzip(accepted string) bool {
	takes := false
	for _, one := range strings.Split(accepted, ",") {
		name, quality, _ := strings.Cut(strings.TrimSpace(one), ";")
		name = strings.ToLower(strings.TrimSpace(name))
		if name != "gzip" && name != "*" {
			continue
		}
		q, err := strconv.ParseFloat(strings.TrimPrefix(strings.ReplaceAll(quality, " ", ""), "q="), 64)
		takes = quality == "" || err == nil && q > 0
		if name == "gzip" {
			break
		}
	}
	return takes
}
