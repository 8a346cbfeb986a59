package erasure

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"daybook/services/auth"
)

// keys are made from the instance's secret, which is not in the database: whoever has the database alone can neither guess who was forgotten nor read
// who is looked for.
type keys struct{ hash, seal []byte }

func newKeys(k auth.Keys) keys {
	return keys{hash: k.For("forgotten"), seal: k.For("terms of erasures")}
}

// hashOfID is what is kept of an external id. It is compared as it is written: two applications may well tell "A1" from "a1".
func (k keys) hashOfID(id string) []byte { return k.hashOf("id\x00" + id) }

// hashOfEmail is what is kept of an address; case does not matter.
func (k keys) hashOfEmail(email string) []byte {
	return k.hashOf("email\x00" + strings.ToLower(email))
}

func (k keys) hashOf(text string) []byte {
	mac := hmac.New(sha256.New, k.hash)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

// doubtHash is what is kept of a place that somebody decided about: a JSON pointer may well name somebody.
func (k keys) doubtHash(d place) string {
	return hex.EncodeToString(k.hashOf(strings.Join([]string{"doubt", d.workspace.String(), d.target, d.id, d.path, d.kind}, "\x00")))
}

// hashPrefix begins a path that is a hash already: of an erasure that is done.
const hashPrefix = "#"

// hashed is the hash of a place, whether it is kept in words or not.
func (k keys) hashed(p place) string {
	if hash, is := strings.CutPrefix(p.path, hashPrefix); is {
		return hash
	}
	return k.doubtHash(p)
}
