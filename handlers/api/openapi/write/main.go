// Command write makes openapi.yaml of the parts beside it, which are written by hand in a short form: ../README.md explains it. `make generate` calls it.
package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"

	"go.yaml.in/yaml/v3"

	"daybook/handlers/api/openapi"
)

// In the folder of package openapi.
const (
	partFiles = "parts/*.yaml"
	written   = "openapi.yaml"
)

func main() {
	text, err := document(os.DirFS("."))
	if err == nil {
		err = os.WriteFile(written, text, 0o644) //nolint:gosec // it is for everybody, as all of the source is
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// document reads the parts, in the order of their names, and writes them out as one.
func document(files fs.FS) ([]byte, error) {
	names, err := fs.Glob(files, partFiles)
	if err != nil {
		return nil, err
	}
	w := newWriter()
	for _, name := range names {
		p, err := read(files, name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if err := w.add(p); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	root, err := w.root()
	if err != nil {
		return nil, err
	}
	of := exampler{&openapi.Description{}, w.examples}
	if err := root.Decode(of.Description); err != nil {
		return nil, err
	}
	of.fillExamples(root)
	text := bytes.NewBufferString("# Made by make generate of parts/*.yaml, which are to be edited.\n")
	e := yaml.NewEncoder(text)
	e.SetIndent(2)
	err = e.Encode(root)
	return text.Bytes(), err
}

func read(files fs.FS, name string) (p part, err error) {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return p, err
	}
	var root yaml.Node
	if err := yaml.Unmarshal(text, &root); err != nil {
		return p, err
	}
	return p, flat(&root).Decode(&p)
}
