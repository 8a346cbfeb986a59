package models

// retention: "changed how long activities are kept", "started a run of retention".
func (w *writer) retention() bool {
	switch {
	case w.entityType != "retention":
		return false
	case normalAction(w.action) == "retention_started":
		w.does("started a run of retention", "start a run of retention")
	case w.changeOf("rules") == nil && w.changeOf("hour") != nil:
		w.does("changed when retention runs", "change when retention runs")
	default:
		w.does("changed how long activities are kept", "change how long activities are kept")
	}
	return true
}
