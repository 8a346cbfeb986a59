package journal

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"daybook/models"
	"daybook/services/database"
)

// refusal says why an event cannot be posted: in a sentence, with the SQLSTATE that the database has or would have had for it.
type refusal struct{ state, reason string }

func (r *refusal) Error() string { return r.reason }

func refused(state, format string, args ...any) *refusal {
	return &refusal{state, fmt.Sprintf(format, args...)}
}

// refusalIn finds the refusal in an error: ours, or an SQLSTATE that speaks of the data (data exception, integrity constraint, a value
// beyond a limit of PostgreSQL). It is nil for every other error.
func refusalIn(err error) *refusal {
	var r *refusal
	if errors.As(err, &r) {
		return r
	}
	if state := database.SQLState(err); len(state) == 5 && (state[:2] == "22" || state[:2] == "23" || state[:2] == "54") {
		return &refusal{state, err.Error()}
	}
	return nil
}

// decode reads the events, and has those screened that can be read. Ones that cannot become activities are rejected here where that is cheap to see;
// for the rest there is bisecting (append).
func (w *writer) decode(ctx context.Context, b *batch) ([]posting, error) {
	all := make([]posting, 0, len(b.rows))
	for _, r := range b.rows {
		p := posting{row: r}
		if err := json.Unmarshal(r.event, &p.event); err != nil {
			p.refusal = refused("22023", "not an event: %v", err)
		} else {
			p.decoded, p.refusal = true, check(&p.event)
		}
		all = append(all, p)
	}
	if err := w.screen(ctx, b, all); err != nil {
		return nil, err
	}
	good := all[:0]
	named := make(map[eventKey]bool, len(all))
	for _, p := range all {
		_, known := b.heads.seq[p.row.workspace]
		key := eventKey{p.row.workspace, p.row.uuid}
		switch {
		case !known:
			p.refusal = refused("23503", "there is no workspace %s", p.row.workspace)
		case named[key]:
			p.refusal = refused("23505", "another event of this batch has the same id")
		}
		if p.refusal == nil {
			named[key] = true
			good = append(good, p)
		} else if err := b.reject(ctx, p.row, p.refusal); err != nil {
			return nil, err
		}
	}
	return good, nil
}

// eventKey is what no two activities share.
type eventKey struct{ workspace, uuid uuid.UUID }

// check tells what neither the tables nor the leaf could keep. Where models has a limit it is that one; texts without an index are of
// any length here, because ingest makes descriptions of several names.
func check(ev *models.Event) *refusal {
	for _, c := range []*refusal{
		checkActor("actor", &ev.Actor),
		checkActor("on_behalf_of", ev.OnBehalfOf),
		checkWord("action", ev.Action, 1),
		checkID("correlation_id", ev.CorrelationID),
		checkIP(ev.IP),
		checkTime(ev.OccurredAt),
		checkMetadata(ev.Metadata),
	} {
		if c != nil {
			return c
		}
	}
	if ev.Entity != nil {
		if r := checkWord("entity type", ev.Entity.Type, 0); r != nil {
			return r
		}
		if r := checkID("entity id", ev.Entity.ID); r != nil {
			return r
		}
	}
	if p := ev.Project; p != nil && (p.ID == "" || len(p.ID) > models.MaxIDBytes) {
		return refused("23514", "the project's id has %d bytes", len(p.ID))
	}
	if !slices.Contains(models.Outcomes, ev.Outcome) {
		return refused("23514", "the outcome is %.40q", ev.Outcome)
	}
	for _, c := range ev.Changes {
		if r := checkNumbers("changes", c.Before, c.After); r != nil {
			return r
		}
	}
	return nil
}

func checkActor(field string, a *models.ActorRef) *refusal {
	switch {
	case a == nil:
		return nil
	case a.ID == "":
		return refused("23502", "%s: no id", field)
	case len(a.ID) > models.MaxIDBytes:
		return refused("54000", "%s: the id has %d bytes", field, len(a.ID))
	case len(a.Name) > models.MaxNameBytes:
		return refused("54000", "%s: the name has %d bytes", field, len(a.Name))
	case a.Type != models.ActorUser && a.Type != models.ActorAgent && a.Type != models.ActorSystem:
		return refused("23514", "%s: the type is %.40q", field, a.Type)
	}
	return nil
}

func checkWord(field, word string, shortest int) *refusal {
	if len(word) < shortest || len(word) > models.MaxTypeBytes {
		return refused("23514", "the %s has %d bytes", field, len(word))
	}
	return nil
}

func checkID(field string, id *string) *refusal {
	if id != nil && len(*id) > models.MaxIDBytes {
		return refused("54000", "the %s has %d bytes", field, len(*id))
	}
	return nil
}

