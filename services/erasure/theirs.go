package erasure

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/account"
	"daybook/services/database"
	"daybook/services/mention"
)

// keepTheirs leaves out of what they are known by what others have: an address or a username that is another user's by now, whoever had it before, and
// one that a workspace knows somebody else by who is not merged with them. The address of their own record is theirs, whoever else is said to have it. What others have
// that is only like theirs is kept beside, so that it is not taken for theirs.
func (p *person) keepTheirs(ctx context.Context, tx database.Tx) error {
	theirs := p.spelling()
	words, err := wordsOf(ctx, tx, `SELECT email FROM users WHERE erased_at IS NULL AND id <> $1 AND `+mayBe("email")+`
		UNION ALL SELECT username FROM users WHERE erased_at IS NULL AND id <> $1 AND username IS NOT NULL AND `+mayBe("username"), p.orZero(), theirs.sought())
	if err != nil {
		return err
	}
	taken, alike := theirs.sorted(words)
	isTaken := func(login string) bool { return taken[strings.ToLower(login)] }
	p.emails, p.usernames = slices.DeleteFunc(p.emails, isTaken), slices.DeleteFunc(p.usernames, isTaken)
	p.names = slices.DeleteFunc(p.names, func(name string) bool { return strings.Contains(name, "@") && isTaken(name) })
	p.shared, p.alikes = map[uuid.UUID]map[string]bool{}, map[uuid.UUID][]string{}
	for _, workspace := range p.workspaces {
		words, err := wordsOf(ctx, tx, `SELECT email FROM actors WHERE workspace_id = $3 AND erased_at IS NULL AND id <> ALL ($1) AND email IS NOT NULL AND `+mayBe("email")+`
			UNION ALL SELECT external_id FROM actors WHERE workspace_id = $3 AND erased_at IS NULL AND id <> ALL ($1) AND `+mayBe("external_id"), p.actorIDs(uuid.Nil), theirs.sought(), workspace)
		if err != nil {
			return err
		}
		shared, like := theirs.sorted(words)
		if p.user != nil {
			delete(shared, p.user.Email)
		}
		p.shared[workspace], p.alikes[workspace] = shared, p.few(slices.Concat(alike, like))
	}
	return p.addSharedIDs(ctx, tx)
}

// few bounds what is alike. Where there is more, what is theirs is only meant where it is written as it is.
func (p *person) few(alike []string) []string {
	if len(alike) <= mostAlike {
		return alike
	}
	return slices.Concat(alike[:mostAlike], p.emails, p.usernames, p.externalIDs())
}

// orZero is the number of their record; 0: they have none.
func (p *person) orZero() int64 {
	if p.user == nil {
		return 0
	}
	return p.user.ID
}

// spelling is how what somebody is known by is written.
type spelling struct {
	logins map[string]bool // addresses and usernames, in lower case
	ids    map[string]bool // external ids, as texts are compared
	folded map[string]bool // and all of it so
}

// spelling is how their addresses, usernames and ids are written. Those that are addresses are often names, too.
func (p *person) spelling() spelling {
	s := spelling{map[string]bool{}, map[string]bool{}, map[string]bool{}}
	logins := slices.Concat(p.emails, p.usernames)
	for _, name := range p.names {
		if strings.Contains(name, "@") {
			logins = append(logins, name)
		}
	}
	for _, login := range logins {
		s.logins[strings.ToLower(login)], s.folded[mention.Folded(login)] = true, true
	}
	for _, id := range p.externalIDs() {
		folded := mention.Folded(id)
		s.ids[folded], s.folded[folded] = true, true
	}
	return s
}

// externalIDs are those of their actors who are not erased.
func (p *person) externalIDs() (ids []string) {
	for _, a := range p.actors {
		if a.ErasedAt == nil && a.ExternalID != "" {
			ids = append(ids, a.ExternalID)
		}
	}
	return ids
}

// mayBe is a condition, $2 being what is sought, that finds in a column all that may be like it: what is the same but for case, whatever has letters with accents, and
// addresses with something behind a plus.
func mayBe(column string) string {
	return `(lower(` + column + `) = ANY ($2) OR octet_length(` + column + `) <> length(` + column + `) OR ` + column + ` LIKE '%+%@%')`
}

func (s spelling) sought() (words []string) {
	return slices.AppendSeq(slices.Collect(maps.Keys(s.logins)), maps.Keys(s.folded))
}

