// Package health answers how the whole instance does, for those who run it: whether events are posted, what was rejected, how much room and which
// backups there are, and what of it needs somebody's attention.
//
// It writes nothing. It imports models, services/database and services/journal.
package health
