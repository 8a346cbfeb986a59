package feedtest

import (
	"context"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/feed"
)

// Follow gives what one request gets that follows the order of the viewer's workspace.
func (w *World) Follow(ctx context.Context, v access.Viewer, f feed.Filter, afterID string, limit int) ([]models.Entry, error) {
	p := w.Feed.Pursue(v.Workspace.ID, f, afterID, limit)
	if _, err := p.Moved(ctx); err != nil {
		return nil, err
	}
	return p.Next(ctx, v.Scope(f.System))
}