func checkIP(ip *string) *refusal {
	if ip == nil {
		return nil
	}
	if addr, err := netip.ParseAddr(*ip); err != nil || addr.Zone() != "" {
		return refused("22P02", "ip: %.60q is no address, or one with a zone", *ip)
	}
	return nil
}

// checkTime holds the years that every reader can write with four digits. How far ahead of now a time may be is judged when an event is
// taken in, by the clock of then.
func checkTime(at *time.Time) *refusal {
	if at == nil {
		return nil
	}
	if year := at.UTC().Year(); year < 1970 || year > 9998 { // the last year is left to time zones
		return refused("22008", "the time is in the year %d", year)
	}
	return nil
}

func checkMetadata(metadata json.RawMessage) *refusal {
	if metadata == nil {
		return nil
	}
	if !bytes.HasPrefix(metadata, []byte("{")) {
		return refused("23514", "metadata is no object")
	}
	return checkNumbers("metadata", metadata)
}

// checkNumbers refuses numbers that the canonical form of the leaf cannot keep (RFC 8785: those that a float64 changes). Such a row could
// be altered later without any proof noticing. The texts are PostgreSQL's: its numbers have no exponent.
func checkNumbers(field string, texts ...json.RawMessage) *refusal {
	for _, text := range texts {
		for at := 0; at < len(text); at++ {
			switch c := text[at]; {
			case c == '"':
				for at++; text[at] != '"'; at++ {
					if text[at] == '\\' {
						at++
					}
				}
			case c == '-' || c >= '0' && c <= '9':
				start := at
				for at < len(text) && strings.IndexByte("+-.0123456789eE", text[at]) >= 0 {
					at++
				}
				if number := string(text[start:at]); !survivesFloat64(number) {
					return refused("22003", "%s: the number %.40s does not survive as a 64-bit float", field, number)
				}
			}
		}
	}
	return nil
}

func survivesFloat64(number string) bool {
	if len(number) <= 15 && !strings.ContainsAny(number, "eE") {
		return true // 15 digits always survive
	}
	f, err := strconv.ParseFloat(number, 64)
	return err == nil && plain(number) == plain(strconv.FormatFloat(f, 'f', -1, 64))
}

// plain gives a number without the zeros and the sign that mean nothing.
func plain(number string) string {
	if strings.Contains(number, ".") {
		number = strings.TrimRight(strings.TrimRight(number, "0"), ".")
	}
	if number == "-0" {
		return "0"
	}
	return number
}

// longest is how much of a reason is kept, in bytes.
const longest = 2000

// reject puts an event aside, with the reason.
func (b *batch) reject(ctx context.Context, r row, why *refusal) error {
	reason := strings.ToValidUTF8(strings.ReplaceAll(why.reason[:min(len(why.reason), longest)], "\x00", ""), "")
	_, err := b.tx.Exec(ctx, `INSERT INTO rejected (workspace_id, uuid, source_id, event, received_at, sqlstate, reason)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`, r.workspace, r.uuid, r.source, r.event, r.received, why.state, reason)
	if err != nil {
		return fmt.Errorf("reject an event: %w", err)
	}
	b.rejected++
	return nil
}

// rejectPosted rejects the events whose ids were posted before, and gives the rest.
func (b *batch) rejectPosted(ctx context.Context, good []posting) ([]posting, error) {
	workspaces, uuids := make([]uuid.UUID, len(good)), make([]uuid.UUID, len(good))
	for i, p := range good {
		workspaces[i], uuids[i] = p.row.workspace, p.row.uuid
	}
	rows, err := b.tx.Query(ctx, `SELECT a.workspace_id, a.uuid FROM unnest($1::uuid[], $2::uuid[]) AS n (workspace_id, uuid)
		JOIN activities a USING (workspace_id, uuid)`, workspaces, uuids)
	if err != nil {
		return nil, fmt.Errorf("look for posted events: %w", err)
	}
	defer rows.Close()
	posted := map[eventKey]bool{}
	for rows.Next() {
		var key eventKey
		if err := rows.Scan(&key.workspace, &key.uuid); err != nil {
			return nil, fmt.Errorf("look for posted events: %w", err)
		}
		posted[key] = true
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("look for posted events: %w", err)
	}
	rest := make([]posting, 0, len(good))
	for _, p := range good {
		if !posted[eventKey{p.row.workspace, p.row.uuid}] {
			rest = append(rest, p)
		} else if err := b.reject(ctx, p.row, refused("23505", "an activity with the same id was posted before")); err != nil {
			return nil, err
		}
	}
	return rest, nil
}
