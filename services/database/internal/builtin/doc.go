// Package builtin answers for a PostgreSQL server that Daybook runs itself in a folder: finding PostgreSQL's programs,
// making the cluster, starting, joining, restarting and stopping the server among several processes. It knows nothing of
// Daybook's tables and writes none. It may import filelock, pgx and nothing else of ours.
//
// Three files in the folder decide between processes, so that nothing depends on a process ending well:
//
//	start.lock     exclusive, for as long as somebody looks at the server and starts or stops it
//	postgres.lock  shared, by every process that uses the server; who can take it exclusively is the last one
//	postgres/      the cluster; made under another name and renamed, so it exists as a whole or not at all
//
// Nothing here deletes a cluster or repairs one by hand: PostgreSQL's own lock files are waited for, never removed.
package builtin
