// Package mention finds a person in texts and JSON, and replaces them. What it finds is certain, or a doubt that somebody has to decide. It is pure: no
// database, no clock, and no state but what a Finder was made of. It imports models.
//
// # Spelling
//
// Texts are compared without case, accents and ways of writing (NFKD): a run of white space is one blank, what takes no room is not there. Escapes of JSON,
// JavaScript, URLs and HTML are seen through, up to three of them one around the other; what is replaced is the stretch of the text as it stands. A word ends where
// letters and digits end, or anywhere in a script without blanks.
//
// # What is certain
//
//   - An e-mail address, also with something behind a plus, and with its signs said in brackets (amara [at] example [dot] com), unless it is a part of another one. With a
//     hyphen behind it, it may be, and is a doubt; so it is with a bare "at".
//   - An IP address that nobody else had, in any form; in somebody's own activity each of theirs. One that others had, too, is nobody's, and not even a doubt: an office has one.
//   - A full name that nobody else of the workspace bears: in the given or another turn (Okafor, Amara), with a blank, ".", "_", "-", "+" or a capital between
//     its parts. In somebody's own activity theirs is certain though others bear it; in a namesake's it is not even doubtful. A name of very few letters in another case is
//     only certain under a key that names a person, as a whole value; so is one of a single word, unless it has eight letters or more, nobody else has the word in their
//     name (Name.Unlike), and it begins with a capital.
//   - An id or username of eight characters or more that mixes letters and digits; one that is spoken to (@amara); one that is a whole value, or one of several
//     with commas, under a key that names a person (settingOf), or in an object under such a key or under the person's name, where its key says who that is; one behind a
//     key that names a person within a text (user_id=5, /users/5); the id of an entity that is a person (PersonType), also in its address. The name of that entity is
//     theirs then, however it is spelt. In the person's own activity their username is, too, where it is written as it is and is no word of a language.
//
// A key says of what the id under it is: "*_id" and its like are of a person when the words before name one, and otherwise of a thing ("ticket_id"), as the id of an entity is
// that is no person. A thing may have the id that a person has, so there even a whole value that is the id is a doubt, be it a number or not, and so it is as a part of a
// longer one ("pq-4-1"). That it is the person's own activity makes a name certain, and no id.
//
// An id that a thing of the workspace has as its own (ID.Thing) is certain only where a key says that a person is meant, or where it is spoken to; one that is somebody else's
// username (ID.Shared) is never certain. What others have that is like an address, a username or an id of theirs (Person.Alike) is the others': what is like it but for case and
// accents is the person's only where it is written exactly so, and an address with something behind its plus that is somebody else's is not theirs.
//
// In what Daybook itself records, where it writes numbers of its own, a mere number is no id of an application (Numbers).
//
// # What is doubtful
//
// Everything else that is like them is a doubt; but a mere number in running text is only one behind a word for somebody (user 7, user #7) or an @, and not even that as the id of
// an entity that is no person. Under a key that may as well tell how many ("users": 5), or name something else, it is a doubt.
//
// So is a name that a hyphen joins to a word, where one of them has a capital at it (Anna-Quentin Zarbel), for that is another name. Where it is what somebody else of the
// workspace is called (Person.Others), or whose activity it is, or to whom it was done (Context.Others), it is left alone. In addresses and slugs a hyphen says nothing. A name
// with the s of a genitive behind it is a doubt, too (Zarbels).
//
// So is a word of a name by itself: three letters or more, or two of a name in Han, with a capital where the name has some. A username that is one, too, is taken for it where it
// has a capital. With what is between the first name and the last, with an initial, or with the small words that stand beside it in the name (van der), it is one doubt, and so are
// several words of a name beside each other, with a comma or tags of HTML between them. It is none where it is in the name of somebody else whose activity it is, or to whom it was
// done, or who is called by their full name there.
//
// # What is not found
//
// Names that are inflected but for the s of a genitive, or misspelt, and what is written in base64 or hexadecimal numbers within a text.
//
// # What stands in the place
//
// Blanks are written as they are there: as such, or as an address or its query has them.
//
// A description that Daybook made of the parts of an activity is made again when one of them was replaced.
//
// # Places
//
// The place of a find is a JSON pointer. A key in which the person is found stands in it as it would be replaced, so that it says nothing about them and stays the
// same when it is.
package mention
