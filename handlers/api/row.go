package api

import (
	"daybook/models"
	"daybook/services/export"
)

// rowsOf gives activities as our JSON has them.
func rowsOf(entries []models.Entry) []export.Row {
	rows := make([]export.Row, len(entries))
	for i, e := range entries {
		rows[i] = export.RowOf(e)
	}
	return rows
}
