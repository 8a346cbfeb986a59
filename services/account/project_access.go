package account

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"daybook/models"
	"daybook/services/access"
)

// ProjectPerson is somebody who has access to a project, or could have it: a user with the actors they are, or an actor of nobody's with those
// merged into it.
type ProjectPerson struct {
	UserID      int64 // 0: nobody who can sign in
	ActorID     int64 // 0: a user's
	Name        string
	Email       string
	Role        models.Role // empty: no member of the workspace
	Deactivated bool
	Known       string     // the ids by which applications name them
	Granted     *time.Time // since when they have access of their own; nil: they have none
	Place       string     `json:"-"` // in the list
	Key         string     `json:"-"`
}

// Handle names a person of the list: "u5" a user, "a12" an actor.
func (p ProjectPerson) Handle() string {
	if p.UserID != 0 {
		return "u" + strconv.FormatInt(p.UserID, 10)
	}
	return "a" + strconv.FormatInt(p.ActorID, 10)
}

// ProjectPeopleFilter narrows the list of people around a project.
type ProjectPeopleFilter struct {
	Project int64
	Granted bool   // those who have access; else those who could be given it: members, and actors that are people
	Search  string // part of a name, an e-mail address or an external id
	Cursor  string
	Limit   int // at most mostPeople; 0: fifty
}

// projectPeople gathers the actors by person once, and joins what is known of them: there are as many rows as people, whatever they did. Who is no
// member (any more) has the name that applications sent, as in the list of people.
const projectPeople = `
WITH acting AS (
	SELECT a.id, a.external_id, a.name, a.email, a.type, a.merged_into, a.erased_at, coalesce(a.merged_into, a.id) AS root,
	       max(a.user_id) OVER (PARTITION BY coalesce(a.merged_into, a.id)) AS person, m.created_at AS granted
	  FROM actors a LEFT JOIN project_members m ON m.workspace_id = @ws AND m.project_id = @project AND m.actor_id = a.id
	 WHERE a.workspace_id = @ws
), known AS (
	SELECT CASE WHEN person IS NULL THEN 'a' || root ELSE 'u' || person END AS key, min(granted) AS granted,
	       coalesce(string_agg(external_id, ', ' ORDER BY merged_into IS NOT NULL, id) FILTER (WHERE external_id NOT LIKE 'daybook:%'), '') AS known,
	       lower(string_agg(concat_ws(' ', name, external_id, email), ' ')) AS words
	  FROM acting GROUP BY 1
), ` + sentOfUsers + `, persons AS (
	SELECT 'u' || u.id AS key, u.id AS user_id, 0::bigint AS actor_id, u.name, u.email, coalesce(m.role, '') AS role, u.deactivated_at IS NOT NULL AS deactivated,
	       m.user_id IS NOT NULL AS could
	  FROM users u LEFT JOIN memberships m ON m.user_id = u.id AND m.workspace_id = @ws
	 WHERE m.user_id IS NOT NULL OR CAST(@all AS boolean) AND u.id IN (SELECT person FROM sent)
	UNION ALL
	SELECT 'u' || person, person, 0, name, email, '', false, false
	  FROM sent WHERE NOT CAST(@all AS boolean) AND NOT EXISTS (SELECT FROM memberships m WHERE m.user_id = person AND m.workspace_id = @ws)
	UNION ALL
	SELECT 'a' || id, 0, id, name, coalesce(email, ''), '', false, type = 'user' AND erased_at IS NULL FROM acting WHERE person IS NULL AND merged_into IS NULL
), listed AS (
	SELECT p.*, k.granted, coalesce(k.known, '') AS known, lower(p.name) AS place, k.words FROM persons p LEFT JOIN known k USING (key)
)
SELECT * FROM listed
 WHERE CASE WHEN @granted THEN granted IS NOT NULL ELSE granted IS NULL AND could AND NOT deactivated END
   AND (@search = '' OR strpos(lower(concat_ws(' ', name, email, words)), @search) > 0)
   AND (@cursor = '' OR (place, key) > (@place, @key))
 ORDER BY place, key LIMIT @limit`

