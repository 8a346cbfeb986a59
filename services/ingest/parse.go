package ingest

import (
	"encoding/json"
	"net/netip"
	"regexp"
	"strings"
	"time"

	"github.com/google/uuid"

	"daybook/models"
)

var (
	actionPattern = regexp.MustCompile(`^[a-z0-9_.]{1,64}$`)
	typePattern   = regexp.MustCompile(`^[a-z0-9_.-]{1,64}$`)
	numberPattern = regexp.MustCompile(`^-?(0|[1-9][0-9]{0,15})$`)
)

// reading is how an event is read.
type reading struct {
	from  Sender
	rule  models.Minimising // of the sender's workspace
	now   time.Time
	index int       // position in its array, or -1
	id    uuid.UUID // the one that its Idempotency-Key stands for, or nil
}

// parse reads one event in the form of design.md §7.1, which is known to be well-formed JSON, and checks every rule that needs no
// database. It gives the event ready for the inbox, or an error that names each wrong field. It keeps nothing of the text.
func parse(text []byte, how reading) (draft, error) {
	if len(text) > models.MaxEventBytes {
		return draft{}, tooLarge(text, how)
	}
	out := &report{index: how.index}
	written := scanValue(text, out)
	if err := out.err(models.Invalid); err != nil {
		return draft{}, err
	}
	if size := len(text) + written; size > models.MaxEventBytes {
		out.add("body", "the event has %d bytes when its numbers are written out; at most %d are accepted", size, models.MaxEventBytes)
		return draft{}, out.err(models.TooLarge)
	}
	p := parser{out: out, how: how}
	ev := p.event(readObject(text, "", out))
	if err := out.err(models.Invalid); err != nil {
		return draft{}, err
	}
	if err := how.from.allows(&ev, out); err != nil {
		return draft{}, err
	}
	d, err := newDraft(ev, how)
	if d.index = how.index; how.id != uuid.Nil {
		d.named = "Idempotency-Key"
	}
	return d, err
}

func tooLarge(text []byte, how reading) error {
	out := &report{index: how.index}
	out.add("body", "the event has %d bytes; at most %d are accepted", len(text), models.MaxEventBytes)
	return out.err(models.TooLarge)
}

type parser struct {
	out *report
	how reading
}

func (p parser) event(o *object) models.Event {
	if o == nil {
		return models.Event{}
	}
	ev := models.Event{
		UUID:          p.id(o.take(p.out, "id")),
		Action:        p.action(o.take(p.out, "action", "type")),
		Actor:         p.actor(o),
		OnBehalfOf:    p.onBehalf(o.take(p.out, "on_behalf_of")),
		Entity:        p.entity(o),
		Project:       p.project(o.take(p.out, "project")),
		Changes:       p.changes(o.take(p.out, "changes")),
		Metadata:      p.metadata(o.take(p.out, "metadata", "extra_data", "details")),
		Outcome:       p.outcome(o.take(p.out, "outcome")),
		System:        p.boolean(o.take(p.out, "system")),
		CorrelationID: p.text(models.MaxIDBytes)(o.take(p.out, "correlation_id")),
		IP:            p.address(o.take(p.out, "ip_address")),
		UserAgent:     p.text(models.MaxUserAgentBytes)(o.take(p.out, "user_agent")),
		OccurredAt:    p.time(o.take(p.out, "occurred_at", "timestamp", "created_at")),
	}
	if text := p.text(models.MaxDescriptionBytes)(o.take(p.out, "description")); text != nil {
		ev.Description = *text
	}
	o.rest("", p.out, "an event")
	ev.System = ev.System || ev.Actor.Type == models.ActorSystem
	return ev
}

// id reads the sender's uuid; without one we make our own.
func (p parser) id(field string, value json.RawMessage) uuid.UUID {
	keyed := p.how.id != uuid.Nil
	switch {
	case field == "" && keyed:
		return p.how.id
	case field == "":
		return uuid.Must(uuid.NewV7())
	case keyed:
		p.out.add("Idempotency-Key", "says the same as id; send one of them")
	}
	s, _ := unquote(value)
	id, err := uuid.Parse(s)
	if err != nil || len(s) != 36 || id.Variant() != uuid.RFC4122 || id.Version() < 1 || id.Version() > 8 {
		p.out.add(field, "must be a UUID, such as %s", uuid.Must(uuid.NewV7()))
	}
	return id
}

