package views

// DocsWorkspaces are those of which the examples on a page for developers can be. Only a reader with several has a choice.
type DocsWorkspaces struct {
	Page  string // its address
	Slug  string // of the one that is shown
	Slugs []string
}
