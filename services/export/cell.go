package export

// AppendCell writes a cell of CSV, made inert where a spreadsheet would take it for a formula.
func AppendCell(dst []byte, text string) []byte { return textCell(dst, text, false) }
