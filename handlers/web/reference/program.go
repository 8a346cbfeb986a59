package reference

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"daybook/handlers/api/openapi"
	"daybook/handlers/web/shell"
	"daybook/views"
)

// request is one that programs make as an example.
type request struct {
	method, url string
	token       bool
	kind        string     // of the body
	body        *yaml.Node // or nil
	text        string     // the body as it is sent
	file        string     // what the answer is kept in; empty: it is written out
}

// programs gives those that make a call: each is complete, needs nothing but its language, and can be run as it stands with a token.
func (r reading) programs(method, path string, all []openapi.Parameter, o *openapi.Operation) []views.Program {
	q := r.example(method, path, all, o)
	var list []views.Program
	for _, language := range []struct {
		id, title string
		write     func(request) string
	}{{"curl", "curl", curlProgram}, {"python", "Python", pythonProgram}, {"javascript", "JavaScript", javascriptProgram}, {"go", "Go", goProgram}} {
		list = append(list, views.Program{ID: o.ID + "-" + language.id, Title: language.title, Code: language.write(q)})
	}
	return list
}

// example is a request with the values of examples: what has to be there, and what the call shows besides.
func (r reading) example(method, path string, all []openapi.Parameter, o *openapi.Operation) request {
	q := request{method: method, file: o.Download, token: o.Who != "open" && o.Who != "anybody"}
	var query []string
	for _, p := range all {
		value := p.Example.Value
		if p.Example.Kind == yaml.SequenceNode {
			value = p.Example.Content[0].Value
		}
		if value == "" && p.Schema != nil && p.Schema.Format == "uuid" {
			value = exampleID
		}
		if value == "" && p.Schema != nil && p.Schema.Type == "integer" {
			value = "1"
		}
		switch {
		case p.In == "path":
			path = strings.ReplaceAll(path, "{"+p.Name+"}", url.PathEscape(value))
		case p.In == "query" && (p.Required || slices.Contains(o.Shows, p.Name)):
			query = append(query, p.Name+"="+url.QueryEscape(value))
		}
	}
	q.url = r.base + path
	if len(query) > 0 {
		q.url += "?" + strings.Join(query, "&")
	}
	if o.Body != nil && len(o.Body.Content) > 0 {
		q.kind = o.Body.Content[0].Key
		body := o.Body.Content[0].Value.Example
		q.body = &body
		q.text = openapi.Indented(&body)
		if q.kind == formKind {
			q.text = formOf(&body).Encode()
		}
	}
	return q
}

const (
	exampleID = "01a20642-616f-74c8-a07e-a9377e289832"
	formKind  = "application/x-www-form-urlencoded"
)

func formOf(n *yaml.Node) url.Values {
	form := url.Values{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		form.Set(n.Content[i].Value, n.Content[i+1].Value)
	}
	return form
}

func bearerHere() string { return "Bearer " + views.TokenHere }

func curlProgram(q request) string {
	lines := []string{"curl " + shell.Quote(q.url)}
	if usual := map[bool]string{false: "GET", true: "POST"}[q.body != nil]; q.method != usual {
		lines[0] = "curl -X " + q.method + " " + shell.Quote(q.url)
	}
	if q.file != "" {
		lines[0] = "curl -f -o " + q.file + " " + shell.Quote(q.url)
	}
	if q.token {
		lines = append(lines, "-H "+shell.Quote("Authorization: "+bearerHere()))
	}
	if q.body != nil {
		if q.kind != formKind { // which curl takes it for by itself
			lines = append(lines, "-H "+shell.Quote("Content-Type: "+q.kind))
		}
		lines = append(lines, "-d "+shell.Quote(q.text))
	}
	return strings.Join(lines, " \\\n  ")
}

func goProgram(q request) string {
	imports, body, take := []string{"fmt", "io", "log", "net/http"}, "nil", goPrints
	if q.body != nil {
		imports, body = append(imports, "strings"), "strings.NewReader("+goQuoted(q.text)+")"
	}
	if q.file != "" {
		imports, take = append(imports[1:], "os"), strings.ReplaceAll(goKeeps, "<<file>>", strconv.Quote(q.file))
	}
	headers := ""
	if q.token {
		headers += "\trequest.Header.Set(\"Authorization\", " + strconv.Quote(bearerHere()) + ")\n"
	}
	if q.body != nil {
		headers += "\trequest.Header.Set(\"Content-Type\", " + strconv.Quote(q.kind) + ")\n"
	}
	slices.Sort(imports)
	return strings.NewReplacer("<<imports>>", "\t\""+strings.Join(imports, "\"\n\t\"")+"\"\n", "<<method>>", strconv.Quote(q.method), "<<url>>", strconv.Quote(q.url), "<<body>>", body,
		"<<headers>>", headers, "<<take>>", take).Replace(goFrame)
}

// goQuoted writes a text over several lines as one.
func goQuoted(text string) string {
	if strings.Contains(text, "`") || !strings.Contains(text, "\n") {
		return strconv.Quote(text)
	}
	return "`" + text + "`"
}

const goFrame = `package main

import (
<<imports>>)

func main() {
	request, err := http.NewRequest(<<method>>, <<url>>, <<body>>)
	if err != nil {
		log.Fatal(err)
	}
<<headers>>	response, err := http.DefaultClient.Do(request)
	if err != nil {
		log.Fatal(err)
	}
	defer response.Body.Close()
<<take>>}`

