package handlerstest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// exchanges are as they should be: a thing of no account, one that names what changes, and one that uses the name.
const exchanges = `What stands before is nobody's.

### is somebody there
GET /api/ping
----
200
Cache-Control: no-store
Content-Type: application/json
Vary: Accept-Encoding

{
  "status": "pong"
}

### nobody
GET /api/v1/auth/me
Accept: text/html
----
401
Cache-Control: no-store
Content-Type: application/problem+json
Www-Authenticate: Bearer realm="daybook"

{
  "type": "about:blank",
  "title": "Unauthorized",
  "status": 401,
  "detail": "Sign in first, or send a token as “Authorization: Bearer …”.",
  "errors": [],
  "request_id": "«id 1»"
}

### a page that moved
GET /w/«id 1»
----
303
Cache-Control: no-store
Vary: Accept-Encoding
`

// What compares the files of exchanges with what is answered complains when they differ, in whatever it is, and only then.
func TestExchangesAreCompared(t *testing.T) {
	before := *rewrite
	*rewrite = false
	t.Cleanup(func() { *rewrite = before })
	w := Empty(t)
	for name, c := range map[string]struct {
		old, now string
		wrong    string // in the complaint; empty: there is none
	}{
		"as it is":            {"", "", ""},
		"another status":      {"\n200\n", "\n201\n", "line 6 is\n  200\nand not\n  201"},
		"another header":      {"no-store", "no-cache", "line 7"},
		"a header is missing": {"Vary: Accept-Encoding\n", "", "line 9"},
		"one header more":     {"Vary: ", "Link: x\nVary: ", "line 9"},
		"another value":       {`"pong"`, `"ping"`, `"status": "pong"`},
		"a key more":          {`"pong"`, `"pong", "a": 1`, "line 12"},
		"another detail":      {"Sign in first", "Sign in", "Sign in first"},
		"another name":        {`: "«id 1»"`, `: "«id 2»"`, "«id 1»"},
		"what it was once":    {`: "«id 1»"`, `: "00000000-0000-7000-8000-000000000001"`, "«id 1»"},
		"no answer":           {exchanges[strings.LastIndex(exchanges, "----"):], "", "and not"},
		"the end is missing":  {"no-store\n", "no-store", "line 7"},
		"an exchange more":    {"\n### nobody", "\n### again\nGET /api/ping\n----\n\n### nobody", "line 18"},
	} {
		t.Run(name, func(t *testing.T) {
			file, heard := written(t, strings.Replace(exchanges, c.old, c.now, 1)), &complaints{TB: t}
			exchange(heard, file, w)
			said := strings.Join(heard.all, "\n")
			if c.wrong == "" && said != "" || c.wrong != "" && said == "" || !strings.Contains(said, c.wrong) {
				t.Errorf("%q is not what is said: %q", c.wrong, said)
			}
		})
	}
	*rewrite = true
	file, heard := written(t, strings.ReplaceAll(exchanges, "no-store", "no-cache")), &complaints{TB: t}
	exchange(heard, file, w)
	if text, err := os.ReadFile(file); err != nil || string(text) != exchanges || len(heard.all) != 0 {
		t.Errorf("it is written as\n%s%v %v", text, heard.all, err)
	}
}

func written(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "a.http")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// What is another at each run has a name, the same wherever it stands; a file's own ids and times keep theirs, and what means something is not hidden.
func TestWhatChangesIsNamed(t *testing.T) {
	n := newNames()
	const one, two = "019a0000-0000-7000-8000-00000000000a", "019a0000-0000-7000-8000-00000000000b"
	for _, c := range [][2]string{
		{one + " " + two + " " + one, "«id 1» «id 2» «id 1»"},
		{two, "«id 2»"},
		{"00000000-0000-7000-8000-000000000001", "00000000-0000-7000-8000-000000000001"},
		{"2026-11-23T12:00:00.000001Z 2026-11-23T12:00:00.000002Z", "«time 1» «time 2»"},
		{"2025-01-15T09:00:00.000000Z", "2025-01-15T09:00:00.000000Z"},
		{"2026-11-23T12:00:00Z 2026-11-23T12:00:00.001Z", "2026-11-23T12:00:00Z 2026-11-23T12:00:00.001Z"}, // not our form: it is to be seen
		{"dbs_Ab-1.c_2 dbk_x", "«token 1» «token 2»"},
		{"cursor=A" + strings.Repeat("b", 43), "cursor=«cursor 1»"},
		{`"id": 17, "sub": "17", "seq": 4` + "\n", `"id": «number 1», "sub": "«number 1»", "seq": «number 2»` + "\n"},
		{`"count": 17, "status": 401`, `"count": 17, "status": 401`},
	} {
		if got := n.named(c[0]); got != c[1] {
			t.Errorf("%s is %s, not %s", c[0], got, c[1])
		}
	}
	if got := n.filled("/w/«id 2»?after=«time 1»&x=«id 7»"); got != "/w/"+two+"?after=2026-11-23T12:00:00.000001Z&x=«id 7»" {
		t.Error(got)
	}
}
