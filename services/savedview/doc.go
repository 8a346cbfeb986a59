// Package savedview answers for filtered feeds that have a name: whose they are, who else sees them, and which one opens first.
//
// It alone writes saved_views and default_views. It imports models, services/access, services/database, services/feed (a view is one of its
// filters), services/account (by what name somebody acts) and services/ingest (sharing is recorded).
package savedview