// ProjectPeople lists by name who has access of their own to a project of the doer's workspace, or who could be given it. next is the cursor of
// the page behind, or empty.
func (s *Service) ProjectPeople(ctx context.Context, d Doer, f ProjectPeopleFilter) (list []ProjectPerson, next string, err error) {
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
	err = s.db.WithContext(ctx).Raw(projectPeople, map[string]any{
		"ws": d.Workspace.ID, "project": f.Project, "granted": f.Granted, "search": strings.ToLower(trimmed(clean(f.Search))),
		"cursor": f.Cursor, "place": place, "key": key, "limit": f.Limit + 1, "all": d.Role == access.Instance,
	}).Scan(&list).Error
	if err != nil {
		return nil, "", fmt.Errorf("list the people of a project: %w", err)
	}
	if len(list) > f.Limit {
		list = list[:f.Limit]
		last := list[f.Limit-1]
		next = writePlace(d.Workspace.ID, personRow{Place: last.Place, Key: last.Key})
	}
	return list, next, nil
}

// AccessChange is who is to get access to a project, and who is to lose it. Who has it already, or has none to lose, is passed over.
type AccessChange struct {
	Grant, Revoke           []int64  // actors, by our ids
	GrantUsers, RevokeUsers []int64  // users, by our ids; only members are given access
	Named                   []string // more to be given access, by e-mail address, username or external id
	Version                 int64    // of the project that the doer saw; 0: whatever there is
}

// Take adds a person of the list, as ProjectPerson.Handle names them, to those who get access, or to those who lose it.
func (c *AccessChange) Take(handle string, grant bool) error {
	field, actors, users := "revoke", &c.Revoke, &c.RevokeUsers
	if grant {
		field, actors, users = "grant", &c.Grant, &c.GrantUsers
	}
	kind, rest := handle[:min(1, len(handle))], handle[min(1, len(handle)):]
	id, err := strconv.ParseInt(rest, 10, 64)
	if err != nil || id < 1 || kind != "a" && kind != "u" {
		return models.FieldErrorf(models.Invalid, field, "has %q, which names nobody", handle)
	}
	if kind == "u" {
		*users = append(*users, id)
	} else {
		*actors = append(*actors, id)
	}
	return nil
}

// Paste takes apart what was pasted: names on lines of their own, or with commas, semicolons or tabs between them.
func (c *AccessChange) Paste(text string) {
	for _, name := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("\r\n\t,;", r) }) {
		if name = trimmed(name); name != "" {
			c.Named = append(c.Named, name)
		}
	}
}

// size is how many are named at all.
func (c AccessChange) size() int {
	return len(c.Grant) + len(c.Revoke) + len(c.GrantUsers) + len(c.RevokeUsers) + len(c.Named)
}

// comers finds the actors of those who are to get access. A member's is made when they have none yet.
func (c AccessChange) comers(tx *gorm.DB, d Doer) ([]models.Actor, error) {
	actors, err := actorsHere(tx, d, "grant", c.Grant)
	if err != nil {
		return nil, err
	}
	for _, id := range c.GrantUsers {
		var u models.User
		if err := tx.Where("id = ?", id).Limit(1).Find(&u).Error; err != nil {
			return nil, fmt.Errorf("find a user: %w", err)
		}
		a, err := memberActor(tx, d, &u)
		if err != nil {
			return nil, err
		}
		actors = append(actors, a)
	}
	named, err := c.named(tx, d)
	actors = append(actors, named...)
	if err == nil {
		err = refuseErased("grant", actors...)
	}
	return actors, err
}

