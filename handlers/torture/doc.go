// Package torture holds no code but tests: they kill, freeze and starve real `daybook` processes and their PostgreSQL while applications send
// and an import runs, and then look whether the promises of design.md §1 held. Nothing acknowledged may be lost, nothing counted twice, no number
// missing, no proof broken.
//
// `go test` runs the short form, three kills. `make torture` (build tag torture) runs the long one: fifty kills, writers frozen for half a
// minute, a full disk, a million rows within the memory that serve may use.
package torture
