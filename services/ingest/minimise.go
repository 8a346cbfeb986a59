package ingest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"daybook/models"
	"daybook/services/database"
)

// removed is what is stored in place of a value.
var removed = json.RawMessage(`"` + models.Removed + `"`)

// minimised takes out of an event what its workspace does not store, and tells whether there was anything. What the event points to stays as it is.
func minimised(ev models.Event, rule models.Minimising) (models.Event, bool) {
	address, agent := rule.Address(ev.IP), rule.Agent(ev.UserAgent)
	changed := !same(address, ev.IP) || agent != ev.UserAgent
	ev.IP, ev.UserAgent = address, agent
	if !rule.DeniesKeys() {
		return ev, changed
	}
	var found bool
	if ev.Metadata, found = withoutDenied(ev.Metadata, rule); found {
		changed = true
	}
	cloned := false
	for i, c := range ev.Changes {
		if c, found = withoutDeniedChange(c, rule); !found {
			continue
		}
		if !cloned {
			ev.Changes, cloned, changed = slices.Clone(ev.Changes), true, true
		}
		ev.Changes[i] = c
	}
	return ev, changed
}

func same(a, b *string) bool { return a == b || a != nil && b != nil && *a == *b }

// withoutDeniedChange takes the values out of a change of a denied field, and out of values that have denied keys themselves.
func withoutDeniedChange(c models.Change, rule models.Minimising) (models.Change, bool) {
	if !rule.Denies(c.Field) {
		before, inBefore := withoutDenied(c.Before, rule)
		after, inAfter := withoutDenied(c.After, rule)
		c.Before, c.After = before, after
		return c, inBefore || inAfter
	}
	found := false
	for _, value := range []*json.RawMessage{&c.Before, &c.After} {
		if *value != nil && string(*value) != "null" && string(*value) != string(removed) {
			*value, found = removed, true
		}
	}
	return c, found
}

// withoutDenied replaces the values of denied keys in a well-formed JSON text, at any depth, and tells whether there were any. A null says nothing
// and stays.
func withoutDenied(text json.RawMessage, rule models.Minimising) (json.RawMessage, bool) {
	var out []byte
	kept := 0 // up to here the text is in out, or replaced
	for at := 0; at < len(text); {
		if text[at] != '"' {
			at++
			continue
		}
		end, _ := skip(text, at)
		colon := skipBlanks(text, end)
		if colon == len(text) || text[colon] != ':' { // it is a value
			at = end
			continue
		}
		name, _ := unquote(text[at:end])
		at = skipBlanks(text, colon+1)
		if !rule.Denies(name) {
			continue
		}
		end, _ = skip(text, at)
		if value := string(text[at:end]); value != "null" && value != string(removed) {
			out = append(append(out, text[kept:at]...), removed...)
			kept = end
		}
		at = end
	}
	if kept == 0 {
		return text, false
	}
	return append(out, text[kept:]...), true
}

// minimise takes more out of an event, whose workspace stores less by now than when it was read.
func (d *draft) minimise(rule models.Minimising) error {
	var ev, said models.Event
	if err := errors.Join(json.Unmarshal(d.event, &ev), json.Unmarshal(d.content, &said)); err != nil {
		return fmt.Errorf("read an event: %w", err)
	}
	lean, less := minimised(ev, rule)
	if !less {
		return nil
	}
	if d.made {
		lean.Description = models.Describe(&lean)
	}
	said, _ = minimised(said, rule)
	if d.sent == nil {
		d.sent = d.content
	}
	var errs [2]error
	d.event, errs[0] = encode(lean)
	d.content, errs[1] = contentOf(said)
	return errors.Join(errs[:]...)
}

// contentsBefore gives what the content of an event would have been under other settings of its workspace: those that it can have had when the event was
// sent before, but for lists of keys that it had in between. A retry is a retry whatever was changed meanwhile.
func (d draft) contentsBefore() ([][]byte, error) {
	var said models.Event
	sent := d.sent
	if sent == nil {
		sent = d.content
	}
	if err := json.Unmarshal(sent, &said); err != nil {
		return nil, fmt.Errorf("read what was sent: %w", err)
	}
	var contents [][]byte
	for _, addresses := range []models.Keeping{models.Keep, models.Truncate, models.Drop} {
		for _, agents := range []models.Keeping{models.Keep, models.Drop} {
			for _, keys := range []string{"", models.DefaultDeniedKeys, d.denied} {
				ev, _ := minimised(said, models.NewMinimising(addresses, agents, keys))
				content, err := contentOf(ev)
				if err != nil {
					return nil, err
				}
				contents = append(contents, content)
			}
		}
	}
	return contents, nil
}

// originRule reads what a workspace stores of addresses and agents. Keys are not asked about: those in what Daybook itself records are its own, and
// hold no secrets; and whoever changes the settings must not be able to hide what they did.
func originRule(ctx context.Context, tx database.Tx, workspace uuid.UUID) (models.Minimising, error) {
	var addresses, agents models.Keeping
	if err := tx.QueryRow(ctx, `SELECT coalesce(max(addresses), ''), coalesce(max(agents), '') FROM workspaces WHERE id = $1`, workspace).Scan(&addresses, &agents); err != nil {
		return models.Minimising{}, fmt.Errorf("read what a workspace stores: %w", err)
	}
	return models.NewMinimising(addresses, agents, ""), nil
}
