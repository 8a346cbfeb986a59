package erasure

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/database"
	"daybook/services/export"
)

// archiveTarget is the target of places in lines of archives; their id says where the line stands (idOfLine).
const archiveTarget = "archive"

func idOfLine(at export.ArchiveLine) string {
	return at.Archive.String() + "/" + strconv.Itoa(at.Chunk) + "/" + strconv.Itoa(at.Line)
}

func lineOf(id string) (at export.ArchiveLine, ok bool) {
	parts := strings.Split(id, "/")
	if len(parts) != 3 {
		return at, false
	}
	var errs [3]error
	at.Archive, errs[0] = uuid.Parse(parts[0])
	at.Chunk, errs[1] = strconv.Atoi(parts[1])
	at.Line, errs[2] = strconv.Atoi(parts[2])
	return at, errs == [3]error{}
}

// archives goes through the next piece of what retention has put aside, and tells whether there is more: once through everything, and then, when somebody has
// decided that the person is meant in some lines, once more through the archives that these are in.
func (s *Service) archives(ctx context.Context, tx pgx.Tx, g *going) (more bool, err error) {
	var looked time.Time
	if err := tx.QueryRow(ctx, `SELECT coalesce(looked_at, created_at) FROM erasures WHERE id = $1`, g.ID).Scan(&looked); err != nil {
		return false, fmt.Errorf("look into archives: %w", err)
	}
	for _, p := range g.parts {
		if more, err := s.archivesOf(ctx, tx, g, export.Rewriting{Workspace: p.workspace, Pass: passOf(g, looked)}); err != nil || more {
			return more, err
		}
	}
	for _, p := range g.parts {
		if more, err := s.decidedArchives(ctx, tx, g, p.workspace); err != nil || more {
			return more, err
		}
	}
	return false, nil
}

// passOf names a going-through of archives by what caused it.
func passOf(g *going, at time.Time) uuid.UUID {
	return uuid.NewSHA1(g.ID, []byte(at.UTC().Format(time.RFC3339Nano)))
}

// archivesOf goes through the next piece of the archives of a workspace.
func (s *Service) archivesOf(ctx context.Context, tx pgx.Tx, g *going, r export.Rewriting) (more bool, err error) {
	d := s.decisionsOf(g)
	if err := d.read(ctx, tx, g.ID, r.Workspace, nil); err != nil {
		return false, err
	}
	l := newLooking(r.Workspace, g.terms.Workspaces[r.Workspace], d.verdict)
	holds, err := g.holdsOn(ctx, tx, r.Workspace)
	if err != nil {
		return false, err
	}
	var open []place
	r.Record, r.By, r.Over = s.record, g.byIn(r.Workspace), g.isOver
	r.Line = func(at export.ArchiveLine, line []byte) ([]byte, bool, error) {
		return export.RewriteLine(line, func(ev models.Event) (models.Event, bool) {
			is, f := l.event(ev, archiveTarget, idOfLine(at))
			open = append(open, l.open(f, archiveTarget, idOfLine(at))...)
			if on := holds.On(ev); f.changed && len(on) > 0 {
				g.leaveLine(on, r.Only == nil)
				return ev, false
			}
			return is, f.changed
		})
	}
	done, err := export.RewriteArchives(ctx, tx, r)
	if err != nil {
		return false, err
	}
	if err := g.keep(ctx, tx, open, d); err != nil {
		return false, err
	}
	if done.Lines > 0 {
		g.Elsewhere["archived"] += done.Lines
	}
	if done.Lines == 0 && !done.More {
		return false, g.save(ctx, tx)
	}
	return true, g.save(ctx, tx)
}

