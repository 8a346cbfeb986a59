// Package layout holds what stands around every page: the document, the shell with the navigation for people who are signed in, and the gate
// for everybody else.
package layout
