package handlers_test

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"html"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"
)

// spellings are the forms in which something that was to be forgotten could be found, all in lower case.
func spellings(words ...string) map[string]string {
	forms := map[string]string{}
	for _, word := range words {
		for _, w := range []string{word, strings.ToUpper(word), strings.ToLower(word)} {
			add := func(form string) { forms[strings.ToLower(form)] = word }
			add(w)
			add(hex.EncodeToString([]byte(w)))
			add(url.QueryEscape(w))
			add(url.PathEscape(w))
			add(html.EscapeString(w))
			add(escaped(w, `\u%04x`))
			add(strings.ReplaceAll(escaped(w, `\u%04x`), `\`, `\\`))
			add(escaped(w, "&#%d;"))
			add(escaped(w, "&#x%x;"))
			for shift := range 3 { // whatever stands before it
				coded := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", shift) + w))
				from, to := (shift*4+2)/3, len(w)*8/6-2
				if coded = coded[from:]; to > 8 && to <= len(coded) {
					forms["base64:"+coded[:to]] = word
					forms["base64:"+strings.NewReplacer("+", "-", "/", "_").Replace(coded[:to])] = word
				}
			}
		}
	}
	return forms
}

// escaped writes what is not ASCII by its number.
func escaped(text, form string) string {
	var b strings.Builder
	for _, r := range text {
		if r < utf8.RuneSelf {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, form, r)
		}
	}
	return b.String()
}

// searched looks for all spellings in a text, and tells where each was found.
func searched(t *testing.T, forms map[string]string, where, text string) (clean bool) {
	t.Helper()
	lower := strings.ToLower(text)
	clean = true
	for form, word := range forms {
		in, sought := lower, form
		if coded, is := strings.CutPrefix(form, "base64:"); is {
			in, sought = text, coded
		}
		if at := strings.Index(in, sought); at >= 0 {
			clean = false
			t.Errorf("%q is left in %s, as %q: …%s…", word, where, sought, strings.ToValidUTF8(in[max(0, at-150):min(len(in), at+len(sought)+80)], "?"))
		}
	}
	return clean
}

// TestTheSearchFinds makes sure that nothing is called clean because nobody looked.
func TestTheSearchFinds(t *testing.T) {
	forms := spellings("Zélie Quandt", "zelie.quandt@mail.example")
	for _, text := range []string{
		"by Zélie Quandt.", "ZÉLIE QUANDT", `{"a": "Z\u00e9lie Quandt"}`, `"{\"a\": \"Z\\u00E9lie Quandt\"}"`, "q=Z%C3%A9lie+Quandt", "/Z%C3%A9lie%20Quandt", "Z&#233;lie Quandt",
		hex.EncodeToString([]byte("to zelie.quandt@mail.example, again")), base64.StdEncoding.EncodeToString([]byte("zelie.quandt@mail.example")),
		base64.StdEncoding.EncodeToString([]byte("for Zélie Quandt, who")), base64.URLEncoding.EncodeToString([]byte("a Zélie Quandt, who")),
	} {
		inner := &testing.T{}
		if func() bool { defer func() { _ = recover() }(); return searched(inner, forms, "it", text) }() {
			t.Errorf("nobody is found in %q", text)
		}
	}
}