const goPrints = `	answer, err := io.ReadAll(response.Body)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(response.Status, string(answer))
`

const goKeeps = `	if response.StatusCode != http.StatusOK {
		answer, _ := io.ReadAll(response.Body)
		log.Fatal(response.Status, " ", string(answer))
	}
	file, err := os.Create(<<file>>)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := io.Copy(file, response.Body); err != nil {
		log.Fatal(err) // it broke off
	}
	if err := file.Close(); err != nil {
		log.Fatal(err)
	}
`

func pythonProgram(q request) string {
	var b strings.Builder
	arguments := []string{inQuotes(q.url)}
	if q.method != map[bool]string{false: "GET", true: "POST"}[q.body != nil] {
		arguments = append(arguments, "method="+inQuotes(q.method))
	}
	imports := []string{"urllib.error", "urllib.request"}
	switch {
	case q.body != nil && q.kind == formKind:
		imports = append(imports, "urllib.parse")
		b.WriteString("body = " + literal(q.body, "", pythonWords) + "\n")
		arguments = append(arguments, "data=urllib.parse.urlencode(body).encode()")
	case q.body != nil:
		imports = append(imports, "json")
		b.WriteString("body = " + literal(q.body, "", pythonWords) + "\n")
		arguments = append(arguments, "data=json.dumps(body).encode()")
	}
	if headers := headersOf(q); len(headers) > 0 {
		arguments = append(arguments, "headers={"+strings.Join(headers, ", ")+"}")
	}
	take := pythonPrints
	if q.file != "" {
		imports = append(imports, "shutil", "sys")
		take = strings.ReplaceAll(pythonKeeps, "<<file>>", inQuotes(q.file))
	}
	slices.Sort(imports)
	return "import " + strings.Join(imports, "\nimport ") + "\n\n" + b.String() +
		"request = urllib.request.Request(\n    " + strings.Join(arguments, ",\n    ") + ",\n)\n" + take
}

const pythonPrints = `try:
    with urllib.request.urlopen(request) as response:
        print(response.status, response.read().decode())
except urllib.error.HTTPError as error:
    print(error.status, error.read().decode())`

const pythonKeeps = `try:
    with urllib.request.urlopen(request) as response, open(<<file>>, "wb") as file:
        shutil.copyfileobj(response, file)
except urllib.error.HTTPError as error:
    sys.exit(f"{error.status} {error.read().decode()}")`

// headersOf gives the headers of a request as Python and JavaScript write them alike.
func headersOf(q request) (list []string) {
	if q.token {
		list = append(list, `"Authorization": `+inQuotes(bearerHere()))
	}
	if q.body != nil && q.kind != formKind {
		list = append(list, `"Content-Type": `+inQuotes(q.kind))
	}
	return list
}

func javascriptProgram(q request) string {
	var options []string
	if q.method != "GET" {
		options = append(options, "method: "+inQuotes(q.method))
	}
	if headers := headersOf(q); len(headers) > 0 {
		options = append(options, "headers: { "+strings.Join(headers, ", ")+" }")
	}
	before := ""
	switch {
	case q.body != nil && q.kind == formKind:
		before, options = "const body = "+literal(q.body, "", jsonWords)+";\n", append(options, "body: new URLSearchParams(body)")
	case q.body != nil:
		before, options = "const body = "+literal(q.body, "", jsonWords)+";\n", append(options, "body: JSON.stringify(body)")
	}
	call := "await fetch(" + inQuotes(q.url) + ")"
	if len(options) > 0 {
		call = "await fetch(" + inQuotes(q.url) + ", {\n  " + strings.Join(options, ",\n  ") + ",\n})"
	}
	take := "console.log(response.status, await response.text());"
	if q.file != "" {
		before = "const { writeFile } = await import(\"node:fs/promises\");\n"
		take = "if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);\nawait writeFile(" + inQuotes(q.file) + ", response.body);"
	}
	return before + "const response = " + call + ";\n" + take
}

// inQuotes quotes a text as JSON does, which Python and JavaScript read alike.
func inQuotes(text string) string {
	var quoted strings.Builder
	e := json.NewEncoder(&quoted)
	e.SetEscapeHTML(false) // a program is no page: & is &
	if err := e.Encode(text); err != nil {
		return `""`
	}
	return strings.TrimSuffix(quoted.String(), "\n")
}

// The words that languages have for true, false and null.
var (
	jsonWords   = map[string]string{}
	pythonWords = map[string]string{"true": "True", "false": "False", "null": "None"}
)

// literal writes a value as Python and JavaScript do: as JSON, but for some words.
func literal(n *yaml.Node, indent string, words map[string]string) string {
	inner := indent + "  "
	if words["true"] == "True" {
		inner = indent + "    "
	}
	switch n.Kind {
	case yaml.MappingNode:
		if len(n.Content) == 0 {
			return "{}"
		}
		var lines []string
		for i := 0; i+1 < len(n.Content); i += 2 {
			lines = append(lines, inner+inQuotes(n.Content[i].Value)+": "+literal(n.Content[i+1], inner, words)+",\n")
		}
		return "{\n" + strings.Join(lines, "") + indent + "}"
	case yaml.SequenceNode:
		var items []string
		for _, item := range n.Content {
			items = append(items, literal(item, indent, words))
		}
		return "[" + strings.Join(items, ", ") + "]"
	}
	text := openapi.Indented(n)
	if word, ok := words[text]; ok {
		return word
	}
	return text
}
