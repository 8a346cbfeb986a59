package ingest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/gowebpki/jcs"

	"daybook/models"
)

// draft is a checked event on its way into the inbox.
type draft struct {
	id      uuid.UUID
	named   string // how the sender named it: "id" or "Idempotency-Key"
	index   int    // position in its array, or -1
	event   []byte // for the inbox: a models.Event as JSON
	content []byte // what is stored of what the sender said, in canonical form: what tells a retry from another event with the same id
	sent    []byte // all of that; nil when all of it is stored
	denied  string // the patterns of keys whose values are not (models.Workspace)
	made    bool   // the description is ours
}

// newDraft takes out of an event what is not to be stored, and completes it with what its sender did not say. The content is taken in between, so that
// a retry is a retry whichever source it comes through, whatever its sender is called by then, and in whatever words a later Daybook describes it;
// and so that what is not stored cannot be guessed from its fingerprint.
func newDraft(ev models.Event, how reading) (draft, error) {
	d := draft{id: ev.UUID, named: "id", index: -1, denied: how.from.Workspace.DeniedKeys}
	lean, less := minimised(ev, how.rule)
	var err error
	if d.content, err = contentOf(how.from.said(lean)); err != nil {
		return draft{}, err
	}
	if less {
		if d.sent, err = contentOf(how.from.said(ev)); err != nil {
			return draft{}, err
		}
	}
	ev = lean
	how.from.complete(&ev)
	ev.IP, ev.UserAgent = how.rule.Address(ev.IP), how.rule.Agent(ev.UserAgent) // those of the request
	if d.made = ev.Description == ""; d.made {
		ev.Description = models.Describe(&ev)
	}
	d.event, err = encode(ev)
	return d, err
}

// contentOf writes what was sent so that other spellings of it give the same text. An event is always written in the same way, but for the values
// in it that are the sender's own; those are put into their canonical form (RFC 8785). The form must not change between releases: an event
// that is sent again after an update would seem to be another one.
func contentOf(said models.Event) (text []byte, err error) {
	said.UUID = uuid.Nil // contents are compared under the same id
	said.Changes = slices.Clone(said.Changes)
	values := []*json.RawMessage{&said.Metadata}
	for i := range said.Changes {
		values = append(values, &said.Changes[i].Before, &said.Changes[i].After)
	}
	for _, value := range values {
		if *value == nil {
			continue
		}
		if *value, err = jcs.Transform(*value); err != nil {
			return nil, fmt.Errorf("canonicalise what was sent: %w", err)
		}
	}
	return encode(said)
}

// encode writes an event as JSON. json.Marshal would write six bytes for each <, > and &, which no page reads here.
func encode(ev models.Event) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(ev); err != nil {
		return nil, fmt.Errorf("encode an event: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
