package export_test

import (
	"strings"
	"testing"

	"daybook/models"
	"daybook/services/export"
)

// TestALineOfAnArchive: all that is not replaced stays, byte for byte.
func TestALineOfAnArchive(t *testing.T) {
	for _, line := range []string{
		`{"id":"01a206ce-0792-71dc-93e1-e755523c33dc","actor":{"id":"zq71xk9v","name":"Zélie <Q>","type":"user","role":"chef"},"on_behalf_of":{"id":"b","name":"Bob","type":"user"},"action":"created","resource":{"type":"invoice","id":"5","name":"Invoice & 5","url":null},"project":{"id":"p1","name":"Garden"},"description":"Zélie <Q> made it","changes":[{"field":"n","before":null,"after":1.50}],"metadata":{"b":1,"a":[1e3,"x"]},"outcome":"success","system":false,"correlation_id":"c","ip_address":"203.0.113.7","user_agent":"x","occurred_at":"2026-01-31T09:00:00.000001Z"}`,
		`{"id":"01a206ce-0792-71dc-93e1-e755523c33dc","actor":{"id":"s","name":"S","type":"system","role":null},"on_behalf_of":null,"action":"ticked","resource":null,"project":null,"description":"S ticked","changes":[],"metadata":{},"outcome":"failure","system":true,"correlation_id":null,"ip_address":null,"user_agent":null,"occurred_at":"2026-01-31T09:00:00.000001Z"}`,
	} {
		same, did, err := export.RewriteLine([]byte(line), func(ev models.Event) (models.Event, bool) { return ev, true })
		if err != nil || !did || string(same) != line {
			t.Errorf("%v, %v:\n%s\nis not\n%s", did, err, same, line)
		}
		if kept, did, err := export.RewriteLine([]byte(line), func(models.Event) (models.Event, bool) { return models.Event{}, false }); err != nil || did || string(kept) != line {
			t.Errorf("%v, %v: %s", did, err, kept)
		}
		is, _, err := export.RewriteLine([]byte(line), func(ev models.Event) (models.Event, bool) {
			ev.Actor, ev.IP, ev.UserAgent = models.ActorRef{ID: "deleted-1", Name: models.DeletedName, Type: ev.Actor.Type}, nil, nil
			return ev, true
		})
		if err != nil || !strings.Contains(string(is), `"actor":{"id":"deleted-1","name":"Deleted User"`) || strings.Contains(string(is), "203.0") || strings.Contains(string(is), "chef") {
			t.Errorf("%v: %s", err, is)
		}
	}
	if _, _, err := export.RewriteLine([]byte(`{"id"`), nil); err == nil {
		t.Error("half a line was read")
	}
}
