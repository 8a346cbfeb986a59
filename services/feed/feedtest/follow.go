package feedtest

import (
	"context"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/feed"
)

// Follow gives what one request gets that follows the order of the viewer's workspace.
func (w *World) Follow(ctx context.Context, v access.Viewer, f feed.Filter, afterID string, limit int) ([]models.Entry, error) {
	return w.Feed.Pursue(v.Workspace.ID, f, afterID, limit).Next(ctx, Sees(v.Scope(f.System)))
}

// Sees is what a reader may see, whenever they are asked.
func Sees(s access.Scope) func(context.Context) (access.Scope, error) {
	return func(context.Context) (access.Scope, error) { return s, nil }
}
