package feed_test

import (
	"testing"

	"github.com/google/uuid"

	"daybook/models"
	"daybook/services/feed"
	"daybook/services/feed/feedtest"
)

// Whoever is in a workspace and may see nothing of it is not told either which activities there are, were, or are on their way.
func TestWhoMaySeeNothingIsNotToldWhichIdsExist(t *testing.T) {
	w := feedtest.New(t)
	ws := w.Workspace(t, "acme", "UTC")
	mia := w.User(t, "mia", false)
	w.Member(t, ws, mia, models.Member) // of no project, and no actor
	there, gone := uuid.New(), uuid.New()
	w.Send(t, ws, feedtest.Event{"id": there, "actor": feedtest.Event{"id": "a"}, "action": "created"})
	if err := w.DB.Gorm.Exec(`INSERT INTO event_ids (workspace_id, uuid) VALUES (?, ?)`, ws.ID, gone).Error; err != nil {
		t.Fatal(err)
	}
	v := w.Viewer(t, mia, ws)
	if scope := v.Scope(false); !scope.Empty() || len(scope.Workspaces()) != 1 {
		t.Fatalf("%+v", scope)
	}
	for what, after := range map[string]string{"one that is there": there.String(), "one that is gone": gone.String(), "none": uuid.NewString(), "the beginning": "0", "the latest": ""} {
		if entries, err := w.Follow(t.Context(), v, feed.Filter{}, after, 10); err != nil || len(entries) != 0 {
			t.Errorf("after %s: %d, %v", what, len(entries), err)
		}
	}
}
