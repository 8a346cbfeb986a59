package views

import (
	"encoding/json"
	"strconv"
	"strings"
)

// TokenHere stands in a snippet where a token belongs.
const TokenHere = "YOUR_TOKEN"

// Snippet sends one event, ready to be copied: in a shell, or as a program of its own.
type Snippet struct {
	ID    string // of the element that holds it
	Title string
	File  string // what to save it as; empty: it is typed into a shell
	Run   string // how to run that
	Code  string
}

// Snippets send an event to an address with a token, in some languages. What comes from outside is quoted for each of them.
func Snippets(address, token string) []Snippet {
	fill := func(quote func(string) string, code string) string {
		return strings.NewReplacer("<<url>>", quote(address), "<<bearer>>", quote("Bearer "+token), "<<authorization>>", quote("Authorization: Bearer "+token)).Replace(strings.TrimLeft(code, "\n"))
	}
	return []Snippet{
		{ID: "snippet-curl", Title: "curl", Code: fill(quoted, curlSnippet)},
		{ID: "snippet-go", Title: "Go", File: "send.go", Run: "go run send.go", Code: fill(strconv.Quote, goSnippet)},
		{ID: "snippet-python", Title: "Python", File: "send.py", Run: "python3 send.py", Code: fill(inJSON, pythonSnippet)},
		{ID: "snippet-javascript", Title: "JavaScript", File: "send.mjs", Run: "node send.mjs", Code: fill(inJSON, javascriptSnippet)},
	}
}

// inJSON quotes a text as JSON does, which Python and JavaScript read alike.
func inJSON(s string) string {
	text, err := json.Marshal(s)
	if err != nil {
		return `""`
	}
	return string(text)
}

const curlSnippet = `
curl <<url>> \
  -H <<authorization>> \
  -H 'Content-Type: application/json' \
  -d '{
    "actor": {"id": "user-123", "name": "Amara Okafor"},
    "action": "created",
    "resource": {"type": "project", "id": "42", "name": "New Website"}
  }'`

const goSnippet = `
package main

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"strings"
)

const event = ` + "`" + `{
	"actor": {"id": "user-123", "name": "Amara Okafor"},
	"action": "created",
	"resource": {"type": "project", "id": "42", "name": "New Website"}
}` + "`" + `

func main() {
	request, err := http.NewRequest("POST", <<url>>, strings.NewReader(event))
	if err != nil {
		log.Fatal(err)
	}
	request.Header.Set("Authorization", <<bearer>>)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		log.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(response.Status, string(answer))
}`

const pythonSnippet = `
import json
import urllib.request

event = {
    "actor": {"id": "user-123", "name": "Amara Okafor"},
    "action": "created",
    "resource": {"type": "project", "id": "42", "name": "New Website"},
}
request = urllib.request.Request(
    <<url>>,
    data=json.dumps(event).encode(),
    headers={"Authorization": <<bearer>>, "Content-Type": "application/json"},
)
with urllib.request.urlopen(request) as response:
    print(response.status, response.read().decode())`

const javascriptSnippet = `
const event = {
  actor: { id: "user-123", name: "Amara Okafor" },
  action: "created",
  resource: { type: "project", id: "42", name: "New Website" },
};
const response = await fetch(<<url>>, {
  method: "POST",
  headers: { Authorization: <<bearer>>, "Content-Type": "application/json" },
  body: JSON.stringify(event),
});
console.log(response.status, await response.text());`
