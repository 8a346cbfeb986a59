package erasure

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"daybook/services/database"
	"daybook/services/mention"
)

// mostAddresses bounds the IP addresses of somebody that are looked for: the latest.
const mostAddresses = 10_000

// addAddresses adds the IP addresses that they had: in what they did, where they are signed in, and of their tokens. In a workspace where somebody else had one,
// too, it means the person only in their own activities: an office has one address.
func (p *person) addAddresses(ctx context.Context, tx database.Tx) error {
	p.addresses = map[uuid.UUID][]mention.NetAddress{}
	all := []string{}
	err := tx.QueryRow(ctx, `SELECT coalesce(array_agg(DISTINCT host(ip)), '{}') FROM (
		(SELECT ip FROM activities WHERE actor_id = ANY ($1) AND workspace_id = ANY ($2) AND ip IS NOT NULL GROUP BY ip ORDER BY max(id) DESC LIMIT $4)
		UNION SELECT ip FROM sessions WHERE user_id = $3 UNION SELECT last_used_ip FROM tokens WHERE user_id = $3) AS a WHERE ip IS NOT NULL`,
		p.actorIDs(uuid.Nil), p.workspaces, p.userID(), mostAddresses).Scan(&all)
	if err != nil {
		return fmt.Errorf("look for the addresses of somebody: %w", err)
	}
	for _, workspace := range p.workspaces {
		shared := []string{}
		err := tx.QueryRow(ctx, `SELECT coalesce(array_agg(text), '{}') FROM unnest($2::text[]) AS u (text) WHERE EXISTS (
			SELECT FROM activities a WHERE a.workspace_id = $1 AND a.ip = u.text::inet AND a.actor_id <> ALL ($3))`, workspace, all, p.actorIDs(workspace)).Scan(&shared)
		if err != nil {
			return fmt.Errorf("look who else had an address: %w", err)
		}
		for _, address := range all {
			p.addresses[workspace] = append(p.addresses[workspace], mention.NetAddress{Text: address, Shared: slices.Contains(shared, address)})
		}
	}
	return nil
}

// mostAlike bounds the names of others that are looked for, so that they are not taken for the person.
const mostAlike = 500

// alike gives full names of others in which a word of theirs is. Of a name that is the same, each place is asked about.
func (p *person) alike(others map[string]bool) (alike []string) {
	words, names := p.words(), map[string]bool{}
	for _, name := range p.names {
		names[folded(name)] = true
	}
	for name := range others {
		if theirs := strings.Fields(name); !names[name] && len(theirs) > 1 && slices.ContainsFunc(theirs, func(word string) bool { return words[word] }) {
			alike = append(alike, name)
		}
	}
	slices.Sort(alike)
	return alike[:min(len(alike), mostAlike)]
}

// notTheirs gives what those are called whose activity it is, or to whom it was done, one a line, as far as that is not the person.
func notTheirs(actor string, c mention.Context, entityType string, name *string) string {
	if c.Own && !c.Entity {
		return ""
	}
	if name != nil && !c.Entity && mention.PersonType(entityType) {
		return actor + "\n" + *name
	}
	return actor
}
