// Package feed reads activities: what a Filter selects of what a Scope allows, in feed order or in sync order, a page at a time. A page costs
// the same at any depth: every list is a merge of index scans that are bounded by the page's size.
//
// It writes no table. It imports models, services/access, services/database, services/vocabulary and services/words.
//
// # The line of a search box
//
// Filter.Line prints a filter as one line, ParseLine reads it, and the parameter q of a URL holds what no other parameter can say. Help explains
// the same to people.
//
//	line      = { token }                            blanks between; at most 4,096 bytes
//	token     = ["-"] ( qualifier | phrase | word )  "-": without
//	qualifier = name ":" value                       the name: letters and _, and no // behind the colon
//	phrase    = '"' { character } '"'                these words next to each other, in this order
//	word      = { character }                        words that begin so; here and in a phrase is a letter or a digit
//
// Values of one field are alternatives, different fields narrow each other; every word and every has: must hold.
//
//	actor:amara                   ActorNames: a name, or the beginnings of its words; an external id; an address (for those who see it); actor:me
//	actor_id:user-123             Actors: exactly this external id
//	action:sent,paid              Actions
//	type:invoice,task             Types
//	id:42                         EntityIDs
//	project:"New Website"         ProjectNames, as actor
//	project_id:7                  Projects
//	outcome:failure,denied        Outcomes; also is:failed, is:denied
//	is:system                     System: system rows too
//	field:status                  Fields; also changed:status
//	has:changes has:metadata      Has; also has:project, and has:resource for what is about something: it has a type
//	weekday:mon..fri,sun          Weekdays; ranges go round
//	hour:9..17                    Hours
//	created:>=2026-01             From and To: also >, <=, <, a..b, a..*, *..b, or a period by itself
//	after:a before:b on:a         created:>=a, created:<b, created:a
//
// A field has at most 100 alternatives, actor and project 20. Commas stand between alternatives of action, type, outcome, is, has, weekday and hour; ids, names, fields and words may have commas in them. Nothing
// about time can be negated, nor can is:system. A time is a day, month, year (of the reader's zone), an instant (RFC 3339, else UTC), today, yesterday,
// or a number of days: 7d is the first of the last seven, today included; created:7d are all seven. See ParseTime.
//
// Between quotation marks, which may stand anywhere in a value, a backslash takes a meaning from the next character, or makes \n, \r and \t.
// Elsewhere it does the former, unless a letter or digit follows: \-x and a\:b are words, C:\temp is as it stands. In a word, quotation marks after
// its beginning are plain.
//
// Printing is canonical: fields, time, is:system, what is negated, words, words negated; the order of alternatives is kept. Ranges are inclusive
// once read: created:>2026-01-31 is printed created:>=2026-02-01.
package feed
