package models

import "strings"

// exportedAnything is an export of ours or of an application.
func (w *writer) exportedAnything() bool { return w.export() || w.exported() }

// export is one of ours: "exported 12,480 activities as CSV", "exported only 300 activities as CSV" where a download broke off, "cancelled an export as CSV".
func (w *writer) export() bool {
	if kind := ExportKind(w.meta("kind")); w.entityType != "export" || kind != ExportFile && kind != ExportStream {
		return false
	}
	rows := w.howMany("rows")
	activities := Thousands(int64(rows)) + " " + map[bool]string{true: "activity", false: "activities"}[rows == 1]
	broken := w.outcome == Failure
	switch action := normalAction(w.action); {
	case action == "export_cancelled":
		w.text("cancelled an export of activities")
	case action == "export_removed":
		w.text("removed the file of an export of ")
		w.put(PartValue, activities)
	case action == "downloaded":
		w.text("downloaded an export of ")
		w.put(PartValue, activities)
	case broken && w.meta("kind") == string(ExportStream):
		w.text("exported only ")
		w.put(PartValue, activities)
	case broken:
		w.text("could not export activities")
	default:
		w.does("exported ", "export ")
		w.put(PartValue, activities)
	}
	w.text(" as ")
	w.put(PartValue, strings.ToUpper(w.meta("format")))
	return true
}
