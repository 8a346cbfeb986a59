package cli

import (
	"testing"

	"daybook/services/database"
)

// Whoever says nothing of a data folder has the default one, whatever the command, and with a database elsewhere none: `make run` says nothing.
func TestTheDataFolderThatNobodyNamed(t *testing.T) {
	usual, err := database.DefaultData()
	if err != nil {
		t.Fatal(err)
	}
	said := Config{Listen: "127.0.0.1:0", SendRate: "500", ExportMax: "2048", Log: "info"}
	for _, c := range []struct{ url, data, want string }{{"", "", usual}, {"", "/elsewhere", "/elsewhere"}, {"postgres://me@127.0.0.1/x", "", ""}} {
		said.DatabaseURL, said.Data, said.Secret = c.url, c.data, "a secret of thirty-two characters, or more"
		for _, check := range []func() (settings, error){said.check, func() (settings, error) { return said.checkServe(true) }} {
			if s, err := check(); err != nil || s.Data != c.want {
				t.Errorf("%+v: the data folder is %q, %v", c, s.Data, err)
			}
		}
	}
}
