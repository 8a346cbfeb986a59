// Package auth answers who somebody is: passwords, sign-in with its limits, sessions, tokens, and links that open something once.
//
// It alone writes sessions, tokens, sign_in_attempts and links. It imports models, services/database and services/ingest (its acts are
// activities).
package auth
