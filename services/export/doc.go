// Package export takes activities out: exactly the rows that a filter selects for somebody at one moment, in feed order, as CSV, JSON or lines of JSON. An
// export goes straight to whoever asks (Stream), or becomes a file that is made in the background (Files) and kept in PostgreSQL, in chunks. Both read by
// feed.Walk, of activities up to the newest at their start; both write by the same Encoder; of both there is a record that says how many rows and which
// bytes there were, and an activity at their end, however they end.
//
// Whoever loses access while it goes on gets no more of it. What breaks off ends in an error, never as if it were whole.
//
// # Forms
//
// CSV has lines that end with CR LF, and a heading. A cell that a spreadsheet would take for a formula begins with an apostrophe, and so does
// each part of one behind a comma, semicolon, tab or line break: where lists are parted by semicolons, Calc and Excel make cells of these. raw=true leaves
// all of them as they are, for machines: "a, -b" is "a,' -b" without. Empty lists and objects are empty cells. JSON is the array of the list's rows, NDJSON the same rows one a line. With columns they are
// objects of these keys, in this order. form=event gives them as they can be sent in again, to `daybook import` for instance. Times are RFC 3339 with six
// digits, in UTC unless a zone is asked for.
//
// # Limits
//
// Somebody has three files under way at once, of which one is made, and takes two streams and (in a process) four downloads. A file has MaxBytes at most,
// those that somebody keeps twice that, and those of everybody ten times that; a file that is being made fails when there is no room left. A download or
// stream takes twelve hours at most, and asks four times a second whether its reader still may.
//
// What retention deletes is kept in archives, which are no exports (Keep, RewriteArchives).
//
// It alone writes exports, export_chunks, export_choices and the tables of archives (archives, archive_chunks, archive_passes). It imports models and services/access, account, auth, database, feed, ingest, proof and stats.
package export
