// Package erasure has people forgotten while the record stays whole: it anonymises somebody wherever they are known, keeps their later events
// anonymous, and does both again after a restore.
//
// An erasure is a record. The journal's writer carries it out in its turns (journal.Chore): first, in one transaction, whoever the person is becomes
// nobody (a line of the ledger outside the database, the hashes of their names, their record, sessions, tokens, actors), so that from then on nothing
// that is sent brings them back; then what they did themselves, by index; then a pass over the numbers of each workspace, a bounded stretch at a time; last what
// is kept beside activities. What is certain goes by itself, what is not is asked (doubts), what is held waits for the hold to be lifted. Then PostgreSQL clears away what was replaced.
//
// It alone writes erasures, erasure_workspaces, erasure_doubts and forgotten, and the ledger. Tables of others are written by a function of whoever owns
// them (Forget…, Rewrite…, Empty…), in its transaction; a test walks the catalogue of the database and asks of every column what becomes of it. It
// imports models, services/account, services/access, services/auth, services/database, services/export, services/feed, services/ingest,
// services/journal, services/lastvisit, services/mention, services/privacy, services/proof, services/savedview and services/vocabulary.
package erasure
