package erasure

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/account"
	"daybook/services/database"
)

// Replay is what doing erasures again came to.
type Replay struct {
	Entries int         // people in the ledger
	Begun   []uuid.UUID // erasures of those who are there again
	Kept    int         // of those who are not there: it was noted that they were forgotten, so that they stay anonymous when they come
	Known   int         // of whom nothing is there that is not known already
	Left    []LeftAlone // those who are or may be there, and of whom somebody has to say that they are meant
}

// Replay anonymises those of a ledger who are there again, because a backup from before was restored. It may be called again.
func (s *Service) Replay(ctx context.Context, entries []Entry, how Again) (r Replay, err error) {
	r.Entries = len(entries)
	there, err := s.callTheRoll(ctx)
	if err != nil {
		return r, err
	}
	for _, e := range entries {
		err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
			people, err := there.of(ctx, database.PgxTx(tx), e)
			if err != nil {
				return err
			}
			return s.again(ctx, database.PgxTx(tx), redoing{e, how, there, people}, &r)
		})
		if err != nil {
			return r, fmt.Errorf("do erasure %s again: %w", e.Erasure, err)
		}
	}
	if len(r.Begun) > 0 {
		s.journal.Wake()
	}
	return r, nil
}

// redoing is an erasure that is to be done again.
type redoing struct {
	Entry
	how   Again
	roll  *roll
	there []*person
}

// again does one erasure again.
func (s *Service) again(ctx context.Context, tx database.Tx, e redoing, r *Replay) error {
	missing, err := missingOf(ctx, tx, e.Entry)
	if err != nil {
		return err
	}
	var begun, theirs []*person // who is begun now, and these with those who are under way
	left, unsure := 0, len(e.Stays) == 0
	for _, p := range e.there {
		if id, err := thereIs(ctx, tx, p); err != nil {
			return err
		} else if id != uuid.Nil {
			theirs = append(theirs, p)
			continue
		}
		if why, err := e.whyNot(ctx, tx, p); err != nil {
			return err
		} else if why != "" {
			r.Left = append(r.Left, LeftAlone{e.Erasure, p.called(), p.userID(), p.actorIDs(uuid.Nil), why})
			left++
			unsure = unsure || e.roll.isIn(p, e.Entry)
			continue
		}
		begun, theirs = append(begun, p), append(theirs, p)
	}
	missing = e.roll.spare(missing, theirs) // whoever is left alone is not made anonymous by what they send, either
	switch {
	case len(begun) > 0:
		ids, err := s.beginAgain(ctx, tx, e, begun, missing)
		r.Begun = append(r.Begun, ids...)
		return err
	case left > 0 && (unsure || len(missing) == 0): // what else there is of the entry may be theirs
	case len(missing) == 0:
		r.Known++
	default:
		r.Kept++
		return s.keepAway(ctx, tx, e.Entry, missing)
	}
	return nil
}

// beginAgain begins with those who are there. What of the entry is nobody's keeps the first of them anonymous.
func (s *Service) beginAgain(ctx context.Context, tx database.Tx, e redoing, people []*person, missing map[uuid.UUID][][]byte) (ids []uuid.UUID, err error) {
	for i, p := range people {
		id, err := freshID(ctx, tx, e.Erasure)
		if err != nil {
			return nil, err
		}
		b := beginning{person: p, by: account.CommandLine(nil), id: id, decisions: e.Decisions, kinds: e.Kinds, first: &e.At, stays: e.Stays}
		if _, err := s.begin(ctx, tx, b); err != nil {
			return nil, err
		}
		ids = append(ids, id)
		if err := s.keepHashes(ctx, tx, id, p, e.roll.spare(missing, []*person{p})); err != nil {
			return nil, err
		}
		if i == 0 {
			missing = e.roll.taken(missing)
		}
	}
	return ids, nil
}

