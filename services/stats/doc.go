// Package stats counts activities from the rollups: whole days from the cube, or its totals for who reads everything, whole hours from the hourly
// rollup, and the ragged ends of a range from rows. What the rollups cannot tell is counted from rows, of which it looks at CountedRows at most.
//
// Every count of a stretch of time, of a bar of a series too, is the number of rows that a list has for the same filter with the ends of that stretch.
//
// It writes no table. It imports models, services/access, services/database and services/feed (a count and its list share conditions).
package stats
