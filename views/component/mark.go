package component

import (
	"context"
	"io"

	"github.com/a-h/templ"

	"daybook/static"
)

// Mark draws a symbol of the sprite on the rail of the timeline, as Icon does elsewhere, in the fewest bytes: a page has fifty of them.
func Mark(name string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, `<svg aria-hidden="true"><use href="`+templ.EscapeString(static.Path("icons.svg")+"#i-"+name)+`"/></svg>`)
		return err
	})
}
