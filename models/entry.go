package models

// Entry is an activity as a reader gets it: with what its ids point to, as far as the reader may know it.
type Entry struct {
	Activity
	Workspace  Workspace // ID, Slug, Name and TimeZone are set
	Actor      Actor     // as known now; Activity.ActorName is the name as it was then
	OnBehalfOf *Actor
	Project    *Project
	Vocabulary *Vocabulary // of the workspace; nil: as built in
}
