// Package stats counts activities from the rollups: whole days from the cube, the ragged ends of a range from rows.
//
// It writes no table. It imports models, services/access, services/database and services/feed (a count and its list share conditions).
package stats
