// Package clients holds the senders that applications copy: one file for each language, and for Go a second one that reads. README.md is their
// spec. They import nothing of Daybook, and Daybook only hands them out.
package clients

import _ "embed"

// File is one that is handed out.
type File struct {
	Name    string
	Kind    string // its content type
	Content []byte
}

var (
	//go:embed daybook/daybook.go
	goSender []byte
	//go:embed daybook/follow.go
	goReader []byte
	//go:embed daybook.py
	pythonSender []byte
	//go:embed daybook.mjs
	javaScriptSender []byte
)

// Files are all there are.
var Files = []File{
	{"daybook.go", "text/x-go; charset=utf-8", goSender},
	{"follow.go", "text/x-go; charset=utf-8", goReader},
	{"daybook.py", "text/x-python; charset=utf-8", pythonSender},
	{"daybook.mjs", "text/javascript; charset=utf-8", javaScriptSender},
}
