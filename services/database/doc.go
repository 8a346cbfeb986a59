// Package database answers for Daybook's PostgreSQL: opening it (the one DATABASE_URL names, or the built-in server),
// migrating it, and backing it up and restoring it. Only it writes goose's table of migrations; the other tables belong
// to other packages. It imports migrations and its own internal packages, nothing else of ours.
//
// Errors of this package are sentences for an admin: no SQL, no password, no values. What caused them is wrapped.
package database
