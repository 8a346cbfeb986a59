package export

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"daybook/models"
	"daybook/services/database"
)

// ForgetUser forgets what somebody chose last. It is for services/erasure, as is what follows.
func ForgetUser(ctx context.Context, tx database.Tx, user int64) error {
	if _, err := tx.Exec(ctx, `DELETE FROM export_choices WHERE user_id = $1`, user); err != nil {
		return fmt.Errorf("forget choices: %w", err)
	}
	return nil
}

// ForgetAsker has the exports that somebody asked for name nobody.
func ForgetAsker(ctx context.Context, tx database.Tx, f models.Forgotten) error {
	return database.ReplaceRefs(ctx, tx, f, database.Refs{Table: "exports", Column: "asked_by"})
}

// Rewrite replaces in the names and filters of a workspace's exports. Of one that has ended nobody needs the filter as it was frozen.
func Rewrite(ctx context.Context, tx database.Tx, p database.Piece, r database.Replace) (database.Done, error) {
	return database.Rewrite(ctx, tx, database.Texts{
		Target: "export", Places: []string{"/name", "/query", "/selection"}, Longest: []int{models.MaxNameBytes},
		Find: `SELECT id::text, name, query, selection::text FROM exports WHERE workspace_id = $1 AND id > coalesce(nullif($2, ''), '00000000-0000-0000-0000-000000000000')::uuid ORDER BY exports.id LIMIT $3`,
		Save: `UPDATE exports SET name = $2, query = $3,
			selection = CASE WHEN state IN ('waiting', 'running') THEN $4::text::jsonb ELSE jsonb_build_object('from', selection -> 'from', 'to', selection -> 'to') END WHERE id = $1::uuid`,
	}, p, r)
}

// ForgetFiles deletes what there still is of files that are not offered any more.
func (f *Files) ForgetFiles(ctx context.Context) error { return f.deleteOrphans(ctx) }

// RewriteLine changes a line of an archive as if it were an event.
func RewriteLine(line []byte, change func(models.Event) (models.Event, bool)) (changed []byte, did bool, err error) {
	var e event
	if err := json.Unmarshal(line, &e); err != nil {
		return line, false, fmt.Errorf("read a line of an archive: %w", err)
	}
	was := models.Event{
		UUID: e.ID, Actor: models.ActorRef{ID: e.Actor.ID, Name: e.Actor.Name, Type: e.Actor.Type, Role: e.Actor.Role}, Action: e.Action, Description: e.Description,
		Changes: e.Changes, Metadata: e.Metadata, Outcome: e.Outcome, System: e.System, CorrelationID: e.CorrelationID, IP: e.IPAddress, UserAgent: e.UserAgent,
	}
	if at, err := time.Parse(time.RFC3339Nano, e.OccurredAt); err == nil {
		was.OccurredAt = &at
	}
	if b := e.OnBehalfOf; b != nil {
		was.OnBehalfOf = &models.ActorRef{ID: b.ID, Name: b.Name, Type: b.Type}
	}
	if r := e.Resource; r != nil {
		was.Entity = &models.EntityRef{Type: r.Type, ID: r.ID, Name: r.Name, URL: r.URL}
	}
	if p := e.Project; p != nil {
		was.Project = &models.ProjectRef{ID: p.ID, Name: p.Name}
	}
	is, did := change(was)
	if !did {
		return line, false, nil
	}
	e.Actor = RowActor{ID: is.Actor.ID, Name: is.Actor.Name, Type: is.Actor.Type, Role: is.Actor.Role}
	e.Description, e.Changes, e.Metadata, e.CorrelationID, e.IPAddress, e.UserAgent = is.Description, is.Changes, is.Metadata, is.CorrelationID, is.IP, is.UserAgent
	if b := is.OnBehalfOf; b != nil {
		e.OnBehalfOf = &RowOnBehalf{ID: b.ID, Name: b.Name, Type: b.Type}
	}
	if r := is.Entity; r != nil {
		e.Resource = &RowResource{Type: r.Type, ID: r.ID, Name: r.Name, URL: r.URL}
	}
	if p := is.Project; p != nil {
		e.Project = &RowProject{ID: p.ID, Name: p.Name}
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(e); err != nil {
		return line, false, fmt.Errorf("write a line of an archive: %w", err)
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), true, nil
}
