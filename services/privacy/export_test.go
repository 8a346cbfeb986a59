package privacy

// Selection is what a turn asks, for the test of its plan; Due is whether there is one.
var (
	Selection = selection
	Due       = due
)
