package erasure

import (
	"strings"
	"testing"
)

// TestASubAddressIsTheirs, who were forgotten, unless it is somebody else's.
func TestASubAddressIsTheirs(t *testing.T) {
	g := newGate(t)
	g.send(`{"actor": {"id": "desk", "name": "Desk", "email": "amara+desk@example.com"}, "action": "created"}`)
	g.send(`{"actor": {"id": "amara+bot@example.com", "name": "Bot"}, "action": "created"}`)
	g.said()
	g.do(`INSERT INTO users (email, name, password_hash) VALUES ('amara+user@example.com', 'Another', 'x')`)
	g.forget("amara-7f3a", "amara@example.com")
	g.send(`{"actor": {"id": "new-1", "name": "Amara Okafor", "email": "Amara+News@example.com"}, "action": "created", "description": "Amara Okafor by amara+news@example.com"}`)
	g.send(`{"actor": {"id": "amara+x@example.com", "name": "Amara Okafor"}, "action": "created"}`)
	g.send(`{"actor": {"id": "bob", "name": "Bob"}, "action": "invited", "resource": {"type": "user", "id": "u9", "name": "amara+y@example.com"}}`)
	g.send(`{"actor": {"id": "desk", "name": "Desk", "email": "amara+desk@example.com"}, "action": "created"}`)
	g.send(`{"actor": {"id": "amara+bot@example.com", "name": "Bot"}, "action": "created"}`)
	g.send(`{"actor": {"id": "u-1", "name": "Another", "email": "amara+user@example.com"}, "action": "created"}`)
	rows := g.said()
	for i, want := range []string{"deleted-10 | Deleted User | Deleted User by deleted", "deleted-10 | Deleted User", "bob | Bob | deleted-10 | Deleted User", "desk | Desk", "amara+bot@example.com | Bot", "u-1 | Another"} {
		if !strings.HasPrefix(rows[i+2], want) {
			t.Errorf("%s\ninstead of\n%s", rows[i+2], want)
		}
	}
}
