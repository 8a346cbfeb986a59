package feed

import (
	"testing"

	"daybook/models"
)

// FuzzParseCursor holds that nothing but a printed cursor is read, and that it comes back as it was.
func FuzzParseCursor(f *testing.F) {
	s := &Service{cursorKey: []byte("key")}
	const list = "user 1 of acme?actions=created"
	f.Add(s.printCursor(cursor{at: position{OccurredAt: 1, ID: 2}}, list))
	f.Add(s.printCursor(cursor{newer: true, at: position{OccurredAt: -1, ID: 1 << 62}}, list))
	f.Add("")
	f.Add("AAAA")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := s.parseCursor(text, list)
		switch {
		case text == "":
			if c != nil || err != nil {
				t.Fatal("no cursor is no position")
			}
		case err != nil:
			if models.KindOf(err) != models.Malformed || c != nil {
				t.Fatal(err)
			}
		case s.printCursor(*c, list) != text:
			t.Fatalf("%q is read as %+v", text, *c)
		}
		if _, err := s.parseCursor(text, list+"x"); text != "" && err == nil {
			t.Fatal("a cursor of another list was read")
		}
	})
}
