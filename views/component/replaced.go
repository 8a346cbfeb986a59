package component

import (
	"context"
	"io"
	"strings"

	"github.com/a-h/templ"
)

// Replacement is a stretch of a text that is replaced by another, with some of the text around it.
type Replacement struct {
	Lead, Was, Is, Tail string
	Code                bool // the text is a machine's
}

// Replaced shows a replacement before and after. It is written in Go and not in templ because not one blank may be added or lost.
func Replaced(r Replacement) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		var b strings.Builder
		b.WriteString(templ.EscapeString(r.Lead) + "<del>" + templ.EscapeString(r.Was) + "</del>")
		if r.Is != "" {
			b.WriteString("<ins>" + templ.EscapeString(r.Is) + "</ins>")
		}
		b.WriteString(templ.EscapeString(r.Tail))
		text := b.String()
		if r.Code {
			text = "<code>" + text + "</code>"
		}
		_, err := io.WriteString(w, text)
		return err
	})
}
