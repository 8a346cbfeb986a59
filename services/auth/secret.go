package auth

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
)

// randomText gives n random bytes in a form that is safe in cookies, headers and addresses.
func randomText(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails (crypto/rand)
	return base64.RawURLEncoding.EncodeToString(b)
}

// hashOf is how secrets with enough randomness of their own are stored.
func hashOf(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

// Keys are derived from the instance's secret, one for each purpose.
type Keys struct{ secret []byte }

// NewKeys takes the instance's secret.
func NewKeys(secret []byte) Keys { return Keys{secret} }

// For gives the 32-byte key for a purpose.
func (k Keys) For(purpose string) []byte {
	mac := hmac.New(sha256.New, k.secret)
	mac.Write([]byte("daybook/" + purpose))
	return mac.Sum(nil)
}