// memberActor is the actor by which a member of the doer's workspace has access: the one that the application knows, else one of ours, made now.
// It is not locked: the journal locks actors in an order of its own.
func memberActor(tx *gorm.DB, d Doer, u *models.User) (a models.Actor, err error) {
	if u.ID == 0 {
		return a, nobodyToGrant()
	}
	if err := (Access{Workspace: d.Workspace, User: u}).checkMember(tx); models.KindOf(err) == models.Invalid {
		return a, nobodyToGrant()
	} else if err != nil {
		return a, err
	}
	ref, err := actorOf(tx, d.Workspace.ID, u)
	if err != nil {
		return a, err
	}
	made := models.Actor{WorkspaceID: d.Workspace.ID, ExternalID: ref.ID, Type: ref.Type, Name: ref.Name, UserID: ref.UserID}
	if err := tx.Clauses(onConflictDoNothing).Create(&made).Error; err != nil {
		return a, fmt.Errorf("make an actor: %w", err)
	}
	if err := tx.Where("workspace_id = ? AND external_id = ?", d.Workspace.ID, ref.ID).Take(&a).Error; err != nil {
		return a, fmt.Errorf("find an actor: %w", err)
	}
	return a, nil
}

func nobodyToGrant() error {
	return models.FieldErrorf(models.NotFound, "grant_users", "has somebody who is no member here")
}

// named finds those who were pasted: all of them, or an error that says who is not known here.
func (c AccessChange) named(tx *gorm.DB, d Doer) (actors []models.Actor, err error) {
	var unknown []string
	for _, name := range c.Named {
		var found *models.Actor
		if models.CheckID("named", name) == nil { // else it is no text that the database could hold
			if found, err = actorNamed(tx, d, name); err != nil {
				return nil, err
			}
		}
		if found == nil {
			unknown = append(unknown, name)
			continue
		}
		actors = append(actors, *found)
	}
	if n := len(unknown); n > 0 {
		const most = 5
		list := strings.Join(unknown[:min(n, most)], ", ")
		if n > most {
			list += fmt.Sprintf(" and %d more", n-most)
		}
		return nil, models.FieldErrorf(models.Invalid, "named", "nobody here is known as %s; nobody was given access", list)
	}
	return actors, nil
}

// actorNamed finds a member by address or username, else an actor by external id or by the address that its application gave; nil is nobody.
func actorNamed(tx *gorm.DB, d Doer, name string) (*models.Actor, error) {
	var u models.User
	err := tx.Where("(email = ? OR lower(username) = ?) AND id IN (?)", strings.ToLower(name), strings.ToLower(name),
		tx.Model(&models.Membership{}).Select("user_id").Where("workspace_id = ?", d.Workspace.ID)).Order("id").Limit(1).Find(&u).Error
	if err != nil {
		return nil, fmt.Errorf("find a user: %w", err)
	}
	if u.ID != 0 {
		a, err := memberActor(tx, d, &u)
		return &a, err
	}
	var a models.Actor
	err = tx.Where("workspace_id = ? AND type = ? AND (external_id = ? OR lower(email) = ?)", d.Workspace.ID, models.ActorUser, name, strings.ToLower(name)).
		Order(clause.OrderBy{Expression: gorm.Expr("external_id <> ?, merged_into IS NOT NULL, id", name)}).Limit(1).Find(&a).Error
	if err != nil {
		return nil, fmt.Errorf("find an actor: %w", err)
	}
	if a.ID == 0 {
		return nil, nil
	}
	return &a, nil
}

// leavers finds the actors of those who are to lose access: all that a person is.
func (c AccessChange) leavers(tx *gorm.DB, d Doer) ([]models.Actor, error) {
	actors, err := actorsHere(tx, d, "revoke", c.Revoke)
	if err != nil || len(c.RevokeUsers) == 0 {
		return actors, err
	}
	var theirs []models.Actor
	roots := tx.Model(&models.Actor{}).Select("coalesce(merged_into, id)").Where("workspace_id = ? AND user_id IN ?", d.Workspace.ID, c.RevokeUsers)
	if err := tx.Where("workspace_id = ? AND coalesce(merged_into, id) IN (?)", d.Workspace.ID, roots).Order("id").Find(&theirs).Error; err != nil {
		return nil, fmt.Errorf("find actors: %w", err)
	}
	return append(actors, theirs...), nil
}