func (p parser) action(field string, value json.RawMessage) string {
	if field == "" {
		p.out.add("action", "is required: what was done, such as created")
		return ""
	}
	return p.word(field, value, actionPattern, "1 to 64 of a-z, 0-9, _ and .")
}

// word reads a name of the vocabulary.
func (p parser) word(field string, value json.RawMessage, pattern *regexp.Regexp, rule string) string {
	s, ok := unquote(value)
	if !ok {
		p.out.add(field, "must be a string, not %s", jsonKind(value))
	} else if !pattern.MatchString(s) {
		p.out.add(field, "must be %s", rule)
	}
	return s
}

func (p parser) outcome(field string, value json.RawMessage) models.Outcome {
	if field == "" {
		return models.Success
	}
	s, _ := unquote(value)
	for _, known := range models.Outcomes {
		if s == string(known) {
			return known
		}
	}
	p.out.add(field, "must be success, failure or denied")
	return ""
}

func (p parser) boolean(field string, value json.RawMessage) bool {
	if s := string(value); field != "" && s != "true" && s != "false" {
		p.out.add(field, "must be true or false, not %s", jsonKind(value))
	}
	return string(value) == "true"
}

// text gives a reader of optional strings up to a number of bytes. An empty one counts as absent.
func (p parser) text(limit int) func(string, json.RawMessage) *string {
	return func(field string, value json.RawMessage) *string {
		if field == "" {
			return nil
		}
		s, ok := unquote(value)
		if !ok {
			p.out.add(field, "must be a string, not %s", jsonKind(value))
			return nil
		}
		if len(s) > limit {
			p.out.add(field, "has %d bytes; at most %d are accepted", len(s), limit)
		}
		if s == "" {
			return nil
		}
		return &s
	}
}

// name reads an id of the sending application: a string, or a whole number, which is kept as its digits.
func (p parser) name(field string, value json.RawMessage) *string {
	if field != "" && jsonKind(value) == "a number" {
		digits := string(value)
		if !numberPattern.MatchString(digits) {
			p.out.add(field, "must be a string or a whole number of at most 16 digits")
		}
		return &digits
	}
	return p.text(models.MaxIDBytes)(field, value)
}

// actorID reads the id of an actor, which people see where there is no name: it has to have something to see.
func (p parser) actorID(field string, value json.RawMessage) string {
	id := p.name(field, value)
	if id == nil {
		return ""
	}
	if strings.TrimSpace(*id) == "" {
		p.out.add(field, "must not be blank")
	}
	return *id
}

func (p parser) address(field string, value json.RawMessage) *string {
	s := p.text(models.MaxIDBytes)(field, value)
	if s == nil {
		return nil
	}
	addr, err := netip.ParseAddr(*s)
	switch {
	case err != nil:
		p.out.add(field, "must be an IPv4 or IPv6 address")
	case addr.Zone() != "":
		p.out.add(field, "must have no zone: %s instead of %s", addr.WithZone(""), cut(addr.String(), 60))
	}
	return spelled(addr)
}

// spelled writes an address in the one form in which addresses are kept: without a zone, which means nothing elsewhere, and IPv4 as
// IPv4 also where a server that listens on both saw it as IPv6.
func spelled(addr netip.Addr) *string {
	s := addr.WithZone("").Unmap().String()
	return &s
}

// Times are accepted from 1970 until this long after now, for clocks that run ahead.
const clockAhead = 24 * time.Hour

// time reads RFC 3339; without a zone it is UTC. It is kept to the microsecond, as PostgreSQL keeps it. A leap second (:60) is none
// of PostgreSQL's and refused.
func (p parser) time(field string, value json.RawMessage) *time.Time {
	s := p.text(64)(field, value)
	if s == nil {
		return nil
	}
	upper := strings.ToUpper(*s)
	t, err := time.Parse(time.RFC3339Nano, upper)
	if err != nil {
		t, err = time.Parse(time.RFC3339Nano, upper+"Z")
	}
	t = t.UTC().Truncate(time.Microsecond)
	switch {
	case err != nil:
		p.out.add(field, "must be a time like 2026-01-31T09:00:00Z (RFC 3339)")
	case t.Before(time.Unix(0, 0)):
		p.out.add(field, "must not be before 1970")
	case t.After(p.how.now.Add(clockAhead)):
		p.out.add(field, "must not be more than 24 hours ahead")
	}
	return &t
}
