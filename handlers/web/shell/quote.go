// Package shell writes what readers of the docs paste into theirs.
package shell

import "strings"

// Quote gives a text as one word, whatever is in it.
func Quote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
