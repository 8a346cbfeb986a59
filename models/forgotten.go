package models

import "github.com/google/uuid"

// Forgotten is somebody who is being anonymised, as a workspace knows them.
type Forgotten struct {
	Workspace uuid.UUID
	IDs       []string // the external ids by which records name them (ActorRef.ID)
	Is        ActorRef // whom the records name from now on
}
