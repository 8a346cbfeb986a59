package reference_test

import (
	"encoding/json"
	"go/format"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"daybook/handlers/api/openapi"
	"daybook/handlers/web/reference"
	"daybook/views"
)

// programs gives all of a language, by what they are called.
func programs(t *testing.T, title string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, area := range reference.Of(openapi.The(), "https://daybook.example.com/").Areas {
		for _, c := range area.Calls {
			for _, p := range c.Programs {
				if p.Title == title {
					all[p.ID] = p.Code
				}
			}
		}
	}
	if len(all) < 100 {
		t.Fatalf("%d programs of %s", len(all), title)
	}
	return all
}

// Every program of each language is one of it.
func TestProgramsOfGoAreFormatted(t *testing.T) {
	for id, code := range programs(t, "Go") {
		if formatted, err := format.Source([]byte(code + "\n")); err != nil || string(formatted) != code+"\n" {
			t.Errorf("%s: %v\n%s", id, err, code)
		}
	}
}

func TestProgramsOfPythonCompile(t *testing.T) {
	compiled(t, programs(t, "Python"), "python3", "-c", `
import json, sys
for name, code in json.load(open(sys.argv[1])).items():
    compile(code, name, "exec")`)
}

func TestProgramsOfJavaScriptCompile(t *testing.T) {
	compiled(t, programs(t, "JavaScript"), "node", "-e", `
const programs = JSON.parse(require("node:fs").readFileSync(process.argv[1]));
const Program = (async () => {}).constructor;
for (const [name, code] of Object.entries(programs)) {
  try { new Program(code); } catch (wrong) { throw new Error(name + ": " + wrong + "\n" + code); }
}`)
}

func TestProgramsOfTheShellAreRead(t *testing.T) {
	var all strings.Builder
	for _, code := range programs(t, "curl") {
		all.WriteString(code + "\n")
	}
	sh := exec.CommandContext(t.Context(), "sh", "-n")
	sh.Stdin = strings.NewReader(all.String())
	if out, err := sh.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

// compiled hands programs to a compiler of their language, in a file of JSON.
func compiled(t *testing.T, all map[string]string, command ...string) {
	t.Helper()
	if _, err := exec.LookPath(command[0]); err != nil {
		t.Fatalf("%s is needed: apt-get install python3 nodejs", command[0])
	}
	text, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "programs.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), command[0], append(command[1:], file)...).CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

// Calls that ask who it is send a token, and the others none; the address is whole.
func TestProgramsSayWhoTheyAre(t *testing.T) {
	for id, code := range programs(t, "curl") {
		open := strings.HasPrefix(id, "signIn") || strings.HasPrefix(id, "openapi") || id == "ping-curl" || id == "showInvitation-curl" || id == "acceptInvitation-curl" || id == "setPassword-curl"
		if strings.Contains(code, views.TokenHere) == open {
			t.Errorf("%s:\n%s", id, code)
		}
		if strings.Contains(code, "{") && !strings.Contains(code, "-d '{") || !strings.Contains(code, "'https://daybook.example.com/api/") {
			t.Errorf("%s:\n%s", id, code)
		}
	}
}

// A program is no page: what HTML would escape stands in it as it is.
func TestProgramsHaveAddressesAsTheyAre(t *testing.T) {
	for _, title := range []string{"curl", "Go", "Python", "JavaScript"} {
		several := 0
		for id, code := range programs(t, title) {
			if strings.Contains(code, `\u00`) {
				t.Errorf("%s:\n%s", id, code)
			}
			if strings.Contains(code, "&") {
				several++
			}
		}
		if several < 3 {
			t.Errorf("only %d programs of %s have several parameters", several, title)
		}
	}
}

// The programs ask about the reader's own workspace, and those of everybody stay as they are. What names another one than that of the address is as it was.
func TestProgramsForAWorkspace(t *testing.T) {
	everybodys := reference.Of(openapi.The(), "https://daybook.example.com/")
	own := reference.For(everybodys, "tidewell")
	found := 0
	for i, area := range own.Areas {
		for j, c := range area.Calls {
			for k, p := range c.Programs {
				if strings.Contains(p.Code, "acme") && c.ID != "makeWorkspace" {
					t.Errorf("%s:\n%s", p.ID, p.Code)
				}
				before := everybodys.Areas[i].Calls[j].Programs[k].Code
				if strings.Contains(before, "tidewell") {
					t.Errorf("%s is everybody's", p.ID)
				}
				if before != p.Code {
					found++
				}
			}
			for _, a := range c.Answers {
				if strings.Contains(a.Example, "/workspaces/acme") {
					t.Errorf("%s:\n%s", c.ID, a.Example)
				}
			}
		}
	}
	if found < 200 {
		t.Errorf("only %d programs name a workspace", found)
	}
	const slug, name = `"confirm": "the slug of the workspace, to confirm"`, `"confirm": "the name of the preview, to confirm"`
	for id, has := range map[string]string{"purge-go": slug, "saveRetention-python": slug, "makeOwnToken-curl": `"workspace": "tidewell"`, "anonymiseUser-curl": name} {
		if code := programOf(own, id); !strings.Contains(code, has) {
			t.Errorf("%s has no %s:\n%s", id, has, code)
		}
	}
}

func programOf(r views.Reference, id string) string {
	for _, area := range r.Areas {
		for _, c := range area.Calls {
			for _, p := range c.Programs {
				if p.ID == id {
					return p.Code
				}
			}
		}
	}
	return ""
}
