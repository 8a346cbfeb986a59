package feed

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net/netip"
	"time"

	"github.com/google/uuid"

	"daybook/models"
	"daybook/services/access"
)

// Piece is a stretch of a walk: rows in feed order, with the values of their columns as PostgreSQL sends them (in the binary form).
type Piece struct {
	width int
	data  []byte
	ends  []int // of each value in data; -1-end: it is NULL
	after Place // of the last row that was looked at
	end   bool  // nothing comes after
	found found
}

func (p *Piece) reset(width int) {
	p.width, p.data, p.ends, p.after, p.end = width, p.data[:0], p.ends[:0], Place{}, false
}

func (p *Piece) add(values [][]byte) {
	for _, v := range values {
		p.data = append(p.data, v...)
		if end := len(p.data); v == nil {
			p.ends = append(p.ends, -1-end)
		} else {
			p.ends = append(p.ends, end)
		}
	}
}

// Len is how many rows there are.
func (p *Piece) Len() int { return len(p.ends) / max(1, p.width) }

// Value gives the value of a column (Walk.Column) as it was sent; nil: NULL. It is good as long as the piece is.
func (p *Piece) Value(row, column int) []byte {
	i := row*p.width + column
	end := p.ends[i]
	if end < 0 {
		return nil
	}
	begin := 0
	if i > 0 {
		if begin = p.ends[i-1]; begin < 0 {
			begin = -1 - begin
		}
	}
	return p.data[begin:end:end]
}

// Place is where a row is; a walk that begins after it goes on with the next one.
func (p *Piece) Place(row int) Place {
	return Place{At: microseconds(p.Value(row, 0)), ID: bigint(p.Value(row, 1))}
}

// After is how far the walk has looked with this piece, whether or not it has rows.
func (p *Piece) After() Place { return p.after }

// Microseconds reads a value of the type timestamptz: since 1970.
func Microseconds(raw []byte) int64 { return microseconds(raw) }

// Bigint reads a value of the type bigint.
func Bigint(raw []byte) int64 { return bigint(raw) }

// JSON gives the text of a value of the type jsonb.
func JSON(raw []byte) []byte {
	if len(raw) == 0 {
		return nil
	}
	return raw[1:] // a version comes first; there is but one
}

// epoch is where PostgreSQL's times begin: 2000-01-01, in microseconds since 1970.
const epoch = 946_684_800_000_000

func microseconds(raw []byte) int64 { return bigint(raw) + epoch }

func bigint(raw []byte) int64 { return int64(binary.BigEndian.Uint64(raw)) }

func isTrue(raw []byte) bool { return len(raw) == 1 && raw[0] == 1 }

// Address reads a value of the type inet.
func Address(raw []byte) (netip.Addr, bool) {
	if len(raw) < 4 { // family, bits, is_cidr, length, bytes
		return netip.Addr{}, false
	}
	return netip.AddrFromSlice(raw[4:])
}

// found are names that were found for a piece.
type found struct {
	anew       bool // those before are forgotten
	actors     map[int64]models.Actor
	projects   map[int64]models.Project
	workspace  models.Workspace
	vocabulary *models.Vocabulary
}

// mostNames bounds how many names are kept: with more, some are looked up again.
const mostNames = 20_000

// begin finds out about the workspace.
func (n *names) begin(ctx context.Context, s *Service, scope access.Scope) error {
	n.knownActors, n.knownProjects = map[int64]bool{}, map[int64]bool{}
	n.actors, n.projects, n.former = map[int64]models.Actor{}, map[int64]models.Project{}, map[int64]models.Actor{}
	for _, id := range scope.Workspaces() {
		all, err := s.workspacesOf(ctx, []uuid.UUID{id})
		if err != nil {
			return err
		}
		n.workspace = all[id]
		if n.vocabulary, err = s.words.Of(ctx, id, n.workspace.VocabularyVersion); err != nil {
			return err
		}
	}
	return nil
}