// holdsOn are the holds of a workspace, as lines of archives tell what they are on; the person's by what they were called, too.
func (g *going) holdsOn(ctx context.Context, tx pgx.Tx, workspace uuid.UUID) (export.ArchiveHolds, error) {
	holds, err := export.ReadArchiveHolds(ctx, tx, workspace)
	if err != nil {
		return nil, err
	}
	known := g.terms.Workspaces[workspace]
	for actor, is := range known.Actors {
		for _, id := range known.Person.IDs {
			if id.Is == is {
				holds.KnownAs(actor, id.Text)
			}
		}
	}
	return holds, nil
}

// leaveLine counts a line that stays as it is because of holds. Of what was decided it was counted before, as a rule: then it is enough that it waits.
func (g *going) leaveLine(on []export.ArchiveHold, count bool) {
	if g.Held == 0 || count {
		g.Held++
	}
	for _, h := range on {
		if !slices.Contains(g.heldBy, h.ID) {
			g.heldBy = append(g.heldBy, h.ID)
		}
	}
}

// decidedArchives goes through the next piece of the archives of a workspace in which somebody decided that the person is meant.
func (s *Service) decidedArchives(ctx context.Context, tx pgx.Tx, g *going, workspace uuid.UUID) (more bool, err error) {
	const decided = `erasure_id = $1 AND workspace_id = $2 AND target = '` + archiveTarget + `' AND replace AND replaced_at IS NULL`
	var at *time.Time
	r := export.Rewriting{Workspace: workspace}
	err = tx.QueryRow(ctx, `SELECT max(decided_at), coalesce(array_agg(DISTINCT split_part(target_id, '/', 1)::uuid), '{}') FROM erasure_doubts WHERE `+decided, g.ID, workspace).Scan(&at, &r.Only)
	if err != nil {
		return false, fmt.Errorf("look for what was decided: %w", err)
	}
	if at == nil {
		return false, nil
	}
	r.Pass = passOf(g, *at)
	if more, err := s.archivesOf(ctx, tx, g, r); err != nil || more {
		return more, err
	}
	if _, err := tx.Exec(ctx, `UPDATE erasure_doubts SET replaced_at = clock_timestamp() WHERE `+decided, g.ID, workspace); err != nil {
		return false, fmt.Errorf("note what was replaced: %w", err)
	}
	return false, nil
}

// inArchives looks at lines of archives, and writes nothing.
func (s *Service) inArchives(ctx context.Context, l *looking, places []place, samples map[place]models.MentionSample) error {
	type chunk struct {
		archive uuid.UUID
		n       int
	}
	wanted := map[chunk]map[int]bool{}
	for _, p := range places {
		at, ok := lineOf(p.id)
		if !ok || p.target != archiveTarget || p.workspace != l.workspace {
			continue
		}
		in := chunk{at.Archive, at.Chunk}
		if wanted[in] == nil {
			wanted[in] = map[int]bool{}
		}
		wanted[in][at.Line] = true
	}
	for in, lines := range wanted {
		found, err := export.ArchiveChunk(ctx, database.GormTx(s.db.Gorm.WithContext(ctx)), l.workspace, in.archive, in.n)
		if err != nil {
			return err
		}
		for n := range lines {
			if n >= len(found) {
				continue
			}
			if err := l.inLine(export.ArchiveLine{Archive: in.archive, Chunk: in.n, Line: n}, found[n], samples); err != nil {
				return err
			}
		}
	}
	return nil
}

// inLine notes what is doubtful in a line.
func (l *looking) inLine(at export.ArchiveLine, line []byte, samples map[place]models.MentionSample) error {
	_, _, err := export.RewriteLine(line, func(ev models.Event) (models.Event, bool) {
		_, f := l.event(ev, archiveTarget, idOfLine(at))
		for _, find := range f.doubtful {
			p := place{l.workspace, archiveTarget, idOfLine(at), find.Place, string(find.Kind)}
			if _, there := samples[p]; !there {
				samples[p] = sampleOf(&models.Activity{WorkspaceID: l.workspace}, find)
			}
		}
		return ev, false
	})
	return err
}
