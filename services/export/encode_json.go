package export

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"daybook/models"
	"daybook/services/feed"
)

// openObjects chooses how a row is written: as the list gives it, as it can be sent in, or as an object of the columns that were asked for.
func (e *Encoder) openObjects() error {
	var err error
	if len(e.layout.Columns) > 0 {
		e.objects, err = e.columned()
		return err
	}
	entryOf, err := e.walk.Entries()
	if err != nil {
		return err
	}
	e.objects = func(dst []byte, p *feed.Piece, row int) ([]byte, error) {
		entry, err := entryOf(p, row)
		if err != nil {
			return dst, err
		}
		r := RowOf(entry)
		e.inZone(&r, entry)
		if e.layout.Form == EventForm {
			return appendJSON(dst, eventOf(r))
		}
		return appendJSON(dst, r)
	}
	return nil
}

// inZone writes the times of a row as they are asked for.
func (e *Encoder) inZone(r *Row, entry models.Entry) {
	if e.times.zone == time.UTC {
		return
	}
	r.Timestamp = string(e.times.append(nil, entry.OccurredAt.UnixMicro()))
	r.CreatedAt, r.RecordedAt = r.Timestamp, string(e.times.append(nil, entry.RecordedAt.UnixMicro()))
}

func appendJSON(dst []byte, v any) ([]byte, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return dst, fmt.Errorf("write an activity as JSON: %w", err)
	}
	return append(dst, text...), nil
}

// columned writes objects with the columns' names as keys.
func (e *Encoder) columned() (func(dst []byte, p *feed.Piece, row int) ([]byte, error), error) {
	type member struct {
		key   []byte // with what stands around it
		write func(dst []byte, p *feed.Piece, row int) ([]byte, error)
	}
	var members []member
	for i, name := range e.layout.Columns {
		write, err := e.valueOf(canonical(name))
		if err != nil {
			return nil, err
		}
		m := member{key: fmt.Appendf(nil, ",%q:", name), write: write}
		if i == 0 {
			m.key[0] = '{'
		}
		members = append(members, m)
	}
	return func(dst []byte, p *feed.Piece, row int) ([]byte, error) {
		var err error
		for _, m := range members {
			if dst, err = m.write(append(dst, m.key...), p, row); err != nil {
				return dst, err
			}
		}
		return append(dst, '}'), nil
	}, nil
}

// valueOf gives what writes a column as a JSON value: null where there is nothing.
func (e *Encoder) valueOf(name string) (func(dst []byte, p *feed.Piece, row int) ([]byte, error), error) {
	if name == "actor" {
		id, called, role := e.walk.Column("actor_id"), e.walk.Column("actor_name"), e.walk.Column("actor_role")
		return func(dst []byte, p *feed.Piece, row int) ([]byte, error) {
			known := e.walk.Actor(feed.Bigint(p.Value(row, id)))
			a := RowActor{ID: known.ExternalID, Name: string(p.Value(row, called)), Type: known.Type}
			if r := p.Value(row, role); r != nil {
				text := string(r)
				a.Role = &text
			}
			return appendJSON(dst, a)
		}, nil
	}
	plain := *e
	plain.layout.Raw = true
	write, err := plain.cellOf(name)
	if err != nil {
		return nil, err
	}
	switch name {
	case "seq", "system":
		return func(dst []byte, p *feed.Piece, row int) ([]byte, error) { return write(dst, p, row), nil }, nil
	case "changes":
		at := e.walk.Column("changes")
		return func(dst []byte, p *feed.Piece, row int) ([]byte, error) {
			changes := []models.Change{}
			if err := json.Unmarshal(feed.JSON(p.Value(row, at)), &changes); err != nil {
				return dst, fmt.Errorf("read the changes of an activity: %w", err)
			}
			return appendJSON(dst, changes)
		}, nil
	case "metadata":
		at := e.walk.Column("metadata")
		return func(dst []byte, p *feed.Piece, row int) ([]byte, error) {
			return appendJSON(dst, json.RawMessage(feed.JSON(p.Value(row, at))))
		}, nil
	}
	return stringValue(e.nothing(name), write), nil
}

// nothing gives what tells that a row has nothing in a column, where that is not the same as an empty text.
func (e *Encoder) nothing(name string) func(p *feed.Piece, row int) bool {
	from := sources[name]
	if len(from) != 1 {
		return func(*feed.Piece, int) bool { return false }
	}
	at := e.walk.Column(from[0])
	switch name {
	case "ip_address", "user_agent":
		return func(p *feed.Piece, row int) bool { return p.Value(row, at) == nil || !e.walk.ShowsAddresses() }
	case "resource_type":
		return func(p *feed.Piece, row int) bool { return len(p.Value(row, at)) == 0 }
	}
	return func(p *feed.Piece, row int) bool { return p.Value(row, at) == nil }
}

func stringValue(nothing func(*feed.Piece, int) bool, write cell) func(dst []byte, p *feed.Piece, row int) ([]byte, error) {
	var scratch []byte
	return func(dst []byte, p *feed.Piece, row int) ([]byte, error) {
		if nothing(p, row) {
			return append(dst, "null"...), nil
		}
		scratch = write(scratch[:0], p, row)
		return appendJSON(dst, string(unquoted(scratch)))
	}
}

// unquoted takes the quotation marks of CSV off.
func unquoted(cell []byte) []byte {
	if len(cell) < 2 || cell[0] != '"' {
		return cell
	}
	return bytes.ReplaceAll(cell[1:len(cell)-1], []byte(`""`), []byte(`"`))
}