// peopleFrom makes people of users and actors, each once.
func peopleFrom(ctx context.Context, tx database.Tx, users, actors []int64) (people []*person, err error) {
	taken := map[int64]bool{}
	add := func(user int64, actors ...int64) error {
		p, err := whoIs(ctx, tx, user, actors)
		if err != nil || p.isErased() { // since the roll was called
			return err
		}
		for _, id := range p.actorIDs(uuid.Nil) {
			taken[id] = true
		}
		people = append(people, p)
		return nil
	}
	for _, user := range users {
		if err := add(user); err != nil {
			return nil, err
		}
	}
	for _, actor := range actors {
		if taken[actor] {
			continue
		}
		if err := add(0, actor); err != nil {
			return nil, err
		}
	}
	return people, nil
}

// freshID is the id of an erasure that is done again: the same one, unless there is one of that name.
func freshID(ctx context.Context, tx database.Tx, id uuid.UUID) (uuid.UUID, error) {
	var taken bool
	if err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM erasures WHERE id = $1)`, id).Scan(&taken); err != nil {
		return id, fmt.Errorf("look for an erasure: %w", err)
	}
	if taken {
		return uuid.NewV7()
	}
	return id, nil
}

// missingOf gives the hashes of an entry that are not kept, of the workspaces there are.
func missingOf(ctx context.Context, tx database.Tx, e Entry) (map[uuid.UUID][][]byte, error) {
	missing := map[uuid.UUID][][]byte{}
	for workspace, hashes := range e.Workspaces {
		list := make([][]byte, len(hashes))
		for i, h := range hashes {
			list[i] = h
		}
		var lacking []string
		err := tx.QueryRow(ctx, `SELECT coalesce(array_agg(encode(h, 'hex')), '{}') FROM unnest($2::bytea[]) AS h
			WHERE EXISTS (SELECT FROM workspaces WHERE id = $1) AND NOT EXISTS (SELECT FROM forgotten f WHERE f.workspace_id = $1 AND f.hash = h)`, workspace, list).Scan(&lacking)
		if err != nil {
			return nil, fmt.Errorf("look who was forgotten: %w", err)
		}
		for _, text := range lacking {
			var h Hash
			if err := h.UnmarshalText([]byte(text)); err != nil {
				return nil, fmt.Errorf("look who was forgotten: %w", err)
			}
			missing[workspace] = append(missing[workspace], h)
		}
	}
	return missing, nil
}

// keepHashes keeps the hashes of a ledger for somebody who is there again.
func (s *Service) keepHashes(ctx context.Context, tx database.Tx, id uuid.UUID, p *person, missing map[uuid.UUID][][]byte) error {
	for workspace, hashes := range missing {
		if len(p.actorIDs(workspace)) == 0 {
			made, err := account.MakeDeleted(ctx, tx, workspace, p.userID())
			if err != nil {
				return err
			}
			if err := (keeping{id, workspace, made, hashes}).keep(ctx, tx); err != nil {
				return err
			}
			continue
		}
		if err := s.keepAs(ctx, tx, p, keeping{erasure: id, workspace: workspace, hashes: hashes}); err != nil {
			return err
		}
	}
	return nil
}

// keepAs keeps hashes for somebody who has actors in a workspace: that of an external id for the actor whose it is, every other one for the actor who stands
// for all of them.
func (s *Service) keepAs(ctx context.Context, tx database.Tx, p *person, k keeping) error {
	root, of := p.actorIDs(k.workspace)[0], map[string]int64{}
	for _, a := range p.actors {
		if a.WorkspaceID != k.workspace {
			continue
		}
		if a.MergedInto == nil {
			root = a.ID
		}
		if a.ExternalID != "" {
			of[string(s.keys.hashOfID(a.ExternalID))] = a.ID
		}
	}
	byActor := map[int64][][]byte{}
	for _, h := range k.hashes {
		stands, own := of[string(h)]
		if !own {
			stands = root
		}
		byActor[stands] = append(byActor[stands], h)
	}
	for actor, hashes := range byActor {
		if err := (keeping{k.erasure, k.workspace, actor, hashes}).keep(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}

// keeping is by what a workspace knows somebody who was forgotten, and who they are now.
type keeping struct {
	erasure, workspace uuid.UUID
	actor              int64
	hashes             [][]byte
}

func (k keeping) keep(ctx context.Context, tx database.Tx) error {
	_, err := tx.Exec(ctx, `INSERT INTO forgotten (workspace_id, hash, actor_id, erasure_id) SELECT $1, hash, $3, $4 FROM unnest($2::bytea[]) AS hash ON CONFLICT DO NOTHING`,
		k.workspace, k.hashes, k.actor, k.erasure)
	if err != nil {
		return fmt.Errorf("keep who was forgotten: %w", err)
	}
	return nil
}

// keepAway keeps somebody anonymous who is not there, should they come.
func (s *Service) keepAway(ctx context.Context, tx database.Tx, e Entry, missing map[uuid.UUID][][]byte) error {
	id, err := freshID(ctx, tx, e.Erasure)
	if err != nil {
		return err
	}
	by, err := json.Marshal(models.CommandLine)
	if err != nil {
		return fmt.Errorf("keep who asked: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO erasures (id, state, asked_by, started_at, ended_at, first_at, stays) VALUES ($1, 'done', $2::text::jsonb, now(), now(), $3, $4)`, id, string(by), e.At, bytesOf(e.Stays))
	if err != nil {
		return fmt.Errorf("keep who was forgotten: %w", err)
	}
	for workspace, hashes := range missing {
		made, err := account.MakeDeleted(ctx, tx, workspace, nil)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO erasure_workspaces (erasure_id, workspace_id, actor_ids) VALUES ($1, $2, $3)`, id, workspace, []int64{made}); err != nil {
			return fmt.Errorf("keep who was forgotten: %w", err)
		}
		if err := (keeping{id, workspace, made, hashes}).keep(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}

// Recorded makes a ledger anew, from what the database knows of those who were forgotten.
func (s *Service) Recorded(ctx context.Context) (entries []Entry, err error) {
	tx, err := s.pool.BeginTx(ctx, pgx.TxOptions{AccessMode: pgx.ReadOnly, IsoLevel: pgx.RepeatableRead})
	if err != nil {
		return nil, fmt.Errorf("read erasures: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	rows, err := tx.Query(ctx, `SELECT e.id, coalesce(e.first_at, e.started_at, e.created_at), e.decided::text, e.stays, coalesce(e.user_id, 0),
		(SELECT coalesce(jsonb_agg(jsonb_build_array(f.workspace_id, encode(f.hash, 'hex'))), '[]') FROM forgotten f WHERE f.erasure_id = e.id)::text FROM erasures e ORDER BY e.id`)
	if err != nil {
		return nil, fmt.Errorf("read erasures: %w", err)
	}
	entries, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (e Entry, err error) {
		var at time.Time
		var kinds, hashes string
		var user int64
		var stays [][]byte
		if err := row.Scan(&e.Erasure, &at, &kinds, &stays, &user, &hashes); err != nil {
			return e, err
		}
		e.At, e.Stays = at.UTC(), hashesFrom(stays)
		if err := json.Unmarshal([]byte(kinds), &e.Kinds); err != nil {
			return e, err
		}
		own := Hash(s.keys.hashOfID(models.UserActor(&models.User{ID: user}).ID))
		e.Workspaces, err = withoutOwn(hashes, string(own))
		return e, err
	})
	if err != nil {
		return nil, fmt.Errorf("read erasures: %w", err)
	}
	for i := range entries {
		if entries[i].Decisions, err = s.allDecisions(ctx, database.PgxTx(tx), entries[i].Erasure, nil); err != nil {
			return nil, err
		}
	}
	return entries, nil
}

// withoutOwn reads pairs of a workspace and a hash, and leaves out one.
func withoutOwn(pairs, own string) (map[uuid.UUID][]Hash, error) {
	var read [][2]string
	if err := json.Unmarshal([]byte(pairs), &read); err != nil {
		return nil, err
	}
	out := map[uuid.UUID][]Hash{}
	for _, pair := range read {
		id, err := uuid.Parse(strings.TrimSpace(pair[0]))
		if err != nil {
			return nil, err
		}
		var h Hash
		if err := h.UnmarshalText([]byte(pair[1])); err != nil {
			return nil, err
		}
		if string(h) != own {
			out[id] = append(out[id], h)
		}
	}
	return out, nil
}
