// Package migrations embeds the SQL that makes and changes the tables. A file is never edited once it has landed.
package migrations

import "embed"

// FS holds the migrations in the form goose reads.
//
//go:embed *.sql
var FS embed.FS
