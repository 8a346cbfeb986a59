package auth

// costs is what a hash costs in the program.
var costs = *hashParams

// In tests it costs a little: a hundred sign-ins are about counting, not about hashing.
func init() { hashParams.Memory = 4 << 10 }

// TakeTurns takes both turns at hashing, until they are given back.
func TakeTurns() (giveBack func()) {
	hashing <- struct{}{}
	hashing <- struct{}{}
	return func() { <-hashing; <-hashing }
}
