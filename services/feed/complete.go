package feed

import (
	"context"
	"fmt"
	"net/netip"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/access"
)

// columns are those a reader gets. The row key stays behind: with it, what was taken away below could be guessed from the leaf.
const columns = `id, workspace_id, seq, uuid, actor_id, on_behalf_of_id, actor_name, actor_role, action, entity_type, entity_id, entity_name, entity_url,
	project_id, description, changes, metadata, outcome, system, source_id, correlation_id, ip, user_agent, occurred_at, recorded_at, leaf`

// scanActivity reads a row with these columns.
func scanActivity(r pgx.CollectableRow) (models.Activity, error) {
	var a models.Activity
	var ip *netip.Prefix
	var metadata []byte
	err := r.Scan(&a.ID, &a.WorkspaceID, &a.Seq, &a.UUID, &a.ActorID, &a.OnBehalfOfID, &a.ActorName, &a.ActorRole, &a.Action,
		&a.EntityType, &a.EntityID, &a.EntityName, &a.EntityURL, &a.ProjectID, &a.Description, &a.Changes, &metadata, &a.Outcome, &a.System,
		&a.SourceID, &a.CorrelationID, &ip, &a.UserAgent, &a.OccurredAt, &a.RecordedAt, &a.Leaf)
	if ip != nil {
		addr := ip.Addr()
		a.IP = &addr
	}
	a.Metadata = metadata
	a.OccurredAt, a.RecordedAt = a.OccurredAt.UTC(), a.RecordedAt.UTC()
	return a, err
}

// complete adds what the rows' ids point to, and takes away what the reader may not know.
func (s *Service) complete(ctx context.Context, scope access.Scope, rows []models.Activity) ([]models.Entry, error) {
	var actorIDs, projectIDs []int64
	var workspaceIDs []uuid.UUID
	for _, a := range rows {
		actorIDs, workspaceIDs = append(actorIDs, a.ActorID), append(workspaceIDs, a.WorkspaceID)
		if a.OnBehalfOfID != nil {
			actorIDs = append(actorIDs, *a.OnBehalfOfID)
		}
		if a.ProjectID != nil {
			projectIDs = append(projectIDs, *a.ProjectID)
		}
	}
	actors, former, err := s.actorsOf(ctx, actorIDs)
	if err != nil {
		return nil, err
	}
	projects, err := s.projectsOf(ctx, projectIDs)
	if err != nil {
		return nil, err
	}
	workspaces, err := s.workspacesOf(ctx, workspaceIDs)
	if err != nil {
		return nil, err
	}
	spoken := make(map[uuid.UUID]*models.Vocabulary, len(workspaces))
	for id, w := range workspaces {
		if spoken[id], err = s.words.Of(ctx, id, w.VocabularyVersion); err != nil {
			return nil, err
		}
	}
	entries := make([]models.Entry, len(rows))
	for i, a := range rows {
		e := models.Entry{Activity: a, Workspace: workspaces[a.WorkspaceID], Actor: actors[a.ActorID], Vocabulary: spoken[a.WorkspaceID]}
		if a.OnBehalfOfID != nil {
			on := actors[*a.OnBehalfOfID]
			e.OnBehalfOf = &on
		}
		if a.ProjectID != nil {
			project := projects[*a.ProjectID]
			e.Project = &project
		}
		if !scope.ShowsAddresses(a.WorkspaceID) {
			e.IP, e.UserAgent = nil, nil
		}
		entries[i] = e
	}
	return entries, s.asRecorded(ctx, entries, former)
}

// actorsOf gives actors by id; former are those of them who were anonymised and are still named as they were recorded.
func (s *Service) actorsOf(ctx context.Context, ids []int64) (actors, former map[int64]models.Actor, err error) {
	former = map[int64]models.Actor{}
	actors, err = collect(ctx, s, `SELECT id, workspace_id, external_id, type, name, email, role, user_id, recorded_as, coalesce(recorded_name, name) FROM actors WHERE id = ANY ($1)`, ids,
		func(r pgx.CollectableRow) (id int64, a models.Actor, err error) {
			var as *string
			var name string
			err = r.Scan(&a.ID, &a.WorkspaceID, &a.ExternalID, &a.Type, &a.Name, &a.Email, &a.Role, &a.UserID, &as, &name)
			if as != nil {
				was := a
				was.ExternalID, was.Name = *as, name
				former[a.ID] = was
			}
			return a.ID, a, err
		})
	return actors, former, err
}

func (s *Service) projectsOf(ctx context.Context, ids []int64) (map[int64]models.Project, error) {
	return collect(ctx, s, `SELECT id, workspace_id, external_id, name, visibility FROM projects WHERE id = ANY ($1)`, ids,
		func(r pgx.CollectableRow) (id int64, p models.Project, err error) {
			err = r.Scan(&p.ID, &p.WorkspaceID, &p.ExternalID, &p.Name, &p.Visibility)
			return p.ID, p, err
		})
}

func (s *Service) workspacesOf(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]models.Workspace, error) {
	return collect(ctx, s, `SELECT id, slug, name, time_zone, vocabulary_version FROM workspaces WHERE id = ANY ($1)`, ids,
		func(r pgx.CollectableRow) (id uuid.UUID, w models.Workspace, err error) {
			err = r.Scan(&w.ID, &w.Slug, &w.Name, &w.TimeZone, &w.VocabularyVersion)
			return w.ID, w, err
		})
}

// collect reads what some ids point to.
func collect[K comparable, V any](ctx context.Context, s *Service, sql string, ids []K, scan func(pgx.CollectableRow) (K, V, error)) (map[K]V, error) {
	found := make(map[K]V, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	rows, err := s.pool.Query(ctx, sql, ids)
	if err != nil {
		return nil, fmt.Errorf("complete a page: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		k, v, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("complete a page: %w", err)
		}
		found[k] = v
	}
	return found, rows.Err()
}
