package demo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"daybook/models"
)

// actor is a person or a program with what they are doing.
type actor struct {
	Person
	kind     models.ActorType
	role     string // in the sending application, at present
	rhythm   rhythm
	here     bool // has joined and not left
	left     bool
	running  *entry // their timer
	entries  []*entry
	browser  string
	places   []string // addresses they write from
	onRecord float64  // share of their rows that carry address and browser
}

func (a *actor) ref() models.ActorRef {
	ref := models.ActorRef{ID: a.ActorID, Name: a.Name, Type: a.kind}
	if a.Email != "" {
		ref.Email = &a.Email
	}
	if role := a.role; role != "" {
		ref.Role = &role
	}
	return ref
}

// note is an event while it is being put together.
type note struct {
	event    models.Event
	metadata map[string]any
}

// by notes that somebody did something now. The clock moves on by some milliseconds, so an act's rows keep their order.
func (t *teller) by(who *actor, action string, entity models.EntityRef) *note {
	t.clock = t.clock.Add(time.Duration(t.between(900, 21_000)) * time.Microsecond)
	at := t.clock.UTC()
	n := &note{event: models.Event{
		UUID: t.uuid(at), Actor: who.ref(), Action: action, Entity: &entity, Outcome: models.Success,
		System: who.kind == models.ActorSystem, OccurredAt: &at,
	}}
	if len(who.places) > 0 && t.chance(who.onRecord) {
		address, browser := pick(t, who.places), who.browser
		n.event.IP, n.event.UserAgent = &address, &browser
	}
	t.notes = append(t.notes, n)
	return n
}

// uuid makes a version 7 id of the time and the story's dice.
func (t *teller) uuid(at time.Time) uuid.UUID {
	var id uuid.UUID
	high, low := uint64(at.UnixMilli())<<16|0x7000|t.dice.Uint64N(1<<12), 1<<63|t.dice.Uint64N(1<<62)
	for i := range 8 {
		id[i], id[8+i] = byte(high>>(56-8*i)), byte(low>>(56-8*i))
	}
	return id
}

func (n *note) in(p *project) *note {
	ref := p.ref()
	n.event.Project = &ref
	return n
}

// from notes where somebody did it, which is otherwise on record for some of what they do.
func (n *note) from(who *actor) *note {
	n.event.IP, n.event.UserAgent = &who.places[0], &who.browser
	return n
}

func (n *note) behalf(of *actor) *note {
	ref := of.ref()
	n.event.OnBehalfOf = &ref
	return n
}

// change adds a field with any JSON values; nil is "not set".
func (n *note) change(field string, before, after any) *note {
	n.event.Changes = append(n.event.Changes, models.Change{Field: field, Before: encode(before), After: encode(after)})
	return n
}

// turn moves a field from the state it is in to another one of its states, the first of which it has at first.
func (t *teller) turn(n *note, field string, states ...any) {
	key := n.event.Entity.Type + "/" + *n.event.Entity.ID + "/" + field
	before, known := t.facts[key]
	if !known {
		before = encode(states[0])
	}
	var others []json.RawMessage
	for _, state := range states {
		if raw := encode(state); !bytes.Equal(raw, before) {
			others = append(others, raw)
		}
	}
	t.facts[key] = pick(t, others)
	n.event.Changes = append(n.event.Changes, models.Change{Field: field, Before: before, After: t.facts[key]})
}

func (n *note) meta(key string, value any) *note {
	if n.metadata == nil {
		n.metadata = map[string]any{}
	}
	n.metadata[key] = value
	return n
}

func (n *note) saying(format string, args ...any) *note {
	n.event.Description = fmt.Sprintf(format, args...)
	return n
}

// ended is for what was tried: the outcome and why.
func (n *note) ended(outcome models.Outcome, format string, args ...any) *note {
	n.event.Outcome = outcome
	return n.saying(format, args...)
}

// tied joins the rows of one operation.
func (n *note) tied(operation string) *note {
	n.event.CorrelationID = &operation
	return n
}

func (n *note) bind() models.Event {
	if n.metadata != nil {
		n.event.Metadata = encode(n.metadata)
	}
	return n.event
}

// unset makes the empty string the null that means "not set".
func unset(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// operation names a new operation of several rows.
func (t *teller) operation(kind string) string {
	return fmt.Sprintf("%s-%d", kind, 7000+t.serial("operation"))
}

func encode(value any) json.RawMessage {
	raw, err := json.Marshal(value)
	if err != nil {
		panic(err) // the story is made of plain values
	}
	return raw
}

// sections are where the agency's application shows things of a type, when it is not the type with an s.
var sections = map[string]string{"time_entry": "time-entries", "workspace": "settings", "workspace_member": "team", "user": "team", "settings": "settings"}

// thing refers to an entity with its address in the agency's application.
func thing(kind, id, name string) models.EntityRef {
	section, ok := sections[kind]
	if !ok {
		section = kind + "s"
	}
	url := "https://app.tidewell.example/" + section + "/" + id
	return models.EntityRef{Type: kind, ID: &id, Name: &name, URL: &url}
}

// money prints cents the way the agency's application does: €18,400.00.
func money(cents int) string {
	euros := fmt.Sprint(cents / 100)
	for i := len(euros) - 3; i > 0; i -= 3 {
		euros = euros[:i] + "," + euros[i:]
	}
	return fmt.Sprintf("€%s.%02d", euros, cents%100)
}
