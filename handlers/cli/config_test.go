package cli_test

import (
	"strings"
	"testing"
)

func TestAllMistakesAtOnceInSentences(t *testing.T) {
	m := newMachine(t, map[string]string{
		"DATABASE_URL": "mysql://me:open-sesame@example.com/x", "DAYBOOK_LISTEN": "here", "DAYBOOK_BASE_URL": "https://me:open-sesame@example.com/", "DAYBOOK_SECRET": "a short secret",
		"DAYBOOK_TRUSTED_PROXIES": "10.0.0.0/8, proxy", "DAYBOOK_SEND_RATE": "many", "DAYBOOK_LOG": "loud",
	})
	m.env["DAYBOOK_LISTEN"] = "here"
	for _, args := range [][]string{{"serve"}, {"serve", "--demo"}, {"migrate"}, {"workspace", "create", "--slug", "x", "--name", "X"}, {"backup", "x"}, {"restore", "x"}} {
		a := m.run(args...)
		a.refused(t, 1, "The configuration is not right.", "DATABASE_URL must be", "DAYBOOK_LISTEN must be", `"here"`, "DAYBOOK_BASE_URL must be", "DAYBOOK_SECRET must have at least 32 characters",
			"DAYBOOK_TRUSTED_PROXIES must list", `"proxy"`, "DAYBOOK_SEND_RATE must be", `"many"`, "DAYBOOK_LOG must be", `"loud"`)
		if strings.Contains(a.err, "sesame") || strings.Contains(a.err, "a short secret") || a.out != "" {
			t.Errorf("%v tells a secret: %s", args, a.err)
		}
		for _, line := range strings.Split(strings.TrimSpace(a.err), "\n") {
			if !strings.HasSuffix(line, ".") && !strings.HasSuffix(line, ":") {
				t.Errorf("no sentence: %s", line)
			}
		}
	}
}

func TestSingleMistakes(t *testing.T) {
	for _, c := range []struct{ name, value, says string }{
		{"DAYBOOK_LISTEN", "", "DAYBOOK_LISTEN must be"},
		{"DAYBOOK_LISTEN", "127.0.0.1", "DAYBOOK_LISTEN must be"},
		{"DAYBOOK_LISTEN", "127.0.0.1:65536", "DAYBOOK_LISTEN must be"},
		{"DAYBOOK_LISTEN", "127.0.0.1:-1", "DAYBOOK_LISTEN must be"},
		{"DAYBOOK_LISTEN", "127.0.0.1:http", "DAYBOOK_LISTEN must be"},
		{"DAYBOOK_BASE_URL", "daybook.example.com", "DAYBOOK_BASE_URL must be"},
		{"DAYBOOK_BASE_URL", "ftp://daybook.example.com", "DAYBOOK_BASE_URL must be"},
		{"DAYBOOK_BASE_URL", "https://", "DAYBOOK_BASE_URL must be"},
		{"DAYBOOK_BASE_URL", "https://example.com/daybook", "DAYBOOK_BASE_URL must have no path"},
		{"DAYBOOK_BASE_URL", "https://example.com?x=1", "DAYBOOK_BASE_URL must be"},
		{"DAYBOOK_SECRET", strings.Repeat(" ", 40), "DAYBOOK_SECRET must have"},
		{"DAYBOOK_SECRET", strings.Repeat("x", 31), "DAYBOOK_SECRET must have"},
		{"DAYBOOK_SECRET", strings.Repeat("x", 31) + "\n", "DAYBOOK_SECRET must have"},
		{"DAYBOOK_TRUSTED_PROXIES", "10.0.0.0/33", "DAYBOOK_TRUSTED_PROXIES must list"},
		{"DAYBOOK_SEND_RATE", "-1", "DAYBOOK_SEND_RATE must be"},
		{"DAYBOOK_EXPORT_MAX", "0", "DAYBOOK_EXPORT_MAX must be"},
		{"DAYBOOK_EXPORT_MAX", "2 GB", "DAYBOOK_EXPORT_MAX must be"},
		{"DAYBOOK_SEND_RATE", "NaN", "DAYBOOK_SEND_RATE must be"},
		{"DAYBOOK_SEND_RATE", "Inf", "DAYBOOK_SEND_RATE must be"},
		{"DAYBOOK_LOG", "info,xml", "DAYBOOK_LOG must be"},
		{"DATABASE_URL", "host=localhost password=open-sesame", "DATABASE_URL must be"},
		{"DATABASE_URL", "postgres://me:open%zzsesame@localhost/x", "DATABASE_URL must be"},
		{"DATABASE_URL", "postgres://me:open-sesame@127.0.0.1:1/x", "PostgreSQL at 127.0.0.1:1"},
		{"DATABASE_URL", "postgres://me:open-sesame@127.0.0.1:1/x?sslmode=maybe", "DATABASE_URL has a part"},
	} {
		m := newMachine(t, map[string]string{"DAYBOOK_SECRET": secret})
		if c.name != "DATABASE_URL" {
			m.set("DATABASE_URL", "postgres://me@127.0.0.1:1/x")
		}
		a := m.set(c.name, c.value).run("serve")
		a.refused(t, 1, c.says)
		if strings.Contains(a.err, "sesame") {
			t.Errorf("%s tells the password: %s", c.value, a.err)
		}
	}
}

func TestServingADatabaseURLNeedsASecret(t *testing.T) {
	m := withURL(t)
	delete(m.env, "DAYBOOK_SECRET")
	m.run("serve").refused(t, 1, "DAYBOOK_SECRET is required with DATABASE_URL")
	m.set("DAYBOOK_LOG", "loud").run("serve").refused(t, 1, "DAYBOOK_SECRET is required with DATABASE_URL", "DAYBOOK_LOG must be")
	m.set("DAYBOOK_LOG", "info").must("migrate") // signs nothing
}

func TestLogsGoToStandardError(t *testing.T) {
	m := withURL(t).set("DAYBOOK_LOG", "debug,json")
	p := m.serve()
	p.until(func(_, err string) bool { return strings.Contains(err, `"level":"`) })
	if out, _ := p.said(); strings.Contains(out, "level") {
		t.Errorf("%s", out)
	}
	if out := m.must("workspace", "create", "--slug", "acme", "--name", "Acme"); len(logLines(out)) > 0 || strings.Count(out, "\n") != 1 {
		t.Error(out)
	}
}
