// Package guide holds the programs that the guide at /docs shows. Each is a file in snippets, shown as it stands there; a test takes it from the
// page again and runs it. What differs from one Daybook to the next (address, workspace, token) comes from the environment, which the first of
// them sets.
package guide

import (
	"embed"
	"path"
	"strings"

	"daybook/handlers/web/shell"
	"daybook/views"
)

//go:embed snippets/*
var files embed.FS

// languages are how the programs are called, fetched and run, by how their files end. Go's have another ending so that they are no part of Daybook.
var languages = map[string]struct{ id, title, file, run, get string }{
	".sh":     {id: "shell", title: "curl"},
	".py":     {id: "python", title: "Python", file: "<<name>>.py", run: "python3 <<name>>.py", get: `curl -f "$DAYBOOK_URL/docs/clients/daybook.py" -o daybook.py`},
	".mjs":    {id: "javascript", title: "JavaScript", file: "<<name>>.mjs", run: "node <<name>>.mjs", get: `curl -f "$DAYBOOK_URL/docs/clients/daybook.mjs" -o daybook.mjs`},
	".go.txt": {id: "go", title: "Go", file: "main.go", run: "go run .", get: "go mod init example.com/app && mkdir daybook\n" + `curl -f "$DAYBOOK_URL/docs/clients/daybook.go" -o daybook/daybook.go`},
}

// Examples gives the programs, for a Daybook at an address, a workspace and a token.
func Examples(base, workspace, token string) views.GuideExamples {
	setting := strings.NewReplacer("<<url>>", shell.Quote(strings.TrimRight(base, "/")), "<<workspace>>", shell.Quote(workspace), "<<token>>", shell.Quote(token))
	setup := example("Where to, and as whom", "setup.sh")
	setup.Programs[0].Title, setup.Programs[0].Code = "Shell", setting.Replace(setup.Programs[0].Code)
	person := example("Who signs in", "person.sh")
	person.Programs[0].Title = "Shell"
	seeds := example("Ask as another product's client", "platform.sh", "widget.sh", "service.sh")
	follow := example("Follow the feed", "follow.sh", "follow.py", "follow.mjs", "follow.go.txt")
	follow.Programs[1].Shown = true // the first only asks once
	for i, product := range []string{"Platform activity log", "Activity feed widget", "Activity service"} {
		seeds.Programs[i].Title = product
	}
	return views.GuideExamples{
		Setup:      setup,
		First:      example("Send an event", "first.sh", "first.py", "first.mjs", "first.go.txt"),
		Batch:      example("Send several events", "batch.sh"),
		Lines:      example("Send a file", "lines.sh"),
		Retry:      example("Send again safely", "retry.sh", "retry.py"),
		Refused:    example("Send what is wrong", "refused.sh"),
		Follow:     follow,
		Access:     example("Say who may see a project", "access.sh"),
		Embed:      example("Ask for the latest", "embed.sh", "embed.mjs"),
		Export:     example("Export straight away", "export.sh"),
		ExportFile: example("Export as a file", "export-file.py"),
		Person:     person,
		Seeds:      seeds,
		Command:    TokenCommand(workspace),
	}
}

// example is what the files do, in several languages: the order of these is the same everywhere.
func example(does string, names ...string) views.GuideExample {
	e := views.GuideExample{Does: does}
	for _, name := range names {
		e.Programs = append(e.Programs, program(name))
	}
	first, _, _ := strings.Cut(names[0], ".")
	e.ID, e.Answer = first, read(first+".answer.json")
	return e
}

// TokenCommand makes a token for everything that the guide shows, where Daybook runs.
func TokenCommand(workspace string) string {
	return "daybook token create --service \"My application\" \\\n  --workspace " + workspace + " \\\n  --scope activity:write,activity:read,access:write"
}

func program(file string) views.Program {
	name, rest, _ := strings.Cut(file, ".")
	language := languages["."+rest]
	code := read(file)
	p := views.Program{ID: name + "-" + language.id, Title: language.title, Code: code}
	p.File, p.Run = strings.ReplaceAll(language.file, "<<name>>", name), strings.ReplaceAll(language.run, "<<name>>", name)
	if strings.Contains(code, "import daybook") || strings.Contains(code, "daybook.mjs") || strings.Contains(code, "app/daybook") {
		p.Get = language.get
	}
	if strings.Contains(code, "daybook.Reader") {
		p.Get += "\n" + strings.ReplaceAll(`curl -f "$DAYBOOK_URL/docs/clients/<<file>>" -o daybook/<<file>>`, "<<file>>", "follow.go")
	}
	return p
}

// read gives a file, or nothing where there is none.
func read(name string) string {
	content, err := files.ReadFile(path.Join("snippets", name))
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(string(content), "\n")
}
