package account

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/google/uuid"

	"daybook/models"
	"daybook/services/access"
)

// Person is one line of the list of people: somebody who can sign in, with the actors they are, or an actor of nobody's with those merged
// into it.
type Person struct {
	UserID        *int64 // nil: nobody who can sign in
	Name          string
	Email         string
	Username      string
	InstanceAdmin bool
	Deactivated   bool
	UserVersion   int64
	Role          models.Role // empty: no member
	MemberVersion int64
	Actors        []PersonActor `gorm:"-"` // those that stand for others first
	Activities    int64         // done under any of the actors, system rows apart
	Recent        int64         // of these, those of the last thirty days of the workspace's zone
	Served        int64         // for how many others it acted, of an agent
	LastActive    *time.Time    // the day of the latest of them, in the workspace's zone
	LastSeen      *time.Time    // when a member's session was used last, or a token that is good here, as far as these still exist
	Kind          PersonKind
	Namesake      bool       // somebody else in the workspace has the same name
	ErasedAt      *time.Time // when they were anonymised
}

// PersonKind divides the people of a workspace: each is of one kind.
type PersonKind string

// The kinds of people.
const (
	CanSignIn    PersonKind = "users"       // members, and instance admins who have acted here
	Agents       PersonKind = "agents"      // software: agents and systems
	OnlyRecorded PersonKind = "recorded"    // people of whom applications tell, and who cannot sign in
	Outside      PersonKind = "outside"     // users who are linked to an actor here and are no members (any more)
	Deactivated  PersonKind = "deactivated" // users who may not sign in
	Anonymised   PersonKind = "anonymised"  // people who were anonymised; they stand behind all others
)

// PersonKinds lists them, in the order in which they are shown.
var PersonKinds = []PersonKind{CanSignIn, Agents, OnlyRecorded, Outside, Deactivated, Anonymised}

// PersonActor is an actor in the list of people.
type PersonActor struct {
	ID         int64            `json:"id"`
	ExternalID string           `json:"external_id"`
	Name       string           `json:"name"`
	Type       models.ActorType `json:"type"`
	MergedInto *int64           `json:"merged_into"`
	Version    int64            `json:"version"`
}

// PeopleFilter narrows the list of people.
type PeopleFilter struct {
	Search string      // part of a name, an e-mail address, a username or an external id
	Role   models.Role // empty: any, and none
	Linked *bool       // whether a person who can sign in has an actor; false: members without one, and actors without a user
	State  string      // active, deactivated, outside (no member), or empty
	Kind   PersonKind  // empty: all
	Cursor string
	Limit  int // at most mostPeople; 0: fifty
	Actor  int64
	User   int64
}

// mostPeople bounds a page of people.
const mostPeople = 200

// RecentDays is how many days Person.Recent counts, today included.
const RecentDays = 30

