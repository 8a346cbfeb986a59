// Package auth answers who somebody is: passwords, sign-in with its limits, sessions, tokens, and the link that sets up an instance.
//
// It alone writes sessions, tokens, sign_in_attempts and setup_links. It imports models, services/database and services/ingest (its acts are
// activities).
package auth
