package feed

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/access"
)

// Somebody who was anonymised is called otherwise from then on. Activities that a legal hold keeps, and those that the erasure has not reached, are read
// as they were recorded all the same: actors.recorded_as and recorded_name say how, as long as there are any.

// naming tells which of the actors of an activity it still names as they were recorded.
type naming struct{ actor, behalf bool }

// namings looks which of some activities still name their actors as they were recorded: whose own name stands there, and where nothing of who it was has
// been erased.
func (s *Service) namings(ctx context.Context, rows []rowKey) (map[rowKey]naming, error) {
	found := map[rowKey]naming{}
	if len(rows) == 0 {
		return found, nil
	}
	workspaces, seqs := make([]uuid.UUID, len(rows)), make([]int64, len(rows))
	for i, row := range rows {
		workspaces[i], seqs[i] = row.workspace, row.seq
	}
	read, err := s.pool.Query(ctx, `SELECT a.workspace_id, a.seq, a.actor_name <> $3,
		NOT EXISTS (SELECT FROM erased_groups e WHERE e.workspace_id = a.workspace_id AND e.seq = a.seq AND e.part = 'who')
		FROM unnest($1::uuid[], $2::bigint[]) AS k (workspace_id, seq) JOIN activities a USING (workspace_id, seq)`, workspaces, seqs, models.DeletedName)
	if err != nil {
		return nil, fmt.Errorf("look who was anonymised: %w", err)
	}
	var key rowKey
	var n naming
	_, err = pgx.ForEachRow(read, []any{&key.workspace, &key.seq, &n.actor, &n.behalf}, func() error {
		found[key] = n
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look who was anonymised: %w", err)
	}
	return found, nil
}

// asRecorded has entries name as they were recorded those who were anonymised since; former are these, by id.
func (s *Service) asRecorded(ctx context.Context, entries []models.Entry, former map[int64]models.Actor) error {
	if len(former) == 0 {
		return nil
	}
	var rows []rowKey
	for _, e := range entries {
		_, is := former[e.ActorID]
		if _, behalf := former[behalfOf(&e.Activity)]; is || behalf {
			rows = append(rows, rowKey{e.WorkspaceID, e.Seq})
		}
	}
	namings, err := s.namings(ctx, rows)
	if err != nil {
		return err
	}
	for i := range entries {
		e := &entries[i]
		n := namings[rowKey{e.WorkspaceID, e.Seq}]
		if was, is := former[e.ActorID]; is && n.actor {
			e.Actor = was
		}
		if was, is := former[behalfOf(&e.Activity)]; is && n.behalf {
			e.OnBehalfOf = &was
		}
	}
	return nil
}

// behalfOf is the id of the actor for whom something was done; 0: nobody.
func behalfOf(a *models.Activity) int64 {
	if a.OnBehalfOfID == nil {
		return 0
	}
	return *a.OnBehalfOfID
}

// rename does the same in a piece of a walk, before its reader has it: where an actor is named as recorded, the id is made negative, and that is the one
// that the names of the piece know. So whoever writes rows need not ask.
func (n *names) rename(ctx context.Context, w *Walk, p *Piece) error {
	if len(n.former) == 0 {
		return nil
	}
	type at struct {
		key    rowKey
		value  []byte
		behalf bool
	}
	var places []at
	var rows []rowKey
	seq, actor, behalf := w.Column("seq"), w.Column("actor_id"), w.Column("on_behalf_of_id")
	for i := range p.Len() {
		for _, column := range []int{actor, behalf} {
			if column < 0 || p.Value(i, column) == nil {
				continue
			}
			value := p.Value(i, column)
			if _, is := n.former[bigint(value)]; is {
				key := rowKey{w.names.workspace.ID, bigint(p.Value(i, seq))}
				places, rows = append(places, at{key, value, column == behalf}), append(rows, key)
			}
		}
	}
	namings, err := w.service.namings(ctx, rows)
	if err != nil {
		return err
	}
	for _, place := range places {
		if is := namings[place.key]; place.behalf && is.behalf || !place.behalf && is.actor {
			id := bigint(place.value)
			p.found.actors[-id] = n.former[id]
			binary.BigEndian.PutUint64(place.value, uint64(-id))
		}
	}
	return nil
}

// leaving finds actors who were anonymised by what activities that somebody may read still call them: by external id, or by name.
func (s *Service) leaving(ctx context.Context, external, names []string, scope access.Scope) (ids []int64, err error) {
	w := &Where{}
	from := w.Arg(scope.Workspaces())
	w.And("actor_name <> ?", models.DeletedName)
	w.Scope(scope)
	rows, err := s.pool.Query(ctx, `SELECT a.id, a.recorded_as, coalesce(a.recorded_name, a.name) FROM actors a WHERE a.workspace_id = ANY (`+from+`) AND a.recorded_as IS NOT NULL
		AND EXISTS (SELECT FROM activities WHERE workspace_id = a.workspace_id AND actor_id = a.id AND `+w.String()+`)`, w.Args...)
	if err != nil {
		return nil, fmt.Errorf("look up who was anonymised: %w", err)
	}
	called := models.MatchNames(names)
	var id int64
	var was, name string
	_, err = pgx.ForEachRow(rows, []any{&id, &was, &name}, func() error {
		if slices.Contains(external, was) || slices.Contains(names, was) || called.Finds(name) {
			ids = append(ids, id)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look up who was anonymised: %w", err)
	}
	return ids, nil
}