// sorted sorts words of others: those that are the same as a login, in lower case, and those that are alike. An id is another one in another case.
func (s spelling) sorted(words []string) (same map[string]bool, alike []string) {
	same = map[string]bool{}
	for _, word := range words {
		lower, folded := strings.ToLower(word), mention.Folded(word)
		if s.logins[lower] {
			same[lower] = true
		}
		if s.ids[folded] || !s.logins[lower] && (s.folded[folded] || s.folded[mention.Untagged(folded)]) {
			alike = append(alike, word)
		}
	}
	return same, alike
}

// emailsIn are the addresses by which a workspace knows them, and nobody else.
func (p *person) emailsIn(workspace uuid.UUID) []string { return p.unshared(workspace, p.emails) }

// usernamesIn are the usernames by which a workspace knows them, and nobody else.
func (p *person) usernamesIn(workspace uuid.UUID) []string { return p.unshared(workspace, p.usernames) }

func (p *person) unshared(workspace uuid.UUID, logins []string) []string {
	return slices.DeleteFunc(slices.Clone(logins), func(login string) bool { return p.shared[workspace][strings.ToLower(login)] })
}

// wordsOf asks for texts.
func wordsOf(ctx context.Context, tx database.Tx, question string, args ...any) (words []string, err error) {
	rows, err := tx.Query(ctx, question, args...)
	if err != nil {
		return nil, fmt.Errorf("look who else is called so: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var word string
		if err := rows.Scan(&word); err != nil {
			return nil, fmt.Errorf("look who else is called so: %w", err)
		}
		words = append(words, word)
	}
	return words, rows.Err()
}

// perhaps is a refusal because of a user whom the actors may be. It tells that an address is somebody's, so whoever goes on asking waits.
type perhaps struct{ error }

func (p perhaps) Unwrap() error { return p.error }

// mayAsThose refuses whoever may not anonymise the users whom the actors may be without being linked to them: those who have their address, and those
// whom they were said to be before. What they did, they could have got rid of otherwise.
func (p *person) mayAsThose(ctx context.Context, tx database.Tx, d account.Doer) error {
	users, err := p.perhapsUsers(ctx, tx)
	if err != nil {
		return err
	}
	for _, id := range users {
		if d.User != nil && d.User.ID == id {
			return models.Errorf(models.Conflict, "%s has your address, or was said to be you. Nobody anonymises themselves. Ask somebody else who administers.", p.shown)
		}
		if d.Role == access.Instance {
			continue
		}
		other, err := whoIs(ctx, tx, id, nil)
		if err != nil {
			return err
		}
		if err := other.lookHere(ctx, tx, d); err != nil {
			return err
		}
		if other.mayHere(d) != nil { // which names them, and they are not for everybody to know
			return perhaps{models.Errorf(models.Conflict, "%s has the address of somebody, or was said to be somebody, whom you may not anonymise. Ask an owner, or an instance admin.", p.shown)}
		}
	}
	return nil
}

func (p *person) perhapsUsers(ctx context.Context, tx database.Tx) ([]int64, error) {
	users, addresses := []int64{}, map[string]bool{}
	for _, word := range slices.Concat(p.emails, p.externalIDs(), p.names) {
		if folded := mention.Folded(word); strings.Contains(folded, "@") {
			addresses[folded], addresses[mention.Untagged(folded)] = true, true
		}
	}
	rows, err := tx.Query(ctx, `SELECT id, email, id IN (SELECT unnest(former_user_ids) FROM actors WHERE id = ANY ($3)) AS was FROM users WHERE erased_at IS NULL AND id <> $1
		AND (`+mayBe("email")+` OR id IN (SELECT unnest(former_user_ids) FROM actors WHERE id = ANY ($3))) ORDER BY id`, p.orZero(), slices.Collect(maps.Keys(addresses)), p.actorIDs(uuid.Nil))
	if err != nil {
		return nil, fmt.Errorf("look who actors may be: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var email string
		var was bool
		if err := rows.Scan(&id, &email, &was); err != nil {
			return nil, fmt.Errorf("look who actors may be: %w", err)
		}
		if was || addresses[mention.Folded(email)] {
			users = append(users, id)
		}
	}
	return users, rows.Err()
}

// whileTrying runs what tells whether an address is anybody's: only so many of these answers are given in a while.
func (s *Service) whileTrying(ctx context.Context, d account.Doer, do func() error) error {
	var refused error
	err := s.auth.TryAddress(ctx, d.User, func() error {
		refused = do()
		if told := (perhaps{}); errors.As(refused, &told) {
			return refused
		}
		return nil
	})
	if err != nil {
		return err
	}
	return refused
}
