package cli_test

import (
	"os/exec"
	"strings"
	"testing"

	"daybook/handlers/web/guide"
)

// The command that the guide shows makes a token for everything that it shows.
func TestTheCommandOfTheGuide(t *testing.T) {
	m := withURL(t)
	m.must("workspace", "create", "--slug", "acme", "--name", "Acme")
	words, err := exec.CommandContext(t.Context(), "sh", "-c", `printf '%s\n' `+guide.TokenCommand("acme")).Output()
	if err != nil {
		t.Fatal(err)
	}
	args := strings.Split(strings.TrimSpace(string(words)), "\n")
	if args[0] != "daybook" || !tokenText.MatchString(m.must(args[1:]...)) {
		t.Errorf("%q makes no token", args)
	}
	if out := m.must("token", "list", "--workspace", "acme"); !strings.Contains(out, "My application  access:write activity:read activity:write") {
		t.Error(out)
	}
}