// learn takes over what was found for a piece.
func (n *names) learn(f found) {
	if f.anew {
		clear(n.actors)
		clear(n.projects)
	}
	for id, a := range f.actors {
		n.actors[id] = a
	}
	for id, p := range f.projects {
		n.projects[id] = p
	}
}

// Actor gives the actor of an id in one of the walk's rows, as known now, or, of a row that is kept as it was recorded, as known then (names.rename).
func (w *Walk) Actor(id int64) models.Actor { return w.names.actors[id] }

// Project gives the project of an id in one of the walk's rows, as known now.
func (w *Walk) Project(id int64) models.Project { return w.names.projects[id] }

// ShowsAddresses tells whether the reader may see addresses and agents.
func (w *Walk) ShowsAddresses() bool { return w.query.scope.ShowsAddresses(w.names.workspace.ID) }

// EntryColumns are what Entry needs to be read.
var EntryColumns = []string{
	"workspace_id", "seq", "uuid", "actor_id", "on_behalf_of_id", "actor_name", "actor_role", "action", "entity_type", "entity_id", "entity_name", "entity_url", "project_id",
	"description", "changes", "metadata", "outcome", "system", "correlation_id", "ip", "user_agent", "recorded_at",
}

// entryPlaces are where the columns are that Entry needs.
type entryPlaces [22]int

// Entries gives what makes an entry of a row: the same as a page has it, but for what only checks need (source, leaf).
func (w *Walk) Entries() (func(p *Piece, row int) (models.Entry, error), error) {
	var at entryPlaces
	for i, name := range EntryColumns {
		if at[i] = w.Column(name); at[i] < 0 {
			return nil, fmt.Errorf("the column %s is not read", name)
		}
	}
	shown := w.ShowsAddresses()
	return func(p *Piece, row int) (models.Entry, error) {
		e, err := w.entry(p, row, &at)
		if !shown {
			e.IP, e.UserAgent = nil, nil
		}
		return e, err
	}, nil
}

func (w *Walk) entry(p *Piece, row int, at *entryPlaces) (models.Entry, error) {
	raw := func(i int) []byte { return p.Value(row, at[i]) }
	text := func(i int) *string {
		if v := raw(i); v != nil {
			s := string(v)
			return &s
		}
		return nil
	}
	place := p.Place(row)
	e := models.Entry{Workspace: w.names.workspace, Vocabulary: w.names.vocabulary}
	e.Activity = models.Activity{
		ID: place.ID, OccurredAt: time.UnixMicro(place.At).UTC(), WorkspaceID: uuid.UUID(raw(0)), Seq: bigint(raw(1)), UUID: uuid.UUID(raw(2)), ActorID: bigint(raw(3)),
		ActorName: string(raw(5)), ActorRole: text(6), Action: string(raw(7)), EntityType: string(raw(8)), EntityID: text(9), EntityName: text(10), EntityURL: text(11),
		Description: string(raw(13)), Metadata: json.RawMessage(append([]byte(nil), JSON(raw(15))...)), Outcome: models.Outcome(raw(16)), System: isTrue(raw(17)),
		CorrelationID: text(18), UserAgent: text(20), RecordedAt: time.UnixMicro(microseconds(raw(21))).UTC(),
	}
	e.Actor, e.ActorID = w.names.actors[e.ActorID], max(e.ActorID, -e.ActorID)
	if v := raw(4); v != nil {
		id, on := max(bigint(v), -bigint(v)), w.names.actors[bigint(v)]
		e.OnBehalfOfID, e.OnBehalfOf = &id, &on
	}
	if v := raw(12); v != nil {
		id, project := bigint(v), w.names.projects[bigint(v)]
		e.ProjectID, e.Project = &id, &project
	}
	if addr, ok := Address(raw(19)); ok {
		e.IP = &addr
	}
	if err := json.Unmarshal(JSON(raw(14)), &e.Changes); err != nil {
		return e, fmt.Errorf("read the changes of an activity: %w", err)
	}
	return e, nil
}
