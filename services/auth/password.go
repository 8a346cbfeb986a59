package auth

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"runtime"
	"sync"

	"github.com/alexedwards/argon2id"
)

// hashing costs 64 MiB of memory at a time, so at most two run at once in a process.
var hashing = make(chan struct{}, 2)

var hashParams = &argon2id.Params{Memory: 64 << 10, Iterations: 1, Parallelism: uint8(min(4, runtime.NumCPU())), SaltLength: 16, KeyLength: 32}

// HashPassword makes the form in which a password is stored.
func HashPassword(ctx context.Context, password string) (string, error) {
	if err := takeTurn(ctx); err != nil {
		return "", err
	}
	defer func() { <-hashing }()
	return argon2id.CreateHash(password, hashParams)
}

// CheckPassword tells whether a password is the one behind a stored hash. An empty hash is no password's, and finding that out takes as
// long as for any other.
func CheckPassword(ctx context.Context, password, hash string) (bool, error) {
	if err := takeTurn(ctx); err != nil {
		return false, err
	}
	defer func() { <-hashing }()
	if hash == "" {
		_, err := argon2id.ComparePasswordAndHash(password, decoy())
		return false, err
	}
	return argon2id.ComparePasswordAndHash(password, hash)
}

func takeTurn(ctx context.Context) error {
	select {
	case hashing <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// decoy is compared with when there is no such user. It is a hash by its form alone: making a real one would make the first answer twice as
// slow as the others.
var decoy = sync.OnceValue(func() string {
	random := func(n uint32) string {
		b := make([]byte, n)
		_, _ = rand.Read(b) // never fails (crypto/rand)
		return base64.RawStdEncoding.EncodeToString(b)
	}
	p := hashParams
	return fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s", p.Memory, p.Iterations, p.Parallelism, random(p.SaltLength), random(p.KeyLength))
})
