package models

// erased: "erased personal content of 12 activities". Who it was is nowhere in it.
func (w *writer) erased() bool {
	n := w.howMany("rows")
	if w.entityType != "erasure" || n == 0 {
		return false
	}
	w.does("erased personal content of ", "erase personal content of ")
	w.put(PartValue, Thousands(int64(n))+" "+map[bool]string{true: "activity", false: "activities"}[n == 1])
	return true
}

// anonymised: "began to anonymise a person", "anonymised a person in 1,202 activities".
func (w *writer) anonymised() bool {
	if w.entityType != "erasure" {
		return false
	}
	switch normalAction(w.action) {
	case "anonymise_started":
		w.does("began to anonymise ", "begin to anonymise ")
	case "anonymise_ended":
		w.does("did not anonymise ", "anonymise ")
	default:
		w.does("anonymised ", "anonymise ")
	}
	w.put(PartEntity, "a person")
	if n := w.howMany("activities") + w.howMany("mentions"); n > 0 {
		w.text(" in ")
		w.put(PartValue, Thousands(int64(n))+" "+map[bool]string{true: "activity", false: "activities"}[n == 1])
	}
	return true
}
