package component

import (
	"context"
	"io"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"daybook/views/diff"
)

// These are written in Go and not in templ because not one blank may be added or lost.

// prose is one text with what was removed and added in its place.
func prose(edits []diff.Edit[string], r Reading) templ.Component {
	return markup(func(b *strings.Builder) {
		b.WriteString(`<p class="prose">`)
		for i, e := range edits {
			text := e.Items[0]
			if e.Kind != diff.Kept {
				marked(b, e.Kind, r.shown(text))
				continue
			}
			head, left, tail := r.kept(text, i == 0, i == len(edits)-1)
			b.WriteString(inText.Replace(head))
			if left > 0 {
				b.WriteString(`<span class="left-out"> … ` + thousands(left) + ` characters as before … </span>` + inText.Replace(tail))
			}
		}
		b.WriteString(`</p>`)
	})
}

// items are those of one side of a list.
func items(side []diff.Edit[string]) templ.Component {
	return markup(func(b *strings.Builder) {
		if len(side) == 0 {
			b.WriteString(`<span class="unset">empty</span>`)
		}
		for i, e := range side {
			if i > 0 {
				b.WriteString(", ")
			}
			marked(b, e.Kind, e.Items[0])
		}
	})
}

// marked writes a stretch. Few screen readers say that text was removed or added, so words that only they read do.
func marked(b *strings.Builder, kind diff.Kind, text string) {
	text = inText.Replace(text)
	switch kind {
	case diff.Removed:
		b.WriteString(`<del><span class="unseen">removed </span>` + text + `<span class="unseen">, </span></del>`)
	case diff.Added:
		b.WriteString(`<ins><span class="unseen">added </span>` + text + `<span class="unseen">, </span></ins>`)
	default:
		b.WriteString(text)
	}
}

func markup(write func(b *strings.Builder)) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		var b strings.Builder
		write(&b)
		_, err := io.WriteString(w, b.String())
		return err
	})
}

func thousands(n int) string { return grouped(strconv.Itoa(n)) }
