package erasure

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"daybook/models"
	"daybook/services/account"
	"daybook/services/database"
	"daybook/services/mention"
)

// terms is what an erasure looks for, as long as it is not done. It is kept sealed: nobody reads from the database alone who it was.
type terms struct {
	Workspaces map[uuid.UUID]known
	Names      []string                           // before the first turn: what they were called, which takes long to find
	Addresses  map[uuid.UUID][]mention.NetAddress // and where they were
	Decisions  map[string]bool                    // of an erasure that is done again: which doubts were replaced (doubtHash)
}

// known is what a workspace knows a person by.
type known struct {
	Person mention.Person
	Actors map[int64]string // the external ids that their actors have from now on
	Ours   []int64          // the sources that are parts of Daybook
	User   string           // the id of their record, by which Daybook's own activities are about them; empty: they have none
}

// isOurs are the sources that are parts of Daybook. The demo sends what an application would.
const isOurs = `kind = 'daybook' AND key <> 'demo'`

// termsOf makes what is to be looked for in each workspace. The actors are those of the database now; is gives their external ids from now on.
func (p *person) termsOf(ctx context.Context, tx database.Tx, is map[int64]string) (*terms, error) {
	t := &terms{Workspaces: map[uuid.UUID]known{}, Decisions: map[string]bool{}}
	var ours []int64
	if err := tx.QueryRow(ctx, `SELECT coalesce(array_agg(id), '{}') FROM sources WHERE `+isOurs).Scan(&ours); err != nil {
		return nil, fmt.Errorf("look for Daybook's own sources: %w", err)
	}
	for _, workspace := range p.workspaces {
		others, err := p.others(ctx, tx, workspace)
		if err != nil {
			return nil, err
		}
		k := known{Ours: ours, Actors: map[int64]string{}, Person: mention.Person{Emails: p.emailsIn(workspace), Usernames: p.usernamesIn(workspace)}}
		k.Person.Addresses, k.Person.Others, k.Person.Alike = p.addresses[workspace], p.alike(others), p.alikes[workspace]
		for _, name := range p.names {
			if strings.Contains(name, "@") && p.shared[workspace][strings.ToLower(name)] { // somebody else's address
				continue
			}
			k.Person.Names = append(k.Person.Names, mention.Name{Text: name, Shared: others[folded(name)], Unlike: isUnlike(name, others)})
		}
		for _, a := range p.actors {
			if a.WorkspaceID == workspace {
				k.Actors[a.ID] = is[a.ID]
				if a.ExternalID != "" && a.ErasedAt == nil { // one that was made as nobody was never called anything
					id, err := p.idOf(ctx, tx, a, is[a.ID])
					if err != nil {
						return nil, err
					}
					k.Person.IDs = append(k.Person.IDs, id)
				}
			}
		}
		k.addOwnID(p.user)
		t.Workspaces[workspace] = k
	}
	return t, nil
}

// isUnlike tells whether a name is a single word that is in no name of others.
func isUnlike(name string, others map[string]bool) bool {
	words := models.WordsOf(name)
	if len(words) != 1 {
		return false
	}
	for other := range others {
		if slices.Contains(strings.Fields(other), words[0]) {
			return false
		}
	}
	return true
}

// addOwnID adds the external id that Daybook gives the actor of a user, whether there is one or not: records name it.
func (k *known) addOwnID(u *models.User) {
	if u == nil {
		return
	}
	k.User = fmt.Sprint(u.ID)
	own := models.UserActor(u).ID
	if slices.ContainsFunc(k.Person.IDs, func(id mention.ID) bool { return id.Text == own }) {
		return
	}
	is := account.DeletedEmail(u.ID)
	for _, id := range k.Person.IDs {
		is = id.Is
	}
	k.Person.IDs = append(k.Person.IDs, mention.ID{Text: own, Is: is})
}

// others gives the names that others of a workspace bear, folded: those in which a word of the person's names may be, for there may be many others.
func (p *person) others(ctx context.Context, tx database.Tx, workspace uuid.UUID) (map[string]bool, error) {
	ask, user := `SELECT name FROM actors WHERE workspace_id = $1 AND id <> ALL ($2) AND erased_at IS NULL
		UNION ALL SELECT u.name FROM users u JOIN memberships m ON m.user_id = u.id WHERE m.workspace_id = $1 AND u.id <> $3`, int64(0)
	if workspace == models.BuiltInWorkspace {
		ask = `SELECT name FROM users WHERE id <> $3 AND erased_at IS NULL AND $1::uuid IS NOT NULL AND $2::bigint[] IS NOT NULL`
	}
	if p.user != nil {
		user = p.user.ID
	}
	rows, err := tx.Query(ctx, ask, workspace, p.actorIDs(workspace), user)
	if err != nil {
		return nil, fmt.Errorf("look for namesakes: %w", err)
	}
	defer rows.Close()
	names, words := map[string]bool{}, p.words()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, fmt.Errorf("look for namesakes: %w", err)
		}
		if mayHave(name, words) {
			names[folded(name)] = true
		}
	}
	return names, rows.Err()
}

// words are those of their names, folded.
func (p *person) words() map[string]bool {
	words := map[string]bool{}
	for _, name := range p.names {
		for _, word := range models.WordsOf(name) {
			words[word] = true
		}
	}
	return words
}

// mayHave tells quickly whether one of some words may be in a name. A name of plain letters has the words that stand in it as they are.
func mayHave(name string, words map[string]bool) bool {
	for i := range len(name) {
		if name[i] >= utf8.RuneSelf {
			return true
		}
	}
	lower := strings.ToLower(name)
	for word := range words {
		if strings.Contains(lower, word) {
			return true
		}
	}
	return false
}

// folded is a name without what does not make it another one.
func folded(name string) string { return strings.Join(models.WordsOf(name), " ") }

// sealed keeps the terms so that only who has the key reads them.
func (k keys) sealed(t *terms) ([]byte, error) {
	text, err := json.Marshal(t)
	if err != nil {
		return nil, fmt.Errorf("keep what is looked for: %w", err)
	}
	box, err := k.box()
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, box.NonceSize())
	_, _ = rand.Read(nonce) // never fails (crypto/rand)
	return box.Seal(nonce, nonce, text, nil), nil
}

// errOtherSecret is what stops an erasure for good, until somebody brings back the secret.
var errOtherSecret = errors.New("what an erasure looks for was sealed with another secret")

func (k keys) unsealed(sealed []byte) (*terms, error) {
	box, err := k.box()
	if err != nil {
		return nil, err
	}
	if len(sealed) < box.NonceSize() {
		return nil, errOtherSecret
	}
	text, err := box.Open(nil, sealed[:box.NonceSize()], sealed[box.NonceSize():], nil)
	if err != nil {
		return nil, errOtherSecret
	}
	t := &terms{}
	if err := json.Unmarshal(text, t); err != nil {
		return nil, fmt.Errorf("read what is looked for: %w", err)
	}
	return t, nil
}

func (k keys) box() (cipher.AEAD, error) {
	block, err := aes.NewCipher(k.seal)
	if err != nil {
		return nil, fmt.Errorf("seal what is looked for: %w", err)
	}
	return cipher.NewGCM(block)
}
