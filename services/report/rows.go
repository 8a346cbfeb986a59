package report

import (
	"context"
	"encoding/json"
	"fmt"
	"net/netip"

	"github.com/jackc/pgx/v5"

	"daybook/models"
)

// Bounds of what is read at once: rows, and about so many bytes.
const (
	pieceRows  = 2000
	pieceBytes = 4 << 20
	againRows  = 200 // of those that are read again by number
)

const columns = `id, seq, uuid, actor_id, on_behalf_of_id, actor_name, actor_role, action, entity_type, entity_id, entity_name, entity_url, project_id, description,
	changes, metadata, outcome, system, source_id, correlation_id, ip, user_agent, occurred_at, recorded_at`

func (p *place) scan(row pgx.Rows) (a models.Activity, size int, err error) {
	var ip *netip.Prefix
	var changes, metadata []byte
	a.WorkspaceID = p.ID
	err = row.Scan(&a.ID, &a.Seq, &a.UUID, &a.ActorID, &a.OnBehalfOfID, &a.ActorName, &a.ActorRole, &a.Action, &a.EntityType, &a.EntityID, &a.EntityName, &a.EntityURL,
		&a.ProjectID, &a.Description, &changes, &metadata, &a.Outcome, &a.System, &a.SourceID, &a.CorrelationID, &ip, &a.UserAgent, &a.OccurredAt, &a.RecordedAt)
	if err != nil {
		return a, 0, fmt.Errorf("read an activity: %w", err)
	}
	if ip != nil {
		addr := ip.Addr()
		a.IP = &addr
	}
	if len(changes) > 2 {
		if err := json.Unmarshal(changes, &a.Changes); err != nil {
			return a, 0, fmt.Errorf("read the changes of an activity: %w", err)
		}
	}
	a.Metadata, a.OccurredAt, a.RecordedAt = metadata, a.OccurredAt.UTC(), a.RecordedAt.UTC()
	return a, 300 + len(changes) + len(metadata) + len(a.Description), nil
}

// piece reads the activities behind a number, as many as are read in a moment. next is the number to go on behind; done: there are no more.
func (r *Report) piece(ctx context.Context, p *place, after int64) (list []models.Activity, next int64, done bool, err error) {
	list, whole, err := r.read(ctx, p, `seq > $2 AND seq <= $3 ORDER BY seq LIMIT $4`, after, p.head, pieceRows)
	if err != nil || len(list) == 0 {
		return nil, after, true, err
	}
	return list, list[len(list)-1].Seq, whole && len(list) < pieceRows, nil
}

// read reads activities in one short statement, up to pieceBytes; whole: that was all of them.
func (r *Report) read(ctx context.Context, p *place, where string, args ...any) (list []models.Activity, whole bool, err error) {
	rows, err := r.service.pool.Query(ctx, `SELECT `+columns+` FROM activities WHERE workspace_id = $1 AND `+where, append([]any{p.ID}, args...)...)
	if err != nil {
		return nil, false, fmt.Errorf("read activities: %w", err)
	}
	defer rows.Close()
	bytes := 0
	for rows.Next() {
		a, size, err := p.scan(rows)
		if err != nil {
			return nil, false, err
		}
		list = append(list, a)
		if bytes += size; bytes > pieceBytes {
			rows.Close()
			return list, false, nil
		}
	}
	if err := rows.Err(); err != nil {
		return nil, false, fmt.Errorf("read activities: %w", err)
	}
	return list, true, nil
}

// line is an activity of the report.
type line struct {
	models.Entry
	about, found []string
}

// lines makes of activities what the report tells of them: those that are about the person.
func (r *Report) lines(ctx context.Context, p *place, list []models.Activity) ([]line, error) {
	var lines []line
	var actors, projects []int64
	for i := range list {
		a := &list[i]
		how, found := p.about(a)
		if len(how) == 0 {
			continue
		}
		lines = append(lines, line{Entry: models.Entry{Activity: *a, Workspace: p.Workspace, Vocabulary: p.vocabulary}, about: how, found: found})
		if actors = append(actors, a.ActorID); a.OnBehalfOfID != nil {
			actors = append(actors, *a.OnBehalfOfID)
		}
		if a.ProjectID != nil {
			projects = append(projects, *a.ProjectID)
		}
	}
	if len(lines) == 0 {
		return nil, nil
	}
	if err := r.complete(ctx, lines, actors, projects); err != nil {
		return nil, err
	}
	for i := range lines {
		if err := r.mask(ctx, p, &lines[i].Entry); err != nil {
			return nil, err
		}
	}
	return lines, nil
}

// complete adds what the ids of activities point to.
func (r *Report) complete(ctx context.Context, lines []line, actorIDs, projectIDs []int64) error {
	actors, projects := map[int64]models.Actor{}, map[int64]models.Project{}
	rows, err := r.service.pool.Query(ctx, `SELECT id, external_id, type, name, email FROM actors WHERE id = ANY ($1)`, actorIDs)
	if err != nil {
		return fmt.Errorf("find actors: %w", err)
	}
	var a models.Actor
	if _, err := pgx.ForEachRow(rows, []any{&a.ID, &a.ExternalID, &a.Type, &a.Name, &a.Email}, func() error { actors[a.ID] = a; return nil }); err != nil {
		return fmt.Errorf("find actors: %w", err)
	}
	if rows, err = r.service.pool.Query(ctx, `SELECT id, external_id, name FROM projects WHERE id = ANY ($1)`, projectIDs); err != nil {
		return fmt.Errorf("find projects: %w", err)
	}
	var of models.Project
	if _, err := pgx.ForEachRow(rows, []any{&of.ID, &of.ExternalID, &of.Name}, func() error { projects[of.ID] = of; return nil }); err != nil {
		return fmt.Errorf("find projects: %w", err)
	}
	for i := range lines {
		e := &lines[i].Entry
		if e.Actor = actors[e.ActorID]; e.OnBehalfOfID != nil {
			on := actors[*e.OnBehalfOfID]
			e.OnBehalfOf = &on
		}
		if e.ProjectID != nil {
			project := projects[*e.ProjectID]
			e.Project = &project
		}
	}
	return nil
}

// look goes through all activities of a workspace, and gives those that are about the person, piece by piece; also when there are none for a while.
func (r *Report) look(ctx context.Context, p *place, do func([]line) error) error {
	for after, done := int64(0), false; !done; {
		list, next, last, err := r.piece(ctx, p, after)
		if err != nil {
			return err
		}
		lines, err := r.lines(ctx, p, list)
		if err != nil {
			return err
		}
		for _, l := range lines {
			p.seqs = append(p.seqs, l.Seq)
		}
		if err := do(lines); err != nil {
			return err
		}
		after, done = next, last
	}
	return nil
}

// again gives activities of the report once more, by number.
func (r *Report) again(ctx context.Context, p *place, seqs []int64, do func([]line) error) error {
	for len(seqs) > 0 {
		list, _, err := r.read(ctx, p, `seq = ANY ($2) ORDER BY seq`, seqs[:min(againRows, len(seqs))])
		if err != nil {
			return err
		}
		if len(list) == 0 { // they were deleted meanwhile
			seqs = seqs[min(againRows, len(seqs)):]
			continue
		}
		lines, err := r.lines(ctx, p, list)
		if err != nil {
			return err
		}
		if err := do(lines); err != nil {
			return err
		}
		last := list[len(list)-1].Seq
		for len(seqs) > 0 && seqs[0] <= last {
			seqs = seqs[1:]
		}
	}
	return nil
}
