package erasure

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"daybook/models"
	"daybook/services/database"
)

// record is the record of a user, or of an actor: what never moves from one person to another. An address does, and so does whom an id of an application means.
type record struct {
	calledSo
	workspace uuid.UUID // of an actor
	made      time.Time
}

// hashOfRecord is what is kept of a record: its number, and when it was made, for after a restore another one may get the number.
func (k keys) hashOfRecord(r record) Hash {
	kind, id := "actor", r.actor
	if r.user != 0 {
		kind, id = "user", r.user
	}
	return k.hashOf(kind + "\x00" + r.workspace.String() + "\x00" + strconv.FormatInt(id, 10) + "\x00" + strconv.FormatInt(r.made.UnixMicro(), 10))
}

// staysOf gives the hashes of the records that somebody is.
func (s *Service) staysOf(ctx context.Context, tx database.Tx, p *person) (stays []Hash, err error) {
	rows, err := tx.Query(ctx, `SELECT 0::bigint, id, '00000000-0000-0000-0000-000000000000'::uuid, created_at FROM users WHERE id = $1 AND erased_at IS NULL
		UNION ALL SELECT id, 0, workspace_id, created_at FROM actors WHERE id = ANY ($2) AND erased_at IS NULL ORDER BY 2, 1`, p.userID(), p.actorIDs(uuid.Nil))
	if err != nil {
		return nil, fmt.Errorf("read the records of somebody: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var r record
		if err := rows.Scan(&r.actor, &r.user, &r.workspace, &r.made); err != nil {
			return nil, fmt.Errorf("read the records of somebody: %w", err)
		}
		stays = append(stays, s.keys.hashOfRecord(r))
	}
	return stays, rows.Err()
}

// withHashes adds hashes to others, each once.
func withHashes(all, more []Hash) []Hash {
	for _, h := range more {
		if !containsHash(all, h) {
			all = append(all, h)
		}
	}
	return all
}

func containsHash(all []Hash, h Hash) bool {
	return slices.ContainsFunc(all, func(each Hash) bool { return string(each) == string(h) })
}

// bytesOf gives hashes as the database has them.
func bytesOf(hashes []Hash) [][]byte {
	list := make([][]byte, len(hashes))
	for i, h := range hashes {
		list[i] = h
	}
	return list
}

func hashesFrom(list [][]byte) (hashes []Hash) {
	for _, h := range list {
		hashes = append(hashes, h)
	}
	return hashes
}

// calledSo is an actor or a user.
type calledSo struct{ actor, user int64 }

// roll is everybody there is: by the hashes of their external ids and addresses, and by those of their records. What Daybook calls its own users tells nobody:
// after a restore the number may be somebody else's.
type roll struct {
	called  map[string][]calledSo // by a workspace and a hash (inRoll); users by the built-in one
	byStay  map[string]calledSo
	stays   map[calledSo]Hash
	records map[calledSo]record
}

func inRoll(workspace uuid.UUID, hash []byte) string { return string(workspace[:]) + string(hash) }

func (s *Service) callTheRoll(ctx context.Context) (*roll, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT workspace_id, id, 0::bigint, CASE WHEN external_id LIKE 'daybook:%' THEN '' ELSE external_id END, coalesce(email, ''), created_at FROM actors WHERE erased_at IS NULL
		UNION ALL SELECT $1, 0, id, '', email, created_at FROM users WHERE erased_at IS NULL`, models.BuiltInWorkspace)
	if err != nil {
		return nil, fmt.Errorf("look for people: %w", err)
	}
	defer rows.Close()
	all := &roll{called: map[string][]calledSo{}, byStay: map[string]calledSo{}, stays: map[calledSo]Hash{}, records: map[calledSo]record{}}
	for rows.Next() {
		var r record
		var workspace uuid.UUID
		var id, email string
		if err := rows.Scan(&workspace, &r.actor, &r.user, &id, &email, &r.made); err != nil {
			return nil, fmt.Errorf("look for people: %w", err)
		}
		if id != "" {
			key := inRoll(workspace, s.keys.hashOfID(id))
			all.called[key] = append(all.called[key], r.calledSo)
		}
		if email != "" {
			key := inRoll(workspace, s.keys.hashOfEmail(email))
			all.called[key] = append(all.called[key], r.calledSo)
		}
		if r.actor != 0 {
			r.workspace = workspace
		}
		h := s.keys.hashOfRecord(r)
		all.byStay[string(h)], all.stays[r.calledSo], all.records[r.calledSo] = r.calledSo, h, r
	}
	return all, rows.Err()
}

// of finds those who may be in an entry of the ledger, by their records, or by what they are called: one person nearly always.
func (r *roll) of(ctx context.Context, tx database.Tx, e Entry) (people []*person, err error) {
	var users, actors []int64
	add := func(who calledSo) {
		if who.user != 0 {
			users = append(users, who.user)
		} else {
			actors = append(actors, who.actor)
		}
	}
	for _, h := range e.Stays {
		if who, there := r.byStay[string(h)]; there {
			add(who)
		}
	}
	for workspace, hashes := range e.Workspaces {
		for _, h := range hashes {
			for _, who := range r.called[inRoll(workspace, h)] {
				add(who)
			}
		}
	}
	slices.Sort(users)
	slices.Sort(actors)
	return peopleFrom(ctx, tx, slices.Compact(users), slices.Compact(actors))
}

// isIn tells whether somebody is for certain whom an entry is about: each of their records is in it, or was made since. Whoever is more than that by what the
// backup says was somebody else when it was written, in part.
func (r *roll) isIn(p *person, e Entry) bool {
	is := false
	if p.user != nil && p.user.ErasedAt == nil {
		if is = containsHash(e.Stays, r.stays[calledSo{user: p.user.ID}]); !is {
			return false
		}
	}
	for _, a := range p.actors {
		who := calledSo{actor: a.ID}
		switch {
		case a.ErasedAt != nil:
		case containsHash(e.Stays, r.stays[who]):
			is = true
		case !r.records[who].made.After(e.At):
			return false
		}
	}
	return is
}

// taken gives those of some hashes that somebody has.
func (r *roll) taken(hashes map[uuid.UUID][][]byte) map[uuid.UUID][][]byte {
	nobodys, taken := r.spare(hashes, nil), map[uuid.UUID][][]byte{}
	for workspace, list := range hashes {
		for _, h := range list {
			if !slices.ContainsFunc(nobodys[workspace], func(other []byte) bool { return bytes.Equal(h, other) }) {
				taken[workspace] = append(taken[workspace], h)
			}
		}
	}
	return taken
}

// spare gives those of some hashes that nobody has but these people: an address that somebody else has by what is there now does not make them anonymous.
func (r *roll) spare(hashes map[uuid.UUID][][]byte, people []*person) map[uuid.UUID][][]byte {
	these := map[calledSo]bool{}
	for _, p := range people {
		if p.user != nil {
			these[calledSo{user: p.user.ID}] = true
		}
		for _, id := range p.actorIDs(uuid.Nil) {
			these[calledSo{actor: id}] = true
		}
	}
	spare := map[uuid.UUID][][]byte{}
	for workspace, list := range hashes {
		for _, h := range list {
			taken := func(who calledSo) bool { return !these[who] }
			users := func(who calledSo) bool { return who.user != 0 && taken(who) }
			if !slices.ContainsFunc(r.called[inRoll(workspace, h)], taken) && !slices.ContainsFunc(r.called[inRoll(models.BuiltInWorkspace, h)], users) {
				spare[workspace] = append(spare[workspace], h)
			}
		}
	}
	return spare
}
