// Package report makes personal reports (GDPR, articles 15 and 20): everything that is kept about one person, as a ZIP with a page to read (index.html) and
// with JSON and CSV for machines, and a manifest with the size and the SHA-256 of each file.
//
// # What is about somebody
//
// An activity is in the report that they did themselves, under whatever actor they are; that was done on their behalf; whose thing they are (an entity of a
// type that is a person, with their id); or in whose texts, changes, metadata or address they are found for certain (services/mention): exactly what
// anonymising them would replace without asking. What is doubtful, such as a first name, is not in it. Of what they may not read
// in Daybook (see below) what they are called does not count, when they can sign in: they chose that themselves. It takes an id that others gave them, or their address. System rows are among them, such as their sign-ins.
//
// # Whose eyes
//
// A report is made to be given to the person, whoever makes it. So an activity that they may read in Daybook, or that they did themselves, is in it as it is. Of
// any other, such as what was done on their behalf where they are no member any more, it is told what happened, but who else was part of it is "a colleague": actor, the one on whose behalf, and the thing when it is a person; their names,
// addresses and ids are replaced in the texts of this activity, and so is everybody else's who is an actor of the workspace, where that is certain. Addresses and
// agents are told of what the person did alone.
//
// Everybody has one report made at a time, and a process makes a few: others wait, and then are asked to try again. Each report is recorded before its first byte goes out. It reads row by row, in short statements, and keeps no more of the activities than their numbers.
// It writes no table. It imports models and services/access, account, database, erasure, export, ingest, mention, proof and vocabulary.
package report
