package handlers_test

import (
	"testing"

	"daybook/clients"
	"daybook/handlers/handlerstest"
)

// The files are handed out as they are, to whoever it is, whether their credential is any good or not.
func TestClientsAreHandedOut(t *testing.T) {
	w := handlerstest.Empty(t)
	for _, file := range clients.Files {
		name := file.Name
		if len(file.Content) < 1000 {
			t.Fatalf("%s has %d bytes", name, len(file.Content))
		}
		for _, as := range []string{"nobody", "unknown-token"} {
			a := w.Do(handlerstest.Request{As: as, Path: "/docs/clients/" + name}).Expect(t, 200)
			if a.Body != string(file.Content) || a.Header.Get("Content-Type") != file.Kind || a.Header.Get("Content-Disposition") != `attachment; filename="`+name+`"` {
				t.Errorf("%s: %d bytes, %v", name, len(a.Body), a.Header)
			}
		}
	}
	for _, name := range []string{"clients.go", "README.md", "", "..%2fdaybook.py"} {
		w.Do(handlerstest.Request{Path: "/docs/clients/" + name}).Expect(t, 404)
	}
}
