package params_test

import (
	"testing"

	"github.com/google/uuid"

	"daybook/handlers/params"
	"daybook/models"
	"daybook/services/access"
)

// A day is that of the reader, else of a workspace that people work in: an instance admin sees the built-in one, too, which is in none.
func TestTheZoneOfSeveralWorkspaces(t *testing.T) {
	in := func(id uuid.UUID, zone string) access.Viewer {
		return access.Viewer{Principal: access.Principal{User: &models.User{}}, Workspace: models.Workspace{ID: id, TimeZone: zone}}
	}
	builtIn, berlin, tokyo := in(models.BuiltInWorkspace, "UTC"), in(uuid.New(), "Europe/Berlin"), in(uuid.New(), "Asia/Tokyo")
	own := berlin
	own.User = &models.User{TimeZone: "America/Lima"}
	for want, viewers := range map[string][]access.Viewer{
		"Europe/Berlin": {builtIn, berlin, tokyo}, "Asia/Tokyo": {tokyo, berlin}, "America/Lima": {builtIn, own}, "UTC": {},
	} {
		if got := params.ZoneOf(viewers).String(); got != want {
			t.Errorf("%s, not %s", got, want)
		}
	}
	if got := params.ZoneOf([]access.Viewer{builtIn}).String(); got != "UTC" {
		t.Error(got)
	}
}
