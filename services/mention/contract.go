package mention

import "daybook/models"

// Person is whom to look for.
type Person struct {
	Names     []Name       `json:"names"` // full names, as they are and were called
	Emails    []string     `json:"emails"`
	IDs       []ID         `json:"ids"` // external ids, and what stands in their place
	Usernames []string     `json:"usernames"`
	Addresses []NetAddress `json:"addresses,omitempty"` // where they were in the network
	Alike     []string     `json:"alike,omitempty"`     // addresses, usernames and ids of others that are like one of theirs, but for case or accents, or for something behind a plus: these are not theirs
	Others    []string     `json:"others,omitempty"`    // full names of others in which a word of theirs is, or their name: there it is not the person
}

// NetAddress is an IP address, in any form. Shared: others had it, too, so that it only means the person in their own activity.
type NetAddress struct {
	Text   string
	Shared bool
}

// Name is a full name. Shared: somebody else of the workspace bears it, so that it is never certain in a text. Unlike: it is a single word that is in the name of nobody
// else of the workspace, so that it is certain in a text when it is long.
type Name struct {
	Text   string
	Shared bool
	Unlike bool `json:",omitempty"`
}

// ID is an external id, and what it is replaced by. Thing: what is no person has this id, too, so that it is only certain where a key says that a person is meant. Shared:
// somebody else is called so, by their username, so that it is never certain in a text; or it is their address, which is not looked for.
type ID struct {
	Text, Is string // Is: like "deleted-12"
	Thing    bool   `json:",omitempty"`
	Shared   bool   `json:",omitempty"`
}

// Kind says what of a person was found.
type Kind string

// The kinds.
const (
	FullName   Kind = "name"
	Part       Kind = "part" // a word of a name
	Email      Kind = "email"
	ExternalID Kind = "id"
	Username   Kind = "username"
	Address    Kind = "address" // never in doubt
)

// Kinds lists every kind that may be in doubt.
var Kinds = []Kind{FullName, Part, Email, ExternalID, Username}

// What stands in the place of a name, and of an e-mail address or a username. In that of an id stands ID.Is.
const (
	DeletedName = models.DeletedName
	deleted     = "deleted"
)

// Context says what is known of where a text stands.
type Context struct {
	Own      bool // the person's own activity: what is called like them is them
	Namesake bool // of somebody else with the same name: the name is theirs, and not even doubtful
	Numbers  Numbers
	Entity   bool   // what it was done to is the person, by whatever it is called
	AnyCase  bool   // it was typed as people type what they look for: words of a name may have no capitals
	Others   string // what others are called whose activity it is, or to whom it was done, one a line: words of it are theirs
}

// Numbers says whose the numbers are where Daybook writes its own: as the id of a user or of a member of a workspace, as numbers of JSON, and in addresses. What
// applications sent stands in texts in Daybook's records.
type Numbers int

// The numbers.
const (
	Applications Numbers = iota // ids of the application that sent it
	Daybooks                    // of Daybook's own record: no id of an application, whatever it is like
	Unknown                     // one or the other: what is like an id of the person is a doubt
)

// Find is a place where the person is, or may be, meant. Lead and Tail are what stands before and after it, shortened.
type Find struct {
	Place               string // JSON pointer, like /metadata/notified/0; what the person is called is not in it
	Kind                Kind
	Certain             bool
	Longer              bool // a name that is in doubt, for it may be a part of somebody else's: Anna-Quentin Zarbel
	Lead, Was, Is, Tail string
}

// Decide tells what to do with a doubtful place: replace it or not. Certain ones are always replaced. A nil one replaces none.
type Decide func(place string, kind Kind) bool