// matchingPeople gathers one row for each person of a workspace: by user when there is one, else by the actor that stands for them. There are as
// many as there are people, not activities. Of somebody who is no member (any more) only instance admins see the user's record; others see what
// applications sent, and of an instance admin that they are one.
const matchingPeople = `
WITH acting AS (
    SELECT a.*, coalesce(a.merged_into, a.id) AS root,
           max(a.user_id) OVER (PARTITION BY coalesce(a.merged_into, a.id)) AS person
      FROM actors a WHERE a.workspace_id = @ws
), ` + sentOfUsers + `, known AS (
    SELECT u.id AS user_id, 0::bigint AS root, u.name, CASE WHEN u.erased_at IS NULL THEN u.email ELSE '' END AS email, coalesce(u.username, '') AS username, u.instance_admin,
           u.deactivated_at IS NOT NULL AS deactivated, u.version AS user_version, coalesce(m.role, '') AS role, coalesce(m.version, 0) AS member_version, u.erased_at
      FROM users u LEFT JOIN memberships m ON m.user_id = u.id AND m.workspace_id = @ws
     WHERE m.user_id IS NOT NULL OR CAST(@all AS boolean) AND u.id IN (SELECT person FROM sent)
    UNION ALL
    SELECT u.id, 0, s.name, s.email, '', u.instance_admin AND u.deactivated_at IS NULL, false, 0, '', 0, u.erased_at
      FROM sent s JOIN users u ON u.id = s.person
     WHERE NOT CAST(@all AS boolean) AND NOT EXISTS (SELECT FROM memberships m WHERE m.user_id = u.id AND m.workspace_id = @ws)
), persons AS (
    SELECT known.*, CASE WHEN erased_at IS NOT NULL THEN 'anonymised' WHEN deactivated THEN 'deactivated' WHEN role = '' AND NOT instance_admin THEN 'outside' ELSE 'users' END AS kind FROM known
    UNION ALL
    SELECT NULL, id, name, coalesce(email, ''), '', false, false, 0, '', 0, erased_at,
           CASE WHEN erased_at IS NOT NULL THEN 'anonymised' WHEN type = 'user' THEN 'recorded' ELSE 'agents' END FROM acting WHERE person IS NULL AND merged_into IS NULL
), matching AS (
    SELECT p.*, CASE WHEN erased_at IS NULL THEN '0' ELSE '1' END || lower(p.name) AS place, CASE WHEN user_id IS NULL THEN 'a' || root ELSE 'u' || user_id END AS key
      FROM (SELECT persons.*, count(*) OVER (PARTITION BY lower(name)) > 1 AS namesake FROM persons) AS p
     WHERE (@search = '' OR strpos(lower(concat_ws(' ', p.name, p.email, p.username)), @search) > 0
            OR EXISTS (SELECT FROM acting a WHERE (a.person = p.user_id OR a.root = p.root AND p.user_id IS NULL)
                          AND strpos(lower(concat_ws(' ', a.name, a.external_id, a.email)), @search) > 0))
       AND (@role = '' OR p.role = @role)
       AND (CAST(@linked AS boolean) IS NULL OR CAST(@linked AS boolean) = (user_id IS NOT NULL AND EXISTS (SELECT FROM acting a WHERE a.person = p.user_id)))
       AND (@state = '' OR @state = CASE WHEN p.deactivated THEN 'deactivated' WHEN p.role = '' AND NOT p.instance_admin THEN 'outside' ELSE 'active' END)
       AND (CAST(@user AS bigint) = 0 OR user_id = @user)
       AND (CAST(@actor AS bigint) = 0 OR EXISTS (SELECT FROM acting a WHERE a.id = @actor AND (a.person = p.user_id OR a.root = p.root AND p.user_id IS NULL)))
)`

// pageOfPeople is a page of them, with what is looked up for its rows alone.
const pageOfPeople = matchingPeople + `, page AS (
    SELECT * FROM matching WHERE (@kind = '' OR kind = @kind) AND (@cursor = '' OR (place, key) > (@place, @key)) ORDER BY place, key LIMIT @limit
)
SELECT page.*, coalesce(who.actors, '[]')::text AS listed, coalesce(done.n, 0) AS activities, coalesce(done.recent, 0) AS recent, coalesce(done.served, 0) AS served,
       done.latest AS last_active, seen.at AS last_seen
  FROM page
  LEFT JOIN LATERAL (SELECT json_agg(json_build_object('id', id, 'external_id', external_id, 'name', name, 'type', type, 'merged_into', merged_into, 'version', version)
                                     ORDER BY merged_into IS NOT NULL, id) AS actors, array_agg(id) AS ids
                       FROM acting a WHERE a.person = page.user_id OR page.user_id IS NULL AND a.root = page.root) AS who ON true
  LEFT JOIN LATERAL (SELECT sum(count)::bigint AS n, sum(count) FILTER (WHERE day >= CAST(@since AS date))::bigint AS recent, max(day) AS latest,
                            count(DISTINCT on_behalf_of_id) FILTER (WHERE on_behalf_of_id <> 0) AS served FROM daily_counts d
                      WHERE d.workspace_id = @ws AND d.actor_id = ANY (who.ids) AND NOT d.system AND d.count > 0) AS done ON true
  LEFT JOIN LATERAL (SELECT greatest((SELECT max(last_seen_at) FROM sessions WHERE user_id = page.user_id),
                                     (SELECT max(last_used_at) FROM tokens WHERE user_id = page.user_id AND coalesce(workspace_id, @ws) = @ws)) AS at) AS seen ON page.role <> ''
 ORDER BY place, key`

// personRow is a row of the question above.
type personRow struct {
	Person `gorm:"embedded"`
	Place  string
	Key    string
	Listed string // the actors, as JSON
}

