// Package words keeps the index of words that activities are searched by, and asks it. It alone writes activity_words, in the transactions of
// the journal's writer. It imports models and services/database.
package words
