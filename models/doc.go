// Package models holds the words of Daybook: the structs that GORM maps to tables, and the rules about them that need no
// database. It imports nothing of ours, and everything of ours may import it.
package models