// People lists the people of the doer's workspace by name: members, and actors whoever they are. next is the cursor of the page behind, or empty.
func (s *Service) People(ctx context.Context, d Doer, f PeopleFilter) (list []Person, next string, err error) {
	if err := d.needs(access.Admin); err != nil {
		return nil, "", err
	}
	if f.Limit <= 0 || f.Limit > mostPeople {
		f.Limit = 50
	}
	place, key, err := readPlace(d.Workspace.ID, f.Cursor)
	if err != nil {
		return nil, "", err
	}
	var rows []personRow
	ask := f.arguments(d)
	ask["kind"], ask["cursor"], ask["place"], ask["key"], ask["limit"], ask["since"] = string(f.Kind), f.Cursor, place, key, f.Limit+1, s.recentSince(d.Workspace)
	err = s.db.WithContext(ctx).Raw(pageOfPeople, ask).Scan(&rows).Error
	if err != nil {
		return nil, "", fmt.Errorf("list people: %w", err)
	}
	list = make([]Person, 0, len(rows))
	for i, r := range rows {
		if i == f.Limit {
			next = writePlace(d.Workspace.ID, rows[i-1])
			break
		}
		if err := json.Unmarshal([]byte(r.Listed), &r.Actors); err != nil {
			return nil, "", fmt.Errorf("list people: %w", err)
		}
		list = append(list, r.Person)
	}
	return list, next, nil
}

// arguments are what the filter asks of each person.
func (f PeopleFilter) arguments(d Doer) map[string]any {
	return map[string]any{
		"ws": d.Workspace.ID, "search": strings.ToLower(trimmed(clean(f.Search))), "role": string(f.Role), "linked": f.Linked, "state": f.State, "user": f.User, "actor": f.Actor,
		"all": d.Role == access.Instance,
	}
}

// recentSince is the first of the days that count as recent, in the zone in which the workspace's days are counted.
func (s *Service) recentSince(w *models.Workspace) string {
	zone, err := time.LoadLocation(w.TimeZone)
	if err != nil {
		zone = time.UTC
	}
	return s.now().In(zone).AddDate(0, 0, 1-RecentDays).Format(time.DateOnly)
}

// CountPeople counts the people that a filter selects, whatever its Kind, by kind; "" is all of them together.
func (s *Service) CountPeople(ctx context.Context, d Doer, f PeopleFilter) (map[PersonKind]int64, error) {
	if err := d.needs(access.Admin); err != nil {
		return nil, err
	}
	var rows []struct {
		Kind PersonKind
		N    int64
	}
	if err := s.db.WithContext(ctx).Raw(matchingPeople+` SELECT kind, count(*) AS n FROM matching GROUP BY kind`, f.arguments(d)).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("count people: %w", err)
	}
	counts := map[PersonKind]int64{}
	for _, r := range rows {
		counts[r.Kind] = r.N
		counts[""] += r.N
	}
	return counts, nil
}

// clean makes a text fit for the database.
func clean(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\ufffd"), "\x00", "\ufffd")
}

// A cursor is the place of the last row of a page, by name. It shows nothing that the page did not.
func writePlace(workspace uuid.UUID, r personRow) string {
	return base64.RawURLEncoding.EncodeToString([]byte(workspace.String() + "\x00" + r.Place + "\x00" + r.Key))
}

// placeKey is what tells people, or projects, of one name apart: a user, an actor, a project.
var placeKey = regexp.MustCompile(`^[ua]?[0-9]{1,19}$`)

func readPlace(workspace uuid.UUID, cursor string) (place, key string, err error) {
	if cursor == "" {
		return "", "", nil
	}
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	parts := strings.Split(string(text), "\x00")
	if err != nil || len(parts) != 3 || parts[0] != workspace.String() || clean(parts[1]) != parts[1] || !placeKey.MatchString(parts[2]) {
		return "", "", models.FieldErrorf(models.Malformed, "cursor", "is not one of this list")
	}
	return parts[1], parts[2], nil
}

// PersonOf finds one person of the list, by one of their actors or by their user.
func (s *Service) PersonOf(ctx context.Context, d Doer, actor, user int64) (*Person, error) {
	if actor == 0 && user == 0 {
		return nil, noMember()
	}
	list, _, err := s.People(ctx, d, PeopleFilter{Actor: actor, User: user})
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, models.Errorf(models.NotFound, "There is no such person here.")
	}
	return &list[0], nil
}
