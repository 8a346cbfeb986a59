// Package privacy deletes activities for good: by hand, a period and a filter at a time (a purge), and by rules, those that are older than they are kept
// (retention). It also keeps legal holds, which spare activities from that and from anonymising.
//
// A purge is a record, and so is a run of retention. The journal's writer carries them out in its turns (journal.Chore), a bounded stretch of numbers at a
// time, so that posting goes on between two of them, and so that it goes on where it was after a crash. Each piece is one transaction: the rows go, and with
// them their words and what they add to the rollups, and a tombstone stays of each (migrations/00007_purge.sql); where a rule says so, a copy is written
// into an archive first (export.Keep).
//
// # Retention
//
// The first rule that fits an activity decides; what no rule fits is kept. A run begins at an hour of the workspace's zone, in the writer's turn, so there is
// one whatever the number of processes; a night that was missed is caught up once. Numbers ascend with the time of recording, so where a rule has to stop is
// found by halving, and where it has to begin is remembered (retention_rules.done_seq): a night reads what has become old enough since, whatever the size of
// the workspace. Rules that are changed begin again, and so does what a hold spared when one is lifted.
//
// # Holds
//
// A hold takes effect at once: whoever places or lifts one waits for the writer's turn, so that no piece is in the middle. Its words are in the database too
// (is_held), whose functions refuse to delete or erase what is held.
//
// Files of exports in which deleted activities may be are withdrawn at the end of a purge.
//
// It alone writes purges, retentions, retention_rules and holds. It imports models, services/access, services/account, services/database, services/export,
// services/feed, services/ingest, services/journal and services/stats.
package privacy
