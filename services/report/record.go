package report

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"daybook/services/proof"
)

// kept is a file with what is kept about the person besides activities. Its question has $1: their user, 0 when they have none; $2: their actors; $3: the
// workspaces that are told of.
type kept struct {
	name, says string
	ask        string
}

// text writes a time as JSON has it everywhere.
func text(column string) string {
	return `to_char(` + column + ` AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
}

// record asks for who they are. Passwords and secrets are nowhere in it.
var record = `SELECT json_build_object(
	'user', (SELECT json_build_object('id', u.id, 'email', u.email, 'username', u.username, 'name', u.name, 'instance_admin', u.instance_admin,
		'created_at', ` + text("u.created_at") + `, 'updated_at', ` + text("u.updated_at") + `, 'deactivated_at', ` + text("u.deactivated_at") + `) FROM users u WHERE u.id = $1),
	'preferences', (SELECT json_build_object('time_zone', u.time_zone, 'theme', u.theme, 'date_format', u.date_format) FROM users u WHERE u.id = $1),
	'actors', (SELECT coalesce(json_agg(json_build_object('id', a.id, 'workspace', w.slug, 'external_id', a.external_id, 'type', a.type, 'name', a.name, 'email', a.email, 'role', a.role,
		'merged_into', a.merged_into, 'created_at', ` + text("a.created_at") + `, 'updated_at', ` + text("a.updated_at") + `) ORDER BY a.id), '[]')
		FROM actors a JOIN workspaces w ON w.id = a.workspace_id WHERE a.id = ANY ($2) AND a.workspace_id = ANY ($3)),
	'memberships', (SELECT coalesce(json_agg(json_build_object('workspace', w.slug, 'workspace_name', w.name, 'role', m.role, 'since', ` + text("m.created_at") + `) ORDER BY w.slug), '[]')
		FROM memberships m JOIN workspaces w ON w.id = m.workspace_id WHERE m.user_id = $1 AND m.workspace_id = ANY ($3)),
	'projects', (SELECT coalesce(json_agg(json_build_object('workspace', w.slug, 'id', p.external_id, 'name', p.name, 'since', ` + text("m.created_at") + `) ORDER BY w.slug, p.external_id), '[]')
		FROM project_members m JOIN projects p ON p.id = m.project_id JOIN workspaces w ON w.id = m.workspace_id WHERE m.actor_id = ANY ($2) AND m.workspace_id = ANY ($3)),
	'last_visits', (SELECT coalesce(json_agg(json_build_object('workspace', w.slug, 'seen_at', ` + text("v.seen_at") + `, 'latest_at', ` + text("v.latest_at") + `) ORDER BY w.slug), '[]')
		FROM feed_visits v JOIN workspaces w ON w.id = v.workspace_id WHERE v.user_id = $1 AND v.workspace_id = ANY ($3)),
	'export_choices', (SELECT coalesce(json_agg(json_build_object('workspace', w.slug, 'choices', c.choices) ORDER BY w.slug), '[]')
		FROM export_choices c JOIN workspaces w ON w.id = c.workspace_id WHERE c.user_id = $1 AND c.workspace_id = ANY ($3)),
	'invitations', (SELECT coalesce(json_agg(json_build_object('workspace', w.slug, 'email', l.email, 'role', l.role, 'created_at', ` + text("l.created_at") + `, 'used_at', ` + text("l.used_at") + `,
		'revoked_at', ` + text("l.revoked_at") + `) ORDER BY l.id), '[]')
		FROM links l JOIN workspaces w ON w.id = l.workspace_id WHERE l.kind = 'invitation' AND l.workspace_id = ANY ($3)
		 AND (l.used_by = $1 OR l.email = (SELECT email FROM users WHERE id = $1))))`

var keptFiles = []kept{
	{"record.json", "who you are here: record, actors, memberships, projects, preferences", record},
	{"sessions.json", "where you are signed in", `SELECT coalesce(json_agg(json_build_object('address', host(ip), 'agent', user_agent, 'signed_in_at', ` + text("created_at") + `,
		'last_seen_at', ` + text("last_seen_at") + `, 'expires_at', ` + text("expires_at") + `) ORDER BY created_at), '[]') FROM sessions
		WHERE user_id = $1 AND $2::bigint[] IS NOT NULL AND $3::uuid[] IS NOT NULL`},
	{"tokens.json", "your personal tokens, without their secrets", `SELECT coalesce(json_agg(json_build_object('name', t.name, 'workspace', w.slug, 'scopes', string_to_array(t.scopes, ' '),
		'created_at', ` + text("t.created_at") + `, 'expires_at', ` + text("t.expires_at") + `, 'last_used_at', ` + text("t.last_used_at") + `, 'last_used_address', host(t.last_used_ip),
		'revoked_at', ` + text("t.revoked_at") + `) ORDER BY t.id), '[]') FROM tokens t LEFT JOIN workspaces w ON w.id = t.workspace_id
		WHERE t.user_id = $1 AND $2::bigint[] IS NOT NULL AND (t.workspace_id IS NULL OR t.workspace_id = ANY ($3))`},
	{"exports.json", "exports you asked for", `SELECT coalesce(json_agg(json_build_object('id', e.id, 'workspace', w.slug, 'name', e.name, 'kind', e.kind, 'state', e.state, 'filter', e.query,
		'format', e.format, 'rows', e.rows, 'bytes', e.bytes, 'sha256', encode(e.sha256, 'hex'), 'created_at', ` + text("e.created_at") + `, 'ended_at', ` + text("e.ended_at") + `) ORDER BY e.id), '[]')
		FROM exports e JOIN workspaces w ON w.id = e.workspace_id WHERE e.user_id = $1 AND $2::bigint[] IS NOT NULL AND e.workspace_id = ANY ($3)`},
	{"views.json", "filters you saved", `SELECT coalesce(json_agg(json_build_object('workspace', w.slug, 'name', v.name, 'filter', v.query, 'shared', v.shared,
		'opens_first', EXISTS (SELECT FROM default_views d WHERE d.view_id = v.id AND d.user_id = $1),
		'created_at', ` + text("v.created_at") + `, 'updated_at', ` + text("v.updated_at") + `) ORDER BY w.slug, v.position, v.id), '[]')
		FROM saved_views v JOIN workspaces w ON w.id = v.workspace_id WHERE v.user_id = $1 AND $2::bigint[] IS NOT NULL AND v.workspace_id = ANY ($3)`},
}

// ask reads what a file tells, as JSON.
func (r *Report) ask(ctx context.Context, k kept) (json.RawMessage, error) {
	var user int64
	if r.who.User != nil {
		user = r.who.User.ID
	}
	actors, places := []int64{}, []uuid.UUID{}
	for _, a := range r.who.Actors {
		actors = append(actors, a.ID)
	}
	for _, p := range r.places {
		places = append(places, p.ID)
	}
	var value json.RawMessage
	if err := r.service.pool.QueryRow(ctx, k.ask, user, actors, places).Scan(&value); err != nil {
		return nil, fmt.Errorf("read %s of a report: %w", k.name, err)
	}
	return value, nil
}

// madeAt is when the report was made, as JSON has it.
func (r *Report) madeAt() string { return proof.Time(r.at) }
