package cli

import "daybook/services/health"

// Version is what --version says.
func Version() string { return "daybook " + health.Version() }
