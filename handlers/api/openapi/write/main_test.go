package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

// What is served is what the parts say.
func TestTheDescriptionIsUpToDate(t *testing.T) {
	made, err := document(os.DirFS(".."))
	if err != nil {
		t.Fatal(err)
	}
	kept, err := os.ReadFile("../" + written)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(made, kept) {
		t.Error("openapi.yaml is not what the parts say: make generate")
	}
}

func TestAPartThatIsWrongIsRefused(t *testing.T) {
	const head = "head: {openapi: 3.0.3}\nsecurity: {}\narea: {name: a}\n"
	for part, why := range map[string]string{
		"schemas: {A: {of: {a: strng}}}": `there is no type "strng"`,
		"schemas: {A: [1]}":              "is no schema",
		"schemas: {A: {of: {b: 'B?'}}}":  "there is no schema B",
		"paths: {/a: {get: {id: a, query: {..none: }, gives: {\"200\": string}}}}": "there is no group none",
		"paths: {/a: {get: {id: a, gives: {ok: string}}}}":                         "invalid syntax",
		"paths: [": "did not find",
	} {
		_, err := document(fstest.MapFS{"parts/1.yaml": {Data: []byte(head + part)}})
		if err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %v", part, err)
		}
	}
}
