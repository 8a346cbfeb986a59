// Package privacy deletes activities for good: so far by hand, a period and a filter at a time (a purge).
//
// A purge is a record. The journal's writer carries it out in its turns (journal.Chore), a bounded stretch of numbers at a time, so that posting goes
// on between two of them, and so that it goes on where it was after a crash. Each piece is one transaction: the rows go, and with them
// their words and what they add to the rollups, and a tombstone stays of each (migrations/00007_purge.sql).
//
// Files of exports in which purged activities may be are withdrawn at the end of a purge.
//
// It alone writes purges. It imports models, services/access, services/account, services/database, services/export, services/feed, services/ingest,
// services/journal and services/stats.
package privacy
