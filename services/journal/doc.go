// Package journal posts: a single writer, elected among all processes, moves events from the inbox into activities, in one order
// without gaps, and keeps the rollups in step.
//
// It alone writes activities, daily_counts, hourly_counts, their totals, journal_head, workspace_heads, recounts, rejected and tombstones, and it alone deletes from
// the inbox. What others have to do to activities they do in its turns (Chore): what is deleted for good goes by Remove, what is replaced by Erase, which also writes
// activity_salts and erased_groups. Who has been forgotten is taken out of events before they are posted (Screen).
// It imports models, services/database, services/account (actors and projects), services/ingest (to record its own acts) and services/proof.
package journal
