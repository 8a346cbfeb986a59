package auth

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/gob"
	"fmt"

	"github.com/google/uuid"

	"daybook/models"
	"daybook/services/database"
)

// Ended is how much of somebody's access ended.
type Ended struct{ Sessions, Tokens int64 }

// ForgetUser ends all by which a user got in, and leaves nothing of it that names them, or where they were. logins are the names by which they tried to
// sign in. It is for services/erasure, in its transaction.
func (s *Service) ForgetUser(ctx context.Context, tx database.Tx, user int64, logins []string) (e Ended, err error) {
	if e.Sessions, err = tx.Exec(ctx, `DELETE FROM sessions WHERE user_id = $1`, user); err != nil {
		return e, fmt.Errorf("end sessions: %w", err)
	}
	e.Tokens, err = tx.Exec(ctx, `UPDATE tokens SET name = 'Deleted', last_used_ip = NULL, revoked_at = coalesce(revoked_at, now()) WHERE user_id = $1`, user)
	if err != nil {
		return e, fmt.Errorf("end tokens: %w", err)
	}
	_, err = tx.Exec(ctx, `UPDATE links SET revoked_at = coalesce(revoked_at, now()) WHERE kind = 'password' AND user_id = $1 AND used_at IS NULL`, user)
	if err != nil {
		return e, fmt.Errorf("revoke links: %w", err)
	}
	keys := [][]byte{}
	for _, who := range append([]string{fmt.Sprintf("user/%d", user), fmt.Sprintf("address of user/%d", user)}, named(logins)...) {
		mac := hmac.New(sha256.New, s.attemptKey)
		mac.Write([]byte(who))
		keys = append(keys, mac.Sum(nil))
	}
	if _, err := tx.Exec(ctx, `DELETE FROM sign_in_attempts WHERE key = ANY ($1)`, keys); err != nil {
		return e, fmt.Errorf("forget failed sign-ins: %w", err)
	}
	return e, nil
}

// named are what failures of a login that is nobody's are counted under (attemptKeys).
func named(logins []string) (keys []string) {
	for _, login := range logins {
		keys = append(keys, "name/"+login)
	}
	return keys
}

// ForgetAddresses withdraws the invitations of a workspace for some addresses, and keeps of none of them, used or not, for whom it was.
func ForgetAddresses(ctx context.Context, tx database.Tx, workspace uuid.UUID, emails []string) (invitations int64, err error) {
	invitations, err = tx.Exec(ctx, `UPDATE links SET email = NULL, revoked_at = CASE WHEN used_at IS NULL THEN coalesce(revoked_at, now()) ELSE revoked_at END
		WHERE workspace_id = $1 AND email = ANY ($2)`, workspace, emails)
	if err != nil {
		return 0, fmt.Errorf("withdraw invitations: %w", err)
	}
	return invitations, nil
}

// RewriteTokens replaces in the names of a workspace's tokens.
func RewriteTokens(ctx context.Context, tx database.Tx, p database.Piece, r database.Replace) (database.Done, error) {
	return database.Rewrite(ctx, tx, database.Texts{
		Target: "token", Places: []string{"/name"}, Longest: []int{models.MaxNameBytes},
		Find: `SELECT id::text, name FROM tokens WHERE workspace_id = $1 AND id > coalesce(nullif($2, ''), '0')::bigint ORDER BY tokens.id LIMIT $3`,
		Save: `UPDATE tokens SET name = $2 WHERE id = $1::bigint`,
	}, p, r)
}

// ForgetMessages takes messages for the next page out of sessions, where they name somebody. names tells whether a text does.
func ForgetMessages(ctx context.Context, tx database.Tx, names func(text string) bool) error {
	rows, err := tx.Query(ctx, `SELECT id, "values" FROM sessions WHERE position($1::bytea IN "values") > 0`, []byte("flash"))
	if err != nil {
		return fmt.Errorf("read messages: %w", err)
	}
	defer rows.Close()
	changed := map[string][]byte{}
	for rows.Next() {
		var id string
		var stored []byte
		if err := rows.Scan(&id, &stored); err != nil {
			return fmt.Errorf("read messages: %w", err)
		}
		values, ok := decode(stored)
		if !ok {
			continue
		}
		for key, value := range values {
			if text, is := value.(string); is && names(text) {
				delete(values, key)
				var kept bytes.Buffer
				if err := gob.NewEncoder(&kept).Encode(values); err != nil {
					return fmt.Errorf("forget a message: %w", err)
				}
				changed[id] = kept.Bytes()
			}
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read messages: %w", err)
	}
	rows.Close()
	for id, values := range changed {
		if _, err := tx.Exec(ctx, `UPDATE sessions SET "values" = $2 WHERE id = $1`, id, values); err != nil {
			return fmt.Errorf("forget a message: %w", err)
		}
	}
	return nil
}
