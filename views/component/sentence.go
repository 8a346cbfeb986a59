package component

import (
	"context"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/a-h/templ"

	"daybook/models"
)

// Links are where the names of a sentence lead; one that is empty makes plain text of its name.
type Links struct {
	Actor, OnBehalf, Entity string
}

// Activity draws the sentence of an activity. It is written in Go and not in templ because not one blank may be added or lost.
func Activity(parts []models.Part, links Links) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		var b strings.Builder
		for _, p := range parts {
			text := templ.EscapeString(p.Text)
			switch p.Kind {
			case models.PartActor:
				class := "who"
				if p.Text == models.DeletedName {
					class = "who is-deleted"
				}
				named(&b, class, text, links.Actor)
			case models.PartOnBehalf:
				named(&b, "who", text, links.OnBehalf)
			case models.PartEntity:
				named(&b, "what", text, links.Entity)
			case models.PartValue:
				named(&b, "val", text, "")
			case models.PartTag:
				named(&b, "tag", text, "")
			case models.PartOutcome:
				named(&b, "badge badge-danger", text, "")
			default:
				b.WriteString(text)
			}
		}
		_, err := io.WriteString(w, b.String())
		return err
	})
}

// named writes a name, as a link if there is somewhere to go. The text is escaped already; the address is sanitised here.
func named(b *strings.Builder, class, text, href string) {
	if href == "" {
		b.WriteString(`<span class="` + class + `">` + text + `</span>`)
		return
	}
	b.WriteString(`<a class="` + class + `" href="` + templ.EscapeString(string(templ.URL(href))) + `">` + text + `</a>`)
}

// FullStop makes a message of ours stand on its own: a capital at the start, a full stop at the end.
func FullStop(message string) string {
	message = strings.TrimSpace(message)
	if message == "" {
		return ""
	}
	first, size := utf8.DecodeRuneInString(message)
	message = string(unicode.ToUpper(first)) + message[size:]
	if strings.ContainsAny(message[len(message)-1:], ".!?") {
		return message
	}
	return message + "."
}
