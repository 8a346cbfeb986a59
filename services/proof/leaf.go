package proof

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/netip"
	"time"

	"github.com/gowebpki/jcs"

	"daybook/models"
)

// Group is a part of an activity's content that can be erased by itself.
type Group string

// The groups, in the order in which their commitments enter the leaf.
const (
	Who    Group = "who"    // actor's external id, name and role, on behalf of, address, agent
	Entity Group = "entity" // id, name, url
	Text   Group = "text"   // description
	Data   Group = "data"   // changes, metadata, correlation id
)

// Groups lists all groups in their order.
var Groups = [4]Group{Who, Entity, Text, Data}

// Leaf gives the 32 bytes that stand for the activity:
// SHA-256(0x00 ‖ canonical fixed part ‖ the commitments of the four groups). Of a group that was erased it is the commitment to what stood there first.
func Leaf(s Subject) ([]byte, error) {
	fixed, err := canonical(fixedPart(s.Activity))
	if err != nil {
		return nil, err
	}
	h := sha256.New()
	h.Write([]byte{0})
	h.Write(fixed)
	for _, g := range Groups {
		c, err := s.first(g)
		if err != nil {
			return nil, err
		}
		h.Write(c)
	}
	return h.Sum(nil), nil
}

// first is the commitment to what a group said when it was posted.
func (s Subject) first(g Group) ([]byte, error) {
	if links := s.linksOf(g); len(links) > 0 {
		return links[0].Before, nil
	}
	return Commit(s, g)
}

// linksOf are the erasures of a group, in their order.
func (s Subject) linksOf(g Group) (links []link) {
	if s.past == nil {
		return nil
	}
	for _, l := range s.past.links {
		if l.Part == g {
			links = append(links, l)
		}
	}
	return links
}

// Commit gives the 32-byte commitment to what a group says now: SHA-256("daybook/v1/" ‖ group ‖ salt ‖ canonical content).
func Commit(s Subject, g Group) ([]byte, error) {
	salt := s.salt(g)
	if len(salt) == 0 {
		return nil, fmt.Errorf("group %s of activity %d has no salt", g, s.Activity.Seq)
	}
	text, err := canonical(content(s, g))
	if err != nil {
		return nil, err
	}
	h := sha256.New()
	h.Write([]byte("daybook/v1/" + g))
	h.Write(salt)
	h.Write(text)
	return h.Sum(nil), nil
}

// salt is a group's salt: the one that is kept, or else the one that the row key gives.
func (s Subject) salt(g Group) []byte {
	switch {
	case s.past != nil:
		return s.past.salts[g]
	case len(s.Activity.RowKey) == 0:
		return nil
	}
	return Salt(s.Activity.RowKey, g)
}

// Salt gives a group's salt: HMAC-SHA-256(row key, group). Without it, content cannot be guessed from a commitment.
func Salt(rowKey []byte, g Group) []byte {
	mac := hmac.New(sha256.New, rowKey)
	mac.Write([]byte(g))
	return mac.Sum(nil)
}

// Verify tells whether the stored leaf of an activity is the leaf of its content, and of what was erased of it. That a record tells of what was erased
// is not part of it: see Checker and VerifyWorkspace.
func Verify(s Subject) (bool, error) {
	flaw, err := flawOf(s)
	return err == nil && flaw == "", err
}

func fixedPart(a *models.Activity) any {
	return map[string]any{
		"workspace": a.WorkspaceID, "seq": a.Seq, "uuid": a.UUID, "occurred_at": Time(a.OccurredAt), "recorded_at": Time(a.RecordedAt),
		"action": a.Action, "entity_type": a.EntityType, "project": a.ProjectID, "outcome": a.Outcome, "system": a.System, "source": a.SourceID,
	}
}

func content(s Subject, g Group) any {
	a := s.Activity
	switch g {
	case Who:
		return map[string]any{"actor": s.ActorID, "name": a.ActorName, "role": a.ActorRole, "on_behalf_of": s.OnBehalfOf, "ip": address(a.IP), "user_agent": a.UserAgent}
	case Entity:
		return map[string]any{"id": a.EntityID, "name": a.EntityName, "url": a.EntityURL}
	case Text:
		return map[string]any{"description": a.Description}
	}
	changes, metadata := a.Changes, a.Metadata
	if changes == nil {
		changes = []models.Change{}
	}
	if metadata == nil {
		metadata = json.RawMessage("{}")
	}
	return map[string]any{"changes": changes, "metadata": metadata, "correlation_id": a.CorrelationID}
}

// Time writes a time as every canonical form and every answer of ours does: UTC, six digits.
func Time(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }

// address writes an address in the form of RFC 5952, IPv4 as IPv4 also when it was mapped into IPv6, and without a zone, which PostgreSQL does not
// keep.
func address(ip *netip.Addr) *string {
	if ip == nil {
		return nil
	}
	s := ip.Unmap().WithZone("").String()
	return &s
}

// canonical writes a value in the JSON Canonicalization Scheme (RFC 8785).
func canonical(v any) ([]byte, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	out, err := jcs.Transform(text)
	if err != nil {
		return nil, fmt.Errorf("canonicalise: %w", err)
	}
	return out, nil
}
