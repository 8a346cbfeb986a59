// Package ingest takes events in: it reads and checks them, claims their ids and makes them durable in the inbox, in the caller's
// transaction. What it accepts, the journal posts; what it refuses leaves no trace.
//
// It alone writes event_ids, inbox and sources. It imports models and services/database.
package ingest
